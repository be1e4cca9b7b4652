#pragma once
// LineMachine: what speaks on one line for a meter, or for several: the wrapper, HDLC, or one of
// them inside something that slows or damages what goes over the line. Sans I/O; the contract is
// docs/contract.md, and lines as in transport/session.hpp.

#include <functional>
#include <optional>

#include "simulator/meter_associations.hpp"
#include "stack/base/line_settings.hpp"

namespace dlms::simulator {

class LineMachine {
public:
    virtual ~LineMachine() = default;

    // A getters
    /// Why the line must be closed.
    virtual std::optional<Error> failure() const = 0;
    /// Whether a client has a link on the line; always on lines that know no links.
    virtual bool is_connected() const { return true; }

    // B inputs
    virtual void receive(ByteView bytes, Instant now) = 0;
    virtual void handle_timeout(Instant now) = 0;
    /// The line is gone: every association ends without a word.
    virtual void link_lost(Instant now) = 0;
    /// Called, perhaps in the middle of an input, when there is something to transmit that no input
    /// of this line has brought.
    virtual void set_waker(std::function<void()>) {}

    // D outputs
    virtual std::optional<ByteView> poll_transmit() = 0;
    /// The settings that the line shall have from here on, asked when there is nothing to transmit.
    virtual std::optional<LineSettings> poll_line_settings() { return std::nullopt; }
    virtual std::optional<MeterEvent> poll_event() = 0;
    virtual std::optional<Instant> poll_timeout() const = 0;
};

}  // namespace dlms::simulator
