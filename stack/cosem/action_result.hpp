#pragma once
// Action-Result (COSEMpdu; sheet section 7.1): a meter's own verdict on one method. A refusal is a
// result, not an error of ours.

#include <cstdint>
#include <string_view>

namespace dlms::cosem {

enum class ActionResult : std::uint8_t {
    success = 0,
    hardware_fault = 1,
    temporary_failure = 2,
    read_write_denied = 3,
    object_undefined = 4,
    object_class_inconsistent = 9,
    object_unavailable = 11,
    type_unmatched = 12,
    scope_of_access_violated = 13,
    data_block_unavailable = 14,
    long_action_aborted = 15,
    no_long_action_in_progress = 16,
    other_reason = 250,
};

/// The standard's name with hyphens, for example "object-undefined"; empty for a code outside the
/// standard's table.
std::string_view name(ActionResult result);

inline bool is_known(ActionResult result) {
    return !name(result).empty();
}

}  // namespace dlms::cosem
