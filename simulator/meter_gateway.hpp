#pragma once
// MeterGateway: the meters that one link leads to: the one that the link is addressed to; with the
// wrapper, each at a server SAP of its own; and, where the group is a gateway, every one that the
// header of a request names (gateway protocol, stack/xdlms/gateway.hpp). What these answer and push
// carries the SAP or the header of their last request.

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

    enum class Reach : std::uint8_t {
        own_saps,  ///< the link's own meter, and what headers name
        all_saps,  ///< also the other meters of the group, by server SAP
    };

    /// All must outlive the gateway. Without `group`, headers are not served.
    MeterGateway(Meter& own, const MeterGroup* group, ApduLink& link, Reach reach = Reach::own_saps)
        : own_(own, link), group_(group), link_(link), reach_(reach) {}

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
    /// Another meter of the group.
    class Behind final : public ApduLink {
    public:
        Behind(Meter& meter, ApduLink& link) : link_(link), associations_(meter, *this) {}

        /// How its last request came: for a server SAP that stands for one of its own ...
        void set_sap(ServerSap outer, ServerSap own);
        /// ... or with a header.
        void set_header(std::uint8_t network_id, ByteView address);
        MeterAssociations& associations() { return associations_; }
        const MeterAssociations& associations() const { return associations_; }

        bool may_send(ClientSap client, ServerSap server) const override;
        Status send(ClientSap client, ServerSap server, ByteView apdu) override;

    private:
        ApduLink& link_;
        std::uint16_t sap_offset_ = 0;
        bool has_header_ = false;
        std::uint8_t network_id_ = 0;
        ByteBuffer address_;
        ByteBuffer prepared_;
        MeterAssociations associations_;
    };

    /// Which associations an APDU is for, and what of it; nothing when it is dropped.
    struct Target {
        MeterAssociations& associations;
        ServerSap server;
        ByteView apdu;
    };
    std::optional<Target> find_target(ServerSap server, ByteView apdu);
    Target target_of_sap(ServerSap server, ByteView apdu);
    Behind& behind(std::size_t place);

    MeterAssociations own_;
    const MeterGroup* group_;
    ApduLink& link_;
    Reach reach_;
    std::map<std::size_t, Behind> behind_;  // by place in the group
    Counters counters_;
};

}  // namespace dlms::simulator
