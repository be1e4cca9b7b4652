#include "transport/connector.hpp"

#include <memory>

#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "transport/error_mapping.hpp"

namespace dlms::transport {
namespace {

using asio::ip::tcp;

/// Cancels an operation when its time is over.
class Watchdog {
public:
    template <class Cancel>
    Watchdog(const asio::any_io_executor& executor, Instant deadline, Cancel cancel)
        : timer_(executor), fired_(std::make_shared<bool>(false)) {
        timer_.expires_at(deadline);
        timer_.async_wait([fired = fired_, cancel](std::error_code error) {
            if (!error) {
                *fired = true;
                cancel();
            }
        });
    }
    bool fired() const { return *fired_; }

private:
    asio::steady_timer timer_;
    std::shared_ptr<bool> fired_;
};

asio::ip::address unmapped(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address;
}

std::unexpected<Error> failure(ErrorCode code) {
    return fail(code, Layer::transport);
}

}  // namespace

asio::awaitable<Result<tcp::socket>> connect_tcp(TcpEndpoint endpoint, Instant deadline,
                                                 AddressFilter filter) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    std::error_code error;
    const auto resolver = std::make_shared<tcp::resolver>(executor);
    // The cancelled operation may end after this call has, so what it touches is shared.
    const Watchdog resolving(executor, deadline, [resolver] { resolver->cancel(); });
    const tcp::resolver::results_type found =
        co_await resolver->async_resolve(endpoint.host, std::to_string(endpoint.port),
                                         asio::redirect_error(asio::use_awaitable, error));
    if (resolving.fired()) {
        co_return failure(ErrorCode::connect_timeout);
    }
    if (error || found.empty()) {
        co_return failure(ErrorCode::host_unreachable);
    }
    for (const auto& entry : found) {
        if (filter && !filter(unmapped(entry.endpoint().address()))) {
            co_return failure(ErrorCode::not_allowed_target);
        }
    }
    Error last{ErrorCode::host_unreachable, Layer::transport, 0};
    for (const auto& entry : found) {
        const auto socket = std::make_shared<tcp::socket>(executor);
        const Watchdog connecting(executor, deadline, [socket] {
            std::error_code ignored;
            socket->close(ignored);
        });
        error.clear();
        co_await socket->async_connect(entry.endpoint(),
                                       asio::redirect_error(asio::use_awaitable, error));
        if (connecting.fired()) {
            co_return failure(ErrorCode::connect_timeout);
        }
        if (!error) {
            co_return std::move(*socket);
        }
        last = to_error(error);
    }
    co_return std::unexpected(last);
}

}  // namespace dlms::transport
