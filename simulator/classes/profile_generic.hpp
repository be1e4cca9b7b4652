#pragma once
// Profile generic (class 7; Blue Book 4.3.6). Rows are captured one by one, or follow from the
// time: a profile with a history keeps nothing but since when it has which period, clock and
// origins, and makes a row when it is asked for.

#include <expected>

#include "simulator/classes/class_behaviour.hpp"
#include "simulator/profile.hpp"

namespace dlms::simulator {

/// Attribute 2, or the part of it that is asked for; refusals as those of read_profile().
std::expected<axdr::Data, cosem::DataAccessResult> read_profile_of(
    const OwnObject& profile, const std::optional<cosem::SelectiveAccess>& selection);

std::uint32_t entries_in_use(const OwnObject& profile);

/// A row of the present values.
cosem::ActionResult capture(const OwnObject& profile);

/// A profile with a history begins it, if it has not.
void prepare_history(const OwnObject& profile);

/// To be called when another object holds something else: what it held until now stays in the rows
/// until now. Nothing happens where the object is no profile that has a column of it.
void close_history(const OwnObject& profile, std::size_t object);

}  // namespace dlms::simulator
