#include "simulator/logical_device.hpp"

#include <algorithm>
#include <cmath>

#include "simulator/classes/profile_generic.hpp"
#include "simulator/value_pattern.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataBuilder;
using axdr::DataView;
using cosem::DataAccessResult;

/// An integer type's own bounds, as doubles for clamping.
std::pair<double, double> bounds(axdr::Tag type) {
    switch (type) {
        case axdr::Tag::integer: return {INT8_MIN, INT8_MAX};
        case axdr::Tag::unsigned_: return {0, UINT8_MAX};
        case axdr::Tag::long_: return {INT16_MIN, INT16_MAX};
        case axdr::Tag::long_unsigned: return {0, UINT16_MAX};
        case axdr::Tag::double_long: return {INT32_MIN, INT32_MAX};
        case axdr::Tag::double_long_unsigned: return {0, UINT32_MAX};
        case axdr::Tag::long64: return {-0x1p53, 0x1p53};
        default: return {0, 0x1p53};
    }
}

constexpr std::uint16_t association_sn_class = 12;
constexpr std::uint16_t association_ln_class = 15;

double power_of_ten(int exponent) {
    static constexpr double powers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    return powers[exponent];
}

}  // namespace

LogicalDevice::LogicalDevice(const DeviceModel& model, MeterState& state)
    : model_(model),
      declared_(model.declared()),
      names_(model.names()),
      security_(declared_.security.clone()),
      state_(state),
      sap_(declared_.sap),
      name_(declared_.name) {
    for (const std::size_t object : model_.active()) {
        timed_.push_back({object, std::nullopt});
    }
}

bool LogicalDevice::uses_short_names(std::size_t association) const {
    return declared_.associations[association].configuration.referencing ==
           association::Referencing::short_name;
}

bool LogicalDevice::is_visible(std::size_t association, const MeterObject& object) const {
    const std::uint16_t foreign =
        uses_short_names(association) ? association_ln_class : association_sn_class;
    if (object.class_id == foreign) {
        return false;
    }
    const auto own = views_.find(association);
    if (own != views_.end() && std::ranges::binary_search(own->second.hidden, place_of(object))) {
        return false;
    }
    const std::vector<cosem::ObisCode>& visible = declared_.associations[association].visible;
    return visible.empty() || std::ranges::binary_search(visible, object.instance);
}

bool LogicalDevice::is_writable(const Caller& caller, const Attribute& attribute) const {
    const auto* computed = std::get_if<ComputedValue>(&attribute.value);
    const bool is_secret = computed && *computed == ComputedValue::association_secret;
    return attribute.writable && !declared_.associations[caller.association].read_only &&
           (!is_secret || is_fully_protected(caller));
}

bool LogicalDevice::is_protected(const Caller& caller, std::uint8_t needed) const {
    const security::Protection answer = security::response_protection(needed);
    const bool ciphers = declared_.associations[caller.association].configuration.security.ciphered;
    return caller.protection.is_at_least(security::request_protection(needed)) &&
           (ciphers || answer == security::no_protection);
}

std::expected<const MeterObject*, DataAccessResult> LogicalDevice::find(
    const Caller& caller, std::uint16_t class_id, const cosem::ObisCode& instance) {
    const auto found = model_.find(instance);
    if (!found || !is_visible(caller.association, declared_.objects[*found])) {
        return std::unexpected(DataAccessResult::object_undefined);
    }
    const MeterObject& object = declared_.objects[*found];
    if (object.class_id != class_id) {
        return std::unexpected(DataAccessResult::object_class_inconsistent);
    }
    if (object.fault) {
        return std::unexpected(*object.fault);
    }
    return &object;
}

std::expected<ShortNames::Target, DataAccessResult> LogicalDevice::find(const Caller& caller,
                                                                        std::uint16_t short_name) {
    const std::optional<ShortNames::Target> target = names_.find(short_name);
    if (!target || !is_visible(caller.association, declared_.objects[target->object])) {
        return std::unexpected(DataAccessResult::object_undefined);
    }
    if (declared_.objects[target->object].fault) {
        return std::unexpected(*declared_.objects[target->object].fault);
    }
    return *target;
}

xdlms::GetDataResult LogicalDevice::get(const Caller& caller,
                                        const cosem::AttributeDescriptor& attribute,
                                        const std::optional<cosem::SelectiveAccess>& selection,
                                        Instant now) {
    const auto object = find(caller, attribute.class_id, attribute.instance);
    if (!object) {
        return object.error();
    }
    return get(caller, **object, attribute.attribute_id, selection, now);
}

xdlms::GetDataResult LogicalDevice::read(const Caller& caller, std::uint16_t short_name,
                                         const std::optional<cosem::SelectiveAccess>& selection,
                                         Instant now) {
    const auto target = find(caller, short_name);
    if (!target) {
        return target.error();
    }
    const MeterObject& object = declared_.objects[target->object];
    if (!target->is_method) {
        return get(caller, object, target->id, selection, now);
    }
    const xdlms::ActionOutcome outcome =
        invoke(caller, object, target->id,
               selection ? std::optional(selection->parameters) : std::nullopt, now);
    if (outcome.result != cosem::ActionResult::success) {
        return static_cast<DataAccessResult>(outcome.result);
    }
    return outcome.return_parameters.value_or(DataView());
}

