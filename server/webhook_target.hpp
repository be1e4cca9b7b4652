#pragma once

#include <optional>
#include <string>

namespace dlms::service {

// The parts of a webhook's URL.
struct WebhookTarget {
    std::string origin;  // "https://host:port"
    std::string path;    // "/..." with the query
};

// Nothing for what is no http or https URL, or has a user in it.
[[nodiscard]] std::optional<WebhookTarget> webhook_target(const std::string& url);

}  // namespace dlms::service
