#include "simulator/meter_associations.hpp"

#include <algorithm>

#include "simulator/classes/port_protection.hpp"
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

namespace {

std::uint64_t sum_of(const security::RefusalCounts& counts) {
    return counts.tag_mismatches + counts.counters_too_low + counts.insufficient_protections +
           counts.others;
}

std::optional<security::SystemTitle> title_of(const ServerAssociation& association) {
    const security::ApduProtection* const protection = association.protection();
    return protection ? protection->peer_title() : std::nullopt;
}

}  // namespace

MeterAssociations::MeterAssociations(Meter& meter, ApduLink& link) : meter_(meter), link_(link) {
    meter_.add_listener(*this);
}

MeterAssociations::~MeterAssociations() {
    meter_.remove_listener(*this);
}

void MeterAssociations::advance(Meter& meter, Instant now) {
    meter.advance(now);
    // What comes of time is told on every link.
    for (LogicalDevice& device : meter.own_devices()) {
        const std::vector<Notification> all = device.take_notifications();
        for (MeterAssociations* const listener :
             all.empty() ? std::vector<MeterAssociations*>() : meter.listeners()) {
            listener->tell(device, all, now);
        }
    }
}

std::size_t MeterAssociations::associated() const {
    return static_cast<std::size_t>(std::ranges::count_if(
        peers_,
        [](const std::unique_ptr<Peer>& peer) { return peer->association.is_associated(); }));
}

void MeterAssociations::deliver(ClientSap client, ServerSap server, ByteView apdu, Instant now) {
    if (!meter_.is_powered()) {
        return;
    }
    advance(now);
    LogicalDevice* const device = meter_.device(server);
    if (!device) {
        ++counters_.unknown_server_sap;
        report(MeterEvent::Kind::unknown_server, client, server);
        return;
    }
    if (!misbehave(client, server, now)) {
        return;
    }
    Peer* const peer = find_peer(*device, client);
    if (!peer) {
        refuse_client(client, server, apdu);
        return;
    }
    peer->association.set_locked(meter_.lockout().is_locked(client, server, now) ||
                                 is_port_locked(*device, now));
    receive(*peer, apdu, now);
    serve(*peer, Pace::as_declared, now);
}

void MeterAssociations::deliver_unanswered(ClientSap client, ServerSap server, ByteView apdu,
                                           Instant now) {
    if (!meter_.is_powered()) {
        return;
    }
    advance(now);
    LogicalDevice* const device = meter_.device(server);
    Peer* const peer = device ? find_peer(*device, client) : nullptr;
    // A request between two blocks of another one would end that one: it comes at the wrong time.
    const bool may_take = peer && peer->association.state() == ServerAssociation::State::associated;
    if (!may_take || is_busy()) {
        return;
    }
    ++counters_.unanswered;
    flush(*peer);
    silenced_ = peer;
    receive(*peer, apdu, now);
    serve(*peer, Pace::prompt, now);
    silenced_ = nullptr;
}

void MeterAssociations::receive(Peer& peer, ByteView apdu, Instant now) {
    if (told(peer)) {
        if (!peer.misbehaving) {
            peer.misbehaving = std::make_unique<AnswerMisbehaviour>();
        }
        peer.misbehaving->hear(apdu);
    }
    if (peer.secret_changes != peer.device->secret_changes()) {
        peer.association.set_password(peer.device->secret(peer.association_index).clone());
        peer.secret_changes = peer.device->secret_changes();
    }
    peer.association.set_users(peer.device->users(peer.association_index));
    security::ApduProtection* const protection = peer.association.protection();
    if (!protection) {
        peer.association.receive(apdu, now);
        return;
    }
    DeviceSecurity& security = peer.device->security();
    take_over_security(peer);
    security.prepare(*protection);
    if (!apdu.empty() && apdu[0] == acse::Aarq::tag) {
        security.identify(*protection, apdu, peer.device->certificate_time(now));
    }
    const std::uint64_t refused = sum_of(protection->refusals());
    peer.association.receive(apdu, now);
    count_refused(peer, sum_of(protection->refusals()) != refused);
    security.settle(*protection);
}

void MeterAssociations::count_refused(Peer& peer, bool is_refused) {
    if (!is_refused) {
        peer.refused = 0;
        return;
    }
    ++counters_.refused;
    report(MeterEvent::Kind::refused, peer.client, peer.device->sap());
    if (++peer.refused == most_refused && !failure_) {
        failure_ = Error{ErrorCode::insufficient_protection, Layer::security, 0};
    }
}

void MeterAssociations::handle_timeout(Instant now) {
    advance(now);
    if (delayed_ && now >= delayed_->due) {
        const DelayedAnswer due = *std::exchange(delayed_, std::nullopt);
        answer(*due.peer, due.request, now);
        // The rest of a list follows at once.
        serve(*due.peer, Pace::prompt, now);
    }
}

