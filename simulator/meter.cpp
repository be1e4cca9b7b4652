#include "simulator/meter.hpp"

#include <algorithm>
#include <array>

#include "simulator/scenario_links.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t tcp_udp_setup_class = 41;
constexpr std::uint16_t hdlc_setup_class = 23;
/// comm_speed of class 23: bit/s by the enumeration's value.
constexpr std::array<std::uint32_t, 10> speeds = {300,  600,    1200,   2400,   4800,
                                                  9600, 19'200, 38'400, 57'600, 115'200};
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
      hdlc_(scenario.hdlc),
      mode_e_(scenario.mode_e),
      lockout_(scenario.lockout),
      state_(make_state(scenario, seed, start, utc)) {
    for (DeclaredDevice& device : scenario.devices) {
        const LogicalDevice& made = devices_.emplace_back(std::move(device), state_);
        if (!inactivity_time_out_) {
            inactivity_time_out_ = made.stored_value(tcp_udp_setup_class, 6);
            simultaneous_connections_ = made.stored_value(tcp_udp_setup_class, 5);
        }
        for (std::size_t i = 2; i < hdlc_setup_.size() && !hdlc_setup_[9]; ++i) {
            hdlc_setup_[i] = made.stored_value(hdlc_setup_class, static_cast<std::int8_t>(i));
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

HdlcSettings Meter::hdlc_settings() const {
    HdlcSettings settings = hdlc_;
    const auto overlay = [&](std::size_t attribute, auto& into, std::uint64_t low,
                             std::uint64_t high) {
        const auto value = number(hdlc_setup_[attribute]);
        if (value && *value >= low && *value <= high) {
            using Into = std::remove_reference_t<decltype(into)>;
            into = Into(static_cast<std::uint16_t>(*value));
        }
    };
    overlay(3, settings.limits.window_transmit, 1, 7);
    overlay(4, settings.limits.window_receive, 1, 7);
    overlay(5, settings.limits.max_information_transmit, 32, 2030);
    overlay(6, settings.limits.max_information_receive, 32, 2030);
    overlay(7, settings.inter_octet_timeout, 20, 6000);
    overlay(8, settings.inactivity_timeout, 0, longest_time_out);
    if (!has_own_address_ && settings.address_octets > 1) {
        overlay(9, settings.lower_address, 1, largest_hdlc_lower(settings.address_octets));
    }
    const auto speed = number(hdlc_setup_[2]);
    if (speed && *speed < speeds.size()) {
        settings.baud_rate = speeds[static_cast<std::size_t>(*speed)];
    }
    return settings;
}

void Meter::set_hdlc_address(std::uint8_t octets, std::uint16_t lower) {
    hdlc_.address_octets = octets;
    hdlc_.lower_address = lower;
    has_own_address_ = true;
}

}  // namespace dlms::simulator
