#include "simulator/hdlc_meter.hpp"

#include <algorithm>

#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::simulator {
namespace {

/// How long a client that polled waits in silence for an answer that is delayed.
constexpr std::chrono::milliseconds patience{1000};

/// What is unfinished in a stream for so long has broken off: a modem on the way may well pause for
/// longer than a serial line.
constexpr std::chrono::milliseconds stream_inter_octet_timeout{1000};

/// Whether the meter says it unasked. It goes in a UI frame where it fits one.
bool is_notification(ByteView apdu) {
    using enum xdlms::ApduTag;
    const auto tag = static_cast<xdlms::ApduTag>(apdu.empty() ? Byte{0} : apdu[0]);
    return tag == data_notification || tag == event_notification_request ||
           tag == information_report_request;
}

}  // namespace

HdlcMeter::HdlcMeter(Meter& meter, const MeterGroup* group, const HdlcMedium& medium)
    : meter_(meter),
      medium_(medium),
      power_losses_(meter.power_losses()),
      settings_(meter.hdlc_settings()),
      answer_delay_(meter.answer_delay()),
      station_(make_station()),
      associations_(meter, group, *this) {}

hdlc::ServerStation HdlcMeter::make_station() const {
    hdlc::ServerStationConfiguration configuration;
    const bool has_lower = settings_.address_octets > 1;
    const std::uint16_t lower = has_lower ? settings_.lower_address : std::uint16_t{0};
    for (const LogicalDevice& device : meter_.devices()) {
        const hdlc::Address address{settings_.address_octets, device.sap().value(), lower};
        if (address.is_valid()) {
            configuration.addresses.push_back(address);
        }
    }
    configuration.link.parameters = settings_.limits;
    configuration.link.inactivity_timeout = settings_.inactivity_timeout;
    if (answer_delay_.count() > 0) {
        configuration.link.acknowledge_after = patience;
    }
    configuration.inter_octet_timeout =
        settings_.inter_octet_timeout +
        std::chrono::ceil<std::chrono::milliseconds>(medium_.octet_time);
    if (!medium_.is_serial) {
        configuration.inter_octet_timeout =
            std::max(*configuration.inter_octet_timeout, stream_inter_octet_timeout);
    }
    return hdlc::ServerStation(configuration);
}

void HdlcMeter::receive(ByteView bytes, Instant now) {
    now_ = now;
    notice_power_loss(now);
    if (!meter_.is_powered()) {
        return;
    }
    renew_station();
    station_.receive(bytes, now);
    serve(now);
}

/// What was there before the power failed is there no longer.
void HdlcMeter::notice_power_loss(Instant now) {
    if (meter_.power_losses() != power_losses_) {
        power_losses_ = meter_.power_losses();
        held_.clear();
        link_lost(now);
        while (station_.poll_transmit()) {
        }
    }
}

/// What was written into the meter's setup, or into its delay, rules the next links.
void HdlcMeter::renew_station() {
    const HdlcSettings settings = meter_.hdlc_settings();
    const bool is_as_made = settings == settings_ && meter_.answer_delay() == answer_delay_;
    if (is_as_made || is_connected()) {
        return;
    }
    settings_ = settings;
    answer_delay_ = meter_.answer_delay();
    station_ = make_station();
}

void HdlcMeter::handle_timeout(Instant now) {
    now_ = now;
    notice_power_loss(now);
    if (const std::optional<Instant> due = associations_.poll_timeout(); due && now >= *due) {
        associations_.handle_timeout(now);
    }
    station_.handle_timeout(now);
    serve(now);
}

void HdlcMeter::link_lost(Instant now) {
    now_ = now;
    station_.link_lost(now);
    serve(now);
    associations_.link_lost();
    waiting_.clear();
    held_.clear();
}

std::optional<ByteView> HdlcMeter::poll_transmit() {
    if (!meter_.is_powered()) {
        return std::nullopt;
    }
    send_waiting();
    associations_.flush();
    return station_.poll_transmit();
}

std::optional<Instant> HdlcMeter::poll_timeout() const {
    if (!meter_.is_powered()) {
        return std::nullopt;
    }
    const std::optional<Instant> delayed = associations_.poll_timeout();
    const std::optional<Instant> station = station_.poll_timeout();
    return delayed && (!station || *delayed < *station) ? delayed : station;
}

void HdlcMeter::serve(Instant now) {
    serve_held(now);
    while (const std::optional<hdlc::ServerEvent> event = station_.poll_event()) {
        handle(*event, now);
    }
    station_.set_busy(associations_.is_busy());
}

void HdlcMeter::serve_held(Instant now) {
    while (!held_.empty() && !associations_.is_busy()) {
        const HeldRequest request = std::move(held_.front());
        held_.pop_front();
        associations_.deliver(request.pair.first, request.pair.second, request.apdu, now);
    }
}

void HdlcMeter::handle(const hdlc::ServerEvent& event, Instant now) {
    const ClientSap client(event.link.client.upper);
    const ServerSap server(event.link.server.upper);
    if (const auto* request = std::get_if<hdlc::ApduReceived>(&event.what)) {
        if (associations_.is_busy()) {
            held_.push_back({{client, server}, to_buffer(request->apdu)});
        } else {
            associations_.deliver(client, server, request->apdu, now);
        }
    } else if (const auto* unnumbered = std::get_if<hdlc::UnnumberedReceived>(&event.what)) {
        associations_.deliver_unanswered(client, server, unnumbered->apdu, now);
    } else if (std::holds_alternative<hdlc::ClientDisconnected>(event.what)) {
        end_link({client, server});
    }
}

void HdlcMeter::end_link(const Pair& pair) {
    associations_.link_lost(pair.first, pair.second);
    waiting_.erase(pair);
    std::erase_if(held_, [&](const HeldRequest& held) { return held.pair == pair; });
}

hdlc::LinkAddresses HdlcMeter::addresses(ClientSap client, ServerSap server) const {
    const bool has_lower = settings_.address_octets > 1;
    return {{settings_.address_octets, server.value(),
             has_lower ? settings_.lower_address : std::uint16_t{0}},
            {1, client.value(), 0}};
}

bool HdlcMeter::may_send(ClientSap client, ServerSap server) const {
    return !waiting_.contains({client, server});
}

Status HdlcMeter::send(ClientSap client, ServerSap server, ByteView apdu) {
    if (apdu.size() > limits::max_apdu) {
        return {};  // a gateway's header made it longer than any client asked for
    }
    const hdlc::LinkAddresses link = addresses(client, server);
    if (is_notification(apdu) && station_.send_unnumbered(link, apdu, now_)) {
        return {};
    }
    const Status sent = station_.send(link, apdu, now_);
    if (!sent && sent.error().code == ErrorCode::request_too_long) {
        waiting_.emplace(Pair{client, server}, to_buffer(apdu));
    }
    // A link that has ended meanwhile has no client that could miss the answer.
    return {};
}

bool HdlcMeter::push(ClientSap client, ServerSap server, ByteView apdu) {
    if (!waker_ || !station_.send_unnumbered(addresses(client, server), apdu, now_)) {
        return false;
    }
    waker_();
    return true;
}

void HdlcMeter::send_waiting() {
    std::erase_if(waiting_, [this](const auto& entry) {
        const auto& [pair, apdu] = entry;
        const Status sent = station_.send(addresses(pair.first, pair.second), apdu, now_);
        return sent || sent.error().code != ErrorCode::request_too_long;
    });
}

}  // namespace dlms::simulator
