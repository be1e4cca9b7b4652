#pragma once
// scaler_unit: value = raw * 10^scaler in a unit (Blue Book 4.3.2). Decimals are exact: never
// through a binary float.

#include <optional>
#include <string>

#include "stack/axdr/data_view.hpp"
#include "stack/cosem/unit.hpp"

namespace dlms::cosem {

struct ScalerUnit {
    std::int8_t scaler = 0;
    Unit unit = Unit::none;

    friend bool operator==(const ScalerUnit&, const ScalerUnit&) = default;
};

/// From structure {integer scaler, enum unit}. Errors: type_mismatch, element_missing.
Result<ScalerUnit> read_scaler_unit(const axdr::DataView& data);

/// An integer with sign and up to 64 bits of magnitude: every integer type fits.
struct ExactInteger {
    bool negative = false;
    std::uint64_t magnitude = 0;

    friend bool operator==(const ExactInteger&, const ExactInteger&) = default;
};

/// The integer of a Data; type_mismatch for another type.
Result<ExactInteger> read_exact_integer(const axdr::DataView& data);

/// raw * 10^scaler in decimal: with exactly -scaler decimals when the scaler is negative (raw 1200,
/// scaler -3: "1.200"), multiplied out when it is positive (raw 5, scaler 4: "50000").
std::string decimal_text(ExactInteger raw, int scaler);

/// The raw integer whose decimal_text() is a decimal number, for writing: the reverse of the
/// above. Errors: invalid_text; value_out_of_range when digits would be lost or 64 bits exceeded.
Result<ExactInteger> raw_from_decimal(std::string_view text, int scaler);

}  // namespace dlms::cosem
