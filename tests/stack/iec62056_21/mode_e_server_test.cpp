#include "stack/iec62056_21/mode_e_server.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "tests/stack/iec62056_21/mode_e_subjects.hpp"
#include "tests/support/conversation.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::iec62056_21;
using namespace std::chrono_literals;

namespace {

using Talk = Conversation<ServerSubject>;

constexpr std::string_view request = "2F3F210D0A";
constexpr std::string_view identification = "2F49534B355C324D543338322D313030300D0A";
constexpr std::string_view hdlc_at_9600 = "063235320D0A";
constexpr std::string_view data_block =
    "02462E46283030303030303030290D0A302E302E30283132333435363738290D0A"
    "312E382E30283030303132332E342A6B5768290D0A210D0A0368";

ModeEServerConfiguration meter() {
    ModeEServerConfiguration configuration;
    configuration.device_address = "0012345";
    configuration.manufacturer = "ISK";
    configuration.identification = "MT382-1000";
    configuration.readout = {
        {"F.F", "00000000", ""}, {"0.0.0", "12345678", ""}, {"1.8.0", "000123.4", "kWh"}};
    return configuration;
}

Talk talk_of(const ModeEServerConfiguration& configuration = meter()) {
    return Talk([configuration] {
               return std::make_unique<ServerSubject>(ModeEServer::create(configuration).value());
           })
        .expect_event("line 300 7E1");
}

/// Up to the identification, which is out 200 ms after the request.
Talk identified(const ModeEServerConfiguration& configuration = meter()) {
    return talk_of(configuration).deliver_raw(request).at(200ms).expect_transmit(identification);
}

void holds_every_way(const Talk& talk) {
    talk.holds();
    talk.holds_when_fed_in_chunks();
    talk.holds_under_every_io_failure();
}

std::string refusal(ModeEServerConfiguration configuration) {
    return outcome(ModeEServer::create(std::move(configuration)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mode_e_server)

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_meter_identifies_echoes_and_goes_to_hdlc) {
    holds_every_way(talk_of()
                        .deliver_raw(request)
                        .at(199ms)
                        .expect_no_transmit()
                        .at(200ms)
                        .expect_transmit(identification)
                        .at(900ms)
                        .deliver_raw(hdlc_at_9600)
                        .expect_no_transmit()
                        .at(1100ms)
                        .expect_transmit(hdlc_at_9600)
                        .expect_event("line 9600 8N1")
                        .expect_event("hdlc 9600 8N1")
                        .command("sign-off", [](ServerSubject& s, Instant) { s.machine.reset(); })
                        .expect_event("line 300 7E1")
                        .deliver_raw(request)
                        .at(1300ms)
                        .expect_transmit(identification));
}

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_meter_without_an_acknowledgement_goes_back_to_idle) {
    // The identification takes 19 characters of ten bits: 633 ms.
    holds_every_way(identified()
                        .at(200ms + 633ms + 1500ms)
                        .expect_no_transmit()
                        .at(200ms + 634ms + 1500ms)
                        .expect_event("abandoned timeout")
                        .deliver_raw(hdlc_at_9600)
                        .at(5s)
                        .expect_no_transmit());
    holds_every_way(identified()
                        .deliver_raw("063235")
                        .at(10s)
                        .expect_event("abandoned timeout")
                        .expect_no_transmit());
}

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_meter_refuses_a_speed_or_a_mode_that_it_did_not_offer) {
    const auto refused = [](std::string_view acknowledgement, std::string_view reason) {
        holds_every_way(identified()
                            .deliver_raw(acknowledgement)
                            .expect_event("abandoned " + std::string(reason))
                            .at(5s)
                            .expect_no_transmit()
                            .deliver_raw(request)
                            .at(5200ms)
                            .expect_transmit(identification));
    };
    refused("063237320D0A", "unsupported-baud-rate");  // Z = 7
    refused("063236320D0A", "unsupported-baud-rate");  // above ours
    refused("063246320D0A", "unsupported-baud-rate");  // a letter
    refused("063035310D0A", "unsupported-mode");       // programming
    refused("063235300D0A", "unsupported-mode");
    refused("063235320A0A", "invalid-text");
    ModeEServerConfiguration no_hdlc = meter();
    no_hdlc.hdlc = false;
    talk_of(no_hdlc)
        .deliver_raw(request)
        .at(200ms)
        .expect_transmit(hex_of("/ISK5MT382-1000\r\n"))
        .deliver_raw(hdlc_at_9600)
        .expect_event("abandoned unsupported-mode")
        .holds();
}

