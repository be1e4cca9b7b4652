#include "client/hdlc_session.hpp"

#include <algorithm>

#include "client/open_link.hpp"
#include "client/opening_fault.hpp"

namespace dlms::client {
namespace {

Duration octet_time(const LineSettings& line) {
    return std::chrono::duration_cast<Duration>(std::chrono::seconds(bits_per_character(line))) /
           line.baud_rate;
}

hdlc::ClientLinkConfiguration link_configuration(hdlc::Address client, hdlc::Address server,
                                                 const LinkParameters& link,
                                                 Duration answer_timeout) {
    hdlc::ClientLinkConfiguration configuration;
    configuration.client = client;
    configuration.server = server;
    configuration.proposed = {link.hdlc.max_information, link.hdlc.max_information,
                              link.hdlc.window, link.hdlc.window};
    configuration.response_timeout = link.hdlc.response_timeout;
    configuration.retries = link.hdlc.retries;
    configuration.patience = answer_timeout;
    configuration.busy_timeout = std::max(
        configuration.busy_timeout, std::chrono::ceil<std::chrono::milliseconds>(answer_timeout));
    configuration.disconnect_first = link.hdlc.disconnect_first;
    configuration.expect_echo = link.hdlc.expect_echo;
    // A TCP stream loses nothing, but the serial line behind a converter does: noise is dropped in
    // either case. Pauses mean something on a port of ours alone.
    if (link.carrier == Carrier::serial) {
        configuration.octet_time = octet_time(link.line_settings);
        configuration.inter_octet_timeout =
            link.hdlc.inter_octet_timeout +
            std::chrono::ceil<std::chrono::milliseconds>(configuration.octet_time);
    }
    return configuration;
}

/// The same logical device of every meter of the line, or every one where addresses have one part.
hdlc::Address every_station(hdlc::Address of_one) {
    const std::uint16_t all = of_one.octets == 4 ? 0x3FFF : 0x7F;
    (of_one.has_lower() ? of_one.lower : of_one.upper) = all;
    return of_one;
}

}  // namespace

HdlcSession::HdlcSession(hdlc::Address client, hdlc::Address server, const LinkParameters& link,
                         association::ClientConfiguration configuration, Sinks sinks)
    : MeterSession(std::move(configuration), std::move(sinks)),
      link_(link_configuration(client, server, link, response_timeout())),
      every_station_(every_station(server)) {
    if (link.mode_e) {
        mode_e_.emplace(opening_configuration(*link.mode_e));
    }
}

std::string HdlcSession::fault() const {
    if (mode_e_) {
        return opening_fault_;
    }
    const std::optional<hdlc::LinkFault> fault = link_.fault();
    return fault ? describe(*fault) : MeterSession::fault();
}

LineTally HdlcSession::tally() const {
    LineTally tally = MeterSession::tally();
    const hdlc::ClientLink::Counters frames = link_.counters();
    const hdlc::FrameParser::Counters& parser = frames.parser;
    tally.misaddressed += frames.misaddressed;
    tally.damaged_frames = parser.wrong_format + parser.wrong_length + parser.wrong_address +
                           parser.header_check + parser.frame_check + parser.incomplete;
    tally.stray_frames = frames.repeated + frames.early + frames.stale + frames.unexpected;
    tally.repetitions += frames.retransmissions;
    return tally;
}

void HdlcSession::open_link(Instant now) {
    if (mode_e_) {
        if (const Status opening = mode_e_->open(now); !opening) {
            lose_link(opening.error());
        }
        return;
    }
    if (const Status opening = link_.open(now); !opening) {
        lose_link(opening.error());
    }
}

void HdlcSession::close_link(Instant now) {
    if (!link_.close(now)) {  // it is closed already
        report(LinkReport::Kind::closed);
    }
}

void HdlcSession::receive(ByteView bytes, Instant now) {
    if (mode_e_) {
        mode_e_->receive(bytes, now);
        drain_mode_e(now);
        return;
    }
    link_.receive(bytes, now);
    drain_link(now);
}

void HdlcSession::handle_timeout(Instant now) {
    if (mode_e_) {
        mode_e_->handle_timeout(now);
        drain_mode_e(now);
        if (mode_e_ && work_is_over(now)) {
            lose_link(Error{ErrorCode::timeout, Layer::iec62056_21, 0});
        }
        return;
    }
    link_.handle_timeout(now);
    drain_link(now);
    if (const auto deadline = association_timeout(put_off_to_); deadline && now >= *deadline) {
        handle_association_timeout(now);
    }
    // The link has time-outs of its own, but the caller may have less patience.
    if (work_is_over(now) && !link_.is_at_rest()) {
        link_.link_lost(Error{ErrorCode::timeout, Layer::hdlc, 0});
        drain_link(now);
    }
}

void HdlcSession::drain_mode_e(Instant now) {
    const std::optional<iec62056_21::ModeEClientEvent> event = mode_e_->poll_event();
    if (!event) {
        return;
    }
    if (const auto* failed = std::get_if<iec62056_21::OpeningFailed>(&*event)) {
        opening_fault_ = fault_of_opening(*failed, mode_e_->counters());
        lose_link(failed->error);
        return;
    }
    if (const auto* ready = std::get_if<iec62056_21::HdlcReady>(&*event)) {
        link_.set_octet_time(octet_time(ready->line));
    }
    mode_e_.reset();
    open_link(now);
}

/// A long APDU may take longer than the time-out of its request: as long as segments bring it on,
/// the time-out waits. Not for frames that carry next to nothing, nor for a meter that says one
/// thing after the other that answers nothing.
void HdlcSession::put_off(Instant now) {
    constexpr std::uint64_t least_octets = 32;  // the shortest information field to agree on
    constexpr unsigned most_vain_apdus = 3;
    const hdlc::ClientLink::Counters counters = link_.counters();
    const bool brings_on = counters.octets_in_order - octets_in_order_ >= least_octets ||
                           counters.acknowledged != acknowledged_;
    if (!brings_on) {
        return;
    }
    octets_in_order_ = counters.octets_in_order;
    acknowledged_ = counters.acknowledged;
    if (vain_apdus_ < most_vain_apdus) {
        put_off_to_ = now + response_timeout();
    }
}

void HdlcSession::drain_link(Instant now) {
    put_off(now);
    while (const std::optional<hdlc::LinkEvent> event = link_.poll_event()) {
        if (const auto* received = std::get_if<hdlc::ApduReceived>(&*event)) {
            const std::uint64_t answers_before = association().counters().answers;
            deliver(received->apdu, now);
            vain_apdus_ = association().counters().answers == answers_before ? vain_apdus_ + 1 : 0;
        } else if (const auto* unnumbered = std::get_if<hdlc::UnnumberedReceived>(&*event)) {
            deliver(unnumbered->apdu, now);
        } else if (std::holds_alternative<hdlc::LinkOpened>(*event)) {
            report(LinkReport::Kind::opened);
        } else if (std::holds_alternative<hdlc::LinkClosed>(*event)) {
            report(LinkReport::Kind::closed);
        } else if (const auto* failed = std::get_if<hdlc::LinkFailed>(&*event)) {
            lose_link(failed->error);
        }
    }
}

bool HdlcSession::awaits_apdu() const {
    using State = association::ClientAssociation::State;
    return association().outstanding_requests() > 0 ||
           association().state() == State::associating || association().state() == State::releasing;
}

void HdlcSession::send_ready(Instant now) {
    // Of several APDUs in a row (a stream of blocks) the meter answers the last at most.
    std::optional<ByteView> apdu = next_apdu();
    if (apdu && takes_broadcast()) {
        if (const Status sent = link_.send_unnumbered(*apdu, now, every_station_); !sent) {
            lose_link(sent.error());
        }
        return;
    }
    while (apdu) {
        ready_.assign(apdu->begin(), apdu->end());
        apdu = next_apdu();
        const bool is_last = !apdu.has_value();
        const auto answer = is_last && awaits_apdu() ? hdlc::Answer::expected : hdlc::Answer::none;
        if (const Status sent = link_.send(ready_, now, answer); !sent) {
            lose_link(sent.error());
            return;
        }
    }
    if (link_.is_at_rest() && awaits_apdu()) {
        // Cannot be refused: the link is connected.
        static_cast<void>(link_.request_more(now));
    }
}

std::optional<ByteView> HdlcSession::poll_transmit() {
    if (mode_e_) {
        return mode_e_->poll_transmit();
    }
    if (link_.is_connected()) {
        send_ready(std::chrono::steady_clock::now());
    }
    return link_.poll_transmit();
}

std::optional<LineSettings> HdlcSession::poll_line_settings() {
    return mode_e_ ? mode_e_->poll_line_settings() : std::nullopt;
}

std::optional<Instant> HdlcSession::poll_timeout() {
    const auto earlier = [](std::optional<Instant> a, std::optional<Instant> b) {
        return a && b ? std::min(*a, *b) : a ? a : b;
    };
    if (mode_e_) {
        return earlier(mode_e_->poll_timeout(), work_deadline());
    }
    std::optional<Instant> deadline =
        earlier(link_.poll_timeout(), association_timeout(put_off_to_));
    if (!link_.is_at_rest()) {
        deadline = earlier(deadline, work_deadline());
    }
    return deadline;
}

}  // namespace dlms::client
