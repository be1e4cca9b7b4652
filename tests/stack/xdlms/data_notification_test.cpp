#include "stack/xdlms/data_notification.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string notification(std::string_view hex, DataNotificationTolerance tolerance = {}) {
    return round_trip(hex,
                      [&](ByteView octets) { return decode_data_notification(octets, tolerance); });
}

std::string confirm(std::string_view hex) {
    return round_trip(hex, decode_data_notification_confirm);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(data_notification)

BOOST_AUTO_TEST_CASE(notifications_are_read_and_written) {
    for (const char* hex :
         {"0F400000020C07E80102FF0A0B0CFFFFC400120001", "0F00000001000201060000000A"}) {
        BOOST_TEST(notification(hex) == hex);
    }
}

BOOST_AUTO_TEST_CASE(confirmations_are_read_and_written) {
    for (const char* hex : {"104000000200", "10400000020C07E80102FF0A0B0CFFFFC400"}) {
        BOOST_TEST(confirm(hex) == hex);
    }
    BOOST_TEST(confirm("1040000002") == "xdlms/truncated@5");
    BOOST_TEST(confirm("10400000020000") == "xdlms/trailing-octets@6");
    BOOST_TEST(confirm("0F4000000200") == "xdlms/unknown-tag@0");
}

BOOST_AUTO_TEST_CASE(a_tag_before_the_date_time_is_a_tolerance) {
    const std::string tagged = "0F40000000 090C07E60102070E2512FF800000 1105";
    BOOST_TEST(notification(tagged) == "xdlms/inner-length-mismatch@5");
    BOOST_TEST(notification(tagged, {.tagged_date_time = true}) ==
               "0F400000000C07E60102070E2512FF8000001105");
    BOOST_TEST(notification("0F40000000 0900 1105", {.tagged_date_time = true}) ==
               "0F40000000001105");
    const std::string date_time = "0F40000000 19 07E60102070E2512FF800000 1105";
    BOOST_TEST(notification(date_time) == "xdlms/length-beyond-buffer@5");
    BOOST_TEST(notification(date_time, {.tagged_date_time = true}) ==
               "0F400000000C07E60102070E2512FF8000001105");
    // The tolerance changes nothing else.
    for (const char* hex : {"0F400000000C07E60102070E2512FF8000001105", "0F40000000001105"}) {
        BOOST_TEST(notification(hex, {.tagged_date_time = true}) == hex);
    }
    BOOST_TEST(notification("0F40000000 19 07E6", {.tagged_date_time = true}) ==
               "xdlms/truncated@6");
    BOOST_TEST(notification("0F40000000 09", {.tagged_date_time = true}) ==
               "xdlms/length-beyond-buffer@5");
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(notification("0F") == "xdlms/truncated@1");
    BOOST_TEST(notification("0F40000000 00") == "xdlms/truncated@6");
    BOOST_TEST(notification("0F40000000 05 0102030405 00") == "xdlms/inner-length-mismatch@5");
    BOOST_TEST(notification("0F40000000 00 1105 00") == "xdlms/trailing-octets@8");
    BOOST_TEST(notification("0F40000000 00 0184FFFFFFFF") == "xdlms/length-beyond-buffer@7");
}

BOOST_AUTO_TEST_SUITE_END()
