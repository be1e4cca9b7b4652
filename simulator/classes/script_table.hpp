#pragma once
// Script table (class 9; Blue Book 4.5.2).

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

/// The actions of a script in order, until one is refused. other_reason for an unknown script.
cosem::ActionResult execute_script(const OwnObject& table, std::uint64_t script);

}  // namespace dlms::simulator
