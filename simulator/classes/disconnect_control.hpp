#pragma once
// Disconnect control (class 70; Blue Book 4.5.8).

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

/// A hand at the meter.
enum class ManualSwitch : std::uint8_t { disconnect, reconnect };

/// Transitions e and f: false where the control mode does not allow them in this state.
bool switch_by_hand(const OwnObject& relay, ManualSwitch which);

}  // namespace dlms::simulator
