// The objects that rule who sees what (Blue Book 4.4): association of logical and of short names
// (classes 15 and 12) and SAP assignment (17). Secrets are the affair of the device itself.

#include <algorithm>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

/// Where an association keeps its user_list.
std::int8_t user_list_id(const OwnObject& association) {
    constexpr std::uint16_t short_names = 12;
    return association.declared().class_id == short_names ? 5 : 10;
}

bool is_user(const DataView& user) {
    return user.elements()->size() == 2 && member(user, 0).is(Tag::unsigned_) &&
           member(user, 1).is(Tag::visible_string);
}

ActionResult add_user(const OwnObject& association, const MethodCall& call) {
    constexpr std::size_t most_users = 100;
    if (!is_user(call.parameter)) {
        return ActionResult::type_unmatched;
    }
    const std::int8_t list = user_list_id(association);
    std::vector<axdr::Data> users = elements_of(association.stored(list));
    std::erase_if(users, [&](const axdr::Data& user) {
        return member(user.view(), 0) == member(call.parameter, 0);
    });
    if (!association.stored(list).is(Tag::array) || users.size() >= most_users) {
        return ActionResult::other_reason;
    }
    users.emplace_back(call.parameter);
    association.store(list, make_array(users));
    return ActionResult::success;
}

ActionResult remove_user(const OwnObject& association, const MethodCall& call) {
    if (!is_user(call.parameter)) {
        return ActionResult::type_unmatched;
    }
    const std::int8_t list = user_list_id(association);
    std::vector<axdr::Data> users = elements_of(association.stored(list));
    const auto count =
        std::erase_if(users, [&](const axdr::Data& user) { return user.view() == call.parameter; });
    if (count == 0) {
        return ActionResult::other_reason;
    }
    association.store(list, make_array(users));
    return ActionResult::success;
}

/// An object_list_element names the object; its access rights stay those of the model.
ActionResult show(const OwnObject& association, const MethodCall& call, bool shown) {
    const auto name = obis_of(member(call.parameter, 2));
    if (call.parameter.elements()->size() != 4 || !name) {
        return ActionResult::type_unmatched;
    }
    const auto object = association.device.find_object(
        static_cast<std::uint16_t>(member_number(call.parameter, 0)), *name);
    // Without the objects that make an association one there would be no way back.
    if (!object || object == association.index) {
        return ActionResult::other_reason;
    }
    association.device.set_hidden(call.caller.association, *object, !shown);
    return ActionResult::success;
}

class AssociationLn final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {3, Tag::structure,
             [](const OwnObject& association, const MethodCall& call) {
                 return show(association, call, true);
             }},
            {4, Tag::structure,
             [](const OwnObject& association, const MethodCall& call) {
                 return show(association, call, false);
             }},
            {5, Tag::structure, add_user},
            {6, Tag::structure, remove_user}};
        return all;
    }
};

class AssociationSn final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{9, Tag::structure, add_user},
                                                  {10, Tag::structure, remove_user}};
        return all;
    }
};

/// {SAP, logical_device_name}: the device of that name is found at that SAP; at 0 not at all.
ActionResult connect_logical_device(const OwnObject& assignment, const MethodCall& call) {
    const auto sap = member(call.parameter, 0).unsigned_integer();
    const auto name = member(call.parameter, 1).octets();
    if (call.parameter.elements()->size() != 2 || !sap || *sap > UINT16_MAX || !name) {
        return ActionResult::type_unmatched;
    }
    LogicalDevice* found = nullptr;
    for (LogicalDevice* const device : assignment.device.meter().devices) {
        const bool is_it = std::ranges::equal(as_bytes(device->name()), *name);
        if (!is_it && *sap != 0 && device->sap().value() == *sap) {
            return ActionResult::other_reason;  // another one is there
        }
        found = is_it ? device : found;
    }
    // The management logical device, which has this object, stays where it is.
    if (!found || found == &assignment.device) {
        return ActionResult::other_reason;
    }
    found->set_sap(ServerSap(static_cast<std::uint16_t>(*sap)));
    return ActionResult::success;
}

class SapAssignment final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::structure, connect_logical_device}};
        return all;
    }
};

}  // namespace

const ClassBehaviour& association_ln_behaviour() {
    static const AssociationLn behaviour;
    return behaviour;
}

const ClassBehaviour& association_sn_behaviour() {
    static const AssociationSn behaviour;
    return behaviour;
}

const ClassBehaviour& sap_assignment_behaviour() {
    static const SapAssignment behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
