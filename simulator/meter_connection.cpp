// The connection as states: it is open until it fails, and failed for good; the owner closes it.
//
//     open    WPDU                                  served at once, or held back       open
//     open    answer due, or transmit queue drained  the answer, then what was held     open
//     open    link failed | idle too long | too much held back                          failed
//     failed  anything                               nothing                            failed
//
// Each association below has a table of its own (server_association.cpp).

#include "simulator/meter_connection.hpp"

#include <algorithm>

#include "stack/acse/aare.hpp"
#include "stack/acse/aarq.hpp"

namespace dlms::simulator {

using association::ActionIndication;
using association::AssociationEstablished;
using association::AssociationReleased;
using association::AuthenticationFailed;
using association::GetIndication;
using association::ReadIndication;
using association::ServerAssociation;
using association::ServerEvent;
using association::SetIndication;
using association::WriteIndication;

MeterConnection::MeterConnection(Meter& meter, Instant now)
    : meter_(meter), last_activity_(now), now_(now) {}

void MeterConnection::receive(ByteView bytes, Instant now) {
    now_ = now;
    if (failure_) {
        return;
    }
    last_activity_ = now;
    link_.receive(bytes, now);
    held_back_ = true;
    serve(now);
    if (!failure_ && held_back_ && link_.buffered() > max_held_back) {
        failure_ = Error{ErrorCode::unexpected_apdu, Layer::wrapper, 0};
    }
}

void MeterConnection::handle_timeout(Instant now) {
    now_ = now;
    if (failure_) {
        return;
    }
    if (delayed_ && now >= delayed_->due) {
        const DelayedAnswer due = *std::exchange(delayed_, std::nullopt);
        answer(*due.peer, due.request, now);
        // The rest of a list follows at once.
        drain(*due.peer, Pace::prompt, now);
        last_activity_ = now;
    }
    serve(now);
    const std::optional<Instant> idle_end = idle_until();
    if (!failure_ && idle_end && now >= *idle_end) {
        failure_ = Error{ErrorCode::timeout, Layer::wrapper, 0};
    }
}

void MeterConnection::link_lost() {
    delayed_.reset();
    peers_.clear();
    failure_ = Error{ErrorCode::connection_lost, Layer::transport, 0};
}

std::optional<ByteView> MeterConnection::poll_transmit() {
    for (const std::unique_ptr<Peer>& peer : peers_) {
        flush(*peer);
    }
    to_be_sent_ = 0;
    return link_.poll_transmit();
}

std::optional<MeterEvent> MeterConnection::poll_event() {
    if (events_taken_ == events_.size()) {
        events_.clear();
        events_taken_ = 0;
        return std::nullopt;
    }
    return events_[events_taken_++];
}

std::optional<Instant> MeterConnection::poll_timeout() const {
    if (failure_) {
        return std::nullopt;
    }
    if (delayed_) {
        return delayed_->due;
    }
    if (held_back_ && may_serve()) {
        return now_;
    }
    return idle_until();
}

std::optional<Instant> MeterConnection::idle_until() const {
    const std::optional<std::chrono::seconds> limit = meter_.inactivity_time_out();
    // A client that waits for a delayed answer is not idle.
    return limit && !delayed_ ? std::optional(last_activity_ + *limit) : std::nullopt;
}

bool MeterConnection::may_serve() const {
    return !delayed_ && to_be_sent_ < transmit_high_water;
}

void MeterConnection::serve(Instant now) {
    while (!failure_ && held_back_ && may_serve()) {
        const std::optional<wrapper::Wpdu> wpdu = link_.poll_event();
        if (wpdu) {
            deliver(*wpdu, now);
        } else {
            held_back_ = false;
        }
    }
    if (!failure_ && link_.state() == wrapper::Link::State::failed) {
        failure_ = link_.error();
    }
}

void MeterConnection::deliver(const wrapper::Wpdu& wpdu, Instant now) {
    const ClientSap client(wpdu.source_wport);
    const ServerSap server(wpdu.destination_wport);
    LogicalDevice* const device = meter_.device(server);
    if (!device) {
        ++counters_.unknown_server_sap;
        report(MeterEvent::Kind::unknown_server, client, server);
        return;
    }
    Peer* const peer = find_peer(*device, client);
    if (!peer) {
        refuse_client(wpdu);
        return;
    }
    peer->association.set_locked(meter_.lockout().is_locked(client, server, now));
    peer->association.receive(wpdu.apdu, now);
    drain(*peer, Pace::as_declared, now);
}

MeterConnection::Peer* MeterConnection::find_peer(LogicalDevice& device, ClientSap client) {
    for (const std::unique_ptr<Peer>& peer : peers_) {
        if (peer->client == client && peer->device == &device) {
            return peer.get();
        }
    }
    const std::vector<DeclaredAssociation>& declared = device.associations();
    const auto found = std::ranges::find(declared, client, &DeclaredAssociation::client);
    if (found == declared.end()) {
        return nullptr;
    }
    peers_.push_back(std::make_unique<Peer>(client, &device,
                                            static_cast<std::size_t>(found - declared.begin()),
                                            ServerAssociation(found->configuration.clone())));
    return peers_.back().get();
}

void MeterConnection::refuse_client(const wrapper::Wpdu& wpdu) {
    const ClientSap client(wpdu.source_wport);
    const ServerSap server(wpdu.destination_wport);
    ++counters_.unknown_client_sap;
    if (wpdu.apdu[0] != acse::Aarq::tag) {
        return;
    }
    report(MeterEvent::Kind::unknown_client, client, server);
    acse::Aare aare;
    aare.result = acse::AssociationResult::rejected_permanent;
    aare.diagnostic = acse::UserDiagnostic::no_reason_given;
    ByteBuffer apdu;
    Writer writer(apdu);
    acse::encode(writer, aare);
    send(client, server, apdu);
}

void MeterConnection::drain(Peer& peer, Pace pace, Instant now) {
    while (const std::optional<ServerEvent> event = peer.association.poll_event()) {
        if (!association::awaits_answer(*event)) {
            handle(peer, *event, now);
        } else if (pace == Pace::as_declared && meter_.answer_delay().count() > 0) {
            delayed_ = DelayedAnswer{&peer, *event, now + meter_.answer_delay()};
        } else {
            answer(peer, *event, now);
        }
    }
    flush(peer);
}

void MeterConnection::flush(Peer& peer) {
    // A window of blocks goes out in pieces: all of it could be more than the link may queue.
    while (link_.queued() < transmit_high_water) {
        const std::optional<ByteView> apdu = peer.association.poll_transmit();
        if (!apdu) {
            return;
        }
        send(peer.client, peer.device->sap(), *apdu);
    }
}

void MeterConnection::handle(Peer& peer, const ServerEvent& event, Instant now) {
    const ServerSap server = peer.device->sap();
    if (std::holds_alternative<AssociationEstablished>(event)) {
        meter_.lockout().succeeded(peer.client, server);
        report(MeterEvent::Kind::associated, peer.client, server);
    } else if (std::holds_alternative<AuthenticationFailed>(event)) {
        count_wrong_password(peer, now);
    } else if (std::holds_alternative<AssociationReleased>(event)) {
        report(MeterEvent::Kind::released, peer.client, server);
    }
}

void MeterConnection::answer(Peer& peer, const ServerEvent& request, Instant now) {
    const Caller caller{peer.association_index, peer.association.conformance(),
                        peer.association.client_max_receive_pdu_size()};
    LogicalDevice& device = *peer.device;
    // Every answer is due: the association has just asked for it.
    if (const auto* get = std::get_if<GetIndication>(&request)) {
        ++counters_.gets;
        (void)peer.association.answer_get(
            device.get(caller, get->attribute, get->access_selection, now));
    } else if (const auto* set = std::get_if<SetIndication>(&request)) {
        ++counters_.sets;
        const auto result =
            device.set(caller, set->attribute, set->access_selection, set->value, now);
        tell_notifications(device, now);
        (void)peer.association.answer_set(result);
    } else if (const auto* action = std::get_if<ActionIndication>(&request)) {
        ++counters_.actions;
        const xdlms::ActionOutcome outcome =
            device.action(caller, action->method, action->parameters, now);
        tell_notifications(device, now);
        (void)peer.association.answer_action(outcome);
    } else if (const auto* read = std::get_if<ReadIndication>(&request)) {
        ++counters_.gets;
        const xdlms::GetDataResult result =
            device.read(caller, read->short_name, read->parameterized_access, now);
        tell_notifications(device, now);
        (void)peer.association.answer_get(result);
    } else if (const auto* write = std::get_if<WriteIndication>(&request)) {
        ++counters_.sets;
        const auto result =
            device.write(caller, write->short_name, write->parameterized_access, write->value, now);
        tell_notifications(device, now);
        (void)peer.association.answer_set(result);
    }
}

void MeterConnection::tell_notifications(LogicalDevice& device, Instant now) {
    for (const Notification& notification : device.take_notifications()) {
        for (const std::unique_ptr<Peer>& peer : peers_) {
            if (peer->device == &device && peer->association.is_associated()) {
                const bool told = tell(*peer, notification, now);
                ++(told ? counters_.notifications : counters_.notifications_withheld);
                flush(*peer);
            }
        }
    }
}

bool MeterConnection::tell(Peer& peer, const Notification& notification, Instant now) {
    const cosem::DateTime time = peer.device->time(now);
    const std::array<Byte, 12> octets = cosem::encode(time);
    if (const auto* push = std::get_if<Pushed>(&notification)) {
        constexpr std::uint32_t confirmed_bit = xdlms::LongInvokeIdAndPriority::confirmed_bit;
        push_id_ = (push_id_ + 1) & xdlms::LongInvokeIdAndPriority::max_invoke_id;
        const xdlms::LongInvokeIdAndPriority invoke(push_id_ |
                                                    (push->confirmed ? confirmed_bit : 0));
        return peer.association.notify(xdlms::DataNotification{invoke, octets, push->body.view()})
            .has_value();
    }
    const auto& change = std::get<AttributeChanged>(notification);
    const axdr::DataView value = change.value.view();
    if (peer.association.configuration().referencing == association::Referencing::logical_name) {
        return peer.association
            .notify(xdlms::EventNotification{ByteView(octets), change.attribute, value})
            .has_value();
    }
    const xdlms::VariableAccessSpecification name = xdlms::VariableName{change.short_name};
    xdlms::InformationReport report;
    report.specifications = xdlms::List<xdlms::VariableAccessSpecification>(std::span(&name, 1));
    report.values = xdlms::List<axdr::DataView>(std::span(&value, 1));
    return peer.association.notify(report).has_value();
}

void MeterConnection::count_wrong_password(const Peer& peer, Instant now) {
    const bool locks = meter_.lockout().failed(peer.client, peer.device->sap(), now);
    report(locks ? MeterEvent::Kind::locked : MeterEvent::Kind::wrong_password, peer.client,
           peer.device->sap());
}

void MeterConnection::send(ClientSap client, ServerSap server, ByteView apdu) {
    const Status sent = link_.send({server.value(), client.value(), apdu});
    if (sent) {
        to_be_sent_ += wrapper::header_size + apdu.size();
    } else if (!failure_) {
        failure_ = sent.error();
    }
}

void MeterConnection::report(MeterEvent::Kind kind, ClientSap client, ServerSap server) {
    if (events_.size() >= max_events) {
        ++counters_.events_dropped;
        return;
    }
    events_.push_back({kind, client, server});
}

}  // namespace dlms::simulator
