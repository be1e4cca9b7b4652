// Register monitor, parameter monitor and limiter (classes 21, 65 and 71; Blue Book 4.5.6, 4.5.9,
// 4.5.10): objects that watch what others hold. What is measured is looked at every ten seconds.

#include <algorithm>
#include <cmath>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::chrono::seconds sampling{10};

std::optional<double> amount_of(const DataView& value) {
    if (const auto number = value.signed_integer()) {
        return static_cast<double>(*number);
    }
    if (const auto number = value.float64()) {
        return *number;
    }
    if (const auto number = value.float32()) {
        return *number;
    }
    const auto on = value.boolean();
    return on ? std::optional(*on ? 1.0 : 0.0) : std::nullopt;
}

std::optional<double> amount_of(const axdr::Data& value) {
    return amount_of(value.view());
}

/// value_definition: {class_id, logical_name, attribute_index}.
std::optional<AttributePlace> watched(const OwnObject& monitor, const DataView& definition) {
    const auto name = obis_of(member(definition, 1));
    const auto object = name ? monitor.device.find_object(
                                   static_cast<std::uint16_t>(member_number(definition, 0)), *name)
                             : std::nullopt;
    const auto id = member(definition, 2).signed_integer();
    return object && id && *id >= INT8_MIN && *id <= INT8_MAX
               ? std::optional(AttributePlace{*object, static_cast<std::int8_t>(*id)})
               : std::nullopt;
}

/// Whether nobody says when the value changes.
bool is_measured(const OwnObject& monitor, const std::optional<AttributePlace>& place) {
    const Attribute* const attribute =
        place ? monitor.device.object(place->object).attribute(place->id) : nullptr;
    return attribute && !std::holds_alternative<StoredValue>(attribute->value);
}

/// action_item: {script_logical_name, script_selector}.
void act(const OwnObject& monitor, const DataView& item, Instigator instigator) {
    const auto table = obis_of(member(item, 0));
    if (table && member_number(item, 1) != 0) {
        monitor.device.run_script(*table, member_number(item, 1), instigator, monitor.now);
    }
}

// Register monitor.

struct MonitorState final : ObjectState {
    std::optional<double> last;
};

void look(const OwnObject& monitor) {
    const auto place = watched(monitor, monitor.stored(3));
    const auto value = place ? amount_of(monitor.device.value(*place, monitor.now)) : std::nullopt;
    auto& state = monitor.state<MonitorState>();
    const std::optional<double> before = std::exchange(state.last, value);
    if (!before || !value) {
        return;
    }
    const std::vector<axdr::Data> thresholds = elements_of(monitor.stored(2));
    const axdr::Data actions(monitor.stored(4));
    for (std::size_t i = 0; i < thresholds.size(); ++i) {
        const auto threshold = amount_of(thresholds[i].view());
        if (threshold && *before < *threshold && *value >= *threshold) {
            monitor.device.happened(MeterHappening::over_threshold, monitor.now);
            act(monitor, member(member(actions.view(), i), 0), Instigator::remote);
        } else if (threshold && *before >= *threshold && *value < *threshold) {
            monitor.device.happened(MeterHappening::under_threshold, monitor.now);
            act(monitor, member(member(actions.view(), i), 1), Instigator::remote);
        }
    }
}

class RegisterMonitor final : public ClassBehaviour {
public:
    bool is_active(const MeterObject&) const override { return true; }
    bool observes(const MeterObject&) const override { return true; }
    void start(const OwnObject& monitor) const override { look(monitor); }
    void observed(const OwnObject& monitor, std::size_t object, std::int8_t id) const override {
        if (watched(monitor, monitor.stored(3)) == AttributePlace{object, id}) {
            look(monitor);
        }
    }
    void written(const OwnObject& monitor, std::int8_t id) const override {
        if (id == 3) {
            monitor.forget_state();
            look(monitor);
        }
    }
    std::optional<Instant> next_due(const OwnObject& monitor) const override {
        const bool has_thresholds = !elements_of(monitor.stored(2)).empty();
        return has_thresholds && is_measured(monitor, watched(monitor, monitor.stored(3)))
                   ? std::optional(monitor.now + sampling)
                   : std::nullopt;
    }
    void run(const OwnObject& monitor) const override { look(monitor); }
};

// Parameter monitor.

constexpr std::int8_t parameter_list_id = 4;

ActionResult change_list(const OwnObject& monitor, const DataView& parameter, bool add) {
    if (parameter.elements()->size() != 3 || !obis_of(member(parameter, 1))) {
        return ActionResult::type_unmatched;
    }
    std::vector<axdr::Data> list = elements_of(monitor.stored(parameter_list_id));
    const auto count =
        std::erase_if(list, [&](const axdr::Data& listed) { return listed.view() == parameter; });
    if (!add && count == 0) {
        return ActionResult::other_reason;
    }
    if (add) {
        list.emplace_back(parameter);
    }
    monitor.store(parameter_list_id, make_array(list));
    return ActionResult::success;
}

