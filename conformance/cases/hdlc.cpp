// HDLC_*: the data-link layer.

#include "conformance/cases/needs.hpp"

namespace dlms::conformance {
namespace {

const Hex default_parameters =
    "81801205018006018007040000000108"
    "0400000001";

Session first_session(Tester& tester) {
    return Session(tester, *find_plain(tester.declared()));
}

/// One whose object list is short, where there is one: it comes in many frames.
Session short_list_session(Tester& tester) {
    const DeclaredAssociation* found = find_public(tester.declared());
    return Session(tester, found != nullptr ? *found : *find_plain(tester.declared()));
}

std::string over_hdlc_plain(const Declaration& declared) {
    const std::string reason = over_hdlc(declared);
    return reason.empty() ? with_plain(declared) : reason;
}

/// Ends as failed unless nothing came.
void expect_none(const std::vector<ReceivedFrame>& frames, const std::string& what) {
    if (!frames.empty()) {
        fail(what + ": expected silence, the meter answered " + frames.front().octets);
    }
}

/// Nothing, or FRMR as public test code tolerates it.
void expect_none_or_reject(const std::vector<ReceivedFrame>& frames, const std::string& what) {
    for (const ReceivedFrame& one : frames) {
        expect(one.control == control::frmr, what + ": the meter answered " + one.octets);
    }
}

void expect_control(const ReceivedFrame& answer, std::uint8_t expected, const std::string& what) {
    expect(answer.control == expected, what + ": expected control " + number(expected, 1) +
                                           ", the meter answered " + answer.octets);
}

void HDLC_FRAME_P1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("DISC brings the link to NDM: UA or DM");
    const ReceivedFrame before = s.exchange(control::disc);
    expect(before.control == control::ua || before.control == control::dm,
           "DISC was answered by " + before.octets);
    tester.step("SNRM: UA, with or without parameters");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
    tester.step("RR: RR with N(R) 0 and F 1");
    expect_control(s.exchange(control::rr), control::rr, "RR");
    tester.step("DISC: UA");
    expect_control(s.exchange(control::disc), control::ua, "DISC in NRM");
    tester.step("DISC once more: DM");
    expect_control(s.exchange(control::disc), control::dm, "DISC in NDM");
}

/// The inter-octet time-out that ends an unfinished frame, and a tenth more.
void await_inter_octet_timeout(Tester& tester) {
    const DeclaredHdlc& hdlc = tester.declared().hdlc;
    const int pause = hdlc.inter_octet_ms * 11 / 10;
    if (hdlc.inactivity_s > 0 && hdlc.inactivity_s * 1000 <= pause) {
        inapplicable("the inactivity time-out ends the link before the inter-octet one a frame");
    }
    tester.wait(Milliseconds(pause));
}

void HDLC_FRAME_P2(Tester& tester) {
    Session s = first_session(tester);
    s.connect_link();
    tester.step("DISC without its closing flag, and a pause: silence");
    const Hex whole = s.frame_of(control::disc);
    s.line().send(whole.substr(0, whole.size() - 2));
    await_inter_octet_timeout(tester);
    tester.step("RR: RR, the link is in NRM");
    expect_control(s.exchange(control::rr), control::rr, "RR");
}

void HDLC_FRAME_P3(Tester& tester) {
    const std::uint16_t seconds = tester.declared().hdlc.inactivity_s;
    if (seconds == 0) {
        inapplicable("no inactivity time-out is declared");
    }
    Session s = first_session(tester);
    tester.step("an association on a connected link");
    s.associate();
    tester.step("silence for 1.1 times the inactivity time-out");
    if (s.line().is_closed_within(Milliseconds(seconds * 1100))) {
        tester.step("the meter closed the connection, and the link with it");
        tester.hang_up();
    } else {
        tester.step("DISC: DM, the link is in NDM already");
        s.expect_disconnected_mode();
    }
    tester.step("SNRM, request: the association is gone");
    s.connect_link();
    s.expect_not_associated();
}

void HDLC_FRAME_N1(Tester& tester) {
    Session s = first_session(tester);
    const Hex whole = s.frame_of(control::snrm);
    const auto without = [&](bool opening, bool closing, const std::string& what) {
        // On a connection of its own: the flag that closed the last frame may open this one.
        tester.hang_up();
        tester.step("SNRM without " + what + ", and a pause: silence, still NDM");
        Hex octets = whole.substr(opening ? 2 : 0);
        octets.resize(octets.size() - (closing ? 2 : 0));
        s.line().send(octets);
        await_inter_octet_timeout(tester);
        for (const ReceivedFrame& one : s.exchange_all(s.frame_of(control::disc))) {
            expect_control(one, control::dm, "DISC behind it");
        }
        s.expect_disconnected_mode();
    };
    without(true, false, "its opening flag");
    without(false, true, "its closing flag");
    without(true, true, "both flags");
    tester.hang_up();
    tester.step("SNRM with another octet where its closing flag belongs: silence, still NDM");
    s.line().send(whole.substr(0, whole.size() - 2) + "00");
    for (const ReceivedFrame& one : s.exchange_all(s.frame_of(control::disc))) {
        expect_control(one, control::dm, "DISC behind it");
    }
    s.expect_disconnected_mode();
}

void HDLC_FRAME_N2(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM shortened octet by octet, its length with it, not its FCS: silence");
    const Hex content = frame_content({s.server_address(), s.client_address(), control::snrm});
    for (std::size_t size = length(content) - 1; size >= 2; --size) {
        const Hex octets =
            "7E" + number(0xA000 | size, 2) + content.substr(4, 2 * (size - 2)) + "7E";
        expect_none(s.exchange_all(octets), "a frame of " + std::to_string(size) + " octets");
    }
    tester.step("a right SNRM: UA");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
}

void HDLC_FRAME_N3(Tester& tester) {
    Session s = first_session(tester);
    for (const int format : {0x00, 0x90, 0xB0}) {
        tester.step("SNRM of format type " + number(static_cast<unsigned>(format), 1) +
                    ": silence, still NDM");
        FrameParts parts{s.server_address(), s.client_address(), control::snrm};
        parts.format = static_cast<std::uint8_t>(format);
        expect_none(s.exchange_all(frame(parts)), "a frame of another format type");
        s.expect_disconnected_mode();
    }
}

void HDLC_FRAME_N4(Tester& tester) {
    Session s = first_session(tester);
    for (const int error : {+1, -1}) {
        tester.step("SNRM whose length is wrong by " + std::to_string(error) + ": silence");
        const FrameParts right{s.server_address(), s.client_address(), control::snrm};
        Hex octets = frame(right);
        octets.replace(2, 4, number(number_at(octets, 1, 2) + static_cast<unsigned>(error), 2));
        expect_none(s.exchange_all(octets), "a frame of a wrong length");
        tester.step("the meter finds the next frames: DISC is answered by DM");
        s.expect_disconnected_mode();
    }
    tester.step("SNRM whose length is 7FF, and the end of the connection: no UA ever");
    Hex octets = s.frame_of(control::snrm);
    octets.replace(2, 4, "A7FF");
    s.line().send(octets);
    const auto answer = s.line().next_frame(tester.declared().timing.probe_client
                                                ? Milliseconds(10)
                                                : tester.declared().timing.silence);
    expect(!answer, "a frame of length 7FF was answered");
    tester.hang_up();
    s.expect_disconnected_mode();
}

void HDLC_FRAME_N5(Tester& tester) {
    Session s = first_session(tester);
    s.connect_link();
    tester.step("a frame with control FF: FRMR");
    expect_control(s.exchange(0xFF), control::frmr, "control FF");
    tester.step("SNRM: UA; DISC: UA");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
    expect_control(s.exchange(control::disc), control::ua, "DISC");
}

void HDLC_FRAME_N7(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM with parameters and a wrong HCS, its FCS right: silence, still NDM");
    FrameParts parts{s.server_address(), s.client_address(), control::snrm, default_parameters};
    parts.header_check_error = 0x0001;
    expect_none(s.exchange_all(frame(parts)), "a frame with a wrong HCS");
    s.expect_disconnected_mode();
}

void HDLC_FRAME_N8(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM with a wrong FCS: silence, still NDM");
    FrameParts parts{s.server_address(), s.client_address(), control::snrm};
    parts.frame_check_error = 0x0100;
    expect_none(s.exchange_all(frame(parts)), "a frame with a wrong FCS");
    s.expect_disconnected_mode();
}

void HDLC_ADDRESS_P1(Tester& tester) {
    for (const DeclaredAssociation& one : tester.declared().associations) {
        tester.step("SNRM of client " + std::to_string(one.client_sap) + " to logical device " +
                    std::to_string(one.server_sap) + ": UA with the addresses swapped");
        Session s(tester, one);
        tester.hang_up();
        s.connect_link();
        expect_control(s.exchange(control::disc), control::ua, "DISC");
    }
}

void HDLC_ADDRESS_N1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM with a client address of two octets: silence or FRMR, still NDM");
    expect_none_or_reject(
        s.exchange_all(frame({s.server_address(), "02" + s.client_address(), control::snrm})),
        "a client address of two octets");
    s.expect_disconnected_mode();
}

