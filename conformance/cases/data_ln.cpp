// APPL_DATA_LN_*: GET, SET and ACTION in one APDU each.

#include "conformance/cases/opened.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint32_t get_and_set = bit::get | bit::set;
const Hex illegal_name =
    "000F"
    "0101010101FF"
    "01";

void APPL_DATA_LN_N1_S1(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("GET with an unknown choice: an exception-response or an error");
    expect_refused(s.request("C004C1" + current_association + "0100"), "an unknown choice");
    s.expect_associated();
}

void APPL_DATA_LN_N1_S2(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("GET with parts missing: refused");
    expect_refused(s.request("C0C1" + current_association + "0100"), "no choice");
    expect_refused(s.request("C001C1"
                             "0000"
                             "28"
                             "0001"
                             "00"),
                   "a short logical name");
    s.expect_associated();
}

void APPL_DATA_LN_N1_S3(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("GET of an object that is not there: object-undefined");
    expect_result(s.read(illegal_name).access_result, {4, 3, 11}, "an object that is not there");
    s.expect_associated();
}

void APPL_DATA_LN_N3_S1(Tester& tester) {
    Session s = opened_ln<get_and_set>(tester);
    tester.step("SET with an unknown choice: refused");
    expect_refused(s.request("C106C1" + current_association +
                             "0100"
                             "09060000280000FF"),
                   "an unknown choice");
    s.expect_associated();
}

void APPL_DATA_LN_N3_S2(Tester& tester) {
    Session s = opened_ln<get_and_set>(tester);
    tester.step("SET without its end: refused");
    expect_refused(s.request("C101C1"
                             "000F0000280000"),
                   "SET without its end");
    s.expect_associated();
}

void APPL_DATA_LN_N3_S3(Tester& tester) {
    Session s = opened_ln<get_and_set>(tester);
    tester.step("SET of an object that is not there: object-undefined");
    expect_result(s.write(illegal_name, "09060101010101FF"), {4, 3, 11},
                  "an object that is not there");
    tester.step("SET of a logical name: read-write-denied");
    expect_result(s.write(current_association + "01", "09060000280000FF"), {3}, "a logical name");
    s.expect_associated();
}

void APPL_DATA_LN_N4(Tester& tester) {
    Session s = opened(tester, ln<bit::get>(tester), 0xFFFFFF & ~bit::get);
    tester.step("a Read, an unknown tag, a service that was not negotiated: exception-response");
    for (const Hex request : {"05010200"
                              "FA00",
                              "7F",
                              "C301C1"
                              "0046000060030AFF"
                              "01010F00"}) {
        const Hex answer = s.request(request);
        expect(answer.starts_with("D8"), "the request " + request + " was answered by " + answer);
    }
    s.expect_associated();
}

void APPL_DATA_LN_X_1(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("GET of the clock's time: an octet-string or date-time of 12 octets");
    const DeclaredObject& clock = object(tester, "clock");
    const Hex time = s.read_data(clock.descriptor(2));
    expect((time.starts_with("090C") && length(time) == 14) ||
               (time.starts_with("19") && length(time) == 13),
           "the time is " + time);
}

void APPL_DATA_LN_X_2(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    tester.step("invoke-ids 0 to 15, both classes, both priorities: the answer has the same");
    for (unsigned id = 0; id < 16; ++id) {
        for (const unsigned high : {0x00u, 0x40u, 0x80u, 0xC0u}) {
            const Hex iip = number(id | high, 1);
            expect_octets(s.request(get_request(current_association + "01", iip)),
                          "C401" + iip + own_name_answer.substr(6), "GET with " + iip);
        }
    }
}

void APPL_DATA_LN_X_3(Tester& tester) {
    Session s = opened_ln < bit::get | bit::priority > (tester);
    if (tester.declared().link == Link::hdlc) {
        inapplicable("HDLC takes the next request behind the answer");
    }
    tester.step("a normal and a high request at once: both answered, the high one at its turn");
    const auto wrapped = [&](const Hex& iip) {
        return wpdu(s.declared().client_sap, s.declared().server_sap,
                    get_request(current_association + "01", iip));
    };
    s.line().send(wrapped("41") + wrapped("C2"));
    std::string ids;
    for (int i = 0; i < 2; ++i) {
        const auto answer = s.line().next_wpdu(tester.declared().timing.response);
        expect(answer.has_value(), "fewer than two answers came");
        ids += answer->apdu.substr(4, 2);
    }
    expect(ids == "41C2" || ids == "C241", "the answers' invoke-ids are " + ids);
}

