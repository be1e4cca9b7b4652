#pragma once
// A conformance block as people write it: its three octets in hexadecimal, for example "007E1F", or
// the standard's names with commas between them, for example "get, set, general-block-transfer".

#include <expected>
#include <string>
#include <string_view>

#include "stack/xdlms/conformance.hpp"

namespace dlms::xdlms {

/// The error says what is wrong with the text. Reserved bits are refused.
std::expected<Conformance, std::string> conformance_from_text(std::string_view text);

}  // namespace dlms::xdlms
