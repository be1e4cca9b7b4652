// What the client's end of a link makes of frames that are lost, repeated or wrong.

#include "tests/stack/hdlc/client_subject.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(client_recovery)

BOOST_AUTO_TEST_CASE(dm_to_snrm_is_answered_by_snrm_until_the_retries_are_over) {
    Talk talk = talk_with(plain());
    talk.command("open", open_link)
        .expect_transmit("A093")
        .deliver("A01F")
        .expect_transmit("A093")
        .deliver("A097")
        .expect_transmit("A093")
        .deliver("A01F")
        .expect_event("failed link-refused")
        .expect_no_transmit()
        .command("open", open_link)
        .expect_transmit("A093")
        .deliver("A073")
        .expect_event("opened 128/128/1/1");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(nobody_answers_snrm_or_disc) {
    Talk talk = talk_with(plain());
    talk.command("open", open_link)
        .expect_transmit("A093")
        .at(999ms)
        .expect_no_transmit()
        .at(1s)
        .expect_transmit("A093")
        .at(2s)
        .expect_transmit("A093")
        .at(3s)
        .expect_no_transmit()
        .expect_event("failed timeout");
    holds_in_every_way(talk);
    Talk closing = talk_with(plain());
    opened(closing)
        .command("close", close_link)
        .expect_transmit("A053")
        .at(1s)
        .expect_transmit("A053")
        .at(2s)
        .expect_transmit("A053")
        .at(3s)
        .expect_event("failed timeout");
    holds_in_every_way(closing);
}

BOOST_AUTO_TEST_CASE(a_meter_that_works_on_its_answer_has_the_time_of_the_request) {
    ClientLinkConfiguration configuration = plain();
    configuration.patience = 5s;
    Talk talk = talk_with(configuration);
    opened(talk).command("send", send("C0")).expect_transmit("A010E6E600C0");
    for (const auto second : {1s, 2s, 3s, 4s}) {  // more than the retries
        talk.at(second).expect_transmit("A010E6E600C0");
    }
    talk.deliver("A030E6E700C4").expect_event("apdu C4");
    holds_in_every_way(talk);
    Talk silent = talk_with(configuration);
    opened(silent).command("send", send("C0")).expect_transmit("A010E6E600C0");
    for (const auto second : {1s, 2s, 3s, 4s}) {
        silent.at(second).expect_transmit("A010E6E600C0");
    }
    silent.at(5s).expect_no_transmit().expect_event("failed timeout");
    holds_in_every_way(silent);
    // Opening takes no work: a station that is not there is told as early as before.
    Talk absent = talk_with(configuration);
    absent.command("open", open_link)
        .expect_transmit("A093")
        .at(1s)
        .expect_transmit("A093")
        .at(2s)
        .expect_transmit("A093")
        .at(3s)
        .expect_event("failed timeout");
    holds_in_every_way(absent);
}

BOOST_AUTO_TEST_CASE(an_unusable_ua_fails) {
    Talk talk = talk_with(plain());
    talk.command("open", open_link)
        .expect_transmit("A093")
        .deliver("A0738080")
        .expect_event("failed frame-format");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(a_lost_frame_is_asked_for_again) {
    // The request, or its answer: the same frame once more tells both.
    Talk request = talk_with(plain());
    opened(request)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .at(1s)
        .expect_transmit("A010E6E600C0")
        .deliver("A030E6E700C4")
        .expect_event("apdu C4");
    holds_in_every_way(request);
    // A segment of the answer, or our RR for it.
    Talk segment = talk_with(plain());
    opened(segment)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A830E6E700C4")
        .expect_transmit("A031")
        .at(1s)
        .expect_transmit("A031")
        .deliver("A03201")
        .expect_event("apdu C401");
    holds_in_every_way(segment);
}

BOOST_AUTO_TEST_CASE(the_last_frame_of_a_window_is_lost) {
    OpenLink link(plain(), {32, 32, 3, 3});
    const std::string apdu = to_hex(ByteBuffer(60, 0xAB));
    BOOST_TEST(link.send(apdu).ends_with(apdu.substr(0, 62)));
    // Which of the two are missing, the meter knows.
    BOOST_TEST(link.after(1s) == "11");
    BOOST_TEST(link.feed("31") == "12 " + apdu.substr(0, 62));
    BOOST_TEST(link.feed("s40E6E700C4") == "");
    BOOST_TEST(link.after(1s) == "31");
    BOOST_TEST(link.feed("5201") == "");
    BOOST_TEST(link.events() == "apdu C401");
}

BOOST_AUTO_TEST_CASE(retries_begin_anew_with_progress) {
    OpenLink link(plain(), {128, 128, 1, 1});
    BOOST_TEST(link.send("C0") == "10 E6E600C0");
    std::string control = "31";
    for (unsigned segment = 0; segment < 6; ++segment) {
        for (int lost = 0; lost < 2; ++lost) {
            BOOST_TEST(link.after(1s) != "");
        }
        const auto number = static_cast<Byte>(0x30 | segment << 1);
        const std::string data = segment == 0 ? "E6E70001" : "01";
        BOOST_TEST(link.feed("s" + to_hex(ByteView(&number, 1)) + data) != "");
    }
    for (int lost = 0; lost < 2; ++lost) {
        link.after(1s);
    }
    BOOST_TEST(link.events() == "");
    BOOST_TEST(link.after(1s) == "");
    BOOST_TEST(link.events() == "failed timeout");
    BOOST_TEST(!link.poll_timeout().has_value());
}

BOOST_AUTO_TEST_CASE(HDLC_X_DUP_1_what_comes_twice_is_taken_once) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A830E6E700C4")
        .expect_transmit("A031")
        .deliver("A830E6E700C4")
        .expect_no_transmit()
        .deliver("A03201")
        .expect_event("apdu C401")
        .deliver("A03201")
        .expect_no_transmit()
        .command("send", send("C1"))
        .expect_transmit("A052E6E600C1")
        .deliver("A03201")
        .expect_no_transmit()
        .deliver("A054E6E700C5")
        .expect_event("apdu C5")
        .command("send", send("C2"))
        .expect_transmit("A074E6E600C2")
        .deliver("A03201")  // of two exchanges before: what it acknowledges was right then
        .expect_no_transmit()
        .deliver("A076E6E700C6")
        .expect_event("apdu C6");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(a_meter_that_counts_anew_is_no_late_copy) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A030E6E700C4")
        .expect_event("apdu C4")
        .command("send", send("C1"))
        .expect_transmit("A032E6E600C1")
        .deliver("A052E6E700C5")
        .expect_event("apdu C5")
        .command("send", send("C2"))
        .expect_transmit("A054E6E600C2")
        .deliver("A030E6E700C6")  // the number of the first answer, and another content
        .expect_event("failed sequence-error");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(HDLC_X_RNR_1_a_busy_meter_is_polled) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A015")  // and it did not take the frame
        .expect_no_transmit()
        .at(100ms)
        .expect_transmit("A011")
        .deliver("A015")
        .at(200ms)
        .expect_transmit("A011")
        .deliver("A011")
        .expect_transmit("A010E6E600C0")
        .deliver("A031")  // taken, but the answer is not ready
        .expect_no_transmit()
        .at(300ms)
        .expect_transmit("A011")
        .deliver("A030E6E700C4")
        .expect_event("apdu C4");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(a_meter_that_is_busy_for_ever_ends_in_an_error) {
    ClientLinkConfiguration configuration = plain();
    configuration.busy_timeout = 5s;
    for (const char* answer : {"15", "35"}) {
        OpenLink link(configuration, {128, 128, 1, 1});
        link.send("C0");
        unsigned polls = 0;
        while (link.link.is_connected() && polls < 1000) {
            link.feed(answer);
            link.now = *link.poll_timeout();
            polls += link.after(0s) == "11" ? 1u : 0u;
        }
        BOOST_TEST(link.events() == "failed timeout");
        BOOST_TEST(polls == 49u);
    }
}

BOOST_AUTO_TEST_CASE(rej_is_send_again) {
    Talk talk = talk_with(plain());
    opened(talk)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A019")
        .expect_transmit("A010E6E600C0")
        .deliver("A030E6E700C4")
        .expect_event("apdu C4");
    holds_in_every_way(talk);
    Talk endless = talk_with(plain());
    opened(endless)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A019")
        .expect_transmit("A010E6E600C0")
        .deliver("A019")
        .expect_transmit("A010E6E600C0")
        .deliver("A019")
        .expect_event("failed sequence-error");
    holds_in_every_way(endless);
}

BOOST_AUTO_TEST_CASE(dm_and_frmr_in_the_middle_end_the_link) {
    for (const auto& [frame, error] : {std::pair{"A01F", "failed association-lost"},
                                       {"A00F", "failed association-lost"},
                                       {"A097", "failed frame-rejected"},
                                       {"A097FF0001", "failed frame-rejected"}}) {
        Talk talk = talk_with(plain());
        opened(talk)
            .command("send", send("C0"))
            .expect_transmit("A010E6E600C0")
            .deliver(frame)
            .expect_event(error)
            .command("open", open_link)
            .expect_transmit("A093")
            .deliver("A073")
            .expect_event("opened 128/128/1/1")
            .command("send", send("C0"))
            .expect_transmit("A010E6E600C0");
        holds_in_every_way(talk);
    }
}

BOOST_AUTO_TEST_CASE(HDLC_INFO_N2_acknowledgements_of_frames_never_sent_end_the_link) {
    for (const char* frame : {"A051", "A0F1", "A035", "A050E6E700C4"}) {
        Talk talk = talk_with(plain());
        opened(talk);
        if (std::string_view(frame) == "A035") {  // before anything was sent
            talk.deliver(frame).expect_event("failed sequence-error");
        } else {
            talk.command("send", send("C0"))
                .expect_transmit("A010E6E600C0")
                .deliver(frame)
                .expect_event("failed sequence-error");
        }
        holds_in_every_way(talk);
    }
}

BOOST_AUTO_TEST_CASE(babble_does_not_prolong_the_time) {
    // Frames of another meter, for another client, noise, repetitions: one each 100 ms.
    const auto ends_with = [](const ByteBuffer& babble, unsigned most = 30) {
        OpenLink link(plain(), {128, 128, 1, 1});
        link.send("C0");
        link.feed("30E6E700C4");
        link.events();
        link.send("C1");
        unsigned steps = 0;
        while (link.link.is_connected() && steps < 100) {
            link.now += 100ms;
            link.link.receive(babble, link.now);
            link.take_transmit();
            ++steps;
        }
        BOOST_TEST(steps >= 30u);
        BOOST_TEST(steps <= most);
        return link.events();
    };
    BOOST_TEST(ends_with(frame_octets({1, 16, 0}, {1, 2, 0}, "30E6E700C4")) ==
               "failed link-misaddressed");
    BOOST_TEST(ends_with(frame_octets({1, 17, 0}, {1, 1, 0}, "30E6E700C4")) ==
               "failed link-misaddressed");
    // The beginning of a header is waited for, half a second each time.
    BOOST_TEST(ends_with(octets("7E55AA7E7EA00703"), 48) == "failed timeout");
    BOOST_TEST(ends_with(frame_octets({1, 16, 0}, {1, 1, 0}, "30E6E700C4")) == "failed timeout");
    BOOST_TEST(ends_with(frame_octets({1, 16, 0}, {1, 1, 0}, "73")) == "failed timeout");
    BOOST_TEST(ends_with(frame_octets({1, 16, 0}, {1, 1, 0}, "31")) == "failed timeout");
}

BOOST_AUTO_TEST_CASE(a_frame_that_comes_slowly_is_awaited_to_its_end) {
    OpenLink link(plain(), {128, 128, 1, 1});
    BOOST_TEST(link.send("C0") != "");
    const std::string data = to_hex(ByteBuffer(125, 0xAB));
    const ByteBuffer answer = frame_octets(link.client, link.server, "30E6E700" + data);
    link.now += 900ms;
    for (const Byte octet : answer) {  // at 300 Bd
        BOOST_TEST(link.events() == "");
        link.now += 33ms;
        link.link.handle_timeout(link.now);
        link.link.receive(ByteView(&octet, 1), link.now);
        BOOST_TEST(link.sent() == "");
    }
    BOOST_TEST(link.events() == "apdu " + data);
    BOOST_TEST(link.link.counters().parser.incomplete == 0u);
}

BOOST_AUTO_TEST_CASE(a_frame_that_does_not_end_is_awaited_as_long_as_a_slow_line_takes_for_it) {
    const ByteBuffer answer =
        frame_octets({1, 16, 0}, {1, 1, 0}, "30E6E700" + to_hex(ByteBuffer(125, 0xAB)));
    OpenLink stops(plain(), {128, 128, 1, 1});
    stops.send("C0");
    stops.now += 900ms;
    stops.link.receive(ByteView(answer).first(50), stops.now);
    BOOST_TEST(stops.after(999ms) == "");
    BOOST_TEST(stops.after(1ms) == "10 E6E600C0");
    // One octet each 300 ms is no line.
    OpenLink drips(plain(), {128, 128, 1, 1});
    drips.send("C0");
    drips.link.receive(ByteView(answer).first(20), drips.now);
    std::string sent;
    for (std::size_t i = 20; i < answer.size() && sent.empty(); ++i) {
        drips.link.receive(ByteView(answer).subspan(i, 1), drips.now);
        sent = drips.after(300ms);
    }
    BOOST_TEST(sent == "10 E6E600C0");
    BOOST_TEST((drips.now - Instant{} <= 1s + 37ms * answer.size() + 300ms));
}

BOOST_AUTO_TEST_CASE(the_time_of_our_own_octets_is_no_time_of_the_meter) {
    ClientLinkConfiguration configuration = plain();
    configuration.octet_time = 10ms;
    OpenLink link(configuration, {128, 128, 1, 1});
    BOOST_TEST(link.send("C0") == "10 E6E600C0");
    const auto own = 10ms * frame_octets(link.server, link.client, "10E6E600C0").size();
    BOOST_TEST(link.after(1s + own - 1ms) == "");
    BOOST_TEST(link.after(1ms) == "10 E6E600C0");
}

BOOST_AUTO_TEST_CASE(our_own_frames_that_come_back_are_dropped_once) {
    ClientLinkConfiguration configuration = plain();
    configuration.expect_echo = true;
    configuration.client = configuration.server = {1, 1, 0};
    Talk talk = talk_with(configuration);
    talk.command("open", open_link)
        .expect_transmit("A093")
        .deliver("A093")
        .deliver("A073")
        .expect_event("opened 128/128/1/1")
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A010E6E600C0")
        .deliver("A830E6E700C4")
        .expect_transmit("A031")
        .deliver_raw("00FF7E")  // junk when the direction changes
        .deliver("A031")
        .expect_no_transmit()
        .deliver("A031")  // this one is the meter's: nothing ready
        .at(100ms)
        .expect_transmit("A031")
        .deliver("A03201")
        .expect_event("apdu C401");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(answers_that_cannot_be) {
    ClientLinkConfiguration configuration = plain();
    configuration.max_apdu = 100;
    Talk long_one = talk_with(configuration);
    opened(long_one)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A830E6E700" + to_hex(ByteBuffer(100, 1)))
        .expect_transmit("A031")
        .deliver("A03201")
        .expect_event("failed answer-too-long");
    holds_in_every_way(long_one);
    Talk without_llc = talk_with(configuration);
    opened(without_llc)
        .command("send", send("C0"))
        .expect_transmit("A010E6E600C0")
        .deliver("A030C401")
        .expect_event("failed frame-format");
    holds_in_every_way(without_llc);
}

BOOST_AUTO_TEST_CASE(a_stream_that_is_no_hdlc_closes) {
    ClientLinkConfiguration configuration = plain();
    configuration.error_mode = ErrorMode::close;
    Talk talk = talk_with(configuration);
    talk.command("open", open_link)
        .expect_transmit("A093")
        .deliver_raw("485454502F")
        .expect_event("failed no-frame")
        .command("open", open_link)
        .expect_transmit("A093")
        .deliver("A073")
        .expect_event("opened 128/128/1/1");
    holds_in_every_way(talk);
}

BOOST_AUTO_TEST_CASE(what_was_unexpected_is_counted) {
    OpenLink link(plain(), {128, 128, 1, 1});
    BOOST_TEST(link.feed("EF") == "");
    BOOST_TEST(link.feed("31AA") == "");  // RR has no information
    BOOST_TEST(link.feed("93") == "");
    BOOST_TEST(link.link.counters().unexpected == 3u);
    BOOST_TEST(link.link.is_connected());
}

BOOST_AUTO_TEST_CASE(CLIENT_X_3_a_frame_without_an_answer_is_sent_again_under_its_number) {
    for (const unsigned retries : {0U, 1U, 4U}) {
        ClientLinkConfiguration configuration = plain();
        configuration.retries = retries;
        OpenLink link(configuration, {128, 128, 1, 1});
        const std::string frame = link.send("C0");
        BOOST_TEST(frame == "10 E6E600C0");
        for (unsigned lost = 0; lost < retries; ++lost) {
            BOOST_TEST(link.after(1s) == frame);
            BOOST_TEST(link.events() == "");
        }
        BOOST_TEST(link.after(1s) == "");
        BOOST_TEST(link.events() == "failed timeout");
        BOOST_TEST(!link.poll_timeout().has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
