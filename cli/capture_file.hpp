#pragma once
// Packet captures, pcap and pcapng, read by libpcap.

#include <expected>
#include <functional>
#include <string>

#include "render/capture_conversation.hpp"

namespace dlms::cli {

/// Whether a file begins as a pcap or pcapng file does.
bool is_capture(ByteView first_octets);

using TakePacket = std::function<void(render::PacketLink, render::CaptureTime, ByteView captured,
                                      std::size_t on_the_wire)>;

struct CaptureFault {
    std::string message;  ///< a sentence for people
    bool is_damaged = false;
};

/// Hands every packet of the file to `take`, one at a time; `-` is standard input. Fails when the
/// file cannot be read, is no capture, is of another link type than those of render::PacketLink, or
/// (`is_damaged`) breaks off; what was taken before stays.
std::expected<void, CaptureFault> read_capture(const std::string& path, const TakePacket& take);

}  // namespace dlms::cli
