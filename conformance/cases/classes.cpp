// CC_*: how interface objects behave.

#include <algorithm>

#include "conformance/cases/opened.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint32_t get_set_action = bit::get | bit::set | bit::action;

std::string with_get_set_action(const Declaration& declared) {
    return with_bits<get_set_action>(declared);
}

Session session(Tester& tester) {
    return opened_ln<get_set_action>(tester);
}

int call(Session& s, const DeclaredObject& object, std::uint8_t method, const Hex& parameter) {
    return s.invoke(object.descriptor(method), parameter).action_result;
}

void CC_LDN_1(Tester& tester) {
    Hex name;
    for (const DeclaredAssociation& one : tester.declared().associations) {
        if (one.short_names || one.server_sap != 1) {
            continue;
        }
        tester.step("client " + std::to_string(one.client_sap) +
                    ": the logical device name, the same in every association");
        Session s(tester, one);
        s.associate();
        const Hex value =
            string_content(s.read_data("0001"
                                       "00002A0000FF"
                                       "02"));
        expect(length(value) >= 3 && length(value) <= 16,
               "the name has " + std::to_string(length(value)) + " octets");
        expect(name.empty() || value == name, "the name differs: " + value);
        name = value;
    }
    if (name.empty()) {
        inapplicable("no association with logical names is declared");
    }
}

void CC_REG_1(Tester& tester) {
    need_permission(tester, "execute");
    Session s = session(tester);
    const DeclaredObject& reg = object(tester, "register");
    tester.step("reset with a parameter of another type: refused");
    expect_result(call(s, reg, 1, "090105"), {12, 250}, "reset with another parameter");
    tester.step("reset(0): success; an extended register's capture_time moves");
    const Hex before = reg.class_id == 4 ? s.read_data(reg.descriptor(5)) : Hex();
    expect_result(call(s, reg, 1, "0F00"), {0}, "reset");
    if (reg.class_id == 4) {
        expect(s.read_data(reg.descriptor(5)) != before, "capture_time does not move");
    }
}

void CC_REG_2(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("scaler_unit of every register: a structure of integer and enum");
    std::size_t count = 0;
    for (const ListedObject& one : s.object_list()) {
        if ((one.class_id != 3 && one.class_id != 4) || !one.attributes.contains(3) ||
            ++count > 100) {
            continue;
        }
        const Hex value = s.read_data(one.descriptor(3));
        expect(value.starts_with("02020F") && value.substr(8, 2) == "16" && length(value) == 6,
               one.text() + " has scaler_unit " + value);
        const std::int64_t unit = integer(elements(value)[1]);
        const bool is_reserved = unit == 0 || unit == 58 || unit == 59 || unit == 68 ||
                                 unit == 69 || (unit >= 73 && unit <= 127) ||
                                 (unit >= 175 && unit <= 252);
        expect(!is_reserved, one.text() + " has the reserved unit " + std::to_string(unit));
    }
    if (count == 0) {
        inapplicable("no register is listed");
    }
}

void CC_PG_1(Tester& tester) {
    need_permission(tester, "profile");
    Session s = session(tester);
    const DeclaredObject& log = object(tester, "event_log");
    tester.step("reset(0): no entry, an empty buffer");
    expect_result(call(s, log, 1, "0F00"), {0}, "reset");
    expect(integer(s.read_data(log.descriptor(7))) == 0, "entries_in_use is not 0");
    expect_octets(s.read_data(log.descriptor(2)), "0100", "the buffer");
    tester.step("a range of an empty buffer: an empty array");
    const Hex range =
        "0101"
        "0204"
        "0204"
        "120008"
        "09060000010000FF"
        "0F02"
        "120000"
        "090C07E40101FF00000000800000"
        "090C08340101FF00000000800000"
        "0100";
    expect_octets(s.read(log.descriptor(2), range).data, "0100", "the range");
    tester.step("capture(0) three times: three entries with the columns of capture_objects");
    for (int i = 0; i < 3; ++i) {
        expect_result(call(s, log, 2, "0F00"), {0}, "capture");
    }
    expect(integer(s.read_data(log.descriptor(7))) == 3, "entries_in_use is not 3");
    const std::size_t columns = elements(s.read_data(log.descriptor(3))).size();
    for (const Hex& row : elements(s.read_data(log.descriptor(2)))) {
        expect(elements(row).size() == columns, "a row has another number of columns");
    }
}

