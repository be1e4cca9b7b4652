#pragma once
// A JSON value as the Data that is written to an attribute: the reverse of value_json.hpp.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "render/json_clock.hpp"
#include "render/value_json.hpp"
#include "stack/axdr/data.hpp"
#include "stack/cosem/scaler_unit.hpp"

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

/// The Data of a JSON value. Forms besides the plain value, at any depth: {"raw": n} is the
/// meter's own integer, {"hex": "..."} the octets behind tag and length (of arrays and structures
/// the whole A-XDR encoding), {"text": "..."} an octet-string's characters, and
/// {"type": ..., "value": ...} names the type. A clock takes ISO 8601. A value that does not fit
/// its type is refused.
std::expected<axdr::Data, WriteFault> data_from_json(const Json& value, const WriteTarget& target,
                                                     const WriteOptions& options);

}  // namespace dlms::render
