// What schedules, calendars, monitors, image transfer, payment and the association's methods do:
// the built-in meter "standard" in virtual time. It is a Sunday, 10:00 UTC.

#include "simulator/classes/disconnect_control.hpp"
#include "simulator/classes/token.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string done = "C701C10000";
const std::string not_done = "C701C1FA00";
const std::string busy = "C701C10200";
const std::string written = "C501C100";
const std::string watched = "00010000603200FF02";
const std::string clock_object = "00080000010000FF";
const std::string image = "001200002C0000FF";
const std::string limiter = "00470000110000FF";
const std::string calendar = "001400000D0000FF";
const std::string event_log = "00070000636200FF";
const std::string token_credit =
    "007000001"
    "30A00FF";
const std::string emergency = "00700000130A01FF";
const std::string charge = "00710000131400FF";
const std::string account = "006F0000130000FF";
const std::string gateway = "00730000132800FF";

struct StandardFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("standard"));
    MeterLine line{*meter};

    StandardFixture() {
        line.open_full();
        // The connection may be idle for a day.
        BOOST_REQUIRE(set("00290000190000FF06", "120000") == written);
    }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    std::string get(const std::string& attribute) {
        const std::string answer = ask("C001C1" + attribute + "00");
        BOOST_REQUIRE_MESSAGE(answer.starts_with("C401C100"), attribute + ": " + answer);
        return answer.substr(8);
    }
    std::string set(const std::string& attribute, const std::string& value) {
        return ask("C101C1" + attribute + "00" + value);
    }
    std::string call(const std::string& method, const std::string& parameter = "0F00") {
        return ask("C301C1" + method + "01" + parameter);
    }
    std::string control_state() { return get(relay + "03"); }
    void watch(std::uint16_t value) {
        const std::array<Byte, 2> both{static_cast<Byte>(value >> 8), static_cast<Byte>(value)};
        BOOST_REQUIRE(set(watched, "12" + to_hex(both)) == written);
    }
    OwnObject own(std::uint16_t class_id, const cosem::ObisCode& instance) {
        LogicalDevice& device = meter->own_devices().front();
        return {device, device.find_object(class_id, instance).value(), line.now()};
    }
    std::int64_t number(const std::string& attribute) {
        const axdr::Data value = axdr::Data::parse(octets(get(attribute))).value();
        return value.view().signed_integer().value();
    }
    /// A structure of an octet-string and a double-long-unsigned.
    static std::string initiate_image(std::uint8_t size) {
        return "0202"
               "0903494D47"
               "06000000" +
               to_hex(std::array<Byte, 1>{size});
    }
    static std::string block(std::uint8_t number, std::uint8_t size, Byte fill) {
        return "0202"
               "06000000" +
               to_hex(std::array<Byte, 1>{number}) + "09" + to_hex(std::array<Byte, 1>{size}) +
               to_hex(ByteBuffer(size, fill));
    }
};

