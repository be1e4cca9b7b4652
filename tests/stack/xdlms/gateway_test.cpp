#include "stack/xdlms/gateway.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string gateway_apdu(std::string_view hex) {
    return round_trip(hex, decode_gateway_apdu);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(gateway)

BOOST_AUTO_TEST_CASE(both_directions_are_read_and_written) {
    for (const char* hex : {"E6000401020304C001C100080000010000FF0200",
                            "E7000401020304C401C1000600000001", "E60500C0"}) {
        BOOST_TEST(gateway_apdu(hex) == hex);
    }
    const ExactBuffer buffer(octets("E7 05 02 AABB C401C10000"));
    const GatewayApdu decoded = decode_gateway_apdu(buffer.view()).value();
    BOOST_TEST((decoded.direction == GatewayDirection::response));
    BOOST_TEST(int{decoded.network_id} == 5);
    BOOST_TEST(to_hex(decoded.physical_device_address) == "AABB");
    BOOST_TEST(to_hex(decoded.apdu) == "C401C10000");
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(gateway_apdu("") == "xdlms/truncated@0");
    BOOST_TEST(gateway_apdu("E8000100C0") == "xdlms/unknown-tag@0");
    BOOST_TEST(gateway_apdu("E600") == "xdlms/truncated@2");
    BOOST_TEST(gateway_apdu("E6000401") == "xdlms/length-beyond-buffer@2");
    BOOST_TEST(gateway_apdu("E6000101") == "xdlms/truncated@4");
}

BOOST_AUTO_TEST_SUITE_END()
