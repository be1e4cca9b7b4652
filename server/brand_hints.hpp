#pragma once

#include <string_view>

#include "render/value_json.hpp"

namespace dlms::service {

// What a brand's documents say of octets whose class leaves their meaning open: Hexcell's serial
// number and its prepayment token are BCD digits.
[[nodiscard]] render::OctetHint octet_hint_of_brand(std::string_view brand);

}  // namespace dlms::service
