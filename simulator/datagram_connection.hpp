#pragma once
// DatagramConnection: one peer of a simulated meter on UDP with the wrapper: one WPDU a datagram.
// Sans I/O: each receive() is a datagram, and so is each view of poll_transmit().
//
// What is not exactly one WPDU for one of the meter's SAPs, as a datagram cut short or one for all
// stations (wPort 7F), is dropped and counted (WRAPPER_X_11). A block or a ciphered APDU that comes
// twice in a row is one that the network doubled: it gets the answer of before.

#include <deque>
#include <map>
#include <utility>

#include "simulator/line_machine.hpp"
#include "simulator/meter_gateway.hpp"
#include "stack/wrapper/wpdu.hpp"

namespace dlms::simulator {

class DatagramConnection final : public LineMachine, private ApduLink {
public:
    struct Counters {
        std::uint64_t received = 0;   ///< WPDUs
        std::uint64_t malformed = 0;  ///< datagrams that are not one WPDU
        std::uint64_t broadcast = 0;  ///< WPDUs for all stations
        std::uint64_t held_back = 0;  ///< dropped beyond max_held_back
        std::uint64_t too_long = 0;   ///< answers that no datagram holds
        std::uint64_t repeated = 0;   ///< that came twice, and got the answer of before
    };

    /// Datagrams kept while an answer is delayed.
    static constexpr std::size_t max_held_back = 16;
    /// Datagrams waiting to be sent beyond which further blocks of an answer wait.
    static constexpr std::size_t transmit_high_water = 64;
    /// Idle time after which the peer is forgotten where the meter's TCP-UDP setup names none.
    static constexpr std::chrono::seconds default_inactivity{180};

    /// The first meter of the group answers. `group` must outlive the connection.
    DatagramConnection(const MeterGroup& group, Instant now);

    // A getters
    /// timeout: the peer was idle too long and is to be forgotten.
    std::optional<Error> failure() const override { return failure_; }
    const Counters& counters() const { return counters_; }

    // B inputs
    void receive(ByteView datagram, Instant now) override;
    void handle_timeout(Instant now) override;
    void link_lost(Instant now) override;

    // D outputs
    std::optional<ByteView> poll_transmit() override;
    std::optional<MeterEvent> poll_event() override { return associations_.poll_event(); }
    std::optional<Instant> poll_timeout() const override;

private:
    bool may_send(ClientSap client, ServerSap server) const override;
    Status send(ClientSap client, ServerSap server, ByteView apdu) override;

    /// The last request of a client that changes what comes next, and the answer to it.
    struct Exchange {
        ByteBuffer request;  ///< a datagram
        ByteBuffer answer;   ///< an APDU; empty as long as there is none
    };
    using Pair = std::pair<std::uint16_t, std::uint16_t>;  // client and server

    void take(ByteView datagram, Instant now);
    bool answer_repeated(const wrapper::Wpdu& wpdu, ByteView datagram);
    void queue(ClientSap client, ServerSap server, ByteView apdu);
    void serve_held_back(Instant now);
    Instant idle_until() const;

    const MeterGroup& group_;
    MeterGateway associations_;
    std::deque<ByteBuffer> held_back_;
    std::deque<ByteBuffer> queued_;
    std::map<Pair, Exchange> exchanges_;
    ByteBuffer transmitting_;
    Instant last_activity_;
    std::optional<Error> failure_;
    Counters counters_;
};

}  // namespace dlms::simulator
