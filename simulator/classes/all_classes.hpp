#pragma once
// The classes that do something, one a file of this folder. Each object lives as long as the
// program and holds nothing.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

const ClassBehaviour& register_behaviour();  ///< register and extended register
const ClassBehaviour& demand_register_behaviour();
const ClassBehaviour& register_activation_behaviour();
const ClassBehaviour& profile_generic_behaviour();
const ClassBehaviour& clock_behaviour();
const ClassBehaviour& script_table_behaviour();
const ClassBehaviour& push_setup_behaviour();
const ClassBehaviour& disconnect_control_behaviour();

}  // namespace dlms::simulator
