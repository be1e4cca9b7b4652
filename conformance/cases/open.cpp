// APPL_IDLE_*, APPL_OPEN_*: associations.

#include <algorithm>

#include "conformance/cases/needs.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint8_t gmac = 5;

Session plain_session(Tester& tester) {
    Session s(tester, *find_plain(tester.declared()));
    s.idle();
    return s;
}

Session lls_session(Tester& tester) {
    Session s(tester, *find_lls(tester.declared()));
    s.idle();
    return s;
}

/// A new association with the declared parameters is still accepted.
void expect_still_opens(Session& s) {
    s.associate();
    s.expect_associated();
}

std::string with_title(const Declaration& declared) {
    const auto* found = declared.find([](const DeclaredAssociation& one) {
        return !one.pre_established && !one.client_system_title.empty() &&
               (one.ciphered || one.mechanism >= gmac);
    });
    return found != nullptr ? "" : "no association that needs a system title is declared";
}

std::string with_pre_established(const Declaration& declared) {
    const auto* found = declared.find(
        [](const DeclaredAssociation& one) { return one.pre_established && !one.ciphered; });
    return found != nullptr ? "" : "no pre-established association is declared";
}

/// AARQ and the answer, which may be silence.
std::optional<Aare> propose_or_silence(Session& s, const Aarq& aarq) {
    const Hex answer = s.ask_or_silence(aarq.encode());
    return answer.empty() ? std::nullopt : std::optional(parse_aare(answer));
}

void APPL_IDLE_N1(Tester& tester) {
    for (const DeclaredAssociation& one : tester.declared().associations) {
        if (one.pre_established) {
            continue;
        }
        tester.step("client " + std::to_string(one.client_sap) +
                    ", a request without association: refused, or silence");
        Session s(tester, one);
        s.idle();
        s.expect_not_associated();
    }
}

void APPL_OPEN_1(Tester& tester) {
    for (const DeclaredAssociation& one : tester.declared().associations) {
        tester.step("client " + std::to_string(one.client_sap) + " (" + one.name +
                    "): AARQ with the declared parameters, its logical name, release");
        Session s(tester, one);
        s.associate();
        s.expect_associated();
        if (!one.pre_established) {
            expect((s.negotiated() & ~one.conformance) == 0,
                   "the meter negotiates more than was proposed");
            expect(s.negotiated() == one.conformance,
                   "the meter does not negotiate the declared conformance but " +
                       number(s.negotiated(), 3));
            expect(one.max_receive_pdu_size == 0 || s.server_pdu_size() == one.max_receive_pdu_size,
                   "server-max-receive-pdu-size is not the declared one but " +
                       std::to_string(s.server_pdu_size()));
            if (!one.ciphered) {
                s.release();
            }
        }
    }
}

void APPL_OPEN_2(Tester& tester) {
    const DeclaredAssociation* found =
        tester.declared().find([](const DeclaredAssociation& one) { return !one.users.empty(); });
    if (found == nullptr) {
        inapplicable("no association with a user list is declared");
    }
    Session s(tester, *found);
    tester.step("a listed user: accepted");
    s.associate();
    tester.step("a user that is not listed: rejected with diagnostic 6");
    s.idle();
    Aarq aarq = s.aarq();
    unsigned stranger = 0;
    while (std::ranges::find(found->users, stranger) != found->users.end()) {
        ++stranger;
    }
    aarq.calling_ids = "A9030201" + number(stranger, 1);
    s.expect_rejected(s.propose(aarq), {6}, "a user that is not listed");
    tester.step("no user: rejected");
    s.idle();
    aarq = s.aarq();
    aarq.calling_ids.clear();
    s.expect_rejected(s.propose(aarq), {6, 1}, "no user");
}

