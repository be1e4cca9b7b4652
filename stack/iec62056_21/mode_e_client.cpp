// The reader's side of the opening as a table. An input that has no row in the present state is
// unexpected: it is counted and changes nothing.
//
// The standard (clause 6.3, annex E) lets 200 ms (20 ms for a fast meter) to 1500 ms pass between
// messages, and up to 1500 ms between characters. Here a message must also end: what goes on for
// longer is damage, so that a line that babbles comes to an end. Beside the standard, as the field
// has it: an echo of the acknowledgement that does not come is counted, and HDLC tried all the
// same; our own characters that come back from a two-wire optical head are dropped.

#include "stack/iec62056_21/mode_e_client.hpp"

#include <algorithm>

#include "stack/base/machine.hpp"
#include "stack/base/transition_table.hpp"

namespace dlms::iec62056_21 {

static_assert(Machine<ModeEClient>);

enum class ModeEClient::Input : std::uint8_t {
    open,            // command
    open_sleeping,   // command, for a meter that must be woken
    open_direct,     // command, without an opening
    identified,      // with something that we want
    identified_raw,  // the data block follows unasked (modes A and B)
    hdlc_asked,      // our acknowledgement went out
    readout_asked,   // the same, for the data block
    echo,            // of our acknowledgement, or no more waiting for it
    settled,         // the time behind the change of the speed is over
    block,           // the data block, whole and right
    silence,         // in the place of an answer, with attempts left
    damage,          // an answer that cannot be used, with attempts left
    rested,          // the pause behind the wake-up, or behind damage, is over
    given_up,        // no attempts left, or a meter that does not do what we want
};

struct ModeEClient::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::open, State::identifying},
        {State::idle, Input::open_sleeping, State::waking},
        {State::idle, Input::open_direct, State::hdlc},
        {State::waking, Input::rested, State::identifying},

        {State::identifying, Input::identified, State::reacting},
        {State::identifying, Input::identified_raw, State::reading_out},
        {State::identifying, Input::silence, State::identifying},
        {State::identifying, Input::damage, State::backing_off},
        {State::identifying, Input::given_up, State::failed},
        {State::backing_off, Input::rested, State::identifying},

        {State::reacting, Input::hdlc_asked, State::confirming},
        {State::reacting, Input::readout_asked, State::reading_out},

        {State::confirming, Input::echo, State::settling},
        {State::settling, Input::settled, State::hdlc},

        {State::reading_out, Input::block, State::read},
        {State::reading_out, Input::damage, State::reading_out},   // asks for it again
        {State::reading_out, Input::silence, State::identifying},  // begins anew
        {State::reading_out, Input::given_up, State::failed},
    };
};

namespace {

constexpr Duration wake_up_time = std::chrono::milliseconds(2200);
constexpr Duration wake_up_pause = std::chrono::milliseconds(1600);
constexpr Duration fast_reaction_time = std::chrono::milliseconds(20);

/// An identification, or an echo, takes less than these reaction time-outs from its first
/// character to its last, at 300 Bd and with pauses between the characters.
constexpr int longest_message = 3;

Error error_of(ErrorCode code) {
    return Error{code, Layer::iec62056_21, 0};
}

template <class Message>
ByteBuffer encoded(const Message& message) {
    ByteBuffer octets;
    Writer writer(octets);
    encode(writer, message);
    return writer.ok() ? octets : ByteBuffer();
}

}  // namespace

ModeEClient::ModeEClient(ModeEClientConfiguration configuration)
    : configuration_(std::move(configuration)), line_(configuration_.software_parity) {}

ModeEClient::Counters ModeEClient::counters() const {
    Counters counters = counters_;
    counters.parity_errors = line_.parity_errors();
    return counters;
}

void ModeEClient::step(Input input) {
    state_ = next_state(std::span<const Table::Row>(Table::rows), state_, input).value_or(state_);
}

Status ModeEClient::open(Instant now) {
    if (state_ != State::idle) {
        return fail(ErrorCode::wrong_state, Layer::iec62056_21);
    }
    if (configuration_.direct) {
        step(Input::open_direct);
        line_.change(*configuration_.direct);
        event_ = HdlcReady{*configuration_.direct, {}, {}};
        return {};
    }
    const bool can_ask = !encoded(Request{configuration_.device_address}).empty();
    if (!can_ask || configuration_.start_baud_rate == 0 || configuration_.attempts == 0) {
        return fail(ErrorCode::out_of_range, Layer::iec62056_21);
    }
    attempts_left_ = configuration_.attempts - 1;
    line_.change(line_.text_settings(configuration_.start_baud_rate));
    if (!configuration_.wake_up) {
        step(Input::open);
        ask(now);
        return {};
    }
    step(Input::open_sleeping);
    const Duration one = std::max(line_.transmission_time(1), Duration(1));
    line_.send(ByteBuffer(static_cast<std::size_t>(wake_up_time / one)));
    deadline_ = now + wake_up_time + wake_up_pause;
    return {};
}