void HDLC_ADDRESS_N4(Tester& tester) {
    Session s = first_session(tester);
    const DeclaredHdlc& hdlc = tester.declared().hdlc;
    const std::uint16_t upper = s.declared().server_sap;
    const auto wrong = [&](const Hex& address, const std::string& what) {
        tester.step("SNRM to " + what + ": silence; DISC to the right one: DM");
        expect_none(s.exchange_all(frame({address, s.client_address(), control::snrm})),
                    "SNRM to " + what);
        s.expect_disconnected_mode();
    };
    wrong(hdlc_address(hdlc.address_octets, 0x5A, hdlc.lower_address), "an unknown upper address");
    if (hdlc.address_octets > 1) {
        wrong(hdlc_address(hdlc.address_octets, upper,
                           static_cast<std::uint16_t>(hdlc.lower_address ^ 0x25)),
              "an unknown lower address");
    } else {
        wrong(hdlc_address(1, upper == 2 ? 3 : 2, 0), "another address of one octet");
    }
}

void HDLC_ADDRESS_N6(Tester& tester) {
    if (tester.declared().hdlc.address_octets == 1) {
        inapplicable("the meter's addresses have one octet");
    }
    Session s = first_session(tester);
    tester.step("SNRM to the upper address alone: silence, still NDM");
    expect_none(s.exchange_all(frame({hdlc_address(1, s.declared().server_sap, 0),
                                      s.client_address(), control::snrm})),
                "an address of one octet");
    s.expect_disconnected_mode();
}

