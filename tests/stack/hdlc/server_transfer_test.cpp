// The meter's end of a line: the numbered exchange, as the conformance cases of the data-link layer
// ask it.

#include "tests/stack/hdlc/station_fixture.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(server_transfer)

BOOST_AUTO_TEST_CASE(HDLC_INFO_P1_requests_whole_and_in_segments) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
    BOOST_TEST(meter.take_events() == "connected @1,16; apdu 6001 @1,16");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("s10E6E6") == "31");
    BOOST_TEST(meter.ask("s120060") == "51");
    BOOST_TEST(meter.ask("1401") == "70 " + aare);
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_N1_information_too_long) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + to_hex(ByteBuffer(129, 0xE6))) == "97 100004");
    BOOST_TEST(meter.ask("11") == "97 100004");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.is_in_nrm());
    BOOST_TEST(meter.ask("s10" + to_hex(ByteBuffer(128, 0xE6))) == "31");
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_N2_wrong_receive_sequence) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("31") == "97 310008");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.is_in_nrm());
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_N3_wrong_send_sequence) {
    Meter meter;
    BOOST_TEST(meter.connect());
    meter.take_events();
    BOOST_TEST(meter.ask("12" + aarq) == "11");
    BOOST_TEST(meter.take_events() == "");
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
}

BOOST_AUTO_TEST_CASE(HDLC_NDMOP_N1_numbered_frames_while_disconnected) {
    Meter meter;
    BOOST_TEST(meter.ask("10" + aarq) == "1F");
    BOOST_TEST(meter.ask("11") == "1F");
    BOOST_TEST(meter.ask("15") == "1F");
    BOOST_TEST(meter.ask("00" + aarq) == "");
    BOOST_TEST(meter.ask("01") == "");
    BOOST_TEST(meter.ask("FF") == "");
    BOOST_TEST(meter.take_events() == "");
    BOOST_TEST(meter.station.counters().links.not_connected == 5u);
}

BOOST_AUTO_TEST_CASE(HDLC_X_BCAST_1_broadcast_nobody_and_calling) {
    ServerStationConfiguration configuration = one_meter();
    configuration.addresses = {{4, 1, 17}, {4, 16, 17}, {4, 1, 18}};
    Meter meter(configuration);
    BOOST_TEST(meter.connect());
    meter.take_events();
    for (const Address& all :
         {Address{1, 127, 0}, Address{2, 127, 127}, Address{4, 0x3FFF, 0x3FFF}}) {
        BOOST_TEST(meter.ask(all, meter.client, "03FFE600C1") == "");
        BOOST_TEST(meter.take_events() == "ui C1 @1,16; ui C1 @16,16; ui C1 @1,16");
        BOOST_TEST(meter.ask(all, meter.client, "93") == "");
    }
    BOOST_TEST(meter.ask({4, 0x3FFF, 17}, meter.client, "03E6E600C2") == "");
    BOOST_TEST(meter.take_events() == "ui C2 @1,16; ui C2 @16,16");
    BOOST_TEST(meter.station.counters().broadcast_dropped == 3u);
    BOOST_TEST(meter.is_in_nrm());
    BOOST_TEST(meter.ask({1, 0, 0}, meter.client, "93") == "");
    const Address calling{4, 1, 0x3FFE};
    BOOST_TEST(meter.ask(calling, meter.client, "93") == "");
    configuration.is_calling = true;
    Meter caller(configuration);
    BOOST_TEST(caller.ask(calling, caller.client, "93").starts_with("73"));
    BOOST_TEST(caller.ask({4, 2, 0x3FFE}, caller.client, "93") == "");
}

BOOST_AUTO_TEST_CASE(HDLC_X_NEG_1_parameters_absent) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.parameters = largest_parameters;
    Meter meter(configuration);
    const auto answer = [&](std::string_view information) {
        const std::string ua = meter.ask("93" + std::string(information));
        return decode_parameters(octets(ua.substr(2))).value();
    };
    BOOST_TEST((answer("") == Parameters{128, 128, 1, 1}));
    BOOST_TEST((answer("818003050140") == Parameters{128, 64, 1, 1}));
    BOOST_TEST((answer("81800405020040") == Parameters{128, 64, 1, 1}));
}

BOOST_AUTO_TEST_CASE(HDLC_X_NEG_3_unknown_and_malformed_parameters) {
    Meter meter;
    BOOST_TEST(meter.connect("938180060501800F0100"));
    BOOST_TEST(meter.ask("53") == "73");
    for (const char* wrong : {"93808003050140", "938180FF050140"}) {
        BOOST_TEST(meter.ask(wrong) == "1F");
        BOOST_TEST(meter.is_in_ndm());
    }
    // In NRM it ends the link, which the peer is told by DM.
    BOOST_TEST(meter.connect());
    meter.take_events();
    BOOST_TEST(meter.ask("93808003050140") == "1F");
    BOOST_TEST(meter.take_events() == "disconnected: reset @1,16");
    BOOST_TEST(meter.is_in_ndm());
}

