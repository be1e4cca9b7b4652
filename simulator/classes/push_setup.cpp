#include "simulator/classes/push_setup.hpp"

#include <algorithm>
#include <cmath>

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/push_object_list.hpp"
#include "simulator/classes/push_protection.hpp"
#include "simulator/date_pattern.hpp"
#include "simulator/logical_device.hpp"
#include "stack/xdlms/data_notification.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;
using xdlms::LongInvokeIdAndPriority;

constexpr std::int8_t destination_id = 3;
constexpr std::int8_t interval_id = 5;
constexpr std::int8_t retries_id = 6;
constexpr std::int8_t delay_id = 7;
constexpr std::int8_t client_id = 9;                // from version 1 on
constexpr std::int8_t method_id = 11;               // from version 2 on
constexpr std::int8_t confirmation_id = 13;         // the same
constexpr std::uint64_t unconfirmed_but_heard = 1;  // push_operation_method
constexpr std::uint64_t confirmed = 2;
/// What a WPDU takes.
constexpr std::size_t longest_apdu = 65'535;

/// Where a push goes, and for whom.
struct PushTarget {
    PushTransport transport{};
    PushProof proof{};
    std::string destination;
    ClientSap client;
    std::size_t association = 0;  // of the device's declared ones
};

/// A push that is not over: under way, or waiting to be tried again.
struct OpenPush {
    PushTarget target;
    std::uint32_t invoke_id = 0;
    ByteBuffer apdu;  // as it is before anything protects it
    std::uint64_t attempt = 0;
    bool is_sealed = false;
    unsigned tries = 0;
    std::optional<Instant> again{};
};

struct PushState final : ObjectState {
    std::optional<Instant> due;
    std::uint64_t pushes = 0;
    std::uint32_t last_invoke_id = 0;
    std::vector<OpenPush> open;
};

/// communication_window: {start_time, end_time} each; where there is none it is always open.
Instant window_opens(const OwnObject& setup) {
    const std::vector<axdr::Data> windows = elements_of(setup.stored(4));
    const MeterClock& clock = setup.device.meter().clock;
    const cosem::LocalSeconds here = clock.local(setup.now);
    const auto next = [&](const DataView& value) -> std::optional<cosem::LocalSeconds> {
        const auto octets = value.octets();
        const auto time =
            octets ? cosem::read_date_time(*octets)
                   : Result<cosem::DateTime>(fail(ErrorCode::type_mismatch, Layer::cosem));
        return time ? next_match(time->date, time->time, here) : std::nullopt;
    };
    std::optional<cosem::LocalSeconds> opens;
    for (const axdr::Data& window : windows) {
        const auto begin = next(member(window.view(), 0));
        const auto end = next(member(window.view(), 1));
        if (end && (!begin || *end < *begin)) {
            return setup.now;  // it closes before it opens: it is open
        }
        if (begin && (!opens || *begin < *opens)) {
            opens = begin;
        }
    }
    return opens ? clock.instant_of(*opens) : setup.now;
}

/// The octets of send_destination_and_method's destination; nothing where there are none.
ByteView destination_of(const OwnObject& setup) {
    const DataView destination = member(setup.stored(destination_id), 1);
    if (const auto text = destination.text()) {
        return as_bytes(*text);
    }
    return destination.octets().value_or(ByteView());
}

/// The association of push_client_SAP; without one the first that takes DataNotification.
std::optional<std::size_t> association_of(const OwnObject& setup) {
    const auto& all = setup.device.associations();
    const std::uint64_t client = setup.number(client_id);
    const auto found = std::ranges::find_if(all, [&](const DeclaredAssociation& declared) {
        return client != 0 ? declared.client.value() == client
                           : declared.configuration.supported_conformance.has(
                                 xdlms::ConformanceBit::data_notification);
    });
    return found != all.end() ? std::optional(static_cast<std::size_t>(found - all.begin()))
                              : std::nullopt;
}

/// Nothing for a transport or a form of message that the simulator has not.
std::optional<PushTarget> target_of(const OwnObject& setup) {
    constexpr std::uint64_t dlms_apdu = 0;  // message
    const DataView method = setup.stored(destination_id);
    const std::uint64_t transport = member_number(method, 0);
    const auto association = association_of(setup);
    if (!association || member_number(method, 2) != dlms_apdu) {
        return std::nullopt;
    }
    PushTarget target;
    target.association = *association;
    target.client = setup.device.associations()[*association].client;
    switch (setup.number(method_id)) {
        case confirmed: target.proof = PushProof::confirmed; break;
        case unconfirmed_but_heard: target.proof = PushProof::not_refused; break;
        default: target.proof = PushProof::sent;
    }
    const ByteView destination = destination_of(setup);
    switch (static_cast<PushTransport>(transport)) {
        case PushTransport::tcp:
        case PushTransport::udp:
            target.destination.assign(destination.begin(), destination.end());
            break;
        case PushTransport::hdlc:
            // The client's HDLC address.
            if (destination.size() != 1 || destination[0] == 0) {
                return std::nullopt;
            }
            target.client = ClientSap(destination[0]);
            target.proof = PushProof::sent;
            break;
        default: return std::nullopt;
    }
    target.transport = static_cast<PushTransport>(transport);
    return target;
}

