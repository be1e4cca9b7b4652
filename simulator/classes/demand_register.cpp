// Demand register (class 5; Blue Book 4.3.4): the mean over a number of periods. Nothing runs: at
// every moment the periods that have passed follow from the time, and their means from the load.

#include <algorithm>
#include <chrono>
#include <limits>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::Tag;
using cosem::ActionResult;

struct DemandState final : ObjectState {
    /// Periods are counted from here.
    Instant base{};
    /// What lies before does not count (reset).
    std::optional<Instant> origin;
    /// What next_period made of the period that it ended; until the next one ends.
    std::optional<double> last;
    bool is_placed = false;
};

struct Periods {
    std::chrono::seconds period;
    std::int64_t number;  ///< number_of_periods
    Instant base;
    std::int64_t ended;  ///< since the base

    Instant end() const { return base + ended * period; }
    /// Where the current mean begins.
    Instant start() const { return end() - (number - 1) * period; }
};

DemandState& state_of(const OwnObject& object) {
    auto& state = object.state<DemandState>();
    if (!state.is_placed) {
        // Periods begin at multiples of themselves in local time.
        const std::chrono::seconds period(
            static_cast<std::int64_t>(std::max<std::uint64_t>(object.number(8), 1)));
        const MeterState& meter = object.device.meter();
        state.base = meter.clock.next_multiple(period, meter.start) - period;
        state.is_placed = true;
    }
    return state;
}

Periods periods_of(const OwnObject& object) {
    // No mean is of a longer time, whatever is written: its nanoseconds would not fit 64 bits.
    constexpr std::chrono::seconds longest = std::chrono::years(200);
    const std::chrono::seconds period(
        static_cast<std::int64_t>(std::max<std::uint64_t>(object.number(8), 1)));
    const auto number =
        std::clamp<std::int64_t>(static_cast<std::int64_t>(std::min<std::uint64_t>(
                                     object.number(9), std::numeric_limits<std::int32_t>::max())),
                                 1, std::max<std::int64_t>(longest / period, 1));
    const Instant base = state_of(object).base;
    return {period, number, base, object.now < base ? 0 : (object.now - base) / period};
}

/// The amount between two moments, spread over all periods.
double mean(const OwnObject& object, const LivingValue& value, const Periods& periods, Instant from,
            Instant to) {
    const auto& origin = state_of(object).origin;
    const Instant begin = origin ? std::max(*origin, from) : from;
    if (begin >= to) {
        return 0;
    }
    const MeterState& meter = object.device.meter();
    const double part = std::chrono::duration<double>(to - begin) /
                        std::chrono::duration<double>(periods.number * periods.period);
    return meter.load.mean(value.quantity, value.phase, meter.seconds(begin), meter.seconds(to)) *
           part;
}

double current_average(const OwnObject& object, const LivingValue& value) {
    const Periods periods = periods_of(object);
    return mean(object, value, periods, periods.start(), object.now);
}

double last_average(const OwnObject& object, const LivingValue& value) {
    const Periods periods = periods_of(object);
    const DemandState& state = state_of(object);
    if (periods.ended == 0 && state.last) {
        return *state.last;
    }
    return mean(object, value, periods, periods.end() - periods.number * periods.period,
                periods.end());
}

const LivingValue* living_of(const OwnObject& object, std::int8_t id) {
    const Attribute* const attribute = object.declared().attribute(id);
    return attribute ? std::get_if<LivingValue>(&attribute->value) : nullptr;
}

axdr::Data time_at(const OwnObject& object, Instant at) {
    return make_data([&](axdr::DataBuilder& builder) {
        builder.octet_string(cosem::encode(object.device.time(at)));
    });
}

ActionResult reset(const OwnObject& object, const MethodCall&) {
    DemandState& state = state_of(object);
    state.base = object.now;
    state.origin = object.now;
    state.last = 0;
    return ActionResult::success;
}

ActionResult next_period(const OwnObject& object, const MethodCall&) {
    const LivingValue* const value = living_of(object, 2);
    const double ended = value ? current_average(object, *value) : 0;
    DemandState& state = state_of(object);
    state.base = object.now;
    state.last = ended;
    return ActionResult::success;
}

class DemandRegister final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::integer, reset},
                                                  {2, Tag::integer, next_period}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }

    std::optional<axdr::Data> compute(const OwnObject& object, std::int8_t id) const override {
        const LivingValue* const value = living_of(object, id);
        switch (id) {
            case 2:
                return value ? std::optional(scaled_data(*value, current_average(object, *value)))
                             : std::nullopt;
            case 3:
                return value ? std::optional(scaled_data(*value, last_average(object, *value)))
                             : std::nullopt;
            case 6: return time_at(object, periods_of(object).end());
            case 7: {
                const auto& origin = state_of(object).origin;
                const Instant start = periods_of(object).start();
                return time_at(object, origin ? std::max(*origin, start) : start);
            }
            default: return std::nullopt;
        }
    }
    cosem::DataAccessResult judge(const OwnObject&, std::int8_t id,
                                  const axdr::DataView& value) const override {
        const bool must_count = id == 8 || id == 9;
        return must_count && value.unsigned_integer().value_or(1) == 0
                   ? cosem::DataAccessResult::other_reason
                   : cosem::DataAccessResult::success;
    }
    void written(const OwnObject& object, std::int8_t id) const override {
        if (id == 8 || id == 9) {
            object.forget_state();
            DemandState& state = state_of(object);
            state.base = object.now;
            state.origin = object.now;
            state.last = 0;
        }
    }
    void clock_changed(const OwnObject& object) const override {
        // The period that was running ends here.
        state_of(object).base = object.now;
    }
};

}  // namespace

const ClassBehaviour& demand_register_behaviour() {
    static const DemandRegister behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
