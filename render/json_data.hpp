#pragma once
// A JSON value as the Data that is written to an attribute: the reverse of value_json.hpp.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "render/json_clock.hpp"
#include "render/value_json.hpp"
#include "stack/axdr/data.hpp"
#include "stack/cosem/scaler_unit.hpp"
#include "stack/cosem/value_type.hpp"

namespace dlms::render {

/// Why a JSON value cannot be written: what was expected, what came, and where.
struct WriteFault {
    std::string message;  ///< for example "value[1]: expected an integer from 0 to 255, got 300"
};

/// What is written to.
struct WriteTarget {
    cosem::AttributeDescriptor attribute;
    /// The type to write; nothing when neither caller, catalogue nor class table knows it.
    std::optional<axdr::Tag> type;
    /// What a GET of the attribute shows. It gives the type where `type` is nothing, the types of
    /// the elements of an array or structure, and a clock's deviation and status.
    std::optional<axdr::DataView> present;
    /// Of registers: the value is then taken as it is shown, and turned back exactly.
    std::optional<cosem::ScalerUnit> scaler_unit;
    /// The object's version of its class, where it is known; else the versions are tried, and
    /// `present` tells which it is.
    std::optional<std::uint8_t> version{};
};

struct WriteOptions {
    EnergyUnit energy_unit = EnergyUnit::kilo;
    OctetHint octet_hint;
    /// The local time of an instant (seconds since 1970 UTC) where the meter is, for a meter that
    /// states no deviation. Without it the meter's time is taken for UTC.
    LocalFromUtc local_from_utc;
};

/// A tag by its number (0-255) or its name, also with underscores or in capitals; nothing for
/// everything else.
std::optional<axdr::Tag> tag_from_json(const Json& data_type);

/// A value that says all by itself: octets, or a value with its own type.
bool says_its_type(const Json& value);

/// The Data of a JSON value. Forms besides the plain value, at any depth: {"raw": n} is the
/// meter's own integer, {"hex": "..."} the octets behind tag and length (of arrays and structures
/// the whole A-XDR encoding), {"text": "..."} an octet-string's characters, and
/// {"type": ..., "value": ...} names the type. A clock takes ISO 8601. A value that does not fit
/// its type is refused.
///
/// A structure that the class table knows takes an object with all of its members by name, or a
/// list of them in order; what named_json.hpp shows is taken back. The value may also be the object
/// of the attribute's own name alone: {"threshold_normal": 5000}. Where `present` has another shape
/// than the class table says, `present` counts and the table does not.
std::expected<axdr::Data, WriteFault> data_from_json(const Json& value, const WriteTarget& target,
                                                     const WriteOptions& options);

/// The same for a type of the class table that is not an attribute's: a method's parameter.
std::expected<axdr::Data, WriteFault> data_from_json(const Json& value,
                                                     const cosem::ValueType& type,
                                                     const WriteOptions& options);

/// One attribute out of an object of several.
struct NamedAttribute {
    std::int8_t attribute_id = 0;
    const Json* value = nullptr;  ///< a member of the object that was handed in
};

/// The attributes that the members of an object name, as in {"threshold_normal": 5000,
/// "threshold_emergency": 2000}, in the order of the members; a fault for a name that the class
/// does not have, for a name that stands twice, and for what is no object.
std::expected<std::vector<NamedAttribute>, WriteFault> attributes_from_json(
    const Json& object, std::uint16_t class_id, std::optional<std::uint8_t> version = {});

}  // namespace dlms::render
