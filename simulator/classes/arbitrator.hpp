#pragma once
// Arbitrator (class 68; Blue Book 4.5.12): of the actions that several actors ask for, the one with
// the most weight is done. What the sources leave open is settled in docs/simulator.md.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

const ClassBehaviour& arbitrator_behaviour();

}  // namespace dlms::simulator
