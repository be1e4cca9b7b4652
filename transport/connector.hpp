#pragma once
// Makes connections to hosts: TCP and UDP. Serial ports are opened by serial_channel.hpp, TLS is
// made by tls_connector.hpp.

#include <functional>
#include <string>

#include <asio/awaitable.hpp>
#include <asio/ip/tcp.hpp>

#include "stack/base/result.hpp"
#include "stack/base/time.hpp"
#include "transport/channel.hpp"

namespace dlms::transport {

struct TcpEndpoint {
    std::string host;  ///< name or address
    std::uint16_t port = 4059;

    friend bool operator==(const TcpEndpoint&, const TcpEndpoint&) = default;
};

/// Whether an address may be connected to; IPv4 addresses mapped into IPv6 come as IPv4.
using AddressFilter = std::function<bool(const asio::ip::address&)>;

/// Resolves the name once, refuses the endpoint when the filter refuses any of its addresses, and
/// tries the others in order until `deadline`. Errors: host_unreachable, not_allowed_target,
/// connect_refused, connect_timeout.
asio::awaitable<Result<asio::ip::tcp::socket>> connect_tcp(TcpEndpoint endpoint, Instant deadline,
                                                           AddressFilter filter = nullptr);

/// A line of datagrams to one peer. Nobody is asked whether he is there: the resolver alone takes
/// time. The first address to which there is a way is taken. Errors: host_unreachable,
/// not_allowed_target, connect_timeout (of the resolver).
asio::awaitable<Result<std::unique_ptr<Channel>>> connect_udp(std::string host, std::uint16_t port,
                                                              Instant deadline,
                                                              AddressFilter filter = nullptr);

}  // namespace dlms::transport
