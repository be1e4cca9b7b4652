#include "stack/iec62056_21/check.hpp"

#include <boost/test/unit_test.hpp>

using namespace dlms;

BOOST_AUTO_TEST_SUITE(check)

BOOST_AUTO_TEST_CASE(check_value_of_the_catalogue) {
    BOOST_TEST(iec62056_21::telegram_crc(as_bytes("123456789")) == 0xBB3D);
    BOOST_TEST(iec62056_21::telegram_crc({}) == 0);
}

BOOST_AUTO_TEST_CASE(block_check_is_the_exclusive_or) {
    BOOST_TEST(iec62056_21::block_check({}) == 0);
    BOOST_TEST(iec62056_21::block_check(as_bytes("B0\x03")) == 0x71);
}

BOOST_AUTO_TEST_SUITE_END()