void CC_PG_3(Tester& tester) {
    need_permission(tester, "profile");
    Session s = session(tester);
    const DeclaredObject& log = object(tester, "event_log");
    tester.step("SET of capture_objects, capture_period or sort_method: the buffer is emptied");
    bool is_any_written = false;
    for (const std::uint8_t attribute : std::initializer_list<std::uint8_t>{3, 4, 5}) {
        expect_result(call(s, log, 2, "0F00"), {0}, "capture");
        const Hex value = s.read_data(log.descriptor(attribute));
        const int result = s.write(log.descriptor(attribute), value);
        if (result == 3) {
            continue;  // may not be written in this association
        }
        expect_result(result, {0}, "SET of attribute " + std::to_string(attribute));
        is_any_written = true;
        expect(integer(s.read_data(log.descriptor(7))) == 0, "entries are left");
    }
    if (!is_any_written) {
        inapplicable("none of them may be written in this association");
    }
}

/// Rows of the declared profile by entry numbers and columns.
ReadResult by_entry(Session& s, const DeclaredObject& profile, unsigned from, unsigned to,
                    unsigned first_column, unsigned last_column) {
    return s.read(profile.descriptor(2),
                  "0102"
                  "0204"
                  "06" +
                      number(from, 4) + "06" + number(to, 4) + "12" + number(first_column, 2) +
                      "12" + number(last_column, 2));
}

void CC_PG_5(Tester& tester) {
    Session s = opened_ln < bit::selective_access | bit::get_blocks > (tester);
    const DeclaredObject& profile = object(tester, "profile");
    const std::vector<Hex> whole = elements(s.read_data(profile.descriptor(2)));
    const auto by_range = [&](const Hex& from, const Hex& to, const Hex& columns = "0100") {
        return s.read(profile.descriptor(2),
                      "0101"
                      "0204"
                      "0204"
                      "120008"
                      "09060000010000FF"
                      "0F02"
                      "120000" +
                          from + to + columns);
    };
    const Hex one = elements(whole.at(1)).front();
    const Hex other = elements(whole.at(3)).front();
    tester.step("from equal to to: one row");
    expect(elements(by_range(one, one).data).size() == 1, "not one row");
    tester.step("from behind to: none");
    expect(elements(by_range(other, one).data).empty(), "rows came");
    tester.step("before the first and behind the last: none");
    for (const Hex year : {"07B2", "0834"}) {
        expect(elements(by_range("090C" + year + "0101FF00000000800000",
                                 "090C" + year + "0102FF00000000800000")
                            .data)
                   .empty(),
               "rows came");
    }
    tester.step("a column that is not there: refused");
    const ReadResult unknown = by_range(one, other,
                                        "0101"
                                        "0204"
                                        "120003"
                                        "09060100636363FF"
                                        "0F02"
                                        "120000");
    expect(unknown.access_result != 0, "an unknown column was taken");
}

void CC_PG_6(Tester& tester) {
    Session s = opened_ln < bit::selective_access | bit::get_blocks > (tester);
    const DeclaredObject& profile = object(tester, "profile");
    const std::vector<Hex> whole = elements(s.read_data(profile.descriptor(2)));
    const auto count = static_cast<unsigned>(whole.size());
    tester.step("1..1, the last three, behind the last, 3..2: 1, 3, 0 and 0 rows");
    expect(elements(by_entry(s, profile, 1, 1, 1, 0).data) == std::vector<Hex>{whole.front()},
           "1..1 is not the first row");
    expect(elements(by_entry(s, profile, count - 2, 0, 1, 0).data) ==
               std::vector<Hex>(whole.end() - 3, whole.end()),
           "not the last three rows");
    const auto none = [&](const ReadResult& result, const std::string& what) {
        expect(result.access_result != 0 || elements(result.data).empty(), what + ": rows came");
    };
    none(by_entry(s, profile, count + 1, count + 2, 1, 0), "behind the last");
    none(by_entry(s, profile, 3, 2, 1, 0), "3..2");
    tester.step("entry 0: an error");
    expect(by_entry(s, profile, 0, 3, 1, 0).access_result != 0, "entry 0 was taken");
    tester.step("columns 1..2: two of them");
    const std::vector<Hex> two = elements(by_entry(s, profile, 1, 1, 1, 2).data);
    expect(two.size() == 1 && elements(two[0]).size() == 2, "not two columns");
}

