#pragma once
// What a brand's documents say of octets whose class leaves their meaning open.

#include <string_view>

#include "render/value_json.hpp"

namespace dlms::render {

/// Hexcell's serial number and its prepayment token are BCD digits. `profile` is the name of a
/// meter profile, for example "hexcell"; a hint that knows nothing for every other one.
[[nodiscard]] OctetHint octet_hint_of_profile(std::string_view profile);

}  // namespace dlms::render
