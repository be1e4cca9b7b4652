#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlms::service {

// Name and value of a header field, a query parameter or a path parameter, in the order they came.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// A whole HTTP request as a route sees it. Header values are as they were sent (nothing
// percent-decoded); path, query and path parameters are percent-decoded and may hold any octet.
struct HttpRequest {
    std::string method;
    std::string path;
    std::string body;
    std::string request_id;
    std::string remote_address;
    NamedTexts query;
    NamedTexts path_parameters;
    NamedTexts headers;

    // The first field of that name, compared without regard to case; valid as long as the request.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> path_parameter(std::string_view name) const;
};

// What a route answers. Connection, Content-Length, Date and X-Request-Id are added when it is
// written.
struct HttpAnswer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    NamedTexts headers;
    // Let go when the answer has been written, or dropped.
    std::shared_ptr<void> until_written;
};

// {"detail": "..."} with the status; `detail` is escaped.
[[nodiscard]] HttpAnswer error_answer(int status, std::string_view detail);

// The same with Retry-After, for 429 and 503.
[[nodiscard]] HttpAnswer busy_answer(int status, std::string_view detail, int retry_after_seconds);

// The standard's reason phrase, "Unknown" for a status that this service does not use.
[[nodiscard]] std::string_view reason_phrase(int status);

// How an answer travels on its connection.
struct AnswerFraming {
    bool keep_alive = true;
    bool head_only = false;
    std::string_view request_id;
};

// The octets of an answer (RFC 9112). Header fields that hold a control character are left out.
[[nodiscard]] std::string answer_bytes(const HttpAnswer& answer, const AnswerFraming& framing);

// The caller's X-Request-Id if it matches ^[A-Za-z0-9._-]{1,64}$, else 24 random hex digits. Any
// thread.
[[nodiscard]] std::string request_id_from(std::optional<std::string_view> callers);

// `text` as a JSON string with its quotation marks; octets that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

// True if both are equal without regard to the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

}  // namespace dlms::service
