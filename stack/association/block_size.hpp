#pragma once
// How much of a long value one block may carry.

#include <cstddef>
#include <cstdint>

#include "stack/base/limits.hpp"

namespace dlms::association {

/// A max-receive-pdu-size as a limit in octets; 0 means none beside that of every APDU.
constexpr std::size_t pdu_limit(std::uint16_t max_receive_pdu_size) {
    return max_receive_pdu_size == 0 ? limits::max_apdu : std::size_t{max_receive_pdu_size};
}

/// Octets of a block for which `room` octets are left, the length field among them: that takes one
/// octet up to 127, two to 255, three above. 0 when there is no room for any.
constexpr std::size_t block_octets(std::size_t room) {
    if (room < 2) {
        return 0;
    }
    return room <= 128 ? room - 1 : room <= 257 ? room - 2 : room - 3;
}

}  // namespace dlms::association
