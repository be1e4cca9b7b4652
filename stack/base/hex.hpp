#pragma once
// Hexadecimal text.

#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms {

/// Upper-case digits without separators, for example "C001C1".
std::string to_hex(ByteView bytes);

/// Reads digits in either case; white space, ':' and '-' between octets and "0x" before one are
/// skipped. Errors: invalid_text with the offset of the character.
Result<ByteBuffer> from_hex(std::string_view text);

}  // namespace dlms
