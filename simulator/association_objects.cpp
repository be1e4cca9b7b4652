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

// Selectors of the object list, from 1 on.
constexpr std::int8_t ln_selectors = 4;
constexpr std::int8_t sn_selectors = 2;

/// access_mode of an attribute (Blue Book 4.4.4): 0 none, 1 read, 2 write, 3 both.
std::uint8_t access_mode(bool readable, bool writable) {
    return static_cast<std::uint8_t>((readable ? 1 : 0) | (writable ? 2 : 0));
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

void add_attributes(DataBuilder& builder, const MeterObject& object, bool read_only,
                    std::int8_t object_list_selectors) {
    builder.array(object.attributes.size() + 1);
    add_attribute_access(builder, 1, access_mode(true, false), 0);
    for (const Attribute& attribute : object.attributes) {
        add_attribute_access(builder, attribute.id,
                             access_mode(attribute.readable, attribute.writable && !read_only),
                             selectors(attribute, object_list_selectors));
    }
}

/// An object_list_element.
void add_object(DataBuilder& builder, const MeterObject& object, bool read_only) {
    builder.structure(4)
        .long_unsigned(object.class_id)
        .unsigned_(object.version)
        .octet_string(object.instance.octets())
        .structure(2);
    add_attributes(builder, object, read_only, ln_selectors);
    builder.array(object.methods.size());
    for (const Method& method : object.methods) {
        builder.structure(2).integer(method.id).boolean(method.callable && !read_only);
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

axdr::Data LogicalDevice::make_object_list(std::size_t association) const {
    const auto visible = [&](const MeterObject& object) { return is_visible(association, object); };
    DataBuilder builder;
    builder.array(static_cast<std::size_t>(std::ranges::count_if(declared_.objects, visible)));
    for (const MeterObject& object : declared_.objects) {
        if (visible(object)) {
            add_object(builder, object, declared_.associations[association].read_only);
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
    const bool read_only = declared_.associations[association].read_only;
    const auto visible = [&](const MeterObject& object) { return is_visible(association, object); };
    DataBuilder builder;
    builder.array(static_cast<std::size_t>(std::ranges::count_if(declared_.objects, visible)));
    for (std::size_t i = 0; i < declared_.objects.size(); ++i) {
        const MeterObject& object = declared_.objects[i];
        if (!visible(object)) {
            continue;
        }
        builder.structure(3).long_(static_cast<std::int16_t>(names_.base_name(i)));
        add_attributes(builder, object, read_only, sn_selectors);
        builder.array(object.methods.size());
        for (const Method& method : object.methods) {
            builder.structure(2).integer(method.id).enumerated(method.callable && !read_only ? 1
                                                                                             : 0);
        }
    }
    return builder.finish().value_or(axdr::Data());
}

}  // namespace dlms::simulator
