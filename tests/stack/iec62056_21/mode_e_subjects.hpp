#pragma once
// The two machines of the mode E opening as the conversations of tests know them: octets as they
// are, and what they say upward, changes of the line among it, as text.

#include <string>
#include <vector>

#include "stack/base/hex.hpp"
#include "stack/iec62056_21/mode_e_client.hpp"
#include "stack/iec62056_21/mode_e_server.hpp"

namespace dlms::testing {

inline std::string text_of(const LineSettings& line) {
    constexpr const char* parities[] = {"N", "E", "O"};
    return std::to_string(line.baud_rate) + ' ' + std::to_string(line.data_bits) +
           parities[static_cast<std::size_t>(line.parity)] + std::to_string(line.stop_bits);
}

inline std::string text_of(const iec62056_21::ModeEClientEvent& event) {
    using namespace iec62056_21;
    if (const auto* ready = std::get_if<HdlcReady>(&event)) {
        return "hdlc " + text_of(ready->line) + ' ' + std::string(ready->manufacturer) + ' ' +
               std::string(ready->identification);
    }
    if (const auto* readout = std::get_if<ReadoutDone>(&event)) {
        std::string text = "readout " + std::string(readout->manufacturer);
        Reader reader(readout->data_sets, Layer::iec62056_21);
        DataSetValue last;
        while (const auto next = take_value(reader, last)) {
            last = *next;
            text += ' ' + std::string(last.address) + '=' + std::string(last.value) +
                    (last.unit ? '*' + std::string(*last.unit) : "");
        }
        return text;
    }
    const auto& failed = std::get<OpeningFailed>(event);
    std::string text = "failed " + std::string(name(failed.error.code));
    if (!failed.expected_manufacturer.empty()) {
        text += " expected " + std::string(failed.expected_manufacturer) + " got " +
                std::string(failed.manufacturer);
    }
    return text;
}

inline std::string text_of(const iec62056_21::ModeEServerEvent& event) {
    using namespace iec62056_21;
    if (const auto* opened = std::get_if<HdlcOpened>(&event)) {
        return "hdlc " + text_of(opened->line);
    }
    if (std::holds_alternative<ReadoutSent>(event)) {
        return "readout sent";
    }
    return "abandoned " + std::string(name(std::get<OpeningAbandoned>(event).error.code));
}

/// A machine with what the driver does around it: it sends, changes the line, and sends again.
template <class Machine>
class ModeESubject {
public:
    explicit ModeESubject(Machine tested) : machine(std::move(tested)) {}

    void receive(ByteView bytes, Instant now) { machine.receive(bytes, now); }
    void handle_timeout(Instant now) { machine.handle_timeout(now); }
    void connection_lost() {
        machine.reset();
        sent_.clear();
    }
    ByteBuffer take_transmit() {
        drain();
        return std::exchange(sent_, {});
    }
    std::vector<std::string> take_events() {
        drain();
        return std::exchange(events_, {});
    }
    std::optional<Instant> poll_timeout() { return machine.poll_timeout(); }
    bool is_at_rest() { return machine.state() == Machine::State::idle; }
    ByteBuffer frame(ByteView octets) { return to_buffer(octets); }
    ByteBuffer frame_own(ByteView octets) { return to_buffer(octets); }

    Machine machine;

private:
    void drain() {
        for (bool more = true; more;) {
            more = false;
            while (const std::optional<ByteView> octets = machine.poll_transmit()) {
                sent_.insert(sent_.end(), octets->begin(), octets->end());
            }
            if (const auto line = machine.poll_line_settings()) {
                events_.push_back("line " + text_of(*line));
                more = true;
            }
        }
        while (const auto event = machine.poll_event()) {
            events_.push_back(text_of(*event));
        }
    }

    ByteBuffer sent_;
    std::vector<std::string> events_;
};

using ClientSubject = ModeESubject<iec62056_21::ModeEClient>;
using ServerSubject = ModeESubject<iec62056_21::ModeEServer>;

/// Text of a message as hexadecimal octets.
inline std::string hex_of(std::string_view text) {
    return to_hex(as_bytes(text));
}

}  // namespace dlms::testing
