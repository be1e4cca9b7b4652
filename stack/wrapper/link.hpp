#pragma once
// The wrapper link: WPDUs over a byte stream (TCP). Sans I/O; the same for client and meter.
//
// A stream has no place to resynchronise: after a wrong version, or an APDU above the limit, the
// link is failed for good and its owner closes the connection (WRAPPER_X_2, WRAPPER_X_3).

#include <cstdint>
#include <optional>

#include "stack/base/limits.hpp"
#include "stack/base/time.hpp"
#include "stack/wrapper/wpdu.hpp"

namespace dlms::wrapper {

class Link {
public:
    enum class State : std::uint8_t { open, failed };

    struct Counters {
        std::uint64_t received = 0;        ///< WPDUs handed up
        std::uint64_t empty_dropped = 0;   ///< WPDUs without an APDU
        std::uint64_t octets_dropped = 0;  ///< octets that came after the link failed
    };

    /// Refuses APDUs above `max_apdu` octets in either direction.
    explicit Link(std::size_t max_apdu = limits::max_apdu) : max_apdu_(max_apdu) {}

    // A getters
    State state() const { return state_; }
    /// Why the link failed: wrong_version or pdu_too_long. Only in State::failed.
    Error error() const { return error_; }
    const Counters& counters() const { return counters_; }
    /// Octets of a WPDU that has not fully come.
    std::size_t buffered() const { return input_.size() - consumed_; }
    /// Octets that wait to be transmitted.
    std::size_t queued() const { return queued_.size(); }

    // B inputs
    void receive(ByteView bytes, Instant now);
    void handle_timeout(Instant) {}

    // C commands
    /// Queues one WPDU. Errors: request_too_long above the limit or beyond
    /// limits::max_transmit_queue, wrong_state after a failure.
    Status send(const Wpdu& wpdu);

    // D outputs
    /// The next WPDU that came whole; its view is valid until the next receive().
    std::optional<Wpdu> poll_event();
    /// Everything queued, at once; valid until the next poll_transmit().
    std::optional<ByteView> poll_transmit();
    std::optional<Instant> poll_timeout() const { return std::nullopt; }

private:
    void give_up(ErrorCode code);

    ByteBuffer input_;
    std::size_t consumed_ = 0;
    ByteBuffer queued_;
    ByteBuffer transmitting_;
    std::size_t max_apdu_;
    Counters counters_;
    Error error_{};
    State state_ = State::open;
};

}  // namespace dlms::wrapper
