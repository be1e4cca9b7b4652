// APPL_REL_*: release.

#include "conformance/cases/needs.hpp"

namespace dlms::conformance {
namespace {

Session associated(Tester& tester) {
    Session s(tester, *find_plain(tester.declared()));
    s.associate();
    s.expect_associated();
    return s;
}

/// An RLRE and its reason; -1 for one without.
int reason_in(const Hex& rlre) {
    Cursor cursor(rlre);
    expect(cursor.number(1) == 0x63, "RLRQ was answered by " + rlre);
    const Hex fields = cursor.counted();
    if (!fields.starts_with("8001")) {
        return -1;
    }
    return static_cast<int>(number_at(fields, 2, 1));
}

void APPL_REL_P1(Tester& tester) {
    if (tester.declared().link == Link::hdlc) {
        Session s = associated(tester);
        tester.step("DISC: UA; the association is gone");
        const ReceivedFrame answer = s.exchange(control::disc);
        expect(answer.control == control::ua, "DISC was answered by " + answer.octets);
        s.connect_link();
        s.expect_not_associated();
    } else {
        Session s = associated(tester);
        tester.step("the connection closed and made anew: a request is not served");
        tester.hang_up();
        s.expect_not_associated();
    }
    for (const Hex rlrq : {"6200", "6203800100"}) {
        Session s = associated(tester);
        tester.step("RLRQ " + rlrq + ": RLRE with reason normal; a request is not served");
        const int reason = reason_in(s.ask(rlrq));
        expect(reason == 0 || (reason == -1 && rlrq == "6200"),
               "the RLRE's reason is " + std::to_string(reason));
        s.expect_not_associated();
    }
}

void APPL_REL_X_1(Tester& tester) {
    for (const int reason : {0, 1, 30, 5}) {
        Session s = associated(tester);
        tester.step("RLRQ with reason " + std::to_string(reason) + ": RLRE normal");
        const int answer = reason_in(s.ask("62038001" + number(static_cast<unsigned>(reason), 1)));
        expect(answer == 0 || (reason == 5 && answer == 1) || (reason == 30 && answer == 30),
               "the RLRE's reason is " + std::to_string(answer));
        s.expect_not_associated();
    }
    Session s = associated(tester);
    tester.step("RLRQ with an InitiateRequest in the clear: RLRE normal");
    const Hex fields = "800100" + user_information(initiate_request(s.initiate()));
    expect(reason_in(s.ask("62" + counted(fields))) == 0, "the RLRE's reason is not normal");
    s.expect_not_associated();
}

void APPL_REL_X_3(Tester& tester) {
    Session s(tester, *find_ciphered(tester.declared()));
    s.associate();
    tester.step("RLRQ with a ciphered InitiateRequest: RLRE with a ciphered InitiateResponse");
    const Hex fields = "800100" + s.initiate_user_information(s.initiate());
    const Hex answer = s.ask("62" + counted(fields));
    expect(reason_in(answer) == 0, "the RLRE's reason is not normal");
    Cursor cursor(answer);
    cursor.number(1);
    const Hex rest = cursor.counted().substr(6);
    if (!rest.empty()) {
        Cursor information(rest);
        expect(information.number(1) == 0xBE, "the RLRE has no user-information: " + answer);
        const Hex inner = information.counted();
        Cursor octets(inner);
        expect(octets.number(1) == 4, "the RLRE's user-information is no OCTET STRING");
        const OpenedApdu opened = open_sealed(s.meter_keys(), octets.counted());
        parse_initiate_response(opened.apdu);
    }
    tester.step("a request: not served");
    const Hex refused = s.request_or_silence(get_own_name);
    expect(!refused.starts_with("C401C100"), "data after the release");
}

void APPL_REL_X_4(Tester& tester) {
    Session s(tester, *find_plain(tester.declared()));
    s.idle();
    tester.step("RLRQ without association: RLRE or silence");
    const Hex answer = s.ask_or_silence("6200");
    expect(answer.empty() || answer.starts_with("63") || answer.starts_with("D8"),
           "the meter answered " + answer);
    tester.step("an association works");
    s.accept(s.propose(s.aarq()));
    s.expect_associated();
}

constexpr Case cases[] = {
    {"APPL_REL_P1", with_plain, APPL_REL_P1},
    {"APPL_REL_X_1", with_plain, APPL_REL_X_1},
    {"APPL_REL_X_3", with_ciphered, APPL_REL_X_3},
    {"APPL_REL_X_4", with_plain, APPL_REL_X_4},
};

}  // namespace

std::span<const Case> release_cases() {
    return cases;
}

}  // namespace dlms::conformance
