#pragma once
// What begins with a length in A-XDR (IEC 61334-6): OCTET STRING; and the flag of optional fields.

#include "stack/base/length.hpp"

namespace dlms::axdr {

using dlms::read_length;
using dlms::write_length;

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

inline void write_octet_string(Writer& writer, ByteView octets) {
    write_length(writer, octets.size());
    writer.bytes(octets);
}

}  // namespace dlms::axdr
