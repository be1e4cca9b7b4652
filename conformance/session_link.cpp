// Session: the supporting layer.

#include <algorithm>

#include "conformance/session.hpp"

namespace dlms::conformance {
namespace {

constexpr std::string_view llc_command = "E6E600";
constexpr std::string_view llc_response = "E6E700";
constexpr std::uint8_t final_bit = 0x10;
constexpr int most_polls = 1000;
constexpr Milliseconds poll_pause{20};

}  // namespace

Hex snrm_parameters(const HdlcProposal& proposal) {
    const auto size = [](std::uint16_t value) {
        return value < 0x100 ? "01" + number(value, 1) : "02" + number(value, 2);
    };
    return "8180" + counted("05" + size(proposal.max_information_transmit) + "06" +
                            size(proposal.max_information_receive) + "0704" +
                            number(proposal.window_transmit, 4) + "0804" +
                            number(proposal.window_receive, 4));
}

Session::Session(Tester& tester, const DeclaredAssociation& association)
    : tester_(tester),
      association_(association),
      server_title_(tester.declared().system_title),
      unicast_key_(tester.declared().unicast_key),
      authentication_key_(tester.declared().authentication_key) {}

Session::Session(Tester& tester, const DeclaredAssociation& association, Connection& line)
    : Session(tester, association) {
    line_ = &line;
}

Hex Session::server_address() const {
    const DeclaredHdlc& hdlc = tester_.declared().hdlc;
    return hdlc_address(hdlc.address_octets, association_.server_sap, hdlc.lower_address);
}

Hex Session::client_address() const {
    return hdlc_address(1, association_.client_sap, 0);
}

Hex Session::frame_of(std::uint8_t control_octet, std::string_view information,
                      bool segmented) const {
    return frame(
        {server_address(), client_address(), control_octet, std::string(information), segmented});
}

ReceivedFrame Session::exchange(std::uint8_t control_octet, std::string_view information,
                                bool segmented) {
    line().send(frame_of(control_octet, information, segmented));
    auto answer = line().next_frame(tester_.declared().timing.response);
    if (!answer) {
        fail("no answer to the frame with control " + number(control_octet, 1));
    }
    expect(answer->destination == client_address() && answer->source == server_address(),
           "the answer's addresses are not those of the request swapped: " + answer->octets);
    return *std::move(answer);
}

std::vector<ReceivedFrame> Session::exchange_all(const Hex& octets) {
    line().send(octets);
    return line().frames_until_quiet();
}

void Session::expect_normal_mode() {
    const ReceivedFrame answer = exchange(receive_ready());
    expect(answer.is_receive_ready(),
           "the link is not in NRM: RR was answered by " + answer.octets);
}

void Session::expect_disconnected_mode() {
    const ReceivedFrame answer = exchange(control::disc);
    expect(answer.control == control::dm,
           "the link is not in NDM: DISC was answered by " + answer.octets);
}

void Session::connect_link() {
    const DeclaredHdlc& hdlc = tester_.declared().hdlc;
    connect_link({hdlc.max_information_receive, hdlc.max_information_transmit, 1, 1});
}

void Session::connect_link(const HdlcProposal& proposal) {
    const ReceivedFrame answer = exchange(control::snrm, snrm_parameters(proposal));
    expect(answer.control == control::ua, "SNRM was not answered by UA: " + answer.octets);
    is_link_connected_ = true;
    send_sequence_ = receive_sequence_ = 0;
    segments_ = 0;
    largest_information_ = 0;
    max_send_ = std::min<std::size_t>(proposal.max_information_transmit, 128);
    if (answer.information.empty()) {
        return;
    }
    Cursor cursor(answer.information);
    expect(cursor.take(2) == "8180", "UA's information is no parameter field: " + answer.octets);
    const Hex parameters = cursor.counted();
    Cursor each(parameters);
    while (!each.at_end()) {
        const std::uint64_t id = each.number(1);
        const Hex value = each.counted();
        if (id == 6) {
            max_send_ = std::min<std::size_t>(proposal.max_information_transmit,
                                              number_at(value, 0, length(value)));
        }
    }
}

std::uint8_t Session::next_information() {
    const auto octet =
        static_cast<std::uint8_t>(receive_sequence_ << 5 | final_bit | send_sequence_ << 1);
    send_sequence_ = (send_sequence_ + 1) & 7;
    return octet;
}

void Session::note_received(const ReceivedFrame& frame) {
    expect(frame.send_sequence() == receive_sequence_,
           "N(S) is not the number that follows: " + frame.octets);
    expect(frame.receive_sequence() == send_sequence_,
           "N(R) does not acknowledge what was sent: " + frame.octets);
    receive_sequence_ = (receive_sequence_ + 1) & 7;
    ++segments_;
    largest_information_ = std::max(largest_information_, length(frame.information));
}

void Session::send_segments(const Hex& apdu) {
    std::string rest = std::string(llc_command) + apdu;
    while (length(rest) > max_send_) {
        const ReceivedFrame answer =
            exchange(next_information(), rest.substr(0, 2 * max_send_), true);
        expect(answer.is_receive_ready() && answer.receive_sequence() == send_sequence_,
               "a segment was not acknowledged: " + answer.octets);
        rest.erase(0, 2 * max_send_);
    }
    line().send(frame_of(next_information(), rest));
}

std::optional<Hex> Session::transact_hdlc(const Hex& apdu, bool may_be_silent) {
    if (!is_link_connected_) {
        connect_link();
    }
    send_segments(apdu);
    const DeclaredTiming& timing = tester_.declared().timing;
    const Milliseconds longest = may_be_silent ? timing.silence : timing.response;
    const auto asked = tester_.elapsed();
    Hex assembled;
    for (int i = 0; i < most_polls; ++i) {
        const auto frame = line().next_frame(timing.response);
        if (!frame) {
            fail("no frame answers what was sent");
        }
        if (frame->control == control::ui || frame->control == (control::ui | final_bit)) {
            expect(frame->information.starts_with(llc_response), "a UI frame without LLC octets");
            notifications_.push_back(frame->information.substr(llc_response.size()));
            check_decodes(notifications_.back());
            continue;
        }
        if (frame->is_information()) {
            note_received(*frame);
            assembled += frame->information;
            if (!frame->segmented) {
                expect(assembled.starts_with(llc_response),
                       "an APDU without the LLC octets E6 E7 00: " + assembled);
                const Hex answer = assembled.substr(llc_response.size());
                if (!is_notification(answer)) {
                    return answer;
                }
                assembled.clear();
            }
            if ((frame->control & final_bit) != 0) {
                line().send(frame_of(receive_ready()));
            }
            continue;
        }
        const bool is_waiting = frame->is_receive_ready() || (frame->control & 0x0F) == 5;
        expect(is_waiting, "the request was answered by the frame " + frame->octets);
        const bool is_over = tester_.elapsed() - asked > longest;
        if (may_be_silent && (is_over || timing.probe_client)) {
            return std::nullopt;
        }
        expect(!is_over, "the link answers, and no response comes");
        if (!timing.probe_client) {
            tester_.wait(poll_pause);
        }
        line().send(frame_of(receive_ready()));
    }
    fail("the answer does not end");
}

std::optional<Hex> Session::transact_wrapper(const Hex& apdu, bool may_be_silent) {
    line().send(wpdu(association_.client_sap, association_.server_sap, apdu));
    if (may_be_silent) {
        for (const ReceivedWpdu& one : line().wpdus_until_quiet(association_.server_sap)) {
            if (!is_notification(one.apdu)) {
                return one.apdu;
            }
        }
        return std::nullopt;
    }
    while (true) {
        const auto answer = line().next_wpdu(tester_.declared().timing.response);
        if (!answer) {
            fail(line().is_closed()
                     ? "the meter closed the connection instead of answering"
                     : "no answer within " +
                           std::to_string(tester_.declared().timing.response.count()) + " ms");
        }
        expect(answer->source == association_.server_sap &&
                   answer->destination == association_.client_sap,
               "the answer's ports are not those of the request swapped: " + answer->octets);
        if (!is_notification(answer->apdu)) {
            return answer->apdu;
        }
    }
}

bool Session::is_notification(const Hex& apdu) {
    const bool is_one = apdu.starts_with("0F") || apdu.starts_with("C2") || apdu.starts_with("18");
    if (is_one) {
        check_decodes(apdu);
        notifications_.push_back(apdu);
    }
    return is_one;
}

std::optional<Hex> Session::transact(const Hex& apdu, bool may_be_silent) {
    auto answer = tester_.declared().link == Link::hdlc ? transact_hdlc(apdu, may_be_silent)
                                                        : transact_wrapper(apdu, may_be_silent);
    if (answer) {
        check_decodes(*answer);
    }
    return answer;
}

Hex Session::ask(const Hex& apdu) {
    return transact(apdu, false).value();
}

Hex Session::ask_or_silence(const Hex& apdu) {
    return transact(apdu, true).value_or("");
}

void Session::expect_silence(const Hex& apdu, const std::string& what) {
    const Hex answer = ask_or_silence(apdu);
    expect(answer.empty(), what + ": expected silence, the meter answered " + answer);
}

}  // namespace dlms::conformance
