#include "stack/xdlms/event_notification.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string notification(std::string_view hex) {
    return round_trip(hex, decode_event_notification);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_notification)

BOOST_AUTO_TEST_CASE(notifications_are_read_and_written) {
    for (const char* hex : {"C20000030100010800FF020600000001",
                            "C2010C07E80102FF0A0B0CFFFFC40000030100010800FF020600000001"}) {
        BOOST_TEST(notification(hex) == hex);
    }
    const ExactBuffer buffer(octets("C2 00 0003 0100010800FF 02 06 00000001"));
    const EventNotification decoded = decode_event_notification(buffer.view()).value();
    BOOST_TEST(!decoded.time.has_value());
    BOOST_TEST(decoded.attribute.class_id == 3);
    BOOST_TEST(decoded.value.unsigned_integer().value() == 1u);
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(notification("C2") == "xdlms/truncated@1");
    BOOST_TEST(notification("C202") == "xdlms/bad-presence-flag@1");
    BOOST_TEST(notification("C2010D07E80102FF0A0B0CFFFFC40000") == "xdlms/inner-length-mismatch@2");
    BOOST_TEST(notification("C20100 0003 0100010800FF 02 00") == "xdlms/inner-length-mismatch@2");
    BOOST_TEST(notification("C200 0003 0100010800FF 02") == "xdlms/truncated@11");
    BOOST_TEST(notification("C200 0003 0100010800FF 02 00 00") == "xdlms/trailing-octets@12");
}

BOOST_AUTO_TEST_SUITE_END()
