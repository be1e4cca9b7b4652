#include "simulator/classes/remaining_energy.hpp"

#include <algorithm>
#include <cmath>

#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t register_class = 3;
constexpr std::int8_t value_id = 2;
constexpr std::int8_t scaler_id = 3;
/// More than any connection of a household draws.
constexpr double largest_power = 20'000;  // W
constexpr std::chrono::seconds shortest_look{10};

struct CountedEnergy final : ObjectState {
    double settled_at = 0;  // Wh imported, as far as they are taken off
};

double imported(const OwnObject& energy) {
    const MeterState& meter = energy.device.meter();
    return meter.load.value(Quantity::energy_active_import, 0, 0, meter.seconds(energy.now));
}

/// Wh of one step of the value.
double step(const OwnObject& energy) {
    const auto scaler = member(energy.stored(scaler_id), 0).signed_integer().value_or(0);
    return std::pow(10.0, static_cast<double>(std::clamp<std::int64_t>(scaler, -9, 9)));
}

}  // namespace

bool is_remaining_energy(const MeterObject& object) {
    const Attribute* const attribute = object.attribute(value_id);
    const auto* stored = attribute ? std::get_if<StoredValue>(&attribute->value) : nullptr;
    return object.class_id == register_class && object.instance == remaining_energy_name &&
           stored && stored->data.view().signed_integer();
}

void settle_remaining_energy(const OwnObject& energy) {
    auto* const state = energy.find_state<CountedEnergy>();
    if (!state) {
        resume_remaining_energy(energy);
        return;
    }
    const double steps = std::floor((imported(energy) - state->settled_at) / step(energy));
    if (steps < 1) {
        return;
    }
    state->settled_at += steps * step(energy);
    const std::int64_t before = energy.signed_number(value_id);
    const std::int64_t left = std::max<std::int64_t>(before - static_cast<std::int64_t>(steps), 0);
    if (before > 0) {
        energy.store_number(value_id, left);
        if (left == 0) {
            energy.device.happened(MeterHappening::credit_exhausted, energy.now);
        }
    }
}

void resume_remaining_energy(const OwnObject& energy) {
    energy.state<CountedEnergy>().settled_at = imported(energy);
}

std::optional<Instant> next_look_at_remaining_energy(const OwnObject& energy) {
    const std::int64_t left = energy.signed_number(value_id);
    if (left <= 0) {
        return std::nullopt;
    }
    const double hours = static_cast<double>(left) * step(energy) / largest_power;
    constexpr double longest = 24;
    return energy.now + std::max(shortest_look, std::chrono::seconds(static_cast<std::int64_t>(
                                                    3600 * std::min(hours, longest))));
}

}  // namespace dlms::simulator
