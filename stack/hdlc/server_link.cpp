// The server link as a table. It is that of the secondary station in normal response mode: it has
// the turn from a frame with P until its own frame with F.
//
// Where this machine differs from the standard: SNRM and DISC without P are dropped, since they
// give no right to answer; REJ is unknown to DLMS and rejected; a link that a refused SNRM found
// open is over.

#include "stack/hdlc/server_link.hpp"

#include <algorithm>

#include "stack/base/transition_table.hpp"
#include "stack/hdlc/llc.hpp"

namespace dlms::hdlc {

enum class ServerLink::Input : std::uint8_t {
    accept,      // SNRM that we can serve
    refuse,      // SNRM that we cannot: DM
    disconnect,  // DISC: UA, or DM where there is no link
    poll,        // P: the turn is ours
    answer,      // F: the turn is the client's
    reject,      // a frame that breaks the rules: FRMR
    lost,        // inactivity, or the line is gone
};

struct ServerLink::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::disconnected, Input::accept, State::connected},
        {State::connected, Input::accept, State::connected},
        {State::polled, Input::accept, State::connected},
        {State::rejected, Input::accept, State::connected},

        {State::connected, Input::poll, State::polled},
        {State::polled, Input::poll, State::polled},
        {State::polled, Input::answer, State::connected},

        {State::connected, Input::reject, State::rejected},
        {State::polled, Input::reject, State::rejected},

        {State::connected, Input::refuse, State::disconnected},
        {State::polled, Input::refuse, State::disconnected},
        {State::rejected, Input::refuse, State::disconnected},
        {State::connected, Input::disconnect, State::disconnected},
        {State::polled, Input::disconnect, State::disconnected},
        {State::rejected, Input::disconnect, State::disconnected},
        {State::connected, Input::lost, State::disconnected},
        {State::polled, Input::lost, State::disconnected},
        {State::rejected, Input::lost, State::disconnected},
    };
};

ServerLink::Counters& ServerLink::Counters::operator+=(const Counters& more) {
    received += more.received;
    repeated += more.repeated;
    early += more.early;
    refused_busy += more.refused_busy;
    retransmissions += more.retransmissions;
    rejections += more.rejections;
    refused += more.refused;
    not_connected += more.not_connected;
    unexpected += more.unexpected;
    without_llc += more.without_llc;
    return *this;
}

bool ServerLink::step(Input input) {
    const auto next = next_state<State, Input>(Table::rows, state_, input);
    state_ = next.value_or(state_);
    return next.has_value();
}

void ServerLink::put(FrameOutput& output, FrameType type, ByteView information) const {
    output.put({false,
                addresses_.client,
                addresses_.server,
                {type, true, 0, transfer_.receive_state()},
                information});
}

// Inputs

void ServerLink::receive(const RawFrame& frame, Surroundings around) {
    ++counters_.received;
    last_frame_ = around.now;
    const std::optional<ControlField> control = ControlField::from_octet(frame.control_octet);
    if (control && control->type == FrameType::ui) {
        take_unnumbered(frame, around);
    } else if (control && control->poll_final && control->type == FrameType::snrm) {
        take_snrm(frame, around);
    } else if (control && control->poll_final && control->type == FrameType::disc) {
        if (is_connected() && !frame.information.empty()) {
            reject(Rejection::information, frame, around);
        } else {
            take_disc(around);
        }
    } else if (control && control->type > FrameType::rej) {
        ++counters_.unexpected;
    } else if (is_connected()) {
        if (!control || control->type == FrameType::rej) {
            reject(Rejection::control, frame, around);
        } else {
            take_numbered(*control, frame, around);
        }
    } else if (control) {
        take_disconnected(*control, around);
    } else {
        ++counters_.unexpected;
    }
}

void ServerLink::handle_timeout(Surroundings around) {
    const Duration limit = configuration_.inactivity_timeout;
    if (limit > Duration::zero() && around.now >= last_frame_ + limit) {
        end(ClientDisconnected::Cause::inactivity, Input::lost, around);
    } else if (acknowledge_at_ && around.now >= *acknowledge_at_) {
        answer(around.output);
    }
}

void ServerLink::link_lost(Surroundings around) {
    end(ClientDisconnected::Cause::line, Input::lost, around);
}

Status ServerLink::send(ByteView apdu) {
    if (!is_connected()) {
        return fail(ErrorCode::wrong_state, Layer::hdlc);
    }
    if (apdu.empty() || apdu.size() > configuration_.max_apdu ||
        transfer_.queued() + llc_size + apdu.size() > limits::max_transmit_queue) {
        return fail(ErrorCode::request_too_long, Layer::hdlc);
    }
    transfer_.queue(llc_response, apdu);
    owes_answer_ = false;
    return {};
}

std::optional<Instant> ServerLink::poll_timeout() const {
    std::optional<Instant> next = acknowledge_at_;
    if (state_ != State::disconnected && configuration_.inactivity_timeout > Duration::zero()) {
        const Instant silent_at = last_frame_ + configuration_.inactivity_timeout;
        next = next ? std::min(*next, silent_at) : silent_at;
    }
    return next;
}

// What comes from the client

void ServerLink::take_unnumbered(const RawFrame& frame, Surroundings around) {
    const std::optional<LlcSplit> split = split_llc(frame.information);
    if (!split || split->apdu.empty() || frame.segmented) {
        ++counters_.without_llc;
        return;
    }
    ByteBuffer apdu = to_buffer(split->apdu);
    around.events.push(apdu, 0, [this, &frame](ByteView view) -> ServerEvent {
        return {addresses_, UnnumberedReceived{view, frame.source}};
    });
}

