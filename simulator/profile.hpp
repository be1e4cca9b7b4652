#pragma once
// The buffer of a profile generic object (class 7; Blue Book 4.3.6), and the part of it that a
// client asks for.

#include <cstdint>
#include <deque>
#include <expected>
#include <optional>
#include <vector>

#include "stack/axdr/data.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/cosem/capture_object.hpp"
#include "stack/cosem/descriptor.hpp"

namespace dlms::simulator {

/// Attribute 2.
struct ProfileBuffer {
    /// Structures of as many elements as there are capture objects.
    std::deque<axdr::Data> rows;
    /// A value that is that of the row before is sent as null-data, and so is a time that is one
    /// capture period after that of the row before.
    bool null_data_compression = false;
};

/// A profile while it is read.
struct Profile {
    const ProfileBuffer& buffer;
    std::vector<cosem::CaptureObject> columns;
    std::uint32_t capture_period = 0;  ///< seconds; 0: not periodical
};

/// The rows that are asked for, as an array. Refusals: other_reason for a selector that is not
/// there and for a column that the profile does not have; type_unmatched for parameters of another
/// form or out of range.
std::expected<axdr::Data, cosem::DataAccessResult> read_profile(
    const Profile& profile, const std::optional<cosem::SelectiveAccess>& selection);

}  // namespace dlms::simulator
