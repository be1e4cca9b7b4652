// The meter's end of a line: frames, addresses, connection, as the conformance cases of the
// data-link layer ask them.

#include "tests/stack/hdlc/station_fixture.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(server_station)

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P1_connect_and_disconnect) {
    Meter meter;
    BOOST_TEST(to_hex(meter.feed(octets("7EA0070321930F017E"))).starts_with("7EA01E210373"));
    BOOST_TEST(meter.take_events() == "connected @1,16");
    BOOST_TEST(meter.ask("11") == "11");
    BOOST_TEST(meter.ask("53") == "73");
    BOOST_TEST(meter.take_events() == "disconnected: requested @1,16");
    BOOST_TEST(meter.ask("53") == "1F");
    BOOST_TEST(meter.take_events() == "");
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P2_inter_octet_timeout) {
    Meter meter;
    BOOST_TEST(meter.connect());
    const std::string disc = frame_hex("53");
    BOOST_TEST(meter.octets_in(disc.substr(0, disc.size() - 2)) == "");
    BOOST_TEST(meter.wait(28ms) == "");
    BOOST_TEST(meter.is_in_nrm());
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P3_inactivity_timeout) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.wait(119s) == "");
    BOOST_TEST(meter.is_in_nrm());
    BOOST_TEST(meter.wait(132s) == "");
    BOOST_TEST(meter.take_events() == "connected @1,16; disconnected: inactivity @1,16");
    BOOST_TEST(meter.is_in_ndm());
    // The same when nobody looked at the clock, and never without the time-out.
    BOOST_TEST(meter.connect());
    meter.now += 121s;
    BOOST_TEST(meter.is_in_ndm());
    ServerStationConfiguration configuration = one_meter();
    configuration.link.inactivity_timeout = 0ms;
    Meter patient(configuration);
    BOOST_TEST(patient.connect());
    BOOST_TEST(!patient.station.poll_timeout().has_value());
    patient.now += 10h;
    BOOST_TEST(patient.is_in_nrm());
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N1_flags_missing) {
    const std::string snrm = "7EA0070321930F017E";
    for (const std::string& hex : {snrm.substr(2), snrm.substr(0, 16), snrm.substr(2, 14)}) {
        Meter meter;
        BOOST_TEST(meter.octets_in(hex) == "");
        BOOST_TEST(meter.wait(30ms) == "");
        BOOST_TEST(meter.is_in_ndm());
    }
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N2_frame_too_short) {
    Meter meter;
    const std::string rest = "0321930F01";
    for (std::size_t octets_left = 0; octets_left < 5; ++octets_left) {
        const std::string frame =
            "7EA00" + std::to_string(octets_left + 2) + rest.substr(0, 2 * octets_left) + "7E";
        BOOST_TEST(meter.octets_in(frame) == "");
        meter.wait(30ms);
    }
    BOOST_TEST(meter.connect());
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N3_wrong_format_type) {
    for (const char* hex : {"7E00070321930F017E", "7E90070321930F017E", "7EB0070321930F017E"}) {
        Meter meter;
        BOOST_TEST(meter.octets_in(hex) == "");
        BOOST_TEST(meter.is_in_ndm());
    }
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N4_wrong_length) {
    for (const char* hex : {"7EA0080321930F017E", "7EA0060321930F017E", "7EA7FF0321930F017E"}) {
        Meter meter;
        BOOST_TEST(meter.octets_in(hex) == "");
        BOOST_TEST(meter.is_in_ndm());
    }
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N5_unknown_control_field) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("FF") == "97 FF0001");
    BOOST_TEST(meter.take_events() == "connected @1,16; disconnected: rejected @1,16");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("53") == "73");
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N7_header_check) {
    const ByteBuffer good =
        frame_octets({1, 1, 0}, {1, 16, 0}, "93818012050180060180070400000001080400000001");
    ByteBuffer damaged = good;
    damaged[6] ^= 1;
    const std::uint16_t check = crc(ByteView(damaged).subspan(1, damaged.size() - 4));
    damaged[damaged.size() - 3] = static_cast<Byte>(check);
    damaged[damaged.size() - 2] = static_cast<Byte>(check >> 8);
    Meter meter;
    BOOST_TEST(frames_text(meter.feed(damaged)) == "");
    BOOST_TEST(meter.station.counters().parser.header_check == 1u);
    BOOST_TEST(meter.is_in_ndm());
    BOOST_TEST(frames_text(meter.feed(good)).starts_with("73"));
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_N8_frame_check) {
    for (const char* hex : {"7EA0070321931001 7E", "7EA0070321930F02 7E"}) {
        Meter meter;
        BOOST_TEST(meter.octets_in(hex) == "");
        BOOST_TEST(meter.station.counters().parser.frame_check == 1u);
        BOOST_TEST(meter.is_in_ndm());
    }
}

