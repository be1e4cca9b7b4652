#pragma once

#include <vector>

#include "server/http_front.hpp"

namespace dlms::service {

// The contract, and a page to try it: /openapi.json, /docs and what the page loads. The page asks
// nothing of any other host.
[[nodiscard]] std::vector<HttpRoute> docs_routes();

}  // namespace dlms::service
