#pragma once
// An attribute's value with the names that the class table has for it: the member `decoded` beside
// `value`. data_from_json() of json_data.hpp makes the same octets of it again.

#include <cstdint>
#include <optional>

#include "render/value_json.hpp"
#include "stack/cosem/value_type.hpp"

namespace dlms::render {

/// A Data as its type has it: structures are objects of their members, codes with a name are that
/// name, OBIS codes "1-0:1.8.0.255", times ISO 8601, octets that are no printable text
/// {"hex": "..."}. What does not fit the type, and what the type leaves open, is
/// {"type": ..., "value": ...}, in which every part names its type.
Json named_json(const axdr::DataView& data, const cosem::ValueType& type);

/// The same for an attribute, of the version given or of the one that the data fit; nothing where
/// names add nothing to the plain value, and where the data do not fit the class table.
std::optional<Json> decoded_json(const cosem::AttributeDescriptor& attribute,
                                 const axdr::DataView& data,
                                 std::optional<std::uint8_t> version = {});

}  // namespace dlms::render
