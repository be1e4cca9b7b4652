// What the Hexcell library sends over TCP, octet for octet as observed, against the built-in
// Hexcell meter.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string_view lls_aarq =
    "603A80020284A1090607608574050801018A0207808B0760857405080201AC0A80083030303030303030"
    "BE10040E01000000065F1F040000181F04B0";
const std::string_view no_security_aarq =
    "602180020284A109060760857405080101BE10040E01000000065F1F040000181F0000";

dlms::testing::Conversation<MeterSubject> hexcell() {
    return dlms::testing::Conversation<MeterSubject>(
        [] { return std::make_unique<MeterSubject>(builtin_scenario("hexcell")); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(vendor_library)

BOOST_AUTO_TEST_CASE(a_session_as_the_library_makes_it) {
    auto talk = hexcell();
    talk.deliver(lls_aarq)
        .expect_event("associated 17 1")
        .expect_transmit(accepted("00181D"))
        // getData of the clock: three stray octets, and a service class that says unconfirmed.
        .deliver("C001810008000001 0000FF0200000000")
        .expect_transmit("C4018100090C07EA0301FF0A0000FF8000FF")
        .deliver("C00181000100006001 00FF0200000000")
        .expect_transmit("C40181000906000012345678")
        // setData of the load curve's interval is answered in spite of the service class.
        .deliver("C10181000300005F3300FF020012000F")
        .expect_transmit("C5018100")
        .deliver("C00181000300005F3300FF0200000000")
        .expect_transmit("C401810012000F")
        .deliver("6200")
        .expect_event("released 17 1")
        .expect_transmit("6300")
        .deliver("C001810008000001 0000FF0200000000")
        .expect_transmit("D80102");
    talk.holds();
    talk.holds_when_fed_in_chunks();
    talk.holds_under_every_io_failure();
}

BOOST_AUTO_TEST_CASE(a_get_with_selector_is_answered) {
    // Octets follow the selector's parameters that belong to nothing, so it is refused; the
    // association goes on.
    auto talk = hexcell();
    talk.deliver(lls_aarq)
        .expect_event("associated 17 1")
        .expect_transmit(accepted("00181D"))
        .deliver("C001810007010063 0100FF020102020412000809060000010000FF0F021200000A0001")
        .expect_transmit("D80102")
        .deliver("C001810007010063 0100FF0700000000")
        .expect_transmit("C40181000600000060");
    talk.holds();
}

BOOST_AUTO_TEST_CASE(an_aarq_without_authentication_opens_the_public_client) {
    auto meter = make_meter(builtin_scenario("hexcell"));
    MeterLine line(*meter);
    BOOST_TEST(line.ask(no_security_aarq, 16) == accepted("00181D"));
    BOOST_TEST(line.ask("C00181000100002A0000FF0200000000", 16) ==
               "C4018100091048584330303030303132333435363738");
    // Client 17 wants the password.
    BOOST_TEST(line.ask(no_security_aarq) == rejected("A1", "0E"));
}

BOOST_AUTO_TEST_CASE(without_the_options_the_same_octets_are_refused) {
    auto meter = make_meter(test_scenario);
    MeterLine line(*meter);
    BOOST_REQUIRE(line.ask(lls_aarq) == accepted("001018"));
    BOOST_TEST(line.ask("C001810008000001 0000FF0200000000") == "D80102");
    BOOST_TEST(line.ask("C10181000100006032 00FF02001101") == "");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
