#include "server/api_key.hpp"

#include <array>
#include <span>
#include <vector>

#include <openssl/sha.h>

namespace dlms::service {

namespace {

Secret<32> digest_of(std::string_view text) {
    const std::vector<unsigned char> octets(text.begin(), text.end());
    std::array<Byte, 32> digest{};
    SHA256(octets.data(), octets.size(), digest.data());
    return Secret<32>(std::span<const Byte, 32>(digest));
}

}  // namespace

ApiKey::ApiKey(std::string_view key) : digest_(digest_of(key)) {}

bool ApiKey::matches(std::string_view candidate) const {
    return digest_.matches(digest_of(candidate).reveal());
}

std::optional<std::string_view> shown_key(const HttpRequest& request) {
    if (const auto key = request.header("X-API-Key")) {
        return key;
    }
    constexpr std::string_view scheme = "Bearer ";
    const auto authorization = request.header("Authorization");
    if (!authorization || authorization->size() <= scheme.size() ||
        !equal_ignoring_case(authorization->substr(0, scheme.size()), scheme)) {
        return std::nullopt;
    }
    return authorization->substr(scheme.size());
}

}  // namespace dlms::service