void MeterAssociations::link_lost(ClientSap client, ServerSap server) {
    const auto is_it = [&](const std::unique_ptr<Peer>& peer) {
        return peer->client == client && peer->device->sap() == server;
    };
    if (delayed_ && delayed_->peer->client == client && delayed_->peer->device->sap() == server) {
        delayed_.reset();
    }
    std::erase_if(peers_, is_it);
}

void MeterAssociations::link_lost() {
    delayed_.reset();
    peers_.clear();
}

std::optional<MeterEvent> MeterAssociations::poll_event() {
    if (events_taken_ == events_.size()) {
        events_.clear();
        events_taken_ = 0;
        return std::nullopt;
    }
    return events_[events_taken_++];
}

std::optional<Instant> MeterAssociations::poll_timeout() const {
    std::optional<Instant> next = delayed_ ? std::optional(delayed_->due) : std::nullopt;
    // The meter's own deadlines matter here as far as somebody is to be told.
    const std::optional<Instant> own = has_associations() ? meter_.next_due() : std::nullopt;
    return own && (!next || *own < *next) ? own : next;
}

MeterAssociations::Peer* MeterAssociations::find_peer(LogicalDevice& device, ClientSap client) {
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
    association::ServerConfiguration configuration = found->configuration.clone();
    configuration.security.protection = device.security().protection();
    configuration.security.random = &device.security().random();
    const auto index = static_cast<std::size_t>(found - declared.begin());
    configuration.password = device.secret(index).clone();
    peers_.push_back(
        std::make_unique<Peer>(client, &device, index, ServerAssociation(std::move(configuration)),
                               device.security().generation(), device.secret_changes()));
    // A policy that was activated before rules this association from its beginning.
    device.security().take_over(peers_.back()->association, device.security().generation());
    if (!found->misbehaviour.empty()) {
        peers_.back()->declared_misbehaviour =
            std::make_unique<Misbehaviour>(found->misbehaviour, meter_.seed());
    }
    return peers_.back().get();
}

void MeterAssociations::refuse_client(ClientSap client, ServerSap server, ByteView apdu) {
    ++counters_.unknown_client_sap;
    if (apdu.empty() || apdu[0] != acse::Aarq::tag) {
        return;
    }
    report(MeterEvent::Kind::unknown_client, client, server);
    acse::Aare aare;
    aare.result = acse::AssociationResult::rejected_permanent;
    aare.diagnostic = acse::UserDiagnostic::no_reason_given;
    ByteBuffer refusal;
    Writer writer(refusal);
    acse::encode(writer, aare);
    send(client, server, refusal);
}

