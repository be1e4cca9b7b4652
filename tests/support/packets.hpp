#pragma once
// Packets as captures hold them, made octet by octet from the standards' layouts.

#include "render/tcp_packet.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::testing {

struct TcpPacket {
    static constexpr Byte fin = 0x01;
    static constexpr Byte syn = 0x02;
    static constexpr Byte ack = 0x10;

    std::uint16_t from_port = 0;
    std::uint16_t to_port = 0;
    std::uint32_t sequence = 0;
    std::uint32_t acknowledged = 0;
    Byte flags = ack;
    ByteBuffer payload;
};

/// What stands in front of the segment.
struct PacketForm {
    render::PacketLink link = render::PacketLink::ethernet;
    bool is_ipv6 = false;
    int vlan_tags = 0;  ///< only on Ethernet
};

inline void append(ByteBuffer& to, ByteView octets) {
    to.insert(to.end(), octets.begin(), octets.end());
}

inline void append16(ByteBuffer& to, std::size_t value) {
    to.push_back(static_cast<Byte>(value >> 8));
    to.push_back(static_cast<Byte>(value));
}

inline void append32(ByteBuffer& to, std::uint32_t value) {
    append16(to, value >> 16);
    append16(to, value & 0xFFFF);
}

inline ByteBuffer tcp_segment(const TcpPacket& packet) {
    ByteBuffer segment;
    append16(segment, packet.from_port);
    append16(segment, packet.to_port);
    append32(segment, packet.sequence);
    append32(segment, packet.acknowledged);
    segment.push_back(0x60);  // header of 24 octets: four of options
    segment.push_back(packet.flags);
    append16(segment, 0xFFFF);
    append32(segment, 0);
    append32(segment, 0x01010101);
    append(segment, packet.payload);
    return segment;
}

/// The whole packet; the address ends in the port's last octet, so that each end has its own.
inline ByteBuffer packet(const TcpPacket& tcp, const PacketForm& form = {}) {
    const ByteBuffer segment = tcp_segment(tcp);
    ByteBuffer octets;
    const std::size_t type = form.is_ipv6 ? 0x86DD : 0x0800;
    switch (form.link) {
        case render::PacketLink::ethernet:
            octets.assign(12, 0x02);
            for (int tag = 0; tag < form.vlan_tags; ++tag) {
                append16(octets, tag == 0 ? 0x88A8 : 0x8100);
                append16(octets, 7);
            }
            append16(octets, type);
            break;
        case render::PacketLink::null_loopback: append32(octets, 0x02000000); break;
        case render::PacketLink::linux_cooked_1:
            octets.assign(14, 0);
            append16(octets, type);
            break;
        case render::PacketLink::linux_cooked_2:
            append16(octets, type);
            octets.resize(20);
            break;
        case render::PacketLink::raw_ip: break;
    }
    const auto last_octet = [](std::uint16_t port) { return static_cast<Byte>(port); };
    if (form.is_ipv6) {
        append32(octets, 0x60000000);
        append16(octets, segment.size() + 8);
        append16(octets, 0x0040);  // hop-by-hop options come first
        for (const std::uint16_t port : {tcp.from_port, tcp.to_port}) {
            octets.insert(octets.end(), 15, 0xFD);
            octets.push_back(last_octet(port));
        }
        append32(octets, 0x06000104);
        append32(octets, 0);
    } else {
        append16(octets, 0x4500);
        append16(octets, segment.size() + 20);
        append32(octets, 0x00004000);
        append16(octets, 0x4006);
        append16(octets, 0);
        for (const std::uint16_t port : {tcp.from_port, tcp.to_port}) {
            append(octets, ByteBuffer{192, 0, 2, last_octet(port)});
        }
    }
    append(octets, segment);
    return octets;
}

}  // namespace dlms::testing
