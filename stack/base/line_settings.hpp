#pragma once
// How a serial line talks: speed and shape of a character. Machines ask for changes of it (the
// opening of IEC 62056-21 mode E); what is no serial line has none.

#include <cstdint>

namespace dlms {

enum class Parity : std::uint8_t { none, even, odd };

struct LineSettings {
    std::uint32_t baud_rate = 9600;  ///< bit/s
    std::uint8_t data_bits = 8;      ///< 7 or 8
    Parity parity = Parity::none;
    std::uint8_t stop_bits = 1;  ///< 1 or 2

    friend bool operator==(const LineSettings&, const LineSettings&) = default;
};

/// Bits that one character takes on the line.
constexpr std::uint32_t bits_per_character(const LineSettings& line) {
    return 1u + line.data_bits + (line.parity == Parity::none ? 0u : 1u) + line.stop_bits;
}

}  // namespace dlms
