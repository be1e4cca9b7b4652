#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <unordered_set>

#include <asio/awaitable.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include "server/http_connection.hpp"

namespace dlms::service {

// What happened to connections, counted since the start; read on the I/O thread.
struct HttpListenerCounters {
    std::uint64_t accepted = 0;
    std::uint64_t turned_away = 0;    // answered 503: all connections in work
    std::uint64_t idle_evicted = 0;   // an idle one closed for a new one
    std::uint64_t accept_failed = 0;  // out of file descriptors and the like
};

// Accepts HTTP clients on one address, never more than `most_connections` in work. At the limit the
// longest idle connection makes room; where none is idle the new client gets 503. Everything runs
// on the io_context's one thread.
class HttpListener {
public:
    HttpListener(asio::io_context& io, std::shared_ptr<HttpConnectionShare> share,
                 std::size_t most_connections);
    ~HttpListener();
    HttpListener(const HttpListener&) = delete;
    HttpListener& operator=(const HttpListener&) = delete;

    // Binds and begins to accept. Port 0 takes a free one. The error is the system's.
    [[nodiscard]] asio::error_code start(const std::string& address, std::uint16_t port);

    // The port bound, 0 before start().
    [[nodiscard]] std::uint16_t port() const;

    // Accepts no more, closes what is idle; requests in work get their answers with "Connection:
    // close".
    void drain();

    [[nodiscard]] std::size_t connections() const { return connections_->size(); }
    [[nodiscard]] const HttpListenerCounters& counters() const { return *counters_; }

private:
    // The coroutines outlive the listener by some turns of the loop, so what they use is shared.
    using Connections = std::unordered_set<HttpConnection*>;

    static asio::awaitable<void> accept_clients(std::shared_ptr<asio::ip::tcp::acceptor> acceptor,
                                                std::shared_ptr<HttpConnectionShare> share,
                                                std::shared_ptr<Connections> connections,
                                                std::shared_ptr<HttpListenerCounters> counters,
                                                std::size_t most_connections);

    std::shared_ptr<HttpConnectionShare> share_;
    std::shared_ptr<asio::ip::tcp::acceptor> acceptor_;
    std::shared_ptr<Connections> connections_ = std::make_shared<Connections>();
    std::shared_ptr<HttpListenerCounters> counters_ = std::make_shared<HttpListenerCounters>();
    std::size_t most_connections_;
};

}  // namespace dlms::service
