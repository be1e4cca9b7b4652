#pragma once
// A value of an attribute as a person expects it: the members `value`, `unit`, `scaler`, `type`,
// `raw` and `encoding` of the REST interface. Exact: never through a binary float.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "render/text_encoding.hpp"
#include "stack/axdr/data_view.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/cosem/scaler_unit.hpp"

namespace dlms::render {

using Json = nlohmann::ordered_json;

/// The unit in which energy (Wh, varh, VAh) is shown and written.
enum class EnergyUnit : std::uint8_t {
    kilo,  ///< kWh, kvarh, kVAh, the scaler moved by -3
    base,  ///< as the meter states it
};

/// What a brand's profile or an object catalogue knows of the octets of an attribute; nothing where
/// it knows nothing. It goes before every other rule.
using OctetHint =
    std::function<std::optional<OctetEncoding>(const cosem::AttributeDescriptor& attribute)>;

struct ValueOptions {
    EnergyUnit energy_unit = EnergyUnit::kilo;
    /// IANA name that goes beside a time without a stated deviation; empty for none.
    std::string time_zone;
    OctetHint octet_hint;
};

/// A unit as it is shown, and the scaler that belongs to it.
struct ShownUnit {
    std::string symbol;  ///< "kWh"; empty for "no unit"; "unit 58" for a reserved code
    int scaler = 0;
};

ShownUnit shown_unit(const cosem::ScalerUnit& scaler_unit, EnergyUnit energy_unit);

struct ShownValue {
    Json value;
    std::optional<ShownUnit> unit;  ///< of registers whose scaler_unit is known
    std::string_view type;          ///< the tag's name
    /// The meter's integer; of other simple types the octets behind tag and length as hex; of
    /// arrays and structures the A-XDR encoding as hex; of boolean and null-data the value.
    Json raw;
    std::optional<OctetEncoding> encoding;  ///< of octet-strings, texts and times
    bool lacks_offset = false;              ///< a time for which the meter states no deviation
    /// The value with the class table's names (named_json.hpp), where they add to it.
    std::optional<Json> decoded;
};

/// Registers with a scaler_unit become a decimal string in the unit shown; without one the raw
/// number as a string, and no unit. Elsewhere integers are JSON numbers, strings beyond 2^53.
/// `version` is the object's version of its class, as an object list states it; without it the
/// version whose types the data fit gives the names of `decoded`.
ShownValue show_value(const cosem::AttributeDescriptor& attribute, const axdr::DataView& data,
                      const std::optional<cosem::ScalerUnit>& scaler_unit,
                      const ValueOptions& options, std::optional<std::uint8_t> version = {});

/// The members value, unit, scaler, type, raw; encoding where there is one; decoded where the class
/// table has names for the value; and timeZone beside a time without an offset.
Json members(const ShownValue& shown, const ValueOptions& options);

/// One line for a terminal, for example "12345.67 kWh".
std::string text(const ShownValue& shown);

/// An integer as a JSON number, or as a string where a double would not hold it exactly.
Json integer_json(const cosem::ExactInteger& integer);

}  // namespace dlms::render
