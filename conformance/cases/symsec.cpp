// SYMSEC_*: symmetric security.

#include <array>

#include "conformance/cases/opened.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint8_t authenticated = 0x10;
constexpr std::uint8_t encrypted = 0x20;
constexpr std::uint8_t both = 0x30;
const Hex dedicated_key = "0F0E0D0C0B0A09080706050403020100";

Session secured(Tester& tester) {
    Session s(tester, *find_ciphered(tester.declared()));
    s.associate();
    return s;
}

/// With a dedicated key.
Session dedicated(Tester& tester) {
    Session s(tester, *find_ciphered(tester.declared()));
    InitiateParts parts = s.initiate();
    parts.dedicated_key = dedicated_key;
    s.set_dedicated_key(dedicated_key);
    s.associate(parts);
    return s;
}

/// glo-, of the plain APDU, with this security control and counter.
Hex glo(const CipherKeys& keys, std::uint8_t security_control, std::uint32_t counter,
        const Hex& apdu) {
    return ciphered_tag(apdu, false) + counted(seal(keys, security_control, counter, apdu));
}

bool is_refused(Session& s, const Hex& answer) {
    if (answer.empty() || answer.starts_with("D8")) {
        return true;
    }
    const Hex plain = answer.starts_with("C4") ? answer : s.unprotect(answer);
    return plain.starts_with("D8") || (plain.starts_with("C401C101") && plain.size() == 10) ||
           (plain.starts_with("C501C1") && plain != "C501C100");
}

/// The meter gives no data to an APDU as it stands.
void expect_no_data(Session& s, const Hex& apdu, const std::string& what) {
    const Hex answer = s.ask_or_silence(apdu);
    expect(is_refused(s, answer), what + " was served: " + answer);
}

void expect_served(Session& s, const Hex& apdu, const std::string& what) {
    expect_octets(s.unprotect(s.ask(apdu)), own_name_answer, what);
}

void SYMSEC_0_BasicCap_1(Tester& tester) {
    Session s = secured(tester);
    const std::uint8_t suite = tester.declared().suite;
    const std::uint8_t required = s.declared().protection;
    tester.step("GET in the clear: served only when nothing is required");
    if (required == 0) {
        expect_octets(s.ask(get_own_name), own_name_answer, "GET in the clear");
    } else {
        expect_no_data(s, get_own_name, "GET in the clear");
    }
    for (const std::uint8_t control_octet :
         std::initializer_list<std::uint8_t>{authenticated, encrypted, both}) {
        const Hex apdu =
            s.protect(get_own_name, static_cast<std::uint8_t>(control_octet | suite), false);
        tester.step("GET with security control " + number(control_octet | suite, 1));
        if ((control_octet & required) == required) {
            expect_served(s, apdu, "GET");
            expect((s.last_opened().security_control & control_octet) == control_octet,
                   "the answer is less protected than the request");
        } else {
            expect_no_data(s, apdu, "GET with too little protection");
        }
    }
    tester.step("system titles of 8 octets");
    expect(length(s.meter_keys().originator) == 8, "the meter's system title is none");
    if (const DeclaredObject* setup = tester.declared().object("security_setup")) {
        tester.step("security setup: suite and titles as declared");
        expect(integer(s.read_data(setup->descriptor(3))) == suite, "the suite is another");
        expect_octets(string_content(s.read_data(setup->descriptor(5))),
                      tester.declared().system_title, "server_system_title");
    }
}

void SYMSEC_0_FraCount_1(Tester& tester) {
    Session s = secured(tester);
    const std::uint8_t control_octet = s.security_control();
    const std::uint32_t counter = tester.take_counter();
    const Hex first = glo(s.own_keys(), control_octet, counter, get_own_name);
    expect_served(s, first, "GET");
    tester.step("the same APDU again: no data");
    expect_no_data(s, first, "a replay");
    tester.step("the counter equal, and one less: no data");
    const Hex other = get_request(current_association + "01", "C2");
    expect_no_data(s, glo(s.own_keys(), control_octet, counter, other), "an equal counter");
    expect_no_data(s, glo(s.own_keys(), control_octet, counter - 1, other), "a lower counter");
    tester.step("the counter 1000 higher: served");
    tester.skip_counters(1000);
    s.expect_associated();
}

