// What a logical device does of itself: time, its own access to its objects, and what it keeps.

#include <algorithm>

#include "simulator/classes/profile_generic.hpp"
#include "simulator/classes/script_table.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {

using axdr::DataView;
using cosem::ActionResult;
using cosem::DataAccessResult;

namespace {

/// What one object may be late by before the time between is passed over.
constexpr int most_runs = 100'000;

}  // namespace

void MeterState::clock_jumped(Instant now) {
    for (LogicalDevice* const device : devices) {
        device->clock_changed(now);
    }
}

std::optional<Instant> LogicalDevice::next_due() const {
    std::optional<Instant> next;
    for (const Timed& timed : timed_) {
        if (timed.due && (!next || *timed.due < *next)) {
            next = timed.due;
        }
    }
    return next;
}

void LogicalDevice::advance(Instant now) {
    for (int runs = 0; runs < most_runs; ++runs) {
        const auto next = next_due();
        if (!next || *next > now) {
            return;
        }
        const auto timed = std::ranges::find(timed_, next, &Timed::due);
        const OwnObject object(*this, timed->object, *next);
        timed->due.reset();  // run() may want it anew
        model_.behaviour(object.index)->run(object);
        plan(object.index, *next);
    }
    // Too late by far: what lies between is passed over.
    for (const Timed& timed : timed_) {
        plan(timed.object, now);
    }
}

void LogicalDevice::plan(std::size_t object, Instant now) {
    const auto timed = std::ranges::find(timed_, object, &Timed::object);
    if (timed != timed_.end()) {
        timed->due = model_.behaviour(object)->next_due(OwnObject(*this, object, now));
        if (timed->due) {
            state_.pushes.planned(*timed->due);
        }
    }
}

void LogicalDevice::start(Instant now) {
    for (const std::size_t object : model_.active()) {
        model_.behaviour(object)->start(OwnObject(*this, object, now));
    }
    for (const Timed& timed : timed_) {
        plan(timed.object, now);
    }
}

void LogicalDevice::clock_changed(Instant now) {
    for (const std::size_t object : model_.active()) {
        model_.behaviour(object)->clock_changed(OwnObject(*this, object, now));
    }
    for (const Timed& timed : timed_) {
        plan(timed.object, now);
    }
}

void LogicalDevice::happened(MeterHappening what, Instant now) {
    for (const std::size_t object : model_.active()) {
        const Attribute* const attribute = declared_.objects[object].attribute(2);
        const auto* buffer = attribute ? std::get_if<ProfileBuffer>(&attribute->value) : nullptr;
        if (buffer && std::ranges::find(buffer->captures_on, what) != buffer->captures_on.end()) {
            capture(OwnObject(*this, object, now));
        }
    }
}

void LogicalDevice::lose_power(Instant now) {
    for (const std::size_t object : model_.active()) {
        model_.behaviour(object)->power_lost(OwnObject(*this, object, now));
    }
    notifications_.clear();
    for (Timed& timed : timed_) {
        timed.due.reset();
    }
}

std::optional<std::size_t> LogicalDevice::find_object(std::uint16_t class_id,
                                                      const cosem::ObisCode& instance) const {
    const auto found = model_.find(instance);
    return found && declared_.objects[*found].class_id == class_id ? found : std::nullopt;
}

DataView LogicalDevice::stored(AttributePlace place) const {
    const Attribute* const attribute = declared_.objects[place.object].attribute(place.id);
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    return stored ? values_.value(place.object, place.id, *stored).view() : DataView();
}

std::optional<AttributePlace> LogicalDevice::first_of_class(std::uint16_t class_id,
                                                            std::int8_t id) const {
    for (const std::size_t object : model_.of_class(class_id)) {
        if (const Attribute* const attribute = declared_.objects[object].attribute(id)) {
            return std::holds_alternative<StoredValue>(attribute->value)
                       ? std::optional(AttributePlace{object, id})
                       : std::nullopt;
        }
    }
    return std::nullopt;
}

axdr::Data LogicalDevice::value(AttributePlace place, Instant now) {
    const MeterObject& object = declared_.objects[place.object];
    if (place.id == 1) {
        return make_data(
            [&](axdr::DataBuilder& builder) { builder.octet_string(object.instance.octets()); });
    }
    const Attribute* const attribute = object.attribute(place.id);
    return attribute ? axdr::Data(value_of(Caller{}, object, *attribute, now)) : axdr::Data();
}

ActionResult LogicalDevice::invoke(AttributePlace place, const DataView& parameter, Instant now) {
    const MeterObject& object = declared_.objects[place.object];
    const Method* const method = object.method(place.id);
    const Caller own;
    return method ? perform({own, object, parameter, now}, *method, true).result
                  : ActionResult::object_undefined;
}

ActionResult LogicalDevice::run_script(const cosem::ObisCode& table, std::uint64_t selector,
                                       Instigator instigator, Instant now) {
    constexpr std::uint8_t most_nested = 4;
    constexpr std::uint16_t script_table_class = 9;
    const auto object = find_object(script_table_class, table);
    if (!object || nesting_ >= most_nested) {
        return ActionResult::other_reason;
    }
    const Instigator before = std::exchange(instigator_, instigator);
    ++nesting_;
    const ActionResult result = execute_script(OwnObject(*this, *object, now), selector);
    --nesting_;
    instigator_ = before;
    return result;
}

LivingOrigin LogicalDevice::living_origin(std::size_t object) const {
    const auto found = origins_.find(object);
    return found != origins_.end() ? found->second : LivingOrigin();
}

void LogicalDevice::set_living_origin(std::size_t object, const LivingOrigin& origin, Instant now) {
    // A profile with a history has learnt the origin of the time before when that began.
    for (const std::size_t profile : model_.active()) {
        prepare_history(OwnObject(*this, profile, now));
    }
    origins_.insert_or_assign(object, origin);
    for (const std::size_t profile : model_.active()) {
        close_history(OwnObject(*this, profile, now), object);
    }
}

DataView LogicalDevice::part(const DataView& value, std::uint16_t data_index) {
    const Result<DataView> element =
        data_index == 0 ? Result<DataView>(value) : value.element(data_index - 1u);
    return element.value_or(DataView());
}

axdr::Data LogicalDevice::captured(const cosem::CaptureObject& column, Instant now) {
    const auto object = find_object(column.class_id, column.logical_name);
    if (!object) {
        return {};
    }
    const Attribute* const attribute = declared_.objects[*object].attribute(column.attribute_index);
    // A profile of profiles could hold itself.
    if (attribute && std::holds_alternative<ProfileBuffer>(attribute->value)) {
        return {};
    }
    const axdr::Data whole = value({*object, column.attribute_index}, now);
    return column.data_index == 0 ? whole : axdr::Data(part(whole.view(), column.data_index));
}

}  // namespace dlms::simulator