void APPL_OPEN_3(Tester& tester) {
    Session s(tester, *find_hls(tester.declared()));
    tester.step("AARQ, f(StoC): AARE with diagnostic 14, f(CtoS)");
    s.associate();
    s.expect_associated();
    tester.step("a wrong f(StoC): an action-result other than success");
    need_permission(tester, "wrong_passwords");
    s.idle();
    const Aare aare = s.propose(s.aarq());
    expect(aare.is_accepted() && aare.diagnostic == 14, "the AARE does not ask for pass 3");
    if (const Hex title = aare.field(0xA4); title.size() == 20) {
        s.set_server_title(title.substr(4));
    }
    Hex answer = s.pass_3(s.server_challenge(aare),
                          s.declared().mechanism == gmac ? tester.take_counter() : 0);
    answer.back() = answer.back() == '0' ? '1' : '0';
    const Hex result =
        s.request_or_silence(action_request(current_association + "01", octet_string(answer)));
    expect(!result.starts_with("C701C100"), "a wrong f(StoC) was taken");
    tester.step("no association came about");
    const Hex refused = s.request_or_silence(get_own_name);
    expect(!refused.starts_with("C401C100"), "data without authentication: " + refused);
    expect_still_opens(s);
}

void APPL_OPEN_4_S1(Tester& tester) {
    for (const Hex version : {"80020780", "80020284"}) {
        Session s = plain_session(tester);
        tester.step("protocol-version " + version + ": accepted");
        Aarq aarq = s.aarq();
        aarq.protocol_version = version;
        s.accept(s.propose(aarq));
    }
}

void APPL_OPEN_4_S2(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("protocol-version without version1: rejected, provider diagnostic 2");
    Aarq aarq = s.aarq();
    aarq.protocol_version = "80020244";
    const Aare aare = s.propose(aarq);
    expect(aare.result != 0 && aare.source == 0xA2 && aare.diagnostic == 2,
           "expected the provider's diagnostic 2, not " + std::to_string(aare.diagnostic));
    expect_still_opens(s);
}

void APPL_OPEN_5_S1(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("no application context: rejected with diagnostic 2, or no AARE");
    Aarq aarq = s.aarq();
    aarq.context.clear();
    if (const auto aare = propose_or_silence(s, aarq)) {
        s.expect_rejected(*aare, {2}, "no application context");
    }
    expect_still_opens(s);
}

void APPL_OPEN_5_S2(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("an unknown application context: rejected with diagnostic 2");
    Aarq aarq = s.aarq();
    aarq.context = "A10906075F857504070203";
    s.expect_rejected(s.propose(aarq), {2}, "an unknown context");
    expect_still_opens(s);
}

void APPL_OPEN_5_S3(Tester& tester) {
    Session s = plain_session(tester);
    const Hex right = s.aarq().context;
    for (std::uint8_t id = 1; id <= 4; ++id) {
        if (context_name(id) == right) {
            continue;
        }
        tester.step("context " + std::to_string(id) + ", which is not declared: rejected");
        s.idle();
        Aarq aarq = s.aarq();
        aarq.context = context_name(id);
        s.expect_rejected(s.propose(aarq), {2}, "another context");
    }
    expect_still_opens(s);
}

void APPL_OPEN_6_S1(Tester& tester) {
    Session s(tester, *find_public(tester.declared()));
    s.idle();
    tester.step("titles, qualifiers and ids that nobody uses: accepted");
    Aarq aarq = s.aarq();
    aarq.called =
        "A203040144"
        "A303040144"
        "A403020100"
        "A503020100";
    aarq.calling_ids = "A803020100";
    s.accept(s.propose(aarq));
    s.expect_associated();
}

Session title_session(Tester& tester) {
    return Session(tester, *tester.declared().find([](const DeclaredAssociation& one) {
        return !one.pre_established && !one.client_system_title.empty() &&
               (one.ciphered || one.mechanism >= gmac);
    }));
}

void wrong_title(Tester& tester, const Hex& title, const std::string& what) {
    Session s = title_session(tester);
    s.idle();
    tester.step("a calling-AP-title that is " + what + ": rejected with diagnostic 3");
    Aarq aarq = s.aarq();
    aarq.calling_title = title;
    s.expect_rejected(s.propose(aarq), {3}, "a title that is " + what);
    expect_still_opens(s);
}

void APPL_OPEN_6_S2(Tester& tester) {
    wrong_title(tester, "A603040144", "too short");
}

void APPL_OPEN_6_S3(Tester& tester) {
    wrong_title(tester, "A60C040A43545430303030303030", "too long");
}