/// The DataNotification, plain. Nothing for one that is too long.
std::optional<ByteBuffer> notification_of(const OwnObject& setup, const axdr::Data& body,
                                          LongInvokeIdAndPriority invoke) {
    const std::array<Byte, 12> time = cosem::encode(setup.device.time(setup.now));
    ByteBuffer apdu;
    Writer writer(apdu);
    xdlms::encode(writer, xdlms::DataNotification{invoke, time, body.view()});
    return writer.ok() && apdu.size() <= longest_apdu ? std::optional(apdu) : std::nullopt;
}

/// One more try. False when the push cannot be made.
bool attempt(const OwnObject& setup, OpenPush& push) {
    auto sealed = protected_push(setup, push.target.association, push.apdu);
    if (!sealed || sealed->size() > longest_apdu) {
        return false;
    }
    push.is_sealed = *sealed != push.apdu;
    push.again.reset();
    ++push.tries;
    push.attempt = setup.device.meter().pushes.put({.transport = push.target.transport,
                                                    .proof = push.target.proof,
                                                    .server = setup.device.sap(),
                                                    .client = push.target.client,
                                                    .destination = push.target.destination,
                                                    .apdu = *std::move(sealed)});
    return true;
}

ActionResult send_to_destination(const OwnObject& setup, const axdr::Data& body) {
    auto& state = setup.state<PushState>();
    auto target = target_of(setup);
    if (!target) {
        return ActionResult::other_reason;
    }
    const std::uint32_t id = (state.last_invoke_id + 1) & LongInvokeIdAndPriority::max_invoke_id;
    const bool is_confirmed = target->proof == PushProof::confirmed;
    auto apdu = notification_of(
        setup, body,
        LongInvokeIdAndPriority(id | (is_confirmed ? LongInvokeIdAndPriority::confirmed_bit : 0)));
    PushOutbox& outbox = setup.device.meter().pushes;
    if (!apdu) {
        return ActionResult::other_reason;
    }
    if (!outbox.begin()) {
        return ActionResult::temporary_failure;
    }
    OpenPush push{.target = *std::move(target), .invoke_id = id, .apdu = *std::move(apdu)};
    if (!attempt(setup, push)) {
        outbox.end();
        return ActionResult::other_reason;
    }
    state.last_invoke_id = id;
    state.open.push_back(std::move(push));
    return ActionResult::success;
}

ActionResult send(const OwnObject& setup) {
    auto body = push_body(setup);
    if (!body) {
        return ActionResult::other_reason;
    }
    ++setup.state<PushState>().pushes;
    if (has_push_destination(setup)) {
        return send_to_destination(setup, *body);
    }
    setup.device.notify(Pushed{setup.number(method_id) == confirmed, *std::move(body)});
    return ActionResult::success;
}

/// repetition_delay before the next try, after so many: seconds; in version 2 {min, exponent, max},
/// the exponent in hundredths.
std::chrono::seconds repetition_delay(const OwnObject& setup, unsigned tries) {
    const DataView delay = setup.stored(delay_id);
    if (!delay.is(Tag::structure)) {
        return std::chrono::seconds(setup.number(delay_id));
    }
    const auto least = static_cast<double>(member_number(delay, 0));
    const auto most = static_cast<double>(member_number(delay, 2));
    const double growth = static_cast<double>(member_number(delay, 1)) / 100;
    const double grown = least * std::pow(growth, tries - 1);
    return std::chrono::seconds(
        static_cast<std::int64_t>(most > 0 ? std::min(grown, most) : least));
}

void end(const OwnObject& setup, std::size_t place) {
    auto& open = setup.state<PushState>().open;
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(place));
    setup.device.meter().pushes.end();
}

void end_all(const OwnObject& setup) {
    const auto* const state = setup.find_state<PushState>();
    while (state && !state->open.empty()) {
        end(setup, state->open.size() - 1);
    }
}

/// What is to be tried again now.
void try_again(const OwnObject& setup) {
    auto& state = setup.state<PushState>();
    for (std::size_t place = 0; place < state.open.size();) {
        OpenPush& push = state.open[place];
        const bool is_due = push.again && *push.again <= setup.now;
        if (is_due && !attempt(setup, push)) {
            end(setup, place);
            continue;
        }
        ++place;
    }
}