void ServerLink::take_snrm(const RawFrame& frame, Surroundings around) {
    const Result<Parameters> stated = decode_parameters(frame.information);
    if (!stated || !is_acceptable(*stated)) {
        ++counters_.refused;
        end(ClientDisconnected::Cause::reset, Input::refuse, around);
        put(around.output, FrameType::dm);
        return;
    }
    if (is_connected()) {
        around.events.push({addresses_, ClientDisconnected{ClientDisconnected::Cause::reset}});
    }
    step(Input::accept);
    negotiated_ = negotiate(configuration_.parameters, *stated);
    transfer_.reset(negotiated_, configuration_.max_apdu);
    peer_is_busy_ = owes_answer_ = false;
    acknowledge_at_.reset();
    ByteBuffer information;
    Writer writer(information);
    encode(writer, negotiated_);
    put(around.output, FrameType::ua, information);
    around.events.push({addresses_, ClientConnected{negotiated_}});
}

void ServerLink::take_disc(Surroundings around) {
    const bool was_there = state_ != State::disconnected;
    end(ClientDisconnected::Cause::requested, Input::disconnect, around);
    put(around.output, was_there ? FrameType::ua : FrameType::dm);
}

/// I, RR and RNR where there is no link, or none any more.
void ServerLink::take_disconnected(const ControlField& control, Surroundings around) {
    ++counters_.not_connected;
    if (!control.poll_final) {
        return;
    }
    if (state_ == State::rejected) {
        send_frmr(around.output);
    } else {
        put(around.output, FrameType::dm);
    }
}

void ServerLink::take_numbered(const ControlField& control, const RawFrame& frame,
                               Surroundings around) {
    if (!frame.information.empty() && !may_carry_information(control.type)) {
        reject(Rejection::information, frame, around);
        return;
    }
    if (frame.information.size() > negotiated_.max_information_receive) {
        reject(Rejection::too_long, frame, around);
        return;
    }
    if (!transfer_.acknowledge(control.receive_sequence)) {
        reject(Rejection::sequence, frame, around);
        return;
    }
    peer_is_busy_ = control.type == FrameType::rnr;
    if (control.type == FrameType::i && !take_information(control, frame, around)) {
        return;
    }
    if (control.poll_final) {
        be_polled(around);
    }
}

/// False when the frame was rejected.
bool ServerLink::take_information(const ControlField& control, const RawFrame& frame,
                                  Surroundings around) {
    const Arrival arrival = transfer_.judge(control.send_sequence);
    counters_.repeated += arrival == Arrival::repeated ? 1u : 0u;
    counters_.early += arrival == Arrival::early ? 1u : 0u;
    if (arrival != Arrival::next) {
        return true;
    }
    if (is_busy_) {
        ++counters_.refused_busy;
        return true;
    }
    if (!transfer_.take(frame.information, frame.segmented)) {
        reject(Rejection::too_long, frame, around);
        return false;
    }
    if (!frame.segmented) {
        deliver_apdu(around);
    }
    return true;
}

void ServerLink::deliver_apdu(Surroundings around) {
    const std::optional<LlcSplit> split = split_llc(transfer_.assembled());
    if (!split || split->apdu.empty()) {
        ++counters_.without_llc;
        return;
    }
    owes_answer_ = true;
    around.events.push(transfer_.assembled(), llc_size, [this](ByteView apdu) -> ServerEvent {
        return {addresses_, ApduReceived{apdu}};
    });
}

// The turn

void ServerLink::be_polled(Surroundings around) {
    step(Input::poll);
    if (is_busy_ || !owes_answer_ || transfer_.is_assembling()) {
        answer(around.output);
    } else if (!acknowledge_at_) {
        // A poll that comes again while the first waits is answered with it.
        acknowledge_at_ = around.now + configuration_.acknowledge_after;
    }
}

void ServerLink::answer_if_ready(FrameOutput& output) {
    if (state_ == State::polled && !transfer_.all_acknowledged()) {
        answer(output);
    }
}

void ServerLink::answer(FrameOutput& output) {
    if (!step(Input::answer)) {
        return;
    }
    acknowledge_at_.reset();
    if (is_busy_ || peer_is_busy_ || transfer_.all_acknowledged()) {
        put(output, is_busy_ ? FrameType::rnr : FrameType::rr);
        return;
    }
    const unsigned frames = transfer_.window();
    for (unsigned i = 0; i < frames; ++i) {
        const Segment segment = transfer_.segment(i);
        output.put({!segment.is_last, addresses_.client, addresses_.server,
                    transfer_.control(i, i + 1 == frames), segment.information});
    }
    counters_.retransmissions += std::min(frames, transfer_.outstanding());
    transfer_.sent(frames);
}

// Ends

void ServerLink::reject(Rejection why, const RawFrame& frame, Surroundings around) {
    ++counters_.rejections;
    rejection_ = {frame.control_octet,
                  static_cast<Byte>(transfer_.receive_state() << 5 | transfer_.send_state() << 1),
                  static_cast<Byte>(why)};
    end(ClientDisconnected::Cause::rejected, Input::reject, around);
    if ((frame.control_octet & poll_final_bit) != 0) {
        send_frmr(around.output);
    }
}

void ServerLink::send_frmr(FrameOutput& output) {
    put(output, FrameType::frmr, rejection_);
}

void ServerLink::end(ClientDisconnected::Cause cause, Input input, Surroundings around) {
    const bool had_client = is_connected();
    step(input);
    acknowledge_at_.reset();
    owes_answer_ = false;
    transfer_.reset(Parameters{}, configuration_.max_apdu);
    if (had_client) {
        around.events.push({addresses_, ClientDisconnected{cause}});
    }
}

}  // namespace dlms::hdlc