void CC_CLK_1(Tester& tester) {
    need_permission(tester, "clock");
    Session s = session(tester);
    const DeclaredObject& clock = object(tester, "clock");
    const Hex before = s.read_data(clock.descriptor(2));
    tester.step("SET of a full date-time, with the deviation not specified: stored");
    const Hex time =
        "090C"
        "07EA0615"
        "07"
        "0C000000"
        "8000FF";
    expect_result(s.write(clock.descriptor(2), time), {0}, "SET of the time");
    const Hex after = string_content(s.read_data(clock.descriptor(2)));
    expect(after.starts_with("07EA0615") && after.substr(10, 4) == "0C00", "the time is " + after);
    tester.step("the time put back");
    const Hex content = string_content(before).substr(0, 18) + "8000FF";
    expect_result(s.write(clock.descriptor(2), octet_string(content)), {0}, "SET of the time");
}

void CC_CLK_2(Tester& tester) {
    need_permission(tester, "clock");
    Session s = session(tester);
    const DeclaredObject& clock = object(tester, "clock");
    const std::pair<const char*, Hex> wrong[] = {
        {"30 February", "090C07EA021EFF0A0000008000FF"},
        {"hour 24", "090C07EA0301FF180000008000FF"},
        {"month 13", "090C07EA0D01FF0A0000008000FF"},
        {"a wrong weekday", "090C07EA0301010A0000008000FF"},
        {"no year", "090CFFFF0301FF0A0000008000FF"},
        {"11 octets", "090B07EA0301FF0A0000008000"},
    };
    const Hex date = string_content(s.read_data(clock.descriptor(2))).substr(0, 8);
    for (const auto& [what, time] : wrong) {
        tester.step(std::string("SET of ") + what + ": refused");
        expect_result(s.write(clock.descriptor(2), time), {12, 250, 3}, what);
    }
    const Hex after = string_content(s.read_data(clock.descriptor(2))).substr(0, 8);
    expect(after.substr(0, 4) == date.substr(0, 4), "the clock was changed");
}

void CC_CLK_4(Tester& tester) {
    need_permission(tester, "clock");
    Session s = session(tester);
    const DeclaredObject& clock = object(tester, "clock");
    const ReadResult probe = s.read(clock.descriptor(2));
    expect(probe.access_result == 0, "the time cannot be read");
    if (call(s, clock, 6, "100000") == 4 || call(s, clock, 6, "100000") == 3) {
        inapplicable("the clock has no methods in this association");
    }
    tester.step("shift_time by 900 and -900: accepted; by 901 and -901: refused");
    expect_result(call(s, clock, 6, "100384"), {0}, "shift_time 900");
    expect_result(call(s, clock, 6, "10FC7C"), {0}, "shift_time -900");
    for (const Hex beyond : {"100385", "10FC7B"}) {
        expect_result(call(s, clock, 6, beyond), {12, 250}, "shift_time beyond 900");
    }
    tester.step("adjust_to_quarter, _measuring_period, _minute: accepted");
    for (const std::uint8_t method : std::initializer_list<std::uint8_t>{1, 2, 3}) {
        expect_result(call(s, clock, method, "0F00"), {0}, "adjust");
    }
    tester.step("adjust_to_preset_time outside its interval: refused");
    const Hex preset =
        "0203"
        "090C07D00101FF0A0000008000FF"
        "090C07D00101FF090000008000FF"
        "090C07D00101FF0B0000008000FF";
    expect_result(call(s, clock, 5, preset), {0}, "preset_adjusting_time");
    expect(call(s, clock, 4, "0F00") != 0, "a preset outside its interval was applied");
}

