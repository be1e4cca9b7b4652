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
    : declared_(std::move(declared)), state_(state) {
    index_.reserve(declared_.objects.size());
    for (std::size_t i = 0; i < declared_.objects.size(); ++i) {
        index_.emplace(declared_.objects[i].instance, i);
    }
    for (std::size_t i = 0; i < declared_.associations.size(); ++i) {
        object_lists_.push_back(make_object_list(i));
    }
}

bool LogicalDevice::is_visible(std::size_t association, const cosem::ObisCode& instance) const {
    const std::vector<cosem::ObisCode>& visible = declared_.associations[association].visible;
    return visible.empty() || std::ranges::binary_search(visible, instance);
}

bool LogicalDevice::is_writable(const Caller& caller, const Attribute& attribute) const {
    return attribute.writable && !declared_.associations[caller.association].read_only;
}

std::expected<MeterObject*, DataAccessResult> LogicalDevice::find(const Caller& caller,
                                                                  std::uint16_t class_id,
                                                                  const cosem::ObisCode& instance) {
    const auto found = index_.find(instance);
    if (found == index_.end() || !is_visible(caller.association, instance)) {
        return std::unexpected(DataAccessResult::object_undefined);
    }
    MeterObject& object = declared_.objects[found->second];
    if (object.class_id != class_id) {
        return std::unexpected(DataAccessResult::object_class_inconsistent);
    }
    return &object;
}

xdlms::GetDataResult LogicalDevice::get(const Caller& caller,
                                        const cosem::AttributeDescriptor& attribute, bool selective,
                                        Instant now) {
    const auto object = find(caller, attribute.class_id, attribute.instance);
    if (!object) {
        return object.error();
    }
    if (attribute.attribute_id == 0) {
        const bool negotiated =
            caller.conformance.has(xdlms::ConformanceBit::attribute0_supported_with_get);
        return negotiated ? get_all(caller, **object, now)
                          : xdlms::GetDataResult(DataAccessResult::read_write_denied);
    }
    const Attribute* found = nullptr;
    if (attribute.attribute_id != 1) {
        found = (*object)->attribute(attribute.attribute_id);
        if (!found) {
            return DataAccessResult::object_undefined;
        }
        if (!found->readable) {
            return DataAccessResult::read_write_denied;
        }
    }
    if (selective) {
        return DataAccessResult::other_reason;
    }
    if (!found) {
        DataBuilder builder;
        builder.octet_string((*object)->instance.octets());
        return built(builder);
    }
    return value_of(caller, *found, now);
}

xdlms::GetDataResult LogicalDevice::get_all(const Caller& caller, MeterObject& object,
                                            Instant now) {
    const auto readable = std::ranges::count_if(object.attributes, &Attribute::readable);
    DataBuilder builder;
    builder.structure(static_cast<std::size_t>(readable) + 1);
    builder.octet_string(object.instance.octets());
    for (const Attribute& attribute : object.attributes) {
        if (attribute.readable) {
            builder.element(value_of(caller, attribute, now));
        }
    }
    return built(builder);
}

DataView LogicalDevice::built(DataBuilder& builder) {
    // What this file builds is well-formed; the tests read every attribute of every scenario.
    answer_ = builder.finish().value_or(axdr::Data());
    return answer_.view();
}

DataView LogicalDevice::value_of(const Caller& caller, const Attribute& attribute, Instant now) {
    if (const auto* stored = std::get_if<StoredValue>(&attribute.value)) {
        return stored->data.view();
    }
    if (const auto* value = std::get_if<LivingValue>(&attribute.value)) {
        return living(*value, now);
    }
    return computed(caller, std::get<ComputedValue>(attribute.value), now);
}

DataView LogicalDevice::living(const LivingValue& value, Instant now) {
    state_.advance(now);
    const double amount = state_.load.value(value.quantity, value.phase, value.tariff);
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

DataAccessResult LogicalDevice::set(const Caller& caller,
                                    const cosem::AttributeDescriptor& attribute, bool selective,
                                    const DataView& value, Instant now) {
    const auto object = find(caller, attribute.class_id, attribute.instance);
    if (!object) {
        return object.error();
    }
    if (attribute.attribute_id == 0 || attribute.attribute_id == 1) {
        return DataAccessResult::read_write_denied;
    }
    Attribute* const found = (*object)->attribute(attribute.attribute_id);
    if (!found) {
        return DataAccessResult::object_undefined;
    }
    if (!is_writable(caller, *found)) {
        return DataAccessResult::read_write_denied;
    }
    if (selective) {
        return DataAccessResult::other_reason;
    }
    if (auto* stored = std::get_if<StoredValue>(&found->value)) {
        return set_stored(*stored, value);
    }
    if (const auto* computed = std::get_if<ComputedValue>(&found->value)) {
        return set_computed(*computed, value, now);
    }
    return DataAccessResult::read_write_denied;
}

DataAccessResult LogicalDevice::set_stored(StoredValue& stored, const DataView& value) {
    if (stored.any_type) {
        stored.data = axdr::Data(value);
        return DataAccessResult::success;
    }
    const axdr::Data& pattern = stored.pattern ? *stored.pattern : stored.data;
    std::optional<axdr::Data> accepted = value_like(pattern.view(), value);
    if (!accepted) {
        return DataAccessResult::type_unmatched;
    }
    if (stored.range) {
        const Result<std::int64_t> number = accepted->view().signed_integer();
        if (!number || *number < stored.range->first || *number > stored.range->second) {
            return DataAccessResult::type_unmatched;
        }
    }
    if (!stored.pattern) {
        stored.pattern = std::make_unique<const axdr::Data>(stored.data);
    }
    stored.data = *std::move(accepted);
    return DataAccessResult::success;
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
