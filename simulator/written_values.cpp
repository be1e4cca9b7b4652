// How a logical device takes what is written to it.

#include <algorithm>

#include "simulator/logical_device.hpp"
#include "simulator/value_pattern.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::simulator {

using axdr::DataView;
using cosem::DataAccessResult;

namespace {

constexpr std::uint16_t profile_class = 7;

/// What `value` becomes in a stored value; nothing where its type or range is another.
std::optional<axdr::Data> accepted_by(const StoredValue& stored, const DataView& value) {
    if (stored.any_type) {
        return axdr::Data(value);
    }
    const axdr::Data& pattern = stored.pattern ? *stored.pattern : stored.data;
    std::optional<axdr::Data> accepted = value_like(pattern.view(), value);
    if (accepted && stored.range) {
        const Result<std::int64_t> number = accepted->view().signed_integer();
        if (!number || *number < stored.range->first || *number > stored.range->second) {
            return std::nullopt;
        }
    }
    return accepted;
}

void store(StoredValue& stored, axdr::Data value) {
    if (!stored.pattern) {
        stored.pattern = std::make_unique<const axdr::Data>(std::move(stored.data));
    }
    stored.data = std::move(value);
}

/// The buffer of a profile is emptied when what it holds or how it is ordered changes.
bool rules_the_buffer(const MeterObject& object, std::int8_t id) {
    return object.class_id == profile_class && ((id >= 3 && id <= 6) || id == 8);
}

}  // namespace

DataAccessResult LogicalDevice::set(const Caller& caller,
                                    const cosem::AttributeDescriptor& attribute,
                                    const std::optional<cosem::SelectiveAccess>& selection,
                                    const DataView& value, Instant now) {
    const auto object = find(caller, attribute.class_id, attribute.instance);
    if (!object) {
        return object.error();
    }
    return selection ? DataAccessResult::other_reason
                     : set(caller, **object, attribute.attribute_id, value, now);
}

DataAccessResult LogicalDevice::write(const Caller& caller, std::uint16_t short_name,
                                      const std::optional<cosem::SelectiveAccess>& selection,
                                      const DataView& value, Instant now) {
    const auto target = find(caller, short_name);
    if (!target) {
        return target.error();
    }
    if (selection) {
        return DataAccessResult::other_reason;
    }
    MeterObject& object = declared_.objects[target->object];
    if (!target->is_method) {
        return set(caller, object, target->id, value, now);
    }
    return static_cast<DataAccessResult>(invoke(caller, object, target->id, value, now).result);
}

DataAccessResult LogicalDevice::set(const Caller& caller, MeterObject& object, std::int8_t id,
                                    const DataView& value, Instant now) {
    if (id == 0) {
        return set_all(caller, object, value, now);
    }
    if (id == 1) {
        return DataAccessResult::read_write_denied;
    }
    Attribute* const found = object.attribute(id);
    if (!found) {
        return DataAccessResult::object_undefined;
    }
    if (!is_writable(caller, *found)) {
        return DataAccessResult::read_write_denied;
    }
    if (!is_protected(caller, found->protection)) {
        return DataAccessResult::scope_of_access_violated;
    }
    answer_protection_ = answer_protection_ | security::response_protection(found->protection);
    return put(caller, object, *found, value, now);
}

DataAccessResult LogicalDevice::set_all(const Caller& caller, MeterObject& object,
                                        const DataView& value, Instant now) {
    // Attribute 1 and those after it, in order; null-data leaves one as it is.
    if (!value.is(axdr::Tag::structure) ||
        value.elements()->size() != object.attributes.size() + 1) {
        return DataAccessResult::type_unmatched;
    }
    const axdr::ElementRange values = *value.elements();
    const DataView name = *values.begin();
    const Result<ByteView> name_octets = name.octets();
    if (!name.is_null() &&
        (!name_octets || !std::ranges::equal(*name_octets, object.instance.octets()))) {
        return DataAccessResult::read_write_denied;
    }
    // First whether all will be taken, so that either all are written or none is.
    auto offered = ++values.begin();
    for (const Attribute& attribute : object.attributes) {
        const DataView part = *offered++;
        if (part.is_null()) {
            continue;
        }
        if (!is_writable(caller, attribute)) {
            return DataAccessResult::read_write_denied;
        }
        if (!is_protected(caller, attribute.protection)) {
            return DataAccessResult::scope_of_access_violated;
        }
        const auto* stored = std::get_if<StoredValue>(&attribute.value);
        if (stored ? !accepted_by(*stored, part)
                   : !is_acceptable(caller, std::get<ComputedValue>(attribute.value), part, now)) {
            return DataAccessResult::type_unmatched;
        }
    }
    offered = ++values.begin();
    for (Attribute& attribute : object.attributes) {
        const DataView part = *offered++;
        if (!part.is_null()) {
            answer_protection_ =
                answer_protection_ | security::response_protection(attribute.protection);
            put(caller, object, attribute, part, now);
        }
    }
    return DataAccessResult::success;
}

DataAccessResult LogicalDevice::put(const Caller& caller, MeterObject& object, Attribute& attribute,
                                    const DataView& value, Instant now) {
    if (const auto* computed = std::get_if<ComputedValue>(&attribute.value)) {
        if (!is_acceptable(caller, *computed, value, now)) {
            return DataAccessResult::type_unmatched;
        }
        put_computed(caller, *computed, value, now);
    } else if (auto* stored = std::get_if<StoredValue>(&attribute.value)) {
        std::optional<axdr::Data> accepted = accepted_by(*stored, value);
        if (!accepted) {
            return DataAccessResult::type_unmatched;
        }
        store(*stored, *std::move(accepted));
    } else {
        return DataAccessResult::read_write_denied;
    }
    if (rules_the_buffer(object, attribute.id)) {
        clear_buffer(object);
    }
    changed(caller, object, attribute, now);
    return DataAccessResult::success;
}

void LogicalDevice::put_own(const Invocation& invocation, std::int8_t id, const axdr::Data& value) {
    Attribute* const attribute = invocation.object.attribute(id);
    auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    if (!stored || stored->data == value) {
        return;
    }
    store(*stored, value);
    changed(invocation.caller, invocation.object, *attribute, invocation.now);
}

void LogicalDevice::changed(const Caller& caller, const MeterObject& object,
                            const Attribute& attribute, Instant now) {
    if (!attribute.reports_change) {
        return;
    }
    AttributeChanged change;
    change.attribute = {object.class_id, object.instance, attribute.id};
    const auto index = static_cast<std::size_t>(&object - declared_.objects.data());
    const auto offset = cosem::attribute_offset(attribute.id);
    if (offset && names_.base_name(index) != 0) {
        change.short_name = static_cast<std::uint16_t>(names_.base_name(index) + *offset);
    }
    change.value = axdr::Data(value_of(caller, object, attribute, now));
    notifications_.emplace_back(std::move(change));
}

}  // namespace dlms::simulator
