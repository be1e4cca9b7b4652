#pragma once
// MeterConnection: one TCP connection of a simulated meter: the wrapper link with the meter's
// associations on it. Sans I/O; the contract is docs/contract.md. What the standards leave open is
// settled in docs/simulator.md.
//
// While an answer is delayed, or too much waits to be sent, further requests wait in the link.

#include <cstdint>
#include <optional>

#include "simulator/line_machine.hpp"
#include "simulator/meter_gateway.hpp"
#include "stack/base/machine.hpp"
#include "stack/wrapper/link.hpp"

namespace dlms::simulator {

class MeterConnection final : public LineMachine, private ApduLink {
public:
    enum class State : std::uint8_t { open, failed };

    /// Octets waiting to be sent beyond which further requests wait.
    static constexpr std::size_t transmit_high_water = 256 * 1024;
    /// Octets of waiting requests beyond which the connection fails.
    static constexpr std::size_t max_held_back = 256 * 1024;

    /// `meter` must outlive the connection.
    MeterConnection(Meter& meter, Instant now) : MeterConnection(meter, nullptr, now) {}
    /// The first meter of the group, with the gateway if the group is one. It must outlive this.
    MeterConnection(const MeterGroup& group, Instant now)
        : MeterConnection(group[0], &group, now) {}
    MeterConnection(const MeterConnection&) = delete;
    MeterConnection& operator=(const MeterConnection&) = delete;

    // A getters
    State state() const { return failure_ ? State::failed : State::open; }
    /// Why the connection must be closed: wrong_version or pdu_too_long of the link; timeout after
    /// inactivity; unexpected_apdu when a client goes on sending without waiting for answers;
    /// connection_lost when the only meter has lost its power over a request.
    std::optional<Error> failure() const override { return failure_; }
    const MeterAssociations::Counters& counters() const { return associations_.own().counters(); }
    const MeterGateway& associations() const { return associations_; }

    // B inputs
    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    /// Something came that was not for the meter itself: the line is not idle.
    void note_activity(Instant now) { last_activity_ = now; }
    void link_lost();
    void link_lost(Instant) override { link_lost(); }

    // D outputs
    std::optional<ByteView> poll_transmit() override;
    std::optional<MeterEvent> poll_event() override { return associations_.poll_event(); }
    /// The end of the inactivity time-out or of the answer's delay; the present when requests were
    /// held back that can be served now.
    std::optional<Instant> poll_timeout() const override;

private:
    MeterConnection(Meter& meter, const MeterGroup* group, Instant now);

    bool may_send(ClientSap client, ServerSap server) const override;
    Status send(ClientSap client, ServerSap server, ByteView apdu) override;

    bool may_serve() const;
    void serve(Instant now);
    std::optional<Instant> idle_until() const;

    Meter& meter_;
    bool is_alone_;  // on this port
    wrapper::Link link_;
    MeterGateway associations_;
    bool held_back_ = false;  // whole requests may wait in the link
    Instant last_activity_;
    Instant now_;
    std::optional<Error> failure_;
};

static_assert(Machine<MeterConnection>);

}  // namespace dlms::simulator
