#include "stack/base/secret.hpp"

#include <new>

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(secret)

BOOST_AUTO_TEST_CASE(comparison_looks_at_every_octet_and_at_the_length) {
    BOOST_TEST(equal_in_constant_time(octets("0102"), octets("0102")));
    BOOST_TEST(!equal_in_constant_time(octets("0102"), octets("0103")));
    BOOST_TEST(!equal_in_constant_time(octets("0102"), octets("0202")));
    BOOST_TEST(!equal_in_constant_time(octets("0102"), octets("010200")));
    BOOST_TEST(!equal_in_constant_time(octets("01"), {}));
    BOOST_TEST(equal_in_constant_time({}, {}));
}

BOOST_AUTO_TEST_CASE(wipe_leaves_zeros) {
    ByteBuffer bytes = octets("FFFFFFFF");
    wipe(bytes);
    BOOST_TEST(to_hex(bytes) == "00000000");
    wipe({});
}

BOOST_AUTO_TEST_CASE(a_secret_of_fixed_length_keeps_its_octets) {
    const ByteBuffer key = octets("00112233445566778899AABBCCDDEEFF");
    const Secret<16> secret(std::span<const Byte, 16>(key.data(), 16));
    BOOST_TEST(to_hex(secret.reveal()) == to_hex(key));
    BOOST_TEST(secret.matches(key));
    BOOST_TEST(!secret.matches(ByteView(key).first(15)));
    const Secret<16> copy = secret.clone();
    BOOST_TEST(copy.matches(key));
    BOOST_TEST(to_hex(Secret<4>().reveal()) == "00000000");
}

BOOST_AUTO_TEST_CASE(a_secret_that_was_moved_away_is_wiped) {
    const ByteBuffer key = octets("0011223344556677");
    Secret<8> first(std::span<const Byte, 8>(key.data(), 8));
    Secret<8> second(std::move(first));
    BOOST_TEST(second.matches(key));
    BOOST_TEST(to_hex(first.reveal()) == "0000000000000000");  // what a moved-from secret holds
    Secret<8> third;
    third = std::move(second);
    BOOST_TEST(third.matches(key));
    BOOST_TEST(to_hex(second.reveal()) == "0000000000000000");
}

BOOST_AUTO_TEST_CASE(a_secret_wipes_its_storage_when_it_goes) {
    const ByteBuffer key = octets("0011223344556677");
    alignas(Secret<8>) Byte storage[sizeof(Secret<8>)];
    auto* secret = new (storage) Secret<8>(std::span<const Byte, 8>(key.data(), 8));
    BOOST_TEST(secret->matches(key));
    secret->~Secret<8>();
    BOOST_TEST(to_hex(storage) == to_hex(ByteBuffer(sizeof(storage), 0)));
}

BOOST_AUTO_TEST_CASE(a_secret_of_any_length_moves_and_clones) {
    SecretBytes password(as_bytes("00000000"));
    BOOST_TEST(password.size() == 8u);
    BOOST_TEST(password.matches(as_bytes("00000000")));
    BOOST_TEST(!password.matches(as_bytes("00000001")));
    const SecretBytes copy = password.clone();
    SecretBytes other(as_bytes("another"));
    other = std::move(password);
    BOOST_TEST(other.matches(as_bytes("00000000")));
    BOOST_TEST(copy.matches(as_bytes("00000000")));
    BOOST_TEST(password.empty());  // what a moved-from secret holds
    BOOST_TEST(SecretBytes().empty());
}

BOOST_AUTO_TEST_SUITE_END()