BOOST_AUTO_TEST_CASE(limits_below_the_standards_are_not_acceptable) {
    Meter meter;
    for (const char* low : {"93818003050110", "93818003060110", "9381800305011F",
                            "938180060704 00000000", "938180060804 00000000"}) {
        BOOST_TEST(meter.ask(low) == "1F", low);
        BOOST_TEST(meter.is_in_ndm());
    }
    BOOST_TEST(meter.connect("93818003050120"));
}

BOOST_AUTO_TEST_CASE(HDLC_X_RESNRM_1_snrm_in_nrm) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
    BOOST_TEST(meter.ask("32" + aarq) == "52 " + aare);
    BOOST_TEST(meter.ask("54" + aarq) == "74 " + aare);
    meter.take_events();
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.take_events() == "disconnected: reset @1,16; connected @1,16");
    BOOST_TEST(meter.ask("11") == "11");
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
}

BOOST_AUTO_TEST_CASE(HDLC_X_DISC_1_disc_ends_what_is_under_way) {
    Meter meter;
    meter.answers = false;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + aarq) == "31");
    BOOST_TEST(meter.ask("53") == "73");
    BOOST_TEST(meter.take_events() ==
               "connected @1,16; apdu 6001 @1,16; disconnected: requested @1,16");
    BOOST_TEST(outcome(meter.station.send(meter.link(), answer_apdu, meter.now)) ==
               "hdlc/wrong-state@0");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("11") == "11");
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEG_TX_1_segmented_answer) {
    Meter meter;
    meter.answer = ByteBuffer(70, 0xAB);
    BOOST_TEST(meter.connect("93" + parameters_text({32, 32, 1, 1})));
    const std::string ab = to_hex(ByteBuffer(32, 0xAB));
    BOOST_TEST(meter.ask("10" + aarq) == "s30 E6E700" + ab.substr(0, 58));
    BOOST_TEST(meter.ask("31") == "s32 " + ab);
    BOOST_TEST(meter.ask("51") == "34 " + ab.substr(0, 18));
    BOOST_TEST(meter.ask("71") == "31");
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEG_WIN_1_segments_in_a_window) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.parameters = largest_parameters;
    Meter meter(configuration);
    meter.answer = ByteBuffer(32 * 5 - 3, 0xAB);
    BOOST_TEST(meter.connect("93" + parameters_text({32, 32, 3, 3})));
    const std::string ab = to_hex(ByteBuffer(32, 0xAB));
    const std::string first = "E6E700" + ab.substr(6);
    BOOST_TEST(meter.ask("10" + aarq) == "s20 " + first + " | s22 " + ab + " | s34 " + ab);
    // Only the first has arrived: the others come again, and the next with them.
    BOOST_TEST(meter.ask("31") == "s22 " + ab + " | s24 " + ab + " | s36 " + ab);
    BOOST_TEST(meter.ask("91") == "38 " + ab);
    BOOST_TEST(meter.station.counters().links.retransmissions == 2u);
}

BOOST_AUTO_TEST_CASE(HDLC_X_DUP_1_a_repeated_frame_is_executed_once) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
    meter.take_events();
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
    BOOST_TEST(meter.take_events() == "");
    BOOST_TEST(meter.ask("32" + aarq) == "52 " + aare);
    BOOST_TEST(meter.station.counters().links.repeated == 1u);
}

BOOST_AUTO_TEST_CASE(HDLC_X_RNR_1_busy) {
    Meter meter;
    BOOST_TEST(meter.connect());
    meter.take_events();
    meter.station.set_busy(true);
    BOOST_TEST(meter.ask("10" + aarq) == "15");
    BOOST_TEST(meter.ask("11") == "15");
    BOOST_TEST(meter.take_events() == "");
    meter.station.set_busy(false);
    BOOST_TEST(meter.ask("11") == "11");
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEQ_1_modulo_eight) {
    Meter meter;
    BOOST_TEST(meter.connect());
    for (unsigned i = 0; i < 20; ++i) {
        const auto control = static_cast<Byte>(0x10 | (i % 8) << 5 | (i % 8) << 1);
        const auto expected = static_cast<Byte>(0x10 | ((i + 1) % 8) << 5 | (i % 8) << 1);
        BOOST_TEST(meter.ask(to_hex(ByteView(&control, 1)) + aarq) ==
                   to_hex(ByteView(&expected, 1)) + ' ' + aare);
    }
}

