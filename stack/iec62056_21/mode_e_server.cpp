// The meter's side of the opening as a table. An input that has no row in the present state is
// unexpected: it is counted and changes nothing.
//
// Where the standard (clause 6.3, annex E) leaves a choice: without an acknowledgement in time, or
// with one that chooses a speed or a mode that was not offered, the meter goes back to listening at
// the opening speed, and sends no data block unasked.

#include "stack/iec62056_21/mode_e_server.hpp"

#include <algorithm>

#include "stack/base/machine.hpp"
#include "stack/base/transition_table.hpp"

namespace dlms::iec62056_21 {

static_assert(Machine<ModeEServer>);

enum class ModeEServer::Input : std::uint8_t {
    request,         // for us
    other_request,   // for another meter on the line
    sent,            // the identification, after the reaction time
    hdlc_chosen,     // acknowledgement of mode E
    readout_chosen,  // acknowledgement of the data readout
    refused,         // acknowledgement of something else, or no good one
    timeout,         // no acknowledgement, or no more waiting for a repeat request
    confirmed,       // the echo, after the reaction time
    answered,        // the data block, after the reaction time
    repeat,          // NAK
    reset,           // command
};

struct ModeEServer::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::request, State::reacting},
        {State::reacting, Input::sent, State::identified},

        {State::identified, Input::hdlc_chosen, State::confirming},
        {State::identified, Input::readout_chosen, State::answering},
        {State::identified, Input::request, State::reacting},  // ours was not heard
        {State::identified, Input::other_request, State::idle},
        {State::identified, Input::refused, State::idle},
        {State::identified, Input::timeout, State::idle},

        {State::confirming, Input::confirmed, State::hdlc},

        {State::answering, Input::answered, State::reading_out},
        {State::reading_out, Input::repeat, State::answering},
        {State::reading_out, Input::timeout, State::idle},

        {State::idle, Input::reset, State::idle},
        {State::reacting, Input::reset, State::idle},
        {State::identified, Input::reset, State::idle},
        {State::confirming, Input::reset, State::idle},
        {State::hdlc, Input::reset, State::idle},
        {State::answering, Input::reset, State::idle},
        {State::reading_out, Input::reset, State::idle},
    };
};

namespace {

constexpr Duration fast_reaction_time = std::chrono::milliseconds(20);
constexpr std::size_t max_identification = 16;
/// An acknowledgement takes less than these reaction time-outs.
constexpr int longest_message = 2;

Error error_of(ErrorCode code) {
    return Error{code, Layer::iec62056_21, 0};
}

/// Addresses are the same without their leading zeros.
std::string_view significant(std::string_view address) {
    const std::size_t first = address.find_first_not_of('0');
    return first == std::string_view::npos ? std::string_view() : address.substr(first);
}

Identification identification_of(const ModeEServerConfiguration& configuration) {
    Identification line;
    line.manufacturer = configuration.manufacturer;
    line.baud_character = configuration.baud_character;
    line.hdlc_mode_e = configuration.hdlc;
    line.identification = configuration.identification;
    return line;
}

/// Whether a reader reads what we would write.
bool reads_back(ByteView octets, const Identification& wanted) {
    const Result<Line> line = decode_line(octets);
    const auto* read = line ? std::get_if<Identification>(&*line) : nullptr;
    return read != nullptr && read->manufacturer == wanted.manufacturer &&
           read->hdlc_mode_e == wanted.hdlc_mode_e && read->identification == wanted.identification;
}

}  // namespace

Result<ModeEServer> ModeEServer::create(ModeEServerConfiguration configuration) {
    ModeEServer server(std::move(configuration));
    const ModeEServerConfiguration& wanted = server.configuration_;
    const Identification identification = identification_of(wanted);
    ByteBuffer request;
    Writer identification_writer(server.identification_);
    Writer request_writer(request);
    encode(identification_writer, identification);
    encode(request_writer, Request{wanted.device_address});
    const bool can_be_said = identification_writer.ok() && request_writer.ok() &&
                             server.set_readout(wanted.readout) &&
                             reads_back(server.identification_, identification);
    const bool has_speeds =
        wanted.start_baud_rate > 0 && wanted.baud_character >= '0' && wanted.baud_character <= '9';
    if (!can_be_said || !has_speeds || wanted.identification.size() > max_identification) {
        return fail(ErrorCode::out_of_range, Layer::iec62056_21);
    }
    server.listen();
    return server;
}

Status ModeEServer::set_readout(std::span<const DataSet> data_sets) {
    ByteBuffer block;
    Writer writer(block);
    encode_readout(writer, data_sets);
    if (!writer.ok()) {
        return fail(ErrorCode::out_of_range, Layer::iec62056_21);
    }
    readout_ = std::move(block);
    return {};
}

ModeEServer::ModeEServer(ModeEServerConfiguration configuration)
    : configuration_(std::move(configuration)), line_(configuration_.software_parity) {}

ModeEServer::Counters ModeEServer::counters() const {
    Counters counters = counters_;
    counters.parity_errors = line_.parity_errors();
    return counters;
}

bool ModeEServer::step(Input input) {
    const auto next =
        next_state(std::span<const Transition<State, Input>>(Table::rows), state_, input);
    state_ = next.value_or(state_);
    return next.has_value();
}

void ModeEServer::reset() {
    step(Input::reset);
    line_.reset();
    event_.reset();
    listen();
}

/// What every way back to idle does.
void ModeEServer::listen() {
    deadline_.reset();
    collector_.await(MessageCollector::Kind::opening);
    line_.change(line_.text_settings(configuration_.start_baud_rate));
}

