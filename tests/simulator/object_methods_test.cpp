// What the methods of the simulated objects do.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string clock_object = "00080000010000FF";
const std::string energy = "00030100010800FF";
const std::string demand = "00040100010600FF";
const std::string event_log = "00070000636200FF";
const std::string scripts = "000900000A006AFF";
const std::string done = "C701C10000";
const std::string not_done = "C701C1FA00";
const std::string wrong_type = "C701C10C00";

struct FullFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("full"));
    MeterLine line{*meter};

    FullFixture() {
        line.open_full();
        // The connection may be idle.
        BOOST_REQUIRE(set("00290000190000FF06", "120000") == "C501C100");
    }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    std::string get(const std::string& attribute) {
        const std::string answer = ask("C001C1" + attribute + "00");
        BOOST_REQUIRE(answer.starts_with("C401C100"));
        return answer.substr(8);
    }
    std::string set(const std::string& attribute, const std::string& value) {
        return ask("C101C1" + attribute + "00" + value);
    }
    std::string call(const std::string& method, const std::string& parameter = "0F00") {
        return ask("C301C1" + method + "01" + parameter);
    }
    /// Hour, minute and second of the clock.
    std::string time() { return get(clock_object + "02").substr(14, 6); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(object_methods, FullFixture)

BOOST_AUTO_TEST_CASE(CC_REG_1_reset_of_what_is_counted) {
    BOOST_TEST(get(energy + "02") > "0600BC0000");  // 12345500 Wh
    BOOST_TEST(call(energy + "01", "0600000000") == wrong_type);
    BOOST_TEST(call(energy + "01") == done);
    BOOST_TEST(get(energy + "02") == "0600000000");
    line.advance(10h);  // into the evening, when the sun does not cover what is used
    const std::string counted = get(energy + "02");
    BOOST_TEST(counted > "0600000000");
    BOOST_TEST(counted < "0600010000");
    // The other register of the meter goes on.
    BOOST_TEST(get("00030100020800FF02") > "0600080000");
}

BOOST_AUTO_TEST_CASE(CC_REG_1_reset_of_an_extended_register) {
    BOOST_TEST(get(demand + "02") == "06000010E1");
    BOOST_TEST(call(demand + "01") == done);
    BOOST_TEST(get(demand + "02") == "0600000000");
    BOOST_TEST(get(demand + "05") == "090C07EA0301070A000000000000");
}

BOOST_AUTO_TEST_CASE(CC_CLK_4_adjust) {
    line.advance(7min + 31s);
    BOOST_TEST(time() == "0A071F");
    BOOST_TEST(call(clock_object + "03") == done);
    BOOST_TEST(time() == "0A0800");  // 31 s past is nearer to the next minute
    BOOST_TEST(call(clock_object + "01") == done);
    BOOST_TEST(time() == "0A0F00");                           // 8 min past
    BOOST_TEST(call(clock_object + "06", "10FE3E") == done);  // 450 s back
    BOOST_TEST(time() == "0A071E");
    line.advance(1s);
    BOOST_TEST(call(clock_object + "02") == done);  // the profile's period is a quarter too
    BOOST_TEST(time() == "0A0F00");
}

BOOST_AUTO_TEST_CASE(CC_CLK_4_shift_time) {
    BOOST_TEST(call(clock_object + "06", "100384") == done);  // 900 s
    BOOST_TEST(time() == "0A0F00");
    BOOST_TEST(call(clock_object + "06", "10FC7C") == done);
    BOOST_TEST(time() == "0A0000");
    BOOST_TEST(call(clock_object + "06", "100385") == wrong_type);
    BOOST_TEST(call(clock_object + "06", "10FC7B") == wrong_type);
    BOOST_TEST(call(clock_object + "06", "0F01") == wrong_type);
    BOOST_TEST(time() == "0A0000");
}

BOOST_AUTO_TEST_CASE(CC_CLK_4_preset_time) {
    const std::string to_noon =
        "0203"
        "090C07EA0301FF0C000000800000";
    const std::string window =
        "090C07EA0301FF0A010000800000"
        "090C07EA0301FF0A020000800000";
    BOOST_TEST(call(clock_object + "04") == not_done);  // nothing preset
    BOOST_TEST(call(clock_object + "05", "0203090007EA0900") == "D80102");
    BOOST_TEST(call(clock_object + "05", "0203090009000900") == wrong_type);
    BOOST_TEST(call(clock_object + "05", to_noon + window) == done);
    BOOST_TEST(call(clock_object + "04") == not_done);  // not yet
    line.advance(90s);
    BOOST_TEST(call(clock_object + "04") == done);
    BOOST_TEST(time() == "0C0000");
    BOOST_TEST(call(clock_object + "04") == not_done);  // used up
    BOOST_TEST(call(clock_object + "05", to_noon + window) == done);
    BOOST_TEST(call(clock_object + "04") == not_done);  // too late
}

BOOST_AUTO_TEST_CASE(CC_PG_1_capture_and_reset) {
    BOOST_TEST(get(event_log + "02") == "0100");
    BOOST_TEST(get(event_log + "07") == "0600000000");
    for (int i = 0; i < 3; ++i) {
        BOOST_TEST(call(event_log + "02") == done);
        line.advance(1s);
    }
    BOOST_TEST(get(event_log + "07") == "0600000003");
    BOOST_TEST(get(event_log + "02") ==
               "0103"
               "0202090C07EA0301070A0000000000001101"
               "0202090C07EA0301070A0001000000001101"
               "0202090C07EA0301070A0002000000001101");
    BOOST_TEST(call(event_log + "01") == done);
    BOOST_TEST(get(event_log + "02") == "0100");
}

BOOST_AUTO_TEST_CASE(CC_PG_2_a_full_buffer_drops_the_oldest) {
    for (int i = 0; i < 12; ++i) {
        BOOST_TEST(set("00010000600B00FF02", "110" + std::string(1, "0123456789AB"[i])) ==
                   "C501C100");
        BOOST_TEST(call(event_log + "02") == done);
    }
    BOOST_TEST(get(event_log + "07") == "060000000A");
    const std::string rows = get(event_log + "02");
    BOOST_TEST(rows.substr(4 + 32, 4) == "1102");
    BOOST_TEST(rows.substr(rows.size() - 4) == "110B");
}

BOOST_AUTO_TEST_CASE(CC_SCR_1_script_table) {
    BOOST_TEST(call(scripts + "01", "120001") == done);
    BOOST_TEST(get(relay + "03") == "1600");
    BOOST_TEST(get(relay + "02") == "0300");
    BOOST_TEST(call(scripts + "01", "120002") == done);
    BOOST_TEST(get(relay + "03") == "1601");
    BOOST_TEST(call(scripts + "01", "120063") == not_done);
    BOOST_TEST(call(scripts + "01", "120000") == not_done);
    BOOST_TEST(call(scripts + "01") == wrong_type);
    BOOST_TEST(get(relay + "03") == "1601");
}

BOOST_AUTO_TEST_CASE(CC_DISC_1_remote_transitions) {
    // control_mode, and control_state after a disconnect and after a reconnect.
    struct Mode {
        std::string mode, disconnect, after_disconnect, reconnect, after_reconnect;
    };
    for (const Mode& row :
         {Mode{"00", not_done, "01", not_done, "01"}, Mode{"01", done, "00", done, "02"},
          Mode{"02", done, "00", done, "01"}, Mode{"03", done, "00", done, "02"},
          Mode{"04", done, "00", done, "01"}, Mode{"05", done, "00", done, "02"},
          Mode{"06", done, "00", done, "02"}}) {
        BOOST_TEST_CONTEXT("mode " << row.mode) {
            const std::unique_ptr<Meter> another = make_meter(builtin_scenario("full"));
            MeterLine fresh(*another);
            fresh.open_full();
            const auto state = [&] { return fresh.ask("C001C1" + relay + "0300", 1).substr(10); };
            fresh.ask("C101C1" + relay + "040016" + row.mode, 1);
            BOOST_TEST(fresh.ask("C301C1" + relay + "01010F00", 1) == row.disconnect);
            BOOST_TEST(state() == row.after_disconnect);
            BOOST_TEST(fresh.ask("C301C1" + relay + "02010F00", 1) == row.reconnect);
            BOOST_TEST(state() == row.after_reconnect);
            const bool on = row.after_reconnect == "01";
            BOOST_TEST(fresh.ask("C001C1" + relay + "0200", 1) ==
                       (on ? "C401C1000301" : "C401C1000300"));
            if (row.disconnect == done) {
                // From ready for reconnection (transition c), and when there is nothing to do.
                BOOST_TEST(fresh.ask("C301C1" + relay + "01010F00", 1) == done);
                BOOST_TEST(fresh.ask("C301C1" + relay + "01010F00", 1) == done);
                BOOST_TEST(state() == "00");
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
