#pragma once
// HdlcMeter: one meter on an HDLC line: a station with the addresses of its logical devices, and
// the meter's associations on the station's links. Sans I/O. Foreign frames pass it by in silence,
// so that several can hear the same line.

#include <deque>
#include <map>

#include "simulator/meter_gateway.hpp"
#include "stack/hdlc/server_station.hpp"

namespace dlms::simulator {

/// What carries the octets.
struct HdlcMedium {
    /// A serial line: the inter-octet time-out ends a frame. Otherwise a stream (TCP), where it is
    /// a second at least.
    bool is_serial = false;
    /// What an octet takes on the line, before which no inter-octet time-out begins.
    Duration octet_time{};
};

class HdlcMeter final : private ApduLink {
public:
    /// `meter` and `group` must outlive this; without `group` gateway headers are not served.
    HdlcMeter(Meter& meter, const MeterGroup* group, const HdlcMedium& medium);
    HdlcMeter(const HdlcMeter&) = delete;
    HdlcMeter& operator=(const HdlcMeter&) = delete;

    // A getters
    bool is_connected() const { return station_.open_links() > 0; }
    const HdlcSettings& settings() const { return settings_; }
    hdlc::ServerStation::Counters station_counters() const { return station_.counters(); }
    const MeterGateway& associations() const { return associations_; }

    // B inputs
    void receive(ByteView bytes, Instant now);
    void handle_timeout(Instant now);
    void link_lost(Instant now);
    /// As of LineMachine; without it no push goes out on the line.
    void set_waker(std::function<void()> waker) { waker_ = std::move(waker); }

    // D outputs
    std::optional<ByteView> poll_transmit();
    std::optional<MeterEvent> poll_event() { return associations_.poll_event(); }
    std::optional<Instant> poll_timeout() const;

private:
    using Pair = std::pair<ClientSap, ServerSap>;

    bool may_send(ClientSap client, ServerSap server) const override;
    Status send(ClientSap client, ServerSap server, ByteView apdu) override;
    bool push(ClientSap client, ServerSap server, ByteView apdu) override;

    /// A request that came while an answer was delayed.
    struct HeldRequest {
        Pair pair;
        ByteBuffer apdu;
    };

    hdlc::ServerStation make_station() const;
    hdlc::LinkAddresses addresses(ClientSap client, ServerSap server) const;
    void serve(Instant now);
    void serve_held(Instant now);
    void handle(const hdlc::ServerEvent& event, Instant now);
    void end_link(const Pair& pair);
    void send_waiting();
    void notice_power_loss(Instant now);
    void renew_station();

    Meter& meter_;
    HdlcMedium medium_;
    std::uint32_t power_losses_;  // that the link knows
    HdlcSettings settings_;
    std::chrono::milliseconds answer_delay_;
    hdlc::ServerStation station_;
    MeterGateway associations_;
    std::deque<HeldRequest> held_;        // bounded: links are busy meanwhile
    std::map<Pair, ByteBuffer> waiting_;  // APDUs for which a link had no room yet, one a link
    std::function<void()> waker_;
    Instant now_{};
};

}  // namespace dlms::simulator
