#pragma once
// AllowedAddresses: which addresses a program calls where somebody else names them.

#include <array>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include <asio/ip/address.hpp>

namespace dlms::transport {

/// Some never: "this network" (0.0.0.0/8, ::), link-local, multicast, reserved and broadcast, since
/// no meter or head end lives there and a cloud's metadata service does. Of the rest those of the
/// list; without a list the private ranges and loopback. IPv4 addresses mapped into IPv6 are judged
/// as IPv4.
class AllowedAddresses {
public:
    /// Private ranges (RFC 1918, RFC 4193) and loopback.
    AllowedAddresses();

    /// A list such as "10.0.0.0/8, 192.0.2.7 2001:db8::/32", separated by commas or spaces. The
    /// error names the entry.
    static std::expected<AllowedAddresses, std::string> parse(std::string_view list);

    bool allows(const asio::ip::address& address) const;

private:
    // IPv4 ranges are kept as ::ffff:a.b.c.d with 96 added to the length.
    struct Range {
        std::array<std::uint8_t, 16> base{};
        unsigned bits = 0;
    };

    static Range range(std::string_view text);
    static std::expected<Range, std::string> parse_range(std::string_view text);
    static bool contains(const Range& range, const std::array<std::uint8_t, 16>& octets);

    std::vector<Range> allowed_;
    std::vector<Range> never_;
};

}  // namespace dlms::transport
