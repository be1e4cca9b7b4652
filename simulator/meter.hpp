#pragma once
// Meter: a simulated meter: its logical devices, clock, load and lockout, shared by all
// connections. Single-threaded; no clock of its own, time is handed in.

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "simulator/lockout.hpp"
#include "simulator/logical_device.hpp"
#include "simulator/scenario.hpp"

namespace dlms::simulator {

class Meter {
public:
    /// Starts at `start`, which is `utc` for the meter's clock. The same scenario, seed and UTC
    /// give the same values.
    Meter(Scenario scenario, std::uint64_t seed, Instant start, UtcTime utc);
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;

    const std::string& name() const { return name_; }
    /// Nothing for a server SAP that the meter does not have. Valid as long as the meter.
    LogicalDevice* device(ServerSap sap);
    std::size_t devices() const { return devices_.size(); }
    Lockout& lockout() { return lockout_; }

    std::chrono::milliseconds answer_delay() const { return answer_delay_; }
    void set_answer_delay(std::chrono::milliseconds delay) { answer_delay_ = delay; }
    /// How long a connection may be idle: attribute 6 of the TCP-UDP setup (class 41) as it stands
    /// now. Nothing where there is no such object, or for 0.
    std::optional<std::chrono::seconds> inactivity_time_out() const;
    /// Attribute 5 of the TCP-UDP setup: connections served at a time.
    std::optional<std::size_t> simultaneous_connections() const;

private:
    std::string name_;
    std::chrono::milliseconds answer_delay_;
    Lockout lockout_;
    MeterState state_;
    std::deque<LogicalDevice> devices_;  // stays in place: connections point into it
    // Attributes of the first TCP-UDP setup, inside devices_.
    const StoredValue* inactivity_time_out_ = nullptr;
    const StoredValue* simultaneous_connections_ = nullptr;
};

}  // namespace dlms::simulator