void SYMSEC_0_FraCount_3(Tester& tester) {
    Session s = dedicated(tester);
    for (const bool is_dedicated : {false, true}) {
        tester.step(is_dedicated ? "three GETs with the dedicated key: the meter's counter grows"
                                 : "three GETs with the global key: the meter's counter grows");
        std::uint32_t last = 0;
        for (int i = 0; i < 3; ++i) {
            expect_served(s, s.protect(get_own_name, is_dedicated), "GET");
            const std::uint32_t counter = s.last_opened().counter;
            expect(i == 0 || counter > last, "the meter's counter does not grow");
            last = counter;
        }
    }
}

const Hex new_unicast = "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF";
const Hex new_authentication = "B0B1B2B3B4B5B6B7B8B9BABBBCBDBEBF";

struct Transfer {
    unsigned key_id = 0;
    Hex wrapped;
};

int transfer(Tester& tester, Session& s, std::initializer_list<Transfer> keys) {
    Hex list = "01" + encoded_length(keys.size());
    for (const Transfer& one : keys) {
        list += "020216" + number(one.key_id, 1) + octet_string(one.wrapped);
    }
    return s.invoke(object(tester, "security_setup").descriptor(2), list).action_result;
}

void need_master_key(Tester& tester) {
    need_permission(tester, "keys");
    if (tester.declared().master_key.empty()) {
        inapplicable("no master_key is declared");
    }
    object(tester, "security_setup");
    if (length(tester.declared().unicast_key) != 16) {
        inapplicable("the case is about keys of 16 octets");
    }
}

/// Transfers keys, shows that they hold, and puts the old ones back, whatever happened.
void transfer_and_restore(Tester& tester, bool unicast, bool authentication) {
    need_master_key(tester);
    const Declaration& declared = tester.declared();
    const auto wrap = [&](const Hex& key) { return wrap_key(declared.master_key, key); };
    const auto send = [&](Session& s, const Hex& first, const Hex& second) {
        if (unicast && authentication) {
            return transfer(tester, s, {{0, wrap(first)}, {2, wrap(second)}});
        }
        return unicast ? transfer(tester, s, {{0, wrap(first)}})
                       : transfer(tester, s, {{2, wrap(second)}});
    };
    const Hex& next_unicast = unicast ? new_unicast : declared.unicast_key;
    const Hex& next_authentication =
        authentication ? new_authentication : declared.authentication_key;
    tester.step("key transfer: success");
    Session s = secured(tester);
    expect_result(send(s, new_unicast, new_authentication), {0}, "key transfer");
    Session renewed(tester, s.declared());
    renewed.set_global_keys(next_unicast, next_authentication);
    tester.step("a new association with the new keys");
    renewed.associate();
    renewed.expect_associated();
    std::string problem;
    try {
        tester.step("the old keys: no association");
        Session old(tester, s.declared());
        old.idle();
        const Hex answer = old.ask_or_silence(old.aarq().encode());
        expect(!answer.starts_with("61") || !parse_aare(answer).is_accepted(),
               "the old keys still work");
    } catch (const CaseEnd& end) {
        problem = end.reason;
    }
    tester.step("the old keys put back");
    renewed.associate();
    expect_result(send(renewed, declared.unicast_key, declared.authentication_key), {0},
                  "key transfer back");
    secured(tester).expect_associated();
    expect(problem.empty(), problem);
}

void SYMSEC_0_Key_Tx_P1(Tester& tester) {
    transfer_and_restore(tester, true, false);
}

void SYMSEC_0_Key_Tx_P2(Tester& tester) {
    transfer_and_restore(tester, false, true);
}