std::string token_of(std::uint64_t number, std::uint64_t amount) {
    return "0914" + to_hex(as_bytes(token_digits({number, amount})));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(control_classes, StandardFixture)

BOOST_AUTO_TEST_CASE(CC_SCHED_1_single_action_schedule) {
    const std::string schedule = "001600000F0001FF";  // type 1
    // One entry: today, 10:30; it runs once.
    BOOST_TEST(set(schedule + "04",
                   "0101"
                   "0202"
                   "09040A1E0000"
                   "090507EA0301FF") == written);
    line.advance(29min);
    BOOST_TEST(control_state() == "1601");
    line.advance(2min);
    BOOST_TEST(control_state() == "1600");
    BOOST_TEST(call(relay + "02") == done);
    line.advance(25h);
    BOOST_TEST(control_state() == "1601");
    // Type 1 has one entry.
    BOOST_TEST(set(schedule + "04",
                   "0102"
                   "0202"
                   "09040A1E0000"
                   "090507EA0303FF"
                   "0202"
                   "09040B1E0000"
                   "090507EA0303FF") == "C501C1FA");
    // Type 3: the same time, wildcards allowed; type 2: none.
    BOOST_TEST(set(schedule + "03", "1603") == written);
    const std::string every_day =
        "0101"
        "0202"
        "0904060000"
        "00"
        "0905FFFFFFFFFF";
    BOOST_TEST(set(schedule + "04", every_day) == written);
    line.advance(24h);
    BOOST_TEST(control_state() == "1600");
    BOOST_TEST(set(schedule + "03", "1602") == written);
    BOOST_TEST(set(schedule + "04", every_day) == "C501C1FA");
    // COSEM_X_Y tolerance: a dummy of zeros is taken and never runs.
    BOOST_TEST(set(schedule + "04",
                   "0101"
                   "0202"
                   "090400000000"
                   "09050000000000") == written);
}

BOOST_AUTO_TEST_CASE(CC_SCHED_1_schedule_and_special_days) {
    BOOST_REQUIRE(call(token_credit + "02", "053B9ACA00") == done);  // credit for all these days
    const std::string schedule = "000A00000C0000FF";
    const std::string days = "000B00000B0000FF";
    // Entry 1: 12:00 on working days and on the first special day, script 1.
    const auto entry = [](const std::string& index, const std::string& time,
                          const std::string& weekdays, const std::string& special) {
        return "020A"
               "1200" +
               index +
               "0301"
               "090600000A006AFF"
               "120001"
               "0904" +
               time +
               "12FFFF"
               "0407" +
               weekdays + "0408" + special +
               "0905FFFFFFFFFF"
               "0905FFFFFFFFFF";
    };
    BOOST_TEST(call(schedule + "02", entry("01", "0C000000", "F8", "00")) == done);
    line.advance(3h);
    BOOST_TEST(control_state() == "1601");  // it is Sunday
    line.advance(24h);
    BOOST_TEST(control_state() == "1600");
    BOOST_TEST(call(relay + "02") == done);
    // Tuesday becomes special day number 2: the entry has no bit for it.
    BOOST_TEST(call(days + "01",
                    "0203"
                    "120002"
                    "0905FFFF0303FF"
                    "1107") == done);
    line.advance(24h);
    BOOST_TEST(control_state() == "1601");
    BOOST_TEST(call(days + "02", "120002") == done);
    BOOST_TEST(call(days + "02", "120002") == not_done);
    line.advance(24h);
    BOOST_TEST(control_state() == "1600");
    BOOST_TEST(call(relay + "02") == done);
    BOOST_TEST(call(schedule + "01",
                    "0204"
                    "120001"
                    "120001"
                    "120000"
                    "120000") == done);
    line.advance(24h);
    BOOST_TEST(control_state() == "1601");
    BOOST_TEST(call(schedule + "01",
                    "0204"
                    "120000"
                    "120000"
                    "120001"
                    "120001") == done);
    BOOST_TEST(call(schedule + "03",
                    "0202"
                    "120001"
                    "120001") == done);
    BOOST_TEST(call(schedule + "03",
                    "0202"
                    "120001"
                    "120001") == not_done);
    BOOST_TEST(get(schedule + "02") == "0100");
}

BOOST_AUTO_TEST_CASE(CC_CAL_1_days_switch_the_tariff) {
    const std::string mask = "000600000E0000FF04";
    BOOST_TEST(get(mask) == "090101");  // Sunday
    line.advance(20h);                  // Monday, 06:00
    BOOST_TEST(get(mask) == "090101");
    line.advance(90min);
    BOOST_TEST(get(mask) == "090102");
    line.advance(15h);
    BOOST_TEST(get(mask) == "090101");
}

BOOST_AUTO_TEST_CASE(CC_CAL_1_activation) {
    const std::string mask = "000600000E0000FF04";
    BOOST_TEST(set(calendar + "02", "090141") == "C501C103");
    // The passive day 2 has tariff 2 from midnight on.
    const std::string days =
        "0102"
        "0202"
        "1101"
        "0101"
        "0203"
        "090400000000"
        "090600000A0064FF"
        "120001"
        "0202"
        "1102"
        "0101"
        "0203"
        "090400000000"
        "090600000A0064FF"
        "120002";
    BOOST_TEST(set(calendar + "09", days) == written);
    BOOST_TEST(get(calendar + "05") != days);
    BOOST_TEST(call(calendar + "01") == done);
    BOOST_TEST(get(calendar + "05") == days);
    BOOST_TEST(get(calendar + "02") == "090750415353495645");
    BOOST_TEST(get(mask) == "090102");
    // By time: back to the first day's tariff on all days.
    const std::string flat =
        "0101"
        "0202"
        "1102"
        "0101"
        "0203"
        "090400000000"
        "090600000A0064FF"
        "120001";
    BOOST_TEST(set(calendar + "09", flat) == written);
    BOOST_TEST(set(calendar + "0A", "090C07EA0301FF0B000000800000") == written);
    line.advance(59min);
    BOOST_TEST(get(calendar + "05") == days);
    line.advance(2min);
    BOOST_TEST(get(calendar + "05") == flat);
    BOOST_TEST(get(mask) == "090101");
}

BOOST_AUTO_TEST_CASE(CC_RMON_1_register_monitor) {
    watch(99);
    BOOST_TEST(control_state() == "1601");
    watch(100);
    BOOST_TEST(control_state() == "1600");
    BOOST_TEST(call(relay + "02") == done);
    watch(150);  // still above: nothing
    BOOST_TEST(control_state() == "1601");
    BOOST_TEST(call(relay + "01") == done);
    watch(10);
    BOOST_TEST(control_state() == "1601");
}

BOOST_AUTO_TEST_CASE(CC_LIM_1_limiter) {
    BOOST_TEST(set("00150000100000FF02", "0100") == written);  // the monitor is silent
    BOOST_TEST(set(limiter + "04", "1201F4") == written);      // 500
    BOOST_TEST(set(relay + "04", "1605") == written);
    BOOST_TEST(get(limiter + "03") == "1201F4");
    watch(501);
    line.advance(29s);
    BOOST_TEST(control_state() == "1601");
    line.advance(2s);
    BOOST_TEST(control_state() == "1602");  // local disconnect
    BOOST_TEST(
        switch_by_hand(own(70, cosem::ObisCode(0, 0, 96, 3, 10, 255)), ManualSwitch::reconnect));
    BOOST_TEST(control_state() == "1601");
    line.advance(10min);  // once is enough
    BOOST_TEST(control_state() == "1601");
    watch(500);
    line.advance(61s);
    // A short peak does nothing.
    watch(600);
    line.advance(20s);
    watch(100);
    line.advance(2min);
    BOOST_TEST(control_state() == "1601");
}

BOOST_AUTO_TEST_CASE(CC_LIM_1_emergency_profile) {
    BOOST_TEST(set("00150000100000FF02", "0100") == written);
    watch(300);
    // Group 1, from 10:10 on, for ten minutes: the threshold is 200.
    BOOST_TEST(set(limiter + "08",
                   "0203"
                   "120001"
                   "090C07EA0301FF0A0A0000800000"
                   "0600000258") == written);
    line.advance(9min);
    BOOST_TEST(get(limiter + "0A") == "0300");
    BOOST_TEST(control_state() == "1601");
    line.advance(2min);
    BOOST_TEST(get(limiter + "0A") == "0301");
    BOOST_TEST(get(limiter + "03") == "1200C8");
    BOOST_TEST(control_state() == "1602");
    line.advance(10min);
    BOOST_TEST(get(limiter + "0A") == "0300");
    BOOST_TEST(get(limiter + "03") == "12EA60");
    // Another group is not meant.
    BOOST_TEST(set(limiter + "08",
                   "0203"
                   "120002"
                   "090C07EA0301FF0A000000800000"
                   "060000FFFF") == written);
    BOOST_TEST(get(limiter + "0A") == "0300");
}

BOOST_AUTO_TEST_CASE(CC_DISC_1_manual_and_local_transitions) {
    // By control_mode: the states after a manual and after a local disconnect of what is connected,
    // and after a manual and a local reconnect of what is ready.
    struct Mode {
        std::string mode, by_hand, local, hand_back, local_back;
    };
    for (const Mode& row : {Mode{"00", "01", "01", "", ""}, Mode{"01", "02", "02", "01", "02"},
                            Mode{"02", "02", "02", "01", "02"}, Mode{"03", "01", "02", "01", "02"},
                            Mode{"04", "01", "02", "01", "02"}, Mode{"05", "02", "02", "01", "01"},
                            Mode{"06", "01", "02", "01", "01"}}) {
        BOOST_TEST_CONTEXT("mode " << row.mode) {
            meter->power_on(line.now());
            const OwnObject switch_object = own(70, cosem::ObisCode(0, 0, 96, 3, 10, 255));
            const cosem::ObisCode scripts(0, 0, 10, 0, 106, 255);
            const auto locally = [&](std::uint64_t script) {
                (void)switch_object.device.run_script(scripts, script, Instigator::local,
                                                      line.now());
            };
            const auto connect = [&](std::int64_t state) { switch_object.store_number(3, state); };
            BOOST_TEST(set(relay + "04", "16" + row.mode) == written);
            connect(1);
            (void)switch_by_hand(switch_object, ManualSwitch::disconnect);
            BOOST_TEST(control_state() == "16" + row.by_hand);
            connect(1);
            locally(1);
            BOOST_TEST(control_state() == "16" + row.local);
            if (row.hand_back.empty()) {
                continue;
            }
            connect(2);
            BOOST_TEST(switch_by_hand(switch_object, ManualSwitch::reconnect));
            BOOST_TEST(control_state() == "16" + row.hand_back);
            connect(2);
            locally(2);
            BOOST_TEST(control_state() == "16" + row.local_back);
        }
    }
}

BOOST_AUTO_TEST_CASE(CC_IMG_1_happy_path) {
    BOOST_TEST(get(image + "06") == "1600");
    BOOST_TEST(call(image + "01", initiate_image(150)) == done);
    BOOST_TEST(get(image + "06") == "1601");
    BOOST_TEST(get(image + "03") == "040300");
    BOOST_TEST(call(image + "02", block(0, 64, 0xA5)) == done);
    BOOST_TEST(call(image + "02", block(2, 22, 0xA5)) == done);
    BOOST_TEST(get(image + "03") == "0403A0");
    BOOST_TEST(get(image + "04") == "0600000001");
    BOOST_TEST(call(image + "02", block(1, 64, 0xA5)) == done);
    BOOST_TEST(get(image + "04") == "0600000003");
    BOOST_TEST(get(image + "07") == "0100");
    BOOST_TEST(call(image + "03") == busy);
    BOOST_TEST(get(image + "06") == "1602");
    BOOST_TEST(call(image + "03") == busy);
    line.advance(2s);
    BOOST_TEST(get(image + "06") == "1603");
    BOOST_TEST(get(image + "07")
                   .starts_with("01010203"
                                "0600000096"
                                "0903494D47"
                                "0908"));
    BOOST_TEST(call(image + "04") == busy);
    BOOST_TEST(get(image + "06") == "1605");
    line.advance(6s);
    BOOST_TEST(get(image + "06") == "1606");
    BOOST_TEST(get(event_log + "07") == "0600000001");
}

BOOST_AUTO_TEST_CASE(CC_IMG_2_errors) {
    BOOST_TEST(call(image + "02", block(0, 64, 1)) == not_done);    // not initiated
    BOOST_TEST(call(image + "01", initiate_image(0)) == not_done);  // nothing
    BOOST_TEST(call(image + "01", initiate_image(150)) == done);
    BOOST_TEST(call(image + "02", block(3, 22, 1)) == not_done);      // beyond the last
    BOOST_TEST(call(image + "02", block(0, 63, 1)) == "C701C10C00");  // too short
    BOOST_TEST(call(image + "02", block(0, 64, 0)) == done);
    BOOST_TEST(call(image + "02", block(0, 64, 0)) == done);  // again
    BOOST_TEST(call(image + "03") == busy);                   // with gaps
    BOOST_TEST(get(image + "06") == "1601");
    BOOST_TEST(call(image + "04") == not_done);  // not verified
    BOOST_TEST(call(image + "02", block(1, 64, 0)) == done);
    BOOST_TEST(call(image + "02", block(2, 22, 0)) == done);
    BOOST_TEST(call(image + "03") == busy);
    line.advance(2s);
    BOOST_TEST(get(image + "06") == "1604");  // nothing but zeros
    BOOST_TEST(get(image + "04") == "0600000000");
    BOOST_TEST(call(image + "01", initiate_image(64)) == done);
    BOOST_TEST(get(image + "03") == "040100");
    BOOST_TEST(set(image + "05", "0300") == written);
    BOOST_TEST(call(image + "02", block(0, 64, 1)) == "C701C10300");
    BOOST_TEST(call(image + "01", initiate_image(64)) == "C701C10300");
}

BOOST_AUTO_TEST_CASE(CC_IMG_3_resume_behind_a_power_cycle) {
    BOOST_TEST(call(image + "01", initiate_image(150)) == done);
    BOOST_TEST(call(image + "02", block(0, 64, 1)) == done);
    meter->power_off(line.now());
    meter->power_on(line.now());
    MeterLine again(*meter, line.now());
    again.open_full();
    const auto ask_again = [&](const std::string& apdu) { return again.ask(apdu, 1); };
    BOOST_TEST(ask_again("C001C1" + image + "0400") == "C401C1000600000001");
    BOOST_TEST(ask_again("C301C1" + image + "0201" + block(1, 64, 1)) == done);
    BOOST_TEST(ask_again("C301C1" + image + "0201" + block(2, 22, 1)) == done);
    BOOST_TEST(ask_again("C301C1" + image + "03010F00") == busy);
    // The verification is lost with the power, and begins anew.
    meter->power_off(line.now());
    meter->power_on(line.now());
    again.open_full();
    BOOST_TEST(ask_again("C001C1" + image + "0600") == "C401C1001601");
    BOOST_TEST(ask_again("C301C1" + image + "03010F00") == busy);
    again.advance(2s);
    BOOST_TEST(ask_again("C001C1" + image + "0600") == "C401C1001603");
}

BOOST_AUTO_TEST_CASE(CC_TOK_1_tokens_are_taken_once) {
    const std::int64_t before = number(token_credit + "02");
    BOOST_TEST(call(gateway + "01", token_of(1, 2500)) == done);
    BOOST_TEST(get(gateway + "06") ==
               "0202"
               "1603"
               "040800");
    BOOST_TEST(number(token_credit + "02") == before + 2500);
    BOOST_TEST(get(gateway + "03").substr(0, 12) == "090C07EA0301");
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST(call(gateway + "01", token_of(1, 2500)) == done);
        BOOST_TEST(get(gateway + "06") ==
                   "0202"
                   "1606"
                   "040800");
    }
    BOOST_TEST(call(gateway + "01",
                    "090A"
                    "12345678901234567890") == done);
    BOOST_TEST(get(gateway + "06") ==
               "0202"
               "1605"
               "040800");  // wrong check digits
    BOOST_TEST(call(gateway + "01",
                    "0903"
                    "123456") == done);
    BOOST_TEST(get(gateway + "06") ==
               "0202"
               "1604"
               "040800");
    BOOST_TEST(number(token_credit + "02") == before + 2500);
}