void HDLC_ADDRESS_N7(Tester& tester) {
    Session s = first_session(tester);
    for (const Hex address : {"000205", "0000000205"}) {
        tester.step("SNRM to an address of " + std::to_string(length(address)) +
                    " octets: silence or FRMR, still NDM");
        expect_none_or_reject(s.exchange_all(frame({address, s.client_address(), control::snrm})),
                              "an address of " + std::to_string(length(address)) + " octets");
        s.expect_disconnected_mode();
    }
}

struct Negotiated {
    std::uint64_t transmit = 128;
    std::uint64_t receive = 128;
    std::uint64_t window_transmit = 1;
    std::uint64_t window_receive = 1;
};

Negotiated negotiated_in(const ReceivedFrame& answer) {
    Negotiated result;
    if (answer.information.empty()) {
        return result;
    }
    Cursor cursor(answer.information);
    expect(cursor.take(2) == "8180", "UA's information is no parameter field: " + answer.octets);
    const Hex parameters = cursor.counted();
    expect(cursor.at_end(), "octets follow UA's parameters: " + answer.octets);
    Cursor each(parameters);
    while (!each.at_end()) {
        const std::uint64_t id = each.number(1);
        const Hex value = each.counted();
        const std::uint64_t what = number_at(value, 0, length(value));
        switch (id) {
            case 5: result.transmit = what; break;
            case 6: result.receive = what; break;
            case 7: result.window_transmit = what; break;
            case 8: result.window_receive = what; break;
            default: fail("UA has the unknown parameter " + number(id, 1));
        }
    }
    return result;
}