void SYMSEC_0_Key_Tx_P3(Tester& tester) {
    transfer_and_restore(tester, true, true);
}

void SYMSEC_0_Key_Tx_N1(Tester& tester) {
    need_master_key(tester);
    Session s = secured(tester);
    tester.step("a key id that is none: refused, the keys unchanged");
    const int result =
        transfer(tester, s, {{99, wrap_key(tester.declared().master_key, new_unicast)}});
    expect(result != 0, "key id 99 was taken");
    secured(tester).expect_associated();
}

void SYMSEC_0_Key_Tx_N2(Tester& tester) {
    need_master_key(tester);
    Session s = secured(tester);
    const Hex other_master = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";
    const std::pair<const char*, Hex> wrong[] = {
        {"wrapped with another master key", wrap_key(other_master, new_unicast)},
        {"not wrapped", new_unicast},
        {"of 23 octets", wrap_key(tester.declared().master_key, new_unicast).substr(0, 46)}};
    for (const auto& [what, octets] : wrong) {
        tester.step(std::string("a key ") + what + ": refused");
        expect(transfer(tester, s, {{0, octets}}) != 0,
               std::string("a key ") + what + " was taken");
    }
    tester.step("one right and one wrong: none is taken");
    expect(transfer(tester, s,
                    {{0, wrap_key(tester.declared().master_key, new_unicast)},
                     {2, new_authentication}}) != 0,
           "half a transfer was taken");
    secured(tester).expect_associated();
}

void SYMSEC_0_DedKey_N1(Tester& tester) {
    Session s(tester, *find_ciphered(tester.declared()));
    tester.step("a dedicated key of 8 octets: no association, or an exception");
    s.idle();
    Aarq aarq = s.aarq();
    InitiateParts parts = s.initiate();
    parts.dedicated_key = "0102030405060708";
    aarq.user_information = s.initiate_user_information(parts);
    const Hex answer = s.ask_or_silence(aarq.encode());
    expect(!answer.starts_with("61") || !parse_aare(answer).is_accepted(),
           "a dedicated key of 8 octets was taken");
    tester.step("ded- without a dedicated key: no data");
    s.associate();
    s.set_dedicated_key(dedicated_key);
    expect_no_data(s, s.protect(get_own_name, true), "ded- without a key");
    tester.step("ded- with the global key: no data");
    Session with = dedicated(tester);
    with.set_dedicated_key(tester.declared().unicast_key);
    expect_no_data(with, with.protect(get_own_name, true), "ded- with the global key");
    tester.step("the dedicated key of the association before: no data");
    Session again(tester, s.declared());
    InitiateParts other = again.initiate();
    other.dedicated_key = "11111111111111111111111111111111";
    again.associate(other);
    again.set_dedicated_key(dedicated_key);
    expect_no_data(again, again.protect(get_own_name, true), "an old dedicated key");
    s.associate();
    s.expect_associated();
}

void SYMSEC_0_SecDataX_P1(Tester& tester) {
    Session s = dedicated(tester);
    const std::uint8_t required = s.declared().protection;
    const DeclaredObject* text = tester.declared().object("secured_text");
    const bool may_write = text != nullptr && tester.declared().allows("write");
    for (const bool is_dedicated : {false, true}) {
        for (const std::uint8_t control_octet :
             std::initializer_list<std::uint8_t>{authenticated, encrypted, both}) {
            if ((control_octet & required) != required) {
                continue;
            }
            const auto whole = static_cast<std::uint8_t>(control_octet | tester.declared().suite);
            tester.step(std::string(is_dedicated ? "ded-" : "glo-") + " with security control " +
                        number(whole, 1) + ": GET, SET, GET");
            const auto ask = [&](const Hex& apdu) {
                const Hex answer = s.unprotect(s.ask(s.protect(apdu, whole, is_dedicated)));
                expect((s.last_opened().security_control & control_octet) == control_octet,
                       "the answer is less protected than the request");
                return answer;
            };
            expect_octets(ask(get_own_name), own_name_answer, "GET");
            if (may_write) {
                const Hex value = octet_string("53" + number(control_octet, 1));
                expect_octets(ask(set_request(text->descriptor(), value)), "C501C100", "SET");
                expect_octets(ask(get_request(text->descriptor())), "C401C100" + value, "GET");
            }
        }
    }
}