void MeterAssociations::serve(Peer& peer, Pace pace, Instant now) {
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

void MeterAssociations::flush() {
    for (const std::unique_ptr<Peer>& peer : peers_) {
        flush(*peer);
    }
}

void MeterAssociations::flush(Peer& peer) {
    // A window of blocks goes out in pieces: all of it could be more than the link may queue.
    const bool silenced = &peer == silenced_;
    while (silenced || link_.may_send(peer.client, peer.device->sap())) {
        const std::optional<ByteView> apdu = peer.association.poll_transmit();
        if (!apdu) {
            return;
        }
        if (silenced) {
            continue;
        }
        if (Misbehaviour* const told_this = peer.misbehaving ? told(peer) : nullptr) {
            send_misbehaving(peer, *apdu, *told_this);
        } else {
            send(peer.client, peer.device->sap(), *apdu);
        }
    }
}

Misbehaviour* MeterAssociations::told(Peer& peer) const {
    Misbehaviour* const of_meter = meter_.misbehaviour();
    return of_meter ? of_meter : peer.declared_misbehaviour.get();
}

void MeterAssociations::send_misbehaving(Peer& peer, ByteView apdu, Misbehaviour& told) {
    const ServerSap server = peer.device->sap();
    const auto sent = peer.misbehaving->pass(apdu, peer.device->security(), told);
    for (const MisbehaviourKind deed : sent.done) {
        report(deed, peer.client, server);
    }
    for (const ByteBuffer& octets : sent.apdus) {
        send(peer.client, server, octets);
    }
}

bool MeterAssociations::misbehave(ClientSap client, ServerSap server, Instant now) {
    Misbehaviour* const told = meter_.misbehaviour();
    if (!told || !told->concerns(MisbehaviourPlace::request)) {
        return true;
    }
    bool is_lost = false;
    for (std::size_t i = 0; i < told->misdeeds().size(); ++i) {
        const Misdeed& misdeed = told->misdeeds()[i];
        if (description(misdeed.kind).place != MisbehaviourPlace::request || !told->draws(i)) {
            continue;
        }
        report(misdeed.kind, client, server);
        if (misdeed.kind == MisbehaviourKind::clock_jump) {
            meter_.shift_clock(std::chrono::seconds(misdeed.amount), now);
        } else {
            meter_.power_off(now);
            meter_.power_on(now);
            is_lost = true;
        }
    }
    return !is_lost;
}

void MeterAssociations::handle(Peer& peer, const ServerEvent& event, Instant now) {
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

void MeterAssociations::answer(Peer& peer, const ServerEvent& request, Instant now) {
    const Caller caller{peer.association_index,
                        peer.association.conformance(),
                        peer.association.client_max_receive_pdu_size(),
                        peer.association.request_protection(),
                        title_of(peer.association),
                        peer.association.user_id()};
    LogicalDevice& device = *peer.device;
    // Every answer is due: the association has just asked for it.
    if (const auto* get = std::get_if<GetIndication>(&request)) {
        ++counters_.gets;
        const auto result = device.get(caller, get->attribute, get->access_selection, now);
        peer.association.protect_answer(device.take_answer_protection());
        (void)peer.association.answer_get(result);
    } else if (const auto* set = std::get_if<SetIndication>(&request)) {
        ++counters_.sets;
        const auto result =
            device.set(caller, set->attribute, set->access_selection, set->value, now);
        tell_notifications(device, now);
        peer.association.protect_answer(device.take_answer_protection());
        (void)peer.association.answer_set(result);
    } else if (const auto* action = std::get_if<ActionIndication>(&request)) {
        ++counters_.actions;
        const xdlms::ActionOutcome outcome =
            device.action(caller, action->method, action->parameters, now);
        tell_notifications(device, now);
        peer.association.protect_answer(device.take_answer_protection());
        (void)peer.association.answer_action(outcome);
        take_over_security(peer);
    } else if (const auto* read = std::get_if<ReadIndication>(&request)) {
        ++counters_.gets;
        const xdlms::GetDataResult result =
            device.read(caller, read->short_name, read->parameterized_access, now);
        tell_notifications(device, now);
        peer.association.protect_answer(device.take_answer_protection());
        (void)peer.association.answer_get(result);
        take_over_security(peer);
    } else if (const auto* write = std::get_if<WriteIndication>(&request)) {
        ++counters_.sets;
        const auto result =
            device.write(caller, write->short_name, write->parameterized_access, write->value, now);
        tell_notifications(device, now);
        peer.association.protect_answer(device.take_answer_protection());
        (void)peer.association.answer_set(result);
        take_over_security(peer);
    }
}

void MeterAssociations::take_over_security(Peer& peer) {
    const DeviceSecurity& security = peer.device->security();
    if (peer.security_generation != security.generation()) {
        flush(peer);  // what is answered goes under the old keys
        security.take_over(peer.association, peer.security_generation);
        peer.security_generation = security.generation();
    }
}

void MeterAssociations::tell_notifications(LogicalDevice& device, Instant now) {
    tell(device, device.take_notifications(), now);
}

void MeterAssociations::tell(LogicalDevice& device, const std::vector<Notification>& all,
                             Instant now) {
    for (const Notification& notification : all) {
        for (const std::unique_ptr<Peer>& peer : peers_) {
            if (peer->device == &device && peer->association.is_associated()) {
                const bool told = tell(*peer, notification, now);
                ++(told ? counters_.notifications : counters_.notifications_withheld);
                flush(*peer);
            }
        }
    }
}

bool MeterAssociations::tell(Peer& peer, const Notification& notification, Instant now) {
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

void MeterAssociations::count_wrong_password(const Peer& peer, Instant now) {
    peer.device->happened(MeterHappening::wrong_password, now);
    count_failed_attempt(*peer.device, now);
    const bool locks = meter_.lockout().failed(peer.client, peer.device->sap(), now);
    report(locks ? MeterEvent::Kind::locked : MeterEvent::Kind::wrong_password, peer.client,
           peer.device->sap());
}

void MeterAssociations::send(ClientSap client, ServerSap server, ByteView apdu) {
    const Status sent = link_.send(client, server, apdu);
    if (!sent && !failure_) {
        failure_ = sent.error();
    }
}

void MeterAssociations::report(MeterEvent::Kind kind, ClientSap client, ServerSap server) {
    if (events_.size() >= max_events) {
        ++counters_.events_dropped;
        return;
    }
    events_.push_back({kind, client, server});
}

void MeterAssociations::report(MisbehaviourKind deed, ClientSap client, ServerSap server) {
    const std::size_t before = events_.size();
    report(MeterEvent::Kind::misbehaved, client, server);
    if (events_.size() > before) {
        events_.back().deed = description(deed).name;
    }
}

}  // namespace dlms::simulator
