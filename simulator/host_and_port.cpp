#include "simulator/host_and_port.hpp"

#include <algorithm>
#include <charconv>

namespace dlms::simulator {

std::optional<transport::TcpEndpoint> parse_host_and_port(std::string_view text) {
    constexpr std::size_t longest_name = 253;
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    std::string_view host = text.substr(0, colon);
    const std::string_view port = text.substr(colon + 1);
    transport::TcpEndpoint endpoint;
    const auto [end, error] =
        std::from_chars(port.data(), port.data() + port.size(), endpoint.port);
    if (host.starts_with('[') && host.ends_with(']')) {
        host = host.substr(1, host.size() - 2);
    }
    const bool is_name = std::ranges::all_of(
        host, [](char character) { return character > ' ' && character < 0x7F; });
    if (error != std::errc() || end != port.data() + port.size() || endpoint.port == 0 ||
        host.empty() || host.size() > longest_name || !is_name) {
        return std::nullopt;
    }
    endpoint.host = host;
    return endpoint;
}

}  // namespace dlms::simulator
