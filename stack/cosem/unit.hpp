#pragma once
// The unit enumeration of scaler_unit (Blue Book 4.3.2; sheet section 14).

#include <cstdint>
#include <optional>
#include <string_view>

namespace dlms::cosem {

/// A unit code as it stands on the wire; codes that the table does not know are kept.
enum class Unit : std::uint8_t {
    watt = 27,
    volt_ampere = 28,
    var = 29,
    watt_hour = 30,
    volt_ampere_hour = 31,
    var_hour = 32,
    ampere = 33,
    volt = 35,
    hertz = 44,
    none = 255,
};

/// The symbol, for example "Wh" or "m³" (UTF-8). Empty for `none`, and nothing for reserved codes.
std::optional<std::string_view> symbol(Unit unit);

/// The unit of a symbol, the lowest code where several share one; nothing for an unknown text.
std::optional<Unit> unit_from_symbol(std::string_view symbol);

}  // namespace dlms::cosem
