// Register and extended register (classes 3 and 4; Blue Book 4.3.2, 4.3.3).

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/remaining_energy.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::Tag;
using cosem::ActionResult;

constexpr std::uint16_t extended_register = 4;
constexpr std::int8_t value_id = 2;
constexpr std::int8_t capture_time_id = 5;

axdr::Data time_now(const OwnObject& object) {
    return make_data([&](axdr::DataBuilder& builder) {
        builder.octet_string(cosem::encode(object.device.time(object.now)));
    });
}

/// Zero of what is counted, and the scenario's value of what is configured.
void reset_stored(const OwnObject& object, const Attribute& attribute, const StoredValue& value) {
    if (attribute.writable) {
        object.store(value_id, value.data);
        return;
    }
    axdr::DataBuilder builder;
    builder.integer_of(value.data.tag(), 0);
    if (auto zero = builder.finish()) {
        object.store(value_id, *std::move(zero));
    }
}

ActionResult reset(const OwnObject& object, const MethodCall&) {
    const Attribute* const attribute = object.declared().attribute(value_id);
    const auto* living = attribute ? std::get_if<LivingValue>(&attribute->value) : nullptr;
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    if (living && is_energy(living->quantity)) {
        // What is measured goes on; what is counted begins again.
        const MeterState& state = object.device.meter();
        LivingOrigin origin = object.device.living_origin(object.index);
        origin.origin = state.load.value(living->quantity, living->phase, living->tariff,
                                         state.seconds(object.now));
        if (origin.stands) {
            origin.stands = 0;
        }
        object.device.set_living_origin(object.index, origin, object.now);
    } else if (stored) {
        reset_stored(object, *attribute, *stored);
    }
    if (object.declared().class_id == extended_register) {
        object.store(capture_time_id, time_now(object));
    }
    return ActionResult::success;
}

class Register final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::integer, reset}};
        return all;
    }
    void written(const OwnObject& object, std::int8_t id) const override {
        if (object.declared().class_id == extended_register && id == value_id) {
            object.store(capture_time_id, time_now(object));
        }
    }
    std::optional<axdr::Data> compute(const OwnObject& object, std::int8_t id) const override {
        if (id == value_id && is_remaining_energy(object.declared())) {
            settle_remaining_energy(object);
            return std::nullopt;  // the stored value is right now
        }
        // What is measured all the time was captured now.
        const Attribute* const value =
            id == capture_time_id && object.declared().class_id == extended_register
                ? object.declared().attribute(value_id)
                : nullptr;
        return value && std::holds_alternative<LivingValue>(value->value)
                   ? std::optional(time_now(object))
                   : std::nullopt;
    }
    bool is_active(const MeterObject& object) const override { return is_remaining_energy(object); }
    void start(const OwnObject& object) const override { resume_remaining_energy(object); }
    void power_lost(const OwnObject& object) const override { settle_remaining_energy(object); }
    std::optional<Instant> next_due(const OwnObject& object) const override {
        return next_look_at_remaining_energy(object);
    }
    void run(const OwnObject& object) const override { settle_remaining_energy(object); }
};

}  // namespace

const ClassBehaviour& register_behaviour() {
    static const Register behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
