// The conformance cases of HDLC against a simulated meter: what the link does to associations. The
// frames themselves are the business of tests/stack/hdlc.

#include "simulator/hdlc_line.hpp"
#include "tests/simulator/hdlc_client.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string public_aarq = aarq(context_ln + initiate("00FFFF", "FFFF"));
const std::string public_accepted = accepted("001010");
const std::string get_name = "C001C1000100002A0000FF0200";
const std::string name_answer = "C401C100091054535430303030303030303030303031";
const std::string get_objects = "C001C1000F0000280000FF0200";
const std::string not_associated = "D80102";

/// The test meter with these HDLC settings and one more object.
std::string scenario_with(const std::string& hdlc, const std::string& object = "") {
    std::string text(test_scenario);
    text.insert(text.find("\"logical_devices\""), "\"hdlc\": " + hdlc + ",\n ");
    const std::string_view objects = "\"objects\": [";
    text.insert(text.find(objects) + objects.size(), object);
    return text;
}

std::string hdlc_setup(std::string_view inactivity) {
    return R"({"obis": "0-0:22.0.0.255", "class": 23, "attributes": [
     {"id": 2, "access": "r", "value": {"enum": 4}},
     {"id": 3, "access": "r", "value": {"unsigned": 2}},
     {"id": 4, "access": "r", "value": {"unsigned": 3}},
     {"id": 5, "access": "r", "value": {"long-unsigned": 64}},
     {"id": 6, "access": "r", "value": {"long-unsigned": 96}},
     {"id": 7, "access": "r", "value": {"long-unsigned": 40}},
     {"id": 8, "access": "rw", "value": {"long-unsigned": )" +
           std::string(inactivity) + R"(}},
     {"id": 9, "access": "r", "value": {"long-unsigned": 23}}]},)";
}

/// A line with one meter.
struct Station {
    explicit Station(std::string_view scenario, HdlcMedium medium = {}) {
        BOOST_REQUIRE(group.add(make_meter(scenario)));
        line.emplace(group, medium, Instant{});
    }
    MeterGroup group;
    std::optional<HdlcLine> line;
};

struct Fixture : Station {
    Fixture() : Station(test_scenario) {}
    HdlcClient client{*line, {1, 1, 0}};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hdlc_conformance, Fixture)

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P1_connect_and_disconnect) {
    BOOST_TEST(client.raw("7EA0070321930F017E") == hdlc_frame({1, 16, 0}, {1, 1, 0}, control::ua,
                                                              "818012"
                                                              "050180"
                                                              "060180"
                                                              "070400000001"
                                                              "080400000001"));
    BOOST_TEST(client.send(control::rr) == control::rr);
    BOOST_TEST(client.send(control::disc) == control::ua);
    BOOST_TEST(client.send(control::disc) == control::dm);
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P2_inter_octet_time_out) {
    Station serial(test_scenario, {.is_serial = true});
    HdlcClient port(*serial.line, {1, 1, 0});
    port.connect();
    std::string cut = port.frame(control::disc);
    cut.resize(cut.size() - 2);
    BOOST_TEST(port.raw(cut) == "");
    port.advance(28ms);
    BOOST_TEST(port.send(control::rr) == control::rr);
    // In a stream it takes longer.
    client.connect();
    BOOST_TEST(client.raw(cut) == "");
    client.advance(999ms);
    BOOST_TEST(client.raw("7E") == hdlc_frame({1, 16, 0}, {1, 1, 0}, control::ua));
    client.connect();
    BOOST_TEST(client.raw(cut) == "");
    client.advance(1s);
    BOOST_TEST(client.send(control::rr) == control::rr);
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N1_flags_missing_in_a_stream) {
    const std::string snrm = client.frame(control::snrm);
    for (const std::string& hex :
         {snrm.substr(2), snrm.substr(0, snrm.size() - 2), snrm.substr(2, snrm.size() - 4)}) {
        BOOST_TEST(client.raw(hex) == "");
        client.advance(1s);
        BOOST_TEST(client.send(control::disc) == control::dm);
        client.advance(1s);
    }
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P3_inactivity_ends_link_and_association) {
    Station short_lived(scenario_with("{}", hdlc_setup("30")));
    HdlcClient peer(*short_lived.line, {1, 1, 0});
    peer.connect();
    BOOST_TEST(peer.ask(public_aarq) == public_accepted);
    peer.advance(29s);
    BOOST_TEST(peer.ask(get_name) == name_answer);
    peer.advance(33s);
    BOOST_TEST(peer.send(control::disc) == control::dm);
    peer.connect();
    BOOST_TEST(peer.ask(get_name) == not_associated);
}

