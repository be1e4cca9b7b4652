#pragma once
// Byte trace: what goes over the line, for people who look for a fault. Off unless a sink is given.

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/base/time.hpp"

namespace dlms::transport {

enum class Direction : std::uint8_t { sent, received };

/// Called with octets as they pass. They may hold secrets: show them through HexTrace only.
using TraceSink = std::function<void(Direction, ByteView)>;

/// What the octets of a line are.
enum class Framing : std::uint8_t {
    wrapper,    ///< WPDUs in a stream
    datagrams,  ///< one WPDU at a time
    hdlc,       ///< HDLC frames; before them, maybe, the messages of IEC 62056-21
};

/// How much of what passes is shown: a peer that never stops must not fill a disk.
struct TraceBudget {
    std::size_t at_once = 1024 * 1024;  ///< characters, while the trace was quiet before
    std::size_t per_second = 4096;      ///< characters, for as long as the peer likes
};

/// Turns the octets of a line into lines of text: one a WPDU, in hexadecimal; one an HDLC frame, in
/// hexadecimal and, behind a "#", in words; one a text message of IEC 62056-21. What must not be
/// seen is shown as "**" (secret_parts.hpp). Octets that are none of these are only counted. Lines
/// above the budget are left out, and a line says how many.
class HexTrace {
public:
    using LineSink = std::function<void(Direction, const std::string& line)>;

    HexTrace(Framing framing, LineSink sink, TraceBudget budget = {});
    HexTrace(HexTrace&& other) noexcept;
    HexTrace& operator=(HexTrace&&) = delete;
    ~HexTrace();

    void octets(Direction direction, ByteView bytes,
                Instant now = std::chrono::steady_clock::now());

private:
    struct State;

    std::unique_ptr<State> state_;
};

/// A sink of octets that shows them as lines.
TraceSink traced_lines(Framing framing, HexTrace::LineSink sink, TraceBudget budget = {});

}  // namespace dlms::transport