/// Writes where a writable text is declared, so that a request that is carried out without an
/// answer is seen too.
void SYMSEC_0_SecDataX_N1(Tester& tester) {
    Session s = secured(tester);
    const std::uint8_t control_octet = s.security_control();
    const DeclaredObject* text = tester.declared().object("secured_text");
    const bool may_write = text != nullptr && tester.declared().allows("write");
    const auto present = [&] {
        return may_write ? s.unprotect(s.ask(s.protect(get_request(text->descriptor())))) : Hex();
    };
    const Hex before = present();
    const Hex asked =
        may_write ? set_request(text->descriptor(), octet_string("4E31")) : get_own_name;
    const CipherKeys right = s.own_keys();
    CipherKeys wrong_unicast = right;
    wrong_unicast.encryption_key = "F0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF";
    CipherKeys wrong_authentication = right;
    wrong_authentication.authentication_key = wrong_unicast.encryption_key;
    const auto sealed = [&](const CipherKeys& keys, unsigned control_bits) {
        return glo(keys, static_cast<std::uint8_t>(control_bits), tester.take_counter(), asked);
    };
    tester.step("a wrong encryption key, a wrong authentication key: no data");
    expect_no_data(s, sealed(wrong_unicast, control_octet), "a wrong encryption key");
    expect_no_data(s, sealed(wrong_authentication, control_octet), "a wrong authentication key");
    tester.step("a wrong tag, an APDU cut short, no tag at all: no data");
    Hex bad_tag = sealed(right, control_octet);
    bad_tag.back() = bad_tag.back() == '0' ? '1' : '0';
    expect_no_data(s, bad_tag, "a wrong tag");
    const Hex tag = ciphered_tag(asked, false);
    Hex cut = seal(right, control_octet, tester.take_counter(), asked);
    cut.resize(cut.size() - 8);
    expect_no_data(s, tag + counted(cut), "an APDU cut short");
    Hex no_tag = seal(right, control_octet, tester.take_counter(), asked);
    no_tag.resize(no_tag.size() - 24);
    expect_no_data(s, tag + counted(no_tag), "an APDU without tag");
    tester.step("another suite, the broadcast key, compression: no data");
    expect_no_data(s, sealed(right, control_octet ^ 1u), "another suite");
    expect_no_data(s, sealed(right, control_octet | 0x40u), "the broadcast key");
    expect_no_data(s, sealed(right, control_octet | 0x80u), "compression");
    tester.step("a tag that does not fit what is inside: no data");
    const Hex other_tag = may_write ? "C8" : "C9";
    expect_no_data(s, other_tag + counted(seal(right, control_octet, tester.take_counter(), asked)),
                   "a tag that does not fit");
    tester.step("nothing was written, and the association works");
    expect_octets(present(), before, "the text that was there before");
    s.expect_associated();
}

void SYMSEC_REL_N1(Tester& tester) {
    Session s = secured(tester);
    if (s.declared().protection == 0) {
        inapplicable("the association requires no protection");
    }
    const auto not_released = [&](const Hex& rlrq, const std::string& what) {
        tester.step(what + ": not released");
        const Hex answer = s.ask_or_silence(rlrq);
        expect(!answer.starts_with("6303800100") || answer.size() > 10,
               what + " released the association");
        s.expect_associated();
    };
    const Hex plain = initiate_request(s.initiate());
    not_released("6200", "an RLRQ without anything");
    not_released("62" + counted("800100" + user_information(plain)),
                 "an RLRQ with an InitiateRequest in the clear");
    Hex bad = s.protect(plain);
    bad.back() = bad.back() == '0' ? '1' : '0';
    not_released("62" + counted("800100" + user_information(bad)), "an RLRQ with a wrong tag");
    tester.step("an RLRQ as it must be: released");
    const Hex answer = s.ask("62" + counted("800100" + s.initiate_user_information(s.initiate())));
    expect(answer.starts_with("63"), "RLRQ was answered by " + answer);
}