void ModeEClient::reset() {
    state_ = State::idle;
    line_.reset();
    deadline_.reset();
    event_.reset();
    last_damage_.reset();
    manufacturer_.clear();
    identification_.clear();
    line_echoes_ = false;
}

void ModeEClient::ask(Instant now) {
    line_.change(line_.text_settings(configuration_.start_baud_rate));
    const ByteBuffer request = encoded(Request{configuration_.device_address});
    line_.send(request);
    collector_.await(MessageCollector::Kind::opening);
    const Instant sent = now + line_.transmission_time(request.size());
    answer_due_ = sent + configuration_.reaction_timeout;
    end_due_ = answer_due_ + longest_message * configuration_.reaction_timeout;
    deadline_ = answer_due_;
}

void ModeEClient::receive(ByteView bytes, Instant now) {
    for (const Byte octet : bytes) {
        const Byte character = line_.character_of(octet);
        switch (state_) {
            case State::identifying:
            case State::confirming:
            case State::reading_out: take(character, now); break;
            default: ++counters_.octets_dropped; break;
        }
    }
}

void ModeEClient::take(Byte character, Instant now) {
    using enum MessageCollector::Progress;
    switch (collector_.take(character)) {
        case noise: ++counters_.octets_dropped; return;
        case begun:
            // The message in progress may go on, but not for ever.
            deadline_ =
                std::min(std::max(answer_due_, now + configuration_.reaction_timeout), end_due_);
            return;
        case overflow: damaged(error_of(ErrorCode::length_beyond_buffer), now); return;
        case whole: take_message(now); return;
    }
}

void ModeEClient::take_message(Instant now) {
    if (state_ == State::reading_out) {
        take_block(now);
        return;
    }
    deadline_ = answer_due_;
    const Result<Line> line = decode_line(collector_.message());
    if (!line) {
        damaged(line.error(), now);
        return;
    }
    if (const auto* request = std::get_if<Request>(&*line)) {
        const bool own = request->address == configuration_.device_address;
        line_echoes_ = line_echoes_ || own;
        ++(own ? counters_.own_echoes : counters_.unexpected_messages);
        return;
    }
    const auto* identification = std::get_if<Identification>(&*line);
    const auto* acknowledgement = std::get_if<Acknowledgement>(&*line);
    if (identification != nullptr && state_ == State::identifying) {
        take_identification(*identification, now);
    } else if (acknowledgement != nullptr && state_ == State::confirming) {
        take_echo(*acknowledgement, now);
    } else {
        ++counters_.unexpected_messages;
    }
}

bool ModeEClient::wants_hdlc(const Identification& identification) const {
    return configuration_.goal != OpeningGoal::readout && identification.hdlc_mode_e;
}

void ModeEClient::take_identification(const Identification& identification, Instant now) {
    manufacturer_ = identification.manufacturer;
    identification_ = identification.identification;
    if (!configuration_.manufacturer.empty() &&
        !is_same_manufacturer(configuration_.manufacturer, manufacturer_)) {
        fail_with(error_of(ErrorCode::wrong_manufacturer));
        return;
    }
    const bool hdlc = wants_hdlc(identification);
    if (!hdlc && configuration_.goal == OpeningGoal::hdlc) {
        fail_with(error_of(ErrorCode::unsupported_mode));
        return;
    }
    const char offered = identification.baud_character;
    unasked_readout_ = !hdlc && (offered < '0' || offered > '9');
    if (unasked_readout_) {
        // Mode B says its speed by a letter; what is neither is mode A, which keeps its own.
        agreed_rate_ = baud_rate(offered).value_or(configuration_.start_baud_rate);
        if (configuration_.fixed_speed && !may_agree(agreed_rate_)) {
            fail_with(error_of(ErrorCode::unsupported_baud_rate));
            return;
        }
        step(Input::identified_raw);
        request_readout(now);
        return;
    }
    const Result<char> baud = agreed_baud(offered);
    if (!baud) {
        fail_with(baud.error());
        return;
    }
    acknowledgement_ = hdlc ? Acknowledgement{'2', *baud, '2'} : Acknowledgement{'0', *baud, '0'};
    agreed_rate_ = rate_of(*baud).value_or(configuration_.start_baud_rate);
    step(Input::identified);
    deadline_ =
        now + (identification.is_fast() ? std::min(fast_reaction_time, configuration_.reaction_time)
                                        : configuration_.reaction_time);
}

void ModeEClient::acknowledge(Instant now) {
    const ByteBuffer octets = encoded(acknowledgement_);
    line_.send(octets);
    if (acknowledgement_.mode != '2') {
        step(Input::readout_asked);
        request_readout(now + line_.transmission_time(octets.size()));
        return;
    }
    step(Input::hdlc_asked);
    own_echo_due_ = line_echoes_;
    collector_.await(MessageCollector::Kind::opening);
    // The meter's echo takes as long as what it repeats.
    answer_due_ =
        now + 2 * line_.transmission_time(octets.size()) + configuration_.reaction_timeout;
    end_due_ = answer_due_;
    deadline_ = answer_due_;
}

