// What the methods of the interface classes do (Blue Book 4.3 to 4.5; docs/simulator.md).

#include <algorithm>

#include "simulator/logical_device.hpp"
#include "simulator/value_pattern.hpp"

namespace dlms::simulator {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;
using cosem::DataAccessResult;

struct LogicalDevice::Behaviour {
    std::uint16_t class_id;
    std::int8_t method_id;
    Tag parameter;
    ActionResult (LogicalDevice::*perform)(const Invocation&);
};

namespace {

/// What a class's own file says of a method.
const MethodBehaviour* method_behaviour(std::uint16_t class_id, std::int8_t method_id) {
    const ClassBehaviour* const of_class = class_behaviour(class_id);
    if (!of_class) {
        return nullptr;
    }
    const std::span<const MethodBehaviour> all = of_class->methods();
    const auto found = std::ranges::find(all, method_id, &MethodBehaviour::id);
    return found != all.end() ? &*found : nullptr;
}

}  // namespace

const LogicalDevice::Behaviour* LogicalDevice::behaviour(std::uint16_t class_id,
                                                         std::int8_t method_id) {
    static constexpr Behaviour all[] = {
        {12, 3, Tag::array, &LogicalDevice::read_by_logical_name},
        {15, 2, Tag::octet_string, &LogicalDevice::change_hls_secret},
        {64, 1, Tag::enum_, &LogicalDevice::security_activate},
        {64, 2, Tag::array, &LogicalDevice::key_transfer},
        {64, 3, Tag::array, &LogicalDevice::key_agreement},
        {64, 4, Tag::enum_, &LogicalDevice::generate_key_pair},
        {64, 5, Tag::enum_, &LogicalDevice::generate_certificate_request},
        {64, 6, Tag::octet_string, &LogicalDevice::import_certificate},
        {64, 7, Tag::structure, &LogicalDevice::export_certificate},
        {64, 8, Tag::structure, &LogicalDevice::remove_certificate},
    };
    const auto* found = std::ranges::find_if(all, [&](const Behaviour& row) {
        return row.class_id == class_id && row.method_id == method_id;
    });
    return found != std::end(all) ? found : nullptr;
}

bool LogicalDevice::has_behaviour(std::uint16_t class_id, std::int8_t method_id) {
    return behaviour(class_id, method_id) != nullptr ||
           method_behaviour(class_id, method_id) != nullptr;
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

xdlms::ActionOutcome LogicalDevice::invoke(const Caller& caller, const MeterObject& object,
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
    const MethodBehaviour* shared =
        row ? nullptr : method_behaviour(invocation.object.class_id, method.id);
    if (!row && !shared) {
        return {ActionResult::object_undefined, std::nullopt};
    }
    const std::optional<Tag> wanted = row ? std::optional(row->parameter) : shared->parameter;
    if (wanted && (!has_parameter || !invocation.parameter.is(*wanted))) {
        return {ActionResult::type_unmatched, std::nullopt};
    }
    returned_.reset();
    ActionResult result{};
    if (row) {
        result = (this->*row->perform)(invocation);
    } else {
        const OwnObject object(*this, place_of(invocation.object), invocation.now);
        result = shared->perform(object, {invocation.parameter, invocation.caller, returned_});
        plan(object.index, invocation.now);
    }
    if (result != ActionResult::success || !returned_) {
        return {result, std::nullopt};
    }
    return {result, xdlms::GetDataResult(returned_->view())};
}

const SecretBytes& LogicalDevice::secret(std::size_t association) const {
    const auto found = secrets_.find(association);
    return found != secrets_.end() ? found->second
                                   : declared_.associations[association].configuration.password;
}

}  // namespace dlms::simulator