BOOST_AUTO_TEST_CASE(HDLC_X_UI_1_unnumbered_requests_and_pushes) {
    Meter meter;
    BOOST_TEST(meter.ask("03E6E600C00181") == "");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("03E6E600C00182") == "");
    BOOST_TEST(meter.ask("13E6E600C00183") == "");
    BOOST_TEST(meter.take_events() ==
               "ui C00181 @1,16; connected @1,16; ui C00182 @1,16; "
               "ui C00183 @1,16");
    BOOST_TEST(meter.ask("03C001") == "");
    BOOST_TEST(meter.ask("03") == "");
    BOOST_TEST(meter.take_events() == "");
    BOOST_TEST(meter.is_in_nrm());
    BOOST_TEST(meter.station.send_unnumbered(meter.link(), octets("0F00"), meter.now).has_value());
    BOOST_TEST(frames_text(meter.drain()) == "03 E6E7000F00");
    BOOST_TEST(outcome(meter.station.send_unnumbered(meter.link(), ByteBuffer(126), meter.now)) ==
               "hdlc/request-too-long@0");
    BOOST_TEST(outcome(meter.station.send_unnumbered({{3, 1, 1}, meter.client}, octets("0F"),
                                                     meter.now)) == "hdlc/out-of-range@0");
}

BOOST_AUTO_TEST_CASE(HDLC_X_LEN_1_long_frames_both_ways) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.parameters = largest_parameters;
    Meter meter(configuration);
    meter.answer = ByteBuffer(1000, 0x7E);
    BOOST_TEST(meter.connect("93" + parameters_text({2030, 2030, 1, 1})));
    const std::string long_apdu = to_hex(ByteBuffer(1000, 0x7E));
    const ByteBuffer sent =
        meter.feed(frame_octets(meter.address, meter.client, "10E6E600" + long_apdu));
    BOOST_TEST(frames_text(sent) == "30 E6E700" + long_apdu);
    BOOST_TEST(to_hex(sent).starts_with("7EA3F4"));
}

BOOST_AUTO_TEST_CASE(HDLC_X_FRMR_1_after_frame_reject) {
    Meter meter;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("11"
                         "AA") == "97 110003");  // RR has no information
    meter.take_events();
    BOOST_TEST(meter.ask("10" + aarq) == "97 110003");
    BOOST_TEST(meter.ask("11") == "97 110003");
    BOOST_TEST(meter.ask("01") == "");
    BOOST_TEST(meter.take_events() == "");
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("53AA") == "97 530003");  // nor has DISC
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("19") == "97 190001");  // REJ is not in the DLMS subset
    BOOST_TEST(meter.ask("53") == "73");
    BOOST_TEST(meter.is_in_ndm());
    // Without P the answer waits for the next poll.
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("EF") == "");
    BOOST_TEST(meter.ask("11") == "97 EF0001");
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_not_ready_lets_the_poll_wait) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.acknowledge_after = 500ms;
    Meter meter(configuration);
    meter.answers = false;
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + aarq) == "");
    BOOST_TEST(meter.wait(400ms) == "");
    // The client repeats itself; there is one answer.
    BOOST_TEST(meter.ask("10" + aarq) == "");
    BOOST_TEST(meter.station.send(meter.link(), answer_apdu, meter.now).has_value());
    BOOST_TEST(frames_text(meter.drain()) == "30 " + aare);
    BOOST_TEST(meter.wait(2s) == "");
    // And if none comes in time, RR says so; the answer goes with the next poll.
    BOOST_TEST(meter.ask("32" + aarq) == "");
    BOOST_TEST(meter.wait(500ms) == "51");
    BOOST_TEST(meter.station.send(meter.link(), answer_apdu, meter.now).has_value());
    BOOST_TEST(frames_text(meter.drain()) == "");
    BOOST_TEST(meter.ask("31") == "52 " + aare);
}

BOOST_AUTO_TEST_CASE(several_apdus_go_out_in_one_window) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.parameters = largest_parameters;
    configuration.link.acknowledge_after = 500ms;
    Meter meter(configuration);
    meter.answers = false;
    BOOST_TEST(meter.connect("93" + parameters_text({128, 128, 3, 3})));
    BOOST_TEST(meter.ask("10" + aarq) == "");
    for (int i = 0; i < 4; ++i) {
        BOOST_TEST(meter.station.send(meter.link(), answer_apdu, meter.now).has_value());
    }
    BOOST_TEST(frames_text(meter.drain()) == "20 " + aare + " | 22 " + aare + " | 34 " + aare);
    BOOST_TEST(meter.ask("71") == "36 " + aare);
}

