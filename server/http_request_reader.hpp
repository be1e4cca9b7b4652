#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "server/http_message.hpp"

namespace dlms::service {

// What one request may cost before it is understood.
struct HttpLimits {
    std::size_t head_octets = 16 * 1024;
    std::size_t line_octets = 8 * 1024;
    std::size_t header_fields = 64;
    std::size_t body_octets = 1024 * 1024;
};

// One complete request as it came: head and body together, and what framing had to learn from the
// head.
struct FramedRequest {
    std::string octets;
    std::size_t head_size = 0;
    std::string method;
    std::string target;  // printable ASCII, as it was sent
    NamedTexts headers;
    bool keep_alive = true;
    bool takes_chunks = true;  // HTTP/1.1

    [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const;
    [[nodiscard]] std::string_view body() const {
        return std::string_view(octets).substr(head_size);
    }
};

// Cuts the octets of one HTTP/1.1 connection into requests (RFC 9112 sections 2, 3, 5 and 6),
// without I/O. Strict where leniency is how requests are smuggled: lines end in CR LF, one
// Content-Length of digits only, no folding, no space before a colon, no control characters;
// Transfer-Encoding is refused with 411 (400 beside Content-Length).
//
//   reading_head -> reading_body -> complete -> (take_request) -> reading_head ...
//   any -> refused, which is final: the connection answers and closes.
class HttpRequestReader {
public:
    enum class State { reading_head, reading_body, complete, refused };

    explicit HttpRequestReader(HttpLimits limits);

    // Takes octets in any cut. Octets beyond a complete request stay for the next one.
    State receive(std::string_view octets);

    [[nodiscard]] State state() const { return state_; }

    // True when part of the next request is here.
    [[nodiscard]] bool has_begun() const { return !buffer_.empty(); }

    // True once for a request that asks for "100 Continue" and whose body is still to come.
    [[nodiscard]] bool take_expectation();

    // Only in `complete`: hands the request over and begins the next one, which may be complete at
    // once.
    [[nodiscard]] FramedRequest take_request();

    // Only in `refused`: the answer that names what was wrong.
    [[nodiscard]] const HttpAnswer& refusal() const { return refusal_; }

    // Octets held of requests that have not been taken.
    [[nodiscard]] std::size_t buffered() const { return buffer_.size(); }

    // What is known of a refused request: empty where its request line was not read.
    [[nodiscard]] const std::string& method() const { return request_.method; }
    [[nodiscard]] const std::string& target() const { return request_.target; }

    // The caller's X-Request-Id of the head read so far, for the answer to a refused request.
    [[nodiscard]] std::optional<std::string_view> request_id() const {
        return request_.header("X-Request-Id");
    }

private:
    void advance();
    bool skip_empty_lines();
    bool find_head_end();
    bool parse_head(std::string_view head);
    bool parse_request_line(std::string_view line);
    bool parse_field(std::string_view line);
    bool apply_fields();
    bool apply_length();
    bool refuse(int status, std::string_view detail);

    HttpLimits limits_;
    State state_ = State::reading_head;
    std::string buffer_;
    std::size_t skipped_ = 0;  // octets of empty lines before the request
    std::size_t scanned_ = 0;
    std::size_t line_start_ = 0;
    std::size_t head_lines_ = 0;
    std::size_t body_size_ = 0;
    bool expects_continue_ = false;
    FramedRequest request_;
    HttpAnswer refusal_;
};

}  // namespace dlms::service