void APPL_OPEN_6_S4(Tester& tester) {
    Session s = plain_session(tester);
    if (!s.declared().users.empty()) {
        inapplicable("the association has a user list");
    }
    tester.step("calling-AE-invocation-id where there are no users: accepted");
    Aarq aarq = s.aarq();
    aarq.calling_ids = "A903020101";
    s.accept(s.propose(aarq));
}

void APPL_OPEN_7_S1(Tester& tester) {
    Session s(tester, *find_public(tester.declared()));
    s.idle();
    tester.step("LLS at an association without authentication: as declared");
    Aarq aarq = s.aarq();
    aarq.requirements = "8A020780";
    aarq.mechanism = mechanism_name(1);
    aarq.authentication = authentication_value("3030303030303030");
    const Aare aare = s.propose(aarq);
    if (tester.declared().has_claim("public_authentication_refused")) {
        s.expect_rejected(aare, {11, 13}, "authentication that is not needed");
    } else {
        s.accept(aare);
    }
}

void APPL_OPEN_7_S2(Tester& tester) {
    Session s = lls_session(tester);
    need_permission(tester, "wrong_passwords");
    tester.step("authentication without a mechanism's name: rejected with 12 or 13");
    Aarq aarq = s.aarq();
    aarq.mechanism.clear();
    s.expect_rejected(s.propose(aarq), {12, 13}, "no mechanism name");
    expect_still_opens(s);
}

void APPL_OPEN_7_S3(Tester& tester) {
    need_permission(tester, "wrong_passwords");
    for (const std::uint8_t mechanism : std::initializer_list<std::uint8_t>{0x63, 0x05}) {
        Session s = lls_session(tester);
        tester.step("mechanism " + std::to_string(mechanism) + ": rejected with 11 or 13");
        Aarq aarq = s.aarq();
        aarq.mechanism = mechanism_name(mechanism);
        s.expect_rejected(s.propose(aarq), {11, 13}, "another mechanism");
        expect_still_opens(s);
    }
}

void APPL_OPEN_7_S4(Tester& tester) {
    Session s = lls_session(tester);
    need_permission(tester, "wrong_passwords");
    tester.step("LLS without a password: rejected with 13 or 14");
    Aarq aarq = s.aarq();
    aarq.authentication.clear();
    s.expect_rejected(s.propose(aarq), {13, 14}, "no password");
    expect_still_opens(s);
}

void APPL_OPEN_7_S5(Tester& tester) {
    need_permission(tester, "wrong_passwords");
    const Hex& right = find_lls(tester.declared())->secret;
    Hex wrong = right;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    const std::pair<Hex, const char*> passwords[] = {{wrong, "wrong"},
                                                     {right.substr(2), "one octet short"},
                                                     {right + "30", "one octet long"},
                                                     {"", "empty"}};
    for (const auto& [password, what] : passwords) {
        Session s = lls_session(tester);
        tester.step(std::string("a password that is ") + what +
                    ": rejected with 13; the right one works");
        Aarq aarq = s.aarq();
        aarq.authentication = authentication_value(password);
        s.expect_rejected(s.propose(aarq), {13}, std::string("a password that is ") + what);
        expect_still_opens(s);
    }
}

void APPL_OPEN_7_S6(Tester& tester) {
    need_permission(tester, "wrong_passwords");
    for (const Hex requirements : {"", "8A020700"}) {
        Session s = lls_session(tester);
        tester.step(requirements.empty() ? "no sender-acse-requirements: rejected with 13 or 14"
                                         : "sender-acse-requirements without the bit: the same");
        Aarq aarq = s.aarq();
        aarq.requirements = requirements;
        s.expect_rejected(s.propose(aarq), {13, 14}, "authentication that is not asked for");
        expect_still_opens(s);
    }
}

void APPL_OPEN_7_S7(Tester& tester) {
    Session s = lls_session(tester);
    tester.step("no authentication where it is needed: rejected with 14 or 13");
    Aarq aarq = s.aarq();
    aarq.requirements.clear();
    aarq.mechanism.clear();
    aarq.authentication.clear();
    s.expect_rejected(s.propose(aarq), {14, 13}, "no authentication");
    expect_still_opens(s);
}

