#pragma once
// MeterSession: a client association over a link, as one stack that a driver runs. Which link it is
// the subclasses know: the wrapper or HDLC.

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "client/line_tally.hpp"
#include "stack/association/client_association.hpp"
#include "stack/xdlms/gateway.hpp"
#include "transport/session.hpp"

namespace dlms::client {

/// What became of the link below the association.
struct LinkReport {
    enum class Kind : std::uint8_t { opened, closed, failed };

    Kind kind{};
    Error error{};  ///< of failed
};

/// Where a gateway sends what it gets (Green Book 10.10.3).
struct GatewayAddress {
    std::uint8_t network_id = 0;
    ByteBuffer device;  ///< physical device address, in the form that the gateway expects

    friend bool operator==(const GatewayAddress&, const GatewayAddress&) = default;
};

class MeterSession : public transport::Session {
public:
    struct Sinks {
        /// Gets every event of the association. Views in it are valid during the call. It must
        /// neither destroy the session nor close its driver.
        std::function<void(const association::ClientEvent&)> event;
        /// Gets what becomes of the link; the same rules.
        std::function<void(const LinkReport&)> link;
        /// Called when all that has come is dealt with; may do anything.
        std::function<void()> settled;
        /// Called behind each APDU where the association has keys: to grant numbers, and to save
        /// what was received.
        std::function<void(security::ApduProtection&)> used_keys = nullptr;
        /// See association::ClientConfiguration.
        std::function<Status(security::ApduProtection&)> recall_received = nullptr;
    };

    struct Counters {
        std::uint64_t misaddressed = 0;       ///< APDUs of another pair of addresses, dropped
        std::uint64_t not_of_gateway = 0;     ///< APDUs without our gateway header, dropped
        std::uint64_t bad_datagrams = 0;      ///< that are not one WPDU, dropped
        std::uint64_t requests_repeated = 0;  ///< datagrams sent once more
    };

    /// Commands go here; flush the driver after each.
    association::ClientAssociation& association() { return association_; }
    const association::ClientAssociation& association() const { return association_; }
    const Counters& counters() const { return counters_; }
    /// What is under way times out at `deadline`, even if the link or the association would wait
    /// longer; nullopt takes the limit away.
    void limit_work(std::optional<Instant> deadline) { work_deadline_ = deadline; }
    /// From now on every APDU goes through a gateway.
    void use_gateway(GatewayAddress address) { gateway_ = std::move(address); }

    /// To be called after a command that may end at once: its events go to the sink.
    void drain_events();
    /// What the association has to send now goes to every meter of the line, unacknowledged.
    void broadcast_next() { broadcasts_ = true; }

    /// What is known of a failure that is just being reported: which frame, what was expected, what
    /// came. Empty where there is nothing to add to its error.
    virtual std::string fault() const;

    /// Makes the link ready for APDUs; the sink hears of it, maybe at once.
    virtual void open_link(Instant now) = 0;
    /// Ends the link in good order; the sink hears of it, maybe at once.
    virtual void close_link(Instant now) = 0;

    void connection_lost(const Error& error) final;
    void settle() final { sinks_.settled(); }
    /// What the association and the link have dropped so far; without octets.
    virtual LineTally tally() const;
    std::optional<std::uint64_t> answers() const final { return association_.counters().answers; }

protected:
    MeterSession(association::ClientConfiguration configuration, Sinks sinks)
        : response_timeout_(configuration.response_timeout),
          association_(std::move(configuration)),
          sinks_(std::move(sinks)) {}

    Duration response_timeout() const { return response_timeout_; }

    /// An APDU of the meter, as the link handed it up.
    void deliver(ByteView apdu, Instant now);
    /// The link is gone: what is under way ends with `error`.
    void lose_link(const Error& error);
    void report(LinkReport::Kind kind) { sinks_.link({kind, {}}); }
    /// What the association has to send next, with the gateway's header where there is one; valid
    /// until the next call.
    std::optional<ByteView> next_apdu();
    /// Whether what comes from next_apdu() now is for every meter; true once for each broadcast.
    bool takes_broadcast() { return std::exchange(broadcasts_, false); }
    /// To be called when time has passed: what is under way ends past the limit of the work.
    void handle_association_timeout(Instant now);
    /// The association's deadline, which the link may put off while it makes progress, or the limit
    /// of the work, whichever comes first.
    bool work_is_over(Instant now) const { return work_deadline_ && now >= *work_deadline_; }
    std::optional<Instant> work_deadline() const { return work_deadline_; }
    std::optional<Instant> association_timeout(Instant put_off_to = Instant::min()) const;
    Counters& counting() { return counters_; }

private:
    Duration response_timeout_;
    association::ClientAssociation association_;
    Sinks sinks_;
    std::optional<Instant> work_deadline_;
    std::optional<GatewayAddress> gateway_;
    ByteBuffer gateway_apdu_;
    Counters counters_;
    bool broadcasts_ = false;
};

}  // namespace dlms::client
