#pragma once
// Data in a scenario: null, or an object with one key, the type's name, and the value. Internal to
// the scenario's readers.

#include "simulator/scenario_node.hpp"
#include "stack/axdr/data.hpp"

namespace dlms::simulator {

/// The reverse of render::scenario_data().
axdr::Data read_scenario_data(const ScenarioNode& node);

}  // namespace dlms::simulator
