#pragma once
// MeterGateway: the meters that one link leads to: the one that the link is addressed to, and,
// where the group is a gateway, every one that the header of a request names (gateway protocol,
// stack/xdlms/gateway.hpp). What these answer and push carries the header of their last request.

#include <map>

#include "simulator/meter_associations.hpp"
#include "simulator/meter_group.hpp"

namespace dlms::simulator {

class MeterGateway {
public:
    /// APDUs with a gateway header that were dropped.
    struct Counters {
        std::uint64_t malformed_headers = 0;
        std::uint64_t unknown_devices = 0;
    };

    /// All must outlive the gateway. Without `group`, headers are not served.
    MeterGateway(Meter& own, const MeterGroup* group, ApduLink& link)
        : own_(own, link), group_(group), link_(link) {}

    // A getters
    const Counters& counters() const { return counters_; }
    /// Of the meter that the link is addressed to.
    const MeterAssociations& own() const { return own_; }
    bool is_busy() const;
    std::optional<Error> failure() const;

    // B inputs, as those of MeterAssociations
    void deliver(ClientSap client, ServerSap server, ByteView apdu, Instant now);
    void deliver_unanswered(ClientSap client, ServerSap server, ByteView apdu, Instant now);
    void handle_timeout(Instant now);
    void flush();
    void link_lost(ClientSap client, ServerSap server);
    void link_lost();

    // D outputs
    std::optional<MeterEvent> poll_event();
    std::optional<Instant> poll_timeout() const;

private:
    /// A meter behind the gateway.
    class Behind final : public ApduLink {
    public:
        Behind(Meter& meter, ApduLink& link) : link_(link), associations_(meter, *this) {}

        void set_header(std::uint8_t network_id, ByteView address);
        MeterAssociations& associations() { return associations_; }
        const MeterAssociations& associations() const { return associations_; }

        bool may_send(ClientSap client, ServerSap server) const override;
        Status send(ClientSap client, ServerSap server, ByteView apdu) override;

    private:
        ApduLink& link_;
        std::uint8_t network_id_ = 0;
        ByteBuffer address_;
        ByteBuffer prepared_;
        MeterAssociations associations_;
    };

    /// Which associations an APDU is for, and what of it; nothing when it is dropped.
    struct Target {
        MeterAssociations& associations;
        ByteView apdu;
    };
    std::optional<Target> find_target(ByteView apdu);

    MeterAssociations own_;
    const MeterGroup* group_;
    ApduLink& link_;
    std::map<std::size_t, Behind> behind_;  // by place in the group
    Counters counters_;
};

}  // namespace dlms::simulator
