#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/http_message.hpp"

namespace dlms::service::testing {

struct ReceivedAnswer {
    int status = 0;
    NamedTexts headers;
    std::string body;
    std::size_t chunks = 0;  // that the body came in, where it was chunked

    [[nodiscard]] std::string header(std::string_view name) const;
};

// A blocking HTTP client over a plain socket on loopback, which sends exactly the octets it is
// told.
class HttpClient {
public:
    explicit HttpClient(std::uint16_t port);
    ~HttpClient();
    HttpClient(HttpClient&& other) noexcept;
    HttpClient& operator=(HttpClient&&) = delete;

    // False when the peer has closed.
    bool send(std::string_view octets) const;

    // The next answer, or nothing at the end of the connection (or after 20 s, so that no test
    // hangs).
    [[nodiscard]] std::optional<ReceivedAnswer> receive(bool head_only = false);

    // Some octets as they come, or nothing at the end of the connection.
    [[nodiscard]] std::optional<std::string> receive_some();

    // Sends a whole request and receives its answer.
    [[nodiscard]] std::optional<ReceivedAnswer> call(std::string_view method,
                                                     std::string_view target,
                                                     std::string_view body = {},
                                                     std::string_view fields = {});

    // True when octets of an answer, or the end, can be received without waiting.
    [[nodiscard]] bool has_answer() const;

    // True when the peer has closed; waits for it, or for the next octets.
    [[nodiscard]] bool reaches_end();

    [[nodiscard]] bool is_connected() const { return socket_ >= 0; }

private:
    bool fill();
    bool receive_chunks(ReceivedAnswer& answer);

    int socket_ = -1;
    std::string buffer_;
};

// The octets of a whole request.
[[nodiscard]] std::string request_octets(std::string_view method, std::string_view target,
                                         std::string_view body = {}, std::string_view fields = {});

}  // namespace dlms::service::testing
