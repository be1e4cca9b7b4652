#include "render/attribute_table.hpp"

#include <algorithm>

namespace dlms::render {

bool is_register_value(std::uint16_t class_id, std::int8_t attribute_id) {
    using Form = cosem::ValueType::Form;
    const cosem::ClassAttribute* attribute = cosem::find_attribute(class_id, attribute_id);
    return attribute != nullptr && attribute->scaler_unit != 0 &&
           (attribute->type->form == Form::simple || attribute->type->form == Form::any);
}

std::vector<const cosem::ValueType*> attribute_types(std::uint16_t class_id,
                                                     std::int8_t attribute_id,
                                                     std::optional<std::uint8_t> version) {
    std::vector<const cosem::ValueType*> types;
    const auto add = [&types, attribute_id](const cosem::InterfaceClass& row) {
        const cosem::ClassAttribute* attribute = cosem::find_attribute(row, attribute_id);
        if (attribute != nullptr && std::ranges::find(types, attribute->type) == types.end()) {
            types.push_back(attribute->type);
        }
    };
    if (const auto* row = version ? cosem::find_class(class_id, *version) : nullptr) {
        add(*row);
        return types;
    }
    const auto versions = cosem::versions_of_class(class_id);
    std::for_each(versions.rbegin(), versions.rend(), add);
    if (types.empty() && attribute_id == 1) {
        types.push_back(cosem::find_attribute(class_id, attribute_id)->type);
    }
    return types;
}

std::optional<axdr::Tag> attribute_type(std::uint16_t class_id, std::int8_t attribute_id) {
    std::optional<axdr::Tag> common;
    for (const cosem::ValueType* type : attribute_types(class_id, attribute_id)) {
        const std::optional<axdr::Tag> tag = tag_of(*type);
        if (!tag || (common && common != tag)) {
            return std::nullopt;
        }
        common = tag;
    }
    return common;
}

const cosem::ValueType* best_fit(const std::vector<const cosem::ValueType*>& types,
                                 const axdr::DataView& data) {
    const cosem::ValueType* best = nullptr;
    cosem::Fit best_so_far = cosem::Fit::none;
    for (const cosem::ValueType* type : types) {
        const cosem::Fit how = fit(*type, data);
        if (how > best_so_far) {
            best = type;
            best_so_far = how;
        }
    }
    return best;
}

}  // namespace dlms::render
