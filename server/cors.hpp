#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/http_message.hpp"

namespace dlms::service {

// Cross-origin requests from browsers: only from the origins named; "*" names all of them. No
// credentials are allowed across origins, so a key must be sent by the page's own code.
class Cors {
public:
    explicit Cors(std::vector<std::string> origins);

    // The answer to a preflight (OPTIONS with Origin and Access-Control-Request-Method); nothing
    // for other requests.
    [[nodiscard]] std::optional<HttpAnswer> preflight(const HttpRequest& request) const;

    // What an answer to this request carries.
    [[nodiscard]] NamedTexts headers(const HttpRequest& request) const;

private:
    [[nodiscard]] bool allows(std::string_view origin) const;

    std::vector<std::string> origins_;
    bool all_ = false;
};

}  // namespace dlms::service
