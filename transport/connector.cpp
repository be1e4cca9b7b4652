#include "transport/connector.hpp"

#include <memory>
#include <optional>
#include <vector>

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

/// The addresses of a host: a literal at once, a name through the system's resolver. The resolver
/// may be stuck in a call that nothing interrupts, so the deadline abandons it.
asio::awaitable<Result<std::vector<asio::ip::address>>> addresses_of(std::string host,
                                                                     Instant deadline) {
    using Addresses = std::vector<asio::ip::address>;
    std::error_code error;
    const asio::ip::address literal = asio::ip::make_address(host, error);
    if (!error) {
        co_return Addresses{literal};
    }
    struct Lookup {
        explicit Lookup(const asio::any_io_executor& executor)
            : resolver(executor), finished(executor) {}
        tcp::resolver resolver;
        asio::steady_timer finished;  // cancelled when the resolver answers
        std::optional<Addresses> found;
    };
    const auto lookup = std::make_shared<Lookup>(co_await asio::this_coro::executor);
    lookup->finished.expires_at(deadline);
    lookup->resolver.async_resolve(
        host, "", [lookup](std::error_code failed, const tcp::resolver::results_type& results) {
            lookup->found.emplace();
            if (!failed) {
                for (const auto& entry : results) {
                    lookup->found->push_back(entry.endpoint().address());
                }
            }
            lookup->finished.cancel();
        });
    co_await lookup->finished.async_wait(asio::redirect_error(asio::use_awaitable, error));
    if (!lookup->found) {
        lookup->resolver.cancel();
        co_return failure(ErrorCode::connect_timeout);
    }
    if (lookup->found->empty()) {
        co_return failure(ErrorCode::host_unreachable);
    }
    co_return std::move(*lookup->found);
}

/// One attempt at one address.
asio::awaitable<Result<tcp::socket>> connect_to(tcp::endpoint endpoint, Instant deadline) {
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    // The cancelled operation may end after this call has, so what it touches is shared.
    const auto socket = std::make_shared<tcp::socket>(executor);
    const Watchdog watchdog(executor, deadline, [socket] {
        std::error_code ignored;
        socket->close(ignored);
    });
    std::error_code error;
    co_await socket->async_connect(endpoint, asio::redirect_error(asio::use_awaitable, error));
    if (watchdog.fired()) {
        co_return failure(ErrorCode::connect_timeout);
    }
    if (error) {
        co_return std::unexpected(to_error(error));
    }
    co_return std::move(*socket);
}

}  // namespace

asio::awaitable<Result<tcp::socket>> connect_tcp(TcpEndpoint endpoint, Instant deadline,
                                                 AddressFilter filter) {
    const auto addresses = co_await addresses_of(endpoint.host, deadline);
    if (!addresses) {
        co_return std::unexpected(addresses.error());
    }
    for (const asio::ip::address& address : *addresses) {
        if (filter && !filter(unmapped(address))) {
            co_return failure(ErrorCode::not_allowed_target);
        }
    }
    Error last{ErrorCode::host_unreachable, Layer::transport, 0};
    for (const asio::ip::address& address : *addresses) {
        Result<tcp::socket> socket =
            co_await connect_to(tcp::endpoint(address, endpoint.port), deadline);
        if (socket || socket.error().code == ErrorCode::connect_timeout) {
            co_return socket;
        }
        last = socket.error();
    }
    co_return std::unexpected(last);
}

}  // namespace dlms::transport
