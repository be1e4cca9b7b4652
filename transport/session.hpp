#pragma once
// Session: a protocol stack over one line, as the driver sees it: octets and time in, octets and
// the next deadline out. What the stack has to say upward it tells its owner from inside receive(),
// handle_timeout() and connection_lost().
//
// On a byte stream (TCP, TLS, serial) octets come and go in portions that mean nothing. On a
// datagram line (UDP) each receive() is one datagram, whole or cut short by its sender and possibly
// empty, and each view of poll_transmit() goes out as one datagram.

#include <cstdint>
#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/error.hpp"
#include "stack/base/line_settings.hpp"
#include "stack/base/time.hpp"

namespace dlms::transport {

class Session {
public:
    virtual ~Session() = default;

    /// Octets from the line, valid during the call.
    virtual void receive(ByteView bytes, Instant now) = 0;
    /// The time of poll_timeout() has come.
    virtual void handle_timeout(Instant now) = 0;
    /// The line is gone; no call follows. The session may be destroyed in it.
    virtual void connection_lost(const Error& error) = 0;
    /// Called last when something has come and what it caused was sent: whoever waits for the
    /// session may go on here, and may close the driver.
    virtual void settle() {}

    /// Octets to send, valid until the next call.
    virtual std::optional<ByteView> poll_transmit() = 0;
    /// The settings that the line shall have from here on, each change once. Asked when
    /// poll_transmit() has nothing more: they are applied when all that was handed out before has
    /// left, and what is handed out afterwards leaves with them. Of no effect where the line has no
    /// such settings.
    virtual std::optional<LineSettings> poll_line_settings() { return std::nullopt; }
    virtual std::optional<Instant> poll_timeout() = 0;
    /// How many times something came that was waited for. Where octets bring none of it for too
    /// long the driver closes the line, and connection_lost() says flooded. Nothing: octets may
    /// come without end, as to a server.
    virtual std::optional<std::uint64_t> answers() const { return std::nullopt; }
    /// Set when the stack cannot go on on this line; the driver then closes it.
    virtual std::optional<Error> failure() = 0;
};

}  // namespace dlms::transport
