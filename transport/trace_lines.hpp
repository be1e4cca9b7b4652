#pragma once
// TraceLines: octets of one kind of line as text that may be shown, and what its kinds have in
// common.

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>

#include "stack/base/hex.hpp"
#include "transport/secret_parts.hpp"
#include "transport/trace.hpp"

namespace dlms::transport {

class TraceLines {
public:
    /// Gets each line.
    using Emit = std::function<void(const std::string& line)>;

    virtual ~TraceLines() = default;
    virtual void octets(Direction direction, ByteView bytes, Instant now, const Emit& emit) = 0;
};

inline constexpr std::string_view hidden_octets = "**";

/// Octets in hexadecimal, some of them hidden.
inline std::string hex_without(ByteView octets, const SecretParts::Hidden& hidden) {
    std::string hex = to_hex(octets);
    if (hidden.count > 0) {
        hex.replace(2 * hidden.first, 2 * hidden.count, hidden_octets);
    }
    return hex;
}

/// What a client and a meter call each other, alike in both directions.
inline ByteBuffer conversation_of(ByteView one, ByteView other) {
    const bool in_order = std::ranges::lexicographical_compare(one, other);
    ByteBuffer both = to_buffer(in_order ? one : other);
    const ByteView second = in_order ? other : one;
    both.insert(both.end(), second.begin(), second.end());
    return both;
}

}  // namespace dlms::transport
