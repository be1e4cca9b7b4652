// What the methods of the interface classes do (Blue Book 4.3 to 4.5; docs/simulator.md).

#include <algorithm>

#include "simulator/logical_device.hpp"
#include "simulator/value_pattern.hpp"

namespace dlms::simulator {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;
using cosem::DataAccessResult;

namespace {

constexpr std::uint16_t profile_class = 7;
constexpr std::uint8_t most_nested_scripts = 4;
constexpr std::int64_t farthest_shift = 900;  // seconds, of the clock's shift_time
constexpr std::chrono::seconds quarter{900};

// control_state of the disconnect control (class 70).
constexpr std::uint8_t disconnected = 0;
constexpr std::uint8_t connected = 1;
constexpr std::uint8_t ready_for_reconnection = 2;

/// The value as a number; nothing where it is none or is not stored.
std::optional<std::uint64_t> stored_number(const MeterObject& object, std::int8_t id) {
    const Attribute* attribute = object.attribute(id);
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    const Result<std::uint64_t> number =
        stored ? stored->data.view().unsigned_integer()
               : Result<std::uint64_t>(fail(ErrorCode::type_mismatch, Layer::axdr));
    return number ? std::optional(*number) : std::nullopt;
}

axdr::Data one(axdr::DataBuilder& builder) {
    return builder.finish().value_or(axdr::Data());
}

/// What a reset makes of a stored value: zero of what is counted, and the scenario's value of what
/// is configured. Nothing where there is neither.
std::optional<axdr::Data> value_after_reset(const Attribute& attribute, const StoredValue& stored) {
    if (attribute.writable) {
        return stored.pattern ? std::optional(*stored.pattern) : std::nullopt;
    }
    axdr::DataBuilder builder;
    builder.integer_of(stored.data.tag(), 0);
    auto zero = builder.finish();
    return zero ? std::optional(*std::move(zero)) : std::nullopt;
}

ProfileBuffer* buffer_of(MeterObject& object) {
    Attribute* attribute = object.attribute(2);
    return attribute ? std::get_if<ProfileBuffer>(&attribute->value) : nullptr;
}

}  // namespace

struct LogicalDevice::Behaviour {
    std::uint16_t class_id;
    std::int8_t method_id;
    Tag parameter;
    ActionResult (LogicalDevice::*perform)(const Invocation&);
};

const LogicalDevice::Behaviour* LogicalDevice::behaviour(std::uint16_t class_id,
                                                         std::int8_t method_id) {
    static constexpr Behaviour all[] = {
        {3, 1, Tag::integer, &LogicalDevice::reset_register},
        {4, 1, Tag::integer, &LogicalDevice::reset_register},
        {profile_class, 1, Tag::integer, &LogicalDevice::reset_profile},
        {profile_class, 2, Tag::integer, &LogicalDevice::capture},
        {8, 1, Tag::integer, &LogicalDevice::adjust_to_quarter},
        {8, 2, Tag::integer, &LogicalDevice::adjust_to_measuring_period},
        {8, 3, Tag::integer, &LogicalDevice::adjust_to_minute},
        {8, 4, Tag::integer, &LogicalDevice::adjust_to_preset_time},
        {8, 5, Tag::structure, &LogicalDevice::preset_adjusting_time},
        {8, 6, Tag::long_, &LogicalDevice::shift_time},
        {9, 1, Tag::long_unsigned, &LogicalDevice::execute_script},
        {15, 2, Tag::octet_string, &LogicalDevice::change_hls_secret},
        {40, 1, Tag::integer, &LogicalDevice::push},
        {64, 1, Tag::enum_, &LogicalDevice::security_activate},
        {64, 2, Tag::array, &LogicalDevice::key_transfer},
        {64, 3, Tag::array, &LogicalDevice::key_agreement},
        {64, 4, Tag::enum_, &LogicalDevice::generate_key_pair},
        {64, 5, Tag::enum_, &LogicalDevice::generate_certificate_request},
        {64, 6, Tag::octet_string, &LogicalDevice::import_certificate},
        {64, 7, Tag::structure, &LogicalDevice::export_certificate},
        {64, 8, Tag::structure, &LogicalDevice::remove_certificate},
        {70, 1, Tag::integer, &LogicalDevice::remote_disconnect},
        {70, 2, Tag::integer, &LogicalDevice::remote_reconnect},
    };
    const auto* found = std::ranges::find_if(all, [&](const Behaviour& row) {
        return row.class_id == class_id && row.method_id == method_id;
    });
    return found != std::end(all) ? found : nullptr;
}

bool LogicalDevice::has_behaviour(std::uint16_t class_id, std::int8_t method_id) {
    return behaviour(class_id, method_id) != nullptr;
}

xdlms::ActionOutcome LogicalDevice::action(const Caller& caller,
                                           const cosem::MethodDescriptor& method,
                                           const std::optional<DataView>& parameters, Instant now) {
    const auto object = find(caller, method.class_id, method.instance);
    if (!object) {
        // The codes are the same as far as objects need them.
        return {static_cast<ActionResult>(object.error()), std::nullopt};
    }
    return invoke(caller, **object, method.method_id, parameters, now);
}

xdlms::ActionOutcome LogicalDevice::invoke(const Caller& caller, MeterObject& object,
                                           std::int8_t id,
                                           const std::optional<DataView>& parameters, Instant now) {
    const Method* method = object.method(id);
    if (!method) {
        return {ActionResult::object_undefined, std::nullopt};
    }
    if (!method->callable || declared_.associations[caller.association].read_only) {
        return {ActionResult::read_write_denied, std::nullopt};
    }
    if (!is_protected(caller, method->protection)) {
        return {ActionResult::scope_of_access_violated, std::nullopt};
    }
    answer_protection_ = answer_protection_ | security::response_protection(method->protection);
    return perform({caller, object, parameters.value_or(DataView()), now}, *method,
                   parameters.has_value());
}

xdlms::ActionOutcome LogicalDevice::perform(const Invocation& invocation, const Method& method,
                                            bool has_parameter) {
    if (method.fixed) {
        const std::optional<axdr::Data>& pattern = method.fixed->parameter;
        if (pattern && (!has_parameter || !value_like(pattern->view(), invocation.parameter))) {
            return {ActionResult::type_unmatched, std::nullopt};
        }
        if (!method.fixed->returns) {
            return {};
        }
        return {ActionResult::success, xdlms::GetDataResult(method.fixed->returns->view())};
    }
    const Behaviour* row = behaviour(invocation.object.class_id, method.id);
    if (!row) {
        return {ActionResult::object_undefined, std::nullopt};
    }
    if (!has_parameter || !invocation.parameter.is(row->parameter)) {
        return {ActionResult::type_unmatched, std::nullopt};
    }
    returned_.reset();
    const ActionResult result = (this->*row->perform)(invocation);
    if (result != ActionResult::success || !returned_) {
        return {result, std::nullopt};
    }
    return {result, xdlms::GetDataResult(returned_->view())};
}

ActionResult LogicalDevice::reset_register(const Invocation& invocation) {
    Attribute* value = invocation.object.attribute(2);
    if (auto* living = value ? std::get_if<LivingValue>(&value->value) : nullptr) {
        state_.advance(invocation.now);
        // What is measured goes on; what is counted begins again.
        if (is_energy(living->quantity)) {
            living->origin = state_.load.value(living->quantity, living->phase, living->tariff);
        }
    } else if (auto* stored = value ? std::get_if<StoredValue>(&value->value) : nullptr) {
        if (const auto after = value_after_reset(*value, *stored)) {
            put_own(invocation, 2, *after);
        }
    }
    constexpr std::uint16_t extended_register = 4;
    if (invocation.object.class_id == extended_register) {
        axdr::DataBuilder time;
        time.octet_string(cosem::encode(state_.clock.time(invocation.now)));
        put_own(invocation, 5, one(time));
    }
    return ActionResult::success;
}

void LogicalDevice::clear_buffer(MeterObject& object) {
    if (ProfileBuffer* buffer = buffer_of(object)) {
        buffer->rows.clear();
    }
}

ActionResult LogicalDevice::reset_profile(const Invocation& invocation) {
    clear_buffer(invocation.object);
    return ActionResult::success;
}

ActionResult LogicalDevice::capture(const Invocation& invocation) {
    ProfileBuffer* const buffer = buffer_of(invocation.object);
    const Attribute* captured = invocation.object.attribute(3);
    const auto* stored = captured ? std::get_if<StoredValue>(&captured->value) : nullptr;
    if (!buffer || !stored) {
        return ActionResult::other_reason;
    }
    const auto columns = cosem::read_capture_objects(stored->data.view());
    if (!columns) {
        return ActionResult::other_reason;
    }
    axdr::DataBuilder row;
    row.structure(columns->size());
    for (const cosem::CaptureObject& column : *columns) {
        add_captured(row, invocation.caller, column, invocation.now);
    }
    constexpr std::uint64_t lifo = 2;
    const bool newest_first = stored_number(invocation.object, 5) == lifo;
    const std::uint64_t room = stored_number(invocation.object, 8).value_or(0);
    while (!buffer->rows.empty() && buffer->rows.size() >= room) {
        newest_first ? buffer->rows.pop_back() : buffer->rows.pop_front();
    }
    if (room > 0) {
        newest_first ? buffer->rows.push_front(one(row)) : buffer->rows.push_back(one(row));
    }
    return ActionResult::success;
}

void LogicalDevice::add_captured(axdr::DataBuilder& builder, const Caller& caller,
                                 const cosem::CaptureObject& column, Instant now) {
    const MeterObject* object = find_own(column.class_id, column.logical_name);
    const Attribute* attribute = object ? object->attribute(column.attribute_index) : nullptr;
    if (object && column.attribute_index == 1) {
        builder.octet_string(object->instance.octets());
        return;
    }
    // A profile of profiles could hold itself.
    if (!attribute || std::holds_alternative<ProfileBuffer>(attribute->value)) {
        builder.null();
        return;
    }
    const DataView value = value_of(caller, *object, *attribute, now);
    const Result<DataView> element =
        column.data_index == 0 ? value : value.element(column.data_index - 1u);
    builder.element(element.value_or(DataView()));
}

ActionResult LogicalDevice::adjust_to_quarter(const Invocation& invocation) {
    state_.clock.round_to(quarter, invocation.now);
    return ActionResult::success;
}

ActionResult LogicalDevice::adjust_to_measuring_period(const Invocation& invocation) {
    // The period of the first profile that has one.
    std::chrono::seconds period = quarter;
    for (const MeterObject& object : declared_.objects) {
        const auto seconds =
            object.class_id == profile_class ? stored_number(object, 4) : std::nullopt;
        if (seconds.value_or(0) > 0) {
            period = std::chrono::seconds(static_cast<std::int64_t>(*seconds));
            break;
        }
    }
    state_.clock.round_to(period, invocation.now);
    return ActionResult::success;
}

ActionResult LogicalDevice::adjust_to_minute(const Invocation& invocation) {
    state_.clock.round_to(std::chrono::minutes(1), invocation.now);
    return ActionResult::success;
}

ActionResult LogicalDevice::preset_adjusting_time(const Invocation& invocation) {
    if (invocation.parameter.elements()->size() != 3) {
        return ActionResult::type_unmatched;
    }
    std::array<cosem::LocalSeconds, 3> times{};
    for (std::size_t i = 0; i < times.size(); ++i) {
        const Result<ByteView> octets = invocation.parameter.element(i)->octets();
        const Result<cosem::DateTime> time =
            octets ? cosem::read_date_time(*octets)
                   : Result<cosem::DateTime>(fail(ErrorCode::type_mismatch, Layer::cosem));
        const auto local = time ? state_.clock.local(*time) : std::nullopt;
        if (!local) {
            return ActionResult::type_unmatched;
        }
        times[i] = *local;
    }
    state_.preset = PresetTime{times[0], times[1], times[2]};
    return ActionResult::success;
}

ActionResult LogicalDevice::adjust_to_preset_time(const Invocation& invocation) {
    const cosem::LocalSeconds local = state_.clock.local(invocation.now);
    if (!state_.preset || local < state_.preset->from || local > state_.preset->to) {
        return ActionResult::other_reason;
    }
    const cosem::DateTime time = cosem::date_time_from_local(state_.preset->time);
    state_.preset.reset();
    return state_.clock.set_time(time, invocation.now) ? ActionResult::success
                                                       : ActionResult::type_unmatched;
}

ActionResult LogicalDevice::shift_time(const Invocation& invocation) {
    const std::int64_t seconds = *invocation.parameter.signed_integer();
    if (seconds < -farthest_shift || seconds > farthest_shift) {
        return ActionResult::type_unmatched;
    }
    state_.clock.shift(std::chrono::seconds(seconds));
    return ActionResult::success;
}

ActionResult LogicalDevice::execute_script(const Invocation& invocation) {
    const std::uint64_t id = *invocation.parameter.unsigned_integer();
    const Attribute* attribute = invocation.object.attribute(2);
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    if (!stored || !stored->data.view().is(Tag::array) || nesting_ >= most_nested_scripts) {
        return ActionResult::other_reason;
    }
    const axdr::Data scripts = stored->data;  // a script may write this attribute
    const axdr::ElementRange all = *scripts.view().elements();
    for (const DataView& script : all) {
        const Result<DataView> identifier = script.element(0);
        const Result<DataView> actions = script.element(1);
        if (!identifier || !actions || !actions->is(Tag::array) ||
            identifier->unsigned_integer().value_or(0) != id) {
            continue;
        }
        ++nesting_;
        ActionResult result = ActionResult::success;
        const axdr::ElementRange steps = *actions->elements();
        for (const DataView& step : steps) {
            result = execute_action(invocation, step);
            if (result != ActionResult::success) {
                break;
            }
        }
        --nesting_;
        return result;
    }
    return ActionResult::other_reason;
}

ActionResult LogicalDevice::execute_action(const Invocation& invocation, const DataView& action) {
    constexpr std::uint64_t write_attribute = 1;
    constexpr std::uint64_t execute_method = 2;
    if (!action.is(Tag::structure) || action.elements()->size() != 5) {
        return ActionResult::type_unmatched;
    }
    const Result<std::uint64_t> service = action.element(0)->unsigned_integer();
    const Result<std::uint64_t> class_id = action.element(1)->unsigned_integer();
    const Result<ByteView> instance = action.element(2)->octets();
    const Result<std::int64_t> index = action.element(3)->signed_integer();
    if (!service || !class_id || *class_id > UINT16_MAX || !instance || instance->size() != 6 ||
        !index || *index < INT8_MIN || *index > INT8_MAX) {
        return ActionResult::type_unmatched;
    }
    // The meter acts on its own behalf: what its client may do does not matter.
    MeterObject* const object = find_own(static_cast<std::uint16_t>(*class_id),
                                         cosem::ObisCode::from_octets(instance->first<6>()));
    const auto id = static_cast<std::int8_t>(*index);
    if (*service == write_attribute) {
        Attribute* const attribute = object ? object->attribute(id) : nullptr;
        return !attribute ? ActionResult::object_undefined
                          : static_cast<ActionResult>(put(invocation.caller, *object, *attribute,
                                                          *action.element(4), invocation.now));
    }
    const Method* method = object && *service == execute_method ? object->method(id) : nullptr;
    if (!method) {
        return ActionResult::object_undefined;
    }
    return perform({invocation.caller, *object, *action.element(4), invocation.now}, *method, true)
        .result;
}

ActionResult LogicalDevice::push(const Invocation& invocation) {
    const Attribute* attribute = invocation.object.attribute(2);
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    if (!stored) {
        return ActionResult::other_reason;
    }
    const auto pushed = cosem::read_capture_objects(stored->data.view());
    if (!pushed) {
        return ActionResult::other_reason;
    }
    axdr::DataBuilder body;
    body.structure(pushed->size());
    for (const cosem::CaptureObject& object : *pushed) {
        add_captured(body, invocation.caller, object, invocation.now);
    }
    constexpr std::uint64_t confirmed = 2;  // push_operation_method, from version 2 on
    notifications_.emplace_back(
        Pushed{stored_number(invocation.object, 10) == confirmed, one(body)});
    return ActionResult::success;
}

ActionResult LogicalDevice::remote_disconnect(const Invocation& invocation) {
    // Transitions b and c of Blue Book 4.5.8: in every mode but 0.
    const auto mode = stored_number(invocation.object, 4);
    return !mode || *mode == 0 || *mode > 6 ? ActionResult::other_reason
                                            : switch_to(invocation, disconnected);
}

ActionResult LogicalDevice::remote_reconnect(const Invocation& invocation) {
    const auto mode = stored_number(invocation.object, 4);
    const auto state = stored_number(invocation.object, 3);
    if (!mode || *mode == 0 || *mode > 6) {
        return ActionResult::other_reason;
    }
    if (state != disconnected) {
        return ActionResult::success;  // there is nothing to reconnect, or it is done
    }
    // Transition a or d.
    const bool at_once = *mode == 2 || *mode == 4;
    return switch_to(invocation, at_once ? connected : ready_for_reconnection);
}

ActionResult LogicalDevice::switch_to(const Invocation& invocation, std::uint8_t control_state) {
    axdr::DataBuilder output_state;
    output_state.boolean(control_state == connected);
    put_own(invocation, 2, one(output_state));
    axdr::DataBuilder state;
    state.enumerated(control_state);
    put_own(invocation, 3, one(state));
    return ActionResult::success;
}

}  // namespace dlms::simulator