void CC_SCR_1(Tester& tester) {
    need_permission(tester, "execute");
    Session s = session(tester);
    const DeclaredObject& table = object(tester, "script_table");
    const std::vector<Hex> scripts = elements(s.read_data(table.descriptor(2)));
    expect(!scripts.empty(), "the script table is empty");
    const Hex known = elements(scripts.back()).front();
    tester.step("execute of a known script: success; of 99 and 0: refused");
    expect_result(call(s, table, 1, known), {0}, "a known script");
    for (const Hex unknown : {"120063", "120000"}) {
        expect(call(s, table, 1, unknown) != 0, "script " + unknown + " was executed");
    }
}

void CC_ASS_1(Tester& tester) {
    Session s = opened_ln < bit::selective_access | bit::get > (tester);
    const std::vector<ListedObject> all = s.object_list();
    tester.step("object_list by class: those objects");
    const ReadResult by_class = s.read(current_association + "02",
                                       "0102"
                                       "0101"
                                       "120001");
    if (by_class.access_result != 0) {
        tester.step("selective access to object_list is not offered");
        return;
    }
    const auto data_objects = std::ranges::count(all, 1, &ListedObject::class_id);
    expect(static_cast<std::ptrdiff_t>(elements(by_class.data).size()) == data_objects,
           "not the objects of class 1");
    tester.step("object_list of one object: its full record");
    const ReadResult one = s.read(current_association + "02",
                                  "0104"
                                  "0202"
                                  "12000F"
                                  "09060000280000FF");
    expect(one.access_result == 0, "selector 4 was refused");
}

void CC_SAP_1(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("SAP assignment: every declared logical device");
    const std::vector<Hex> devices =
        elements(s.read_data("0011"
                             "0000290000FF"
                             "02"));
    for (const LogicalDevice& declared : tester.declared().logical_devices) {
        expect(std::ranges::any_of(
                   devices,
                   [&](const Hex& one) { return integer(elements(one).at(0)) == declared.sap; }),
               "logical device " + std::to_string(declared.sap) + " is missing");
    }
}

void CC_HDLC_1(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln < bit::get | bit::set > (tester);
    const DeclaredObject& setup = object(tester, "hdlc_setup");
    const std::pair<std::uint8_t, Hex> wrong[] = {
        {4, "1108"}, {4, "1100"}, {6, "12001F"}, {6, "120BB8"}};
    for (const auto& [attribute, value] : wrong) {
        tester.step("SET of attribute " + std::to_string(attribute) + " to " + value + ": refused");
        const Hex before = s.read_data(setup.descriptor(attribute));
        expect_result(s.write(setup.descriptor(attribute), value), {12, 250, 3},
                      "a value out of range");
        expect_octets(s.read_data(setup.descriptor(attribute)), before, "the value");
    }
    tester.step("SET of max_info_field_length_receive to 64: stored, in effect after SNRM");
    const Hex before = s.read_data(setup.descriptor(6));
    expect_result(s.write(setup.descriptor(6), "120040"), {0}, "SET");
    std::uint64_t granted = 64;
    if (tester.declared().link == Link::hdlc) {
        s.exchange(control::disc);
        const ReceivedFrame answer = s.exchange(control::snrm, snrm_parameters({2030, 2030, 1, 1}));
        const std::size_t at = answer.information.find("060140");
        granted = at == std::string::npos ? 0 : 64;
    }
    Session again = opened_ln < bit::get | bit::set > (tester);
    expect_result(again.write(setup.descriptor(6), before), {0}, "SET of the old value");
    expect(granted == 64, "UA does not offer what was set");
}

