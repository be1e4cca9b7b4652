#include "server/cors.hpp"

#include <algorithm>
#include <utility>

namespace dlms::service {

Cors::Cors(std::vector<std::string> origins)
    : origins_(std::move(origins)), all_(std::ranges::find(origins_, "*") != origins_.end()) {}

std::optional<HttpAnswer> Cors::preflight(const HttpRequest& request) const {
    const auto origin = request.header("Origin");
    if (request.method != "OPTIONS" || !origin ||
        !request.header("Access-Control-Request-Method")) {
        return std::nullopt;
    }
    if (!allows(*origin)) {
        return error_answer(400, "Disallowed CORS origin");
    }
    HttpAnswer answer;
    answer.status = 204;
    answer.headers.emplace_back("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, OPTIONS");
    answer.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "Content-Type, X-API-Key, Authorization, X-Request-Id, X-Request-Timeout");
    answer.headers.emplace_back("Access-Control-Max-Age", "600");
    return answer;
}

NamedTexts Cors::headers(const HttpRequest& request) const {
    const auto origin = request.header("Origin");
    if (!origin || !allows(*origin)) {
        return {};
    }
    NamedTexts fields{{"Access-Control-Allow-Origin", all_ ? "*" : std::string(*origin)},
                      {"Access-Control-Expose-Headers", "X-Request-Id, Retry-After"}};
    if (!all_) {
        fields.emplace_back("Vary", "Origin");
    }
    return fields;
}

bool Cors::allows(std::string_view origin) const {
    return all_ || std::ranges::find(origins_, origin) != origins_.end();
}

}  // namespace dlms::service