BOOST_AUTO_TEST_CASE(HDLC_ADDRESS_P1_declared_addresses_of_every_size) {
    struct Case {
        std::string_view settings;
        hdlc::Address address;
    };
    for (const Case& declared :
         {Case{R"({"address_octets": 1})", {1, 1, 0}},
          Case{R"({"address_octets": 2, "lower_address": 17})", {2, 1, 17}},
          Case{R"({"address_octets": 4, "lower_address": 1000})", {4, 1, 1000}}}) {
        Station station(scenario_with(std::string(declared.settings)));
        HdlcClient peer(*station.line, declared.address);
        peer.connect();
        BOOST_TEST(peer.ask(public_aarq) == public_accepted);
    }
}

BOOST_AUTO_TEST_CASE(HDLC_ADDRESS_N4_N6_other_addresses_get_silence) {
    Station station(scenario_with(R"({"address_octets": 2, "lower_address": 17})"));
    for (const hdlc::Address& other :
         {hdlc::Address{2, 2, 17}, hdlc::Address{2, 1, 18}, hdlc::Address{1, 1, 0},
          hdlc::Address{4, 1, 17}, hdlc::Address{2, 1, 0x7E}}) {
        HdlcClient stranger(*station.line, other);
        BOOST_TEST(stranger.send(control::snrm) == 0);
    }
    HdlcClient right(*station.line, {2, 1, 17});
    BOOST_TEST(right.send(control::disc) == control::dm);
}

BOOST_AUTO_TEST_CASE(HDLC_NDM2NRM_P1_P2_limits_come_from_the_setup_object) {
    Station station(scenario_with(R"({"address_octets": 2})", hdlc_setup("120")));
    HdlcClient peer(*station.line, {2, 1, 23});  // the lower address too
    // The client offers 2030 both ways and windows of 7.
    const std::string answer = peer.raw(peer.frame(control::snrm,
                                                   "818014"
                                                   "050207EE"
                                                   "060207EE"
                                                   "070400000007"
                                                   "080400000007"));
    BOOST_TEST(answer == hdlc_frame({1, 16, 0}, {2, 1, 23}, control::ua,
                                    "818012"
                                    "050140"
                                    "060160"
                                    "070400000002"
                                    "080400000003"));
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_P1_requests_whole_and_in_segments) {
    client.connect();
    BOOST_TEST(client.ask(public_aarq) == public_accepted);
    client.connect();
    const std::string information = "E6E600" + public_aarq;
    std::uint8_t sequence = 0;
    for (std::size_t place = 0; place < information.size(); place += 10) {
        const bool is_last = place + 10 >= information.size();
        const auto octet = static_cast<std::uint8_t>(0x10 | sequence << 1);
        sequence = (sequence + 1) & 7;
        const std::string answer =
            client.raw(client.frame(octet, information.substr(place, 10), !is_last));
        if (is_last) {
            BOOST_TEST(client.collect(answer) == public_accepted);
        } else {
            BOOST_TEST(client.control_of(answer) == (sequence << 5 | control::rr));
        }
    }
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_N3_wrong_sequence_is_not_processed) {
    client.connect();
    BOOST_TEST(client.send(0x12, "E6E600" + public_aarq) == control::rr);
    BOOST_TEST(client.ask(get_name) == not_associated);
}

BOOST_AUTO_TEST_CASE(HDLC_NDMOP_N1_no_association_without_a_link) {
    BOOST_TEST(client.send(0x10, "E6E600" + public_aarq) == control::dm);
}

