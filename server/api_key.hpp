#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "server/http_message.hpp"
#include "stack/base/bytes.hpp"
#include "stack/base/secret.hpp"

namespace dlms::service {

// The key that callers must show, kept as its SHA-256 only and compared in constant time.
class ApiKey {
public:
    explicit ApiKey(std::string_view key);

    [[nodiscard]] bool matches(std::string_view candidate) const;

    // In constant time.
    [[nodiscard]] bool has_digest(const Secret<32>& digest) const {
        return digest_.matches(digest.reveal());
    }

    [[nodiscard]] ApiKey clone() const { return ApiKey(digest_.clone()); }

private:
    explicit ApiKey(Secret<32> digest) : digest_(std::move(digest)) {}

    Secret<32> digest_;
};

// The key that a request shows, as X-API-Key or as Authorization: Bearer; valid as long as the
// request.
[[nodiscard]] std::optional<std::string_view> shown_key(const HttpRequest& request);

}  // namespace dlms::service
