#include "render/tcp_packet.hpp"

#include <algorithm>

#include "stack/base/reader.hpp"

namespace dlms::render {
namespace {

constexpr std::uint16_t type_ipv4 = 0x0800;
constexpr std::uint16_t type_ipv6 = 0x86DD;
constexpr std::uint8_t protocol_tcp = 6;

bool is_vlan(std::uint16_t type) {
    return type == 0x8100 || type == 0x88A8 || type == 0x9100;
}

/// Takes the link's header; returns the EtherType, 0 for what is neither IPv4 nor IPv6.
std::uint16_t take_link(PacketLink link, Reader& reader) {
    switch (link) {
        case PacketLink::ethernet: {
            reader.skip(12);
            std::uint16_t type = reader.u16();
            for (int tags = 0; tags < 4 && is_vlan(type); ++tags) {
                reader.skip(2);
                type = reader.u16();
            }
            return type;
        }
        case PacketLink::linux_cooked_1: {
            reader.skip(14);
            std::uint16_t type = reader.u16();
            if (is_vlan(type)) {
                reader.skip(2);
                type = reader.u16();
            }
            return type;
        }
        case PacketLink::linux_cooked_2: {
            const std::uint16_t type = reader.u16();
            reader.skip(18);
            return type;
        }
        case PacketLink::null_loopback: reader.skip(4); break;
        case PacketLink::raw_ip: break;
    }
    switch (reader.peek() >> 4) {
        case 4: return type_ipv4;
        case 6: return type_ipv6;
        default: return 0;
    }
}

/// What an IP header says.
struct IpPacket {
    PacketKind kind = PacketKind::tcp;
    TcpEnd from;
    TcpEnd to;
    std::size_t payload = 0;  ///< octets of the TCP segment on the wire
};

void copy_address(TcpEnd& end, ByteView address) {
    std::ranges::copy(address, end.address.begin());
    end.is_ipv6 = address.size() == end.address.size();
}

IpPacket take_ipv4(Reader& reader, std::size_t on_the_wire) {
    IpPacket packet;
    const std::size_t header = (reader.u8() & 0x0Fu) * std::size_t{4};
    reader.skip(1);
    const std::size_t total = reader.u16();
    reader.skip(2);
    const std::uint16_t fragment = reader.u16();
    reader.skip(1);
    const std::uint8_t protocol = reader.u8();
    reader.skip(2);
    copy_address(packet.from, reader.bytes(4));
    copy_address(packet.to, reader.bytes(4));
    // Where the card cuts segments the length is still 0: what was on the wire is the packet.
    const std::size_t size = total == 0 ? on_the_wire : total;
    if (!reader.ok() || header < 20 || size < header) {
        packet.kind = PacketKind::malformed;
        return packet;
    }
    reader.skip(header - 20);
    packet.payload = size - header;
    if ((fragment & 0x3FFF) != 0) {
        packet.kind = protocol == protocol_tcp ? PacketKind::fragment : PacketKind::other;
    } else if (protocol != protocol_tcp) {
        packet.kind = PacketKind::other;
    }
    return packet;
}

/// Takes the extension headers before the payload; returns the payload's protocol.
std::uint8_t take_extensions(Reader& reader, std::uint8_t next, IpPacket& packet) {
    constexpr int most_headers = 8;
    for (int i = 0; i < most_headers; ++i) {
        const std::size_t before = reader.offset();
        switch (next) {
            case 0:     // hop-by-hop options
            case 43:    // routing
            case 60: {  // destination options
                next = reader.u8();
                reader.skip(reader.u8() * std::size_t{8} + 6);
                break;
            }
            case 51: {  // authentication header
                next = reader.u8();
                reader.skip((reader.u8() + std::size_t{2}) * 4 - 2);
                break;
            }
            case 44: {  // fragment
                next = reader.u8();
                reader.skip(1);
                if ((reader.u16() & 0xFFF9) != 0) {
                    packet.kind = PacketKind::fragment;
                }
                reader.skip(4);
                break;
            }
            default: return next;
        }
        packet.payload -= std::min(packet.payload, reader.offset() - before);
    }
    return next;
}

IpPacket take_ipv6(Reader& reader, std::size_t on_the_wire) {
    constexpr std::size_t header = 40;
    IpPacket packet;
    reader.skip(4);
    const std::size_t length = reader.u16();
    const std::uint8_t next = reader.u8();
    reader.skip(1);
    copy_address(packet.from, reader.bytes(16));
    copy_address(packet.to, reader.bytes(16));
    if (!reader.ok() || on_the_wire < header) {
        packet.kind = PacketKind::malformed;
        return packet;
    }
    packet.payload = length == 0 ? on_the_wire - header : length;
    const std::uint8_t protocol = take_extensions(reader, next, packet);
    if (protocol != protocol_tcp) {
        packet.kind = PacketKind::other;
    }
    return packet;
}

/// The sequence number, flags and payload; false when the header cannot be or was cut off.
bool take_tcp(Reader& reader, TcpSegment& segment, std::size_t on_the_wire) {
    constexpr std::size_t least_header = 20;
    segment.from.port = reader.u16();
    segment.to.port = reader.u16();
    segment.sequence = reader.u32();
    segment.acknowledged = reader.u32();
    const std::size_t header = (reader.u8() >> 4) * std::size_t{4};
    const std::uint8_t flags = reader.u8();
    reader.skip(6);
    if (header < least_header || on_the_wire < header) {
        return false;
    }
    reader.skip(header - least_header);
    if (!reader.ok()) {
        return false;
    }
    segment.fin = (flags & 0x01) != 0;
    segment.syn = (flags & 0x02) != 0;
    segment.rst = (flags & 0x04) != 0;
    segment.ack = (flags & 0x10) != 0;
    // Ethernet pads short packets: what is behind the IP packet's end is no payload.
    const std::size_t size = on_the_wire - header;
    segment.payload = reader.bytes(std::min(size, reader.remaining()));
    segment.missing = size - segment.payload.size();
    return true;
}

}  // namespace

std::string text(const TcpEnd& end) {
    std::string words;
    if (end.is_ipv6) {
        constexpr std::string_view digits = "0123456789abcdef";
        words = "[";
        for (std::size_t i = 0; i < end.address.size(); i += 2) {
            const unsigned group = end.address[i] * 256u + end.address[i + 1];
            words += i == 0 ? "" : ":";
            bool begun = false;
            for (const unsigned shift : {12u, 8u, 4u, 0u}) {
                const unsigned digit = group >> shift & 0xF;
                begun = begun || digit != 0 || shift == 0;
                words += begun ? std::string(1, digits[digit]) : "";
            }
        }
        words += ']';
    } else {
        for (std::size_t i = 0; i < 4; ++i) {
            words += (i == 0 ? "" : ".") + std::to_string(end.address[i]);
        }
    }
    return words + ':' + std::to_string(end.port);
}

PeeledPacket peel_packet(PacketLink link, ByteView captured, std::size_t on_the_wire) {
    PeeledPacket peeled{PacketKind::malformed, {}};
    Reader reader(captured, Layer::base);
    const std::uint16_t type = take_link(link, reader);
    if (reader.ok() && type != type_ipv4 && type != type_ipv6) {
        peeled.kind = PacketKind::other;
        return peeled;
    }
    const std::size_t left = std::max(on_the_wire, captured.size()) - reader.offset();
    const IpPacket packet = type == type_ipv4 ? take_ipv4(reader, left) : take_ipv6(reader, left);
    if (packet.kind != PacketKind::tcp || !reader.ok()) {
        peeled.kind =
            reader.ok() || packet.kind != PacketKind::tcp ? packet.kind : PacketKind::malformed;
        return peeled;
    }
    peeled.segment.from = packet.from;
    peeled.segment.to = packet.to;
    if (take_tcp(reader, peeled.segment, packet.payload)) {
        peeled.kind = PacketKind::tcp;
    }
    return peeled;
}

}  // namespace dlms::render
