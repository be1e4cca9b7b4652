#pragma once
// HdlcLine: the meters of a group on one HDLC line: a TCP stream of a modem or converter, a serial
// port, a pseudo-terminal. Each hears everything and answers what is addressed to it; a client that
// keeps to the protocol lets one talk at a time. Sans I/O.

#include "simulator/hdlc_meter.hpp"
#include "simulator/line_machine.hpp"

namespace dlms::simulator {

class HdlcLine final : public LineMachine {
public:
    /// `group` must outlive the line and not grow meanwhile.
    HdlcLine(const MeterGroup& group, const HdlcMedium& medium, Instant now);

    // A getters
    /// A stream ends after the inactivity time-out of the first meter's TCP-UDP setup: timeout.
    /// Octets that make no sense never end a line; they are dropped and counted.
    std::optional<Error> failure() const override { return failure_; }
    bool is_connected() const override;
    const HdlcMeter& meter(std::size_t index) const { return *meters_[index]; }

    // B inputs
    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void link_lost(Instant now) override;
    void set_waker(std::function<void()> waker) override;

    // D outputs
    std::optional<ByteView> poll_transmit() override;
    std::optional<MeterEvent> poll_event() override;
    std::optional<Instant> poll_timeout() const override;

private:
    std::optional<Instant> idle_until() const;

    const MeterGroup& group_;
    HdlcMedium medium_;
    std::vector<std::unique_ptr<HdlcMeter>> meters_;
    Instant last_activity_;
    std::optional<Error> failure_;
};

}  // namespace dlms::simulator
