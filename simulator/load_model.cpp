#include "simulator/load_model.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace dlms::simulator {
namespace {

constexpr double seconds_per_hour = 3600;
constexpr double seconds_per_day = 86400;
constexpr double tariff_seconds = seconds_per_day / tariffs;
constexpr double micro = 1e6;

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
constexpr std::uint64_t variant_channel = 4;
constexpr std::uint64_t scale_channel = 5;
constexpr std::uint64_t household_channel = 6;
constexpr std::uint64_t outage_channel = 7;    // and the next two
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

LoadCurves::LoadCurves(const LoadParameters& parameters) : parameters_(parameters) {}

const LoadCurves::Day& LoadCurves::day(std::int64_t local_day, std::size_t variant) const {
    const cosem::Date date = cosem::date_time_from_local(local_day * 86400).date;
    const bool is_rest_day =
        parameters_.profile == LoadProfile::shop ? date.day_of_week == 7 : date.day_of_week >= 6;
    const std::size_t index = ((date.month - 1u) * 2 + (is_rest_day ? 1 : 0)) * variants + variant;
    if (!days_[index]) {
        days_[index] = make_day(date.month, is_rest_day, variant);
    }
    return *days_[index];
}

Metered LoadCurves::power_at(double hour, unsigned month, bool is_rest_day,
                             std::uint64_t noise) const {
    // 1 in the middle of winter, -1 in the middle of summer.
    const double winter = std::cos(2 * std::numbers::pi * (month - 1) / 12);
    const double above_base = parameters_.peak_power - parameters_.base_power;
    double habit = 0;
    if (parameters_.profile == LoadProfile::shop) {
        const bool is_open = !is_rest_day && hour >= 8 && hour < 20;
        habit = is_open ? 0.75 + 0.1 * bell(hour, 12, 2) : 0.05;
    } else if (is_rest_day) {
        habit = 0.75 * bell(hour, 19.5, 2.5) + 0.4 * bell(hour, 10.5, 2.5);
    } else {
        habit = 0.8 * bell(hour, 19.5, 2.2) + 0.35 * bell(hour, 8, 1.8);
    }
    const double seconds = hour * seconds_per_hour;
    const double chance = 1 + 0.12 * winter +
                          0.15 * smooth_noise(noise, load_channel, seconds, knot_seconds) +
                          0.1 * smooth_noise(noise, load_channel, seconds, 900);
    const double load = (parameters_.base_power + above_base * habit) * chance;
    const double half_day = 6 - 2 * winter;  // hours from sunrise to noon
    const double height = std::cos(std::numbers::pi / 2 * (hour - 12) / half_day);
    const bool is_day = std::abs(hour - 12) < half_day;
    const double clouds = 0.75 + 0.25 * smooth_noise(noise, cloud_channel, seconds, 600);
    const double sun =
        is_day ? parameters_.solar_power * height * clouds * (0.75 - 0.25 * winter) : 0.0;
    const double net = load - sun;
    const double reactive = std::abs(net) * std::tan(std::acos(parameters_.power_factor));
    return {std::max(net, 0.0), std::max(-net, 0.0), net > 0 ? reactive : 0.0,
            net > 0 ? 0.0 : reactive, std::hypot(net, reactive)};
}

std::unique_ptr<LoadCurves::Day> LoadCurves::make_day(unsigned month, bool is_rest_day,
                                                      std::size_t variant) const {
    auto made = std::make_unique<Day>();
    const std::uint64_t noise = month * 1000 + (is_rest_day ? 500 : 0) + variant + 1;
    for (std::size_t knot = 0; knot <= knots; ++knot) {
        const double hour = static_cast<double>(knot) * knot_seconds / seconds_per_hour;
        made->power[knot] = power_at(hour, month, is_rest_day, noise);
        for (std::size_t i = 0; knot > 0 && i < metered_energies; ++i) {
            made->energy[knot][i] =
                made->energy[knot - 1][i] + (made->power[knot - 1][i] + made->power[knot][i]) / 2 *
                                                knot_seconds / seconds_per_hour;
        }
    }
    return made;
}

LoadModel::LoadModel(std::shared_ptr<const LoadCurves> curves, std::uint64_t seed,
                     cosem::LocalSeconds local_at_start)
    : curves_(std::move(curves)),
      seed_(seed),
      local_at_start_(local_at_start),
      counted_day_(place(0).day) {}

LoadModel::Place LoadModel::place(double seconds) const {
    const double whole = std::floor(seconds);
    const auto local = local_at_start_ + static_cast<std::int64_t>(whole);
    const std::int64_t day = local >= 0 ? local / 86400 : -((-local + 86399) / 86400);
    return {day, static_cast<double>(local - day * 86400) + (seconds - whole)};
}

double LoadModel::scale(std::int64_t day) const {
    // Some households use more than others, and no day is like another.
    return (1 + 0.35 * hashed(seed_, household_channel, 0)) *
           (1 + 0.2 * hashed(seed_, scale_channel, static_cast<std::uint64_t>(day)));
}

const LoadCurves::Day& LoadModel::curve(std::int64_t day) const {
    const double drawn = hashed(seed_, variant_channel, static_cast<std::uint64_t>(day)) + 1;
    const auto variant = static_cast<std::size_t>(drawn / 2 * LoadCurves::variants);
    return curves_->day(day, std::min(variant, LoadCurves::variants - 1));
}

std::optional<Outage> LoadModel::outage_of(std::int64_t day) const {
    const auto index = static_cast<std::uint64_t>(day);
    const auto drawn = [&](std::uint64_t channel) {
        return (hashed(seed_, outage_channel + channel, index) + 1) / 2;
    };
    if (parameters().outages_per_year <= 0 || drawn(0) >= parameters().outages_per_year / 365) {
        return std::nullopt;
    }
    const double duration = std::floor(60 + 7200 * drawn(1) * drawn(1));
    const double begin = std::floor(drawn(2) * (seconds_per_day - duration));
    return Outage{begin, begin + duration};
}

std::vector<Outage> LoadModel::outages(double from, double to) const {
    std::vector<Outage> all;
    const Place first = place(from);
    const double midnight = from - first.second;
    for (std::int64_t day = first.day; midnight + static_cast<double>(day - first.day) * 86400 < to;
         ++day) {
        if (const auto outage = outage_of(day)) {
            const double begins = midnight + static_cast<double>(day - first.day) * 86400;
            if (begins + outage->begin >= from && begins + outage->begin < to) {
                all.push_back({begins + outage->begin, begins + outage->end});
            }
        }
    }
    return all;
}

Metered LoadModel::powers(double seconds) const {
    const auto [day, second] = place(seconds);
    const auto outage = outage_of(day);
    if (outage && second >= outage->begin && second < outage->end) {
        return {};
    }
    const LoadCurves::Day& curve_of_day = curve(day);
    const double factor = scale(day);
    const auto knot = static_cast<std::size_t>(second / LoadCurves::knot_seconds);
    const double part = second / LoadCurves::knot_seconds - static_cast<double>(knot);
    Metered made;
    for (std::size_t i = 0; i < made.size(); ++i) {
        made[i] =
            factor * std::lerp(curve_of_day.power[knot][i], curve_of_day.power[knot + 1][i], part);
    }
    return made;
}

double LoadModel::energy_in_day(std::int64_t day, std::size_t index, double second) const {
    const LoadCurves::Day& curve_of_day = curve(day);
    const auto until = [&](double end) {
        const auto knot = std::min(static_cast<std::size_t>(end / LoadCurves::knot_seconds),
                                   LoadCurves::knots - 1);
        const double rest = end - static_cast<double>(knot) * LoadCurves::knot_seconds;
        const double slope =
            (curve_of_day.power[knot + 1][index] - curve_of_day.power[knot][index]) /
            LoadCurves::knot_seconds;
        return curve_of_day.energy[knot][index] +
               (curve_of_day.power[knot][index] + slope * rest / 2) * rest / seconds_per_hour;
    };
    double energy = until(second);
    if (const auto outage = outage_of(day); outage && second > outage->begin) {
        energy -= until(std::min(second, outage->end)) - until(outage->begin);
    }
    return energy * scale(day);
}

double LoadModel::tariff_in_day(std::int64_t day, std::size_t index, std::size_t tariff,
                                double second) const {
    const double begin = static_cast<double>(tariff) * tariff_seconds;
    const double end = std::min(second, begin + tariff_seconds);
    return end > begin ? energy_in_day(day, index, end) - energy_in_day(day, index, begin) : 0.0;
}

const LoadModel::Counted& LoadModel::counted_before(std::int64_t day) const {
    const auto add = [&](std::int64_t of, std::int64_t sign) {
        for (std::size_t index = 0; index < metered_energies; ++index) {
            for (std::size_t tariff = 0; tariff < tariffs; ++tariff) {
                counted_[index][tariff] +=
                    sign * std::llround(tariff_in_day(of, index, tariff, seconds_per_day) * micro);
            }
        }
    };
    while (counted_day_ < day) {
        add(counted_day_++, 1);
    }
    while (counted_day_ > day) {
        add(--counted_day_, -1);
    }
    return counted_;
}

double LoadModel::counted(std::size_t index, std::size_t tariff, double seconds) const {
    const auto [day, second] = place(seconds);
    return static_cast<double>(counted_before(day)[index][tariff]) / micro +
           tariff_in_day(day, index, tariff, second);
}

double LoadModel::energy(std::size_t index, std::uint8_t tariff, double seconds) const {
    double sum = 0;
    for (std::size_t i = 0; i < tariffs; ++i) {
        if (tariff == 0 || tariff == i + 1) {
            const auto& [day, second] = place(0);
            // The sums begin at the start's day.
            const double since_start =
                counted(index, i, seconds) - tariff_in_day(day, index, i, second);
            sum += std::max(0.0, parameters().energy_at_start[index][i] + since_start);
        }
    }
    return sum;
}

double LoadModel::noise(std::uint64_t channel, double period, double seconds) const {
    // A whole number of periods before, so that there is nothing negative.
    return smooth_noise(seed_, channel, seconds + 1e5 * 86400, period);
}

double LoadModel::voltage(std::uint8_t phase, double seconds) const {
    const auto [day, second] = place(seconds);
    const auto outage = outage_of(day);
    if (outage && second >= outage->begin && second < outage->end) {
        return 0;
    }
    const std::uint64_t channel = voltage_channel + phase;
    return parameters().voltage *
           (1 + 0.012 * noise(channel, 900, seconds) + 0.004 * noise(channel, 60, seconds));
}

double LoadModel::share(std::uint8_t phase) const {
    return phase == 0 ? 1.0 : parameters().phase_shares[phase - 1u];
}

double LoadModel::mean(Quantity quantity, std::uint8_t phase, double from, double to) const {
    if (!(to > from)) {
        return value(quantity, phase, 0, to);
    }
    const auto of_energy = [&](std::size_t index) {
        return (energy(index, 0, to) - energy(index, 0, from)) * seconds_per_hour / (to - from) *
               share(phase);
    };
    switch (quantity) {
        case Quantity::active_power_import: return of_energy(0);
        case Quantity::active_power_export: return of_energy(1);
        case Quantity::reactive_power_import: return of_energy(2);
        case Quantity::reactive_power_export: return of_energy(3);
        case Quantity::apparent_power: return of_energy(4);
        default: break;
    }
    constexpr int samples = 16;
    double sum = 0;
    for (int i = 0; i < samples; ++i) {
        sum += value(quantity, phase, 0, from + (to - from) * (i + 0.5) / samples);
    }
    return sum / samples;
}

double LoadModel::value(Quantity quantity, std::uint8_t phase, std::uint8_t tariff,
                        double seconds) const {
    const auto power = [&](std::size_t index) { return powers(seconds)[index] * share(phase); };
    const auto current = [&](std::uint8_t of) {
        const double volts = voltage(of == 0 ? 1 : of, seconds);
        return volts > 0 ? powers(seconds)[4] * share(of) / volts : 0.0;
    };
    switch (quantity) {
        case Quantity::voltage: return voltage(phase == 0 ? 1 : phase, seconds);
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
            const Metered all = powers(seconds);
            return all[4] > 0 ? (all[0] + all[1]) / all[4] : 1.0;
        }
        case Quantity::frequency:
            return voltage(1, seconds) > 0
                       ? parameters().frequency *
                             (1 + 0.0006 * noise(frequency_channel, 120, seconds))
                       : 0.0;
        case Quantity::energy_active_total:
            return energy(0, tariff, seconds) + energy(1, tariff, seconds);
        default:
            return energy(static_cast<std::size_t>(quantity) -
                              static_cast<std::size_t>(Quantity::energy_active_import),
                          tariff, seconds);
    }
}

}  // namespace dlms::simulator
