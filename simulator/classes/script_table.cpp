#include "simulator/classes/script_table.hpp"

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

/// The meter acts on its own behalf: what its client may do does not matter.
ActionResult execute_action(const OwnObject& table, const DataView& action) {
    constexpr std::uint64_t no_action = 0;
    constexpr std::uint64_t write_attribute = 1;
    constexpr std::uint64_t execute_method = 2;
    if (!action.is(Tag::structure) || action.elements()->size() != 5) {
        return ActionResult::type_unmatched;
    }
    const Result<std::uint64_t> service = member(action, 0).unsigned_integer();
    const Result<std::uint64_t> class_id = member(action, 1).unsigned_integer();
    const auto instance = obis_of(member(action, 2));
    const Result<std::int64_t> index = member(action, 3).signed_integer();
    if (!service || !class_id || *class_id > UINT16_MAX || !instance || !index ||
        *index < INT8_MIN || *index > INT8_MAX) {
        return ActionResult::type_unmatched;
    }
    if (*service == no_action) {
        return ActionResult::success;
    }
    const auto object = table.device.find_object(static_cast<std::uint16_t>(*class_id), *instance);
    if (!object || (*service != write_attribute && *service != execute_method)) {
        return ActionResult::object_undefined;
    }
    const AttributePlace place{*object, static_cast<std::int8_t>(*index)};
    return *service == write_attribute
               ? static_cast<ActionResult>(table.device.put(place, member(action, 4), table.now))
               : table.device.invoke(place, member(action, 4), table.now);
}

ActionResult execute(const OwnObject& object, const MethodCall& call) {
    return object.device.run_script(object.declared().instance, *call.parameter.unsigned_integer(),
                                    Instigator::remote, object.now);
}

class ScriptTable final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::long_unsigned, execute}};
        return all;
    }
};

}  // namespace

ActionResult execute_script(const OwnObject& table, std::uint64_t script) {
    const axdr::Data scripts(table.stored(2));  // a script may write this attribute
    const auto all = scripts.view().elements();
    if (!all || !scripts.view().is(Tag::array)) {
        return ActionResult::other_reason;
    }
    for (const DataView& candidate : *all) {
        const DataView actions = member(candidate, 1);
        if (!actions.is(Tag::array) ||
            member(candidate, 0).unsigned_integer().value_or(0) != script || script == 0) {
            continue;
        }
        const auto each = actions.elements();
        for (const DataView& action : *each) {
            const ActionResult result = execute_action(table, action);
            if (result != ActionResult::success) {
                return result;
            }
        }
        return ActionResult::success;
    }
    return ActionResult::other_reason;
}

const ClassBehaviour& script_table_behaviour() {
    static const ScriptTable behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