void HDLC_NDM2NRM_P1(Tester& tester) {
    for (const std::uint16_t size : std::initializer_list<std::uint16_t>{128, 2030, 32}) {
        Session s = short_list_session(tester);
        tester.hang_up();
        tester.step("SNRM proposes information of " + std::to_string(size) +
                    " octets: UA with no more");
        const ReceivedFrame answer = s.exchange(control::snrm, snrm_parameters({size, size, 1, 1}));
        expect_control(answer, control::ua, "SNRM");
        const Negotiated result = negotiated_in(answer);
        expect(result.transmit <= size || (answer.information.empty() && size < 128),
               "UA's max_info_field_length_transmit is above what was proposed");
        expect(result.receive <= size || (answer.information.empty() && size < 128),
               "UA's max_info_field_length_receive is above what was proposed");
        tester.step("a long answer comes in frames that keep to it");
        s.connect_link({size, size, 1, 1});
        s.accept(s.propose(s.aarq()));
        s.object_list();
        expect(s.largest_information() <= size,
               "an I frame carries " + std::to_string(s.largest_information()) + " octets");
    }
}

void HDLC_NDM2NRM_P2(Tester& tester) {
    for (const std::uint8_t window : std::initializer_list<std::uint8_t>{4, 7}) {
        Session s = first_session(tester);
        tester.hang_up();
        tester.step("SNRM proposes windows of " + std::to_string(window) +
                    ": UA with 1 to as many");
        const ReceivedFrame answer =
            s.exchange(control::snrm, snrm_parameters({128, 128, window, window}));
        expect_control(answer, control::ua, "SNRM");
        const Negotiated result = negotiated_in(answer);
        for (const std::uint64_t one :
             std::initializer_list<std::uint64_t>{result.window_transmit, result.window_receive}) {
            expect(one >= 1 && one <= window, "UA's window is " + std::to_string(one));
        }
    }
}

void HDLC_INFO_P1(Tester& tester) {
    {
        Session s = first_session(tester);
        tester.step("AARQ in one I frame: AARE in an I frame that acknowledges it");
        s.associate();
    }
    Session s = first_session(tester);
    tester.hang_up();
    tester.step("AARQ in segments: RR with growing N(R), AARE behind the last");
    s.connect_link();
    const Hex all = "E6E600" + s.aarq().encode();
    constexpr std::size_t digits = 2 * 8;
    Hex rest = all;
    while (rest.size() > digits) {
        const ReceivedFrame answer = s.exchange(s.next_information(), rest.substr(0, digits), true);
        expect(answer.is_receive_ready(), "a segment was answered by " + answer.octets);
        expect(answer.receive_sequence() == (((all.size() - rest.size()) / digits + 1) & 7),
               "N(R) does not grow: " + answer.octets);
        rest.erase(0, digits);
    }
    const ReceivedFrame answer = s.exchange(s.next_information(), rest);
    expect(answer.is_information() && answer.information.starts_with("E6E70061"),
           "the last segment was answered by " + answer.octets);
}

void HDLC_INFO_N1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM without parameters: 128 octets of information at most");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
    tester.step("an I frame with 129 octets: FRMR");
    const Hex information = "E6E600" + Hex(2 * 126, '0');
    expect_control(s.exchange(0x10, information), control::frmr, "too much information");
    tester.step("SNRM recovers the link");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
}

void HDLC_INFO_N2(Tester& tester) {
    Session s = first_session(tester);
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
    tester.step("RR with N(R) 1 although nothing was sent: FRMR");
    expect_control(s.exchange(0x31), control::frmr, "a wrong N(R)");
    tester.step("SNRM recovers the link");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
}

