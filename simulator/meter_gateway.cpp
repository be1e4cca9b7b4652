#include "simulator/meter_gateway.hpp"

#include <algorithm>

#include "stack/xdlms/gateway.hpp"

namespace dlms::simulator {

bool MeterGateway::is_busy() const {
    return own_.is_busy() || std::ranges::any_of(behind_, [](const auto& entry) {
               return entry.second.associations().is_busy();
           });
}

std::optional<Error> MeterGateway::failure() const {
    for (const auto& [place, behind] : behind_) {
        if (const auto failure = behind.associations().failure()) {
            return failure;
        }
    }
    return own_.failure();
}

MeterGateway::Behind& MeterGateway::behind(std::size_t place) {
    return behind_.try_emplace(place, (*group_)[place], link_).first->second;
}

MeterGateway::Target MeterGateway::target_of_sap(ServerSap server, ByteView apdu) {
    const auto place = reach_ == Reach::all_saps && group_ ? group_->find(server) : std::nullopt;
    if (!place) {
        return {own_, server, apdu};
    }
    const ServerSap own = (*group_)[*place].devices().front().sap();
    Behind& other = behind(*place);
    other.set_sap(server, own);
    return {other.associations(), own, apdu};
}

std::optional<MeterGateway::Target> MeterGateway::find_target(ServerSap server, ByteView apdu) {
    constexpr auto header = static_cast<Byte>(xdlms::GatewayDirection::request);
    if (!group_ || !group_->is_gateway() || apdu.empty() || apdu[0] != header) {
        return target_of_sap(server, apdu);
    }
    const Result<xdlms::GatewayApdu> wrapped = xdlms::decode_gateway_apdu(apdu);
    if (!wrapped) {
        ++counters_.malformed_headers;
        return std::nullopt;
    }
    const std::optional<std::size_t> place = group_->find(wrapped->physical_device_address);
    if (!place) {
        ++counters_.unknown_devices;
        return std::nullopt;
    }
    Behind& other = behind(*place);
    other.set_header(wrapped->network_id, wrapped->physical_device_address);
    return Target{other.associations(), server, wrapped->apdu};
}

void MeterGateway::deliver(ClientSap client, ServerSap server, ByteView apdu, Instant now) {
    if (const std::optional<Target> target = find_target(server, apdu)) {
        target->associations.deliver(client, target->server, target->apdu, now);
    }
}

void MeterGateway::deliver_unanswered(ClientSap client, ServerSap server, ByteView apdu,
                                      Instant now) {
    if (const std::optional<Target> target = find_target(server, apdu)) {
        target->associations.deliver_unanswered(client, target->server, target->apdu, now);
    }
}

void MeterGateway::handle_timeout(Instant now) {
    own_.handle_timeout(now);
    for (auto& [place, behind] : behind_) {
        behind.associations().handle_timeout(now);
    }
}

void MeterGateway::flush() {
    own_.flush();
    for (auto& [place, behind] : behind_) {
        behind.associations().flush();
    }
}

void MeterGateway::link_lost(ClientSap client, ServerSap server) {
    own_.link_lost(client, server);
    for (auto& [place, behind] : behind_) {
        behind.associations().link_lost(client, server);
    }
}

void MeterGateway::link_lost() {
    own_.link_lost();
    for (auto& [place, behind] : behind_) {
        behind.associations().link_lost();
    }
}

std::optional<MeterEvent> MeterGateway::poll_event() {
    for (auto& [place, behind] : behind_) {
        if (const auto event = behind.associations().poll_event()) {
            return event;
        }
    }
    return own_.poll_event();
}

std::optional<Instant> MeterGateway::poll_timeout() const {
    std::optional<Instant> next = own_.poll_timeout();
    for (const auto& [place, behind] : behind_) {
        const std::optional<Instant> due = behind.associations().poll_timeout();
        if (due && (!next || *due < *next)) {
            next = due;
        }
    }
    return next;
}

void MeterGateway::Behind::set_sap(ServerSap outer, ServerSap own) {
    has_header_ = false;
    sap_offset_ = static_cast<std::uint16_t>(outer.value() - own.value());
}

void MeterGateway::Behind::set_header(std::uint8_t network_id, ByteView address) {
    has_header_ = true;
    sap_offset_ = 0;
    network_id_ = network_id;
    address_ = to_buffer(address);
}

bool MeterGateway::Behind::may_send(ClientSap client, ServerSap server) const {
    return link_.may_send(client, server);
}

Status MeterGateway::Behind::send(ClientSap client, ServerSap server, ByteView apdu) {
    const ServerSap outer(static_cast<std::uint16_t>(server.value() + sap_offset_));
    if (!has_header_) {
        return link_.send(client, outer, apdu);
    }
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(
        writer, xdlms::GatewayApdu{xdlms::GatewayDirection::response, network_id_, address_, apdu});
    return link_.send(client, server, prepared_);
}

}  // namespace dlms::simulator
