#pragma once
// What an OBIS code stands for in a few words (IEC 62056-61), for people: "Active energy import
// total", "Voltage L1", "Clock".

#include <string>

#include "stack/cosem/obis_code.hpp"

namespace dlms::render {

/// `profile` is the name of a meter profile, whose brand may have names of its own. Empty for a
/// code that is not known.
[[nodiscard]] std::string obis_name(const cosem::ObisCode& code, std::string_view profile = {});

}  // namespace dlms::render
