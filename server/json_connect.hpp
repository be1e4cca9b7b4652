#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "server/json_fields.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// The parameters of a /connect from an object that has them, and what is wrong with them at
// `location`.
[[nodiscard]] ConnectRequest read_connect(const nlohmann::json& object,
                                          const nlohmann::ordered_json& location,
                                          std::vector<FieldError>& errors);

}  // namespace dlms::service
