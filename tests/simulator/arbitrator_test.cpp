// The arbitrator (class 68) of the built-in meter "standard": three actors about the relay.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string arbitrator = "00440000600314FF";
const std::string done = "C701C10000";

struct ArbitratorFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("standard"));
    MeterLine line{*meter};

    ArbitratorFixture() { line.open_full(); }
    std::string get(const std::string& attribute) {
        const std::string answer = line.ask("C001C1" + attribute + "00", 1);
        BOOST_REQUIRE(answer.starts_with("C401C100"));
        return answer.substr(8);
    }
    /// The bits of the two actions: 80 disconnect, 40 reconnect.
    std::string request(const std::string& actor, const std::string& bits) {
        return line.ask("C301C1" + arbitrator +
                            "0101"
                            "020211" +
                            actor + "0402" + bits,
                        1);
    }
    std::string output() { return get(relay + "02"); }
    std::string outcome() { return get(arbitrator + "06"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(arbitrator_class, ArbitratorFixture)

BOOST_AUTO_TEST_CASE(the_greatest_weight_wins) {
    BOOST_TEST(output() == "0301");
    BOOST_TEST(request("01", "80") == done);  // 20 for the disconnection
    BOOST_TEST(output() == "0300");
    BOOST_TEST(outcome() == "1101");
    BOOST_TEST(request("02", "40") == done);  // 15 against it
    BOOST_TEST(output() == "0300");
    BOOST_TEST(outcome() == "1101");
    BOOST_TEST(request("00", "40") == done);  // 25
    BOOST_TEST(output() == "0301");
    BOOST_TEST(outcome() == "1102");
    BOOST_TEST(get(arbitrator + "05") ==
               "0103"
               "040240"
               "040280"
               "040240");
    // A later request takes the place of the actor's one before.
    BOOST_TEST(request("00", "80") == done);  // 30 against 15
    BOOST_TEST(output() == "0300");
}

BOOST_AUTO_TEST_CASE(what_is_refused) {
    BOOST_TEST(request("01", "40") == "C701C10300");  // no permission
    BOOST_TEST(request("01", "C0") == "C701C10300");  // nor for the half of it
    BOOST_TEST(request("03", "80") == "C701C1FA00");  // no such actor
    BOOST_TEST(line.ask("C301C1" + arbitrator +
                            "0101"
                            "02021101"
                            "0403E0",
                        1) == "C701C1FA00");
    BOOST_TEST(line.ask("C301C1" + arbitrator +
                            "0101"
                            "02021201"
                            "010402"
                            "80",
                        1) != done);
    BOOST_TEST(line.ask("C301C1" + arbitrator +
                            "0101"
                            "02011101",
                        1) == "C701C10C00");
    BOOST_TEST(outcome() == "1100");
    BOOST_TEST(output() == "0301");
    BOOST_TEST(get(arbitrator + "05") ==
               "0103"
               "040200"
               "040200"
               "040200");
}

BOOST_AUTO_TEST_CASE(nothing_asked_for_and_reset) {
    BOOST_TEST(request("01", "80") == done);
    BOOST_TEST(request("01", "00") == done);
    BOOST_TEST(outcome() == "1100");
    BOOST_TEST(request("01", "80") == done);
    BOOST_TEST(line.ask("C301C1" + arbitrator + "02010F00", 1) == done);
    BOOST_TEST(outcome() == "1100");
    BOOST_TEST(get(arbitrator + "05") ==
               "0103"
               "040200"
               "040200"
               "040200");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
