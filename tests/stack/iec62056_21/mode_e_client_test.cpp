#include "stack/iec62056_21/mode_e_client.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/iec62056_21/check.hpp"
#include "tests/stack/iec62056_21/mode_e_subjects.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::iec62056_21;
using namespace std::chrono_literals;

namespace {

using Talk = Conversation<ClientSubject>;

// What goes over the line, from the standard's own vectors (iec62056-21-0016, -0020, -0022, -0035).
constexpr std::string_view request = "2F3F210D0A";
constexpr std::string_view identification = "2F49536B355C324D543338322D313030300D0A";  // ISk5\2
constexpr std::string_view hdlc_at_9600 = "063235320D0A";
constexpr std::string_view readout_at_9600 = "063035300D0A";
constexpr std::string_view data_block =
    "02462E46283030303030303030290D0A302E302E30283132333435363738290D0A"
    "312E382E30283030303132332E342A6B5768290D0A210D0A0368";
constexpr std::string_view readout_values = "F.F=00000000 0.0.0=12345678 1.8.0=000123.4*kWh";

Talk talk_of(const ModeEClientConfiguration& configuration = {}) {
    return Talk(
        [configuration] { return std::make_unique<ClientSubject>(ModeEClient(configuration)); });
}

void open(ClientSubject& subject, Instant now) {
    BOOST_TEST(outcome(subject.machine.open(now)) == "accepted");
}

void holds_every_way(const Talk& talk) {
    talk.holds();
    talk.holds_when_fed_in_chunks();
    talk.holds_under_every_io_failure();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mode_e_client)

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_client_opens_hdlc_at_the_meters_speed) {
    holds_every_way(talk_of()
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit(request)
                        .at(500ms)
                        .deliver_raw(identification)
                        .expect_no_transmit()
                        .at(521ms)  // ISk: a fast meter
                        .expect_transmit(hdlc_at_9600)
                        .at(900ms)
                        .deliver_raw(hdlc_at_9600)
                        .expect_event("line 9600 8N1")
                        .at(1199ms)
                        .expect_no_transmit()
                        .at(1200ms)
                        .expect_event("hdlc 9600 8N1 ISk MT382-1000"));
}

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_client_goes_on_without_an_echo) {
    holds_every_way(talk_of()
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit(request)
                        .deliver_raw(identification)
                        .at(20ms)
                        .expect_transmit(hdlc_at_9600)
                        .at(1919ms)  // twice six characters, and 1500 ms
                        .at(1920ms)
                        .expect_event("line 9600 8N1")
                        .at(2220ms)
                        .expect_event("hdlc 9600 8N1 ISk MT382-1000"));
}

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_client_falls_back_to_the_readout_of_mode_c) {
    const auto talk = [](OpeningGoal goal) {
        return talk_of({.goal = goal})
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request);
    };
    const std::string mode_c = hex_of("/ISK5ME382-1003\r\n");
    holds_every_way(talk(OpeningGoal::hdlc_or_readout)
                        .deliver_raw(mode_c)
                        .at(199ms)
                        .expect_no_transmit()
                        .at(200ms)
                        .expect_transmit(readout_at_9600)
                        .expect_event("line 9600 7E1")
                        .at(900ms)
                        .deliver_raw(data_block)
                        .expect_event("readout ISK " + std::string(readout_values)));
    // HDLC may be announced and not wanted; and wanted alone, but not announced.
    holds_every_way(talk(OpeningGoal::readout)
                        .deliver_raw(identification)
                        .at(20ms)
                        .expect_transmit(readout_at_9600)
                        .expect_event("line 9600 7E1")
                        .deliver_raw(data_block)
                        .expect_event("readout ISk " + std::string(readout_values)));
    holds_every_way(
        talk(OpeningGoal::hdlc).deliver_raw(mode_c).expect_event("failed unsupported-mode"));
}

