#include "simulator/logical_device.hpp"

#include <algorithm>
#include <cmath>

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

void MeterState::advance(Instant now) {
    load.advance(std::chrono::duration<double>(now - start).count());
}

std::size_t LogicalDevice::ObisHash::operator()(const cosem::ObisCode& code) const {
    std::uint64_t key = 0;
    for (const Byte octet : code.octets()) {
        key = key << 8 | octet;
    }
    key *= 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(key ^ key >> 32);
}

LogicalDevice::LogicalDevice(DeclaredDevice declared, MeterState& state)
    : declared_(std::move(declared)), security_(std::move(declared_.security)), state_(state) {
    index_.reserve(declared_.objects.size());
    for (std::size_t i = 0; i < declared_.objects.size(); ++i) {
        if (declared_.objects[i].class_id != association_sn_class) {
            index_.emplace(declared_.objects[i].instance, i);
        }
    }
    for (std::size_t i = 0; i < declared_.associations.size(); ++i) {
        if (uses_short_names(i)) {
            names_ = ShortNames::assign(declared_.objects).value_or(ShortNames());
        }
    }
    for (std::size_t i = 0; i < declared_.associations.size(); ++i) {
        object_lists_.push_back(uses_short_names(i) ? make_short_name_list(i)
                                                    : make_object_list(i));
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

std::expected<MeterObject*, DataAccessResult> LogicalDevice::find(const Caller& caller,
                                                                  std::uint16_t class_id,
                                                                  const cosem::ObisCode& instance) {
    const auto found = index_.find(instance);
    if (found == index_.end() ||
        !is_visible(caller.association, declared_.objects[found->second])) {
        return std::unexpected(DataAccessResult::object_undefined);
    }
    MeterObject& object = declared_.objects[found->second];
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

MeterObject* LogicalDevice::find_own(std::uint16_t class_id, const cosem::ObisCode& instance) {
    const auto found = index_.find(instance);
    return found != index_.end() && declared_.objects[found->second].class_id == class_id
               ? &declared_.objects[found->second]
               : nullptr;
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
    MeterObject& object = declared_.objects[target->object];
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
        return found ? get_part(caller, object, *found, *selection)
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
                                             const cosem::SelectiveAccess& selection) {
    if (const auto* buffer = std::get_if<ProfileBuffer>(&attribute.value)) {
        return profile_rows(object, *buffer, selection);
    }
    const auto* computed = std::get_if<ComputedValue>(&attribute.value);
    if (computed && *computed == ComputedValue::object_list) {
        return object_list_part(caller, selection);
    }
    return DataAccessResult::other_reason;
}

xdlms::GetDataResult LogicalDevice::profile_rows(
    const MeterObject& object, const ProfileBuffer& buffer,
    const std::optional<cosem::SelectiveAccess>& selection) {
    const auto stored = [&](std::int8_t id) {
        const Attribute* attribute = object.attribute(id);
        const auto* value = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
        return value ? value->data.view() : DataView();
    };
    const Profile profile{
        .buffer = buffer,
        .columns =
            cosem::read_capture_objects(stored(3)).value_or(std::vector<cosem::CaptureObject>()),
        .capture_period = static_cast<std::uint32_t>(stored(4).unsigned_integer().value_or(0)),
    };
    auto rows = read_profile(profile, selection);
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
    if (const auto* stored = std::get_if<StoredValue>(&attribute.value)) {
        return stored->data.view();
    }
    if (const auto* value = std::get_if<LivingValue>(&attribute.value)) {
        return living(*value, now);
    }
    if (const auto* buffer = std::get_if<ProfileBuffer>(&attribute.value)) {
        return std::get<DataView>(profile_rows(object, *buffer, std::nullopt));
    }
    return computed(caller, object, std::get<ComputedValue>(attribute.value), now);
}

DataView LogicalDevice::living(const LivingValue& value, Instant now) {
    state_.advance(now);
    const double amount =
        state_.load.value(value.quantity, value.phase, value.tariff) - value.origin;
    const double scaled = value.scaler < 0 ? amount * power_of_ten(-value.scaler)
                                           : amount / power_of_ten(value.scaler);
    const auto [low, high] = bounds(value.type);
    // Meters count whole steps of energy, and round what they measure.
    const double whole = is_energy(value.quantity) ? std::floor(scaled) : std::round(scaled);
    const auto raw = static_cast<std::int64_t>(std::clamp(whole, low, high));
    living_octets_.clear();
    living_octets_.push_back(static_cast<Byte>(value.type));
    for (int shift = 8 * (axdr::info(value.type).width - 1); shift >= 0; shift -= 8) {
        living_octets_.push_back(static_cast<Byte>(raw >> shift));
    }
    return axdr::parse_data(living_octets_).value_or(DataView());
}

const StoredValue* LogicalDevice::stored_value(std::uint16_t class_id,
                                               std::int8_t attribute_id) const {
    for (const MeterObject& object : declared_.objects) {
        if (object.class_id != class_id) {
            continue;
        }
        const auto found = std::ranges::find(object.attributes, attribute_id, &Attribute::id);
        if (found != object.attributes.end()) {
            return std::get_if<StoredValue>(&found->value);
        }
    }
    return nullptr;
}

}  // namespace dlms::simulator
