#pragma once
// LoadModel: what a simulated connection point consumes and feeds in. Repeatable: every value is a
// function of the seed and of the time since the start, however often it is asked for.
//
// Power is linear between knots one minute apart, and energy is its exact integral, so energy and
// power agree. Consumption has a morning and an evening peak, feed-in follows the sun.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/cosem/date_time.hpp"

namespace dlms::simulator {

enum class Quantity : std::uint8_t {
    voltage,                 ///< V, of a phase
    current,                 ///< A, of a phase, or the sum of the phases
    current_neutral,         ///< A
    active_power_import,     ///< W, of a phase or all
    active_power_export,     ///< W
    reactive_power_import,   ///< var
    reactive_power_export,   ///< var
    apparent_power,          ///< VA
    power_factor,            ///< 0 to 1
    frequency,               ///< Hz
    energy_active_import,    ///< Wh, of a tariff or all
    energy_active_export,    ///< Wh
    energy_reactive_import,  ///< varh
    energy_reactive_export,  ///< varh
    energy_apparent,         ///< VAh
    energy_active_total,     ///< Wh, import and export added
};

/// The names above; nothing for another text.
std::optional<Quantity> quantity_from_name(std::string_view name);
bool is_energy(Quantity quantity);

inline constexpr std::size_t metered_energies = 5;  ///< energy_active_import to energy_apparent
inline constexpr std::size_t tariffs = 4;

struct LoadParameters {
    double voltage = 230;      ///< V
    double frequency = 50;     ///< Hz
    double base_power = 400;   ///< W
    double peak_power = 4200;  ///< W
    double solar_power = 0;    ///< W at noon
    double power_factor = 0.95;
    std::array<double, 3> phase_shares{0.45, 0.33, 0.22};
    /// By energy (from energy_active_import on) and tariff.
    std::array<std::array<double, tariffs>, metered_energies> energy_at_start{};
};

class LoadModel {
public:
    LoadModel(const LoadParameters& parameters, std::uint64_t seed,
              cosem::LocalSeconds local_at_start);

    /// Moves to a time in seconds since the start. Time does not go back: an earlier one is
    /// ignored.
    void advance(double seconds);

    /// The value now. `phase` 1 to 3, 0 for all; `tariff` 1 to 4, 0 for all.
    double value(Quantity quantity, std::uint8_t phase, std::uint8_t tariff) const;

private:
    /// Power by metered energy, in the energies' order.
    using Powers = std::array<double, metered_energies>;

    Powers powers_at(std::uint64_t knot) const;
    Powers powers_now() const;
    void begin_interval(std::uint64_t knot);
    void integrate(double seconds,
                   std::array<std::array<double, tariffs>, metered_energies>& into) const;
    double noise(std::uint64_t channel, double period) const;
    double energy(std::size_t index, std::uint8_t tariff) const;
    double voltage(std::uint8_t phase) const;
    double share(std::uint8_t phase) const;
    double hour_at(std::uint64_t knot) const;

    LoadParameters parameters_;
    std::uint64_t seed_;
    cosem::LocalSeconds local_at_start_;
    double now_ = 0;
    std::uint64_t knot_ = 0;  // the one before now_
    std::size_t tariff_ = 0;
    Powers before_{};
    Powers after_{};
    std::array<std::array<double, tariffs>, metered_energies> energies_;  // at knot_
};

}  // namespace dlms::simulator
