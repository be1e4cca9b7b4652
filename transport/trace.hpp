#pragma once
// Byte trace: what goes over the line, for people who look for a fault. Off unless a sink is given.

#include <functional>
#include <string>

#include "stack/base/bytes.hpp"

namespace dlms::transport {

enum class Direction : std::uint8_t { sent, received };

/// Called with octets as they pass. They may hold secrets: show them through HexTrace only.
using TraceSink = std::function<void(Direction, ByteView)>;

/// Turns the octets of a wrapper connection into lines of hexadecimal text, one a WPDU. Passwords
/// are shown as "**": the calling-authentication-value of an AARQ, and the secret of an association
/// object (class 15 attribute 7) in SET and in the answer to a GET. Of octets that are no WPDU only
/// the number is shown.
class HexTrace {
public:
    using LineSink = std::function<void(Direction, const std::string& line)>;

    explicit HexTrace(LineSink sink) : sink_(std::move(sink)) {}

    void octets(Direction direction, ByteView bytes);

private:
    /// The octets of a WPDU that must not be shown.
    struct Hidden {
        std::size_t first = 0;
        std::size_t count = 0;
    };

    void show(Direction direction, ByteView wpdu);
    Hidden hidden_part(ByteView wpdu);
    Hidden hidden_part_of_request(ByteView wpdu, ByteView apdu);

    LineSink sink_;
    ByteBuffer sent_;
    ByteBuffer received_;
    bool answer_is_secret_ = false;  // the last GET asked for a secret
};

}  // namespace dlms::transport
