#pragma once
// HOST:PORT as people and meters write it.

#include <optional>
#include <string_view>

#include "transport/connector.hpp"

namespace dlms::simulator {

/// A name or an address and a port from 1 on, an IPv6 address in brackets: "[::1]:4059". Nothing
/// for anything else.
std::optional<transport::TcpEndpoint> parse_host_and_port(std::string_view text);

}  // namespace dlms::simulator
