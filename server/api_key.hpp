#pragma once

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

    // True if the request shows the key, as X-API-Key or as Authorization: Bearer.
    [[nodiscard]] bool opens(const HttpRequest& request) const;

    [[nodiscard]] ApiKey clone() const { return ApiKey(digest_.clone()); }

private:
    explicit ApiKey(Secret<32> digest) : digest_(std::move(digest)) {}

    Secret<32> digest_;
};

}  // namespace dlms::service
