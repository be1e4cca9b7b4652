// How a logical device takes what is written to it.

#include <algorithm>

#include "simulator/logical_device.hpp"
#include "simulator/value_pattern.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::simulator {

using axdr::DataView;
using cosem::DataAccessResult;

namespace {

/// What `value` becomes in a stored value; nothing where its type or range is another.
std::optional<axdr::Data> accepted_by(const StoredValue& stored, const DataView& value) {
    if (stored.any_type) {
        return axdr::Data(value);
    }
    std::optional<axdr::Data> accepted = value_like(stored.data.view(), value);
    if (accepted && stored.range) {
        const Result<std::int64_t> number = accepted->view().signed_integer();
        if (!number || *number < stored.range->first || *number > stored.range->second) {
            return std::nullopt;
        }
    }
    return accepted;
}

/// Changes that cause changes in turn, so that a ring of monitors ends.
constexpr std::uint8_t most_observations = 8;

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
    const MeterObject& object = declared_.objects[target->object];
    if (!target->is_method) {
        return set(caller, object, target->id, value, now);
    }
    return static_cast<DataAccessResult>(invoke(caller, object, target->id, value, now).result);
}

DataAccessResult LogicalDevice::set(const Caller& caller, const MeterObject& object, std::int8_t id,
                                    const DataView& value, Instant now) {
    if (id == 0) {
        return set_all(caller, object, value, now);
    }
    if (id == 1) {
        return DataAccessResult::read_write_denied;
    }
    const Attribute* const found = object.attribute(id);
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

DataAccessResult LogicalDevice::set_all(const Caller& caller, const MeterObject& object,
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
        if (const auto verdict = judge(caller, object, attribute, part, now);
            verdict != DataAccessResult::success) {
            return verdict;
        }
    }
    offered = ++values.begin();
    for (const Attribute& attribute : object.attributes) {
        const DataView part = *offered++;
        if (!part.is_null()) {
            answer_protection_ =
                answer_protection_ | security::response_protection(attribute.protection);
            put(caller, object, attribute, part, now);
        }
    }
    return DataAccessResult::success;
}

DataAccessResult LogicalDevice::judge(const Caller& caller, const MeterObject& object,
                                      const Attribute& attribute, const DataView& value,
                                      Instant now) {
    if (const auto* computed = std::get_if<ComputedValue>(&attribute.value)) {
        return is_acceptable(caller, *computed, value, now) ? DataAccessResult::success
                                                            : DataAccessResult::type_unmatched;
    }
    const auto* const stored = std::get_if<StoredValue>(&attribute.value);
    if (!stored) {
        return DataAccessResult::read_write_denied;
    }
    const auto accepted = accepted_by(*stored, value);
    if (!accepted) {
        return DataAccessResult::type_unmatched;
    }
    const std::size_t place = place_of(object);
    const ClassBehaviour* const behaviour = model_.behaviour(place);
    return behaviour
               ? behaviour->judge(OwnObject(*this, place, now), attribute.id, accepted->view())
               : DataAccessResult::success;
}

DataAccessResult LogicalDevice::put(const Caller& caller, const MeterObject& object,
                                    const Attribute& attribute, const DataView& value,
                                    Instant now) {
    if (const auto verdict = judge(caller, object, attribute, value, now);
        verdict != DataAccessResult::success) {
        return verdict;
    }
    if (const auto* computed = std::get_if<ComputedValue>(&attribute.value)) {
        put_computed(caller, *computed, value, now);
    } else {
        const auto& stored = std::get<StoredValue>(attribute.value);
        values_.put(place_of(object), attribute.id, stored, *accepted_by(stored, value));
    }
    changed(object, attribute, now);
    return DataAccessResult::success;
}

DataAccessResult LogicalDevice::put(AttributePlace place, const DataView& value, Instant now) {
    const MeterObject& object = declared_.objects[place.object];
    const Attribute* const attribute = object.attribute(place.id);
    return attribute ? put(Caller{}, object, *attribute, value, now)
                     : DataAccessResult::object_undefined;
}

void LogicalDevice::store(AttributePlace place, axdr::Data value, Instant now) {
    const MeterObject& object = declared_.objects[place.object];
    const Attribute* const attribute = object.attribute(place.id);
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    if (!stored || values_.value(place.object, place.id, *stored) == value) {
        return;
    }
    values_.put(place.object, place.id, *stored, std::move(value));
    changed(object, *attribute, now);
}

void LogicalDevice::changed(const MeterObject& object, const Attribute& attribute, Instant now) {
    const std::size_t place = place_of(object);
    if (attribute.reports_change) {
        AttributeChanged change;
        change.attribute = {object.class_id, object.instance, attribute.id};
        const auto offset = cosem::attribute_offset(attribute.id);
        if (offset && names_.base_name(place) != 0) {
            change.short_name = static_cast<std::uint16_t>(names_.base_name(place) + *offset);
        }
        change.value = axdr::Data(value_of(Caller{}, object, attribute, now));
        notifications_.emplace_back(std::move(change));
    }
    if (observations_ >= most_observations) {
        return;
    }
    ++observations_;
    if (const ClassBehaviour* const behaviour = model_.behaviour(place)) {
        behaviour->written(OwnObject(*this, place, now), attribute.id);
        plan(place, now);
    }
    for (const std::size_t observer : model_.observers()) {
        model_.behaviour(observer)->observed(OwnObject(*this, observer, now), place, attribute.id);
    }
    --observations_;
}

}  // namespace dlms::simulator
