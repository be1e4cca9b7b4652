// The links of a scenario, and the numbers that several meters of one scenario get.

#include "simulator/meter_group.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

std::expected<Scenario, std::string> parse_with(const std::string& members,
                                                const std::string& sap = "1") {
    return parse_scenario(R"({"name": "t", )" + members + R"(, "logical_devices": [{"sap": )" +
                          sap +
                          R"(, "name": "TST0000000000099", "associations": [], "objects": []}]})");
}

std::string complaint(const std::string& members, const std::string& sap = "1") {
    const auto scenario = parse_with(members, sap);
    return scenario ? "" : scenario.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_links)

BOOST_AUTO_TEST_CASE(every_member_is_read) {
    const auto scenario = parse_with(
        R"("hdlc": {"address_octets": 4, "lower_address": 1000, "max_information_transmit": 200,
            "max_information_receive": 300, "window_transmit": 2, "window_receive": 3,
            "inter_octet_timeout_ms": 50, "inactivity_timeout_s": 0},
           "mode_e": {"manufacturer": "ABC", "identification": "M1", "device_address": "12",
            "baud_character": "6", "start_baud_rate": 1200})");
    BOOST_REQUIRE(scenario);
    const HdlcSettings expected{.address_octets = 4,
                                .lower_address = 1000,
                                .limits = {200, 300, 2, 3},
                                .inter_octet_timeout = std::chrono::milliseconds(50),
                                .inactivity_timeout = std::chrono::seconds(0),
                                .baud_rate = 9600};
    BOOST_CHECK(scenario->hdlc == expected);
    BOOST_TEST(scenario->mode_e.manufacturer == "ABC");
    BOOST_TEST(scenario->mode_e.identification == "M1");
    BOOST_TEST(scenario->mode_e.device_address == "12");
    BOOST_TEST(scenario->mode_e.baud_character == '6');
    BOOST_TEST(scenario->mode_e.start_baud_rate == 1200u);
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const std::vector<std::pair<std::string, std::string>> wrong = {
        {R"("hdlc": {"address_octets": 3})", "/hdlc/address_octets: expected 1, 2 or 4"},
        {R"("hdlc": {"address_octets": 0})", "/hdlc/address_octets: "},
        {R"("hdlc": {"lower_address": 126})", "/hdlc/lower_address: "},
        {R"("hdlc": {"max_information_receive": 31})", "/hdlc/max_information_receive: "},
        {R"("hdlc": {"window_transmit": 8})", "/hdlc/window_transmit: "},
        {R"("hdlc": {"inter_octet_timeout_ms": 10})", "/hdlc/inter_octet_timeout_ms: "},
        {R"("hdlc": {"windows": 1})", "/hdlc"},
        {R"("mode_e": {"manufacturer": "AB"})", "/mode_e/manufacturer: expected three letters"},
        {R"("mode_e": {"identification": "a/b"})", "/mode_e/identification: "},
        {R"("mode_e": {"identification": "12345678901234567"})", "/mode_e/identification: "},
        {R"("mode_e": {"baud_character": "A"})", "/mode_e/baud_character: "},
        {R"("mode_e": {"start_baud_rate": 100})", "/mode_e/start_baud_rate: "},
    };
    for (const auto& [members, expected] : wrong) {
        BOOST_TEST_CONTEXT(members) {
            BOOST_TEST(complaint(members).starts_with(expected));
        }
    }
    BOOST_TEST(complaint(R"("hdlc": {"address_octets": 2})", "127") ==
               "/hdlc: expected addresses that hold the SAP of every logical device");
    BOOST_TEST(complaint(R"("hdlc": {"address_octets": 4})", "127") == "");
}

BOOST_AUTO_TEST_CASE(the_setup_object_stands_above_the_scenario) {
    const auto hexcell = make_meter(builtin_scenario("hexcell"));
    const HdlcSettings settings = hexcell->hdlc_settings();
    BOOST_TEST(int{settings.address_octets} == 2);
    BOOST_TEST(settings.lower_address == 16);
    BOOST_TEST(settings.baud_rate == 4800u);
    BOOST_TEST(settings.limits.max_information_receive == 128u);
    const auto hexing = make_meter(builtin_scenario("hexing"));
    BOOST_TEST(int{hexing->hdlc_settings().address_octets} == 1);
    BOOST_TEST(hexing->hdlc_settings().limits.max_information_transmit == 512u);
    const auto plain = make_meter(test_scenario);
    BOOST_CHECK(plain->hdlc_settings() == HdlcSettings{});
}

BOOST_AUTO_TEST_CASE(serial_numbers_are_counted_up_in_their_digits) {
    const auto object = [](const std::string& obis, const std::string& value) {
        return R"({"obis": ")" + obis + R"(", "class": 1, "attributes": [
            {"id": 2, "access": "r", "value": )" +
               value + "}]}";
    };
    const auto numbered = [&](const std::string& value, std::uint32_t count) {
        const auto meter = make_meter(
            R"({"name": "t", "logical_devices": [{"sap": 1, "name": "TST0000000000099",
                "associations": [], "objects": [)" +
            object("0-0:96.1.0.255", value) + "]}]}");
        meter->renumber(count, Instant{});
        const LogicalDevice& device = meter->devices().front();
        return device.name() + " " + to_hex(device.stored({0, 2}).encoded());
    };
    BOOST_TEST(numbered(R"({"octet-string": "000099"})", 1) == "TST0000000000100 0903000100");
    BOOST_TEST(numbered(R"({"octet-string": "999999"})", 2) == "TST0000000000101 0903000001");
    BOOST_TEST(numbered(R"({"octet-string": "4D3939"})", 1) == "TST0000000000100 09034D3030");
    BOOST_TEST(numbered(R"({"visible-string": "X19"})", 101) == "TST0000000000200 0A03583230");
    BOOST_TEST(numbered(R"({"octet-string": "FF00"})", 7) == "TST0000000000106 0902FF00");
    BOOST_TEST(numbered(R"({"unsigned": 7})", 1) == "TST0000000000100 1107");
    BOOST_TEST(numbered(R"({"octet-string": "000012"})", 0) == "TST0000000000099 0903000012");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