BOOST_AUTO_TEST_CASE(HDLC_X_BCAST_1_and_UI_1_requests_without_answer) {
    // Client 34 may write; it opens its association first.
    HdlcClient writer(*line, {1, 1, 0}, 35);
    writer.connect();
    const std::string opened = writer.ask(public_aarq);
    BOOST_REQUIRE(opened.starts_with("6129"));
    const auto set_any = [](std::string_view value) {
        return "E6E600C10181000100006032 00FF0200" + std::string(value);
    };
    const std::string get_any = "C001C100010000603200FF0200";
    // In a UI frame to the meter, and to all stations.
    BOOST_TEST(writer.send(control::ui, set_any("1101")) == 0);
    BOOST_TEST(writer.ask(get_any) == "C401C1001101");
    BOOST_TEST(writer.raw(hdlc_frame({1, 0x7F, 0}, {1, 35, 0}, control::ui, set_any("1102"))) ==
               "");
    BOOST_TEST(writer.ask(get_any) == "C401C1001102");
    // A client without an association changes nothing, and SNRM to all stations is not answered.
    BOOST_TEST(writer.raw(hdlc_frame({1, 0x7F, 0}, {1, 32, 0}, control::ui, set_any("1103"))) ==
               "");
    BOOST_TEST(writer.raw(hdlc_frame({1, 0x7F, 0}, {1, 35, 0}, control::snrm)) == "");
    BOOST_TEST(writer.ask(get_any) == "C401C1001102");
}

BOOST_AUTO_TEST_CASE(HDLC_X_RESNRM_1_ends_the_association) {
    client.connect();
    client.ask(public_aarq);
    client.ask(get_name);
    client.connect();
    BOOST_TEST(client.send(control::rr) == control::rr);
    BOOST_TEST(client.ask(get_name) == not_associated);
}

BOOST_AUTO_TEST_CASE(HDLC_X_DISC_1_aborts_the_association) {
    client.connect();
    client.ask(public_aarq);
    BOOST_TEST(client.send(control::disc) == control::ua);
    client.connect();
    BOOST_TEST(client.ask(get_name) == not_associated);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEG_TX_1_long_answers_come_in_segments) {
    auto meter = make_meter(test_scenario);
    MeterLine wrapper(*meter);
    wrapper.ask(public_aarq, 16);
    const std::string whole = wrapper.ask(get_objects, 16);
    client.connect();
    client.ask(public_aarq);
    const std::size_t before = client.segments();
    BOOST_TEST(client.ask(get_objects) == whole);
    BOOST_TEST(client.segments() - before == (whole.size() / 2 + 3 + 127) / 128);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEG_WIN_1_window_of_segments) {
    Station station(scenario_with(R"({"window_transmit": 3})"));
    HdlcClient peer(*station.line, {1, 1, 0});
    peer.connect(
        "818006"
        "080400000003");
    peer.ask(public_aarq);
    const ByteBuffer first =
        octets(peer.raw(peer.frame(peer.next_information(), "E6E600" + get_objects)));
    const auto frames = hdlc_frames(first);
    BOOST_TEST(frames.size() == 2u);  // all there is
    BOOST_TEST(!frames[0].control.poll_final);
    BOOST_TEST(frames[1].control.poll_final);
}

BOOST_AUTO_TEST_CASE(HDLC_X_DUP_1_a_repeated_request_is_served_once) {
    client.connect();
    client.ask(public_aarq);
    const std::string request = client.frame(client.next_information(), "E6E600" + get_name);
    const std::string first = client.raw(request);
    const std::string again = client.raw(request);
    BOOST_TEST(again == first);
    BOOST_TEST(line->meter(0).associations().own().counters().gets == 1u);
    BOOST_TEST(client.collect(again) == name_answer);
    BOOST_TEST(client.ask(get_name) == name_answer);
}