/// Policies of version 0 as enum, of version 1 as bits of requests and responses.
struct Policy {
    Hex version_0;
    Hex version_1;
    std::uint8_t required;
};
constexpr std::uint8_t no_protection = 0;

void activate_policy(Tester& tester, const Policy& policy) {
    need_permission(tester, "policy");
    const DeclaredObject& setup = object(tester, "security_setup");
    Session s = secured(tester);
    if (s.declared().protection != no_protection) {
        inapplicable("the association has a protection of its own");
    }
    bool is_version_1 = false;
    for (const ListedObject& one : s.object_list()) {
        if (one.class_id == 64 && one.logical_name == setup.logical_name) {
            is_version_1 = one.version >= 1;
        }
    }
    tester.step("security_activate: success");
    const Hex value = is_version_1 ? policy.version_1 : policy.version_0;
    expect_result(s.invoke(setup.descriptor(1), "16" + value).action_result, {0},
                  "security_activate");
    s.associate();
    tester.step("in the clear, and with less than the policy: refused; with it: served");
    expect_no_data(s, get_own_name, "GET in the clear");
    for (const std::uint8_t control_octet :
         std::initializer_list<std::uint8_t>{authenticated, encrypted, both}) {
        const Hex apdu =
            s.protect(get_own_name,
                      static_cast<std::uint8_t>(control_octet | tester.declared().suite), false);
        if ((control_octet & policy.required) == policy.required) {
            expect_served(s, apdu, "GET");
        } else {
            expect_no_data(s, apdu, "GET with less than the policy");
        }
    }
    tester.step("a weaker policy: refused");
    expect(s.invoke(setup.descriptor(1), "1600").action_result != 0, "the policy was lowered");
    expect_octets(s.read_data(setup.descriptor(2)), "16" + value, "security_policy");
}

void SYMSEC_0_SecPol_1(Tester& tester) {
    activate_policy(tester, {"01", "24", authenticated});
}

void SYMSEC_0_SecPol_2(Tester& tester) {
    activate_policy(tester, {"02", "48", encrypted});
}

void SYMSEC_0_SecPol_3(Tester& tester) {
    activate_policy(tester, {"03", "6C", both});
}

void SYMSEC_X_TAG_1(Tester& tester) {
    Session s = dedicated(tester);
    tester.step("glo-, ded-: the answer is of the same family");
    expect_served(s, s.protect(get_own_name, false), "glo-");
    expect(s.last_opened().tag == 0xCC, "a glo-get was answered by another tag");
    expect_served(s, s.protect(get_own_name, true), "ded-");
    expect(s.last_opened().tag == 0xD4, "a ded-get was answered by another tag");
    if ((s.negotiated() & bit::general_protection) == 0) {
        return;
    }
    tester.step("general-glo- and general-ded-ciphering: the same");
    const Hex title = "08" + s.own_keys().originator;
    const Hex content =
        seal(s.own_keys(), s.security_control(), tester.take_counter(), get_own_name);
    expect_served(s, "DB" + title + counted(content), "general-glo-ciphering");
    expect(s.last_opened().tag == 0xDB, "general-glo- was answered by another tag");
    CipherKeys keys = s.own_keys();
    keys.encryption_key = dedicated_key;
    expect_served(
        s,
        "DC" + title +
            counted(seal(keys, s.security_control(), tester.take_counter(), get_own_name)),
        "general-ded-ciphering");
    expect(s.last_opened().tag == 0xDC, "general-ded- was answered by another tag");
}

