#pragma once
// Communication port protection (class 124): wrong passwords lock a device's ports, each time for
// longer.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

/// Whether a device takes no association now.
bool is_port_locked(LogicalDevice& device, Instant now);

/// A wrong password has come.
void count_failed_attempt(LogicalDevice& device, Instant now);

}  // namespace dlms::simulator
