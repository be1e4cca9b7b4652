#pragma once
// Octets as text for people: printable characters, hexadecimal, BCD digits.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace dlms::render {

/// How octets are shown; the member `encoding` of an answer.
enum class OctetEncoding : std::uint8_t { text, hex, bcd, date_time };

/// "text", "hex", "bcd" or "date-time".
std::string_view name(OctetEncoding encoding);

/// Whether every octet is printable ASCII; true for none.
bool is_printable(std::string_view text);

/// The decimal digits, two an octet, first the high half; nothing when a half is above 9.
std::optional<std::string> bcd_text(ByteView octets);

/// The octets of an even number of decimal digits; nothing for another text.
std::optional<ByteBuffer> bcd_from_text(std::string_view digits);

/// The text itself where a terminal can show it without harm, else as a quoted JSON string in which
/// control characters and all but ASCII are escaped. The text must be UTF-8.
std::string terminal_text(std::string_view utf8);

}  // namespace dlms::render
