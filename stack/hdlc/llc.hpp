#pragma once
// LLC header before an APDU (ISO/IEC 8802-2; Green Book 8.3; sheet section 8.6): destination LSAP,
// source LSAP, quality. Only the first segment of an APDU has it.

#include <algorithm>
#include <array>
#include <optional>

#include "stack/base/bytes.hpp"

namespace dlms::hdlc {

inline constexpr std::size_t llc_size = 3;
/// Client to server.
inline constexpr std::array<Byte, llc_size> llc_command{0xE6, 0xE6, 0x00};
/// Server to client, pushed APDUs included.
inline constexpr std::array<Byte, llc_size> llc_response{0xE6, 0xE7, 0x00};
/// Client to all servers.
inline constexpr std::array<Byte, llc_size> llc_broadcast{0xFF, 0xE6, 0x00};

struct LlcSplit {
    ByteView llc;
    ByteView apdu;
};

/// Parts an information field behind its LLC header; nothing when it does not begin with one.
inline std::optional<LlcSplit> split_llc(ByteView information) {
    for (const auto* header : {&llc_command, &llc_response, &llc_broadcast}) {
        if (information.size() >= llc_size &&
            std::equal(header->begin(), header->end(), information.begin())) {
            return LlcSplit{information.first(llc_size), information.subspan(llc_size)};
        }
    }
    return std::nullopt;
}

}  // namespace dlms::hdlc
