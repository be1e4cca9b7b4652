#pragma once
// A JSON value as it stands in a message: ASCII only, and short however long or deep it is.

#include <cstddef>
#include <string>

#include <nlohmann/json.hpp>

namespace dlms::render {

/// Characters of a quoted value; what is left out becomes "...".
inline constexpr std::size_t longest_quote = 60;

/// The beginning of the value, without blanks. Takes no longer for a long value than for a short
/// one.
std::string quote(const nlohmann::ordered_json& value);

}  // namespace dlms::render
