#pragma once
// LoadModel: what a simulated connection point consumes and feeds in. Every value is a function of
// the seed and of the time, so any moment of the past can be asked for, in any order: a meter needs
// no storage to have a history.
//
// Each day follows one of the curves that all meters of a scenario share (LoadCurves), scaled; the
// seed draws curve and scale of each day. Power is linear between knots five minutes apart, and
// energy is its exact integral, so energy and power agree.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

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

/// The shape of a day.
enum class LoadProfile : std::uint8_t {
    household,  ///< a morning and an evening peak
    shop,       ///< a plateau from 8 to 20 o'clock, little on Sundays
};

struct LoadParameters {
    LoadProfile profile = LoadProfile::household;
    double voltage = 230;      ///< V
    double frequency = 50;     ///< Hz
    double base_power = 400;   ///< W
    double peak_power = 4200;  ///< W
    double solar_power = 0;    ///< W at noon, in June
    double power_factor = 0.95;
    std::array<double, 3> phase_shares{0.45, 0.33, 0.22};
    /// Interruptions of the supply in a year; none without.
    double outages_per_year = 0;
    /// At the start, by energy (from energy_active_import on) and tariff.
    std::array<std::array<double, tariffs>, metered_energies> energy_at_start{};
};

/// Powers or energies, in the order of the metered energies.
using Metered = std::array<double, metered_energies>;

/// The days of a kind of connection point: by month, by working day or weekend, some variants each.
class LoadCurves {
public:
    static constexpr std::size_t knots = 288;  ///< a day, one every five minutes
    static constexpr double knot_seconds = 300;
    static constexpr std::size_t variants = 4;

    struct Day {
        /// W at each knot, and Wh from midnight to it.
        std::array<Metered, knots + 1> power;
        std::array<Metered, knots + 1> energy;
    };

    explicit LoadCurves(const LoadParameters& parameters);

    const LoadParameters& parameters() const { return parameters_; }
    /// Month and weekday are those of a local day (days since 1970). Valid as long as the curves.
    const Day& day(std::int64_t local_day, std::size_t variant) const;

private:
    Metered power_at(double hour, unsigned month, bool is_rest_day, std::uint64_t noise) const;
    std::unique_ptr<Day> make_day(unsigned month, bool is_rest_day, std::size_t variant) const;

    LoadParameters parameters_;
    mutable std::array<std::unique_ptr<Day>, 12 * 2 * variants> days_;  // made when needed
};

/// An interruption of the supply, in seconds since the start.
struct Outage {
    double begin = 0;
    double end = 0;
};

class LoadModel {
public:
    LoadModel(std::shared_ptr<const LoadCurves> curves, std::uint64_t seed,
              cosem::LocalSeconds local_at_start);

    /// The value so many seconds after the start, or before it. `phase` 1 to 3, 0 for all; `tariff`
    /// 1 to 4, 0 for all. Energies are never negative: a meter that would have counted less than
    /// nothing was not there yet.
    double value(Quantity quantity, std::uint8_t phase, std::uint8_t tariff, double seconds) const;

    /// The mean between two moments: of power from its energy, of anything else of samples.
    double mean(Quantity quantity, std::uint8_t phase, double from, double to) const;

    /// The outages that begin in [from, to), in order.
    std::vector<Outage> outages(double from, double to) const;

private:
    /// Micro-watt-hours, so that sums are exact whatever way they are made.
    using Counted = std::array<std::array<std::int64_t, tariffs>, metered_energies>;
    struct Place {
        std::int64_t day;
        double second;
    };

    Place place(double seconds) const;
    double scale(std::int64_t day) const;
    const LoadCurves::Day& curve(std::int64_t day) const;
    std::optional<Outage> outage_of(std::int64_t day) const;  // in seconds of the day
    Metered powers(double seconds) const;
    double energy_in_day(std::int64_t day, std::size_t index, double second) const;
    double tariff_in_day(std::int64_t day, std::size_t index, std::size_t tariff,
                         double second) const;
    const Counted& counted_before(std::int64_t day) const;
    double counted(std::size_t index, std::size_t tariff, double seconds) const;
    double energy(std::size_t index, std::uint8_t tariff, double seconds) const;
    double voltage(std::uint8_t phase, double seconds) const;
    double noise(std::uint64_t channel, double period, double seconds) const;
    double share(std::uint8_t phase) const;
    const LoadParameters& parameters() const { return curves_->parameters(); }

    std::shared_ptr<const LoadCurves> curves_;
    std::uint64_t seed_;
    cosem::LocalSeconds local_at_start_;
    // The sums up to the day that was asked for last, from the start's day on.
    mutable std::int64_t counted_day_;
    mutable Counted counted_{};
};

}  // namespace dlms::simulator