class ParameterMonitor final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::structure,
             [](const OwnObject& monitor, const MethodCall& call) {
                 return change_list(monitor, call.parameter, true);
             }},
            {2, Tag::structure, [](const OwnObject& monitor, const MethodCall& call) {
                 return change_list(monitor, call.parameter, false);
             }}};
        return all;
    }
    bool observes(const MeterObject&) const override { return true; }
    void observed(const OwnObject& monitor, std::size_t object, std::int8_t id) const override {
        if (object == monitor.index) {
            return;
        }
        for (const axdr::Data& listed : elements_of(monitor.stored(parameter_list_id))) {
            if (watched(monitor, listed.view()) != AttributePlace{object, id}) {
                continue;
            }
            const axdr::Data value = monitor.device.value({object, id}, monitor.now);
            monitor.store(2, make_data([&](axdr::DataBuilder& builder) {
                              builder.structure(4);
                              for (std::size_t i = 0; i < 3; ++i) {
                                  builder.element(member(listed.view(), i));
                              }
                              builder.element(value.view());
                          }));
            monitor.store(3, make_data([&](axdr::DataBuilder& builder) {
                              builder.octet_string(cosem::encode(monitor.device.time(monitor.now)));
                          }));
            return;
        }
    }
};

// Limiter.

struct LimiterState final : ObjectState {
    std::optional<bool> is_over;
    Instant since{};
    bool has_acted = false;  // on what holds since then
    bool was_limited = false;
};

/// emergency_profile: {id, activation_time, duration}.
struct Emergency {
    Instant begin;
    Instant end;
};

std::optional<Emergency> emergency_of(const OwnObject& limiter) {
    const DataView profile = limiter.stored(8);
    const auto octets = member(profile, 1).octets();
    const auto time =
        octets ? cosem::read_date_time(*octets).value_or(cosem::DateTime()) : cosem::DateTime();
    const MeterClock& clock = limiter.device.meter().clock;
    const auto local = clock.local(time);
    const std::uint64_t id = member_number(profile, 0);
    const std::vector<axdr::Data> groups = elements_of(limiter.stored(9));
    const bool is_meant = std::ranges::any_of(groups, [&](const axdr::Data& group) {
        return group.view().unsigned_integer().value_or(0) == id;
    });
    if (!local || !is_meant) {
        return std::nullopt;
    }
    const Instant begin = clock.instant_of(*local);
    return Emergency{
        begin, begin + std::chrono::seconds(static_cast<std::int64_t>(member_number(profile, 2)))};
}

bool is_emergency(const OwnObject& limiter) {
    const auto emergency = emergency_of(limiter);
    return emergency && limiter.now >= emergency->begin && limiter.now < emergency->end;
}

axdr::Data active_threshold(const OwnObject& limiter) {
    return axdr::Data(limiter.stored(is_emergency(limiter) ? 5 : 4));
}

std::chrono::seconds patience(const OwnObject& limiter, bool is_over) {
    return std::chrono::seconds(static_cast<std::int64_t>(limiter.number(is_over ? 6 : 7)));
}

void measure(const OwnObject& limiter) {
    const auto place = watched(limiter, limiter.stored(2));
    const auto value = place ? amount_of(limiter.device.value(*place, limiter.now)) : std::nullopt;
    const auto threshold = amount_of(active_threshold(limiter));
    if (!value || !threshold) {
        return;
    }
    auto& state = limiter.state<LimiterState>();
    const bool is_over = *value > *threshold;
    if (state.is_over != is_over) {
        state.has_acted = !is_over && !state.was_limited;  // there is nothing to take back
        state.is_over = is_over;
        state.since = limiter.now;
    }
    if (!state.has_acted && limiter.now - state.since >= patience(limiter, is_over)) {
        state.has_acted = true;
        state.was_limited = is_over;
        limiter.device.happened(
            is_over ? MeterHappening::over_threshold : MeterHappening::under_threshold,
            limiter.now);
        const axdr::Data actions(limiter.stored(11));
        act(limiter, member(actions.view(), is_over ? 0 : 1), Instigator::local);
    }
}

class Limiter final : public ClassBehaviour {
public:
    bool is_active(const MeterObject&) const override { return true; }
    bool observes(const MeterObject&) const override { return true; }

    std::optional<axdr::Data> compute(const OwnObject& limiter, std::int8_t id) const override {
        if (id == 3) {
            return active_threshold(limiter);
        }
        return id == 10 ? std::optional(make_data([&](axdr::DataBuilder& builder) {
            builder.boolean(is_emergency(limiter));
        }))
                        : std::nullopt;
    }
    void start(const OwnObject& limiter) const override { measure(limiter); }
    void written(const OwnObject& limiter, std::int8_t) const override { measure(limiter); }
    void observed(const OwnObject& limiter, std::size_t object, std::int8_t id) const override {
        if (watched(limiter, limiter.stored(2)) == AttributePlace{object, id}) {
            measure(limiter);
            limiter.device.plan(limiter.index, limiter.now);
        }
    }
    std::optional<Instant> next_due(const OwnObject& limiter) const override {
        std::optional<Instant> next;
        const auto consider = [&](Instant at) {
            if (at > limiter.now && (!next || at < *next)) {
                next = at;
            }
        };
        const auto* const state = limiter.find_state<LimiterState>();
        if (state && state->is_over && !state->has_acted) {
            consider(std::max(state->since + patience(limiter, *state->is_over),
                              limiter.now + std::chrono::milliseconds(1)));
        }
        if (const auto emergency = emergency_of(limiter)) {
            consider(emergency->begin);
            consider(emergency->end);
        }
        if (is_measured(limiter, watched(limiter, limiter.stored(2)))) {
            consider(limiter.now + sampling);
        }
        return next;
    }
    void run(const OwnObject& limiter) const override { measure(limiter); }
};

}  // namespace

const ClassBehaviour& register_monitor_behaviour() {
    static const RegisterMonitor behaviour;
    return behaviour;
}

const ClassBehaviour& parameter_monitor_behaviour() {
    static const ParameterMonitor behaviour;
    return behaviour;
}

const ClassBehaviour& limiter_behaviour() {
    static const Limiter behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
