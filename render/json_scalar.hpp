#pragma once
// One simple value (no array, structure or compact-array) as JSON and back: json_data.hpp and
// named_json.hpp put these together.

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "render/json_data.hpp"
#include "stack/cosem/value_type.hpp"

namespace dlms::render {

/// What is known of a simple value that is to be made.
struct ScalarTarget {
    axdr::Tag tag{};
    /// What the class table says of it; nullptr where it says nothing.
    const cosem::ValueType* type = nullptr;
    /// What the meter shows there now, of the same tag.
    std::optional<axdr::DataView> present;
    /// How a text stands for octets, where brand profile or catalogue know.
    std::optional<OctetEncoding> hint;
    /// Of registers: the number is meant in this unit.
    std::optional<ShownUnit> unit;
};

/// A Data, or what was expected in its place ("true or false").
using MadeScalar = std::expected<axdr::Data, std::string>;

/// A simple value of JSON: its plain form, and {"raw": n} of integers, {"text": "..."} of octets,
/// and the object of a clock. Codes go by number or name, OBIS codes and IP addresses by text.
MadeScalar scalar_from_json(const Json& value, const ScalarTarget& target,
                            const LocalFromUtc& local_from_utc);

/// The octets behind tag and length, or of arrays, structures, compact-arrays and an unknown type
/// the whole A-XDR encoding.
MadeScalar data_from_hex(std::string_view hex, std::optional<axdr::Tag> tag);

/// A simple value as JSON from which scalar_from_json() or data_from_hex() make the same Data.
/// `type` may be nullptr; a Data that does not fit it must be shown without it.
Json exact_scalar_json(const axdr::DataView& data, const cosem::ValueType* type);

/// Whether the value is an object of this member alone.
bool has_only(const Json& value, const char* key);

/// Whether DataBuilder::integer_of() takes the tag.
bool is_integer_type(axdr::Tag tag);

}  // namespace dlms::render
