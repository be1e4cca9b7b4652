#pragma once
// What the class table (stack/cosem/interface_class.hpp) says of an attribute, as far as showing
// and writing a single value needs it.

#include <cstdint>
#include <optional>
#include <vector>

#include "stack/axdr/tag.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::render {

/// Whether the attribute is shown with its scaler applied: a single value for which the class has a
/// scaler_unit, as class 3 and 4 attribute 2, class 5 attributes 2 and 3, class 67 attribute 7. The
/// lists of register tables stay as they are.
bool is_register_value(std::uint16_t class_id, std::int8_t attribute_id);

/// The type that the class gives the attribute; nothing where the class leaves it open, where its
/// versions disagree, or where it is not in the table.
std::optional<axdr::Tag> attribute_type(std::uint16_t class_id, std::int8_t attribute_id);

/// The types that the versions of a class give an attribute, the newest first and each once; of
/// one version only where that is known and in the table. Empty for what is not in the table.
std::vector<const cosem::ValueType*> attribute_types(std::uint16_t class_id,
                                                     std::int8_t attribute_id,
                                                     std::optional<std::uint8_t> version = {});

/// The one of some types that fits the data best, the first of equals; nullptr when none fits.
const cosem::ValueType* best_fit(const std::vector<const cosem::ValueType*>& types,
                                 const axdr::DataView& data);

}  // namespace dlms::render
