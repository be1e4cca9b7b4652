#pragma once
// Data in a scenario: null, or an object with one key, the type's name, and the value. Internal to
// the scenario's readers.

#include "simulator/scenario_node.hpp"
#include "stack/axdr/data.hpp"

namespace dlms::simulator {

axdr::Data read_scenario_data(const ScenarioNode& node);

/// The reverse. What a scenario cannot say (compact-array, dont-care, text that is not ASCII) has
/// the key "encoded" and the octets of the Data in hexadecimal.
nlohmann::json scenario_data(const axdr::DataView& data);

}  // namespace dlms::simulator
