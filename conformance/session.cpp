#include "conformance/session.hpp"

#include <algorithm>

#include "stack/base/hex.hpp"
#include "stack/base/random.hpp"

namespace dlms::conformance {
namespace {

constexpr int authentication_required = 14;
constexpr std::uint8_t first_hls_mechanism = 2;
constexpr std::uint8_t gmac = 5;
const Hex requirements_octets = "8A020780";

}  // namespace

void Session::idle() {
    tester_.hang_up();
    if (tester_.declared().link == Link::hdlc) {
        connect_link();
    }
}

InitiateParts Session::initiate() const {
    InitiateParts parts;
    parts.conformance = number(association_.conformance, 3);
    return parts;
}

CipherKeys Session::own_keys() const {
    return {unicast_key_, authentication_key_, association_.client_system_title};
}

CipherKeys Session::meter_keys() const {
    return {unicast_key_, authentication_key_, server_title_};
}

std::uint8_t Session::security_control() const {
    const std::uint8_t protection =
        association_.protection == 0 ? std::uint8_t{0x30} : association_.protection;
    return static_cast<std::uint8_t>(protection | tester_.declared().suite);
}

Hex Session::initiate_user_information(const InitiateParts& parts) {
    const Hex plain = initiate_request(parts);
    return user_information(association_.ciphered ? protect(plain, security_control(), false)
                                                  : plain);
}

Hex Session::new_challenge(std::size_t size) {
    ByteBuffer bytes(size);
    if (!SystemRandom().fill(bytes)) {
        inconclusive("no randomness for a challenge");
    }
    client_challenge_ = to_hex(bytes);
    return client_challenge_;
}

Aarq Session::aarq() {
    Aarq aarq;
    aarq.context = context_name(static_cast<std::uint8_t>(1 + (association_.short_names ? 1 : 0) +
                                                          (association_.ciphered ? 2 : 0)));
    if (!association_.client_system_title.empty()) {
        aarq.calling_title = "A60A0408" + association_.client_system_title;
    }
    if (!association_.users.empty()) {
        aarq.calling_ids = "A9030201" + number(association_.users.front(), 1);
    }
    if (association_.mechanism > 0) {
        aarq.requirements = requirements_octets;
        aarq.mechanism = mechanism_name(association_.mechanism);
        aarq.authentication = authentication_value(
            association_.mechanism >= first_hls_mechanism ? new_challenge() : association_.secret);
    }
    aarq.user_information = initiate_user_information(initiate());
    return aarq;
}

Aare Session::propose(const Aarq& aarq) {
    return parse_aare(ask(aarq.encode()));
}

Hex Session::server_challenge(const Aare& aare) const {
    const Hex field = aare.field(0xAA);
    Cursor cursor(field);
    expect(cursor.number(1) == 0x80, "the AARE has no responding-authentication-value");
    return cursor.counted();
}

Hex Session::pass_3(const Hex& challenge, std::uint32_t counter) {
    return hls_answer({association_.mechanism, tester_.declared().suite, association_.secret,
                       own_keys(), server_title_, challenge, client_challenge_, counter});
}

void Session::accept(const Aare& aare) {
    expect(aare.is_accepted(), "the association was rejected: result " +
                                   std::to_string(aare.result) + ", diagnostic " +
                                   std::to_string(aare.diagnostic));
    if (const Hex title = aare.field(0xA4); title.size() == 20) {
        server_title_ = title.substr(4);
    }
    Hex information = aare.user_information;
    if (information.starts_with("28")) {
        last_opened_ = open_sealed(meter_keys(), information);
        information = last_opened_.apdu;
    }
    const InitiateResponse response = parse_initiate_response(information);
    negotiated_ = response.conformance;
    server_pdu_size_ = response.max_pdu_size;
    if (association_.mechanism < first_hls_mechanism) {
        expect(aare.diagnostic == 0, "an accepting AARE has a diagnostic other than null");
        return;
    }
    expect(aare.source == 0xA1 && aare.diagnostic == authentication_required,
           "the AARE does not ask for pass 3: its diagnostic is not authentication-required");
    const Hex challenge = server_challenge(aare);
    const std::uint32_t counter = association_.mechanism == gmac ? tester_.take_counter() : 0;
    const Hex reply_descriptor = current_association + "01";
    const InvokeResult reply = invoke(reply_descriptor, octet_string(pass_3(challenge, counter)));
    expect(reply.action_result == 0, "reply_to_HLS_authentication was refused with action-result " +
                                         std::to_string(reply.action_result));
    const Hex answer = string_content(reply.data);
    HlsParts parts{association_.mechanism,
                   tester_.declared().suite,
                   association_.secret,
                   meter_keys(),
                   association_.client_system_title,
                   client_challenge_,
                   challenge,
                   0};
    if (association_.mechanism == gmac) {
        expect(length(answer) == 17, "f(CtoS) of HLS-GMAC has 17 octets, not: " + answer);
        parts.counter = static_cast<std::uint32_t>(number_at(answer, 1, 4));
    }
    expect_octets(answer, hls_answer(parts), "f(CtoS)");
}

void Session::associate() {
    idle();
    if (!association_.pre_established) {
        accept(propose(aarq()));
    }
}

void Session::associate(const InitiateParts& parts) {
    idle();
    Aarq request = aarq();
    request.user_information = initiate_user_information(parts);
    accept(propose(request));
}

void Session::expect_associated() {
    if (association_.short_names) {
        const ReadResult result = read_name(0xFA00);
        expect_octets(result.data, "09060000280000FF", "logical name of the current association");
        return;
    }
    const Hex answer = request(get_own_name);
    expect_octets(answer, own_name_answer, "logical name of the current association");
}

void Session::expect_not_associated() {
    const Hex answer = ask_or_silence(association_.short_names ? read_own_name : get_own_name);
    const bool is_refused = answer.empty() || answer.starts_with("D8") || answer == "0E010302";
    expect(is_refused, "a request without association was answered by " + answer);
}

void Session::release() {
    const Hex answer = ask("6203800100");
    expect(answer.starts_with("63"), "RLRQ was not answered by RLRE: " + answer);
}

void Session::expect_rejected(const Aare& aare, std::initializer_list<int> diagnostics,
                              const std::string& what) {
    expect(aare.result == 1 || aare.result == 2,
           what + ": expected a rejection, the AARE's result is " + std::to_string(aare.result));
    const bool is_known = std::ranges::find(diagnostics, aare.diagnostic) != diagnostics.end();
    std::string all;
    for (const int one : diagnostics) {
        all += (all.empty() ? "" : " or ") + std::to_string(one);
    }
    expect(is_known && aare.source == 0xA1,
           what + ": expected the user diagnostic " + all + ", not " +
               (aare.source == 0xA2 ? "the provider's " : "") + std::to_string(aare.diagnostic));
}

void Session::expect_rejected_initiate(const Aare& aare, int code, const std::string& what) {
    expect_rejected(aare, {1}, what);
    expect_octets(aare.user_information, "0E0106" + number(static_cast<unsigned>(code), 1),
                  what + ", user-information");
}

Hex Session::protect(const Hex& apdu, bool dedicated) {
    return protect(apdu, security_control(), dedicated);
}

Hex Session::protect(const Hex& apdu, std::uint8_t control_octet, bool dedicated) {
    CipherKeys keys = own_keys();
    if (dedicated) {
        keys.encryption_key = dedicated_key_;
    }
    return ciphered_tag(apdu, dedicated) +
           counted(seal(keys, control_octet, tester_.take_counter(), apdu));
}

Hex Session::unprotect(const Hex& apdu) {
    if (apdu.empty() || apdu.starts_with("D8")) {
        return apdu;
    }
    const std::uint64_t tag = number_at(apdu, 0, 1);
    const bool is_dedicated =
        (tag >= 0xD0 && tag <= 0xD7) || tag == 0xDC || (tag >= 0x41 && tag <= 0x5F);
    CipherKeys keys = meter_keys();
    if (is_dedicated) {
        keys.encryption_key = dedicated_key_;
    }
    const bool is_plain = tag < 0x20 || (tag >= 0xC0 && tag <= 0xC7) || tag == 0xDA;
    expect(!is_plain, "the meter answered in the clear to a ciphered request: " + apdu);
    last_opened_ = open_sealed(keys, apdu);
    check_decodes(last_opened_.apdu);
    return last_opened_.apdu;
}

Hex Session::request(const Hex& apdu) {
    return association_.ciphered ? unprotect(ask(protect(apdu))) : ask(apdu);
}

Hex Session::request_or_silence(const Hex& apdu) {
    return association_.ciphered ? unprotect(ask_or_silence(protect(apdu))) : ask_or_silence(apdu);
}

ReadResult Session::read_blocks(const Hex& first_answer) {
    Hex answer = first_answer;
    Hex value;
    for (std::uint32_t expected = 1;; ++expected) {
        Cursor cursor(answer);
        expect(cursor.take(3) == "C402C1", "a block was asked for, the answer is " + answer);
        const bool is_last = cursor.number(1) != 0;
        expect(cursor.number(4) == expected, "the block's number is wrong: " + answer);
        if (cursor.number(1) != 0) {
            return {static_cast<int>(cursor.number(1)), ""};
        }
        value += cursor.counted();
        if (is_last) {
            return {0, value};
        }
        answer = request("C002C1" + number(expected, 4));
    }
}

ReadResult Session::read(const Hex& descriptor, std::string_view selection) {
    const Hex answer = request("C001C1" + descriptor + std::string(selection));
    if (answer.starts_with("C402")) {
        return read_blocks(answer);
    }
    Cursor cursor(answer);
    expect(cursor.take(3) == "C401C1", "GET was answered by " + answer);
    if (cursor.number(1) != 0) {
        return {static_cast<int>(cursor.number(1)), ""};
    }
    return {0, cursor.rest()};
}

ReadResult Session::read_name(std::uint16_t name) {
    Hex answer = request("050102" + number(name, 2));
    Hex value;
    while (answer.starts_with("0C0102")) {
        Cursor cursor(answer);
        cursor.take(3);
        const bool is_last = cursor.number(1) != 0;
        const std::uint64_t block = cursor.number(2);
        value += cursor.counted();
        if (is_last) {
            return {0, value.substr(4)};  // behind the count and the choice of the list's one item
        }
        answer = request("050105" + number(block, 2));
    }
    Cursor cursor(answer);
    expect(cursor.take(2) == "0C01", "Read was answered by " + answer);
    if (cursor.number(1) != 0) {
        return {static_cast<int>(cursor.number(1)), ""};
    }
    return {0, cursor.rest()};
}

int Session::write(const Hex& descriptor, const Hex& data) {
    const Hex answer = request(set_request(descriptor, data));
    Cursor cursor(answer);
    expect(cursor.take(3) == "C501C1" && length(answer) == 4, "SET was answered by " + answer);
    return static_cast<int>(cursor.number(1));
}

InvokeResult Session::invoke(const Hex& descriptor, const Hex& data) {
    if (association_.short_names) {
        inconclusive("methods of associations with short names are not invoked by the suite");
    }
    const Hex answer = request(action_request(descriptor, data));
    Cursor cursor(answer);
    expect(cursor.take(3) == "C701C1", "ACTION was answered by " + answer);
    InvokeResult result;
    result.action_result = static_cast<int>(cursor.number(1));
    if (cursor.number(1) != 0) {
        if (cursor.number(1) == 0) {
            result.data = cursor.rest();
        } else {
            result.access_result = static_cast<int>(cursor.number(1));
        }
    }
    return result;
}

Hex Session::read_data(const Hex& descriptor) {
    const ReadResult result = read(descriptor);
    expect(result.access_result == 0,
           "reading " + descriptor + " was refused with " + std::to_string(result.access_result));
    return result.data;
}

std::vector<ListedObject> Session::object_list() {
    association_version_ = 0;
    if (association_.short_names) {
        const ReadResult result = read_name(0xFA08);
        expect(result.access_result == 0, "the object list was refused");
        return parse_object_list(result.data, true);
    }
    std::vector<ListedObject> all = parse_object_list(read_data(current_association + "02"), false);
    for (const ListedObject& one : all) {
        if (one.class_id == 15 && one.logical_name == "0000280000FF") {
            association_version_ = one.version;
        }
    }
    return all;
}

int Session::association_version() {
    if (association_version_ < 0) {
        object_list();
    }
    return association_version_;
}

}  // namespace dlms::conformance