BOOST_AUTO_TEST_CASE(meters_of_modes_a_and_b_send_their_data_unasked) {
    const auto talk = [] {
        return talk_of({.goal = OpeningGoal::hdlc_or_readout})
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request);
    };
    holds_every_way(talk()
                        .deliver_raw(hex_of("/ABCCmodeB\r\n"))
                        .expect_event("line 2400 7E1")
                        .deliver_raw(data_block)
                        .expect_event("readout ABC " + std::string(readout_values)));
    holds_every_way(talk()
                        .deliver_raw(hex_of("/ABC@modeA\r\n"))
                        .deliver_raw(data_block)
                        .expect_event("readout ABC " + std::string(readout_values)));
}

BOOST_AUTO_TEST_CASE(a_data_block_with_a_wrong_check_is_asked_for_again) {
    std::string wrong(data_block);
    wrong.back() = '9';
    const auto talk = [&] {
        return talk_of({.goal = OpeningGoal::readout, .attempts = 2})
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request)
            .deliver_raw(hex_of("/ABC0x\r\n"))
            .at(200ms)
            .expect_transmit("063030300D0A")
            .deliver_raw(wrong)
            .expect_transmit("15");
    };
    holds_every_way(
        talk().deliver_raw(data_block).expect_event("readout ABC " + std::string(readout_values)));
    holds_every_way(talk().deliver_raw(wrong).expect_event("failed check-mismatch"));
}

BOOST_AUTO_TEST_CASE(a_data_block_that_stops_or_never_ends_is_an_error) {
    const auto talk = [](ModeEClientConfiguration configuration) {
        configuration.goal = OpeningGoal::readout;
        configuration.attempts = 1;
        return talk_of(configuration)
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request)
            .deliver_raw(hex_of("/ABC0x\r\n"))
            .at(200ms)
            .expect_transmit("063030300D0A");
    };
    talk({}).deliver_raw("02312E38").at(3s).expect_event("failed truncated").holds();
    talk({}).at(3s).expect_event("failed timeout").holds();
    Talk endless = talk({.readout_timeout = 10s});
    for (int second = 1; second < 10; ++second) {
        endless.at(std::chrono::seconds(second)).deliver_raw("02").deliver_raw("3130");
    }
    endless.at(10500ms).expect_event("failed truncated").holds();

    ModeEClient client({.goal = OpeningGoal::readout, .attempts = 1});
    BOOST_REQUIRE(client.open(Instant{}));
    client.receive(as_bytes("/ABC0x\r\n"), Instant{});
    client.handle_timeout(Instant{} + 200ms);
    const ByteBuffer flood(MessageCollector::max_block + 1, 0x02);
    client.receive(flood, Instant{} + 300ms);
    const auto event = client.poll_event();
    BOOST_REQUIRE(event.has_value());
    BOOST_TEST(text_of(*event) == "failed length-beyond-buffer");
}

BOOST_AUTO_TEST_CASE(without_an_answer_the_request_is_repeated_and_given_up) {
    holds_every_way(talk_of({.device_address = "12345678", .attempts = 2})
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit("2F3F3132333435363738210D0A")
                        .at(1933ms)  // 13 characters of ten bits, and 1500 ms
                        .expect_no_transmit()
                        .at(1934ms)
                        .expect_transmit("2F3F3132333435363738210D0A")
                        .at(4s)
                        .expect_event("failed timeout"));
}

BOOST_AUTO_TEST_CASE(a_damaged_identification_is_asked_for_again_after_a_rest) {
    holds_every_way(talk_of({.attempts = 2})
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit(request)
                        .deliver_raw(hex_of("/I\x01K5\\2x\r\n"))
                        .expect_no_transmit()
                        .at(1500ms)
                        .expect_transmit(request)
                        .deliver_raw(hex_of("/4SK5\\2x\r\n"))
                        .expect_event("failed missing-field"));
    // A line that breaks off, one that is too long, and one that begins again and again.
    const auto alone = [] {
        return talk_of({.attempts = 1})
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request);
    };
    alone().deliver_raw(hex_of("/ISK5")).at(20s).expect_event("failed truncated").holds();
    alone()
        .deliver_raw(hex_of("/" + std::string(MessageCollector::max_opening, 'A')))
        .expect_event("failed length-beyond-buffer")
        .holds();
    Talk babble = alone();
    for (int tick = 1; tick <= 7; ++tick) {
        babble.at(tick * 900ms).deliver_raw(hex_of("/A/B"));
    }
    babble.at(7s).expect_event("failed truncated").holds();
    Talk noise = alone();
    for (int tick = 1; tick <= 7; ++tick) {
        noise.at(tick * 250ms).deliver_raw("55AA00");
    }
    noise.expect_event("failed timeout").holds();
}

