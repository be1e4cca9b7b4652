// What people read beside the octets of a value.

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// What stands in brackets behind a Data.
std::string reading(std::string_view hex) {
    const auto decoded = render::decode(render::DecodeLayer::data, octets(hex));
    BOOST_REQUIRE(decoded.has_value());
    const std::string text = render::decoded_text(*decoded);
    const std::size_t begin = text.find('(');
    const std::size_t end = text.rfind(')');
    return begin == std::string::npos ? "" : text.substr(begin + 1, end - begin - 1);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_text)

BOOST_AUTO_TEST_CASE(a_rule_is_read_with_its_weekday) {
    BOOST_TEST(reading("090C FFFF03FE07 02000000 FFC4 FF") == "*-03-lastT02:00:00+01:00, Sunday");
    BOOST_TEST(reading("090C FFFFFEFF01 02000000 8000 FF") == "*-dst-begin-*T02:00:00, Monday");
    // A date that is one day says it itself.
    BOOST_TEST(reading("090C 07EA0B1701 09300000 FFC4 FF") == "2026-11-23T09:48:00+01:00");
}

BOOST_AUTO_TEST_CASE(a_status_is_read) {
    BOOST_TEST(reading("090C 07EA071706 09300000 FF88 80") ==
               "2026-07-23T09:48:00+02:00, daylight saving");
    BOOST_TEST(reading("19 07EA071706 09300000 FF88 03") ==
               "2026-07-23T09:48:00+02:00, invalid, doubtful");
    BOOST_TEST(reading("090C 07EA071706 09300000 FF88 00") == "2026-07-23T09:48:00+02:00");
}

BOOST_AUTO_TEST_CASE(dates_and_times_with_tags_of_their_own_are_read) {
    BOOST_TEST(reading("1A 07EA0B1701") == "2026-11-23");
    BOOST_TEST(reading("1A FFFF03FE07") == "*-03-last, Sunday");
    BOOST_TEST(reading("1B 09300000") == "09:48:00");
    BOOST_TEST(reading("1B 3D300000") == "");
}

BOOST_AUTO_TEST_SUITE_END()
