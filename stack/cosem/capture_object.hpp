#pragma once
// Capture object definition: a column of a profile (Blue Book 4.3.6; structure {class_id
// long-unsigned, logical_name octet-string, attribute_index integer, data_index long-unsigned}).

#include <vector>

#include "stack/axdr/data_builder.hpp"
#include "stack/axdr/data_view.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::cosem {

struct CaptureObject {
    std::uint16_t class_id = 0;
    ObisCode logical_name;
    std::int8_t attribute_index = 0;
    std::uint16_t data_index = 0;  ///< 0 the whole attribute, else its element from 1

    friend bool operator==(const CaptureObject&, const CaptureObject&) = default;
};

/// Errors: type_mismatch; element_missing and trailing_octets for another number of members;
/// value_out_of_range for a number beyond its member's range.
Result<CaptureObject> read_capture_object(const axdr::DataView& data);

/// An array of them. Errors as above.
Result<std::vector<CaptureObject>> read_capture_objects(const axdr::DataView& data);

void write(axdr::DataBuilder& builder, const CaptureObject& object);

/// Whether the column is a clock's time: class 8, attribute 2.
bool is_clock(const CaptureObject& object);

/// Whether the class table has a date-time at this place.
bool holds_date_time(const CaptureObject& object);

namespace detail {

/// The members of a structure that must have `count` of them. Errors: type_mismatch,
/// element_missing, trailing_octets.
Result<axdr::ElementRange> members_of(const axdr::DataView& data, std::size_t count);

/// A member that must be a non-negative number up to `most`. Errors: type_mismatch,
/// value_out_of_range.
Result<std::uint32_t> number_of(const axdr::DataView& data, std::uint32_t most);

/// A member that must be an octet-string of six octets. Errors: type_mismatch, value_out_of_range.
Result<ObisCode> obis_code_of(const axdr::DataView& data);

}  // namespace detail
}  // namespace dlms::cosem
