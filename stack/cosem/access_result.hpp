#pragma once
// Data-Access-Result and Action-Result (COSEMpdu; sheet section 7.1): a meter's own verdict on one
// item. A refusal is a result, not an error of ours.

#include <cstdint>
#include <string_view>

namespace dlms::cosem {

enum class DataAccessResult : std::uint8_t {
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
    long_get_aborted = 15,
    no_long_get_in_progress = 16,
    long_set_aborted = 17,
    no_long_set_in_progress = 18,
    data_block_number_invalid = 19,
    other_reason = 250,
};

/// The standard's name with hyphens, for example "object-undefined"; empty for a code outside the
/// standard's table, which a decoder keeps.
std::string_view name(DataAccessResult result);

inline bool is_known(DataAccessResult result) {
    return !name(result).empty();
}

}  // namespace dlms::cosem
