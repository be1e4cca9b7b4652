#pragma once
// Peels a captured packet down to its TCP segment: Ethernet with VLAN tags, Linux cooked captures
// (versions 1 and 2), loopback, raw IP; IPv4 and IPv6.

#include <array>
#include <cstdint>
#include <string>

#include "stack/base/bytes.hpp"

namespace dlms::render {

/// What is at the beginning of a captured packet.
enum class PacketLink : std::uint8_t {
    ethernet,
    raw_ip,
    null_loopback,  ///< a protocol family of 4 octets in either order: BSD's loopback
    linux_cooked_1,
    linux_cooked_2,
};

/// One end of a connection. An IPv4 address takes the first 4 octets.
struct TcpEnd {
    bool is_ipv6 = false;
    std::array<Byte, 16> address{};
    std::uint16_t port = 0;

    friend auto operator<=>(const TcpEnd&, const TcpEnd&) = default;
};

/// "192.0.2.1:4059" or "[2001:db8:0:0:0:0:0:1]:4059".
std::string text(const TcpEnd& end);

struct TcpSegment {
    TcpEnd from;
    TcpEnd to;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledged = 0;
    bool syn = false;
    bool fin = false;
    bool rst = false;
    bool ack = false;
    ByteView payload;         ///< what was captured of it; lives as long as the packet
    std::size_t missing = 0;  ///< octets of the payload that the snap length cut off
};

enum class PacketKind : std::uint8_t {
    tcp,
    other,      ///< no IP, or no TCP in it
    fragment,   ///< a fragment of an IP packet: not put together
    malformed,  ///< headers that cannot be, or that were cut off
};

struct PeeledPacket {
    PacketKind kind{};
    TcpSegment segment;  ///< only for PacketKind::tcp
};

/// `captured` are the octets in the file, `on_the_wire` how many the packet had.
PeeledPacket peel_packet(PacketLink link, ByteView captured, std::size_t on_the_wire);

}  // namespace dlms::render
