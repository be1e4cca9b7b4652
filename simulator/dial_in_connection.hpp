#pragma once
// DialInConnection: the connection of a meter whose modem called the head end: it makes itself
// known by a log-in and by heartbeats (docs/simulator.md, "Dialling in"), and serves requests like
// any meter with the wrapper. Sans I/O.
//
// Log-in and heartbeats stand between WPDUs, some of them without a wrapper header; what answers
// them is taken out of what the head end sends.

#include "simulator/meter_connection.hpp"

namespace dlms::simulator {

/// How a maker's modem makes itself known.
enum class DialInForm : std::uint8_t {
    hexcell,   ///< heartbeats of 23 octets, 8E A1 ... 17; the first is the log-in
    hexing,    ///< DataNotification with the serial number; heartbeats as WPDU with the signal
    hexing_b,  ///< the same log-in; heartbeats of 21 octets, DD 10 ...
};

struct DialInSettings {
    DialInForm form = DialInForm::hexcell;
    std::chrono::seconds heartbeat{120};
};

class DialInConnection final : public LineMachine {
public:
    /// Heartbeats that may go unanswered in a row; then the modem gives the connection up.
    static constexpr unsigned most_unanswered = 3;

    /// `meter` must outlive the connection.
    DialInConnection(Meter& meter, const DialInSettings& settings, Instant now);

    // A getters
    /// Those of MeterConnection; timeout also when heartbeats go unanswered.
    std::optional<Error> failure() const override;
    unsigned answered() const { return answered_; }  ///< log-ins and heartbeats

    // B inputs
    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void link_lost(Instant now) override { meter_connection_.link_lost(now); }

    // D outputs
    std::optional<ByteView> poll_transmit() override;
    std::optional<MeterEvent> poll_event() override { return meter_connection_.poll_event(); }
    std::optional<Instant> poll_timeout() const override;

private:
    bool take_answer();
    void log_in();
    void beat(Instant now);
    void send_apdu(ByteView apdu);

    Meter& meter_;
    DialInSettings settings_;
    MeterConnection meter_connection_;
    ByteBuffer input_;   // what is not whole yet
    ByteBuffer queued_;  // of log-in and heartbeats
    ByteBuffer sending_;
    Instant next_beat_;
    unsigned unanswered_ = 0;
    unsigned answered_ = 0;
    bool has_given_up_ = false;
};

}  // namespace dlms::simulator
