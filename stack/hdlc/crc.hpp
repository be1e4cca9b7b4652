#pragma once
// CRC-16/X-25, the frame and header check sequence of HDLC (ISO/IEC 13239; sheet section 8.1):
// x16 + x12 + x5 + 1, reflected, preset FFFF, complemented. On the line the low octet comes first.

#include <cstdint>

#include "stack/base/bytes.hpp"

namespace dlms::hdlc {

/// A check sequence that is computed in pieces; octets in any portions, in their order.
class Crc {
public:
    void update(ByteView octets);
    /// The check sequence of all octets so far.
    std::uint16_t value() const { return static_cast<std::uint16_t>(~state_); }

private:
    std::uint16_t state_ = 0xFFFF;
};

/// The check sequence of these octets.
std::uint16_t crc(ByteView octets);

// The two ways to compute it, which Crc chooses from; both give the same. Measured on an AMD Zen
// with g++ 12: tables 1.7-2 GB/s (sixteen of them were no faster than eight), folding 11 GB/s from
// 1,000 octets on and no slower than the tables from folding_minimum on.

/// Carries `state` over the octets by eight tables at once.
std::uint16_t crc_by_tables(std::uint16_t state, ByteView octets);

/// The fewest octets that folding takes.
inline constexpr std::size_t folding_minimum = 64;
/// Whether this processor has carry-less multiplication.
bool can_fold();
/// The same by carry-less multiplication; only where can_fold(), with folding_minimum octets.
std::uint16_t crc_by_folding(std::uint16_t state, ByteView octets);

}  // namespace dlms::hdlc
