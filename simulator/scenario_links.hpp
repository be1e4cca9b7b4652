#pragma once
// The links in a scenario. Internal to the scenario's readers.

#include "simulator/link_settings.hpp"
#include "simulator/scenario_node.hpp"

namespace dlms::simulator {

HdlcSettings read_hdlc(const ScenarioNode& node);
ModeESettings read_mode_e(const ScenarioNode& node);

/// The largest logical device SAP and lower address that such HDLC addresses can hold.
std::uint16_t largest_hdlc_upper(std::uint8_t address_octets);
std::uint16_t largest_hdlc_lower(std::uint8_t address_octets);

}  // namespace dlms::simulator
