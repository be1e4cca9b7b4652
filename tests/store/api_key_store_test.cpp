#include "store/api_key_store.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/security/digest.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::store {
namespace {

ApiKeyRecord record(const std::string& id) {
    ApiKeyRecord record;
    record.id = id;
    record.name = "backend";
    record.scopes = 3;
    record.created = 1'700'000'000;
    record.expires = 1'800'000'000;
    record.rate = 50;
    record.digest.fill(7);
    return record;
}

// What every store of API keys must do, whatever is behind it.
void keeps_the_contract(ApiKeyStore& keys) {
    BOOST_TEST(keys.list().value().empty());
    const std::int64_t first = keys.version().value();
    BOOST_TEST(keys.add(record("b")).has_value());
    BOOST_TEST(keys.add(record("a")).has_value());
    BOOST_TEST(!keys.add(record("b")).has_value());
    const std::int64_t second = keys.version().value();
    BOOST_TEST(second != first);
    const auto listed = keys.list().value();
    BOOST_REQUIRE_EQUAL(listed.size(), 2U);
    BOOST_TEST(listed[0].id == "b");
    BOOST_TEST(listed[0].name == "backend");
    BOOST_TEST(listed[0].scopes == 3);
    BOOST_TEST(listed[0].created == 1'700'000'000);
    BOOST_TEST(listed[0].expires.value() == 1'800'000'000);
    BOOST_TEST(!listed[0].revoked.has_value());
    BOOST_TEST(listed[0].rate == 50U);
    BOOST_TEST((listed[0].digest == record("b").digest));
    BOOST_TEST(keys.revoke("a", 1'700'000'001).value());
    BOOST_TEST(!keys.revoke("a", 1'700'000'002).value());
    BOOST_TEST(!keys.revoke("c", 1).value());
    BOOST_TEST(keys.list().value()[1].revoked.value() == 1'700'000'001);
    BOOST_TEST(keys.version().value() != second);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(api_key_store)

BOOST_AUTO_TEST_CASE(contract_in_memory) {
    keeps_the_contract(**SqliteApiKeyStore::in_memory());
}

BOOST_AUTO_TEST_CASE(contract_in_a_file_and_over_restarts) {
    const testing::TemporaryFolder folder;
    const std::string file = folder.file("api_keys.db");
    keeps_the_contract(**SqliteApiKeyStore::open(file));
    const auto keys = SqliteApiKeyStore::open(file);
    BOOST_REQUIRE(keys.has_value());
    BOOST_TEST((*keys)->list().value().size() == 2U);
    // Another process changes it meanwhile.
    const std::int64_t before = (*keys)->version().value();
    BOOST_TEST((*SqliteApiKeyStore::open(file))->add(record("c")).has_value());
    BOOST_TEST((*keys)->version().value() != before);
    BOOST_TEST((*keys)->list().value().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_drawn_key_is_known_by_its_digest) {
    SystemRandom random;
    const auto one = draw_api_key(random);
    const auto other = draw_api_key(random);
    BOOST_REQUIRE((one && other));
    BOOST_TEST(one->text != other->text);
    const auto shown = parse_api_key(one->text);
    BOOST_REQUIRE(shown.has_value());
    BOOST_TEST(shown->id == one->id);
    BOOST_TEST(shown->secret.size() == 64U);
    const auto digest =
        security::digest(security::DigestAlgorithm::sha256, {as_bytes(shown->secret)});
    BOOST_TEST(std::ranges::equal(*digest, one->digest));
}

BOOST_AUTO_TEST_CASE(other_texts_are_no_keys) {
    const std::string secret(64, '0');
    BOOST_TEST(parse_api_key("dlms_00000000." + secret).has_value());
    for (const std::string& text :
         {std::string(), std::string("dlms_00000000"), "dlms_0000000." + secret + "0",
          "dlms_0000000G." + secret, "DLMS_00000000." + secret, "dlms_00000000:" + secret,
          "dlms_00000000." + secret.substr(1), "dlms_00000000." + secret.substr(1) + "A"}) {
        BOOST_TEST(!parse_api_key(text).has_value(), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::store
