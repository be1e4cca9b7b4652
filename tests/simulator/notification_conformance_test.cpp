// The conformance cases of notifications against the simulated meter that negotiates everything.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

// 2026-03-01T10:00:00, a Sunday, in UTC.
const std::string ten_o_clock = "07EA0301070A000000000000";
const std::string push = "00280000190900FF";
const std::string disconnect = "C301C1" + relay + "01010F00";

struct FullFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("full"));
    MeterLine line{*meter};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(notification_conformance, FullFixture)

BOOST_AUTO_TEST_CASE(NOTIF_X_1_push) {
    line.open_full("FFFFFF");
    const std::vector<std::string> answers = line.ask_all("C301C1" + push + "01010F00", 1);
    BOOST_REQUIRE_EQUAL(answers.size(), 2u);
    const std::string head =
        "0F000000010C" + ten_o_clock + "0203" + full_name + "090C" + ten_o_clock + "06";
    BOOST_TEST(answers[0].substr(0, head.size()) == head);
    BOOST_TEST(answers[0].size() == head.size() + 8);
    BOOST_TEST(answers[1] == "C701C10000");
    // The invoke-id goes on, so that doubles can be told.
    BOOST_TEST(line.ask_all("C301C1" + push + "01010F00", 1)[0].substr(0, 10) == "0F00000002");
}

BOOST_AUTO_TEST_CASE(NOTIF_X_1_push_of_what_is_written) {
    line.open_full("FFFFFF");
    // One object that is there, one element of one, and one that is not there.
    BOOST_REQUIRE(line.ask("C101C1" + push +
                               "0200"
                               "0103"
                               "0204120001090600002A0000FF0F02120000"
                               "02041200030906"
                               "0100200700FF"
                               "0F03120001"
                               "0204120001090663636363"
                               "6363"
                               "0F02120000",
                           1) == "C501C100");
    const std::vector<std::string> answers = line.ask_all("C301C1" + push + "01010F00", 1);
    BOOST_REQUIRE_EQUAL(answers.size(), 2u);
    BOOST_TEST(answers[0] == "0F000000010C" + ten_o_clock + "0203" + full_name +
                                 "0FFF"
                                 "00");
}

BOOST_AUTO_TEST_CASE(NOTIF_X_3_event_notification_before_the_response) {
    line.open_full("FFFFFF");
    const std::vector<std::string> answers = line.ask_all(disconnect, 1);
    BOOST_REQUIRE_EQUAL(answers.size(), 2u);
    BOOST_TEST(answers[0] == "C2010C" + ten_o_clock + relay + "031600");
    BOOST_TEST(answers[1] == "C701C10000");
    // No change, no event.
    BOOST_TEST(line.ask(disconnect, 1) == "C701C10000");
    BOOST_TEST(line.connection().counters().notifications == 1u);
}

BOOST_AUTO_TEST_CASE(NOTIF_X_3_not_negotiated) {
    line.open_full(no_events);
    BOOST_TEST(line.ask(disconnect, 1) == "C701C10000");
    BOOST_TEST(line.connection().counters().notifications == 0u);
    BOOST_TEST(line.connection().counters().notifications_withheld == 1u);
}

BOOST_AUTO_TEST_CASE(NOTIF_X_5_information_report) {
    // Both clients of the connection are told, each in its own way.
    line.open_full_short_names();
    line.open_full("FFFFFF");
    const std::string list = line.ask("050102FA08", 18);
    const std::size_t entry = list.find(
        "120046110009060000"
        "60030AFF");
    BOOST_REQUIRE(entry != std::string::npos);
    const ByteBuffer base = octets(list.substr(entry - 4, 4));
    const std::string control_state =
        to_hex(std::array<Byte, 2>{base[0], static_cast<Byte>(base[1] + 16)});
    const std::string line_octets = line.raw(header(1, 1, 15) + disconnect);
    const std::string report = "18000102" + control_state + "011600";
    BOOST_TEST(line_octets.find(header(1, 18, report.size() / 2) + report) != std::string::npos);
    BOOST_TEST(line_octets.find("C2010C" + ten_o_clock + relay + "031600") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
