#pragma once

#include <string>

namespace dlms::service {

// The OpenAPI 3.1 document of the REST interface, made of the table of routes. Any thread.
[[nodiscard]] std::string openapi_document();

}  // namespace dlms::service
