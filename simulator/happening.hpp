#pragma once
// What happens to a meter and may be logged: a profile declares which of them make it capture.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace dlms::simulator {

enum class MeterHappening : std::uint8_t {
    power_off,
    power_on,
    clock_set,
    relay_off,
    relay_on,
    token_accepted,
    token_refused,
    credit_exhausted,
    over_threshold,  ///< of a limiter or a register monitor
    under_threshold,
    calendar_activated,
    image_activated,
    wrong_password,
    cover_opened,
    cover_closed,
    terminal_cover_opened,
    magnetic_field,
};

inline constexpr std::array<std::string_view, 17> happening_names = {
    "power_off",      "power_on",        "clock_set",          "relay_off",
    "relay_on",       "token_accepted",  "token_refused",      "credit_exhausted",
    "over_threshold", "under_threshold", "calendar_activated", "image_activated",
    "wrong_password", "cover_opened",    "cover_closed",       "terminal_cover_opened",
    "magnetic_field",
};

constexpr std::optional<MeterHappening> happening_from_name(std::string_view name) {
    for (std::size_t i = 0; i < happening_names.size(); ++i) {
        if (happening_names[i] == name) {
            return static_cast<MeterHappening>(i);
        }
    }
    return std::nullopt;
}

}  // namespace dlms::simulator
