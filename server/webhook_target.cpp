#include "server/webhook_target.hpp"

#include <algorithm>

namespace dlms::service {

std::optional<WebhookTarget> webhook_target(const std::string& url) {
    const std::size_t scheme = url.starts_with("https://")  ? 8
                               : url.starts_with("http://") ? 7
                                                            : std::string::npos;
    const bool is_clean = std::ranges::all_of(url, [](char c) { return c > ' ' && c <= '~'; });
    if (scheme == std::string::npos || !is_clean) {
        return std::nullopt;
    }
    const std::size_t path = std::min(url.find('/', scheme), url.size());
    const std::string host = url.substr(scheme, path - scheme);
    // Who the service is, its signature says.
    if (host.empty() || host.find('@') != std::string::npos) {
        return std::nullopt;
    }
    return WebhookTarget{url.substr(0, path), path == url.size() ? "/" : url.substr(path)};
}

}  // namespace dlms::service
