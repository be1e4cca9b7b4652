// WRAPPER_*: the wrapper over TCP and UDP.

#include "conformance/cases/needs.hpp"

namespace dlms::conformance {
namespace {

constexpr std::uint16_t unknown_server = 0x0050;
constexpr std::uint16_t unknown_client = 0x0034;

std::string over_wrapper_plain(const Declaration& declared) {
    const std::string reason = over_wrapper(declared);
    return reason.empty() ? with_plain(declared) : reason;
}

Session first_session(Tester& tester) {
    return Session(tester, *find_plain(tester.declared()));
}

Hex own_name_request(const Session& s) {
    return s.declared().short_names ? read_own_name : get_own_name;
}

void WRAPPER_X_1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("AARQ in a WPDU: AARE in a WPDU with the ports swapped");
    s.associate();
}

void WRAPPER_X_2(Tester& tester) {
    Session s = first_session(tester);
    for (const Hex version : {"0002", "0000"}) {
        tester.step("AARQ in a WPDU of version " + version + ": no answer");
        tester.hang_up();
        const Hex octets =
            wpdu(s.declared().client_sap, s.declared().server_sap, s.aarq().encode());
        s.line().send(version + octets.substr(4));
        const Milliseconds silence = tester.declared().timing.silence;
        if (!s.line().is_closed_within(silence)) {
            tester.step("the connection stays open: what was sent is skipped");
        }
    }
    tester.step("a right one on a new connection is served");
    s.associate();
}

void WRAPPER_X_3(Tester& tester) {
    Session s = first_session(tester);
    const std::uint16_t client = s.declared().client_sap;
    const std::uint16_t server = s.declared().server_sap;
    const auto header = [&](std::size_t size) {
        return "0001" + number(client, 2) + number(server, 2) + number(size, 2);
    };
    tester.step("a length of 0: ignored");
    s.line().send(header(0));
    s.accept(s.propose(s.aarq()));
    tester.step("a length one short: the APDU without its end is refused, never served");
    const Hex request = own_name_request(s);
    s.line().send(header(length(request) - 1) + request);
    if (const auto answer = s.line().next_wpdu(tester.declared().timing.response)) {
        const bool is_refused = answer->apdu.starts_with("D8") || answer->apdu.starts_with("0E");
        expect(is_refused, "an APDU without its end was answered by " + answer->apdu);
    }
    tester.step("a length one too great, and nothing more: no answer");
    s.associate();
    s.line().send(header(length(request) + 1) + request);
    const auto answer = s.line().next_wpdu(tester.declared().timing.probe_client
                                               ? Milliseconds(20)
                                               : tester.declared().timing.silence);
    expect(!answer, "a WPDU that is not whole was answered");
    tester.step("a length of FFFF, with as many octets: pdu-too-long, silence or the end");
    s.associate();
    s.line().send(header(0xFFFF) + request + Hex(2 * (0xFFFF - length(request)), '0'));
    if (const auto long_answer = s.line().next_wpdu(tester.declared().timing.silence)) {
        const bool is_refused =
            long_answer->apdu.starts_with("D8") || long_answer->apdu.starts_with("0E");
        expect(is_refused, "an APDU of 65535 octets was answered by " + long_answer->apdu);
    }
    tester.step("a new connection is served");
    s.associate();
    s.expect_associated();
}

void WRAPPER_X_5(Tester& tester) {
    Session s = first_session(tester);
    tester.step("AARQ to a server that is not there: silence");
    s.line().send(wpdu(s.declared().client_sap, unknown_server, s.aarq().encode()));
    for (const ReceivedWpdu& one : s.line().wpdus_until_quiet(s.declared().server_sap)) {
        fail("a server that is not there answered " + one.octets);
    }
    tester.step("AARQ of a client that is not known: rejected, or silence");
    s.line().send(wpdu(unknown_client, s.declared().server_sap, s.aarq().encode()));
    for (const ReceivedWpdu& one : s.line().wpdus_until_quiet(s.declared().server_sap)) {
        const Aare aare = parse_aare(one.apdu);
        expect(!aare.is_accepted(), "a client that is not declared was accepted");
    }
}

void WRAPPER_X_7(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    tester.step("two requests in one go: two answers in their order");
    const std::uint16_t client = s.declared().client_sap;
    const std::uint16_t server = s.declared().server_sap;
    const bool is_short = s.declared().short_names;
    const Hex second = is_short ? "050102FA08" : "C001C2" + current_association + "0100";
    s.line().send(wpdu(client, server, own_name_request(s)) + wpdu(client, server, second));
    const auto one = s.line().next_wpdu(tester.declared().timing.response);
    const auto other = s.line().next_wpdu(tester.declared().timing.response);
    expect(one && other, "fewer than two answers came");
    if (!is_short) {
        expect_octets(one->apdu, own_name_answer, "the first answer");
        expect_octets(other->apdu, "C401C2" + own_name_answer.substr(6), "the second answer");
    }
}

void WRAPPER_X_8(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    tester.step("a request octet by octet: one answer");
    const Hex octets = wpdu(s.declared().client_sap, s.declared().server_sap, own_name_request(s));
    for (std::size_t i = 0; i < octets.size(); i += 2) {
        s.line().send(octets.substr(i, 2));
    }
    const auto answer = s.line().next_wpdu(tester.declared().timing.response);
    expect(answer.has_value(), "no answer to a request in pieces");
    s.expect_associated();
}

void WRAPPER_X_9(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    for (const DeclaredAssociation& other : tester.declared().associations) {
        if (other.client_sap != s.declared().client_sap && !other.pre_established) {
            tester.step("a request from client " + std::to_string(other.client_sap) +
                        " on the same connection: not associated");
            Session(tester, other, s.line()).expect_not_associated();
            break;
        }
    }
    tester.step("a request on another connection: not associated");
    const std::unique_ptr<Connection> second = tester.another_line();
    Session(tester, s.declared(), *second).expect_not_associated();
    tester.step("the association itself is still there");
    s.expect_associated();
}

void WRAPPER_X_10(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    tester.step("the connection closed and made anew: the association is gone");
    tester.hang_up();
    s.expect_not_associated();
    const std::uint16_t seconds = tester.declared().wrapper_inactivity_s;
    if (seconds > 0) {
        tester.step("no octet for longer than the inactivity time-out: the connection is closed");
        s.associate();
        expect(s.line().is_closed_within(Milliseconds(seconds * 1500 + 500)),
               "the connection is still open");
    }
}

void WRAPPER_X_11(Tester& tester) {
    const auto port = tester.declared().udp_port;
    if (!port) {
        inapplicable("no UDP port is declared");
    }
    auto wire = Wire::open_udp({tester.place().host, *port});
    if (!wire) {
        inconclusive("no UDP socket: " + wire.error());
    }
    Connection line(tester, *std::move(wire), 1);
    Session s(tester, *find_plain(tester.declared()), line);
    tester.step("a truncated datagram, and one to all stations: silence");
    const Hex whole = wpdu(s.declared().client_sap, s.declared().server_sap, s.aarq().encode());
    line.send(whole.substr(0, whole.size() - 2));
    line.send(wpdu(s.declared().client_sap, 0x7F, s.aarq().encode()));
    tester.step("AARQ in a datagram: AARE, and nothing else before it");
    s.accept(s.propose(s.aarq()));
    s.expect_associated();
}

constexpr Case cases[] = {
    {"WRAPPER_X_1", over_wrapper_plain, WRAPPER_X_1},
    {"WRAPPER_X_2", over_wrapper_plain, WRAPPER_X_2},
    {"WRAPPER_X_3", over_wrapper_plain, WRAPPER_X_3},
    {"WRAPPER_X_5", over_wrapper_plain, WRAPPER_X_5},
    {"WRAPPER_X_7", over_wrapper_plain, WRAPPER_X_7},
    {"WRAPPER_X_8", over_wrapper_plain, WRAPPER_X_8},
    {"WRAPPER_X_9", over_wrapper_plain, WRAPPER_X_9},
    {"WRAPPER_X_10", over_wrapper_plain, WRAPPER_X_10},
    {"WRAPPER_X_11", over_wrapper_plain, WRAPPER_X_11},
};

}  // namespace

std::span<const Case> wrapper_cases() {
    return cases;
}

}  // namespace dlms::conformance