BOOST_AUTO_TEST_CASE(a_client_that_is_not_ready_gets_no_information) {
    Meter meter;
    meter.answer = ByteBuffer(200, 0xAB);
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("10" + aarq).starts_with("s30"));
    BOOST_TEST(meter.ask("35") == "31");
    BOOST_TEST(meter.ask("31").starts_with("32 AB"));
}

BOOST_AUTO_TEST_CASE(links_of_several_clients_and_devices_are_apart) {
    ServerStationConfiguration configuration = one_meter();
    configuration.addresses = {{1, 1, 0}, {1, 17, 0}};
    configuration.max_links = 2;
    Meter meter(configuration);
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask({1, 17, 0}, {1, 1, 0}, "93").starts_with("73"));
    BOOST_TEST(meter.ask({1, 17, 0}, meter.client, "93") == "1F");  // no room
    BOOST_TEST(meter.station.counters().no_room == 1u);
    BOOST_TEST(meter.ask("10" + aarq) == "30 " + aare);
    BOOST_TEST(meter.ask({1, 17, 0}, {1, 1, 0}, "11") == "11");
    BOOST_TEST(meter.ask({1, 17, 0}, {1, 1, 0}, "53") == "73");
    BOOST_TEST(meter.ask({1, 17, 0}, meter.client, "93").starts_with("73"));
    meter.take_events();
    meter.station.link_lost(meter.now);
    BOOST_TEST(frames_text(meter.drain()) == "");
    BOOST_TEST(meter.take_events() == "disconnected: line @1,16; disconnected: line @17,16");
    BOOST_TEST(meter.station.open_links() == 0u);
    BOOST_TEST(!meter.station.poll_timeout().has_value());
}

BOOST_AUTO_TEST_CASE(commands_without_p_and_responses_do_nothing) {
    Meter meter;
    BOOST_TEST(meter.ask("83") == "");
    BOOST_TEST(meter.connect());
    for (const char* frame : {"43", "83", "73", "1F", "97"}) {
        BOOST_TEST(meter.ask(frame) == "");
    }
    BOOST_TEST(meter.is_in_nrm());
    BOOST_TEST(meter.station.counters().links.unexpected == 6u);
}

BOOST_AUTO_TEST_CASE(our_own_frames_that_come_back_are_dropped_once) {
    ServerStationConfiguration configuration = one_meter();
    configuration.expect_echo = true;
    Meter meter(configuration);
    // Client and meter have one address: only the octets tell whose frame it is.
    meter.client = {1, 1, 0};
    const ByteBuffer ua = meter.feed(frame_octets(meter.address, meter.client, "93"));
    BOOST_TEST(frames_text(meter.feed(ua)) == "");
    const ByteBuffer rr = meter.feed(frame_octets(meter.address, meter.client, "11"));
    BOOST_TEST(frames_text(rr) == "11");
    BOOST_TEST(frames_text(meter.feed(rr)) == "");    // the echo
    BOOST_TEST(frames_text(meter.feed(rr)) == "11");  // the client's
    BOOST_TEST(meter.station.counters().echoes == 2u);
}

BOOST_AUTO_TEST_CASE(a_request_that_is_too_long_is_rejected_and_too_much_to_send_refused) {
    ServerStationConfiguration configuration = one_meter();
    configuration.link.max_apdu = 100;
    Meter meter(configuration);
    BOOST_TEST(meter.connect());
    BOOST_TEST(meter.ask("s10E6E600" + to_hex(ByteBuffer(100, 1))) == "31");
    BOOST_TEST(meter.ask("1201") == "97 122004");
    BOOST_TEST(meter.connect());
    BOOST_TEST(outcome(meter.station.send(meter.link(), ByteBuffer(101), meter.now)) ==
               "hdlc/request-too-long@0");
    BOOST_TEST(outcome(meter.station.send(meter.link(), {}, meter.now)) ==
               "hdlc/request-too-long@0");
    std::size_t queued = 0;
    while (meter.station.send(meter.link(), ByteBuffer(100), meter.now)) {
        queued += 103;
    }
    BOOST_TEST(queued <= limits::max_transmit_queue);
    BOOST_TEST(queued + 103 > limits::max_transmit_queue);
}

BOOST_AUTO_TEST_CASE(an_apdu_without_llc_header_is_dropped) {
    Meter meter;
    BOOST_TEST(meter.connect());
    meter.take_events();
    BOOST_TEST(meter.ask("106001") == "31");
    BOOST_TEST(meter.ask("12E6E600") == "51");
    BOOST_TEST(meter.take_events() == "");
    BOOST_TEST(meter.station.counters().links.without_llc == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
