#pragma once
// WPDU of the TCP/UDP wrapper (IEC 62056-47; Green Book 7.3.3): version, two ports, length, APDU.

#include <algorithm>
#include <cstdint>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::wrapper {

inline constexpr std::uint16_t version = 1;
inline constexpr std::size_t header_size = 8;
/// TCP and UDP port registered for DLMS/COSEM.
inline constexpr std::uint16_t default_port = 4059;

struct Wpdu {
    std::uint16_t source_wport = 0;
    std::uint16_t destination_wport = 0;
    ByteView apdu;  ///< a view into the octets decoded

    friend bool operator==(const Wpdu& a, const Wpdu& b) {
        return a.source_wport == b.source_wport && a.destination_wport == b.destination_wport &&
               std::equal(a.apdu.begin(), a.apdu.end(), b.apdu.begin(), b.apdu.end());
    }
};

/// Decodes one datagram that is one WPDU. Errors: truncated header, wrong_version,
/// length_beyond_buffer, trailing_octets.
Result<Wpdu> decode_wpdu(ByteView datagram);

/// Appends header and APDU; the writer fails when the APDU is longer than 65535 octets.
void encode(Writer& writer, const Wpdu& wpdu);

}  // namespace dlms::wrapper