void APPL_OPEN_7_S8(Tester& tester) {
    Session s(tester, *find_hls(tester.declared()));
    for (const std::size_t size : std::initializer_list<std::size_t>{8, 64}) {
        tester.step("a challenge of " + std::to_string(size) + " octets: accepted");
        s.idle();
        Aarq aarq = s.aarq();
        aarq.authentication = authentication_value(s.new_challenge(size));
        s.accept(s.propose(aarq));
    }
    need_permission(tester, "wrong_passwords");
    for (const std::size_t size : std::initializer_list<std::size_t>{7, 65}) {
        tester.step("a challenge of " + std::to_string(size) + " octets: rejected with 13");
        s.idle();
        Aarq aarq = s.aarq();
        aarq.authentication = authentication_value(s.new_challenge(size));
        s.expect_rejected(s.propose(aarq), {13}, "a challenge of another length");
    }
}

void APPL_OPEN_9(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("a dedicated key in the clear: rejected with 0E0106, or no AARE");
    Aarq aarq = s.aarq();
    InitiateParts parts = s.initiate();
    parts.dedicated_key = "000102030405060708090A0B0C0D0E0F";
    aarq.user_information = user_information(initiate_request(parts));
    if (const auto aare = propose_or_silence(s, aarq)) {
        s.expect_rejected(*aare, {1}, "a dedicated key in the clear");
        expect(aare->user_information == "0E010600" || aare->user_information == "0E010604",
               "user-information is " + aare->user_information);
    }
    expect_still_opens(s);
}

/// An association with other InitiateRequest members.
Aare propose_initiate(Session& s, const InitiateParts& parts) {
    s.idle();
    Aarq aarq = s.aarq();
    aarq.user_information = s.initiate_user_information(parts);
    return s.propose(aarq);
}

void APPL_OPEN_11(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("proposed-quality-of-service 1: accepted");
    InitiateParts parts = s.initiate();
    parts.quality_of_service = "0101";
    s.accept(propose_initiate(s, parts));
}

void APPL_OPEN_12_S1(Tester& tester) {
    Session s = plain_session(tester);
    for (const std::uint8_t version : std::initializer_list<std::uint8_t>{5, 0}) {
        tester.step("DLMS version " + std::to_string(version) + ": dlms-version-too-low");
        InitiateParts parts = s.initiate();
        parts.version = version;
        s.expect_rejected_initiate(propose_initiate(s, parts), 1, "a version that is too low");
    }
    expect_still_opens(s);
}

void APPL_OPEN_12_S2(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("DLMS version 7: accepted with version 6, or dlms-version-too-low");
    InitiateParts parts = s.initiate();
    parts.version = 7;
    const Aare aare = propose_initiate(s, parts);
    if (aare.is_accepted()) {
        expect(parse_initiate_response(aare.user_information).version == 6,
               "the negotiated version is not 6");
    } else {
        s.expect_rejected_initiate(aare, 1, "version 7");
    }
}

void APPL_OPEN_13_S1(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("every conformance bit proposed: the declared ones negotiated");
    InitiateParts parts = s.initiate();
    parts.conformance = "FFFFFF";
    s.accept(propose_initiate(s, parts));
    expect_octets(number(s.negotiated(), 3), number(s.declared().conformance, 3),
                  "negotiated conformance");
}

void APPL_OPEN_13_S2(Tester& tester) {
    Session s = plain_session(tester);
    const std::uint32_t one = s.declared().short_names ? bit::read : bit::get;
    tester.step("one conformance bit proposed: that one negotiated");
    InitiateParts parts = s.initiate();
    parts.conformance = number(one, 3);
    s.accept(propose_initiate(s, parts));
    expect_octets(number(s.negotiated(), 3), number(one, 3), "negotiated conformance");
}