void HDLC_INFO_N3(Tester& tester) {
    Session s = first_session(tester);
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
    tester.step("AARQ in an I frame with N(S) 1: RR with N(R) 0, or FRMR, and no AARE");
    const Hex information = "E6E600" + s.aarq().encode();
    const ReceivedFrame answer = s.exchange(0x12, information);
    if (answer.control == control::frmr) {
        expect_control(s.exchange(control::snrm), control::ua, "SNRM");
    } else {
        expect_control(answer, control::rr, "a wrong N(S)");
    }
    tester.step("the same with N(S) 0: AARE");
    const ReceivedFrame second = s.exchange(0x10, "E6E600" + s.aarq().encode());
    expect(second.is_information() && second.information.starts_with("E6E70061"),
           "AARQ was answered by " + second.octets);
}

void HDLC_NDMOP_N1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("AARQ in an I frame in NDM: DM or silence");
    for (const ReceivedFrame& one :
         s.exchange_all(s.frame_of(0x10, "E6E600" + s.aarq().encode()))) {
        expect_control(one, control::dm, "an I frame in NDM");
    }
}

void HDLC_X_ADDR_1(Tester& tester) {
    Session s = first_session(tester);
    const DeclaredHdlc& hdlc = tester.declared().hdlc;
    tester.step("SNRM to the declared address: the answer's source has the same octets");
    const ReceivedFrame answer = s.exchange(control::snrm);
    expect_octets(answer.source,
                  hdlc_address(hdlc.address_octets, s.declared().server_sap, hdlc.lower_address),
                  "address");
}

void HDLC_X_BCAST_1(Tester& tester) {
    Session s = first_session(tester);
    const std::uint8_t octet_count = tester.declared().hdlc.address_octets;
    const Hex everybody = hdlc_address(octet_count, octet_count == 4 ? 0x3FFF : 0x7F,
                                       octet_count == 4 ? 0x3FFF : 0x7F);
    const Hex nobody = hdlc_address(octet_count, 0, 0);
    const Hex get = "E6E600" + get_own_name;
    s.connect_link();
    tester.step("UI and SNRM to all stations: no answer");
    expect_none(s.exchange_all(frame({everybody, s.client_address(), control::ui, get})),
                "UI to all stations");
    expect_none(s.exchange_all(frame({everybody, s.client_address(), control::snrm})),
                "SNRM to all stations");
    s.expect_normal_mode();
    tester.hang_up();
    tester.step("SNRM to the address of no station: silence");
    expect_none(s.exchange_all(frame({nobody, s.client_address(), control::snrm})),
                "SNRM to no station");
    if (octet_count > 1) {
        tester.step("SNRM to the CALLING device, which has not called: silence");
        const std::uint16_t calling = octet_count == 4 ? 0x3FFE : 0x7E;
        expect_none(
            s.exchange_all(frame({hdlc_address(octet_count, s.declared().server_sap, calling),
                                  s.client_address(), control::snrm})),
            "SNRM to the CALLING device");
    }
}

void HDLC_X_NEG_1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM without information: UA, 128 octets and windows of 1");
    const Negotiated none = negotiated_in(s.exchange(control::snrm));
    expect(none.transmit <= 128 && none.receive <= 128 && none.window_transmit == 1 &&
               none.window_receive == 1,
           "UA has more than the defaults");
    for (const Hex parameters : {"818003050140", "81800405020040"}) {
        tester.hang_up();
        tester.step("SNRM with the parameters " + parameters +
                    ": UA, 64 octets from the client, defaults for the rest");
        const ReceivedFrame answer = s.exchange(control::snrm, parameters);
        expect_control(answer, control::ua, "SNRM");
        const Negotiated some = negotiated_in(answer);
        expect(some.receive <= 64 && some.transmit <= 128 && some.window_transmit == 1 &&
                   some.window_receive == 1,
               "UA has other parameters: " + answer.octets);
    }
}

