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
const ClassBehaviour& data_behaviour();  ///< token entry
const ClassBehaviour& schedule_behaviour();
const ClassBehaviour& single_action_schedule_behaviour();
const ClassBehaviour& special_days_behaviour();
const ClassBehaviour& activity_calendar_behaviour();
const ClassBehaviour& register_monitor_behaviour();
const ClassBehaviour& parameter_monitor_behaviour();
const ClassBehaviour& limiter_behaviour();
const ClassBehaviour& image_transfer_behaviour();
const ClassBehaviour& association_ln_behaviour();
const ClassBehaviour& association_sn_behaviour();
const ClassBehaviour& sap_assignment_behaviour();
const ClassBehaviour& compact_data_behaviour();
const ClassBehaviour& ipv4_setup_behaviour();
const ClassBehaviour& account_behaviour();
const ClassBehaviour& credit_behaviour();
const ClassBehaviour& charge_behaviour();
const ClassBehaviour& token_gateway_behaviour();
const ClassBehaviour& port_protection_behaviour();

}  // namespace dlms::simulator
