#pragma once
// Lengths as A-XDR (IEC 61334-6) and BER (ITU-T X.690 8.1.3) write them alike: 00-7F, 81 nn,
// 82 nnnn, 83 nnnnnn, 84 nnnnnnnn.

#include "stack/base/reader.hpp"
#include "stack/base/writer.hpp"

namespace dlms {

namespace detail {

/// Reads what stands behind the first octet of a length of more than one. Kept out of the walks
/// over long values, whose lengths are short.
[[gnu::noinline]] inline std::uint32_t read_long_length(Reader& reader, std::uint8_t first) {
    switch (first) {
        case 0x81: return reader.u8();
        case 0x82: return reader.u16();
        case 0x83: return reader.u24();
        case 0x84: return reader.u32();
        default: reader.fail_at(ErrorCode::invalid_length_encoding, reader.offset() - 1); return 0;
    }
}

}  // namespace detail

/// Reads a definite length. Longer forms than needed are accepted, as the standard's receivers do.
/// Fails with invalid_length_encoding for 80 and for more than four octets.
inline std::uint32_t read_length(Reader& reader) {
    const std::uint8_t first = reader.u8();
    return first < 0x80 ? first : detail::read_long_length(reader, first);
}

/// Writes the shortest form; the writer fails for what four octets cannot hold.
inline void write_length(Writer& writer, std::size_t length) {
    if (length < 0x80) {
        writer.u8(static_cast<std::uint8_t>(length));
    } else if (length <= 0xFF) {
        writer.u8(0x81);
        writer.u8(static_cast<std::uint8_t>(length));
    } else if (length <= 0xFFFF) {
        writer.u8(0x82);
        writer.u16(static_cast<std::uint16_t>(length));
    } else if (length <= 0xFFFFFFFFu) {
        writer.u8(0x84);
        writer.u32(static_cast<std::uint32_t>(length));
    } else {
        writer.fail();
    }
}

}  // namespace dlms
