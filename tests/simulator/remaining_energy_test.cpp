// The credit of the Hexcell meter: it falls with what is imported, and tokens add to it.

#include "simulator/classes/token.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string remaining = "00030100604200FF02";
const std::string import = "00030100010800FF02";

struct CreditFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("hexcell"));
    Instant now{};

    /// On a connection of its own: an idle one is closed.
    std::string ask(const std::string& apdu) {
        MeterLine line(*meter, now);
        BOOST_REQUIRE(line.ask(aarq(context_ln + lls + password + initiate("FFFFFF", "FFFF")))
                          .starts_with("6129"));
        return line.ask(apdu);
    }
    /// Both in steps of 10 Wh.
    std::int64_t number(const std::string& attribute) {
        const std::string answer = ask("C001C1" + attribute + "00");
        BOOST_REQUIRE_MESSAGE(answer.starts_with("C401C10006"), answer);
        return std::stoll(answer.substr(10), nullptr, 16);
    }
    /// A moment at which nobody is connected.
    void wait(Duration duration) {
        now += duration;
        meter->advance(now);
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(remaining_energy, CreditFixture)

BOOST_AUTO_TEST_CASE(it_falls_by_what_is_imported) {
    const std::int64_t credit = number(remaining);
    const std::int64_t counted = number(import);
    BOOST_TEST(credit == 1000);
    std::int64_t before = credit;
    for (int hour = 0; hour < 6; ++hour) {
        wait(1h);
        const std::int64_t left = number(remaining);
        // Both are whole steps, which end at different moments.
        BOOST_TEST(std::abs(credit - left - (number(import) - counted)) <= 1);
        BOOST_TEST(left < before);
        before = left;
    }
}

BOOST_AUTO_TEST_CASE(it_ends_at_nothing_and_a_token_fills_it) {
    for (int day = 0; day < 10; ++day) {
        wait(24h);
    }
    BOOST_TEST(number(remaining) == 0);
    const std::string digits = token_digits({1, 2500});
    BOOST_REQUIRE(ask("C101C1000101008181"
                      "02FF0200"
                      "090A" +
                      digits) == "C501C100");
    BOOST_TEST(number(remaining) == 2500);  // what was imported without credit is no debt
    const std::int64_t counted = number(import);
    wait(2h);
    BOOST_TEST(std::abs(2500 - number(remaining) - (number(import) - counted)) <= 1);
}

BOOST_AUTO_TEST_CASE(without_power_it_stands) {
    wait(1h);
    const std::int64_t left = number(remaining);
    meter->power_off(now);
    wait(10h);
    meter->power_on(now);
    BOOST_TEST(std::abs(left - number(remaining)) <= 1);
    wait(1h);
    BOOST_TEST(number(remaining) < left - 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
