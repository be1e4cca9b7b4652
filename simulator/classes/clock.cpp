// Clock (class 8; Blue Book 4.5.1). Its time is the meter's (MeterClock).

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::uint16_t profile_class = 7;
constexpr std::int64_t farthest_shift = 900;  // seconds, of shift_time
constexpr std::chrono::seconds quarter{900};
constexpr std::int64_t farthest_daylight_deviation = 120;  // minutes

cosem::DateTime date_time_of(const DataView& value) {
    const auto octets = value.octets();
    return octets ? cosem::read_date_time(*octets).value_or(cosem::DateTime()) : cosem::DateTime();
}

/// Whether the object is the meter's clock, and not one that only holds values.
bool is_meters_clock(const MeterObject& object) {
    const Attribute* const time = object.attribute(2);
    const auto* computed = time ? std::get_if<ComputedValue>(&time->value) : nullptr;
    return computed && *computed == ComputedValue::clock_time;
}

/// Attributes 5 to 8.
void take_daylight_saving(const OwnObject& object) {
    if (object.stored(8).is(Tag::boolean)) {
        object.device.meter().clock.set_daylight_saving(
            {.begin = date_time_of(object.stored(5)),
             .end = date_time_of(object.stored(6)),
             .deviation = static_cast<std::int16_t>(object.signed_number(7, 60)),
             .enabled = object.is_true(8)});
    }
}

ActionResult round(const OwnObject& object, std::chrono::seconds period) {
    MeterState& meter = object.device.meter();
    meter.clock.round_to(period, object.now);
    meter.clock_jumped(object.now);
    return ActionResult::success;
}

ActionResult adjust_to_quarter(const OwnObject& object, const MethodCall&) {
    return round(object, quarter);
}

ActionResult adjust_to_minute(const OwnObject& object, const MethodCall&) {
    return round(object, std::chrono::minutes(1));
}

ActionResult adjust_to_measuring_period(const OwnObject& object, const MethodCall&) {
    // The period of the first profile that has one.
    const std::size_t count = object.device.model().declared().objects.size();
    for (std::size_t i = 0; i < count; ++i) {
        const auto seconds = object.device.object(i).class_id == profile_class
                                 ? object.device.stored({i, 4}).unsigned_integer().value_or(0)
                                 : 0;
        if (seconds > 0) {
            return round(object, std::chrono::seconds(static_cast<std::int64_t>(seconds)));
        }
    }
    return round(object, quarter);
}

ActionResult preset_adjusting_time(const OwnObject& object, const MethodCall& call) {
    if (call.parameter.elements()->size() != 3) {
        return ActionResult::type_unmatched;
    }
    MeterState& meter = object.device.meter();
    std::array<cosem::LocalSeconds, 3> times{};
    for (std::size_t i = 0; i < times.size(); ++i) {
        const auto local = meter.clock.local(date_time_of(member(call.parameter, i)));
        if (!local) {
            return ActionResult::type_unmatched;
        }
        times[i] = *local;
    }
    meter.preset = PresetTime{times[0], times[1], times[2]};
    return ActionResult::success;
}

ActionResult adjust_to_preset_time(const OwnObject& object, const MethodCall&) {
    MeterState& meter = object.device.meter();
    const cosem::LocalSeconds local = meter.clock.local(object.now);
    if (!meter.preset || local < meter.preset->from || local > meter.preset->to) {
        return ActionResult::other_reason;
    }
    const cosem::DateTime time = cosem::date_time_from_local(meter.preset->time);
    meter.preset.reset();
    if (!meter.clock.set_time(time, object.now)) {
        return ActionResult::type_unmatched;
    }
    meter.clock_jumped(object.now);
    return ActionResult::success;
}

ActionResult shift_time(const OwnObject& object, const MethodCall& call) {
    const std::int64_t seconds = *call.parameter.signed_integer();
    if (seconds < -farthest_shift || seconds > farthest_shift) {
        return ActionResult::type_unmatched;
    }
    MeterState& meter = object.device.meter();
    meter.clock.shift(std::chrono::seconds(seconds));
    meter.clock_jumped(object.now);
    return ActionResult::success;
}

class Clock final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::integer, adjust_to_quarter},
            {2, Tag::integer, adjust_to_measuring_period},
            {3, Tag::integer, adjust_to_minute},
            {4, Tag::integer, adjust_to_preset_time},
            {5, Tag::structure, preset_adjusting_time},
            {6, Tag::long_, shift_time},
        };
        return all;
    }
    bool is_active(const MeterObject& object) const override { return is_meters_clock(object); }
    void start(const OwnObject& object) const override { take_daylight_saving(object); }

    cosem::DataAccessResult judge(const OwnObject&, std::int8_t id,
                                  const DataView& value) const override {
        using enum cosem::DataAccessResult;
        if (id == 5 || id == 6) {
            const auto octets = value.octets();
            return octets && cosem::read_date_time(*octets) ? success : type_unmatched;
        }
        if (id == 7) {
            const std::int64_t minutes = value.signed_integer().value_or(0);
            return minutes >= -farthest_daylight_deviation && minutes <= farthest_daylight_deviation
                       ? success
                       : type_unmatched;
        }
        return success;
    }
    void written(const OwnObject& object, std::int8_t id) const override {
        if (id >= 5 && id <= 8 && is_meters_clock(object.declared())) {
            take_daylight_saving(object);
            object.device.meter().clock_jumped(object.now);
        }
    }
};

}  // namespace

const ClassBehaviour& clock_behaviour() {
    static const Clock behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
