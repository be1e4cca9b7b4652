#pragma once
// Numbers of meters that are copies of one another: the decimal digits of names and serial numbers
// counted up.

#include <cstdint>
#include <string>

#include "stack/axdr/data.hpp"

namespace dlms::simulator {

/// Counts the decimal digits at the end of a text up; what they cannot hold is lost.
std::string counted_up(const std::string& text, std::uint32_t count);

/// The same for an octet-string of text or of BCD digits, or a visible-string; another value stays.
axdr::Data counted_up(const axdr::DataView& value, std::uint32_t count);

}  // namespace dlms::simulator
