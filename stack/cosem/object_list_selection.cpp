#include "stack/cosem/object_list_selection.hpp"

#include <algorithm>

#include "stack/cosem/capture_object.hpp"

namespace dlms::cosem {
namespace {

using axdr::Data;
using axdr::DataBuilder;
using axdr::DataView;
using axdr::Tag;

using Choices = std::vector<ObjectChoice>;

Result<ObjectChoice> read_class_id(const DataView& data) {
    const auto class_id = detail::number_of(data, UINT16_MAX);
    if (!class_id) {
        return std::unexpected(class_id.error());
    }
    return ObjectChoice{static_cast<std::uint16_t>(*class_id), std::nullopt};
}

Result<ObjectChoice> read_object_id(const DataView& data) {
    const auto members = detail::members_of(data, 2);
    if (!members) {
        return std::unexpected(members.error());
    }
    auto member = members->begin();
    const auto class_id = detail::number_of(*member, UINT16_MAX);
    const auto logical_name = detail::obis_code_of(*++member);
    if (!class_id || !logical_name) {
        return std::unexpected(!class_id ? class_id.error() : logical_name.error());
    }
    return ObjectChoice{static_cast<std::uint16_t>(*class_id), *logical_name};
}

Result<ObjectChoice> read_name(const DataView& data) {
    if (data.is(Tag::structure)) {
        return read_object_id(data);
    }
    const auto logical_name = detail::obis_code_of(data);
    if (!logical_name) {
        return std::unexpected(logical_name.error());
    }
    return ObjectChoice{std::nullopt, *logical_name};
}

using ReadOne = Result<ObjectChoice> (*)(const DataView&);

Result<Choices> read_one(const DataView& data, ReadOne read) {
    const Result<ObjectChoice> choice = read(data);
    if (!choice) {
        return std::unexpected(choice.error());
    }
    return Choices{*choice};
}

Result<Choices> read_list(const DataView& data, ReadOne read) {
    const auto elements = data.elements();
    if (!data.is(Tag::array) || !elements) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    Choices choices;
    choices.reserve(elements->size());
    for (const DataView element : *elements) {
        const Result<ObjectChoice> choice = read(element);
        if (!choice) {
            return std::unexpected(choice.error());
        }
        choices.push_back(*choice);
    }
    return choices;
}

Result<Choices> read_ln_choices(LnObjectListSelector selector, const DataView& data) {
    switch (selector) {
        case LnObjectListSelector::all_without_access_rights:
            return data.is_null() ? Result<Choices>(Choices())
                                  : fail(ErrorCode::type_mismatch, Layer::cosem);
        case LnObjectListSelector::class_list: return read_list(data, read_class_id);
        case LnObjectListSelector::object_id_list: return read_list(data, read_object_id);
        case LnObjectListSelector::object_id: return read_one(data, read_object_id);
    }
    return fail(ErrorCode::unknown_choice, Layer::cosem);
}

bool is_class(const ObjectChoice& choice) {
    return choice.class_id.has_value() && !choice.logical_name.has_value();
}

bool is_name(const ObjectChoice& choice) {
    return choice.logical_name.has_value() && !choice.class_id.has_value();
}

bool is_object_id(const ObjectChoice& choice) {
    return choice.class_id.has_value() && choice.logical_name.has_value();
}

void write_object_id(DataBuilder& builder, const ObjectChoice& choice) {
    builder.structure(2)
        .long_unsigned(*choice.class_id)
        .octet_string(choice.logical_name->octets());
}

bool is_chosen(const Choices& choices, std::uint16_t class_id, const ObisCode& logical_name) {
    return std::ranges::any_of(choices, [&](const ObjectChoice& choice) {
        return choice.class_id.value_or(class_id) == class_id &&
               choice.logical_name.value_or(logical_name) == logical_name;
    });
}

/// Where class_id and logical_name stand in an entry of an object_list.
struct EntryLayout {
    std::size_t class_id;
    std::size_t logical_name;
};
constexpr EntryLayout ln_entry{0, 2};
constexpr EntryLayout sn_entry{1, 3};

Result<ObjectChoice> read_entry(const DataView& entry, EntryLayout layout) {
    const auto members = detail::members_of(entry, 4);
    if (!members) {
        return std::unexpected(members.error());
    }
    const auto class_id = detail::number_of(*entry.element(layout.class_id), UINT16_MAX);
    const auto logical_name = detail::obis_code_of(*entry.element(layout.logical_name));
    if (!class_id || !logical_name) {
        return std::unexpected(!class_id ? class_id.error() : logical_name.error());
    }
    return ObjectChoice{static_cast<std::uint16_t>(*class_id), *logical_name};
}

template <class Selection>
Result<std::vector<DataView>> selected_entries(const DataView& list, const Selection& selection,
                                               EntryLayout layout) {
    const auto elements = list.elements();
    if (!list.is(Tag::array) || !elements) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    std::vector<DataView> entries;
    for (const DataView entry : *elements) {
        const Result<ObjectChoice> object = read_entry(entry, layout);
        if (!object) {
            return std::unexpected(object.error());
        }
        if (selects(selection, *object->class_id, *object->logical_name)) {
            entries.push_back(entry);
        }
    }
    return entries;
}

}  // namespace

Result<LnObjectListSelection> read_ln_object_list_selection(std::uint8_t selector,
                                                            const DataView& parameters) {
    const auto known = static_cast<LnObjectListSelector>(selector);
    Result<Choices> choices = read_ln_choices(known, parameters);
    if (!choices) {
        return std::unexpected(choices.error());
    }
    return LnObjectListSelection{known, std::move(*choices)};
}

Result<SnObjectListSelection> read_sn_object_list_selection(std::uint8_t selector,
                                                            const DataView& parameters) {
    if (selector != static_cast<std::uint8_t>(SnObjectListSelector::class_id) &&
        selector != static_cast<std::uint8_t>(SnObjectListSelector::logical_name)) {
        return fail(ErrorCode::unknown_choice, Layer::cosem);
    }
    const auto known = static_cast<SnObjectListSelector>(selector);
    const ReadOne read = known == SnObjectListSelector::class_id ? read_class_id : read_name;
    Result<Choices> choices =
        parameters.is(Tag::array) ? read_list(parameters, read) : read_one(parameters, read);
    if (!choices) {
        return std::unexpected(choices.error());
    }
    return SnObjectListSelection{known, std::move(*choices)};
}

Result<Data> to_data(const LnObjectListSelection& selection) {
    const Choices& choices = selection.choices;
    DataBuilder builder;
    bool fits = false;
    switch (selection.selector) {
        case LnObjectListSelector::all_without_access_rights:
            fits = choices.empty();
            builder.null();
            break;
        case LnObjectListSelector::class_list:
            fits = std::ranges::all_of(choices, is_class);
            builder.array(choices.size());
            for (std::size_t i = 0; fits && i < choices.size(); ++i) {
                builder.long_unsigned(*choices[i].class_id);
            }
            break;
        case LnObjectListSelector::object_id_list:
            fits = std::ranges::all_of(choices, is_object_id);
            builder.array(choices.size());
            for (std::size_t i = 0; fits && i < choices.size(); ++i) {
                write_object_id(builder, choices[i]);
            }
            break;
        case LnObjectListSelector::object_id:
            fits = choices.size() == 1 && is_object_id(choices[0]);
            if (fits) {
                write_object_id(builder, choices[0]);
            }
            break;
    }
    return fits ? builder.finish() : fail(ErrorCode::out_of_range, Layer::cosem);
}

Result<Data> to_data(const SnObjectListSelection& selection) {
    const bool by_class = selection.selector == SnObjectListSelector::class_id;
    if (selection.choices.size() != 1 || !(by_class ? is_class : is_name)(selection.choices[0])) {
        return fail(ErrorCode::out_of_range, Layer::cosem);
    }
    const ObjectChoice& choice = selection.choices[0];
    DataBuilder builder;
    by_class ? builder.long_unsigned(*choice.class_id)
             : builder.octet_string(choice.logical_name->octets());
    return builder.finish();
}

bool selects(const LnObjectListSelection& selection, std::uint16_t class_id,
             const ObisCode& logical_name) {
    return selection.selector == LnObjectListSelector::all_without_access_rights ||
           is_chosen(selection.choices, class_id, logical_name);
}

bool selects(const SnObjectListSelection& selection, std::uint16_t class_id,
             const ObisCode& logical_name) {
    return is_chosen(selection.choices, class_id, logical_name);
}

Result<Data> selected_objects(const DataView& object_list, const LnObjectListSelection& selection) {
    const auto entries = selected_entries(object_list, selection, ln_entry);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    DataBuilder builder;
    builder.array(entries->size());
    for (const DataView& entry : *entries) {
        if (selection.shows_access_rights()) {
            builder.element(entry);
            continue;
        }
        builder.structure(3);
        for (std::size_t i = 0; i < 3; ++i) {
            builder.element(*entry.element(i));
        }
    }
    return builder.finish();
}

Result<Data> selected_objects(const DataView& object_list, const SnObjectListSelection& selection) {
    const auto entries = selected_entries(object_list, selection, sn_entry);
    if (!entries) {
        return std::unexpected(entries.error());
    }
    DataBuilder builder;
    builder.array(entries->size());
    for (const DataView& entry : *entries) {
        builder.element(entry);
    }
    return builder.finish();
}

}  // namespace dlms::cosem
