#pragma once
// Data as a scenario of the simulator has it: null, or an object with one key, the type's name, and
// the value (docs/scenario.md).

#include <nlohmann/json.hpp>

#include "stack/axdr/data_view.hpp"

namespace dlms::render {

/// What a scenario cannot say (compact-array, dont-care, numbers that are not finite, text that is
/// not ASCII) has the key "encoded" and the octets of the Data in hexadecimal. The reader of
/// scenarios makes the same Data of it.
nlohmann::json scenario_data(const axdr::DataView& data);

}  // namespace dlms::render
