// Push setup (class 40; Blue Book 4.4.8). A client that calls push() gets it at once; what the
// meter pushes of itself waits for the communication window and for a random time behind its
// beginning.

#include "simulator/classes/all_classes.hpp"
#include "simulator/date_pattern.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

struct PushState final : ObjectState {
    std::optional<Instant> due;
    std::uint64_t pushes = 0;
};

/// push_object_list: each element begins with a capture object definition; later versions add a
/// restriction and columns.
std::optional<axdr::Data> body_of(const OwnObject& setup) {
    const DataView list = setup.stored(2);
    if (!list.is(Tag::array)) {
        return std::nullopt;
    }
    const std::vector<axdr::Data> elements = elements_of(list);
    std::vector<axdr::Data> values;
    for (const axdr::Data& element : elements) {
        const auto name = obis_of(member(element.view(), 1));
        const auto id = member(element.view(), 2).signed_integer();
        if (!name || !id || *id < INT8_MIN || *id > INT8_MAX) {
            return std::nullopt;
        }
        values.push_back(setup.device.captured(
            {.class_id = static_cast<std::uint16_t>(member_number(element.view(), 0)),
             .logical_name = *name,
             .attribute_index = static_cast<std::int8_t>(*id),
             .data_index = static_cast<std::uint16_t>(member_number(element.view(), 3))},
            setup.now));
    }
    return make_data([&](axdr::DataBuilder& builder) {
        builder.structure(values.size());
        for (const axdr::Data& value : values) {
            builder.element(value.view());
        }
    });
}

ActionResult send(const OwnObject& setup) {
    auto body = body_of(setup);
    if (!body) {
        return ActionResult::other_reason;
    }
    constexpr std::uint64_t confirmed = 2;  // push_operation_method, from version 2 on
    ++setup.state<PushState>().pushes;
    setup.device.notify(Pushed{setup.number(11) == confirmed, *std::move(body)});
    return ActionResult::success;
}

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

ActionResult push(const OwnObject& setup, const MethodCall& call) {
    const bool by_client = call.caller.client_max_receive_pdu_size != 0;
    if (by_client) {
        return send(setup);
    }
    auto& state = setup.state<PushState>();
    const std::uint64_t interval = setup.number(5);  // randomisation_start_interval
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
                 return ActionResult::success;
             }}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }
    std::optional<Instant> next_due(const OwnObject& setup) const override {
        const auto* const state = setup.find_state<PushState>();
        return state ? state->due : std::nullopt;
    }
    void run(const OwnObject& setup) const override {
        setup.state<PushState>().due.reset();
        (void)send(setup);
    }
    void power_lost(const OwnObject& setup) const override { setup.forget_state(); }
};

}  // namespace

const ClassBehaviour& push_setup_behaviour() {
    static const PushSetup behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
