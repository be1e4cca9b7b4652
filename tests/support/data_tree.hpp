#pragma once
// A Data as the vector files write it: {"type": ..., "value": ...}.

#include <nlohmann/json.hpp>

#include "stack/axdr/data_view.hpp"

namespace dlms::testing {

nlohmann::json data_tree(const axdr::DataView& data);

}  // namespace dlms::testing
