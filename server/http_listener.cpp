#include "server/http_listener.hpp"

#include <chrono>
#include <exception>
#include <utility>

#include <asio/co_spawn.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>

namespace dlms::service {

namespace {

// Beyond the connections in work, so many clients may be in the middle of being turned away.
constexpr std::size_t most_turned_away = 256;
constexpr int backlog = 4096;
constexpr std::chrono::milliseconds pause_after_failure{20};

asio::awaitable<void> pause(asio::any_io_executor executor, std::chrono::milliseconds duration) {
    asio::steady_timer timer(executor, duration);
    asio::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

bool evict_longest_idle(HttpConnectionShare& share) {
    if (share.idle.empty()) {
        return false;
    }
    share.idle.front()->close_if_idle();
    return true;
}

}  // namespace

HttpListener::HttpListener(asio::io_context& io, std::shared_ptr<HttpConnectionShare> share,
                           std::size_t most_connections)
    : share_(std::move(share)),
      acceptor_(std::make_shared<asio::ip::tcp::acceptor>(io)),
      most_connections_(most_connections) {}

HttpListener::~HttpListener() {
    asio::error_code ignored;
    acceptor_->close(ignored);
    for (HttpConnection* connection : *connections_) {
        connection->abort();
    }
}

asio::error_code HttpListener::start(const std::string& address, std::uint16_t port) {
    asio::error_code error;
    const auto host = asio::ip::make_address(address, error);
    if (error) {
        return error;
    }
    const asio::ip::tcp::endpoint endpoint(host, port);
    acceptor_->open(endpoint.protocol(), error);
    if (!error) {
        acceptor_->set_option(asio::socket_base::reuse_address(true), error);
    }
    if (!error) {
        acceptor_->bind(endpoint, error);
    }
    if (!error) {
        acceptor_->listen(backlog, error);
    }
    if (error) {
        asio::error_code ignored;
        acceptor_->close(ignored);
        return error;
    }
    asio::co_spawn(acceptor_->get_executor(),
                   accept_clients(acceptor_, share_, connections_, counters_, most_connections_),
                   [](const std::exception_ptr&) {});
    return {};
}

std::uint16_t HttpListener::port() const {
    asio::error_code ignored;
    return acceptor_->local_endpoint(ignored).port();
}

void HttpListener::drain() {
    asio::error_code ignored;
    acceptor_->close(ignored);
    share_->draining = true;
    const auto idle = share_->idle;
    for (HttpConnection* connection : idle) {
        connection->close_if_idle();
    }
}

asio::awaitable<void> HttpListener::accept_clients(
    std::shared_ptr<asio::ip::tcp::acceptor> acceptor, std::shared_ptr<HttpConnectionShare> share,
    std::shared_ptr<Connections> connections, std::shared_ptr<HttpListenerCounters> counters,
    std::size_t most_connections) {
    const auto executor = acceptor->get_executor();
    while (acceptor->is_open()) {
        if (connections->size() >= most_connections + most_turned_away) {
            // The rest wait in the listen backlog.
            co_await pause(executor, pause_after_failure);
            continue;
        }
        asio::error_code error;
        asio::ip::tcp::socket socket(executor);
        co_await acceptor->async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (error) {
            if (acceptor->is_open()) {
                ++counters->accept_failed;
                evict_longest_idle(*share);
                co_await pause(executor, pause_after_failure);
            }
            continue;
        }
        ++counters->accepted;
        bool has_room = connections->size() < most_connections;
        if (!has_room && evict_longest_idle(*share)) {
            ++counters->idle_evicted;
            has_room = true;
        }
        const auto connection = std::make_shared<HttpConnection>(std::move(socket), share);
        connections->insert(connection.get());
        counters->turned_away += has_room ? 0 : 1;
        // An exception here is lack of memory: the connection ends with its coroutine.
        const auto ended = [connection, connections](const std::exception_ptr&) {
            connections->erase(connection.get());
        };
        if (has_room) {
            asio::co_spawn(executor, connection->serve(), ended);
        } else {
            asio::co_spawn(executor, connection->turn_away(), ended);
        }
    }
}

}  // namespace dlms::service
