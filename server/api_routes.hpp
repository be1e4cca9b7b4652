#pragma once
// The table of the REST interface: every route, what it asks of its caller, and what it answers.
// Routing, scopes and the OpenAPI document come from it.

#include <array>
#include <span>
#include <string_view>

#include "server/http_message.hpp"

namespace dlms::service {

struct ApiRoute {
    std::string_view method;
    std::string_view pattern;  // with ":name" for a path parameter
    Scope scope;
    std::string_view tag;
    std::string_view id;  // operationId
    std::string_view summary;
    // Schemas of the document's components (openapi_schemas.hpp); empty: no body.
    std::string_view request;
    std::string_view answer;
    // Statuses but those that come from the way in (401, 403, 429, 503): 0 fills up.
    std::array<int, 8> statuses{200};
    bool needs_key = true;
    std::string_view media_type = "application/json";
};

[[nodiscard]] std::span<const ApiRoute> api_routes();

// Null for a route that the table does not have.
[[nodiscard]] const ApiRoute* find_api_route(std::string_view method, std::string_view pattern);

// What a key needs for a route; admin for one that the table does not have.
[[nodiscard]] Scope scope_of_route(std::string_view method, std::string_view pattern);

}  // namespace dlms::service
