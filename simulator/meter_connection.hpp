#pragma once
// MeterConnection: one TCP connection of a simulated meter: the wrapper link, and a server
// association for each pair of client and server SAP that has spoken on it. Sans I/O; the contract
// is docs/contract.md. What the standards leave open is settled in docs/simulator.md.
//
// Requests are answered in the order in which they came. While an answer is delayed, or too much
// waits to be sent, the requests behind it wait in the link.

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "simulator/meter.hpp"
#include "stack/association/server_association.hpp"
#include "stack/base/machine.hpp"
#include "stack/wrapper/link.hpp"

namespace dlms::simulator {

/// What happened, for a log.
struct MeterEvent {
    enum class Kind : std::uint8_t {
        associated,
        released,
        wrong_password,
        locked,          ///< the wrong password that locked the client
        unknown_client,  ///< AARQ of a client SAP that is not declared; rejected
        unknown_server,  ///< WPDU for a server SAP that is not there; dropped
    };

    Kind kind{};
    ClientSap client;
    ServerSap server;

    friend bool operator==(const MeterEvent&, const MeterEvent&) = default;
};

class MeterConnection {
public:
    enum class State : std::uint8_t { open, failed };

    struct Counters {
        std::uint64_t unknown_server_sap = 0;  ///< WPDUs dropped
        std::uint64_t unknown_client_sap = 0;  ///< WPDUs refused or dropped
        std::uint64_t gets = 0;                ///< attributes read
        std::uint64_t sets = 0;                ///< attributes written
        std::uint64_t actions = 0;             ///< methods invoked
        std::uint64_t notifications = 0;
        std::uint64_t notifications_withheld = 0;  ///< the client takes none, or none so long
        std::uint64_t events_dropped = 0;          ///< beyond max_events
    };

    /// Octets waiting to be sent beyond which further requests wait.
    static constexpr std::size_t transmit_high_water = 256 * 1024;
    /// Octets of waiting requests beyond which the connection fails.
    static constexpr std::size_t max_held_back = 256 * 1024;
    /// Events kept for poll_event(); what comes beyond is counted.
    static constexpr std::size_t max_events = 64;

    /// `meter` must outlive the connection.
    MeterConnection(Meter& meter, Instant now);

    // A getters
    State state() const { return failure_ ? State::failed : State::open; }
    /// Why the connection must be closed: wrong_version or pdu_too_long of the link; timeout after
    /// inactivity; unexpected_apdu when a client goes on sending without waiting for answers.
    std::optional<Error> failure() const { return failure_; }
    const Counters& counters() const { return counters_; }

    // B inputs
    void receive(ByteView bytes, Instant now);
    void handle_timeout(Instant now);
    /// The line is gone: every association ends without a word.
    void link_lost();

    // D outputs
    std::optional<ByteView> poll_transmit();
    std::optional<MeterEvent> poll_event();
    /// The end of the inactivity time-out or of the answer's delay; the present when requests were
    /// held back that can be served now.
    std::optional<Instant> poll_timeout() const;

private:
    /// A pair of SAPs that has spoken on this connection.
    struct Peer {
        ClientSap client;
        LogicalDevice* device;
        std::size_t association_index;  // of the device's declared ones
        association::ServerAssociation association;
    };
    /// A request, or the first item of one, whose answer is delayed. Its views hold because the
    /// association gets no further input meanwhile.
    struct DelayedAnswer {
        Peer* peer;
        association::ServerEvent request;
        Instant due;
    };

    /// Whether the meter takes its time to answer.
    enum class Pace : std::uint8_t { as_declared, prompt };

    bool may_serve() const;
    void serve(Instant now);
    void deliver(const wrapper::Wpdu& wpdu, Instant now);
    Peer* find_peer(LogicalDevice& device, ClientSap client);
    void refuse_client(const wrapper::Wpdu& wpdu);
    void drain(Peer& peer, Pace pace, Instant now);
    void handle(Peer& peer, const association::ServerEvent& event, Instant now);
    void answer(Peer& peer, const association::ServerEvent& request, Instant now);
    void tell_notifications(LogicalDevice& device, Instant now);
    bool tell(Peer& peer, const Notification& notification, Instant now);
    void flush(Peer& peer);
    void count_wrong_password(const Peer& peer, Instant now);
    void send(ClientSap client, ServerSap server, ByteView apdu);
    void report(MeterEvent::Kind kind, ClientSap client, ServerSap server);
    std::optional<Instant> idle_until() const;

    Meter& meter_;
    wrapper::Link link_;
    std::vector<std::unique_ptr<Peer>> peers_;  // at most the declared ones
    std::optional<DelayedAnswer> delayed_;
    std::uint32_t push_id_ = 0;
    std::size_t to_be_sent_ = 0;  // octets in the link
    bool held_back_ = false;      // whole requests may wait in the link
    Instant last_activity_;
    Instant now_;
    std::vector<MeterEvent> events_;
    std::size_t events_taken_ = 0;
    std::optional<Error> failure_;
    Counters counters_;
};

static_assert(Machine<MeterConnection>);

}  // namespace dlms::simulator