void HDLC_X_NEG_3(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM with an unknown parameter: UA, or DM");
    const ReceivedFrame unknown = s.exchange(control::snrm, "8180060501800F0100");
    expect(unknown.control == control::ua || unknown.control == control::dm,
           "an unknown parameter: the meter answered " + unknown.octets);
    for (const Hex malformed : {"8080030501"
                                "40",
                                "8180200501"
                                "40"}) {
        tester.hang_up();
        tester.step("SNRM with the malformed parameters " + malformed + ": DM or silence");
        for (const ReceivedFrame& one : s.exchange_all(s.frame_of(control::snrm, malformed))) {
            expect_control(one, control::dm, "malformed parameters");
        }
        s.expect_disconnected_mode();
    }
}

void HDLC_X_RESNRM_1(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    s.expect_associated();
    tester.step("SNRM in NRM: UA, sequence numbers 0");
    s.connect_link();
    expect_control(s.exchange(control::rr), control::rr, "RR");
    tester.step("the association is lost");
    s.expect_not_associated();
}

void HDLC_X_DISC_1(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    s.expect_associated();
    tester.step("DISC: UA; SNRM: UA");
    expect_control(s.exchange(control::disc), control::ua, "DISC");
    s.connect_link();
    tester.step("a request: the association is gone");
    s.expect_not_associated();
}

void HDLC_X_SEG_TX_1(Tester& tester) {
    Session s = short_list_session(tester);
    tester.hang_up();
    tester.step("an association on a link with 64 octets of information");
    s.connect_link({64, 64, 1, 1});
    s.accept(s.propose(s.aarq()));
    tester.step("GET object_list: segments of at most 64 octets, LLC in the first, each after RR");
    const unsigned before = s.segments_received();
    s.object_list();
    expect(s.segments_received() - before > 1, "the object list came in one frame");
    expect(s.largest_information() <= 64, "a segment is longer than negotiated");
}

void HDLC_X_SEG_WIN_1(Tester& tester) {
    if (tester.declared().hdlc.window_transmit < 3) {
        inapplicable("the meter's transmit window is declared below 3");
    }
    Session s = short_list_session(tester);
    tester.hang_up();
    s.connect_link({64, 64, 3, 3});
    s.accept(s.propose(s.aarq()));
    tester.step("a long GET: up to three I frames, F on the last only");
    const bool is_short = s.declared().short_names;
    const Hex get = is_short ? "050102FA08" : get_request(current_association + "02");
    const std::uint8_t octet = s.next_information();
    s.line().send(s.frame_of(octet, "E6E600" + get));
    const auto take_three = [&](unsigned first) {
        Hex all;
        for (unsigned i = 0; i < 3; ++i) {
            const auto one = s.line().next_frame(tester.declared().timing.response);
            expect(one && one->is_information(), "fewer than three I frames came");
            expect(one->send_sequence() == ((first + i) & 7), "N(S) is wrong: " + one->octets);
            expect(((one->control & 0x10) != 0) == (i == 2), "F is not on the third alone");
            expect(one->segmented, "the object list ends within the window");
            all += one->information;
        }
        return all;
    };
    // The AARE was number 0.
    const Hex window = take_three(1);
    tester.step("RR with N(R) 2 acknowledges one of three: the other two come again, and one more");
    s.line().send(s.frame_of(0x51));
    const Hex again = take_three(2);
    expect(again.starts_with(window.substr(2 * 64)), "the segments that came again differ");
}

void HDLC_X_DUP_1(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    const Hex request = s.declared().short_names ? read_own_name : get_own_name;
    tester.step("a request, and the same frame with the same N(S) again");
    const std::uint8_t octet = s.next_information();
    const ReceivedFrame first = s.exchange(octet, "E6E600" + request);
    expect(first.is_information(), "the request was answered by " + first.octets);
    s.note_received(first);
    const ReceivedFrame second = s.exchange(octet, "E6E600" + request);
    expect(second.octets == first.octets || second.is_receive_ready(),
           "the repetition was answered by " + second.octets);
    tester.step("the sequence goes on");
    s.expect_associated();
}

