#pragma once
// Objects in a scenario. Internal to the scenario's readers.

#include <algorithm>
#include <vector>

#include "simulator/meter_object.hpp"
#include "simulator/scenario_node.hpp"

namespace dlms::simulator {

cosem::ObisCode read_obis(const ScenarioNode& node);
MeterObject read_object(const ScenarioNode& node);

/// Sorts by a member and complains when it occurs twice.
template <class T, class Member>
void sort_unique(const ScenarioNode& node, std::vector<T>& items, Member member) {
    std::ranges::sort(items, {}, member);
    if (std::ranges::adjacent_find(items, {}, member) != items.end()) {
        node.complain("every element once");
    }
}

}  // namespace dlms::simulator
