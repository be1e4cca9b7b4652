#pragma once
// WrapperSession: a client association over the wrapper, as one stack that a driver runs.

#include <functional>

#include "stack/association/client_association.hpp"
#include "stack/wrapper/link.hpp"
#include "transport/session.hpp"

namespace dlms::client {

class WrapperSession final : public transport::Session {
public:
    /// Gets every event of the association. Views in it are valid during the call. It must neither
    /// destroy the session nor close its driver.
    using EventSink = std::function<void(const association::ClientEvent&)>;
    /// Called when all that has come is dealt with; may do anything.
    using SettleSink = std::function<void()>;

    struct Counters {
        std::uint64_t misaddressed_wpdus = 0;  ///< WPDUs for another pair of ports
    };

    WrapperSession(ClientSap client_sap, ServerSap server_sap,
                   association::ClientConfiguration configuration, EventSink sink,
                   SettleSink settled);

    /// Commands go here; flush the driver after each.
    association::ClientAssociation& association() { return association_; }
    const association::ClientAssociation& association() const { return association_; }
    const Counters& counters() const { return counters_; }
    /// What is under way times out at `deadline`, even if the association would wait longer;
    /// nullopt takes the limit away.
    void limit_work(std::optional<Instant> deadline) { work_deadline_ = deadline; }

    void receive(ByteView bytes, Instant now) override;
    void handle_timeout(Instant now) override;
    void connection_lost(const Error& error) override;
    void settle() override { settled_(); }
    std::optional<ByteView> poll_transmit() override;
    std::optional<Instant> poll_timeout() override;
    std::optional<Error> failure() override;

private:
    void drain_events();

    ClientSap client_sap_;
    ServerSap server_sap_;
    wrapper::Link link_;
    association::ClientAssociation association_;
    EventSink sink_;
    SettleSink settled_;
    std::optional<Instant> work_deadline_;
    Counters counters_;
};

}  // namespace dlms::client
