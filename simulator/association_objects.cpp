// What the objects of the current association tell of the others: the object list of logical names
// (class 15) with its selective access, and list and access rights of short names (class 12).

#include <algorithm>

#include "simulator/logical_device.hpp"
#include "stack/cosem/object_list_selection.hpp"

namespace dlms::simulator {

using axdr::DataBuilder;
using axdr::DataView;
using cosem::DataAccessResult;

namespace {

constexpr std::uint16_t association_sn_class = 12;
constexpr std::uint16_t association_ln_class = 15;

// Selectors of the object list, from 1 on.
constexpr std::int8_t ln_selectors = 4;
constexpr std::int8_t sn_selectors = 2;

/// How the object of an association writes access rights (Blue Book 4.4.3, 4.4.4): those of later
/// versions are bits, and name all protection that is asked for.
enum class RightsForm : std::uint8_t { booleans, numbers, bits };

RightsForm rights_form(std::uint16_t class_id, std::uint8_t version) {
    const bool short_names = class_id == association_sn_class;
    if (version >= (short_names ? 4 : 3)) {
        return RightsForm::bits;
    }
    return short_names || version > 0 ? RightsForm::numbers : RightsForm::booleans;
}

constexpr std::uint8_t authenticated_request = 0x04;

/// access_mode of an attribute: 0 none, 1 read, 2 write, 3 both, and 4 to 6 of the same for
/// authenticated requests.
std::uint8_t access_mode(bool readable, bool writable, std::uint8_t protection, RightsForm form) {
    const int mode = (readable ? 1 : 0) | (writable ? 2 : 0);
    if (mode == 0) {
        return 0;
    }
    return static_cast<std::uint8_t>(form == RightsForm::bits
                                         ? mode | protection
                                         : mode + ((protection & authenticated_request) ? 3 : 0));
}

/// access_mode of a method: 0 none, 1 access, 2 access for authenticated requests.
std::uint8_t method_mode(bool callable, std::uint8_t protection, RightsForm form) {
    if (!callable) {
        return 0;
    }
    return static_cast<std::uint8_t>(form == RightsForm::bits               ? 1 | protection
                                     : (protection & authenticated_request) ? 2
                                                                            : 1);
}

/// How many selectors of its selective access an attribute has, from 1.
std::int8_t selectors(const Attribute& attribute, std::int8_t of_object_list) {
    if (std::holds_alternative<ProfileBuffer>(attribute.value)) {
        return 2;
    }
    const auto* computed = std::get_if<ComputedValue>(&attribute.value);
    return computed && *computed == ComputedValue::object_list ? of_object_list : std::int8_t{0};
}

void add_attribute_access(DataBuilder& builder, std::int8_t id, std::uint8_t mode,
                          std::int8_t selector_count) {
    builder.structure(3).integer(id).enumerated(mode);
    if (selector_count == 0) {
        builder.null();
        return;
    }
    builder.array(static_cast<std::size_t>(selector_count));
    for (std::int8_t selector = 1; selector <= selector_count; ++selector) {
        builder.integer(selector);
    }
}

/// What an association may do, and how that is written.
struct Rights {
    bool read_only;
    RightsForm form;
};

void add_attributes(DataBuilder& builder, const MeterObject& object, const Rights& rights,
                    std::int8_t object_list_selectors) {
    builder.array(object.attributes.size() + 1);
    add_attribute_access(builder, 1, access_mode(true, false, 0, rights.form), 0);
    for (const Attribute& attribute : object.attributes) {
        add_attribute_access(
            builder, attribute.id,
            access_mode(attribute.readable, attribute.writable && !rights.read_only,
                        attribute.protection, rights.form),
            selectors(attribute, object_list_selectors));
    }
}

/// An object_list_element.
void add_object(DataBuilder& builder, const MeterObject& object, const Rights& rights) {
    builder.structure(4)
        .long_unsigned(object.class_id)
        .unsigned_(object.version)
        .octet_string(object.instance.octets())
        .structure(2);
    add_attributes(builder, object, rights, ln_selectors);
    builder.array(object.methods.size());
    for (const Method& method : object.methods) {
        const bool callable = method.callable && !rights.read_only;
        builder.structure(2).integer(method.id);
        if (rights.form == RightsForm::booleans) {
            builder.boolean(callable);
        } else {
            builder.enumerated(method_mode(callable, method.protection, rights.form));
        }
    }
}

}  // namespace

const axdr::Data& LogicalDevice::object_list(std::size_t association) {
    const auto own = views_.find(association);
    std::optional<axdr::Data>& list =
        own != views_.end() ? own->second.list : model_.object_lists()[association];
    if (!list) {
        list = uses_short_names(association) ? make_short_name_list(association)
                                             : make_object_list(association);
    }
    return *list;
}

void LogicalDevice::set_hidden(std::size_t association, std::size_t object, bool is_hidden) {
    OwnView& view = views_[association];
    const auto place = std::ranges::lower_bound(view.hidden, object);
    const bool was_hidden = place != view.hidden.end() && *place == object;
    if (is_hidden && !was_hidden) {
        view.hidden.insert(place, object);
    } else if (!is_hidden && was_hidden) {
        view.hidden.erase(place);
    }
    view.list.reset();
}

std::uint8_t LogicalDevice::association_version(std::uint16_t class_id) const {
    constexpr cosem::ObisCode current(0, 0, 40, 0, 0, 255);
    for (const MeterObject& object : declared_.objects) {
        if (object.class_id == class_id && object.instance == current) {
            return object.version;
        }
    }
    return 0;
}

axdr::Data LogicalDevice::make_object_list(std::size_t association) const {
    const Rights rights{
        declared_.associations[association].read_only,
        rights_form(association_ln_class, association_version(association_ln_class))};
    const auto visible = [&](const MeterObject& object) { return is_visible(association, object); };
    DataBuilder builder;
    builder.array(static_cast<std::size_t>(std::ranges::count_if(declared_.objects, visible)));
    for (const MeterObject& object : declared_.objects) {
        if (visible(object)) {
            add_object(builder, object, rights);
        }
    }
    return builder.finish().value_or(axdr::Data());
}

xdlms::GetDataResult LogicalDevice::object_list_part(const Caller& caller,
                                                     const cosem::SelectiveAccess& selection) {
    const auto part = [&](const auto& chosen) -> xdlms::GetDataResult {
        if (!chosen) {
            return chosen.error().code == ErrorCode::unknown_choice
                       ? DataAccessResult::other_reason
                       : DataAccessResult::type_unmatched;
        }
        answer_ = cosem::selected_objects(object_list(caller.association).view(), *chosen)
                      .value_or(axdr::Data());
        return answer_.view();
    };
    return uses_short_names(caller.association) ? part(cosem::read_sn_object_list_selection(
                                                      selection.selector, selection.parameters))
                                                : part(cosem::read_ln_object_list_selection(
                                                      selection.selector, selection.parameters));
}

axdr::Data LogicalDevice::make_short_name_list(std::size_t association) const {
    const auto visible = [&](const MeterObject& object) { return is_visible(association, object); };
    DataBuilder builder;
    builder.array(static_cast<std::size_t>(std::ranges::count_if(declared_.objects, visible)));
    for (std::size_t i = 0; i < declared_.objects.size(); ++i) {
        const MeterObject& object = declared_.objects[i];
        if (visible(object)) {
            builder.structure(4)
                .long_(static_cast<std::int16_t>(names_.base_name(i)))
                .long_unsigned(object.class_id)
                .unsigned_(object.version)
                .octet_string(object.instance.octets());
        }
    }
    return builder.finish().value_or(axdr::Data());
}

axdr::Data LogicalDevice::make_access_rights_list(std::size_t association) const {
    const Rights rights{
        declared_.associations[association].read_only,
        rights_form(association_sn_class, association_version(association_sn_class))};
    const auto visible = [&](const MeterObject& object) { return is_visible(association, object); };
    DataBuilder builder;
    builder.array(static_cast<std::size_t>(std::ranges::count_if(declared_.objects, visible)));
    for (std::size_t i = 0; i < declared_.objects.size(); ++i) {
        const MeterObject& object = declared_.objects[i];
        if (!visible(object)) {
            continue;
        }
        builder.structure(3).long_(static_cast<std::int16_t>(names_.base_name(i)));
        add_attributes(builder, object, rights, sn_selectors);
        builder.array(object.methods.size());
        for (const Method& method : object.methods) {
            builder.structure(2).integer(method.id).enumerated(
                method_mode(method.callable && !rights.read_only, method.protection, rights.form));
        }
    }
    return builder.finish().value_or(axdr::Data());
}

DataView LogicalDevice::user_list(std::size_t association) const {
    const bool short_names = uses_short_names(association);
    const auto place = first_of_class(short_names ? association_sn_class : association_ln_class,
                                      short_names ? 5 : 10);
    return place ? stored(*place) : DataView();
}

std::vector<std::uint8_t> LogicalDevice::users(std::size_t association) const {
    std::vector<std::uint8_t> ids;
    // Who needs no authentication has no users either.
    if (declared_.associations[association].configuration.mechanism == acse::Mechanism::lowest) {
        return ids;
    }
    for (const axdr::Data& user : elements_of(user_list(association))) {
        ids.push_back(static_cast<std::uint8_t>(member_number(user.view(), 0)));
    }
    return ids;
}

axdr::Data LogicalDevice::current_user(const Caller& caller) const {
    const auto id = static_cast<std::uint64_t>(caller.user_id.value_or(0));
    for (const axdr::Data& user : elements_of(user_list(caller.association))) {
        if (caller.user_id && member_number(user.view(), 0) == id) {
            return user;
        }
    }
    return make_data([&](DataBuilder& builder) {
        builder.structure(2).unsigned_(static_cast<std::uint8_t>(id)).visible_string("");
    });
}

/// read_by_logicalname: an array of {class_id, logical_name, attribute_index}; answered by an array
/// of the values, in order, or by the first refusal; other_reason for more than an answer holds.
cosem::ActionResult LogicalDevice::read_by_logical_name(const Invocation& invocation) {
    std::vector<axdr::Data> values;
    std::size_t octets = 0;
    const Caller caller = invocation.caller;
    for (const axdr::Data& wanted : elements_of(invocation.parameter)) {
        const auto name = obis_of(member(wanted.view(), 1));
        const auto id = member(wanted.view(), 2).signed_integer();
        if (!name || !id || *id < INT8_MIN || *id > INT8_MAX) {
            return cosem::ActionResult::type_unmatched;
        }
        const auto class_id = static_cast<std::uint16_t>(member_number(wanted.view(), 0));
        // The association itself, whose name that of logical names has too, is looked for by class.
        const bool is_own = class_id == association_sn_class && *name == invocation.object.instance;
        const std::expected<const MeterObject*, DataAccessResult> object =
            is_own ? std::expected<const MeterObject*, DataAccessResult>(&invocation.object)
                   : find(caller, class_id, *name);
        const xdlms::GetDataResult read =
            object
                ? get(caller, **object, static_cast<std::int8_t>(*id), std::nullopt, invocation.now)
                : xdlms::GetDataResult(object.error());
        if (const auto* refusal = std::get_if<cosem::DataAccessResult>(&read)) {
            return static_cast<cosem::ActionResult>(*refusal);
        }
        values.emplace_back(std::get<DataView>(read));
        octets += values.back().view().encoded().size();
        if (octets > limits::max_long_answer) {
            return cosem::ActionResult::other_reason;
        }
    }
    returned_ = make_array(values);
    return cosem::ActionResult::success;
}

}  // namespace dlms::simulator