void SYMSEC_X_TITLE_1(Tester& tester) {
    Session s = secured(tester);
    if ((s.negotiated() & bit::general_protection) == 0) {
        inapplicable("general-protection is not negotiated");
    }
    const Hex content =
        counted(seal(s.own_keys(), s.security_control(), tester.take_counter(), get_own_name));
    tester.step("a title that is another's, and one of 7 octets: no data");
    expect_no_data(s,
                   "DB"
                   "08"
                   "5859580000000001" +
                       content,
                   "another title");
    expect_no_data(s,
                   "DB"
                   "07"
                   "58595800000001" +
                       content,
                   "a title of 7 octets");
    tester.step("no title: that of the AARQ");
    expect_served(s,
                  "DB00" + counted(seal(s.own_keys(), s.security_control(), tester.take_counter(),
                                        get_own_name)),
                  "no title");
}

void SYMSEC_1_X_CMP_1(Tester& tester) {
    Session s = secured(tester);
    tester.step("the compression bit: refused cleanly");
    const auto control_octet = static_cast<std::uint8_t>(s.security_control() | 0x80);
    expect_no_data(s, glo(s.own_keys(), control_octet, tester.take_counter(), get_own_name),
                   "a compressed APDU");
    s.expect_associated();
}

void SYMSEC_X_HLS_1(Tester& tester) {
    for (const DeclaredAssociation& one : tester.declared().associations) {
        if (one.mechanism >= 2 && !one.pre_established) {
            tester.step("mechanism " + std::to_string(one.mechanism) + " of client " +
                        std::to_string(one.client_sap) + ": f(CtoS) as it must be");
            Session s(tester, one);
            s.associate();
            s.expect_associated();
        }
    }
}

constexpr Case cases[] = {
    {"SYMSEC_0_BasicCap_1", with_ciphered, SYMSEC_0_BasicCap_1},
    {"SYMSEC_0_FraCount_1", with_ciphered, SYMSEC_0_FraCount_1},
    {"SYMSEC_0_FraCount_3", with_ciphered, SYMSEC_0_FraCount_3},
    {"SYMSEC_0_Key_Tx_P1", with_ciphered, SYMSEC_0_Key_Tx_P1},
    {"SYMSEC_0_Key_Tx_P2", with_ciphered, SYMSEC_0_Key_Tx_P2},
    {"SYMSEC_0_Key_Tx_P3", with_ciphered, SYMSEC_0_Key_Tx_P3},
    {"SYMSEC_0_Key_Tx_N1", with_ciphered, SYMSEC_0_Key_Tx_N1},
    {"SYMSEC_0_Key_Tx_N2", with_ciphered, SYMSEC_0_Key_Tx_N2},
    {"SYMSEC_0_DedKey_N1", with_ciphered, SYMSEC_0_DedKey_N1},
    {"SYMSEC_0_SecDataX_P1", with_ciphered, SYMSEC_0_SecDataX_P1},
    {"SYMSEC_0_SecDataX_N1", with_ciphered, SYMSEC_0_SecDataX_N1},
    {"SYMSEC_REL_N1", with_ciphered, SYMSEC_REL_N1},
    {"SYMSEC_0_SecPol_1", with_ciphered, SYMSEC_0_SecPol_1},
    {"SYMSEC_0_SecPol_2", with_ciphered, SYMSEC_0_SecPol_2},
    {"SYMSEC_0_SecPol_3", with_ciphered, SYMSEC_0_SecPol_3},
    {"SYMSEC_X_TAG_1", with_ciphered, SYMSEC_X_TAG_1},
    {"SYMSEC_X_TITLE_1", with_ciphered, SYMSEC_X_TITLE_1},
    {"SYMSEC_X_HLS_1", with_hls, SYMSEC_X_HLS_1},
    {"SYMSEC_1_X_CMP_1", with_ciphered, SYMSEC_1_X_CMP_1},
};

}  // namespace

std::span<const Case> symsec_cases() {
    return cases;
}

}  // namespace dlms::conformance
