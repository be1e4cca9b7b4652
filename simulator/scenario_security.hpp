#pragma once
// The parts of a scenario about authentication and keys.

#include "simulator/device_security.hpp"
#include "simulator/scenario_node.hpp"
#include "stack/association/server_association.hpp"

namespace dlms::simulator {

/// "security" of a logical device.
DeclaredSecurity read_device_security(const ScenarioNode& node);

/// "mechanism", "password" and "security" of an association. `keys` is what the device has.
void read_authentication(const ScenarioNode& node, const DeclaredSecurity& keys,
                         association::ServerConfiguration& configuration);

}  // namespace dlms::simulator
