#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "server/tls_server.hpp"

struct ssl_st;

namespace dlms::service {

// One client's socket, plain or with TLS. Nothing here blocks: where octets are not there, or do
// not go out, the error is would_block, and wait() ends when trying again is worth it.
class HttpSocket {
public:
    // `tls` is null for plain HTTP.
    HttpSocket(asio::ip::tcp::socket socket, std::shared_ptr<const TlsServerContext> tls);
    ~HttpSocket();
    HttpSocket(const HttpSocket&) = delete;
    HttpSocket& operator=(const HttpSocket&) = delete;

    [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }
    asio::ip::tcp::socket& tcp() { return socket_; }

    // No error once the handshake of TLS is done; plain sockets need none.
    void handshake(asio::error_code& error);
    std::size_t read_some(std::span<char> target, asio::error_code& error);
    std::size_t write_some(std::string_view source, asio::error_code& error);
    // After would_block.
    asio::awaitable<void> wait(asio::error_code& error);
    // Tells the client that nothing follows.
    void shutdown();

private:
    struct Free {
        void operator()(ssl_st* ssl) const;
    };

    void take_result(int result, asio::error_code& error);

    asio::ip::tcp::socket socket_;
    std::shared_ptr<const TlsServerContext> context_;
    std::unique_ptr<ssl_st, Free> tls_;
    asio::socket_base::wait_type wait_for_ = asio::socket_base::wait_read;
    bool is_broken_ = false;
};

}  // namespace dlms::service
