#pragma once

#include <expected>
#include <vector>

#include <nlohmann/json.hpp>

#include "server/http_message.hpp"
#include "server/json_fault.hpp"
#include "server/json_fields.hpp"

namespace dlms::service {

// A request's body that is a JSON object, and where its members' values stand in the text.
struct JsonBody {
    nlohmann::json object;
    JsonScan scan;

    // Valid as long as the body and the list.
    [[nodiscard]] JsonFields fields(std::vector<FieldError>& errors) const;
};

// The answer says what is wrong with the body, as the older service did.
[[nodiscard]] std::expected<JsonBody, HttpAnswer> parse_body(const HttpRequest& request);

}  // namespace dlms::service
