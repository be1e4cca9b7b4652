// The client's end of a link, against a meter that is a script of frames.

#include "tests/stack/hdlc/client_subject.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(client_link)

BOOST_AUTO_TEST_CASE(opens_asks_and_closes) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C001"))
        .expect_transmit("A010E6E600C001")
        .deliver("A030E6E700C401")
        .expect_event("apdu C401")
        .command("send", send("C002"))
        .expect_transmit("A032E6E600C002")
        .deliver("A052E6E700C402")
        .expect_event("apdu C402")
        .expect_no_transmit()
        .command("close", close_link)
        .expect_transmit("A053")
        .deliver("A073")
        .expect_event("closed")
        .command("open", open_link)
        .expect_transmit("A093")
        .deliver("A073")
        .expect_event("opened 128/128/1/1");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(HDLC_FRAME_P1_snrm_states_parameters_and_takes_those_of_ua) {
    ClientLinkConfiguration configuration = plain();
    configuration.send_parameters = true;
    configuration.proposed = {512, 2030, 7, 7};
    Talk talk = talk_with(configuration);
    talk.command("open", open_link)
        .expect_transmit("A093818014050202000602 07EE070400000007080400000007")
        .deliver("A0738180120501F80601FA070400000003080400000002")
        .expect_event("opened 250/248/2/3");
    holds_in_every_way(talk);

    configuration.peer_counts_frames = true;
    Talk frames = talk_with(configuration);
    frames.command("open", open_link)
        .expect_transmit("A093818014050202000602 07EE070400000007080400000007")
        .deliver("A0738180120501F80601FA070400000003080400000002")
        .expect_event("opened 238/248/2/3");
    frames.holds();
}

BOOST_AUTO_TEST_CASE(a_broken_session_is_cleared_first) {
    ClientLinkConfiguration configuration = plain();
    configuration.disconnect_first = true;
    for (const char* answer : {"A073", "A01F"}) {
        Talk talk = talk_with(configuration);
        talk.command("open", open_link)
            .expect_transmit("A053")
            .deliver(answer)
            .expect_transmit("A093")
            .deliver("A073")
            .expect_event("opened 128/128/1/1");
        holds_in_every_way(talk);
    }
    // A meter that does not answer DISC is asked by SNRM.
    Talk silent = talk_with(configuration);
    silent.command("open", open_link)
        .expect_transmit("A053")
        .at(1s)
        .expect_transmit("A093")
        .deliver("A073")
        .expect_event("opened 128/128/1/1");
    holds_in_every_way(silent);
}

BOOST_AUTO_TEST_CASE(a_late_answer_to_disc_is_not_taken_for_one_to_snrm) {
    ClientLinkConfiguration configuration = plain();
    configuration.disconnect_first = true;
    configuration.send_parameters = true;
    configuration.proposed = {512, 512, 1, 1};
    constexpr auto snrm = "A0938180140502020006020200070400000001080400000001";
    for (const char* late : {"A073", "A01F"}) {
        Talk talk = talk_with(configuration);
        talk.command("open", open_link)
            .expect_transmit("A053")
            .at(1s)
            .expect_transmit(snrm)
            .deliver(late)
            .expect_no_transmit()
            .deliver("A0738180120501400601400704000000010804 00000001")
            .expect_event("opened 64/64/1/1");
        holds_in_every_way(talk);
    }
    // A meter that never heard DISC and states no parameters says so again.
    Talk bare = talk_with(configuration);
    bare.command("open", open_link)
        .expect_transmit("A053")
        .at(1s)
        .expect_transmit(snrm)
        .deliver("A073")
        .expect_no_transmit()
        .at(2s)
        .expect_transmit(snrm)
        .deliver("A073")
        .expect_event("opened 128/128/1/1");
    holds_in_every_way(bare);
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_P1_a_request_in_segments) {
    ClientLinkConfiguration configuration = plain();
    Talk talk = talk_with(configuration);
    const std::string apdu = to_hex(ByteBuffer(130, 0xAB));
    opened(talk)
        .command("send", send(apdu))
        .expect_transmit("A810E6E600" + apdu.substr(0, 250))
        .deliver("A031")
        .expect_transmit("A012" + apdu.substr(250))
        .deliver("A050E6E700C4")
        .expect_event("apdu C4");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEG_TX_1_an_answer_in_segments) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A830E6E700C401")
        .expect_transmit("A031")
        .deliver("A8320203")
        .expect_transmit("A051")
        .deliver("A03404")
        .expect_event("apdu C401020304")
        .expect_no_transmit();
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEG_WIN_1_windows_of_both_directions) {
    OpenLink link(plain(), {32, 32, 3, 3});
    const std::string apdu = to_hex(ByteBuffer(32 * 4 - 3, 0xAB));
    const std::string full = apdu.substr(0, 64);
    BOOST_TEST(link.send(apdu) ==
               "s00 E6E600" + full.substr(6) + " | s02 " + full + " | s14 " + full);
    // One of the three is missing at the meter: it and what follows comes again.
    BOOST_TEST(link.feed("31") == "s02 " + full + " | s04 " + full + " | 16 " + full);
    BOOST_TEST(link.feed("s80E6E70001") == "");
    BOOST_TEST(link.feed("s8202") == "");
    BOOST_TEST(link.feed("s9403") == "71");
    // The first of this window is lost: what came after it is asked for again.
    BOOST_TEST(link.feed("s8805") == "");
    BOOST_TEST(link.feed("9A06") == "71");
    BOOST_TEST(link.feed("s8604") == "");
    BOOST_TEST(link.feed("s8805") == "");
    BOOST_TEST(link.feed("9A06") == "");
    BOOST_TEST(link.events() == "apdu 010203040506");
    BOOST_TEST(link.link.counters().early == 2u);
    BOOST_TEST(link.link.counters().retransmissions == 2u);
}