BOOST_AUTO_TEST_CASE(a_meter_of_another_maker_is_refused_by_both_names) {
    holds_every_way(talk_of({.manufacturer = "HXE"})
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit(request)
                        .deliver_raw(identification)
                        .expect_event("failed wrong-manufacturer expected HXE got ISk"));
}

BOOST_AUTO_TEST_CASE(our_own_characters_from_a_two_wire_line_are_dropped) {
    const auto script = [] {
        return talk_of()
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request)
            .deliver_raw(request)
            .deliver_raw(identification)
            .at(20ms)
            .expect_transmit(hdlc_at_9600)
            .deliver_raw(hdlc_at_9600)  // this one is ours
            .at(500ms)
            .deliver_raw(hdlc_at_9600)
            .expect_event("line 9600 8N1")
            .at(800ms)
            .expect_event("hdlc 9600 8N1 ISk MT382-1000");
    };
    holds_every_way(script());
    Talk counted = script();
    counted
        .command("counters",
                 [](ClientSubject& subject, Instant) {
                     BOOST_TEST(subject.machine.counters().own_echoes == 2u);
                     BOOST_TEST(subject.machine.counters().missing_echoes == 0u);
                 })
        .holds();
}

BOOST_AUTO_TEST_CASE(the_speed_is_the_highest_that_both_can_do) {
    const auto talk = [](const ModeEClientConfiguration& configuration, std::string_view answer) {
        return talk_of(configuration)
            .command("open", open)
            .expect_event("line 300 7E1")
            .expect_transmit(request)
            .deliver_raw(hex_of(answer));
    };
    talk({.max_baud_rate = 4800}, "/ABC6\\2x\r\n")
        .at(200ms)
        .expect_transmit("063234320D0A")
        .holds();
    talk({.max_baud_rate = 5000}, "/ABC6\\2x\r\n")
        .at(200ms)
        .expect_transmit("063234320D0A")
        .holds();
    talk({.max_baud_rate = 4800}, "/ABC3\\2x\r\n")
        .at(200ms)
        .expect_transmit("063233320D0A")
        .holds();
    talk({.max_baud_rate = 200}, "/ABC3\\2x\r\n")
        .expect_event("failed unsupported-baud-rate")
        .holds();
    talk({}, "/ABC7\\2x\r\n").expect_event("failed unsupported-baud-rate").holds();
    talk({}, "/ABCC\\2x\r\n").expect_event("failed unsupported-baud-rate").holds();
    talk({.local_baud_rates = true}, "/ABC9\\2x\r\n")
        .at(200ms)
        .expect_transmit("063239320D0A")
        .deliver_raw("063239320D0A")
        .expect_event("line 115200 8N1")
        .at(500ms)
        .expect_event("hdlc 115200 8N1 ABC x")
        .holds();
    talk_of({.start_baud_rate = 1200})
        .command("open", open)
        .expect_event("line 1200 7E1")
        .expect_transmit(request)
        .holds();
}

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_a_line_of_fixed_speed_stays_at_it) {
    // The reader's converter has 9600 Bd for good; the meter could do 19200.
    talk_of({.start_baud_rate = 9600, .fixed_speed = true})
        .command("open", open)
        .expect_event("line 9600 7E1")
        .expect_transmit(request)
        .deliver_raw(to_hex(as_bytes("/ABC6\\2x\r\n")))
        .at(200ms)
        .expect_transmit(hdlc_at_9600)
        .deliver_raw(hdlc_at_9600)
        .expect_event("line 9600 8N1")
        .at(500ms)
        .expect_event("hdlc 9600 8N1 ABC x")
        .holds();
    // A meter that offers less, and the data block of one that changes its speed unasked.
    for (const auto* answer : {"/ABC3\\2x\r\n", "/ABCAx\r\n"}) {
        talk_of(
            {.goal = OpeningGoal::hdlc_or_readout, .start_baud_rate = 9600, .fixed_speed = true})
            .command("open", open)
            .expect_event("line 9600 7E1")
            .expect_transmit(request)
            .deliver_raw(to_hex(as_bytes(answer)))
            .expect_event("failed unsupported-baud-rate")
            .holds();
    }
}

