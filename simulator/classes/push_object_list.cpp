#include "simulator/classes/push_object_list.hpp"

#include <algorithm>

#include "simulator/classes/profile_generic.hpp"
#include "simulator/logical_device.hpp"
#include "stack/cosem/profile_selection.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;

enum class Restriction : std::uint8_t { none = 0, by_date = 1, by_entry = 2 };

constexpr std::size_t plain_members = 4;

/// An element: a capture object definition; from version 1 on a restriction {type, value}; in
/// version 2 columns.
struct PushObject {
    cosem::CaptureObject object;
    Restriction restriction = Restriction::none;
    axdr::Data bounds;  ///< {from, to}
    std::vector<cosem::CaptureObject> columns;
};

std::optional<PushObject> read_push_object(const DataView& element) {
    const auto size = element.elements();
    const auto name = obis_of(member(element, 1));
    const auto id = member(element, 2).signed_integer();
    if (!size || size->size() < plain_members || !name || !id || *id < INT8_MIN || *id > INT8_MAX) {
        return std::nullopt;
    }
    PushObject read;
    read.object = {.class_id = static_cast<std::uint16_t>(member_number(element, 0)),
                   .logical_name = *name,
                   .attribute_index = static_cast<std::int8_t>(*id),
                   .data_index = static_cast<std::uint16_t>(member_number(element, 3))};
    const DataView restriction = member(element, 4);
    const std::uint64_t type = member_number(restriction, 0);
    if (type > static_cast<std::uint64_t>(Restriction::by_entry)) {
        return std::nullopt;
    }
    read.restriction = static_cast<Restriction>(type);
    read.bounds = axdr::Data(member(restriction, 1));
    const DataView columns = member(element, 5);
    if (columns.is(Tag::array)) {
        auto all = cosem::read_capture_objects(columns);
        if (!all) {
            return std::nullopt;
        }
        read.columns = *std::move(all);
    }
    return read;
}

/// The columns that are wanted of all rows.
axdr::Data with_columns(const DataView& rows, std::span<const std::size_t> columns) {
    const auto all = rows.elements();
    return make_data([&](axdr::DataBuilder& builder) {
        builder.array(all ? all->size() : 0);
        if (all) {
            for (const DataView& row : *all) {
                cosem::write_selected(builder, row, columns);
            }
        }
    });
}

/// The selection that a restriction stands for; nothing where it selects everything.
std::optional<axdr::Data> selection_of(const PushObject& wanted,
                                       std::span<const cosem::CaptureObject> columns) {
    const DataView from = member(wanted.bounds.view(), 0);
    const DataView to = member(wanted.bounds.view(), 1);
    if (wanted.restriction == Restriction::by_entry) {
        const cosem::EntryDescriptor entries{
            .from_entry = static_cast<std::uint32_t>(from.unsigned_integer().value_or(0)),
            .to_entry = static_cast<std::uint32_t>(to.unsigned_integer().value_or(0))};
        const auto made = cosem::to_data(entries);
        return made ? std::optional(*made) : std::nullopt;
    }
    const auto clock = std::ranges::find_if(columns, cosem::is_clock);
    if (wanted.restriction == Restriction::by_date && clock != columns.end()) {
        cosem::RangeDescriptor range;
        range.restricting_object = *clock;
        range.from = from;
        range.to = to;
        const auto made = cosem::to_data(range);
        return made ? std::optional(*made) : std::nullopt;
    }
    return std::nullopt;
}

/// The buffer of a profile, or the part of it that is wanted. Null-data where it cannot be read.
axdr::Data buffer_of(const OwnObject& profile, const PushObject& wanted) {
    constexpr std::int8_t columns_id = 3;
    const auto columns = cosem::read_capture_objects(profile.stored(columns_id))
                             .value_or(std::vector<cosem::CaptureObject>());
    std::optional<cosem::SelectiveAccess> selection;
    std::optional<axdr::Data> parameters;
    if (wanted.restriction != Restriction::none) {
        parameters = selection_of(wanted, columns);
        if (!parameters) {
            return {};
        }
        selection = {.selector = wanted.restriction == Restriction::by_entry
                                     ? cosem::entry_selector
                                     : cosem::range_selector,
                     .parameters = parameters->view()};
    }
    auto rows = read_profile_of(profile, selection);
    if (!rows || wanted.columns.empty()) {
        return rows ? *std::move(rows) : axdr::Data();
    }
    cosem::RangeDescriptor chosen;
    chosen.selected_values = wanted.columns;
    const auto places = cosem::selected_columns(chosen, columns);
    return places ? with_columns(rows->view(), *places) : axdr::Data();
}

axdr::Data value_of(const OwnObject& setup, const PushObject& wanted) {
    const auto object =
        setup.device.find_object(wanted.object.class_id, wanted.object.logical_name);
    if (!object) {
        return {};
    }
    const Attribute* const attribute =
        setup.device.object(*object).attribute(wanted.object.attribute_index);
    if (!attribute || !std::holds_alternative<ProfileBuffer>(attribute->value)) {
        return setup.device.captured(wanted.object, setup.now);
    }
    const axdr::Data rows = buffer_of(OwnObject(setup.device, *object, setup.now), wanted);
    return wanted.object.data_index == 0
               ? rows
               : axdr::Data(LogicalDevice::part(rows.view(), wanted.object.data_index));
}

}  // namespace

std::optional<axdr::Data> push_body(const OwnObject& setup) {
    const DataView list = setup.stored(2);
    if (!list.is(Tag::array)) {
        return std::nullopt;
    }
    std::vector<axdr::Data> values;
    for (const axdr::Data& element : elements_of(list)) {
        const auto wanted = read_push_object(element.view());
        if (!wanted) {
            return std::nullopt;
        }
        values.push_back(value_of(setup, *wanted));
    }
    return make_data([&](axdr::DataBuilder& builder) {
        builder.structure(values.size());
        for (const axdr::Data& value : values) {
            builder.element(value.view());
        }
    });
}

}  // namespace dlms::simulator
