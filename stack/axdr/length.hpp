#pragma once
// A-XDR lengths and counts (IEC 61334-6): 00-7F, 81 nn, 82 nnnn, 83 nnnnnn, 84 nnnnnnnn.

#include "stack/base/reader.hpp"
#include "stack/base/writer.hpp"

namespace dlms::axdr {

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

/// Reads a length or count. Longer forms than needed are accepted, as the standard's receivers do.
/// Fails with invalid_length_encoding for 80 and for more than four octets.
inline std::uint32_t read_length(Reader& reader) {
    const std::uint8_t first = reader.u8();
    return first < 0x80 ? first : detail::read_long_length(reader, first);
}

/// Reads a length and checks it against what remains.
inline std::uint32_t read_checked_length(Reader& reader) {
    const std::size_t where = reader.offset();
    const std::uint32_t length = read_length(reader);
    if (length > reader.remaining()) [[unlikely]] {
        reader.fail_at(ErrorCode::length_beyond_buffer, where);
        return 0;
    }
    return length;
}

/// Reads an OCTET STRING: length and octets.
inline ByteView read_octet_string(Reader& reader) {
    return reader.bytes(read_checked_length(reader));
}

/// Reads the flag of an OPTIONAL or DEFAULT field; fails with bad_presence_flag for more than 1.
inline bool read_presence(Reader& reader) {
    const std::size_t where = reader.offset();
    const std::uint8_t flag = reader.u8();
    if (flag > 1) [[unlikely]] {
        reader.fail_at(ErrorCode::bad_presence_flag, where);
    }
    return flag == 1;
}

/// Writes the shortest form.
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

inline void write_octet_string(Writer& writer, ByteView octets) {
    write_length(writer, octets.size());
    writer.bytes(octets);
}

}  // namespace dlms::axdr