void APPL_DATA_LN_X_4(Tester& tester) {
    Session s = opened_ln < bit::get | bit::action > (tester);
    tester.step("GET of an unknown object: object-undefined");
    expect_result(s.read(unknown_object).access_result, {4}, "an unknown object");
    tester.step("GET of a known object under another class: object-class-inconsistent");
    const DeclaredObject& clock = object(tester, "clock");
    expect_result(s.read("0003" + clock.logical_name + "02").access_result, {9, 4},
                  "another class");
    tester.step("GET of attributes 99 and -1, a method 99: 3 or 4");
    for (const Hex attribute : {"63", "FF"}) {
        expect_result(s.read(current_association + attribute).access_result, {3, 4},
                      "an attribute that is not there");
    }
    expect_result(s.invoke(current_association + "63", "0F00").action_result, {3, 4},
                  "a method that is not there");
}

void APPL_DATA_LN_X_7(Tester& tester) {
    Session s = opened_ln<get_and_set>(tester);
    const DeclaredObject& read_only = object(tester, "read_only");
    tester.step("SET of an attribute that may only be read: read-write-denied");
    const Hex value = s.read_data(read_only.descriptor());
    expect_result(s.write(read_only.descriptor(), value), {3}, "SET without the right");
    if (const DeclaredObject* hidden = tester.declared().object("no_access")) {
        tester.step("GET of an attribute without any right: read-write-denied");
        expect_result(s.read(hidden->descriptor()).access_result, {3}, "GET without the right");
    }
    if (const DeclaredObject* method = tester.declared().object("denied_method")) {
        tester.step("ACTION of a method without the right: read-write-denied");
        expect_result(s.invoke(method->descriptor(), method->parameter).action_result, {3},
                      "ACTION without the right");
    }
}

void APPL_DATA_LN_X_8(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln<get_and_set>(tester);
    const DeclaredObject& ranged = object(tester, "ranged");
    const Hex before = s.read_data(ranged.descriptor());
    tester.step("SET of another type: type-unmatched, the old value kept");
    expect_result(s.write(ranged.descriptor(), "090101"), {12}, "another type");
    expect_octets(s.read_data(ranged.descriptor()), before, "the value");
    tester.step("SET of a value out of range: type-unmatched or other-reason");
    const Hex beyond = before.substr(0, 2) + Hex(before.size() - 2, 'F');
    expect_result(s.write(ranged.descriptor(), beyond), {12, 250, 3}, "a value out of range");
    expect_octets(s.read_data(ranged.descriptor()), before, "the value");
}

void APPL_DATA_LN_X_10(Tester& tester) {
    Session s = opened_ln<bit::get>(tester);
    int found = 0;
    const std::pair<const char*, int> faults[] = {{"temporary_failure", 2},
                                                  {"hardware_fault", 1},
                                                  {"object_unavailable", 11},
                                                  {"other_reason", 250}};
    for (const auto& [name, result] : faults) {
        if (const DeclaredObject* one = tester.declared().object(name)) {
            tester.step(std::string("GET of the object that has ") + name);
            expect_result(s.read(one->descriptor()).access_result, {result}, name);
            ++found;
        }
    }
    if (found == 0) {
        inapplicable("no object with a fault is declared");
    }
    s.expect_associated();
}