void CC_NET_1(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln < bit::get | bit::set > (tester);
    const DeclaredObject& setup = object(tester, "tcp_udp_setup");
    tester.step("TCP-UDP setup: the types of the class");
    const std::pair<std::uint8_t, const char*> types[] = {
        {2, "12"}, {3, "0906"}, {4, "12"}, {5, "11"}, {6, "12"}};
    for (const auto& [attribute, type] : types) {
        const Hex value = s.read_data(setup.descriptor(attribute));
        expect(value.starts_with(type), "attribute " + std::to_string(attribute) + " is " + value);
    }
    tester.step("SET of its own time-out: success; of another type: refused");
    const Hex before = s.read_data(setup.descriptor(6));
    expect_result(s.write(setup.descriptor(6), before), {0, 3}, "SET");
    expect_result(s.write(setup.descriptor(6), "0900"), {12, 3}, "SET of another type");
}

/// Transitions of the remote methods by control mode and state: the state they lead to.
int expected_state(std::int64_t mode, std::int64_t state, bool connect) {
    if (mode == 0) {
        return static_cast<int>(state);
    }
    if (!connect) {
        return 0;
    }
    const bool is_direct = mode == 2 || mode == 4;
    return state == 0 ? (is_direct ? 1 : 2) : static_cast<int>(state);
}

void CC_DISC_1(Tester& tester) {
    need_permission(tester, "relay");
    Session s = session(tester);
    const DeclaredObject& relay = object(tester, "relay");
    const Hex mode_before = s.read_data(relay.descriptor(4));
    for (int mode = 0; mode <= 6; ++mode) {
        const int result =
            s.write(relay.descriptor(4), "16" + number(static_cast<unsigned>(mode), 1));
        if (result == 3) {
            inapplicable("control_mode may not be written");
        }
        expect_result(result, {0}, "control_mode " + std::to_string(mode));
        for (const bool connect : {false, true, true, false}) {
            const std::int64_t state = integer(s.read_data(relay.descriptor(3)));
            tester.step("mode " + std::to_string(mode) + ", state " + std::to_string(state) +
                        (connect ? ": remote_reconnect" : ": remote_disconnect"));
            call(s, relay, connect ? 2 : 1, "0F00");
            const std::int64_t after = integer(s.read_data(relay.descriptor(3)));
            const int expected = expected_state(mode, state, connect);
            expect(after == expected,
                   "the state is " + std::to_string(after) + ", not " + std::to_string(expected));
            const bool is_on = integer(s.read_data(relay.descriptor(2))) != 0;
            expect(is_on == (after == 1), "output_state does not follow control_state");
        }
    }
    expect_result(s.write(relay.descriptor(4), mode_before), {0}, "SET of the old mode");
    call(s, relay, 2, "0F00");
}

constexpr Case cases[] = {
    {"CC_LDN_1", always, CC_LDN_1},
    {"CC_REG_1", with_get_set_action, CC_REG_1},
    {"CC_REG_2", with_ln, CC_REG_2},
    {"CC_PG_1", with_get_set_action, CC_PG_1},
    {"CC_PG_3", with_get_set_action, CC_PG_3},
    {"CC_PG_5", with_bits<bit::selective_access | bit::get_blocks>, CC_PG_5},
    {"CC_PG_6", with_bits<bit::selective_access | bit::get_blocks>, CC_PG_6},
    {"CC_CLK_1", with_get_set_action, CC_CLK_1},
    {"CC_CLK_2", with_get_set_action, CC_CLK_2},
    {"CC_CLK_4", with_get_set_action, CC_CLK_4},
    {"CC_SCR_1", with_get_set_action, CC_SCR_1},
    {"CC_ASS_1", with_bits<bit::selective_access | bit::get>, CC_ASS_1},
    {"CC_SAP_1", with_ln, CC_SAP_1},
    {"CC_HDLC_1", with_get_set_action, CC_HDLC_1},
    {"CC_NET_1", with_get_set_action, CC_NET_1},
    {"CC_DISC_1", with_get_set_action, CC_DISC_1},
};

}  // namespace

std::span<const Case> class_cases() {
    return cases;
}

}  // namespace dlms::conformance