BOOST_AUTO_TEST_CASE(HDLC_X_RNR_1_a_slow_meter) {
    group[0].set_answer_delay(5s);
    client.connect();
    BOOST_TEST(client.ask(public_aarq) == public_accepted);
    // Nobody speaks for a second, then the meter says that it is busy, as often as it is asked.
    BOOST_TEST(client.send(client.next_information(), "E6E600" + get_name) == 0);
    client.advance(999ms);
    BOOST_TEST(client.take() == "");
    client.advance(1ms);
    const std::uint8_t ready = client.control_of(client.take());
    BOOST_TEST((ready == control::rnr + 0x40 || ready == control::rr + 0x40));
    BOOST_TEST(client.send(client.receive_ready()) == control::rnr + 0x40);
    client.advance(4s);
    BOOST_TEST(client.take() == "");  // it was not asked
    BOOST_TEST(client.collect(client.raw(client.frame(client.receive_ready()))) == name_answer);
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_late_does_not_reach_the_next_link) {
    group[0].set_answer_delay(2s);
    client.connect();
    client.ask(public_aarq);
    client.send(client.next_information(), "E6E600" + get_name);
    BOOST_TEST(client.send(control::disc) == control::ua);
    client.connect();
    client.advance(3s);
    BOOST_TEST(client.take() == "");
    BOOST_TEST(client.send(control::rr) == control::rr);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEQ_1_numbers_wrap) {
    client.connect();
    client.ask(public_aarq);
    for (int i = 0; i < 20; ++i) {
        BOOST_TEST(client.ask(get_name) == name_answer);
    }
}

BOOST_AUTO_TEST_CASE(links_of_two_clients_do_not_disturb_each_other) {
    HdlcClient other(*line, {1, 1, 0}, 35);
    client.connect();
    other.connect();
    client.ask(public_aarq);
    BOOST_TEST(other.ask(get_name) == not_associated);
    BOOST_TEST(other.send(control::disc) == control::ua);
    BOOST_TEST(client.ask(get_name) == name_answer);
}

BOOST_AUTO_TEST_CASE(a_written_setup_rules_the_next_link) {
    Station station(scenario_with("{}", hdlc_setup("30")));
    HdlcClient peer(*station.line, {1, 1, 0}, 35);
    peer.connect();
    BOOST_REQUIRE(peer.ask(public_aarq).starts_with("6129"));
    BOOST_TEST(peer.ask("C101C100170000160000FF0800120064") == "C501C100");
    BOOST_TEST(peer.send(control::disc) == control::ua);
    peer.connect();
    peer.advance(99s);
    BOOST_TEST(peer.send(control::rr) == control::rr);
    peer.advance(101s);
    BOOST_TEST(peer.send(control::rr) == control::dm);
}

BOOST_AUTO_TEST_CASE(an_idle_stream_is_closed_and_a_serial_line_is_not) {
    BOOST_TEST(!line->failure());
    client.advance(180s);
    BOOST_REQUIRE(line->failure());
    BOOST_CHECK(line->failure()->code == ErrorCode::timeout);
    Station serial(test_scenario, {.is_serial = true});
    HdlcClient port(*serial.line, {1, 1, 0});
    port.advance(1000s);
    BOOST_TEST(!serial.line->failure());
}

BOOST_AUTO_TEST_CASE(notifications_go_in_unnumbered_frames) {
    Station full(builtin_scenario("full"));
    HdlcClient peer(*full.line, {4, 1, 16}, 1);
    peer.connect();
    BOOST_REQUIRE(
        peer.ask(aarq(context_ln + lls + password + initiate("FFFFFF", "FFFF"))).starts_with("61"));
    // Push: the answer comes behind the notification.
    const ByteBuffer answer = octets(
        peer.raw(peer.frame(peer.next_information(), "E6E600C301C1002800001909 00FF01010F00")));
    const auto frames = hdlc_frames(answer);
    BOOST_REQUIRE_EQUAL(frames.size(), 2u);
    BOOST_CHECK(frames[0].control.type == hdlc::FrameType::ui);
    BOOST_TEST(to_hex(frames[0].information).starts_with("E6E7000F"));
    BOOST_CHECK(frames[1].control.type == hdlc::FrameType::i);
    BOOST_TEST(to_hex(frames[1].information) == "E6E700C701C10000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
