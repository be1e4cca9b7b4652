#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dlms::service {

// Name and value of a header field, a query parameter or a path parameter, in the order they came.
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

// What an API key may do. Each is a right of its own; admin stands for all of them.
enum class Scope : std::uint8_t { read, write, control, admin };
inline constexpr std::array<std::string_view, 4> scope_names{"read", "write", "control", "admin"};

class ScopeSet {
public:
    constexpr ScopeSet() = default;
    constexpr ScopeSet(std::initializer_list<Scope> scopes) {
        for (const Scope scope : scopes) {
            add(scope);
        }
    }
    static constexpr ScopeSet of_bits(std::uint8_t bits) {
        ScopeSet set;
        set.bits_ = bits & 0x0FU;
        return set;
    }

    constexpr void add(Scope scope) { bits_ |= bit(scope); }
    [[nodiscard]] constexpr bool allows(Scope scope) const {
        return ((bit(scope) | bit(Scope::admin)) & bits_) != 0;
    }
    [[nodiscard]] constexpr bool is_empty() const { return bits_ == 0; }
    [[nodiscard]] constexpr std::uint8_t bits() const { return bits_; }

    friend constexpr bool operator==(ScopeSet, ScopeSet) = default;

private:
    static constexpr std::uint8_t bit(Scope scope) {
        return static_cast<std::uint8_t>(1U << static_cast<unsigned>(scope));
    }

    std::uint8_t bits_ = 0;
};

// A whole HTTP request as a route sees it. Header values are as they were sent (nothing
// percent-decoded); path, query and path parameters are percent-decoded and may hold any octet.
struct HttpRequest {
    std::string method;
    std::string path;
    std::string body;
    std::string request_id;
    std::string remote_address;
    // Whose API key it showed and what that may do, as the hook that admits requests has found.
    std::string key_id;
    ScopeSet scopes;
    NamedTexts query;
    NamedTexts path_parameters;
    NamedTexts headers;

    // The first field of that name, compared without regard to case; valid as long as the request.
    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
    [[nodiscard]] std::optional<std::string_view> path_parameter(std::string_view name) const;
};

// What is known of a request once it was routed.
struct RequestOrigin {
    std::string route;  // the pattern; empty where none matched
    std::string key_id;
    std::string meter_number;
};

// A body that comes piece by piece, each when the client has taken the one before: of an answer too
// long to be held, or one that goes on as things happen.
class AnswerStream {
public:
    virtual ~AnswerStream() = default;

    // `ready` is called once, from any thread, inside the call or later: with the next piece, or
    // with nothing at the end. A stream whose client is gone is let go without another call.
    using Ready = std::move_only_function<void(std::optional<std::string> piece)>;
    virtual void next(Ready ready) = 0;
};

// What a route answers. Connection, Content-Length, Date and X-Request-Id are added when it is
// written.
struct HttpAnswer {
    int status = 200;
    std::string body;
    std::string content_type = "application/json";
    NamedTexts headers;
    // In the place of the body; null: the body is all.
    std::shared_ptr<AnswerStream> stream = nullptr;
    // Whose request it answers, for logs and metrics; set by the front and by routes.
    RequestOrigin origin{};
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
    bool is_secure = false;    // over TLS
    bool takes_chunks = true;  // HTTP/1.1; else a stream ends with the connection
};

// Gives an error of ours the form of RFC 9457, for callers whose Accept names it. Other answers
// stay as they are.
void make_problem(HttpAnswer& answer);
[[nodiscard]] bool wants_problem(std::optional<std::string_view> accept);

// A piece of a body as a chunk (RFC 9112 7.1); of an empty piece, the end of the body.
[[nodiscard]] std::string chunk_bytes(std::string_view piece);

// The octets of an answer (RFC 9112), without its body where that is a stream, with fields of
// security where it has none of its own. Header fields that hold a control character are left out.
[[nodiscard]] std::string answer_bytes(const HttpAnswer& answer, const AnswerFraming& framing);

// The caller's X-Request-Id if it matches ^[A-Za-z0-9._-]{1,64}$, else 24 random hex digits. Any
// thread.
[[nodiscard]] std::string request_id_from(std::optional<std::string_view> callers);

// `text` as a JSON string with its quotation marks; octets that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_quoted(std::string_view text);

// True if both are equal without regard to the case of ASCII letters.
[[nodiscard]] bool equal_ignoring_case(std::string_view left, std::string_view right);

}  // namespace dlms::service