void HDLC_X_SEQ_1(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    tester.step("20 requests: N(S) and N(R) count modulo 8");
    for (int i = 0; i < 20; ++i) {
        s.expect_associated();
    }
}

void HDLC_X_UI_1(Tester& tester) {
    Session s = first_session(tester);
    s.associate();
    tester.step("a request of service class unconfirmed in a UI frame: no answer");
    const Hex get =
        "E6E600C00181"
        "000F0000280000FF"
        "0100";
    expect_none(s.exchange_all(s.frame_of(control::ui, get)), "UI");
    tester.step("the association is still there");
    s.expect_associated();
}

void HDLC_X_LEN_1(Tester& tester) {
    const DeclaredHdlc& hdlc = tester.declared().hdlc;
    if (hdlc.max_information_receive < 1000 || hdlc.max_information_transmit < 1000) {
        inapplicable("frames of 1000 octets are above what is declared");
    }
    const DeclaredAssociation* found = find_ln(tester.declared());
    if (found == nullptr) {
        inapplicable("no association with logical names is declared");
    }
    Session s(tester, *found);
    s.associate();
    tester.step("a request of 1000 octets in one frame: answered");
    const Hex request = set_request(
        "0001"
        "0000636363FF"
        "02",
        octet_string(Hex(2 * 970, '0')));
    const Hex answer = s.request(request);
    expect(answer.starts_with("C501C1") || answer.starts_with("D8"),
           "the request was answered by " + answer);
    tester.step("a long answer: frames above 255 octets");
    s.object_list();
    expect(s.largest_information() > 255, "no frame above 255 octets came");
}

void HDLC_X_FLAG_1(Tester& tester) {
    const DeclaredAssociation* found = find_ln(tester.declared());
    if (found == nullptr) {
        inapplicable("no association with logical names is declared");
    }
    Session s(tester, *found);
    s.associate();
    tester.step("a request with 7E in a logical name: answered");
    const Hex answer =
        s.request(get_request("0001"
                              "7E7E7E7E7EFF"
                              "02"));
    expect(answer.starts_with("C401C101"), "the request was answered by " + answer);
    tester.step("doubled flags and noise before a frame: answered");
    s.line().send("7E7E7E");
    s.expect_associated();
    s.line().send("0055AA");
    s.expect_associated();
    tester.step("two frames with one flag between them: both answered");
    const Hex one = s.frame_of(s.receive_ready());
    s.line().send(one + one.substr(2));
    for (int i = 0; i < 2; ++i) {
        const auto frame = s.line().next_frame(tester.declared().timing.response);
        expect(frame && frame->is_receive_ready(), "RR with a shared flag was not answered");
    }
}

void HDLC_X_FRMR_1(Tester& tester) {
    Session s = first_session(tester);
    s.connect_link();
    tester.step("a frame rejected");
    expect_control(s.exchange(0xFF), control::frmr, "control FF");
    tester.step("I frame and RR: FRMR again, DM or silence");
    for (const Hex& octets :
         {s.frame_of(0x10, "E6E600" + s.aarq().encode()), s.frame_of(control::rr)}) {
        for (const ReceivedFrame& one : s.exchange_all(octets)) {
            expect(one.control == control::frmr || one.control == control::dm,
                   "after FRMR the meter answered " + one.octets);
        }
    }
    tester.step("SNRM: UA");
    expect_control(s.exchange(control::snrm), control::ua, "SNRM");
}

void HDLC_X_CRC_1(Tester& tester) {
    Session s = first_session(tester);
    tester.step("SNRM as the standard has it octet by octet: the check sequences agree");
    expect_octets(check_sequence("313233343536373839"), "6E90", "check sequence of 123456789");
    expect_octets(check_sequence("A007032193"), "0F01", "check sequence of an SNRM");
    expect_control(s.exchange(control::snrm, default_parameters), control::ua, "SNRM");
}

