#pragma once
// The data block that a simulated meter sends to a reader of mode C (IEC 62056-21 clause 6.3.5):
// its number, and its electricity registers.

#include <vector>

#include "simulator/logical_device.hpp"
#include "stack/iec62056_21/data_set.hpp"

namespace dlms::simulator {

/// In the order of the objects; energies and powers in kWh, kvarh, kW and so on, as meters say
/// them. What no data set can hold is left out.
std::vector<iec62056_21::DataSet> data_block(LogicalDevice& device, Instant now);

}  // namespace dlms::simulator
