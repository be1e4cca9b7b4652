#pragma once

#include <string_view>

namespace dlms::service {

// The schemas of the OpenAPI document's components, as a JSON object: the data of the contract.
extern const std::string_view openapi_schemas;

}  // namespace dlms::service
