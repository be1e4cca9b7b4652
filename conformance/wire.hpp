#pragma once
// Wire: a TCP connection to the meter, or a UDP socket, used one step after the other.

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <string>

#include "stack/base/bytes.hpp"

namespace dlms::conformance {

struct Place {
    std::string host;
    std::uint16_t port = 4059;
};

class Wire {
public:
    virtual ~Wire() = default;

    /// Errors: a sentence.
    static std::expected<std::unique_ptr<Wire>, std::string> connect_tcp(
        const Place& place, std::chrono::milliseconds patience);
    static std::expected<std::unique_ptr<Wire>, std::string> open_udp(const Place& place);

    /// False when the line is over.
    virtual bool send(ByteView octets, std::chrono::milliseconds patience) = 0;
    /// What comes next, or one datagram; nothing when nothing came in time, or the line is over.
    virtual ByteBuffer receive(std::chrono::milliseconds patience) = 0;
    virtual bool is_closed() const = 0;
};

}  // namespace dlms::conformance
