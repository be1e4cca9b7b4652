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

}  // namespace dlms::hdlc
