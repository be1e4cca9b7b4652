#pragma once
// The scenario of the simulator (docs/scenario.md) that a copied meter makes.

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "cli/meter_copy.hpp"

namespace dlms::cli {

struct ScenarioDocument {
    nlohmann::ordered_json json;
    /// What of the meter the scenario does not have, and what somebody must fill in: sentences for
    /// people.
    std::vector<std::string> notes;
    /// Passwords and keys that stand as place-holders in the document, by their JSON pointers.
    std::vector<std::string> placeholders;
};

/// `name` is for the log. No secret of `parameters` is written: passwords become
/// "REPLACE-PASSWORD", keys zeros.
ScenarioDocument scenario_document(const MeterCopy& copy, const client::MeterParameters& parameters,
                                   const std::string& name);

}  // namespace dlms::cli
