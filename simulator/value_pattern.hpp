#pragma once
// What may be written in the place of a value: the same type.

#include <optional>

#include "stack/axdr/data.hpp"

namespace dlms::simulator {

/// The value to store when `offered` is written where values look like `pattern`; nothing when the
/// types differ. A structure must have the same elements; an array any number of elements, each
/// like the pattern's first, or like one another where the pattern is empty. A structure without
/// elements stands for any. Where the pattern is an octet-string of 12, 5 or 4 octets, a date-time,
/// date or time is taken for the octet-string of its octets (sheet of data formats: both carry the
/// same octets).
std::optional<axdr::Data> value_like(const axdr::DataView& pattern, const axdr::DataView& offered);

}  // namespace dlms::simulator
