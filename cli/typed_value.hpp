#pragma once
// A value and its type, as they are written on a command line.

#include <expected>
#include <optional>
#include <string>

#include "render/json_data.hpp"

namespace dlms::cli {

/// JSON, or else the text itself. As bit-string 101 is three bits, and no number.
render::Json value_from_text(const std::string& text, std::optional<axdr::Tag> type);

/// A type by its name or its number; nothing for an empty text. The error is a sentence.
std::expected<std::optional<axdr::Tag>, std::string> parse_type(const std::string& text);

}  // namespace dlms::cli
