#pragma once
// Reasons of RLRQ and RLRE (Green Book 9.4.2.5). The same number means different things in the two.

#include <cstdint>
#include <string_view>

namespace dlms::acse {

enum class ReleaseRequestReason : std::uint8_t {
    normal = 0,
    urgent = 1,
    user_defined = 30,
};

enum class ReleaseResponseReason : std::uint8_t {
    normal = 0,
    not_finished = 1,
    user_defined = 30,
};

/// The standard's names with hyphens; empty for a value that is not in the standard's table.
std::string_view name(ReleaseRequestReason reason);
std::string_view name(ReleaseResponseReason reason);

}  // namespace dlms::acse
