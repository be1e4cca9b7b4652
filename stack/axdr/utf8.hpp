#pragma once

#include "stack/base/bytes.hpp"

namespace dlms::axdr {

/// Whether the octets are UTF-8 as RFC 3629 has it: shortest forms, no surrogates, to U+10FFFF.
bool is_utf8(ByteView octets);

}  // namespace dlms::axdr
