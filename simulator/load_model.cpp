#include "simulator/load_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace dlms::simulator {
namespace {

constexpr double knot_seconds = 60;
constexpr double seconds_per_hour = 3600;

constexpr std::array<std::string_view, 16> names = {
    "voltage",
    "current",
    "current_neutral",
    "active_power_import",
    "active_power_export",
    "reactive_power_import",
    "reactive_power_export",
    "apparent_power",
    "power_factor",
    "frequency",
    "energy_active_import",
    "energy_active_export",
    "energy_reactive_import",
    "energy_reactive_export",
    "energy_apparent",
    "energy_active_total",
};

// Channels of the noise.
constexpr std::uint64_t load_channel = 1;
constexpr std::uint64_t cloud_channel = 2;
constexpr std::uint64_t frequency_channel = 3;
constexpr std::uint64_t voltage_channel = 10;  // and the phase

/// -1 to 1, by SplitMix64's finaliser.
double hashed(std::uint64_t seed, std::uint64_t channel, std::uint64_t index) {
    std::uint64_t z = seed + channel * 0x9E3779B97F4A7C15u + index * 0xD1B54A32D192ED03u;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    z ^= z >> 31;
    return static_cast<double>(z >> 11) * 0x1p-52 - 1;
}

/// -1 to 1, linear between values drawn every `period` seconds.
double smooth_noise(std::uint64_t seed, std::uint64_t channel, double seconds, double period) {
    const double position = seconds / period;
    const auto index = static_cast<std::uint64_t>(position);
    const double part = position - static_cast<double>(index);
    return std::lerp(hashed(seed, channel, index), hashed(seed, channel, index + 1), part);
}

double bell(double hour, double centre, double width) {
    const double distance = (hour - centre) / width;
    return std::exp(-distance * distance);
}

}  // namespace

std::optional<Quantity> quantity_from_name(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
        return std::nullopt;
    }
    return static_cast<Quantity>(found - names.begin());
}

bool is_energy(Quantity quantity) {
    return quantity >= Quantity::energy_active_import;
}

LoadModel::LoadModel(const LoadParameters& parameters, std::uint64_t seed,
                     cosem::LocalSeconds local_at_start)
    : parameters_(parameters),
      seed_(seed),
      local_at_start_(local_at_start),
      energies_(parameters.energy_at_start) {
    begin_interval(0);
}

double LoadModel::hour_at(std::uint64_t knot) const {
    const auto seconds = local_at_start_ + static_cast<std::int64_t>(knot) * 60;
    return static_cast<double>(seconds % 86400) / seconds_per_hour;
}

void LoadModel::begin_interval(std::uint64_t knot) {
    before_ = knot == 0 ? powers_at(0) : after_;
    after_ = powers_at(knot + 1);
    knot_ = knot;
    tariff_ = static_cast<std::size_t>(std::clamp(hour_at(knot) / 6, 0.0, 3.0));
}

LoadModel::Powers LoadModel::powers_at(std::uint64_t knot) const {
    const double seconds = static_cast<double>(knot) * knot_seconds;
    const double hour = hour_at(knot);
    const double above_base = parameters_.peak_power - parameters_.base_power;
    const double habit = 0.8 * bell(hour, 19.5, 2.2) + 0.35 * bell(hour, 8, 1.8);
    const double chance = 1 + 0.15 * smooth_noise(seed_, load_channel, seconds, knot_seconds) +
                          0.1 * smooth_noise(seed_, load_channel, seconds, 900);
    const double load = (parameters_.base_power + above_base * habit) * chance;
    const double height = std::sin(std::numbers::pi * (hour - 6) / 12);
    const double clouds = 0.75 + 0.25 * smooth_noise(seed_, cloud_channel, seconds, 600);
    const double sun = parameters_.solar_power * std::max(0.0, height) * clouds;
    const double net = load - sun;
    const double reactive = std::abs(net) * std::tan(std::acos(parameters_.power_factor));
    return {std::max(net, 0.0), std::max(-net, 0.0), net > 0 ? reactive : 0.0,
            net > 0 ? 0.0 : reactive, std::hypot(net, reactive)};
}

LoadModel::Powers LoadModel::powers_now() const {
    const double part = (now_ - static_cast<double>(knot_) * knot_seconds) / knot_seconds;
    Powers powers;
    for (std::size_t i = 0; i < powers.size(); ++i) {
        powers[i] = std::lerp(before_[i], after_[i], part);
    }
    return powers;
}

void LoadModel::integrate(double seconds,
                          std::array<std::array<double, tariffs>, metered_energies>& into) const {
    for (std::size_t i = 0; i < metered_energies; ++i) {
        const double slope = (after_[i] - before_[i]) / knot_seconds;
        into[i][tariff_] += (before_[i] + slope * seconds / 2) * seconds / seconds_per_hour;
    }
}

void LoadModel::advance(double seconds) {
    if (!(seconds > now_)) {
        return;
    }
    while (seconds >= static_cast<double>(knot_ + 1) * knot_seconds) {
        integrate(knot_seconds, energies_);
        begin_interval(knot_ + 1);
    }
    now_ = seconds;
}

double LoadModel::noise(std::uint64_t channel, double period) const {
    return smooth_noise(seed_, channel, now_, period);
}

double LoadModel::voltage(std::uint8_t phase) const {
    const std::uint64_t channel = voltage_channel + phase;
    return parameters_.voltage * (1 + 0.012 * noise(channel, 900) + 0.004 * noise(channel, 60));
}

double LoadModel::share(std::uint8_t phase) const {
    return phase == 0 ? 1.0 : parameters_.phase_shares[phase - 1u];
}

double LoadModel::energy(std::size_t index, std::uint8_t tariff) const {
    auto energies = energies_;
    integrate(now_ - static_cast<double>(knot_) * knot_seconds, energies);
    if (tariff != 0) {
        return energies[index][tariff - 1u];
    }
    return std::accumulate(energies[index].begin(), energies[index].end(), 0.0);
}

double LoadModel::value(Quantity quantity, std::uint8_t phase, std::uint8_t tariff) const {
    const auto power = [&](std::size_t index) { return powers_now()[index] * share(phase); };
    const auto current = [&](std::uint8_t of) {
        return powers_now()[4] * share(of) / voltage(of == 0 ? 1 : of);
    };
    switch (quantity) {
        case Quantity::voltage: return voltage(phase == 0 ? 1 : phase);
        case Quantity::current: return current(phase);
        case Quantity::current_neutral: {
            // The sum of three currents 120 degrees apart.
            const double a = current(1), b = current(2), c = current(3);
            return std::sqrt(std::max(0.0, a * a + b * b + c * c - a * b - b * c - c * a));
        }
        case Quantity::active_power_import: return power(0);
        case Quantity::active_power_export: return power(1);
        case Quantity::reactive_power_import: return power(2);
        case Quantity::reactive_power_export: return power(3);
        case Quantity::apparent_power: return power(4);
        case Quantity::power_factor: {
            const Powers powers = powers_now();
            return powers[4] > 0 ? (powers[0] + powers[1]) / powers[4] : 1.0;
        }
        case Quantity::frequency:
            return parameters_.frequency * (1 + 0.0006 * noise(frequency_channel, 120));
        case Quantity::energy_active_total: return energy(0, tariff) + energy(1, tariff);
        default:
            return energy(static_cast<std::size_t>(quantity) -
                              static_cast<std::size_t>(Quantity::energy_active_import),
                          tariff);
    }
}

}  // namespace dlms::simulator