void APPL_DATA_LN_X_11(Tester& tester) {
    const DeclaredObject& clock = object(tester, "clock");
    const DeclaredAssociation* with = find_ln(tester.declared(), bit::attribute_0_get);
    if (with != nullptr) {
        Session s = opened(tester, *with);
        tester.step("GET of attribute 0: a structure of the readable attributes");
        const Hex all = s.read_data(clock.descriptor(0));
        expect(all.starts_with("02") && elements(all).size() >= 9,
               "attribute 0 of the clock is " + all);
        expect_octets(elements(all).front(), octet_string(clock.logical_name), "its first element");
    }
    Session s = opened(tester, ln(tester), bit::attribute_0_get | bit::general_block_transfer);
    tester.step("GET of attribute 0 without its conformance bit: refused");
    expect_refused(s.request(get_request(clock.descriptor(0))), "attribute 0");
}

void APPL_DATA_LN_X_16(Tester& tester) {
    Session s = opened_ln < bit::get | bit::multiple_references > (tester);
    tester.step("GET of a list: valid, unknown, valid: results in their order");
    const Hex own = current_association + "0100";
    const Hex answer = s.request(
        "C003C1"
        "03" +
        own + unknown_object + "00" + own);
    expect_octets(answer,
                  "C403C103"
                  "00"
                  "09060000280000FF"
                  "0104"
                  "00"
                  "09060000280000FF",
                  "GET of a list");
}

void APPL_DATA_LN_X_18(Tester& tester) {
    const DeclaredObject& profile = object(tester, "profile");
    const Hex entries =
        "0102"
        "0204"
        "0600000001"
        "0600000001"
        "120001"
        "120000";
    {
        Session s = opened(tester, ln<bit::selective_access>(tester),
                           bit::selective_access | bit::general_block_transfer);
        tester.step("selective access without its bit: refused, no data");
        expect_refused(s.request("C001C1" + profile.descriptor(2) + entries),
                       "selective access without its bit");
    }
    Session s = opened_ln<bit::selective_access>(tester);
    tester.step("an unknown selector, parameters of another type: refused");
    expect_refused(s.request("C001C1" + profile.descriptor(2) + "0105" + entries.substr(4)),
                   "selector 5");
    expect_refused(s.request("C001C1" + profile.descriptor(2) +
                             "0102"
                             "0901FF"),
                   "parameters of another type");
    s.expect_associated();
}

void APPL_DATA_LN_X_19(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln<get_and_set>(tester);
    const DeclaredObject& any = object(tester, "text");
    tester.step("SET of a value: success; GET returns it; the old one again");
    const Hex before = s.read_data(any.descriptor());
    expect_result(s.write(any.descriptor(), octet_string("434F4E46")), {0}, "SET");
    expect_octets(s.read_data(any.descriptor()), "0904434F4E46", "the value");
    expect_result(s.write(any.descriptor(), before), {0}, "SET of the old value");
    expect_octets(s.read_data(any.descriptor()), before, "the value");
}

void APPL_DATA_LN_X_23(Tester& tester) {
    need_permission(tester, "execute");
    Session s = opened_ln < bit::get | bit::action > (tester);
    const DeclaredObject& method = object(tester, "method");
    tester.step("ACTION with its parameter: success");
    expect_result(s.invoke(method.descriptor(), method.parameter).action_result, {0}, "ACTION");
}

void APPL_DATA_LN_X_24(Tester& tester) {
    Session s = opened_ln < bit::get | bit::action > (tester);
    const DeclaredObject& method = object(tester, "method");
    tester.step("ACTION without its parameter, with a structure, with null-data: refused");
    for (const Hex parameter : {"", "02010F00", "00"}) {
        expect_result(s.invoke(method.descriptor(), parameter).action_result, {12, 250},
                      "the parameter '" + parameter + "'");
    }
}

void APPL_DATA_LN_X_26(Tester& tester) {
    need_permission(tester, "execute");
    Session s = opened_ln < bit::get | bit::action | bit::multiple_references > (tester);
    const DeclaredObject& method = object(tester, "method");
    tester.step("ACTION of a list, the second not there: two results");
    const Hex unknown =
        "0046"
        "0101010101FF"
        "01";
    const Hex answer = s.request(
        "C303C1"
        "02" +
        method.descriptor() + unknown + "02" + method.parameter + "0F00");
    Cursor cursor(answer);
    expect(cursor.take(4) == "C703C102", "ACTION of a list was answered by " + answer);
    expect_result(static_cast<int>(cursor.number(1)), {0}, "the first method");
    if (cursor.number(1) != 0) {
        expect(cursor.number(1) == 0, "the first method's return-parameters: " + answer);
        cursor.data();
    }
    expect_result(static_cast<int>(cursor.number(1)), {4, 3}, "the second method");
    tester.step("other counts of methods and parameters: refused");
    expect_refused(s.request("C303C1"
                             "02" +
                             method.descriptor() + unknown + "01" + method.parameter),
                   "two methods, one parameter");
    s.expect_associated();
}

