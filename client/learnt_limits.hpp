#pragma once
// LearntLimits: what a meter turned out not to do, so that it is not tried again.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>

#include "stack/cosem/obis_code.hpp"

namespace dlms::client {

/// Of the buffer of one profile.
struct ProfileLimits {
    bool refuses_ranges = false;
    bool refuses_entries = false;
    /// Rows that one answer may have; 0: no limit was met.
    std::uint32_t most_rows = 0;

    friend bool operator==(const ProfileLimits&, const ProfileLimits&) = default;
};

struct LearntLimits {
    /// Items of a GET with list, or of a Read; 1: one by one.
    std::size_t largest_list = std::numeric_limits<std::size_t>::max();
    std::map<cosem::ObisCode, ProfileLimits> profiles;

    friend bool operator==(const LearntLimits&, const LearntLimits&) = default;
};

}  // namespace dlms::client