OpenPush* find_open(const OwnObject& setup, std::uint64_t attempt) {
    auto* const state = setup.find_state<PushState>();
    if (!state) {
        return nullptr;
    }
    const auto found = std::ranges::find_if(
        state->open, [&](const OpenPush& push) { return push.attempt == attempt && !push.again; });
    return found != state->open.end() ? &*found : nullptr;
}

/// A date-time or an octet-string of one, as the attribute has it.
void note_confirmation(const OwnObject& setup) {
    const std::array<Byte, 12> time = cosem::encode(setup.device.time(setup.now));
    const bool is_date_time = setup.stored(confirmation_id).is(Tag::date_time);
    setup.store(confirmation_id, make_data([&](axdr::DataBuilder& builder) {
                    is_date_time ? builder.date_time(time) : builder.octet_string(time);
                }));
}

ActionResult push(const OwnObject& setup, const MethodCall& call) {
    const bool by_client = call.caller.client_max_receive_pdu_size != 0;
    if (by_client) {
        return send(setup);
    }
    auto& state = setup.state<PushState>();
    const std::uint64_t interval = setup.number(interval_id);
    // The same meter draws the same times again.
    std::uint64_t drawn = setup.device.meter().seed * 0x9E3779B97F4A7C15u + state.pushes + 1;
    drawn = (drawn ^ drawn >> 30) * 0xBF58476D1CE4E5B9u;
    drawn ^= drawn >> 31;
    const std::chrono::seconds delay(
        static_cast<std::int64_t>(interval > 0 ? drawn % (interval + 1) : 0));
    const Instant due = window_opens(setup) + delay;
    if (due <= setup.now) {
        return send(setup);
    }
    state.due = due;
    return ActionResult::success;
}

class PushSetup final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::integer, push},
            {2, Tag::integer, [](const OwnObject& setup, const MethodCall&) {
                 setup.state<PushState>().due.reset();
                 end_all(setup);
                 return ActionResult::success;
             }}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }
    void written(const OwnObject& setup, std::int8_t id) const override {
        if (id == destination_id) {
            setup.device.meter().pushes.wake();
        }
    }
    std::optional<Instant> next_due(const OwnObject& setup) const override {
        const auto* const state = setup.find_state<PushState>();
        std::optional<Instant> next = state ? state->due : std::nullopt;
        for (const OpenPush& push : state ? state->open : std::vector<OpenPush>()) {
            next = push.again && (!next || *push.again < *next) ? push.again : next;
        }
        return next;
    }
    void run(const OwnObject& setup) const override {
        auto& state = setup.state<PushState>();
        if (state.due && *state.due <= setup.now) {
            state.due.reset();
            (void)send(setup);
        }
        try_again(setup);
    }
    void power_lost(const OwnObject& setup) const override {
        end_all(setup);
        setup.forget_state();
    }
};

}  // namespace

bool has_push_destination(const OwnObject& setup) {
    return !destination_of(setup).empty();
}

bool push_ended(const OwnObject& setup, std::uint64_t attempt, PushOutcome outcome) {
    OpenPush* const push = find_open(setup, attempt);
    if (!push) {
        return false;
    }
    const bool is_done = outcome == PushOutcome::delivered;
    if (is_done && push->target.proof == PushProof::confirmed) {
        note_confirmation(setup);
    }
    if (is_done || push->tries > setup.number(retries_id)) {
        end(setup, static_cast<std::size_t>(push - setup.state<PushState>().open.data()));
    } else {
        const Instant after = setup.now + repetition_delay(setup, push->tries);
        push->again = window_opens(OwnObject(setup.device, setup.index, after));
    }
    setup.device.plan(setup.index, setup.now);
    return true;
}

bool is_push_confirmed(const OwnObject& setup, std::uint64_t attempt, ByteView apdu) {
    constexpr auto tag = static_cast<Byte>(xdlms::ApduTag::data_notification_confirm);
    const OpenPush* const push = find_open(setup, attempt);
    if (!push || apdu.empty() || (push->is_sealed && apdu[0] == tag)) {
        return false;
    }
    const auto opened = setup.device.security().open_answer(apdu);
    const auto confirm =
        opened ? xdlms::decode_data_notification_confirm(*opened)
               : Result<xdlms::DataNotificationConfirm>(fail(ErrorCode::defect, Layer::xdlms));
    return confirm && confirm->long_invoke_id_and_priority.invoke_id() == push->invoke_id;
}

const ClassBehaviour& push_setup_behaviour() {
    static const PushSetup behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