void APPL_OPEN_13_S3(Tester& tester) {
    Session s = plain_session(tester);
    const std::uint32_t other =
        s.declared().short_names ? bit::get | bit::set : bit::read | bit::write;
    for (const std::uint32_t bits : {std::uint32_t{0}, other}) {
        tester.step("conformance " + number(bits, 3) + ": incompatible-conformance");
        InitiateParts parts = s.initiate();
        parts.conformance = number(bits, 3);
        s.expect_rejected_initiate(propose_initiate(s, parts), 2, "nothing in common");
    }
    expect_still_opens(s);
}

void APPL_OPEN_14_S1(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("client-max-receive-pdu-size 12: accepted, and no APDU above it");
    InitiateParts parts = s.initiate();
    parts.max_pdu_size = 12;
    s.accept(propose_initiate(s, parts));
    if (!s.declared().short_names) {
        const Hex answer = s.request(get_own_name);
        expect(length(answer) <= 12, "an APDU of " + std::to_string(length(answer)) + " octets");
    }
}

void APPL_OPEN_14_S2(Tester& tester) {
    Session s = plain_session(tester);
    for (const std::uint16_t size : std::initializer_list<std::uint16_t>{11, 1}) {
        tester.step("client-max-receive-pdu-size " + std::to_string(size) + ": pdu-size-too-short");
        InitiateParts parts = s.initiate();
        parts.max_pdu_size = size;
        s.expect_rejected_initiate(propose_initiate(s, parts), 3, "a size that is too short");
    }
    expect_still_opens(s);
}

void APPL_OPEN_14_S3(Tester& tester) {
    Session s = plain_session(tester);
    for (const std::uint16_t size : std::initializer_list<std::uint16_t>{0xFFFF, 0}) {
        tester.step("client-max-receive-pdu-size " + number(size, 2) + ": accepted");
        InitiateParts parts = s.initiate();
        parts.max_pdu_size = size;
        s.accept(propose_initiate(s, parts));
        s.expect_associated();
    }
}

void APPL_OPEN_X_1(Tester& tester) {
    for (const DeclaredAssociation& one : tester.declared().associations) {
        if (one.pre_established) {
            continue;
        }
        tester.step("mechanism " + std::to_string(one.mechanism) + " of client " +
                    std::to_string(one.client_sap) + ": accepted as the mechanism has it");
        Session s(tester, one);
        s.associate();
        s.expect_associated();
    }
}

void APPL_OPEN_X_2(Tester& tester) {
    Session s(tester, *find_hls(tester.declared()));
    tester.step("two AARQ with the same challenge: different challenges of 8 to 64 octets back");
    const Hex own = s.new_challenge();
    Hex first;
    for (int i = 0; i < 2; ++i) {
        s.idle();
        Aarq aarq = s.aarq();
        s.set_challenge(own);
        aarq.authentication = authentication_value(own);
        const Hex challenge = s.server_challenge(s.propose(aarq));
        expect(length(challenge) >= 8 && length(challenge) <= 64,
               "StoC has " + std::to_string(length(challenge)) + " octets");
        expect(challenge != own, "StoC is CtoS");
        expect(challenge != first, "StoC is the one of the association before");
        first = challenge;
    }
}

void APPL_OPEN_X_3(Tester& tester) {
    Session s(tester, *find_hls(tester.declared()));
    s.idle();
    const Aare aare = s.propose(s.aarq());
    if (const Hex title = aare.field(0xA4); title.size() == 20) {
        s.set_server_title(title.substr(4));
    }
    tester.step("before pass 3, GET and another method: refused, never data");
    const Hex data = s.request_or_silence(get_own_name);
    expect(!data.starts_with("C401C100"), "data before authentication: " + data);
    const Hex method = s.request_or_silence(action_request("0046000060030AFF01", "0F00"));
    expect(!method.starts_with("C701C100"), "a method before authentication: " + method);
    tester.step("a new association works");
    expect_still_opens(s);
}

void APPL_OPEN_X_4(Tester& tester) {
    Session s(tester, *find_hls(tester.declared()));
    need_permission(tester, "wrong_passwords");
    s.idle();
    tester.step("an f(StoC) recorded from another run: refused");
    const Aare first = s.propose(s.aarq());
    if (const Hex title = first.field(0xA4); title.size() == 20) {
        s.set_server_title(title.substr(4));
    }
    const Hex recorded = s.pass_3(s.server_challenge(first),
                                  s.declared().mechanism == gmac ? tester.take_counter() : 0);
    s.idle();
    s.propose(s.aarq());
    const Hex result =
        s.request_or_silence(action_request(current_association + "01", octet_string(recorded)));
    expect(!result.starts_with("C701C100"), "a replayed f(StoC) was taken");
    expect_still_opens(s);
}

