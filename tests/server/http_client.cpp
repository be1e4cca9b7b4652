#include "tests/server/http_client.hpp"

#include <arpa/inet.h>
#include <array>
#include <bit>
#include <charconv>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <utility>

namespace dlms::service::testing {

std::string ReceivedAnswer::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) {
            return value;
        }
    }
    return {};
}

HttpClient::HttpClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{20, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    sockaddr generic{};
    static_assert(sizeof(generic) == sizeof(address));
    generic = std::bit_cast<sockaddr>(address);
    if (::connect(socket_, &generic, sizeof(generic)) != 0) {
        ::close(std::exchange(socket_, -1));
    }
}

HttpClient::~HttpClient() {
    if (socket_ >= 0) {
        ::close(socket_);
    }
}

HttpClient::HttpClient(HttpClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

bool HttpClient::send(std::string_view octets) const {
    while (!octets.empty()) {
        const ssize_t sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        octets.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

bool HttpClient::fill() {
    std::array<char, 16384> chunk{};
    const ssize_t size = ::recv(socket_, chunk.data(), chunk.size(), 0);
    if (size <= 0) {
        return false;
    }
    buffer_.append(chunk.data(), static_cast<std::size_t>(size));
    return true;
}

std::optional<ReceivedAnswer> HttpClient::receive(bool head_only) {
    std::size_t head_end = buffer_.find("\r\n\r\n");
    while (head_end == std::string::npos) {
        if (!fill()) {
            return std::nullopt;
        }
        head_end = buffer_.find("\r\n\r\n");
    }
    ReceivedAnswer answer;
    std::string_view head = std::string_view(buffer_).substr(0, head_end + 2);
    std::from_chars(head.data() + 9, head.data() + 12, answer.status);
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
        const std::size_t end = head.find("\r\n");
        const std::string_view line = head.substr(0, end);
        const std::size_t colon = line.find(": ");
        answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
        head.remove_prefix(end + 2);
    }
    if (answer.header("Transfer-Encoding") == "chunked" && !head_only) {
        buffer_.erase(0, head_end + 4);
        return receive_chunks(answer) ? std::optional(answer) : std::nullopt;
    }
    std::size_t length = 0;
    const std::string stated = answer.header("Content-Length");
    std::from_chars(stated.data(), stated.data() + stated.size(), length);
    if (head_only) {
        length = 0;
    }
    while (buffer_.size() < head_end + 4 + length) {
        if (!fill()) {
            return std::nullopt;
        }
    }
    answer.body = buffer_.substr(head_end + 4, length);
    buffer_.erase(0, head_end + 4 + length);
    return answer;
}

std::optional<std::string> HttpClient::receive_some() {
    if (buffer_.empty() && !fill()) {
        return std::nullopt;
    }
    return std::exchange(buffer_, {});
}

bool HttpClient::receive_chunks(ReceivedAnswer& answer) {
    while (true) {
        std::size_t line_end = buffer_.find("\r\n");
        while (line_end == std::string::npos) {
            if (!fill()) {
                return false;
            }
            line_end = buffer_.find("\r\n");
        }
        std::size_t size = 0;
        std::from_chars(buffer_.data(), buffer_.data() + line_end, size, 16);
        while (buffer_.size() < line_end + 2 + size + 2) {
            if (!fill()) {
                return false;
            }
        }
        answer.body += buffer_.substr(line_end + 2, size);
        const bool is_ended = buffer_.substr(line_end + 2 + size, 2) == "\r\n";
        buffer_.erase(0, line_end + 2 + size + 2);
        if (size == 0 || !is_ended) {
            return is_ended;
        }
        ++answer.chunks;
    }
}

std::optional<ReceivedAnswer> HttpClient::call(std::string_view method, std::string_view target,
                                               std::string_view body, std::string_view fields) {
    if (!send(request_octets(method, target, body, fields))) {
        return std::nullopt;
    }
    return receive(method == "HEAD");
}

bool HttpClient::has_answer() const {
    pollfd wanted{socket_, POLLIN, 0};
    return !buffer_.empty() || ::poll(&wanted, 1, 0) > 0;
}

bool HttpClient::reaches_end() {
    std::array<char, 1> octet{};
    return buffer_.empty() && ::recv(socket_, octet.data(), octet.size(), 0) == 0;
}

std::string request_octets(std::string_view method, std::string_view target, std::string_view body,
                           std::string_view fields) {
    std::string octets;
    octets.append(method)
        .append(" ")
        .append(target)
        .append(" HTTP/1.1\r\nHost: localhost\r\n")
        .append(fields);
    if (!body.empty()) {
        octets.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
    }
    return octets.append("\r\n").append(body);
}

}  // namespace dlms::service::testing