void ModeEServer::receive(ByteView bytes, Instant now) {
    for (const Byte octet : bytes) {
        const Byte character = line_.character_of(octet);
        switch (state_) {
            case State::idle:
            case State::identified:
            case State::reading_out: take(character, now); break;
            default: ++counters_.octets_dropped; break;
        }
    }
}

void ModeEServer::take(Byte character, Instant now) {
    using enum MessageCollector::Progress;
    switch (collector_.take(character)) {
        case noise: ++counters_.octets_dropped; return;
        case overflow: ++counters_.damaged_messages; return;
        case whole: take_message(now); return;
        case begun: break;
    }
    if (state_ != State::idle) {
        deadline_ =
            std::min(std::max(answer_due_, now + configuration_.reaction_timeout), end_due_);
    }
}

void ModeEServer::take_message(Instant now) {
    const Result<Line> line = decode_line(collector_.message());
    if (!line) {
        ++counters_.damaged_messages;
        if (step(Input::refused)) {
            abandon(line.error());
        }
        return;
    }
    const auto* acceptance = std::get_if<Acceptance>(&*line);
    if (const auto* request = std::get_if<Request>(&*line)) {
        take_request(*request, now);
    } else if (const auto* acknowledgement = std::get_if<Acknowledgement>(&*line);
               acknowledgement != nullptr && state_ == State::identified) {
        take_acknowledgement(*acknowledgement, now);
    } else if (acceptance != nullptr && !acceptance->is_positive && step(Input::repeat)) {
        deadline_ = now + reaction_time();
    } else {
        ++counters_.unexpected_messages;
    }
}

void ModeEServer::take_request(const Request& request, Instant now) {
    const bool is_ours = request.address.empty() ||
                         significant(request.address) == significant(configuration_.device_address);
    if (!is_ours) {
        ++counters_.other_addresses;
        if (step(Input::other_request)) {
            listen();
        }
        return;
    }
    if (!step(Input::request)) {
        ++counters_.unexpected_messages;
        return;
    }
    deadline_ = now + reaction_time();
}

void ModeEServer::take_acknowledgement(const Acknowledgement& acknowledgement, Instant now) {
    const bool hdlc = configuration_.hdlc && acknowledgement.protocol_control == '2' &&
                      acknowledgement.mode == '2';
    const bool readout = acknowledgement.protocol_control == '0' && acknowledgement.mode == '0';
    const Result<std::uint32_t> rate = chosen_rate(acknowledgement.baud_character);
    if (!(hdlc || readout) || !rate) {
        step(Input::refused);
        abandon(!(hdlc || readout) ? error_of(ErrorCode::unsupported_mode) : rate.error());
        return;
    }
    acknowledgement_ = acknowledgement;
    agreed_rate_ = *rate;
    step(hdlc ? Input::hdlc_chosen : Input::readout_chosen);
    deadline_ = now + reaction_time();
}

void ModeEServer::handle_timeout(Instant now) {
    if (!deadline_ || now < *deadline_) {
        return;
    }
    switch (state_) {
        case State::reacting: identify(now); return;
        case State::confirming: confirm(); return;
        case State::answering: send_readout(now); return;
        case State::identified:
            step(Input::timeout);
            abandon(error_of(ErrorCode::timeout));
            return;
        case State::reading_out:
            step(Input::timeout);
            listen();
            event_ = ReadoutSent{};
            return;
        default: return;  // idle and HDLC wait for nothing
    }
}

void ModeEServer::identify(Instant now) {
    step(Input::sent);
    line_.send(identification_);
    collector_.await(MessageCollector::Kind::opening);
    answer_due_ =
        now + line_.transmission_time(identification_.size()) + configuration_.reaction_timeout;
    end_due_ = answer_due_ + longest_message * configuration_.reaction_timeout;
    deadline_ = answer_due_;
}

void ModeEServer::confirm() {
    step(Input::confirmed);
    if (configuration_.echo_acknowledgement) {
        ByteBuffer echo;
        Writer writer(echo);
        encode(writer, acknowledgement_);
        line_.send(echo);
    }
    const LineSettings settings = ModeELine::hdlc_settings(agreed_rate_);
    line_.change(settings);
    deadline_.reset();
    ++counters_.openings;
    event_ = HdlcOpened{settings};
}

void ModeEServer::send_readout(Instant now) {
    step(Input::answered);
    line_.change(line_.text_settings(agreed_rate_));
    line_.send(readout_);
    ++counters_.readouts;
    collector_.await(MessageCollector::Kind::opening);
    answer_due_ = now + line_.transmission_time(readout_.size()) + configuration_.reaction_timeout;
    end_due_ = answer_due_;
    deadline_ = answer_due_;
}

void ModeEServer::abandon(const Error& error) {
    listen();
    event_ = OpeningAbandoned{error};
}

Duration ModeEServer::reaction_time() const {
    return identification_of(configuration_).is_fast()
               ? std::min(fast_reaction_time, configuration_.reaction_time)
               : configuration_.reaction_time;
}

/// The speed that a baud character chooses: up to our own.
Result<std::uint32_t> ModeEServer::chosen_rate(char baud_character) const {
    const std::optional<std::uint32_t> rate =
        baud_character >= '0' && baud_character <= configuration_.baud_character
            ? local_baud_rate(baud_character)
            : std::nullopt;
    if (!rate) {
        return fail(ErrorCode::unsupported_baud_rate, Layer::iec62056_21);
    }
    return *rate;
}

}  // namespace dlms::iec62056_21
