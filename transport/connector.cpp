#include "transport/connector.hpp"

#include <memory>
#include <optional>
#include <vector>

#include <asio/post.hpp>
#include <asio/redirect_error.hpp>
#include <asio/steady_timer.hpp>
#include <asio/this_coro.hpp>
#include <asio/use_awaitable.hpp>

#include "transport/error_mapping.hpp"
#include "transport/name_lookup.hpp"
#include "transport/udp_channel.hpp"
#include "transport/watchdog.hpp"

namespace dlms::transport {
namespace {

using asio::ip::tcp;

asio::ip::address unmapped(const asio::ip::address& address) {
    if (address.is_v6() && address.to_v6().is_v4_mapped()) {
        return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6());
    }
    return address;
}

std::unexpected<Error> failure(ErrorCode code) {
    return fail(code, Layer::transport);
}

/// The addresses of a host: a literal at once, a name through the system's resolver. That may be
/// stuck in a call that nothing interrupts, so the deadline abandons it.
asio::awaitable<Result<std::vector<asio::ip::address>>> addresses_of(std::string host,
                                                                     Instant deadline) {
    std::error_code error;
    const asio::ip::address literal = asio::ip::make_address(host, error);
    if (!error) {
        co_return NameLookup::Addresses{literal};
    }
    struct Lookup {
        explicit Lookup(const asio::any_io_executor& executor) : finished(executor) {}
        asio::steady_timer finished;  // cancelled when the resolver answers
        std::optional<NameLookup::Addresses> found;
    };
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    const auto lookup = std::make_shared<Lookup>(executor);
    lookup->finished.expires_at(deadline);
    const bool is_asked =
        name_lookup_of(asio::query(executor, asio::execution::context))
            .look_up(host, deadline, [lookup, executor](const NameLookup::Addresses& addresses) {
                asio::post(executor, [lookup, addresses] {
                    lookup->found = addresses;
                    lookup->finished.cancel();
                });
            });
    if (is_asked) {
        co_await lookup->finished.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
    if (!lookup->found) {
        co_return failure(ErrorCode::connect_timeout);
    }
    if (lookup->found->empty()) {
        co_return failure(ErrorCode::host_unreachable);
    }
    co_return std::move(*lookup->found);
}

/// The same, when the filter allows every one of them.
asio::awaitable<Result<std::vector<asio::ip::address>>> allowed_addresses_of(std::string host,
                                                                             Instant deadline,
                                                                             AddressFilter filter) {
    auto addresses = co_await addresses_of(std::move(host), deadline);
    if (addresses && filter) {
        for (const asio::ip::address& address : *addresses) {
            if (!filter(unmapped(address))) {
                co_return failure(ErrorCode::not_allowed_target);
            }
        }
    }
    co_return addresses;
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
    const auto addresses =
        co_await allowed_addresses_of(std::move(endpoint.host), deadline, std::move(filter));
    if (!addresses) {
        co_return std::unexpected(addresses.error());
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

asio::awaitable<Result<std::unique_ptr<Channel>>> connect_udp(std::string host, std::uint16_t port,
                                                              Instant deadline,
                                                              AddressFilter filter) {
    const auto addresses =
        co_await allowed_addresses_of(std::move(host), deadline, std::move(filter));
    if (!addresses) {
        co_return std::unexpected(addresses.error());
    }
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    Error last{ErrorCode::host_unreachable, Layer::transport, 0};
    for (const asio::ip::address& address : *addresses) {
        const asio::ip::udp::endpoint endpoint(address, port);
        asio::ip::udp::socket socket(executor);
        std::error_code error;
        socket.connect(endpoint, error);  // fixes the peer; nothing is sent, so nothing waits
        if (!error) {
            co_return std::make_unique<UdpChannel>(std::move(socket));
        }
        last = to_error(error);
    }
    co_return std::unexpected(last);
}

}  // namespace dlms::transport
