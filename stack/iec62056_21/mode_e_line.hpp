#pragma once
// ModeELine: what both sides of the mode E opening do alike with the line: characters of seven bits
// with even parity, and changes of the speed between them.

#include <deque>
#include <optional>
#include <variant>

#include "stack/base/bytes.hpp"
#include "stack/base/line_settings.hpp"
#include "stack/base/time.hpp"

namespace dlms::iec62056_21 {

/// Line speeds of the baud characters '7', '8' and '9', which the standard reserves: in local use
/// they stand for what the enumeration comm_speed of the interface classes 19 and 23 says. Others
/// as baud_rate().
std::optional<std::uint32_t> local_baud_rate(char baud_character);

class ModeELine {
public:
    /// With `software_parity` the line itself knows only eight bits without parity (a converter
    /// behind TCP): the parity bit is made and checked here. On the wire it is the same.
    explicit ModeELine(bool software_parity) : software_parity_(software_parity) {}

    /// The settings for text at a speed: 7E1, or 8N1 where parity is made here.
    LineSettings text_settings(std::uint32_t baud_rate) const;
    /// The settings for HDLC.
    static LineSettings hdlc_settings(std::uint32_t baud_rate) { return {.baud_rate = baud_rate}; }

    /// Sends text behind what was sent before.
    void send(ByteView text);
    /// Changes the settings behind what was sent before, unless they are the same.
    void change(const LineSettings& settings);
    /// Forgets what has not been handed out, and the settings: the next change is made.
    void reset() {
        outputs_.clear();
        settings_.reset();
    }
    /// How long so many characters take at the settings asked for last.
    Duration transmission_time(std::size_t characters) const;

    std::optional<ByteView> poll_transmit();
    std::optional<LineSettings> poll_line_settings();

    /// A received octet without its parity; NUL, which no message has, if that was wrong.
    Byte character_of(Byte octet);
    std::uint64_t parity_errors() const { return parity_errors_; }

private:
    bool software_parity_;
    std::deque<std::variant<ByteBuffer, LineSettings>> outputs_;
    ByteBuffer transmitting_;
    std::optional<LineSettings> settings_;
    std::uint64_t parity_errors_ = 0;
};

}  // namespace dlms::iec62056_21
