#include "stack/security/key_wrap.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using security::aes_key_unwrap;
using security::aes_key_wrap;

namespace {

// RFC 3394, 4.1 and 4.6.
const ByteBuffer kek = octets("000102030405060708090A0B0C0D0E0F");
const ByteBuffer wrapped = octets("1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5");
const ByteBuffer long_kek =
    octets("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F");
const ByteBuffer long_wrapped =
    octets("28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21");

std::string unwrapped(ByteView key, ByteView octets_in) {
    const Result<SecretBytes> result = aes_key_unwrap(key, octets_in);
    return result ? to_hex(result->reveal()) : std::string(name(result.error().code));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_wrap)

BOOST_AUTO_TEST_CASE(examples_of_rfc_3394) {
    BOOST_TEST(unwrapped(kek, wrapped) == "00112233445566778899AABBCCDDEEFF");
    BOOST_TEST(unwrapped(long_kek, long_wrapped) ==
               "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F");
}

BOOST_AUTO_TEST_CASE(nothing_comes_out_when_one_bit_is_wrong) {
    for (std::size_t bit = 0; bit < 8 * wrapped.size(); ++bit) {
        ByteBuffer changed = wrapped;
        changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
        BOOST_TEST(unwrapped(kek, changed) == "tag-mismatch");
    }
    BOOST_TEST(unwrapped(octets("77777777777777777777777777777777"), wrapped) == "tag-mismatch");
}

BOOST_AUTO_TEST_CASE(sizes_that_cannot_be_are_refused) {
    BOOST_TEST(unwrapped({}, wrapped) == "out-of-range");
    BOOST_TEST(unwrapped(ByteView(kek).first(15), wrapped) == "out-of-range");
    BOOST_TEST(unwrapped(kek, {}) == "out-of-range");
    BOOST_TEST(unwrapped(kek, ByteView(wrapped).first(16)) == "out-of-range");
    BOOST_TEST(unwrapped(kek, ByteView(wrapped).first(23)) == "out-of-range");
}

BOOST_AUTO_TEST_CASE(vectors_both_ways) {
    std::size_t covered = 0;
    for (const Vector& vector : load_vectors("keywrap")) {
        const auto text = [&](const char* name) { return vector.expect.value(name, ""); };
        const ByteBuffer key_encrypting_key = octets(text("kek"));
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            if (text("operation") == "aes-key-wrap") {
                const auto result = aes_key_wrap(key_encrypting_key, octets(text("key")));
                BOOST_TEST(to_hex(result.value()) == text("wrapped"));
                BOOST_TEST(unwrapped(key_encrypting_key, vector.octets) == text("key"));
                ++covered;
            } else if (text("operation") == "aes-key-unwrap") {
                BOOST_TEST(unwrapped(key_encrypting_key, vector.octets) ==
                           (vector.octets.empty() ? "out-of-range" : "tag-mismatch"));
                ++covered;
            } else if (text("operation") == "key-transfer") {
                std::size_t place = 0;
                for (const Json& item : vector.expect.at("data").at("value")) {
                    const Json& fields = item.at("value");
                    const auto hex = fields.at(1).at("value").get<std::string>();
                    BOOST_TEST(unwrapped(key_encrypting_key, octets(hex)) ==
                               vector.expect.at("keys").at(place++).at("key").get<std::string>());
                }
                ++covered;
            }
        }
    }
    BOOST_TEST(covered == 11u);
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_wrapped_are_refused) {
    const auto code = [](const ByteBuffer& with, const ByteBuffer& key) {
        return aes_key_wrap(with, key).error().code;
    };
    BOOST_TEST(code({}, kek) == ErrorCode::out_of_range);
    BOOST_TEST(code(octets("00"), kek) == ErrorCode::out_of_range);
    BOOST_TEST(code(kek, {}) == ErrorCode::out_of_range);
    BOOST_TEST(code(kek, octets("0001020304050607")) == ErrorCode::out_of_range);
    BOOST_TEST(code(kek, ByteBuffer(17)) == ErrorCode::out_of_range);
    BOOST_TEST(code(kek, ByteBuffer(256)) == ErrorCode::out_of_range);
}

BOOST_AUTO_TEST_SUITE_END()
