#include "stack/iec62056_21/mode_e_line.hpp"

#include <bit>

#include "stack/iec62056_21/message.hpp"

namespace dlms::iec62056_21 {
namespace {

constexpr Byte parity_bit = 0x80;

bool is_even(Byte octet) {
    return std::popcount(octet) % 2 == 0;
}

}  // namespace

std::optional<std::uint32_t> local_baud_rate(char baud_character) {
    switch (baud_character) {
        case '7': return 38'400;
        case '8': return 57'600;
        case '9': return 115'200;
        default: return baud_rate(baud_character);
    }
}

LineSettings ModeELine::text_settings(std::uint32_t baud_rate) const {
    if (software_parity_) {
        return {.baud_rate = baud_rate};
    }
    return {.baud_rate = baud_rate, .data_bits = 7, .parity = Parity::even};
}

void ModeELine::send(ByteView text) {
    ByteBuffer octets = to_buffer(text);
    for (Byte& octet : octets) {
        if (software_parity_ && !is_even(octet)) {
            octet |= parity_bit;
        }
    }
    outputs_.emplace_back(std::move(octets));
}

void ModeELine::change(const LineSettings& settings) {
    if (settings_ != settings) {
        settings_ = settings;
        outputs_.emplace_back(settings);
    }
}

Duration ModeELine::transmission_time(std::size_t characters) const {
    const LineSettings line = settings_.value_or(LineSettings{});
    return std::chrono::nanoseconds(characters * bits_per_character(line) * 1'000'000'000u /
                                    line.baud_rate);
}

std::optional<ByteView> ModeELine::poll_transmit() {
    if (outputs_.empty() || !std::holds_alternative<ByteBuffer>(outputs_.front())) {
        return std::nullopt;
    }
    transmitting_ = std::move(std::get<ByteBuffer>(outputs_.front()));
    outputs_.pop_front();
    return ByteView(transmitting_);
}

std::optional<LineSettings> ModeELine::poll_line_settings() {
    if (outputs_.empty() || !std::holds_alternative<LineSettings>(outputs_.front())) {
        return std::nullopt;
    }
    const LineSettings settings = std::get<LineSettings>(outputs_.front());
    outputs_.pop_front();
    return settings;
}

Byte ModeELine::character_of(Byte octet) {
    if (software_parity_ && !is_even(octet)) {
        ++parity_errors_;
        return 0;
    }
    return octet & static_cast<Byte>(~parity_bit);
}

}  // namespace dlms::iec62056_21