BOOST_AUTO_TEST_CASE(pushes_come_at_any_time) {
    Talk talk = talk_with(plain());
    talk.deliver("A003E6E7000F00")
        .expect_event("ui 0F00 from 1")
        .command("open", open_link)
        .expect_transmit("A093")
        .deliver("A0030F01")  // without LLC header
        .expect_event("ui 0F01 from 1")
        .deliver("A073")
        .expect_event("opened 128/128/1/1")
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A830E6E700C4")
        .expect_transmit("A031")
        .deliver("A803E6E7000F")  // in segments, between those of the answer
        .deliver("A00302")
        .expect_event("ui 0F02 from 1")
        .deliver("A03201")
        .expect_event("apdu C401");
    holds_in_every_way(talk);
    OpenLink link(plain(), {128, 128, 1, 1});
    link.link.receive(frame_octets({1, 16, 0}, {4, 5, 6}, "03E6E7000F"), link.now);
    link.link.receive(frame_octets({1, 127, 0}, {2, 7, 6}, "03E6E7000F"), link.now);
    link.link.receive(frame_octets({1, 17, 0}, {2, 7, 6}, "03E6E7000F"), link.now);
    BOOST_TEST(link.events() == "ui 0F from 5; ui 0F from 7");
    BOOST_TEST(link.link.counters().misaddressed == 1u);
}

