#pragma once
// MeterAssociations: one meter as the users of one link find it: a server association for each pair
// of client and server SAP that has spoken on the link, and what the meter's objects answer. Sans
// I/O. What the standards leave open is settled in docs/simulator.md.
//
// Requests are answered in the order in which they came: while an answer is delayed the link holds
// back what comes behind it.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "simulator/answer_misbehaviour.hpp"
#include "simulator/apdu_link.hpp"
#include "simulator/meter.hpp"
#include "stack/association/server_association.hpp"

namespace dlms::simulator {

/// What happened, for a log.
struct MeterEvent {
    enum class Kind : std::uint8_t {
        associated,
        released,
        wrong_password,
        locked,          ///< the wrong password that locked the client
        unknown_client,  ///< AARQ of a client SAP that is not declared; rejected
        unknown_server,  ///< APDU for a server SAP that is not there; dropped
        refused,         ///< a protected APDU: tag, counter, title, too little protection ...
        misbehaved,      ///< as it was told to
    };

    Kind kind{};
    ClientSap client;
    ServerSap server;
    std::string_view deed{};  ///< of misbehaved: the kind's name; valid for ever

    friend bool operator==(const MeterEvent&, const MeterEvent&) = default;
};

class MeterAssociations {
public:
    struct Counters {
        std::uint64_t unknown_server_sap = 0;  ///< APDUs dropped
        std::uint64_t unknown_client_sap = 0;  ///< APDUs refused or dropped
        std::uint64_t refused = 0;             ///< protected APDUs that were not opened
        std::uint64_t gets = 0;                ///< attributes read
        std::uint64_t sets = 0;                ///< attributes written
        std::uint64_t actions = 0;             ///< methods invoked
        std::uint64_t unanswered = 0;          ///< APDUs taken that get no answer
        std::uint64_t notifications = 0;
        std::uint64_t notifications_withheld = 0;  ///< the client takes none, or none so long
        std::uint64_t events_dropped = 0;          ///< beyond max_events
    };

    /// Events kept for poll_event(); what comes beyond is counted.
    static constexpr std::size_t max_events = 64;
    /// Protected APDUs that are refused one after the other before the connection fails: more is no
    /// mistake any more.
    static constexpr std::size_t most_refused = 1000;

    /// Both must outlive the associations.
    MeterAssociations(Meter& meter, ApduLink& link);
    ~MeterAssociations();
    MeterAssociations(const MeterAssociations&) = delete;
    MeterAssociations& operator=(const MeterAssociations&) = delete;

    // A getters
    const Counters& counters() const { return counters_; }
    Meter& meter() const { return meter_; }
    /// While an answer is delayed nothing may be delivered.
    bool is_busy() const { return delayed_.has_value(); }
    bool has_associations() const { return associated() > 0; }
    std::size_t associated() const;
    /// Why the link cannot go on: it refused an APDU.
    std::optional<Error> failure() const { return failure_; }

    // B inputs
    /// One whole APDU from a client to a server SAP.
    void deliver(ClientSap client, ServerSap server, ByteView apdu, Instant now);
    /// The same for an APDU that must not be answered, whatever it is. Only clients with an
    /// association are served.
    void deliver_unanswered(ClientSap client, ServerSap server, ByteView apdu, Instant now);
    void handle_timeout(Instant now);
    /// What is due in the meter, and what it has to tell of it, on this link and on others.
    void advance(Instant now) { advance(meter_, now); }
    static void advance(Meter& meter, Instant now);
    /// A push to the client, whether it has an association or not. False where the link has no way
    /// for it.
    bool push(ClientSap client, ServerSap server, ByteView apdu) {
        return link_.push(client, server, apdu);
    }
    /// What waits to be sent goes to the link as far as it has room.
    void flush();
    /// The link is gone, of one pair or of all: associations end without a word.
    void link_lost(ClientSap client, ServerSap server);
    void link_lost();

    // D outputs
    std::optional<MeterEvent> poll_event();
    /// When the delayed answer is due, or the meter has something to do.
    std::optional<Instant> poll_timeout() const;

private:
    /// A pair of SAPs that has spoken on this link.
    struct Peer {
        ClientSap client;
        LogicalDevice* device;
        std::size_t association_index;  // of the device's declared ones
        association::ServerAssociation association;
        std::uint64_t security_generation = 0;  // that the association knows
        std::uint64_t secret_changes = 0;       // the same
        std::size_t refused = 0;                // protected APDUs, since the last good one
        /// What the scenario says of this association; null for nothing.
        std::unique_ptr<Misbehaviour> declared_misbehaviour = nullptr;
        /// Made when the meter is first told to misbehave.
        std::unique_ptr<AnswerMisbehaviour> misbehaving = nullptr;
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

    /// What is done wrongly as a request comes. False: the request is lost.
    bool misbehave(ClientSap client, ServerSap server, Instant now);
    /// What is to be done wrongly to the answers of a peer; null for nothing.
    Misbehaviour* told(Peer& peer) const;
    void send_misbehaving(Peer& peer, ByteView apdu, Misbehaviour& told);

    Peer* find_peer(LogicalDevice& device, ClientSap client);
    void receive(Peer& peer, ByteView apdu, Instant now);
    void refuse_client(ClientSap client, ServerSap server, ByteView apdu);
    void serve(Peer& peer, Pace pace, Instant now);
    void handle(Peer& peer, const association::ServerEvent& event, Instant now);
    void answer(Peer& peer, const association::ServerEvent& request, Instant now);
    /// A new policy and new keys, behind the answer to the request that brought them.
    void take_over_security(Peer& peer);
    void tell_notifications(LogicalDevice& device, Instant now);
    void tell(LogicalDevice& device, const std::vector<Notification>& all, Instant now);
    bool tell(Peer& peer, const Notification& notification, Instant now);
    void flush(Peer& peer);
    void count_refused(Peer& peer, bool is_refused);
    void count_wrong_password(const Peer& peer, Instant now);
    void send(ClientSap client, ServerSap server, ByteView apdu);
    void report(MeterEvent::Kind kind, ClientSap client, ServerSap server);
    void report(MisbehaviourKind deed, ClientSap client, ServerSap server);

    Meter& meter_;
    ApduLink& link_;
    std::vector<std::unique_ptr<Peer>> peers_;  // at most the declared ones
    const Peer* silenced_ = nullptr;            // what it has to send is dropped
    std::optional<DelayedAnswer> delayed_;
    std::uint32_t push_id_ = 0;
    std::vector<MeterEvent> events_;
    std::size_t events_taken_ = 0;
    std::optional<Error> failure_;
    Counters counters_;
};

}  // namespace dlms::simulator