void APPL_OPEN_X_5(Tester& tester) {
    Session s = plain_session(tester);
    s.associate();
    tester.step("the same AARQ on the association: rejected, or a new association");
    const Aare again = s.propose(s.aarq());
    if (again.is_accepted()) {
        s.accept(again);
    }
    s.expect_associated();
    tester.step("the same, always: the rule does not change");
    const Aare third = s.propose(s.aarq());
    expect(third.is_accepted() == again.is_accepted(), "one time accepted, one time not");
}

void APPL_OPEN_X_6(Tester& tester) {
    Session s(tester, *find_ciphered(tester.declared()));
    need_permission(tester, "wrong_passwords");
    const auto refused = [&](const Hex& information, const std::string& what) {
        tester.step(what + ": rejected, or an exception");
        s.idle();
        Aarq aarq = s.aarq();
        aarq.user_information = user_information(information);
        const Hex answer = s.ask_or_silence(aarq.encode());
        if (answer.empty() || answer.starts_with("D8")) {
            return;
        }
        const Aare aare = parse_aare(answer);
        expect(!aare.is_accepted(), what + ": the meter accepted");
    };
    const Hex plain = initiate_request(s.initiate());
    refused(plain, "an InitiateRequest in the clear");
    Hex bad_tag = s.protect(plain);
    bad_tag.back() = bad_tag.back() == '0' ? '1' : '0';
    refused(bad_tag, "an InitiateRequest with a wrong tag");
    const std::uint32_t counter = tester.take_counter();
    const Hex old = "21" + counted(seal(s.own_keys(), s.security_control(), counter, plain));
    expect_still_opens(s);
    refused(old, "an InitiateRequest with an old counter");
    expect_still_opens(s);
}

void APPL_OPEN_X_8(Tester& tester) {
    Session s = plain_session(tester);
    tester.step("response-allowed FALSE: no AARE");
    Aarq aarq = s.aarq();
    InitiateParts parts = s.initiate();
    parts.response_allowed = false;
    aarq.user_information = user_information(initiate_request(parts));
    s.expect_silence(aarq.encode(), "an unconfirmed AARQ");
    tester.step("a confirmed request: refused");
    s.expect_not_associated();
    expect_still_opens(s);
}

void APPL_OPEN_X_9(Tester& tester) {
    Session s(tester, *tester.declared().find([](const DeclaredAssociation& one) {
        return one.pre_established && !one.ciphered;
    }));
    s.idle();
    tester.step("a request without AARQ: served");
    s.expect_associated();
    tester.step("AARQ: refused, or silence");
    if (const auto aare = propose_or_silence(s, s.aarq())) {
        expect(!aare->is_accepted(), "AARQ at a pre-established association was accepted");
    }
    tester.step("RLRQ: refused or ignored; on a new link the association is there");
    s.ask_or_silence("6203800100");
    s.idle();
    s.expect_associated();
}

void APPL_OPEN_X_10(Tester& tester) {
    Session s = plain_session(tester);
    const Hex right = s.aarq().encode();
    const auto harmless = [&](const Hex& octets, const std::string& what) {
        const Hex answer = s.ask_or_silence(octets);
        if (answer.starts_with("61")) {
            expect(!parse_aare(answer).is_accepted(), what + " was accepted");
        }
    };
    tester.step("AARQ cut at every octet, its length as it was: rejected or silence");
    for (std::size_t size = 1; size < length(right); ++size) {
        harmless(right.substr(0, 2 * size), "AARQ of " + std::to_string(size) + " octets");
    }
    tester.step("wrong lengths, an unknown tag, a context twice, a length of 64 KiB");
    const Hex fields = right.substr(4);
    harmless("60" + encoded_length(length(fields) + 1) + fields, "AARQ of a wrong length");
    harmless("60" + encoded_length(length(fields) - 1) + fields, "AARQ of a wrong length");
    harmless("60" + counted("9F0101" + fields), "AARQ with tag 9F");
    harmless("60" + counted(s.aarq().context + fields), "AARQ with two contexts");
    harmless("6082FFFF" + fields, "AARQ with a length of 64 KiB");
    tester.step("the right AARQ: accepted");
    expect_still_opens(s);
}

