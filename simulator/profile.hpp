#pragma once
// Reading the buffer of a profile generic object (class 7; Blue Book 4.3.6): the part of it that a
// client asks for.

#include <cstdint>
#include <expected>
#include <optional>
#include <vector>

#include "simulator/meter_object.hpp"
#include "stack/axdr/data.hpp"
#include "stack/cosem/access_result.hpp"
#include "stack/cosem/capture_object.hpp"
#include "stack/cosem/descriptor.hpp"

namespace dlms::simulator {

/// The rows of a profile in the order in which they are read: structures of as many elements as
/// there are columns.
class ProfileRows {
public:
    virtual ~ProfileRows() = default;

    virtual std::size_t size() const = 0;
    /// A view into the rows, or into `space`; valid until the next call with the same space.
    virtual axdr::DataView row(std::size_t index, axdr::Data& space) const = 0;
    /// Rows outside of [first, second) are known not to lie between two values of the clock column.
    virtual std::pair<std::size_t, std::size_t> candidates(const axdr::DataView& /*from*/,
                                                           const axdr::DataView& /*to*/) const {
        return {0, size()};
    }
};

/// A profile while it is read.
struct Profile {
    const ProfileRows& rows;
    std::vector<cosem::CaptureObject> columns;
    std::uint32_t capture_period = 0;  ///< seconds; 0: not periodical
    BufferEncoding encoding = BufferEncoding::array;
};

/// The rows that are asked for, as an array or a compact-array. Refusals: other_reason for a
/// selector that is not there and for a column that the profile does not have; type_unmatched for
/// parameters of another form or out of range.
std::expected<axdr::Data, cosem::DataAccessResult> read_profile(
    const Profile& profile, const std::optional<cosem::SelectiveAccess>& selection);

}  // namespace dlms::simulator
