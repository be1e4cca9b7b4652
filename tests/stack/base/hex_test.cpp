#include "stack/base/hex.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(hex)

BOOST_AUTO_TEST_CASE(writes_upper_case_without_separators) {
    BOOST_TEST(to_hex(ByteBuffer{0x00, 0x0F, 0xA0, 0xFF}) == "000FA0FF");
    BOOST_TEST(to_hex({}) == "");
}

BOOST_AUTO_TEST_CASE(reads_either_case_and_the_usual_separators) {
    for (const char* text : {"c001C1", "C0 01 C1", "C0:01:c1", "c0-01-C1", "0xC0 0x01 0xC1",
                             " C001\n\tC1 \r\n", "0Xc001c1"}) {
        BOOST_TEST_CONTEXT(text) {
            const Result<ByteBuffer> bytes = from_hex(text);
            BOOST_REQUIRE(bytes.has_value());
            BOOST_TEST(to_hex(*bytes) == "C001C1");
        }
    }
    BOOST_TEST(from_hex("").value().empty());
    BOOST_TEST(to_hex(from_hex("0x00").value()) == "00");
}

BOOST_AUTO_TEST_CASE(names_the_character_that_is_no_digit) {
    BOOST_TEST(outcome(from_hex("C0G1")) == "base/invalid-text@2");
    BOOST_TEST(outcome(from_hex("C0 0")) == "base/invalid-text@4");
    BOOST_TEST(outcome(from_hex("C 0")) == "base/invalid-text@1");
    BOOST_TEST(outcome(from_hex("0x")) == "base/invalid-text@2");
    BOOST_TEST(outcome(from_hex("zz")) == "base/invalid-text@0");
    BOOST_TEST(outcome(from_hex(std::string_view("\0\0", 2))) == "base/invalid-text@0");
}

BOOST_AUTO_TEST_CASE(every_octet_survives_the_way_there_and_back) {
    ByteBuffer all;
    for (unsigned octet = 0; octet < 256; ++octet) {
        all.push_back(static_cast<Byte>(octet));
    }
    BOOST_TEST((from_hex(to_hex(all)).value() == all));
}

BOOST_AUTO_TEST_SUITE_END()
