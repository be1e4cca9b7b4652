// What the client link makes of frames.

#include "stack/hdlc/client_link_table.hpp"
#include "stack/hdlc/llc.hpp"

namespace dlms::hdlc {
namespace {

/// Octets around the information that a meter counts when it means whole frames: flags, format,
/// control, both checks and one to spare; addresses come on top.
constexpr std::uint32_t frame_overhead = 10;

/// What tells a copy of a frame from another frame of the same number: its check sequence.
std::uint16_t frame_check_of(const RawFrame& frame) {
    const ByteView check = frame.content.last(2);
    return static_cast<std::uint16_t>(check[0] << 8 | check[1]);
}

}  // namespace

void ClientLink::process_frames(Instant now) {
    while (const std::optional<RawFrame> frame = parser_.poll_frame()) {
        take(*frame, now);
    }
    if (parser_.failure() && state_ != State::disconnected) {
        fail(*parser_.failure());
    }
}

void ClientLink::take(const RawFrame& frame, Instant now) {
    if (output_.takes_echo(frame.content)) {
        ++counters_.echoes;
        return;
    }
    const std::optional<ControlField> control = ControlField::from_octet(frame.control_octet);
    const bool is_unnumbered = control && control->type == FrameType::ui;
    const bool for_us = is_for_us(frame, is_unnumbered);
    if (!for_us || !is_unnumbered) {
        came_ = FrameNote{frame.control_octet, frame.source, frame.destination};
    }
    if (!for_us) {
        ++counters_.misaddressed;
        was_misaddressed_ = true;
        return;
    }
    ++counters_.received;
    if (!control || (!frame.information.empty() && !may_carry_information(control->type))) {
        count_unexpected();
    } else if (is_unnumbered) {
        take_unnumbered(frame);
    } else if (is_connected()) {
        take_connected(*control, frame, now);
    } else {
        take_answer_to_opening(control->type, frame, now);
    }
}

bool ClientLink::is_for_us(const RawFrame& frame, bool is_unnumbered) const {
    if (is_unnumbered) {  // any meter may push
        return frame.destination == configuration_.client || frame.destination.is_all_station();
    }
    return frame.destination == configuration_.client && frame.source == configuration_.server;
}

void ClientLink::take_unnumbered(const RawFrame& frame) {
    if (frame.source != unnumbered_source_) {
        unnumbered_.clear();
    }
    unnumbered_source_ = frame.source;
    if (frame.information.size() > configuration_.max_apdu + llc_size - unnumbered_.size()) {
        unnumbered_.clear();
        count_unexpected();
        return;
    }
    unnumbered_.insert(unnumbered_.end(), frame.information.begin(), frame.information.end());
    if (frame.segmented) {
        return;
    }
    // Pushes without LLC header have been seen.
    const std::size_t llc = split_llc(unnumbered_) ? llc_size : 0;
    if (unnumbered_.size() == llc) {
        unnumbered_.clear();
        count_unexpected();
        return;
    }
    events_.push(unnumbered_, llc, [&frame](ByteView apdu) -> LinkEvent {
        return UnnumberedReceived{apdu, frame.source};
    });
}

/// While the link is being opened or closed, or is not there.
void ClientLink::take_answer_to_opening(FrameType type, const RawFrame& frame, Instant now) {
    const bool ends = type == FrameType::ua || type == FrameType::dm;
    if (state_ == State::clearing && ends) {
        send_snrm(now);
    } else if (state_ == State::disconnecting && ends) {
        step(Input::closed);
        leave();
        events_.push(LinkClosed{});
    } else if (state_ == State::connecting && ends && awaits_late_answer_ &&
               configuration_.send_parameters && frame.information.empty()) {
        // Most likely to DISC, behind our time-out. The answer to SNRM is still to come, with the
        // meter's parameters; from a meter that states none, to the next SNRM.
        awaits_late_answer_ = false;
        ++counters_.stale;
    } else if (state_ == State::connecting && type == FrameType::ua) {
        take_acceptance(frame);
    } else if (state_ == State::connecting && (type == FrameType::dm || type == FrameType::frmr)) {
        // The meter speaks of the session before, or refuses this one: SNRM again tells.
        if (may_try_again(ErrorCode::link_refused)) {
            send_snrm(now);
        }
    } else {
        count_unexpected();
    }
}

void ClientLink::take_acceptance(const RawFrame& frame) {
    const Result<Parameters> stated = decode_parameters(frame.information);
    if (!stated) {
        fail(stated.error(), FrameDefect::parameters);
        return;
    }
    if (!negotiate_with(*stated)) {
        fail({ErrorCode::link_refused, Layer::hdlc, 0}, FrameDefect::unusable_limits);
        return;
    }
    step(Input::accepted);
    deadline_.reset();
    attempts_ = 0;
    forget_what_came();
    transfer_.reset(negotiated_, configuration_.max_apdu);
    taken_.fill(std::nullopt);
    events_.push(LinkOpened{negotiated_});
}

/// False when what is left takes no APDU. Limits below the standard's are kept to.
bool ClientLink::negotiate_with(const Parameters& stated) {
    Parameters agreed =
        negotiate(configuration_.send_parameters ? configuration_.proposed : Parameters{}, stated);
    const std::uint32_t around =
        configuration_.peer_counts_frames
            ? frame_overhead + configuration_.client.octets + configuration_.server.octets
            : 0;
    if (agreed.max_information_transmit <= around + llc_size ||
        agreed.max_information_receive <= llc_size || agreed.window_transmit == 0 ||
        agreed.window_receive == 0) {
        return false;
    }
    agreed.max_information_transmit -= around;
    negotiated_ = agreed;
    return true;
}

void ClientLink::take_connected(const ControlField& control, const RawFrame& frame, Instant now) {
    if (control.type == FrameType::dm) {
        fail({ErrorCode::association_lost, Layer::hdlc, 0});
        return;
    }
    if (control.type == FrameType::frmr) {
        if (frame.information.size() >= 3) {
            rejection_ = {frame.information[0], frame.information[1], frame.information[2]};
        }
        fail({ErrorCode::frame_rejected, Layer::hdlc, 0});
        return;
    }
    if (control.type > FrameType::rej) {
        count_unexpected();
        return;
    }
    const std::optional<unsigned> acknowledged = transfer_.acknowledge(control.receive_sequence);
    if (!acknowledged) {
        if (control.type == FrameType::i &&
            taken_[control.send_sequence] == frame_check_of(frame)) {
            // A copy that the line kept for long: what it acknowledges was right at its time.
            ++counters_.repeated;
            return;
        }
        count_unexpected();
        fail({ErrorCode::sequence_error, Layer::hdlc, 0});
        return;
    }
    counters_.acknowledged += *acknowledged;
    if (*acknowledged > 0) {
        made_progress(now);
    }
    const Turn turn = control.type == FrameType::i ? take_information(control, frame, now)
                                                   : take_supervisory(control, *acknowledged, now);
    if (!is_connected()) {
        return;
    }
    switch (turn) {
        case Turn::theirs: return;
        case Turn::ours: take_turn(now); return;
        case Turn::empty: pause(now); return;
        case Turn::broken:
            if (!may_try_again(ErrorCode::sequence_error)) {
                return;
            }
            if (!transfer_.all_acknowledged() && !peer_is_busy_) {
                send_window(now);
            } else {
                poll_peer(now);
            }
    }
}

/// RR, RNR and REJ. What only says again what was known is an answer to an earlier turn, and taking
/// it for one to this would double every frame from then on; unless it can be the answer.
ClientLink::Turn ClientLink::take_supervisory(const ControlField& control, unsigned acknowledged,
                                              Instant) {
    peer_is_busy_ = control.type == FrameType::rnr;
    counters_.busy += peer_is_busy_ ? 1u : 0u;
    if (!control.poll_final || state_ != State::exchanging) {
        counters_.stale += control.poll_final ? 1u : 0u;
        return Turn::theirs;
    }
    if (acknowledged > 0 || peer_is_busy_) {
        return Turn::ours;
    }
    if (has_polled_) {
        return transfer_.all_acknowledged() ? Turn::empty : Turn::ours;
    }
    if (control.type == FrameType::rej || transfer_.outstanding() > 1) {
        return Turn::broken;
    }
    ++counters_.stale;
    return Turn::theirs;
}

ClientLink::Turn ClientLink::take_information(const ControlField& control, const RawFrame& frame,
                                              Instant now) {
    switch (transfer_.judge(control.send_sequence)) {
        case Arrival::repeated: ++counters_.repeated; return Turn::theirs;
        case Arrival::early:
            ++counters_.early;
            return control.poll_final && state_ == State::exchanging ? Turn::broken : Turn::theirs;
        case Arrival::next: break;
    }
    counters_.overlong += frame.information.size() > negotiated_.max_information_receive ? 1u : 0u;
    if (!transfer_.take(frame.information, frame.segmented)) {
        fail({ErrorCode::answer_too_long, Layer::hdlc, 0});
        return Turn::theirs;
    }
    taken_[control.send_sequence] = frame_check_of(frame);
    peer_is_busy_ = false;
    counters_.octets_in_order += frame.information.size();
    // An I frame without information brings nothing on, however many come.
    if (!frame.information.empty()) {
        made_progress(now);
    }
    if (!frame.segmented) {
        deliver_apdu();
    }
    return control.poll_final ? Turn::ours : Turn::theirs;
}

void ClientLink::deliver_apdu() {
    const std::optional<LlcSplit> split = split_llc(transfer_.assembled());
    if (!split || split->apdu.empty()) {
        fail({ErrorCode::frame_format, Layer::hdlc, 0}, FrameDefect::no_llc);
        return;
    }
    answer_ = Answer::none;
    events_.push(transfer_.assembled(), llc_size,
                 [](ByteView apdu) -> LinkEvent { return ApduReceived{apdu}; });
}

}  // namespace dlms::hdlc
