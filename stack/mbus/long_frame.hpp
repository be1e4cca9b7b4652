#pragma once
// The long frame of wired M-Bus (EN 13757-2: 68 L L 68 C A CI ... checksum 16) and the transport
// header that DLMS/COSEM puts into it (EN 13757-1, IEC 62056-7-3): CI 00-1F with FIN and a segment
// number, then two transport service access points.

#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::mbus {

inline constexpr std::uint8_t long_start = 0x68;
inline constexpr std::uint8_t stop = 0x16;
/// Octets of a long frame around those that its length counts: 68 L L 68, checksum and 16.
inline constexpr std::size_t long_frame_overhead = 6;

struct LongFrame {
    std::uint8_t c_field = 0;
    std::uint8_t a_field = 0;
    std::uint8_t ci_field = 0;  ///< 00-1F: DLMS/COSEM
    std::uint8_t stsap = 0;     ///< source: server
    std::uint8_t dtsap = 0;     ///< destination: client
    ByteView payload;           ///< a view into the octets decoded: a part of an APDU

    /// Number of this segment in its APDU, from 0, modulo 16.
    std::uint8_t segment() const { return ci_field & 0x0F; }
    bool is_last_segment() const { return (ci_field & 0x10) != 0; }
};

/// Takes the long frame at the start of `octets` and removes it from them; offsets in errors count
/// from `base_offset`. Errors: no_frame, truncated, frame_length_mismatch when the two lengths
/// differ or are too small, frame_format for another start or stop octet, check_mismatch,
/// unknown_choice for a CI field of another application.
Result<LongFrame> take_long_frame(ByteView& octets, std::size_t base_offset = 0);

/// Appends the frame; the writer fails for a payload above 250 octets.
void encode(Writer& writer, const LongFrame& frame);

}  // namespace dlms::mbus
