#pragma once
// The remaining energy of a Hexcell meter with prepayment (1-0:96.66.0.255, class 3): what tokens
// have added less what was imported since. It is looked at when somebody asks, and when it could be
// used up.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

inline constexpr cosem::ObisCode remaining_energy_name(1, 0, 96, 66, 0, 255);

/// Whether the object is one: of that name and class, with a stored number.
bool is_remaining_energy(const MeterObject& object);

/// Takes off what was imported until now. The first time it only begins to count.
void settle_remaining_energy(const OwnObject& energy);

/// The meter has power again: what was imported meanwhile was not metered.
void resume_remaining_energy(const OwnObject& energy);

/// When it could be used up.
std::optional<Instant> next_look_at_remaining_energy(const OwnObject& energy);

}  // namespace dlms::simulator