BOOST_AUTO_TEST_CASE(without_an_opening_the_line_is_hdlcs_at_once) {
    holds_every_way(talk_of({.direct = LineSettings{.baud_rate = 4800}})
                        .command("open", open)
                        .expect_event("line 4800 8N1")
                        .expect_event("hdlc 4800 8N1  "));
}

BOOST_AUTO_TEST_CASE(a_sleeping_meter_is_woken_by_nuls_and_a_pause) {
    holds_every_way(talk_of({.wake_up = true})
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit(std::string(2 * 66, '0'))  // 2.2 s at 300 Bd
                        .deliver_raw("0000")                        // of a two-wire line
                        .at(3799ms)
                        .expect_no_transmit()
                        .at(3800ms)
                        .expect_transmit(request));
}

BOOST_AUTO_TEST_CASE(parity_is_made_here_where_the_line_knows_none) {
    // "/?!" CR LF with even parity: 2F and 0D have five and three bits.
    const auto script = [](std::string_view answer, std::string event) {
        return talk_of({.software_parity = true, .attempts = 1})
            .command("open", open)
            .expect_event("line 300 8N1")
            .expect_transmit("AF3F218D0A")
            .deliver_raw(answer)
            .at(200ms)
            .expect_event(std::move(event));
    };
    const auto sent = [](std::string_view text) {
        ByteBuffer octets = to_buffer(as_bytes(text));
        for (Byte& octet : octets) {
            octet = static_cast<Byte>(octet | (std::popcount(octet) % 2 << 7));
        }
        return octets;
    };
    holds_every_way(script(to_hex(sent("/ABC5x\r\n")), "failed unsupported-mode"));
    ByteBuffer wrong = sent("/ABC5x\r\n");
    wrong[5] ^= 0x80;
    holds_every_way(script(to_hex(wrong), "failed invalid-text"));
    // Without software parity a parity bit that comes through is taken away.
    holds_every_way(talk_of()
                        .command("open", open)
                        .expect_event("line 300 7E1")
                        .expect_transmit(request)
                        .deliver_raw(to_hex(sent("/ABC5x\r\n")))
                        .expect_event("failed unsupported-mode"));
}

BOOST_AUTO_TEST_CASE(a_refused_command_changes_nothing) {
    const Instant now{};
    for (const ModeEClientConfiguration& configuration :
         {ModeEClientConfiguration{.device_address = "a!b"},
          ModeEClientConfiguration{.device_address = std::string(33, '1')},
          ModeEClientConfiguration{.start_baud_rate = 0},
          ModeEClientConfiguration{.attempts = 0}}) {
        ModeEClient client(configuration);
        BOOST_TEST(outcome(client.open(now)) == "iec62056-21/out-of-range@0");
        BOOST_TEST(!client.poll_line_settings().has_value());
        BOOST_TEST(!client.poll_transmit().has_value());
        BOOST_TEST(!client.poll_timeout().has_value());
    }
    ModeEClient client({});
    BOOST_REQUIRE(client.open(now));
    const auto deadline = client.poll_timeout();
    BOOST_TEST(outcome(client.open(now + 1s)) == "iec62056-21/wrong-state@0");
    BOOST_TEST((client.poll_timeout() == deadline));
    BOOST_TEST(!client.poll_transmit().has_value());  // the line's settings come first
    BOOST_TEST(client.poll_line_settings().has_value());
    BOOST_TEST(to_hex(client.poll_transmit().value()) == request);
    client.reset();
    BOOST_TEST(outcome(client.open(now + 2s)) == "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
