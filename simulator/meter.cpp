#include "simulator/meter.hpp"

#include <algorithm>

namespace dlms::simulator {
namespace {

constexpr std::uint16_t tcp_udp_setup = 41;
constexpr std::uint64_t longest_time_out = 0xFFFF;  // seconds

std::optional<std::uint64_t> number(const StoredValue* stored) {
    if (!stored) {
        return std::nullopt;
    }
    const Result<std::uint64_t> value = stored->data.view().unsigned_integer();
    return value ? std::optional(*value) : std::nullopt;
}

axdr::Data sap_assignment_list(const Scenario& scenario) {
    axdr::DataBuilder builder;
    builder.array(scenario.devices.size());
    for (const DeclaredDevice& device : scenario.devices) {
        builder.structure(2).long_unsigned(device.sap.value()).octet_string(as_bytes(device.name));
    }
    return builder.finish().value_or(axdr::Data());
}

MeterState make_state(const Scenario& scenario, std::uint64_t seed, Instant start, UtcTime utc) {
    const MeterClock clock(scenario.clock, start, utc);
    return {.load = LoadModel(scenario.load, seed, clock.local(start)),
            .clock = clock,
            .start = start,
            .sap_assignment_list = sap_assignment_list(scenario)};
}

}  // namespace

Meter::Meter(Scenario scenario, std::uint64_t seed, Instant start, UtcTime utc)
    : name_(scenario.name),
      answer_delay_(scenario.answer_delay),
      lockout_(scenario.lockout),
      state_(make_state(scenario, seed, start, utc)) {
    for (DeclaredDevice& device : scenario.devices) {
        const LogicalDevice& made = devices_.emplace_back(std::move(device), state_);
        if (!inactivity_time_out_) {
            inactivity_time_out_ = made.stored_value(tcp_udp_setup, 6);
            simultaneous_connections_ = made.stored_value(tcp_udp_setup, 5);
        }
    }
}

LogicalDevice* Meter::device(ServerSap sap) {
    const auto found = std::ranges::find(devices_, sap, &LogicalDevice::sap);
    return found != devices_.end() ? &*found : nullptr;
}

std::optional<std::chrono::seconds> Meter::inactivity_time_out() const {
    const std::uint64_t seconds = number(inactivity_time_out_).value_or(0);
    if (seconds == 0) {
        return std::nullopt;
    }
    return std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, longest_time_out)));
}

std::optional<std::size_t> Meter::simultaneous_connections() const {
    return number(simultaneous_connections_);
}

}  // namespace dlms::simulator
