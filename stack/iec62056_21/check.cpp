#include "stack/iec62056_21/check.hpp"

#include <array>

namespace dlms::iec62056_21 {
namespace {

constexpr std::array<std::uint16_t, 256> make_table() {
    constexpr std::uint16_t polynomial = 0xA001;  // 8005, reflected
    std::array<std::uint16_t, 256> table{};
    for (std::size_t octet = 0; octet < table.size(); ++octet) {
        auto state = static_cast<std::uint16_t>(octet);
        for (int bit = 0; bit < 8; ++bit) {
            const bool carry = (state & 1) != 0;
            state = static_cast<std::uint16_t>((state >> 1) ^ (carry ? polynomial : 0));
        }
        table[octet] = state;
    }
    return table;
}

constexpr std::array<std::uint16_t, 256> table = make_table();

}  // namespace

std::uint8_t block_check(ByteView octets) {
    std::uint8_t check = 0;
    for (const Byte octet : octets) {
        check ^= octet;
    }
    return check;
}

std::uint16_t telegram_crc(ByteView octets) {
    std::uint16_t state = 0;
    for (const Byte octet : octets) {
        state = static_cast<std::uint16_t>((state >> 8) ^ table[(state ^ octet) & 0xFF]);
    }
    return state;
}

}  // namespace dlms::iec62056_21
