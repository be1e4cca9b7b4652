#include "render/named_json.hpp"

#include <algorithm>

#include "render/attribute_table.hpp"
#include "render/json_data.hpp"
#include "render/json_scalar.hpp"
#include "stack/base/hex.hpp"

namespace dlms::render {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::Meaning;
using cosem::ValueType;
using Form = ValueType::Form;

Json typed(const DataView& data) {
    Json json;
    json["type"] = name(data.tag());
    Json& value = json["value"];
    if (const auto elements = data.elements()) {
        value = Json::array();
        for (const DataView element : *elements) {
            value.push_back(typed(element));
        }
    } else if (data.is(Tag::compact_array)) {
        value["hex"] = to_hex(data.encoded());
    } else {
        value = exact_scalar_json(data, nullptr);
    }
    return json;
}

Json named_choice(const DataView& data, const ValueType& type) {
    for (const cosem::TypeMember& alternative : type.members) {
        if (fit(*alternative.type, data) != cosem::Fit::exact) {
            continue;
        }
        Json json = named_json(data, *alternative.type);
        // Two alternatives may look the same in JSON.
        const auto read_back = data_from_json(json, type, {});
        if (read_back && read_back->view() == data) {
            return json;
        }
    }
    return typed(data);
}

Json named_structure(const DataView& data, const ValueType& type) {
    const auto elements = data.elements();
    if (!data.is(Tag::structure) || !elements || elements->size() != type.members.size() ||
        type.members.empty()) {
        return typed(data);
    }
    Json json = Json::object();
    auto member = type.members.begin();
    for (const DataView element : *elements) {
        json[member->name] = named_json(element, *member->type);
        ++member;
    }
    return json;
}

Json named_array(const DataView& data, const ValueType& type) {
    const auto elements = data.elements();
    if (!data.is(Tag::array) || !elements) {
        return typed(data);
    }
    Json json = Json::array();
    for (const DataView element : *elements) {
        json.push_back(named_json(element, *type.item));
    }
    return json;
}

/// Whether the type has names or forms that the plain value lacks.
bool says_more(const ValueType& type) {
    switch (type.form) {
        case Form::any: return false;
        case Form::simple:
            return !type.codes.empty() || type.meaning == Meaning::obis_code ||
                   type.meaning == Meaning::unit || type.meaning == Meaning::ipv4_address ||
                   type.meaning == Meaning::ipv6_address;
        case Form::structure: return !type.members.empty();
        case Form::array: return says_more(*type.item);
        case Form::choice:
            return std::ranges::any_of(type.members, [](const cosem::TypeMember& alternative) {
                return says_more(*alternative.type);
            });
    }
    return false;
}

}  // namespace

Json named_json(const DataView& data, const ValueType& type) {
    switch (type.form) {
        case Form::any: break;
        case Form::simple:
            if (data.is(type.tag)) {
                return exact_scalar_json(data, &type);
            }
            break;
        case Form::structure: return named_structure(data, type);
        case Form::array: return named_array(data, type);
        case Form::choice: return named_choice(data, type);
    }
    return typed(data);
}

std::optional<Json> decoded_json(const cosem::AttributeDescriptor& attribute, const DataView& data,
                                 std::optional<std::uint8_t> version) {
    const auto types = attribute_types(attribute.class_id, attribute.attribute_id, version);
    const ValueType* type = best_fit(types, data);
    if (type == nullptr || data.is_null() || !says_more(*type)) {
        return std::nullopt;
    }
    return named_json(data, *type);
}

}  // namespace dlms::render
