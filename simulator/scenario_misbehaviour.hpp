#pragma once
// The misbehaviour in a scenario, and in what the control is asked. Internal to these readers.

#include <vector>

#include "simulator/misbehaviour.hpp"
#include "simulator/scenario_node.hpp"

namespace dlms::simulator {

/// A name, {"kind": name, "percent", "at", amount}, or a list of these.
std::vector<Misdeed> read_misbehaviour(const ScenarioNode& node);

/// The same for one association: only what is done to its answers.
std::vector<Misdeed> read_answer_misbehaviour(const ScenarioNode& node);

}  // namespace dlms::simulator
