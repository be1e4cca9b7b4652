#pragma once
// Byte trace: what goes over the line, for people who look for a fault. Off unless a sink is given.

#include <functional>
#include <string>

#include "stack/base/bytes.hpp"

namespace dlms::transport {

enum class Direction : std::uint8_t { sent, received };

/// Called with octets as they pass. They may hold secrets: show them through HexTrace only.
using TraceSink = std::function<void(Direction, ByteView)>;

/// Turns the octets of a wrapper connection into lines of hexadecimal text, one a WPDU, with the
/// calling-authentication-value of an AARQ (the password) shown as "**".
class HexTrace {
public:
    using LineSink = std::function<void(Direction, const std::string& hex)>;

    explicit HexTrace(LineSink sink) : sink_(std::move(sink)) {}

    void octets(Direction direction, ByteView bytes);

private:
    void show(Direction direction, ByteView wpdu);

    LineSink sink_;
    ByteBuffer sent_;
    ByteBuffer received_;
};

}  // namespace dlms::transport
