#include "stack/security/aes_gcm.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using security::gcm_decipher;

namespace {

security::GcmIv iv_of(std::string_view hex) {
    security::GcmIv iv{};
    const ByteBuffer buffer = octets(hex);
    std::ranges::copy(buffer, iv.begin());
    return iv;
}

// The example of the Green Book: clock read under authenticated encryption.
const ByteBuffer key = octets("000102030405060708090A0B0C0D0E0F");
const security::GcmIv iv = iv_of("4D4D4D0000BC614E01234567");
const ByteBuffer additional = octets("30D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF");
const ByteBuffer ciphertext = octets("411312FF935A47566827C467BC");
const ByteBuffer tag = octets("7D825C3BE4A77C3FCC056B6B");

}  // namespace

BOOST_AUTO_TEST_SUITE(aes_gcm)

BOOST_AUTO_TEST_CASE(example_of_the_green_book) {
    const auto plaintext = gcm_decipher(key, iv, additional, ciphertext, tag);
    BOOST_REQUIRE_MESSAGE(plaintext.has_value(), outcome(plaintext));
    BOOST_TEST(to_hex(*plaintext) == "C0010000080000010000FF0200");
    const ByteBuffer in_the_clear =
        octets("10D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFC0010000080000010000FF0200");
    BOOST_TEST(
        gcm_decipher(key, iv, in_the_clear, {}, octets("06725D910F9221D263877516")).has_value());
    BOOST_TEST(to_hex(gcm_decipher(key, iv, {}, ciphertext, {}).value()) ==
               "C0010000080000010000FF0200");
}

BOOST_AUTO_TEST_CASE(nothing_comes_out_when_one_bit_is_wrong) {
    const auto refused = [](const ByteBuffer& k, const ByteBuffer& a, const ByteBuffer& c,
                            const ByteBuffer& t) {
        const auto plaintext = gcm_decipher(k, iv, a, c, t);
        return !plaintext && plaintext.error().code == ErrorCode::tag_mismatch;
    };
    for (std::size_t bit = 0; bit < 8 * tag.size(); ++bit) {
        const auto flipped = [bit](ByteBuffer octets_in) {
            octets_in[bit / 8] = static_cast<Byte>(octets_in[bit / 8] ^ (1u << bit % 8));
            return octets_in;
        };
        BOOST_TEST(refused(flipped(key), additional, ciphertext, tag));
        BOOST_TEST(refused(key, flipped(additional), ciphertext, tag));
        BOOST_TEST(refused(key, additional, flipped(ciphertext), tag));
        BOOST_TEST(refused(key, additional, ciphertext, flipped(tag)));
    }
}

BOOST_AUTO_TEST_CASE(sizes_that_cannot_be_are_refused) {
    const auto code = [](const ByteBuffer& k, const ByteBuffer& t) {
        return gcm_decipher(k, iv, {}, ciphertext, t).error().code;
    };
    BOOST_TEST((code(octets("00"), tag) == ErrorCode::out_of_range));
    BOOST_TEST((code({}, tag) == ErrorCode::out_of_range));
    BOOST_TEST((code(key, octets("00")) == ErrorCode::out_of_range));
}

BOOST_AUTO_TEST_CASE(cases_of_nist) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("cipher")) {
        if (!vector.valid || vector.expect.value("operation", "") != "aes-gcm") {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id) {
            const ByteBuffer whole_tag = octets(vector.expect.at("tag").get<std::string>());
            const auto plaintext =
                gcm_decipher(octets(vector.keys.at("ek").get<std::string>()),
                             iv_of(vector.keys.at("iv").get<std::string>()),
                             octets(vector.expect.at("aad").get<std::string>()),
                             octets(vector.expect.at("ciphertext").get<std::string>()),
                             ByteView(whole_tag).first(security::gcm_tag_size));
            BOOST_REQUIRE_MESSAGE(plaintext.has_value(), outcome(plaintext));
            BOOST_TEST(to_hex(*plaintext) == vector.expect.at("plaintext").get<std::string>());
            security::AesGcm cipher =
                security::AesGcm::create(octets(vector.keys.at("ek").get<std::string>())).value();
            ByteBuffer sealed(plaintext->size() + security::gcm_tag_size);
            const auto [body, end] = std::pair(std::span(sealed).first(plaintext->size()),
                                               std::span(sealed).last(security::gcm_tag_size));
            const ByteBuffer aad = octets(vector.expect.at("aad").get<std::string>());
            const auto vector_iv = iv_of(vector.keys.at("iv").get<std::string>());
            // Twice: the context is used again.
            for (int time = 0; time < 2; ++time) {
                BOOST_TEST(cipher.seal(vector_iv, {aad}, *plaintext, body, end).has_value());
                BOOST_TEST(to_hex(sealed) ==
                           vector.expect.at("ciphertext").get<std::string>() +
                               to_hex(ByteView(whole_tag).first(security::gcm_tag_size)));
            }
            ++covered;
        }
    }
    BOOST_TEST(covered == 3u);
}

BOOST_AUTO_TEST_SUITE_END()
