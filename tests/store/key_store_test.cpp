#include "store/key_store.hpp"

#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::store {
namespace {

using client::MeterSecrets;
using client::SecretKind;
using client::SecretState;
using testing::octets;
using testing::TemporaryFolder;

constexpr const char* first = "11111111111111111111111111111111";
constexpr const char* second = "A1A2A3A4A5A6A7A8A9AAABACADAEAFA0";
constexpr const char* third = "C1C2C3C4C5C6C7C8C9CACBCCCDCECFC0";

SealingKey sealing(Byte octet) {
    return *SealingKey::from(ByteBuffer(SealingKey::size, octet));
}

std::unique_ptr<KeyStore> opened(const TemporaryFolder& folder, Byte key,
                                 std::optional<SealingKey> former = std::nullopt) {
    auto store = KeyStore::open(folder.file("secrets.db"), sealing(key), std::move(former));
    BOOST_REQUIRE_MESSAGE(store.has_value(), store.error());
    return std::move(*store);
}

MeterSecrets encryption(const char* hex) {
    MeterSecrets secrets;
    secrets.set(SecretKind::encryption, octets(hex));
    return secrets;
}

std::string text(const Result<MeterSecrets>& secrets, SecretKind kind = SecretKind::encryption) {
    BOOST_REQUIRE(secrets.has_value());
    const SecretBytes* secret = secrets->find(kind);
    return secret ? to_hex(secret->reveal()) : "";
}

std::string file_octets(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_store)

BOOST_AUTO_TEST_CASE(what_is_staged_comes_into_force_or_is_forgotten_across_restarts) {
    const TemporaryFolder folder;
    BOOST_TEST(opened(folder, 1)->keep("7", encryption(first)).has_value());
    BOOST_TEST(opened(folder, 1)->stage("7", encryption(first), encryption(second)).has_value());
    BOOST_TEST(text(opened(folder, 1)->current("7")) == first);
    BOOST_TEST(text(opened(folder, 1)->staged("7")) == second);
    // One change at a time.
    const Status again = opened(folder, 1)->stage("7", MeterSecrets(), encryption(third));
    BOOST_REQUIRE(!again);
    BOOST_TEST((again.error().code == ErrorCode::wrong_state));
    BOOST_TEST(opened(folder, 1)->discard("7").has_value());
    BOOST_TEST(text(opened(folder, 1)->staged("7")) == "");
    BOOST_TEST(opened(folder, 1)->stage("7", MeterSecrets(), encryption(third)).has_value());
    BOOST_TEST(opened(folder, 1)->commit("7", MeterSecrets()).has_value());
    const auto store = opened(folder, 1);
    BOOST_TEST(text(store->current("7")) == third);
    BOOST_TEST(*store->was_replaced("7", SecretKind::encryption, octets(first)));
    BOOST_TEST(!*store->was_replaced("7", SecretKind::encryption, octets(second)));
    BOOST_TEST(!*store->was_replaced("7", SecretKind::encryption, octets(third)));
    BOOST_TEST(!*store->was_replaced("8", SecretKind::encryption, octets(first)));
    const auto history = *store->history("7");
    BOOST_REQUIRE(history.size() == 3U);
    BOOST_TEST((history[0].state == SecretState::replaced));
    BOOST_TEST((history[1].state == SecretState::discarded));
    BOOST_TEST((history[2].state == SecretState::current));
    BOOST_TEST(history[2].generation == 3U);
}

BOOST_AUTO_TEST_CASE(a_commit_records_what_was_in_force_before) {
    const auto store = *KeyStore::in_memory();
    BOOST_TEST(store->stage("7", MeterSecrets(), encryption(second)).has_value());
    BOOST_TEST(store->commit("7", encryption(first)).has_value());
    BOOST_TEST(text(store->current("7")) == second);
    BOOST_TEST(*store->was_replaced("7", SecretKind::encryption, octets(first)));
    BOOST_TEST(!store->outlives_process());
}

BOOST_AUTO_TEST_CASE(another_key_opens_nothing_and_a_change_of_key_seals_all_anew) {
    const TemporaryFolder folder;
    const std::string file = folder.file("secrets.db");
    for (int meter = 0; meter < 50; ++meter) {
        BOOST_TEST(opened(folder, 1)->keep(std::to_string(meter), encryption(second)).has_value());
    }
    const auto wrong = KeyStore::open(file, sealing(2));
    BOOST_REQUIRE(!wrong);
    BOOST_TEST(wrong.error().find("another key-encryption key") != std::string::npos);
    const auto both_wrong = KeyStore::open(file, sealing(2), sealing(3));
    BOOST_REQUIRE(!both_wrong);
    BOOST_TEST(both_wrong.error().find("former one") != std::string::npos);
    BOOST_TEST(text(opened(folder, 2, sealing(1))->current("49")) == second);
    // Given once more, the former key is not needed and does no harm.
    BOOST_TEST(text(opened(folder, 2, sealing(1))->current("0")) == second);
    BOOST_TEST(text(opened(folder, 2)->current("0")) == second);
    BOOST_TEST(!KeyStore::open(file, sealing(1)).has_value());
}

BOOST_AUTO_TEST_CASE(the_files_hold_no_secret_and_no_exchanged_or_damaged_row_is_taken) {
    const TemporaryFolder folder;
    const std::string file = folder.file("secrets.db");
    const ByteBuffer secret = octets(second);
    {
        const auto store = opened(folder, 1);
        BOOST_TEST(store->keep("7", encryption(second)).has_value());
        BOOST_TEST(store->keep("8", encryption(first)).has_value());
        for (const char* suffix : {"", "-wal"}) {
            const std::string content = file_octets(file + suffix);
            BOOST_TEST(content.find(std::string(as_text(secret))) == std::string::npos);
            BOOST_TEST(content.find(second) == std::string::npos);
        }
    }
    const auto edit = [&](const std::string& sql) {
        auto database = Database::open(file, "", 1);
        BOOST_REQUIRE_MESSAGE(database.has_value(), database.error());
        BOOST_TEST(database->run(sql));
    };
    edit(
        "UPDATE secrets SET sealed = (SELECT sealed FROM secrets WHERE meter = '8') WHERE meter = "
        "'7'");
    BOOST_TEST(!opened(folder, 1)->current("7").has_value());
    BOOST_TEST(text(opened(folder, 1)->current("8")) == first);
    edit("UPDATE secrets SET sealed = x'00' WHERE meter = '8'");
    const auto damaged = opened(folder, 1)->current("8");
    BOOST_REQUIRE(!damaged);
    BOOST_TEST((damaged.error().code == ErrorCode::tag_mismatch));
    // And such a file is not sealed anew in part.
    BOOST_TEST(!KeyStore::open(file, sealing(2), sealing(1)).has_value());
    BOOST_TEST(KeyStore::open(file, sealing(1)).has_value());
}

BOOST_AUTO_TEST_CASE(old_secrets_are_forgotten_and_those_in_force_are_not) {
    const auto store = *KeyStore::in_memory();
    MeterSecrets authentication;
    authentication.set(SecretKind::authentication, octets(first));
    BOOST_TEST(store->keep("7", authentication).has_value());
    for (Byte round = 0; round < 3 * KeyStore::most_generations; ++round) {
        MeterSecrets secrets;
        secrets.set(SecretKind::encryption, ByteBuffer(16, round));
        BOOST_TEST(store->keep("7", secrets).has_value());
    }
    BOOST_TEST(store->history("7")->size() == KeyStore::most_generations + 1U);
    BOOST_TEST(text(store->current("7"), SecretKind::authentication) == first);
}

BOOST_AUTO_TEST_CASE(one_process_has_the_file) {
    const TemporaryFolder folder;
    const auto store = opened(folder, 1);
    const auto other = KeyStore::open(folder.file("secrets.db"), sealing(1));
    BOOST_REQUIRE(!other);
    BOOST_TEST(other.error().find("another process") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_row_that_was_changed_is_told_and_is_an_error) {
    for (const char* change :
         {"UPDATE secrets SET kind = 77", "UPDATE secrets SET kind = -1",
          "UPDATE secrets SET state = 9", "UPDATE secrets SET generation = 5",
          "UPDATE secrets SET sealed = x'00'", "UPDATE secrets SET sealed = 'a text'",
          "UPDATE secrets SET meter = '7', sealed = zeroblob(44)"}) {
        const TemporaryFolder folder;
        BOOST_REQUIRE(opened(folder, 1)->keep("7", encryption(first)).has_value());
        {
            auto database = Database::open(folder.file("secrets.db"), "", 1);
            BOOST_REQUIRE(database.has_value());
            BOOST_REQUIRE(database->run(change));
        }
        const auto store = opened(folder, 1);
        std::vector<std::string> told;
        store->tell_damage([&told](const std::string& meter) { told.push_back(meter); });
        const auto current = store->current("7");
        const auto history = store->history("7");
        BOOST_TEST_CONTEXT(change) {
            BOOST_TEST(!(current && history));
            for (const auto& error :
                 {current ? Error{} : current.error(), history ? Error{} : history.error()}) {
                BOOST_TEST(
                    (error == Error{} || error == Error{ErrorCode::tag_mismatch, Layer::store, 0}));
            }
            BOOST_TEST(!told.empty());
            BOOST_TEST((told.empty() || told.front() == "7"));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::store