BOOST_AUTO_TEST_CASE(CC_PAY_1_credit_falls_and_switches_off) {
    BOOST_TEST(get(account + "03") == "1101");
    BOOST_TEST(get(token_credit + "08") == "1603");
    line.advance(24h);
    const std::int64_t left = number(token_credit + "02");
    BOOST_TEST(left < 50'000);  // an hourly charge for what was used
    BOOST_TEST(number(charge + "02") == 50'000 - left);
    BOOST_TEST(number(account + "05") == left + 5'000 - 5'000 * (get(emergency + "08") != "1600"));
    BOOST_TEST(call(token_credit + "02", "0500000000") == done);
    // The emergency credit must be asked for; until then nothing is left.
    BOOST_TEST(get(token_credit + "08") == "1604");
    BOOST_TEST(get(emergency + "08") == "1601");
    BOOST_TEST(get(account + "03") == "1100");
    BOOST_TEST(control_state() == "1602");
    BOOST_TEST(call(emergency + "03") == done);
    BOOST_TEST(get(emergency + "08") == "1603");
    BOOST_TEST(get(account + "03") == "1102");
    BOOST_TEST(call(emergency + "03") == not_done);
    // A token brings the first one back.
    BOOST_TEST(call(gateway + "01", token_of(7, 100)) == done);
    BOOST_TEST(get(token_credit + "08") == "1603");
    BOOST_TEST(call(account + "01") == not_done);  // it is active
    BOOST_TEST(call(account + "02") == done);
    BOOST_TEST(get(account + "02") ==
               "0202"
               "1602"
               "1603");
}

BOOST_AUTO_TEST_CASE(CC_ASS_2_objects_and_users) {
    const std::string current = "000F0000280000FF";
    const std::string element =
        "0204"
        "120001"
        "1100"
        "09060000603200FF"
        "0202"
        "0100"
        "0100";
    BOOST_TEST(call(current + "04", element) == done);
    BOOST_TEST(ask("C001C1" + watched + "00") == "C401C10104");
    BOOST_TEST(get(current + "02").find("09060000603200FF") == std::string::npos);
    BOOST_TEST(call(current + "03", element) == done);
    BOOST_TEST(get(watched) == "120000");
    BOOST_TEST(get(current + "02").find("09060000603200FF") != std::string::npos);
    const std::string user =
        "0202"
        "1105"
        "0A03626F62";
    BOOST_TEST(call(current + "05", user) == done);
    BOOST_TEST(get(current + "0A").ends_with(user));
    BOOST_TEST(call(current + "06", user) == done);
    BOOST_TEST(call(current + "06", user) == not_done);
}

BOOST_AUTO_TEST_CASE(CC_SAP_1_connect_logical_device) {
    const std::string assignment = "00110000290000FF";
    const std::string second = to_hex(as_bytes("STD0000000000002"));
    BOOST_TEST(get(assignment + "02") ==
               "0102"
               "0202"
               "120001"
               "0910" +
                   to_hex(as_bytes("STD0000000000001")) +
                   "0202"
                   "120014"
                   "0910" +
                   second);
    BOOST_TEST(call(assignment + "01",
                    "0202"
                    "120015"
                    "0910" +
                        second) == done);
    BOOST_TEST(get(assignment + "02").find("120015") != std::string::npos);
    BOOST_TEST(line.ask(aarq(context_ln + initiate("FFFFFD", "FFFF")), 16, 21).starts_with("6129"));
    BOOST_TEST(call(assignment + "01",
                    "0202"
                    "120001"
                    "0910" +
                        second) == not_done);
    BOOST_TEST(call(assignment + "01",
                    "0202"
                    "120016"
                    "0901"
                    "41") == not_done);
}

BOOST_AUTO_TEST_CASE(CC_CD_1_compact_data) {
    const std::string compact = "003E00003E0000FF";
    // A structure of an octet-string and a double-long-unsigned.
    BOOST_TEST(get(compact + "05") ==
               "0904"
               "02020906");
    BOOST_TEST(get(compact + "02").substr(0, 6) == "09110C");
    BOOST_TEST(get(compact + "04") == "1101");
    BOOST_TEST(set(compact + "03",
                   "0101"
                   "0204"
                   "120001"
                   "09060000603200FF"
                   "0F02"
                   "120000") == written);
    watch(0x1234);
    BOOST_TEST(get(compact + "02") ==
               "0902"
               "1234");
    BOOST_TEST(get(compact + "05") ==
               "0903"
               "020112");
    // By method only.
    BOOST_TEST(set(compact + "06", "1600") == written);
    BOOST_TEST(call(compact + "02") == done);
    watch(0);
    BOOST_TEST(get(compact + "02") ==
               "0902"
               "1234");
    BOOST_TEST(call(compact + "01") == done);
    BOOST_TEST(get(compact + "02") == "0900");
}

BOOST_AUTO_TEST_CASE(CC_NET_1_multicast_addresses) {
    const std::string ipv4 = "002A0000190100FF";
    BOOST_TEST(call(ipv4 + "01", "06E0000001") == done);
    BOOST_TEST(call(ipv4 + "01", "06C0000001") == not_done);
    BOOST_TEST(ask("C301C1" + ipv4 + "03010F00") ==
               "C701C10001"
               "00"
               "120001");
    BOOST_TEST(call(ipv4 + "02", "06E0000001") == done);
    BOOST_TEST(call(ipv4 + "02", "06E0000001") == not_done);
}

BOOST_AUTO_TEST_CASE(a_parameter_monitor_tells_what_was_changed) {
    const std::string monitor = "00410000100200FF";
    BOOST_TEST(set(relay + "04", "1602") == written);
    BOOST_TEST(get(monitor + "02") ==
               "0204"
               "120046"
               "09060000"
               "60030AFF"
               "0F04"
               "1602");
    BOOST_TEST(get(monitor + "03").substr(0, 12) == "090C07EA0301");
}

BOOST_AUTO_TEST_CASE(CC_PUSH_1_window_and_schedule) {
    const std::string push = "00280000190900FF";
    BOOST_TEST(set("001600000F0000FF"
                   "04",
                   "0101"
                   "0202"
                   "09040A1E0000"
                   "0905FFFFFFFFFF") == written);
    line.advance(29min);
    BOOST_TEST(line.take().empty());
    line.advance(2min);
    BOOST_TEST(line.answer(1).starts_with("0F000000010C07EA030107"));
    // Not before the window opens, at noon.
    BOOST_TEST(set(push + "04",
                   "0101"
                   "0202"
                   "090CFFFFFFFFFF0C0000FF800000"
                   "090CFFFFFFFFFF0D0000FF800000") == written);
    BOOST_TEST(set("001600000F0000FF"
                   "04",
                   "0101"
                   "0202"
                   "09040B000000"
                   "0905FFFFFFFFFF") == written);
    line.advance(80min);
    BOOST_TEST(line.take().empty());
    line.advance(10min);
    BOOST_TEST(line.answer(1).starts_with("0F000000020C07EA030107"));
}

BOOST_AUTO_TEST_CASE(CC_CPP_1_wrong_passwords_lock_for_longer_each_time) {
    const std::string port = "007C00002C0200FF";
    MeterLine other(*meter, line.now());
    const std::string wrong =
        aarq(context_ln + lls + "AC0A80083030303030303031" + initiate("FFFFFD", "FFFF"));
    const std::string right = aarq(context_ln + lls + password + initiate("FFFFFD", "FFFF"));
    const auto is_taken = [&] { return other.ask(right, 2).substr(26, 10) == "A203020100"; };
    BOOST_TEST(set("00010000600B00FF02", "1105") == written);
    for (int i = 0; i < 3; ++i) {
        other.ask(wrong, 2);
        BOOST_TEST(get(port + "08") == "1600");
    }
    BOOST_TEST(is_taken());
    other.ask(wrong, 2);
    BOOST_TEST(get(port + "08") == "1601");
    BOOST_TEST(get(port + "09") == "0600000004");
    BOOST_TEST(!is_taken());
    other.advance(61s);
    line.advance(61s);
    BOOST_TEST(is_taken());
    other.ask(wrong, 2);
    other.advance(61s);
    BOOST_TEST(!is_taken());  // two minutes now
    other.advance(60s);
    BOOST_TEST(is_taken());
    line.advance(60s);
    BOOST_TEST(call(port + "01") == done);
    BOOST_TEST(get(port + "09") == "0600000000");
    BOOST_TEST(get(port + "0A") == "0600000005");
    BOOST_TEST(set(port + "02", "1600") == written);
    BOOST_TEST(!is_taken());
}

BOOST_AUTO_TEST_CASE(events_are_logged) {
    BOOST_TEST(call(relay + "01") == done);
    line.advance(1min);
    BOOST_TEST(call(relay + "02") == done);
    meter->power_off(line.now());
    line.advance(1min);
    meter->power_on(line.now());
    line.open_full();
    BOOST_TEST(get(event_log + "07") == "0600000004");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(small_meter)

BOOST_AUTO_TEST_CASE(an_old_meter_can_do_little) {
    const auto meter = make_meter(builtin_scenario("small"));
    MeterLine line(*meter);
    const std::string answer =
        line.ask(aarq(context_ln + lls + password + initiate("FFFFFF", "0040")), 1);
    BOOST_TEST(
        answer.ends_with("5F1F0400000019"
                         "0040"
                         "0007"));
    BOOST_TEST(line.ask("C001C100010000600100FF0200", 1).starts_with("C401C100"));
    // The object list has no room, and there are no blocks.
    BOOST_TEST(line.ask("C001C1000F0000280000FF0200", 1) == "C401C1010E");
    BOOST_TEST(line.ask("C003C101"
                        "00010000600100FF0200",
                        1) == "D80102");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