void APPL_DATA_LN_X_27(Tester& tester) {
    Session s = opened(tester, ln<bit::get>(tester), 0xFFFFFF & ~bit::get);
    const Hex own = current_association + "01";
    const Hex requests[] = {
        set_request(own, "09060000280000FF"),
        action_request(own, "0F00"),
        "C003C1"
        "01" +
            own + "00",
        "C001C1" + current_association +
            "02"
            "010100",
        "C102C1" + own +
            "00"
            "01"
            "00000001"
            "08"
            "09060000280000FF",
        "D9"
        "40000001"
        "00"
        "01"
        "01" +
            own +
            "01"
            "00",
        "E0"
        "81"
        "0001"
        "0000" +
            counted(get_own_name),
    };
    for (const Hex& request : requests) {
        tester.step("not negotiated: " + request.substr(0, 8) + " ...: exception-response");
        const Hex answer = s.request(request);
        expect(answer.starts_with("D8"), "answered by " + answer);
    }
    s.expect_associated();
}

void APPL_DATA_LN_X_28(Tester& tester) {
    Session s = opened_ln<get_and_set>(tester);
    const std::uint16_t size = s.server_pdu_size();
    if (size == 0 || size > 0x2000) {
        inapplicable("the meter takes APDUs of any length, or very long ones");
    }
    tester.step("an APDU above server-max-receive-pdu-size: pdu-too-long, association kept");
    const Hex answer = s.request(set_request(unknown_object, octet_string(Hex(2 * size, '0'))));
    expect_octets(answer, "D80104", "an APDU that is too long");
    s.expect_associated();
}

void APPL_DATA_LN_X_29(Tester& tester) {
    Session s = opened(
        tester, ln<bit::get>(tester),
        bit::get_blocks | bit::set_blocks | bit::action_blocks | bit::general_block_transfer, 64);
    tester.step("a long answer without block transfer: an error, no APDU above 64 octets");
    const Hex answer = s.request(get_request(current_association + "02"));
    expect(length(answer) <= 64, "an APDU of " + std::to_string(length(answer)) + " octets");
    expect_refused(answer, "an answer that is too long");
    s.expect_associated();
}

void APPL_DATA_LN_X_30(Tester& tester) {
    Session s = opened_ln<get_and_set>(tester);
    Hex deep;
    for (int i = 0; i < 200; ++i) {
        deep += "0101";
    }
    const DeclaredObject* text = tester.declared().object("any_value");
    const Hex target = text != nullptr ? text->descriptor() : unknown_object;
    const std::pair<const char*, Hex> faults[] = {
        {"a length of FFFFFFFF", "0984FFFFFFFF41"},
        {"200 nested arrays", deep + "00"},
        {"tag 08", "0800"},
        {"a compact-array of a wrong description", "13FF0100"},
        {"an array of a length that lies", "0184FFFFFFFF00"},
        {"octets behind the value", "110155"},
    };
    for (const auto& [what, data] : faults) {
        tester.step(std::string("SET of ") + what + ": refused");
        expect_refused(s.request(set_request(target, data)), what);
    }
    s.expect_associated();
}