xdlms::GetDataResult LogicalDevice::get(const Caller& caller, const MeterObject& object,
                                        std::int8_t id,
                                        const std::optional<cosem::SelectiveAccess>& selection,
                                        Instant now) {
    if (id == 0) {
        return selection ? xdlms::GetDataResult(DataAccessResult::other_reason)
                         : get_all(caller, object, now);
    }
    const Attribute* found = nullptr;
    if (id != 1) {
        found = object.attribute(id);
        if (!found) {
            return DataAccessResult::object_undefined;
        }
        if (!found->readable) {
            return DataAccessResult::read_write_denied;
        }
        if (!is_protected(caller, found->protection)) {
            return DataAccessResult::scope_of_access_violated;
        }
        answer_protection_ = answer_protection_ | security::response_protection(found->protection);
    }
    if (selection) {
        return found ? get_part(caller, object, *found, *selection, now)
                     : xdlms::GetDataResult(DataAccessResult::other_reason);
    }
    if (!found) {
        DataBuilder builder;
        builder.octet_string(object.instance.octets());
        return built(builder);
    }
    return value_of(caller, object, *found, now);
}

xdlms::GetDataResult LogicalDevice::get_part(const Caller& caller, const MeterObject& object,
                                             const Attribute& attribute,
                                             const cosem::SelectiveAccess& selection, Instant now) {
    if (std::holds_alternative<ProfileBuffer>(attribute.value)) {
        return profile_rows(object, selection, now);
    }
    const auto* computed = std::get_if<ComputedValue>(&attribute.value);
    if (computed && *computed == ComputedValue::object_list) {
        return object_list_part(caller, selection);
    }
    return DataAccessResult::other_reason;
}

xdlms::GetDataResult LogicalDevice::profile_rows(
    const MeterObject& object, const std::optional<cosem::SelectiveAccess>& selection,
    Instant now) {
    auto rows = read_profile_of(OwnObject(*this, place_of(object), now), selection);
    if (!rows) {
        return rows.error();
    }
    answer_ = *std::move(rows);
    return answer_.view();
}

xdlms::GetDataResult LogicalDevice::get_all(const Caller& caller, const MeterObject& object,
                                            Instant now) {
    const auto is_told = [&](const Attribute& attribute) {
        return attribute.readable && is_protected(caller, attribute.protection);
    };
    const auto readable = std::ranges::count_if(object.attributes, is_told);
    DataBuilder builder;
    builder.structure(static_cast<std::size_t>(readable) + 1);
    builder.octet_string(object.instance.octets());
    for (const Attribute& attribute : object.attributes) {
        if (is_told(attribute)) {
            answer_protection_ =
                answer_protection_ | security::response_protection(attribute.protection);
            builder.element(value_of(caller, object, attribute, now));
        }
    }
    return built(builder);
}

DataView LogicalDevice::built(DataBuilder& builder) {
    // What this file builds is well-formed; the tests read every attribute of every scenario.
    answer_ = builder.finish().value_or(axdr::Data());
    return answer_.view();
}

DataView LogicalDevice::value_of(const Caller& caller, const MeterObject& object,
                                 const Attribute& attribute, Instant now) {
    const std::size_t place = place_of(object);
    if (const ClassBehaviour* const behaviour = model_.behaviour(place)) {
        if (auto value = behaviour->compute(OwnObject(*this, place, now), attribute.id)) {
            answer_ = *std::move(value);
            return answer_.view();
        }
    }
    if (const auto* stored = std::get_if<StoredValue>(&attribute.value)) {
        return values_.value(place, attribute.id, *stored).view();
    }
    if (const auto* value = std::get_if<LivingValue>(&attribute.value)) {
        answer_ = living_data(*value, living_origin(place), now);
        return answer_.view();
    }
    if (std::holds_alternative<ProfileBuffer>(attribute.value)) {
        return std::get<DataView>(profile_rows(object, std::nullopt, now));
    }
    return computed(caller, object, std::get<ComputedValue>(attribute.value), now);
}

axdr::Data LogicalDevice::living_data(const LivingValue& value, const LivingOrigin& origin,
                                      Instant now) {
    const double amount = origin.stands ? *origin.stands
                                        : state_.load.value(value.quantity, value.phase,
                                                            value.tariff, state_.seconds(now)) -
                                              origin.origin;
    return scaled_data(value, amount);
}

axdr::Data scaled_data(const LivingValue& value, double amount) {
    const double scaled = value.scaler < 0 ? amount * power_of_ten(-value.scaler)
                                           : amount / power_of_ten(value.scaler);
    const auto [low, high] = bounds(value.type);
    // Meters count whole steps of energy, and round what they measure.
    const double whole = is_energy(value.quantity) ? std::floor(scaled) : std::round(scaled);
    const auto raw = static_cast<std::int64_t>(std::clamp(whole, low, high));
    return make_data([&](DataBuilder& builder) { builder.integer_of(value.type, raw); });
}

}  // namespace dlms::simulator