constexpr Case cases[] = {
    {"HDLC_FRAME_P1", over_hdlc_plain, HDLC_FRAME_P1},
    {"HDLC_FRAME_P2", over_hdlc_plain, HDLC_FRAME_P2},
    {"HDLC_FRAME_P3", over_hdlc_plain, HDLC_FRAME_P3},
    {"HDLC_FRAME_N1", over_hdlc_plain, HDLC_FRAME_N1},
    {"HDLC_FRAME_N2", over_hdlc_plain, HDLC_FRAME_N2},
    {"HDLC_FRAME_N3", over_hdlc_plain, HDLC_FRAME_N3},
    {"HDLC_FRAME_N4", over_hdlc_plain, HDLC_FRAME_N4},
    {"HDLC_FRAME_N5", over_hdlc_plain, HDLC_FRAME_N5},
    {"HDLC_FRAME_N7", over_hdlc_plain, HDLC_FRAME_N7},
    {"HDLC_FRAME_N8", over_hdlc_plain, HDLC_FRAME_N8},
    {"HDLC_ADDRESS_P1", over_hdlc_plain, HDLC_ADDRESS_P1},
    {"HDLC_ADDRESS_N1", over_hdlc_plain, HDLC_ADDRESS_N1},
    {"HDLC_ADDRESS_N4", over_hdlc_plain, HDLC_ADDRESS_N4},
    {"HDLC_ADDRESS_N6", over_hdlc_plain, HDLC_ADDRESS_N6},
    {"HDLC_ADDRESS_N7", over_hdlc_plain, HDLC_ADDRESS_N7},
    {"HDLC_NDM2NRM_P1", over_hdlc_plain, HDLC_NDM2NRM_P1},
    {"HDLC_NDM2NRM_P2", over_hdlc_plain, HDLC_NDM2NRM_P2},
    {"HDLC_INFO_P1", over_hdlc_plain, HDLC_INFO_P1},
    {"HDLC_INFO_N1", over_hdlc_plain, HDLC_INFO_N1},
    {"HDLC_INFO_N2", over_hdlc_plain, HDLC_INFO_N2},
    {"HDLC_INFO_N3", over_hdlc_plain, HDLC_INFO_N3},
    {"HDLC_NDMOP_N1", over_hdlc_plain, HDLC_NDMOP_N1},
    {"HDLC_X_ADDR_1", over_hdlc_plain, HDLC_X_ADDR_1},
    {"HDLC_X_BCAST_1", over_hdlc_plain, HDLC_X_BCAST_1},
    {"HDLC_X_NEG_1", over_hdlc_plain, HDLC_X_NEG_1},
    {"HDLC_X_NEG_3", over_hdlc_plain, HDLC_X_NEG_3},
    {"HDLC_X_RESNRM_1", over_hdlc_plain, HDLC_X_RESNRM_1},
    {"HDLC_X_DISC_1", over_hdlc_plain, HDLC_X_DISC_1},
    {"HDLC_X_SEG_TX_1", over_hdlc_plain, HDLC_X_SEG_TX_1},
    {"HDLC_X_SEG_WIN_1", over_hdlc_plain, HDLC_X_SEG_WIN_1},
    {"HDLC_X_DUP_1", over_hdlc_plain, HDLC_X_DUP_1},
    {"HDLC_X_SEQ_1", over_hdlc_plain, HDLC_X_SEQ_1},
    {"HDLC_X_UI_1", over_hdlc_plain, HDLC_X_UI_1},
    {"HDLC_X_LEN_1", over_hdlc_plain, HDLC_X_LEN_1},
    {"HDLC_X_FLAG_1", over_hdlc_plain, HDLC_X_FLAG_1},
    {"HDLC_X_FRMR_1", over_hdlc_plain, HDLC_X_FRMR_1},
    {"HDLC_X_CRC_1", over_hdlc_plain, HDLC_X_CRC_1},
};

}  // namespace

std::span<const Case> hdlc_cases() {
    return cases;
}

}  // namespace dlms::conformance