BOOST_AUTO_TEST_CASE(the_data_block_is_sent_and_sent_again) {
    holds_every_way(identified()
                        .deliver_raw("063034300D0A")
                        .at(400ms)
                        .expect_event("line 4800 7E1")
                        .expect_transmit(data_block)
                        .at(800ms)
                        .deliver_raw("15")
                        .at(1s)
                        .expect_transmit(data_block)
                        .at(4s)
                        .expect_event("line 300 7E1")
                        .expect_event("readout sent"));
}

BOOST_AUTO_TEST_CASE(only_requests_for_us_are_answered) {
    const auto answered = [](std::string_view address, bool is_ours) {
        Talk talk = talk_of();
        talk.deliver_raw(hex_of("/?" + std::string(address) + "!\r\n")).at(200ms);
        is_ours ? talk.expect_transmit(identification) : talk.expect_no_transmit();
        holds_every_way(talk);
    };
    answered("", true);
    answered("0012345", true);
    answered("12345", true);
    answered("00000012345", true);
    answered("12346", false);
    answered("123450", false);
    // A reader that turns to another meter has left us; one that repeats itself has not heard us.
    holds_every_way(identified()
                        .deliver_raw(hex_of("/?999!\r\n"))
                        .deliver_raw(hdlc_at_9600)
                        .at(5s)
                        .expect_no_transmit());
    holds_every_way(identified().deliver_raw(request).at(400ms).expect_transmit(identification));
}

BOOST_AUTO_TEST_CASE(noise_and_a_wake_up_do_no_harm) {
    holds_every_way(talk_of()
                        .deliver_raw("00000000FFAA0615")
                        .deliver_raw(hex_of("/?12\x01!\r\n"))
                        .deliver_raw(request)
                        .at(200ms)
                        .expect_transmit(identification)
                        .deliver_raw(identification)  // ours, back from a two-wire line
                        .deliver_raw(hdlc_at_9600)
                        .at(400ms)
                        .expect_transmit(hdlc_at_9600)
                        .expect_event("line 9600 8N1")
                        .expect_event("hdlc 9600 8N1"));
}

BOOST_AUTO_TEST_CASE(a_fast_meter_that_does_not_echo) {
    ModeEServerConfiguration configuration = meter();
    configuration.manufacturer = "ISk";
    configuration.echo_acknowledgement = false;
    holds_every_way(talk_of(configuration)
                        .deliver_raw(request)
                        .at(20ms)
                        .expect_transmit("2F49536B355C324D543338322D313030300D0A")
                        .deliver_raw(hdlc_at_9600)
                        .at(40ms)
                        .expect_no_transmit()
                        .expect_event("line 9600 8N1")
                        .expect_event("hdlc 9600 8N1"));
}

BOOST_AUTO_TEST_CASE(what_no_message_can_carry_is_refused) {
    ModeEServerConfiguration wrong = meter();
    wrong.manufacturer = "IS";
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.manufacturer = "I5K";
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.identification = "a\r\nb";
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.identification = "a text of many letters";
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.hdlc = false;
    wrong.identification = "\\2x";  // would announce what there is not
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.baud_character = 'A';
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.readout = {{"1.8.0", "1)(2", "kWh"}};
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    wrong = meter();
    wrong.device_address = "1!";
    BOOST_TEST(refusal(wrong) == "iec62056-21/out-of-range@0");
    BOOST_TEST(refusal(meter()) == "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