constexpr Case cases[] = {
    {"APPL_IDLE_N1", always, APPL_IDLE_N1},
    {"APPL_OPEN_1", always, APPL_OPEN_1},
    {"APPL_OPEN_2", always, APPL_OPEN_2},
    {"APPL_OPEN_3", with_hls, APPL_OPEN_3},
    {"APPL_OPEN_4/S1", with_plain, APPL_OPEN_4_S1},
    {"APPL_OPEN_4/S2", with_plain, APPL_OPEN_4_S2},
    {"APPL_OPEN_5/S1", with_plain, APPL_OPEN_5_S1},
    {"APPL_OPEN_5/S2", with_plain, APPL_OPEN_5_S2},
    {"APPL_OPEN_5/S3", with_plain, APPL_OPEN_5_S3},
    {"APPL_OPEN_6/S1", with_public, APPL_OPEN_6_S1},
    {"APPL_OPEN_6/S2", with_title, APPL_OPEN_6_S2},
    {"APPL_OPEN_6/S3", with_title, APPL_OPEN_6_S3},
    {"APPL_OPEN_6/S4", with_plain, APPL_OPEN_6_S4},
    {"APPL_OPEN_7/S1", with_public, APPL_OPEN_7_S1},
    {"APPL_OPEN_7/S2", with_lls, APPL_OPEN_7_S2},
    {"APPL_OPEN_7/S3", with_lls, APPL_OPEN_7_S3},
    {"APPL_OPEN_7/S4", with_lls, APPL_OPEN_7_S4},
    {"APPL_OPEN_7/S5", with_lls, APPL_OPEN_7_S5},
    {"APPL_OPEN_7/S6", with_lls, APPL_OPEN_7_S6},
    {"APPL_OPEN_7/S7", with_lls, APPL_OPEN_7_S7},
    {"APPL_OPEN_7/S8", with_hls, APPL_OPEN_7_S8},
    {"APPL_OPEN_9", with_plain, APPL_OPEN_9},
    {"APPL_OPEN_11", with_plain, APPL_OPEN_11},
    {"APPL_OPEN_12/S1", with_plain, APPL_OPEN_12_S1},
    {"APPL_OPEN_12/S2", with_plain, APPL_OPEN_12_S2},
    {"APPL_OPEN_13/S1", with_plain, APPL_OPEN_13_S1},
    {"APPL_OPEN_13/S2", with_plain, APPL_OPEN_13_S2},
    {"APPL_OPEN_13/S3", with_plain, APPL_OPEN_13_S3},
    {"APPL_OPEN_14/S1", with_plain, APPL_OPEN_14_S1},
    {"APPL_OPEN_14/S2", with_plain, APPL_OPEN_14_S2},
    {"APPL_OPEN_14/S3", with_plain, APPL_OPEN_14_S3},
    {"APPL_OPEN_X_1", always, APPL_OPEN_X_1},
    {"APPL_OPEN_X_2", with_hls, APPL_OPEN_X_2},
    {"APPL_OPEN_X_3", with_hls, APPL_OPEN_X_3},
    {"APPL_OPEN_X_4", with_hls, APPL_OPEN_X_4},
    {"APPL_OPEN_X_5", with_plain, APPL_OPEN_X_5},
    {"APPL_OPEN_X_6", with_ciphered, APPL_OPEN_X_6},
    {"APPL_OPEN_X_8", with_plain, APPL_OPEN_X_8},
    {"APPL_OPEN_X_9", with_pre_established, APPL_OPEN_X_9},
    {"APPL_OPEN_X_10", with_plain, APPL_OPEN_X_10},
};

}  // namespace

std::span<const Case> open_cases() {
    return cases;
}

}  // namespace dlms::conformance
