#include "stack/hdlc/client_link.hpp"

#include <algorithm>

#include "stack/base/machine.hpp"
#include "stack/hdlc/client_link_table.hpp"
#include "stack/hdlc/llc.hpp"

namespace dlms::hdlc {

static_assert(Machine<ClientLink>);

namespace {

/// Eleven bits at 300 Bd, the speed that every line has at least.
constexpr std::chrono::milliseconds slowest_octet{37};
/// A frame with a longer pause in it has broken off.
constexpr std::chrono::milliseconds longest_pause{1000};

std::unexpected<Error> misuse(ErrorCode code) {
    return fail(code, Layer::hdlc);
}

}  // namespace

ClientLink::ClientLink(const ClientLinkConfiguration& configuration)
    : configuration_(configuration),
      parser_({configuration.error_mode, configuration.inter_octet_timeout}),
      output_(configuration.expect_echo) {}

bool ClientLink::is_connected() const {
    return state_ == State::idle || state_ == State::exchanging || state_ == State::pausing;
}

ClientLink::Counters ClientLink::counters() const {
    Counters counters = counters_;
    counters.parser = parser_.counters();
    return counters;
}

bool ClientLink::step(Input input) {
    const auto next = next_state<State, Input>(Table::rows, state_, input);
    state_ = next.value_or(state_);
    return next.has_value();
}

// B inputs

void ClientLink::receive(ByteView octets, Instant now) {
    events_.release();
    parser_.receive(octets, now);
    process_frames(now);
    // Octets that come without end must not keep the time-out from being looked at.
    look_at_deadline(now);
}

void ClientLink::handle_timeout(Instant now) {
    events_.release();
    parser_.handle_timeout(now);
    process_frames(now);
    look_at_deadline(now);
}

void ClientLink::link_lost(const Error& error) {
    events_.release();
    const LinkFault fault = fault_of(error);
    parser_.reset();
    output_.clear();
    unnumbered_.clear();
    if (state_ != State::disconnected) {
        fail(error);
        fault_ = error.code == ErrorCode::timeout ? std::optional(fault) : std::nullopt;
    }
}

std::optional<Instant> ClientLink::poll_timeout() const {
    std::optional<Instant> next = parser_.poll_timeout();
    const auto consider = [&next](Instant instant) {
        next = next ? std::min(*next, instant) : instant;
    };
    if (deadline_) {
        consider(*due());
        if (is_connected()) {
            consider(stalls_at_);
        }
    }
    return next;
}

/// The deadline of the state, put off while a frame comes.
std::optional<Instant> ClientLink::due() const {
    const std::size_t size = parser_.unfinished_size();
    if (!deadline_ || size == 0) {
        return deadline_;
    }
    const Duration octet = std::max<Duration>(slowest_octet, configuration_.octet_time);
    const Instant whole = *deadline_ + octet * static_cast<Duration::rep>(size);
    return std::max(*deadline_, std::min(whole, parser_.last_octet() + longest_pause));
}

void ClientLink::await_answer(Instant now) {
    deadline_ = now + configuration_.response_timeout +
                configuration_.octet_time * static_cast<Duration::rep>(output_.queued());
}

void ClientLink::look_at_deadline(Instant now) {
    if (!deadline_) {
        return;
    }
    if (is_connected() && now >= stalls_at_) {
        fail({silence(), Layer::hdlc, 0});
        return;
    }
    if (now < *due()) {
        return;
    }
    // What the meter has sent may be hidden behind the beginning of a frame that never ended.
    parser_.discard_partial();
    process_frames(now);
    if (!deadline_ || now < *due()) {
        return;
    }
    output_.forget_echoes();
    if (state_ == State::clearing) {
        awaits_late_answer_ = true;
        send_snrm(now);
    } else if (state_ == State::pausing) {
        poll_peer(now);
    } else if (may_wait_on(now) || may_try_again(silence())) {
        if (state_ == State::connecting) {
            send_snrm(now);
        } else if (state_ == State::disconnecting) {
            send_disc(Input::again, now);
        } else if (transfer_.outstanding() == 1 && !peer_is_busy_) {
            send_window(now);
        } else {
            // Which of several frames are missing, ours or theirs, the meter knows.
            poll_peer(now);
        }
    }
}

// C commands

Status ClientLink::open(Instant now) {
    if (state_ != State::disconnected) {
        return misuse(ErrorCode::wrong_state);
    }
    if (!configuration_.client.is_valid() || !configuration_.server.is_valid()) {
        return misuse(ErrorCode::out_of_range);
    }
    parser_.reset();
    negotiated_ = {};
    attempts_ = 0;
    was_misaddressed_ = awaits_late_answer_ = false;
    fault_.reset();
    sent_.reset();
    forget_what_came();
    if (configuration_.disconnect_first) {
        send_disc(Input::clear, now);
    } else {
        send_snrm(now);
    }
    return {};
}

Status ClientLink::send(ByteView apdu, Instant now, Answer answer) {
    if (!is_connected()) {
        return misuse(ErrorCode::wrong_state);
    }
    if (apdu.empty() || apdu.size() > configuration_.max_apdu ||
        transfer_.queued() + waiting_octets_ + apdu.size() > limits::max_transmit_queue) {
        return misuse(ErrorCode::request_too_long);
    }
    waiting_.push_back({to_buffer(apdu), answer});
    waiting_octets_ += apdu.size();
    if (state_ == State::idle) {
        start_next(now);
    }
    return {};
}

Status ClientLink::request_more(Instant now) {
    if (!is_connected()) {
        return misuse(ErrorCode::wrong_state);
    }
    answer_ = Answer::expected;
    if (state_ == State::idle) {
        made_progress(now);
        poll_peer(now);
    }
    return {};
}

Status ClientLink::send_unnumbered(ByteView apdu, Instant, std::optional<Address> destination) {
    if (!is_at_rest()) {
        return misuse(ErrorCode::wrong_state);
    }
    Frame frame;
    frame.destination = destination.value_or(configuration_.server);
    frame.source = configuration_.client;
    frame.control = {FrameType::ui, false, 0, 0};
    if (!frame.destination.is_valid() || !frame.source.is_valid()) {
        return misuse(ErrorCode::out_of_range);
    }
    const std::size_t longest = is_connected() ? negotiated_.max_information_transmit
                                               : configuration_.proposed.max_information_transmit;
    if (apdu.empty() ||
        apdu.size() + llc_size > std::min<std::size_t>(longest, largest_information_length) ||
        output_.queued() > limits::max_transmit_queue) {
        return misuse(ErrorCode::request_too_long);
    }
    const auto& llc = frame.destination.is_all_station() ? llc_broadcast : llc_command;
    ByteBuffer information = to_buffer(llc);
    information.insert(information.end(), apdu.begin(), apdu.end());
    frame.information = information;
    ++counters_.sent;
    output_.put(frame);
    return {};
}

Status ClientLink::close(Instant now) {
    if (state_ == State::disconnected || state_ == State::disconnecting) {
        return misuse(ErrorCode::wrong_state);
    }
    attempts_ = 0;
    send_disc(Input::close, now);
    return {};
}

// Turns

/// The turn is ours: what is sent, if anything.
void ClientLink::take_turn(Instant now) {
    if (!transfer_.all_acknowledged() && !peer_is_busy_) {
        send_window(now);
    } else if (transfer_.is_assembling()) {
        poll_peer(now);
    } else if (!transfer_.all_acknowledged() || answer_ == Answer::expected) {
        pause(now);
    } else if (step(Input::done)) {
        deadline_.reset();
        start_next(now);
    }
}

void ClientLink::start_next(Instant now) {
    if (waiting_.empty()) {
        return;
    }
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_octets_ -= next.apdu.size();
    answer_ = next.answer;
    transfer_.queue(llc_command, next.apdu);
    made_progress(now);
    send_window(now);
}

void ClientLink::pause(Instant now) {
    if (step(Input::pause)) {
        deadline_ = now + configuration_.poll_interval;
    }
}

void ClientLink::send_window(Instant now) {
    if (!step(Input::turn)) {
        return;
    }
    const unsigned frames = transfer_.window();
    for (unsigned i = 0; i < frames; ++i) {
        const Segment segment = transfer_.segment(i);
        put(transfer_.control(i, i + 1 == frames), segment.information, !segment.is_last);
    }
    counters_.retransmissions += std::min(frames, transfer_.outstanding());
    transfer_.sent(frames);
    has_polled_ = false;
    await_answer(now);
}

void ClientLink::poll_peer(Instant now) {
    if (step(Input::turn)) {
        put({FrameType::rr, true, 0, transfer_.receive_state()});
        has_polled_ = true;
        await_answer(now);
    }
}

void ClientLink::send_snrm(Instant now) {
    if (!step(state_ == State::connecting ? Input::again : Input::open)) {
        return;
    }
    ByteBuffer information;
    if (configuration_.send_parameters) {
        Writer writer(information);
        encode(writer, negotiate(configuration_.proposed, largest_parameters));
    }
    put({FrameType::snrm, true, 0, 0}, information);
    await_answer(now);
}

void ClientLink::send_disc(Input why, Instant now) {
    if (step(why)) {
        put({FrameType::disc, true, 0, 0});
        await_answer(now);
    }
}

void ClientLink::put(const ControlField& control, ByteView information, bool segmented) {
    ++counters_.sent;
    sent_ = FrameNote{control.octet(), configuration_.client, configuration_.server};
    output_.put({segmented, configuration_.server, configuration_.client, control, information});
}

void ClientLink::made_progress(Instant now) {
    attempts_ = 0;
    was_misaddressed_ = false;
    forget_what_came();
    stalls_at_ = now + configuration_.busy_timeout;
    patient_until_ = now + configuration_.patience;
    if (state_ == State::exchanging) {
        await_answer(now);
    }
}

bool ClientLink::may_try_again(ErrorCode otherwise) {
    if (++attempts_ > configuration_.retries) {
        fail({otherwise, Layer::hdlc, 0});
        return false;
    }
    return true;
}

bool ClientLink::may_wait_on(Instant now) {
    const bool is_patient = is_connected() && now < patient_until_;
    attempts_ += is_patient ? 1u : 0u;
    return is_patient;
}

ErrorCode ClientLink::silence() const {
    return was_misaddressed_ ? ErrorCode::link_misaddressed : ErrorCode::timeout;
}

std::uint64_t ClientLink::dropped() const {
    const FrameParser::Counters& parser = parser_.counters();
    return parser.noise_octets + parser.wrong_format + parser.wrong_length + parser.wrong_address +
           parser.header_check + parser.frame_check + parser.incomplete;
}

void ClientLink::forget_what_came() {
    came_.reset();
    rejection_.reset();
    dropped_before_ = dropped();
}

std::optional<LinkFault> ClientLink::fault() const {
    if (fault_ || is_at_rest()) {
        return fault_;
    }
    return fault_of({ErrorCode::timeout, Layer::hdlc, 0});
}

LinkFault ClientLink::fault_of(const Error& error) const {
    LinkFault fault;
    fault.code = error.code;
    fault.sent = sent_;
    fault.tries = attempts_;
    fault.came = came_;
    fault.dropped = dropped() - dropped_before_;
    fault.most_acknowledged = transfer_.send_state();
    fault.least_acknowledged = (transfer_.send_state() + 8u - transfer_.outstanding()) & 7u;
    fault.rejection = rejection_;
    return fault;
}

void ClientLink::fail(const Error& error, FrameDefect defect) {
    LinkFault fault = fault_of(error);
    fault.defect = defect;
    if (step(Input::failed)) {
        fault_ = fault;
        leave();
        events_.push(LinkFailed{error});
    }
}

/// What belongs to a link that is there no longer.
void ClientLink::leave() {
    deadline_.reset();
    output_.clear();
    waiting_.clear();
    waiting_octets_ = 0;
    transfer_.reset(Parameters{}, configuration_.max_apdu);
    answer_ = Answer::none;
    peer_is_busy_ = false;
}

}  // namespace dlms::hdlc
