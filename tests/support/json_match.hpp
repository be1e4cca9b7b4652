#pragma once
// Field-by-field comparison of what was decoded with what a vector expects.

#include <string>

#include <nlohmann/json.hpp>

namespace dlms::testing {

/// Empty when every path of `expected` is in `actual` with the same value; otherwise one line for
/// each difference. More fields may be in `actual`; null and absent are the same; members
/// "operation" and "note" of `expected` are comments.
std::string differences(const nlohmann::json& expected, const nlohmann::json& actual);

}  // namespace dlms::testing