void ModeEClient::take_echo(const Acknowledgement& echo, Instant now) {
    if (encoded(echo) != encoded(acknowledgement_)) {
        ++counters_.unexpected_messages;
        return;
    }
    if (std::exchange(own_echo_due_, false)) {
        ++counters_.own_echoes;
        return;
    }
    switch_to_hdlc(now);
}

void ModeEClient::switch_to_hdlc(Instant now) {
    step(Input::echo);
    line_.change(ModeELine::hdlc_settings(agreed_rate_));
    deadline_ = now + configuration_.settle_time;
}

/// The data block comes at the agreed speed, from `now` on.
void ModeEClient::request_readout(Instant now) {
    line_.change(line_.text_settings(agreed_rate_));
    end_due_ = now + configuration_.readout_timeout;
    await_block(now);
}

void ModeEClient::await_block(Instant now) {
    collector_.await(MessageCollector::Kind::block);
    answer_due_ = std::min(now + configuration_.reaction_timeout, end_due_);
    deadline_ = answer_due_;
}

void ModeEClient::take_block(Instant now) {
    const Result<Line> line = decode_line(collector_.message());
    if (!line) {
        damaged(line.error(), now);
        return;
    }
    const auto& message = std::get<Message>(*line);  // nothing else begins with STX or SOH
    if (message.command || !message.is_last || !message.data_sets) {
        ++counters_.unexpected_messages;
        await_block(now);
        return;
    }
    step(Input::block);
    deadline_.reset();
    event_ = ReadoutDone{manufacturer_, identification_, *message.data_sets};
}

void ModeEClient::handle_timeout(Instant now) {
    if (deadline_ && now >= *deadline_) {
        time_is_up(now);
    }
}

void ModeEClient::time_is_up(Instant now) {
    switch (state_) {
        case State::waking:
        case State::backing_off:
            step(Input::rested);
            ask(now);
            return;
        case State::reacting: acknowledge(now); return;
        case State::confirming:
            ++counters_.missing_echoes;
            switch_to_hdlc(now);
            return;
        case State::settling:
            step(Input::settled);
            deadline_.reset();
            event_ =
                HdlcReady{ModeELine::hdlc_settings(agreed_rate_), manufacturer_, identification_};
            return;
        default: break;
    }
    if (collector_.is_inside()) {
        damaged(error_of(ErrorCode::truncated), now);
    } else if (attempts_left_ == 0 || now >= end_due_) {
        fail_with(last_damage_.value_or(error_of(ErrorCode::timeout)));
    } else {
        --attempts_left_;
        ++counters_.repeats;
        step(Input::silence);
        ask(now);
    }
}

void ModeEClient::damaged(const Error& error, Instant now) {
    ++counters_.damaged_messages;
    if (state_ == State::confirming) {
        // The echo repeats what we know; the meter has done what it says.
        collector_.await(MessageCollector::Kind::opening);
        return;
    }
    last_damage_ = error;
    if (attempts_left_ == 0 || (state_ == State::reading_out && now >= end_due_)) {
        fail_with(error);
        return;
    }
    --attempts_left_;
    ++counters_.repeats;
    step(Input::damage);
    if (state_ == State::backing_off) {
        deadline_ = now + configuration_.reaction_timeout;
        return;
    }
    constexpr Byte repeat_request[] = {control::nak};
    line_.send(repeat_request);
    await_block(now + line_.transmission_time(1));
}

void ModeEClient::fail_with(const Error& error) {
    step(Input::given_up);
    deadline_.reset();
    const bool wrong_maker = error.code == ErrorCode::wrong_manufacturer;
    event_ = OpeningFailed{
        error, wrong_maker ? std::string_view(configuration_.manufacturer) : std::string_view(),
        manufacturer_};
}

std::optional<std::uint32_t> ModeEClient::rate_of(char baud_character) const {
    return configuration_.local_baud_rates ? local_baud_rate(baud_character)
                                           : baud_rate(baud_character);
}

bool ModeEClient::may_agree(std::uint32_t rate) const {
    if (configuration_.fixed_speed) {
        return rate == configuration_.start_baud_rate;
    }
    return configuration_.max_baud_rate == 0 || rate <= configuration_.max_baud_rate;
}

/// The highest speed that the meter offers and our line allows.
Result<char> ModeEClient::agreed_baud(char offered) const {
    if (offered >= '0' && offered <= '9' && rate_of(offered)) {
        for (char character = offered; character >= '0'; --character) {
            if (may_agree(rate_of(character).value_or(0))) {
                return character;
            }
        }
    }
    return fail(ErrorCode::unsupported_baud_rate, Layer::iec62056_21);
}

}  // namespace dlms::iec62056_21