BOOST_AUTO_TEST_CASE(an_apdu_without_an_answer_and_a_question_without_an_apdu) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C1", Answer::none))
        .expect_transmit("A010E6E600C1")
        .deliver("A031")
        .at(10s)
        .expect_no_transmit()
        .command("ask", [](ClientSubject& c,
                           Instant now) { BOOST_TEST(c.link.request_more(now).has_value()); })
        .expect_transmit("A011")
        .deliver("A031")
        .expect_no_transmit()
        .at(10100ms)
        .expect_transmit("A011")
        .deliver("A030E6E7000F")
        .expect_event("apdu 0F")
        .at(20s)
        .expect_no_transmit();
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(apdus_wait_for_the_answers_before_them) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C001"))
        .command("send", send("C002"))
        .expect_transmit("A010E6E600C001")
        .deliver("A030E6E700C401")
        .expect_event("apdu C401")
        .expect_transmit("A032E6E600C002")
        .deliver("A052E6E700C402")
        .expect_event("apdu C402");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(HDLC_X_SEQ_1_modulo_eight) {
    Talk talk = talk_with(plain());
    opened(talk);
    for (unsigned i = 0; i < 20; ++i) {
        const auto ours = static_cast<Byte>(0x10 | (i % 8) << 5 | (i % 8) << 1);
        const auto theirs = static_cast<Byte>(0x10 | ((i + 1) % 8) << 5 | (i % 8) << 1);
        talk.command("send", send("C0"))
            .expect_transmit("A0" + to_hex(ByteView(&ours, 1)) + "E6E600C0")
            .deliver("A0" + to_hex(ByteView(&theirs, 1)) + "E6E700C4")
            .expect_event("apdu C4");
    }
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(HDLC_X_LEN_1_HDLC_X_FLAG_1_long_frames_full_of_flags) {
    OpenLink link(plain(), largest_parameters);
    const std::string flags = to_hex(ByteBuffer(1000, 0x7E));
    BOOST_TEST(link.send(flags) == "10 E6E600" + flags);
    BOOST_TEST(link.feed("30E6E700" + flags) == "");
    BOOST_TEST(link.events() == "apdu " + flags);
}

BOOST_AUTO_TEST_CASE(unnumbered_apdus_and_broadcasts) {
    OpenLink link(plain(), {128, 128, 1, 1});
    const Address all{1, 127, 0};
    BOOST_TEST(link.link.send_unnumbered(octets("C1"), link.now).has_value());
    BOOST_TEST(link.sent() == "03 E6E600C1");
    BOOST_TEST(link.link.send_unnumbered(octets("C1"), link.now, all).has_value());
    BOOST_TEST(to_hex(link.take_transmit()).starts_with("7EA00DFF2103"));
    BOOST_TEST(outcome(link.link.send_unnumbered(ByteBuffer(126), link.now)) ==
               "hdlc/request-too-long@0");
    BOOST_TEST(outcome(link.link.send_unnumbered(octets("C1"), link.now, Address{3, 1, 1})) ==
               "hdlc/out-of-range@0");
    BOOST_TEST(!link.poll_timeout().has_value());
    link.send("C0");
    BOOST_TEST(outcome(link.link.send_unnumbered(octets("C1"), link.now)) == "hdlc/wrong-state@0");
    // Nobody need have connected.
    ClientSubject fresh(plain());
    BOOST_TEST(fresh.link.send_unnumbered(octets("C1"), Instant{}, all).has_value());
    BOOST_TEST(frames_text(fresh.take_transmit()) == "03 FFE600C1");
}

BOOST_AUTO_TEST_CASE(commands_that_the_state_or_the_size_forbids) {
    ClientLinkConfiguration configuration = plain();
    configuration.max_apdu = 100;
    ClientSubject subject(configuration);
    const Instant now{};
    BOOST_TEST(outcome(subject.link.send(octets("C0"), now)) == "hdlc/wrong-state@0");
    BOOST_TEST(outcome(subject.link.request_more(now)) == "hdlc/wrong-state@0");
    BOOST_TEST(outcome(subject.link.close(now)) == "hdlc/wrong-state@0");
    BOOST_TEST(subject.link.open(now).has_value());
    BOOST_TEST(outcome(subject.link.open(now)) == "hdlc/wrong-state@0");
    BOOST_TEST(outcome(subject.link.send(octets("C0"), now)) == "hdlc/wrong-state@0");
    OpenLink link(configuration, {128, 128, 1, 1});
    BOOST_TEST(outcome(link.link.send({}, now)) == "hdlc/request-too-long@0");
    BOOST_TEST(outcome(link.link.send(ByteBuffer(101), now)) == "hdlc/request-too-long@0");
    BOOST_TEST(link.sent() == "");
    BOOST_TEST(link.link.send(ByteBuffer(100), now).has_value());
    std::size_t queued = 100;
    while (link.link.send(ByteBuffer(100), now)) {
        queued += 100;
    }
    BOOST_TEST(queued <= limits::max_transmit_queue);
    configuration.server = {3, 1, 1};
    ClientSubject wrong(configuration);
    BOOST_TEST(outcome(wrong.link.open(now)) == "hdlc/out-of-range@0");
}

BOOST_AUTO_TEST_CASE(CLIENT_X_2_the_limits_of_the_meters_ua_are_kept) {
    ClientLinkConfiguration configuration = plain();
    configuration.send_parameters = true;
    configuration.proposed = {2030, 2030, 7, 7};
    Talk talk = talk_with(configuration);
    const std::string apdu = to_hex(ByteBuffer(150, 0xAB));
    talk.command("open", open_link)
        .expect_transmit("A09381801405 0207EE06 0207EE070400000007080400000007")
        .deliver("A0738180120501400601400704000000010804 00000001")
        .expect_event("opened 64/64/1/1")
        .command("send", send(apdu))
        .expect_transmit("A810E6E600" + apdu.substr(0, 2 * 61))
        .deliver("A031")
        .expect_transmit("A812" + apdu.substr(2 * 61, 2 * 64))
        .deliver("A051")
        .expect_transmit("A014" + apdu.substr(2 * 125))
        .deliver("A070E6E700C5")
        .expect_event("apdu C5");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_2_limits_below_the_standards_are_kept_where_an_apdu_gets_through) {
    ClientLinkConfiguration configuration = plain();
    configuration.send_parameters = true;
    configuration.proposed = {128, 128, 1, 1};
    constexpr auto snrm = "A093818012050180060180070400000001080400000001";
    const std::string apdu = to_hex(ByteBuffer(20, 0xAB));
    Talk small = talk_with(configuration);
    small.command("open", open_link)
        .expect_transmit(snrm)
        .deliver("A073818006050110060110")
        .expect_event("opened 16/16/1/1")
        .command("send", send(apdu))
        .expect_transmit("A810E6E600" + apdu.substr(0, 2 * 13))
        .deliver("A031")
        .expect_transmit("A012" + apdu.substr(2 * 13))
        .deliver("A050E6E700C5")
        .expect_event("apdu C5");
    holds_in_every_way(small);
    for (const char* none : {"A073818003060103", "A073818003050103", "A073818006070400000000",
                             "A073818006080400000000"}) {
        Talk refused = talk_with(configuration);
        refused.command("open", open_link)
            .expect_transmit(snrm)
            .deliver(none)
            .expect_event("failed link-refused");
        holds_in_every_way(refused);
    }
}

BOOST_AUTO_TEST_SUITE_END()
