#pragma once
// IP addresses as text and back.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"

namespace dlms::render {

/// The dotted form "192.168.1.20" of an IPv4 address, and its reverse; nothing for another text.
std::string ipv4_text(std::uint32_t address);
std::optional<std::uint32_t> ipv4_from_text(std::string_view text);

/// The form "2001:db8:0:0:0:0:0:1" of the 16 octets of an IPv6 address, and its reverse, which
/// also takes "::" for one row of zeros; nothing for another text.
std::string ipv6_text(std::span<const Byte, 16> octets);
std::optional<std::array<Byte, 16>> ipv6_from_text(std::string_view text);

}  // namespace dlms::render
