#pragma once
// What the interface classes (Blue Book 4.3 to 4.5; IEC 62056-6-2) say of their attributes, as far
// as showing and writing a value needs it: the type, and where octets are a date-time, a date or a
// time.

#include <cstdint>
#include <optional>
#include <span>

#include "stack/axdr/tag.hpp"

namespace dlms::render {

/// Which of the three forms of time octets hold: 12, 5 or 4 of them.
enum class ClockForm : std::uint8_t { date_time, date, time };

/// Whether the attribute is a value that scaler_unit belongs to: class 3 and 4 attribute 2, class 5
/// attributes 2 and 3.
bool is_register_value(std::uint16_t class_id, std::int8_t attribute_id);

/// The type that the class gives the attribute; nothing where the class leaves it open or is not in
/// the table.
std::optional<axdr::Tag> attribute_type(std::uint16_t class_id, std::int8_t attribute_id);

/// The form of time at one place of an attribute; nothing where the octets are something else.
/// `path` holds the index in each structure on the way there; arrays add nothing to it, and it is
/// empty for the attribute itself.
std::optional<ClockForm> clock_form(std::uint16_t class_id, std::int8_t attribute_id,
                                    std::span<const std::size_t> path);

}  // namespace dlms::render