void APPL_DATA_LN_X_31(Tester& tester) {
    need_permission(tester, "write");
    Session s = opened_ln<get_and_set>(tester);
    const DeclaredObject& any = object(tester, "any_value");
    const Hex before = s.read_data(any.descriptor());
    const Hex values[] = {
        "00",
        "0100",
        "010212000112FFFF",
        "0200",
        "02021101090141",
        "0300",
        "03FF",
        "0400",
        "040180",
        "0407FE",
        "0408FF",
        "0409FF80",
        "0580000000",
        "057FFFFFFF",
        "06FFFFFFFF",
        "0900",
        "0903010203",
        "0A00",
        "0A03414243",
        "0C00",
        "0C02C3BC",
        "0D99",
        "0F80",
        "0F7F",
        "108000",
        "11FF",
        "12FFFF",
        "148000000000000000",
        "15FFFFFFFFFFFFFFFF",
        "16FF",
        "177FC00000",
        "17BF800000",
        "187FF0000000000000",
        "1907EA0301FF0A0000008000FF",
        "1A07EA0301FF",
        "1B0A000000",
    };
    for (const Hex& value : values) {
        tester.step("SET and GET of " + value);
        expect_result(s.write(any.descriptor(), value), {0}, "SET of " + value);
        const Hex back = s.read_data(any.descriptor());
        const bool is_true = value == "03FF" && back.starts_with("03") && back != "0300";
        if (!is_true) {
            expect_octets(back, value, "GET");
        }
    }
    expect_result(s.write(any.descriptor(), before), {0}, "SET of the old value");
}

constexpr Case cases[] = {
    {"APPL_DATA_LN_N1/S1", with_ln, APPL_DATA_LN_N1_S1},
    {"APPL_DATA_LN_N1/S2", with_ln, APPL_DATA_LN_N1_S2},
    {"APPL_DATA_LN_N1/S3", with_ln, APPL_DATA_LN_N1_S3},
    {"APPL_DATA_LN_N3/S1", with_bits<get_and_set>, APPL_DATA_LN_N3_S1},
    {"APPL_DATA_LN_N3/S2", with_bits<get_and_set>, APPL_DATA_LN_N3_S2},
    {"APPL_DATA_LN_N3/S3", with_bits<get_and_set>, APPL_DATA_LN_N3_S3},
    {"APPL_DATA_LN_N4", with_ln, APPL_DATA_LN_N4},
    {"APPL_DATA_LN_X_1", with_ln, APPL_DATA_LN_X_1},
    {"APPL_DATA_LN_X_2", with_ln, APPL_DATA_LN_X_2},
    {"APPL_DATA_LN_X_3", with_bits<bit::priority>, APPL_DATA_LN_X_3},
    {"APPL_DATA_LN_X_4", with_bits<bit::action>, APPL_DATA_LN_X_4},
    {"APPL_DATA_LN_X_7", with_bits<get_and_set>, APPL_DATA_LN_X_7},
    {"APPL_DATA_LN_X_8", with_bits<get_and_set>, APPL_DATA_LN_X_8},
    {"APPL_DATA_LN_X_10", with_ln, APPL_DATA_LN_X_10},
    {"APPL_DATA_LN_X_11", with_ln, APPL_DATA_LN_X_11},
    {"APPL_DATA_LN_X_16", with_bits<bit::multiple_references>, APPL_DATA_LN_X_16},
    {"APPL_DATA_LN_X_18", with_bits<bit::selective_access>, APPL_DATA_LN_X_18},
    {"APPL_DATA_LN_X_19", with_bits<get_and_set>, APPL_DATA_LN_X_19},
    {"APPL_DATA_LN_X_23", with_bits<bit::action>, APPL_DATA_LN_X_23},
    {"APPL_DATA_LN_X_24", with_bits<bit::action>, APPL_DATA_LN_X_24},
    {"APPL_DATA_LN_X_26", with_bits<bit::action | bit::multiple_references>, APPL_DATA_LN_X_26},
    {"APPL_DATA_LN_X_27", with_ln, APPL_DATA_LN_X_27},
    {"APPL_DATA_LN_X_28", with_bits<get_and_set>, APPL_DATA_LN_X_28},
    {"APPL_DATA_LN_X_29", with_ln, APPL_DATA_LN_X_29},
    {"APPL_DATA_LN_X_30", with_bits<get_and_set>, APPL_DATA_LN_X_30},
    {"APPL_DATA_LN_X_31", with_bits<get_and_set>, APPL_DATA_LN_X_31},
};

}  // namespace

std::span<const Case> data_ln_cases() {
    return cases;
}

}  // namespace dlms::conformance