BOOST_AUTO_TEST_CASE(HDLC_ADDRESS_P1_declared_addresses) {
    ServerStationConfiguration configuration = one_meter();
    configuration.addresses = {{1, 1, 0}, {2, 1, 17}, {2, 16, 17}, {4, 1, 17}, {4, 0x80, 0x1234}};
    Meter meter(configuration);
    for (const Address& address : configuration.addresses) {
        const ByteBuffer sent = meter.feed(frame_octets(address, meter.client, "93"));
        const auto frame = decode_frame(sent);
        BOOST_REQUIRE(frame.has_value());
        BOOST_TEST((frame->frame.control.type == FrameType::ua));
        BOOST_TEST((frame->frame.source == address));
        BOOST_TEST((frame->frame.destination == meter.client));
    }
    BOOST_TEST(meter.station.open_links() == 5u);
}

BOOST_AUTO_TEST_CASE(HDLC_ADDRESS_N1_two_octet_source) {
    Meter meter;
    BOOST_TEST(meter.ask({1, 1, 0}, {2, 1, 16}, "93") == "");
    BOOST_TEST(meter.ask({1, 1, 0}, {1, 0, 0}, "93") == "");
    BOOST_TEST(meter.ask({1, 1, 0}, {1, 127, 0}, "93") == "");
    BOOST_TEST(meter.station.counters().misaddressed == 3u);
    BOOST_TEST(meter.is_in_ndm());
}

BOOST_AUTO_TEST_CASE(HDLC_ADDRESS_N4_N6_unknown_destination) {
    ServerStationConfiguration configuration = one_meter();
    configuration.addresses = {{2, 1, 17}};
    Meter meter(configuration);
    for (const Address& other : {Address{2, 2, 17}, Address{2, 1, 18}, Address{1, 2, 0},
                                 Address{1, 1, 0}, Address{4, 1, 17}, Address{2, 0, 0}}) {
        BOOST_TEST(meter.ask(other, meter.client, "93") == "");
    }
    BOOST_TEST(meter.is_in_ndm());
}

BOOST_AUTO_TEST_CASE(HDLC_ADDRESS_N7_three_and_five_octets) {
    for (const char* head : {"A00900020521 93", "A00B0002000205 2193"}) {
        ByteBuffer frame = octets(head);
        const std::uint16_t check = crc(frame);
        frame.push_back(static_cast<Byte>(check));
        frame.push_back(static_cast<Byte>(check >> 8));
        frame.push_back(flag);
        frame.insert(frame.begin(), flag);
        Meter meter;
        BOOST_TEST(frames_text(meter.feed(frame)) == "");
        BOOST_TEST(meter.is_in_ndm());
    }
}

BOOST_AUTO_TEST_CASE(HDLC_NDM2NRM_P1_P2_negotiation) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.parameters = {512, 256, 4, 5};
    Meter meter(configuration);
    const auto negotiated = [&](const Parameters& proposed) {
        const std::string answer = meter.ask("93" + parameters_text(proposed));
        BOOST_TEST(meter.ask("53") == "73");
        return decode_parameters(octets(answer.substr(3))).value();
    };
    BOOST_TEST((negotiated({128, 128, 1, 1}) == Parameters{128, 128, 1, 1}));
    BOOST_TEST((negotiated({2030, 2030, 1, 1}) == Parameters{512, 256, 1, 1}));
    BOOST_TEST((negotiated({32, 32, 1, 1}) == Parameters{32, 32, 1, 1}));
    BOOST_TEST((negotiated({128, 128, 4, 4}) == Parameters{128, 128, 4, 4}));
    BOOST_TEST((negotiated({128, 128, 7, 7}) == Parameters{128, 128, 4, 5}));
}

BOOST_AUTO_TEST_SUITE_END()
