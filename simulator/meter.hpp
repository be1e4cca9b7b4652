#pragma once
// Meter: a simulated meter: its logical devices, clock, load and lockout, shared by all
// connections. Single-threaded; no clock of its own, time is handed in.

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>

#include "simulator/link_settings.hpp"
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
    const std::deque<LogicalDevice>& devices() const { return devices_; }
    Lockout& lockout() { return lockout_; }

    std::chrono::milliseconds answer_delay() const { return answer_delay_; }
    void set_answer_delay(std::chrono::milliseconds delay) { answer_delay_ = delay; }
    /// How long a connection may be idle: attribute 6 of the TCP-UDP setup (class 41) as it stands
    /// now. Nothing where there is no such object, or for 0.
    std::optional<std::chrono::seconds> inactivity_time_out() const;
    /// Attribute 5 of the TCP-UDP setup: connections served at a time.
    std::optional<std::size_t> simultaneous_connections() const;

    /// How the meter is reached by HDLC: the scenario's settings, and in the place of these what
    /// the IEC HDLC setup (class 23) says now, if the meter has one.
    HdlcSettings hdlc_settings() const;
    /// Octets and lower part of its addresses on a line with other meters, whatever the scenario
    /// and its objects say.
    void set_hdlc_address(std::uint8_t octets, std::uint16_t lower);
    const ModeESettings& mode_e() const { return mode_e_; }

private:
    std::string name_;
    std::chrono::milliseconds answer_delay_;
    HdlcSettings hdlc_;
    ModeESettings mode_e_;
    bool has_own_address_ = false;  // set_hdlc_address()
    Lockout lockout_;
    MeterState state_;
    std::deque<LogicalDevice> devices_;  // stays in place: connections point into it
    // Attributes of the first TCP-UDP setup and of the first IEC HDLC setup, inside devices_.
    const StoredValue* inactivity_time_out_ = nullptr;
    const StoredValue* simultaneous_connections_ = nullptr;
    std::array<const StoredValue*, 10> hdlc_setup_{};  // by attribute
};

}  // namespace dlms::simulator
