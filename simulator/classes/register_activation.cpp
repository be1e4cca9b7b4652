// Register activation (class 6; Blue Book 4.3.5): which registers count at present.

#include <algorithm>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::int8_t assignment_id = 2;
constexpr std::int8_t masks_id = 3;
constexpr std::int8_t active_id = 4;

bool is_named(const DataView& mask, const DataView& name) {
    return member(mask, 0) == name;
}

/// The mask of a name among the mask_list.
std::optional<axdr::Data> find_mask(const OwnObject& object, const DataView& name) {
    for (axdr::Data& mask : elements_of(object.stored(masks_id))) {
        if (is_named(mask.view(), name)) {
            return std::move(mask);
        }
    }
    return std::nullopt;
}

/// Registers begin or stop to count.
void apply(const OwnObject& object) {
    const auto mask = find_mask(object, object.stored(active_id));
    std::vector<std::uint64_t> counting;
    for (const axdr::Data& index : elements_of(mask ? member(mask->view(), 1) : DataView())) {
        counting.push_back(index.view().unsigned_integer().value_or(0));
    }
    std::uint64_t number = 0;
    for (const axdr::Data& assigned : elements_of(object.stored(assignment_id))) {
        ++number;
        const auto name = obis_of(member(assigned.view(), 1));
        const auto place =
            name ? object.device.find_object(
                       static_cast<std::uint16_t>(member_number(assigned.view(), 0)), *name)
                 : std::nullopt;
        const Attribute* const attribute =
            place ? object.device.object(*place).attribute(2) : nullptr;
        const auto* living = attribute ? std::get_if<LivingValue>(&attribute->value) : nullptr;
        if (!living || !is_energy(living->quantity)) {
            continue;
        }
        const MeterState& meter = object.device.meter();
        const double total = meter.load.value(living->quantity, living->phase, living->tariff,
                                              meter.seconds(object.now));
        LivingOrigin origin = object.device.living_origin(*place);
        const bool counts = std::ranges::find(counting, number) != counting.end();
        if (counts && origin.stands) {
            origin.origin = total - *origin.stands;
            origin.stands.reset();
        } else if (!counts && !origin.stands) {
            origin.stands = total - origin.origin;
        } else {
            continue;
        }
        object.device.set_living_origin(*place, origin, object.now);
    }
}

ActionResult add_register(const OwnObject& object, const MethodCall& call) {
    if (call.parameter.elements()->size() != 2 || !obis_of(member(call.parameter, 1))) {
        return ActionResult::type_unmatched;
    }
    std::vector<axdr::Data> registers = elements_of(object.stored(assignment_id));
    if (registers.size() >= UINT8_MAX) {
        return ActionResult::other_reason;
    }
    if (std::ranges::find(registers, axdr::Data(call.parameter)) == registers.end()) {
        registers.emplace_back(call.parameter);
        object.store(assignment_id, make_array(registers));
    }
    return ActionResult::success;
}

ActionResult add_mask(const OwnObject& object, const MethodCall& call) {
    const DataView indices = member(call.parameter, 1);
    if (call.parameter.elements()->size() != 2 ||
        !member(call.parameter, 0).is(Tag::octet_string) || !indices.is(Tag::array)) {
        return ActionResult::type_unmatched;
    }
    const std::size_t registers = elements_of(object.stored(assignment_id)).size();
    for (const axdr::Data& index : elements_of(indices)) {
        const auto number = index.view().unsigned_integer();
        if (!number || *number == 0 || *number > registers) {
            return ActionResult::other_reason;
        }
    }
    std::vector<axdr::Data> masks = elements_of(object.stored(masks_id));
    std::erase_if(masks, [&](const axdr::Data& mask) {
        return is_named(mask.view(), member(call.parameter, 0));
    });
    masks.emplace_back(call.parameter);
    object.store(masks_id, make_array(masks));
    return ActionResult::success;
}

ActionResult delete_mask(const OwnObject& object, const MethodCall& call) {
    if (!find_mask(object, call.parameter) || object.stored(active_id) == call.parameter) {
        return ActionResult::other_reason;  // there is none, or it is in use
    }
    std::vector<axdr::Data> masks = elements_of(object.stored(masks_id));
    std::erase_if(masks,
                  [&](const axdr::Data& mask) { return is_named(mask.view(), call.parameter); });
    object.store(masks_id, make_array(masks));
    return ActionResult::success;
}

class RegisterActivation final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::structure, add_register},
                                                  {2, Tag::structure, add_mask},
                                                  {3, Tag::octet_string, delete_mask}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }
    void start(const OwnObject& object) const override { apply(object); }

    cosem::DataAccessResult judge(const OwnObject& object, std::int8_t id,
                                  const DataView& value) const override {
        return id == active_id && !find_mask(object, value) ? cosem::DataAccessResult::other_reason
                                                            : cosem::DataAccessResult::success;
    }
    void written(const OwnObject& object, std::int8_t id) const override {
        if (id >= assignment_id && id <= active_id) {
            apply(object);
        }
    }
};

}  // namespace

const ClassBehaviour& register_activation_behaviour() {
    static const RegisterActivation behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
