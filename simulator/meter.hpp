#pragma once
// Meter: a simulated meter: its logical devices, clock, load and lockout, shared by all
// connections. Single-threaded; no clock of its own, time is handed in.

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "simulator/link_settings.hpp"
#include "simulator/lockout.hpp"
#include "simulator/logical_device.hpp"
#include "simulator/meter_model.hpp"
#include "simulator/misbehaviour.hpp"

namespace dlms::simulator {

class MeterAssociations;

class Meter {
public:
    /// Starts at `start`, which is `utc` for the meter's clock. The same scenario, seed and UTC
    /// give the same values.
    Meter(std::shared_ptr<const MeterModel> model, std::uint64_t seed, Instant start, UtcTime utc);
    /// The same for a scenario that no other meter shares.
    Meter(Scenario scenario, std::uint64_t seed, Instant start, UtcTime utc)
        : Meter(std::make_shared<const MeterModel>(std::move(scenario)), seed, start, utc) {}
    Meter(const Meter&) = delete;
    Meter& operator=(const Meter&) = delete;

    const std::string& name() const { return model_->scenario().name; }
    /// Nothing for a server SAP that the meter does not have. Valid as long as the meter.
    LogicalDevice* device(ServerSap sap);
    const std::deque<LogicalDevice>& devices() const { return devices_; }
    std::deque<LogicalDevice>& own_devices() { return devices_; }
    Lockout& lockout() { return lockout_; }

    /// Who tells clients on a link what the meter notifies.
    void add_listener(MeterAssociations& listener) { listeners_.push_back(&listener); }
    void remove_listener(MeterAssociations& listener) { std::erase(listeners_, &listener); }
    const std::vector<MeterAssociations*>& listeners() const { return listeners_; }

    /// What is due until now, each at its own time. To be called before anything else at a moment.
    void advance(Instant now);
    /// When something is due next, if nothing happens before.
    std::optional<Instant> next_due() const;
    /// Something that may be logged.
    void happened(MeterHappening what, Instant now);
    /// Power fails and comes back: what a meter keeps is kept, associations are not. Without power
    /// nothing is due, and nothing that is said to the meter is heard.
    void power_off(Instant now);
    void power_on(Instant now);
    bool is_powered() const { return is_powered_; }
    /// How often power has failed: links that were there before are no longer.
    std::uint32_t power_losses() const { return power_losses_; }

    // Pushes to destinations of their own (class 40). Without anybody who takes them from the
    // outbox they stay under way.
    PushOutbox& pushes() { return state_.pushes; }
    bool has_push_setups() const;
    /// Whether something may be due that goes to a destination, where nobody is connected.
    bool has_push_destinations();
    /// How an attempt ended.
    void push_ended(std::uint64_t attempt, PushOutcome outcome, Instant now);
    /// An APDU that came back from where an attempt went. Whether it is its confirmation.
    bool is_push_confirmed(std::uint64_t attempt, ByteView apdu, Instant now);

    /// Makes this the meter so many numbers on: serial numbers (0-0:96.1.0.255) and logical device
    /// names (also in 0-0:42.0.0.255) are counted up in their decimal digits.
    void renumber(std::uint32_t count, Instant now);

    std::uint64_t seed() const { return state_.seed; }
    /// What the meter does wrongly from now on, in place of what its associations declare; null:
    /// what these declare.
    Misbehaviour* misbehaviour() const { return misbehaviour_.get(); }
    void set_misbehaviour(std::vector<Misdeed> misdeeds) {
        misbehaviour_ = std::make_unique<Misbehaviour>(std::move(misdeeds), seed());
    }
    /// As the scenario says.
    void reset_misbehaviour();
    /// Somebody has set the clock forward, or back where `by` is negative.
    void shift_clock(std::chrono::seconds by, Instant now);

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
    const ModeESettings& mode_e() const { return model_->scenario().mode_e; }

private:
    /// An attribute of one of the devices.
    struct Setting {
        LogicalDevice* device;
        AttributePlace place;
    };
    /// Calls `visit` for each push setup until it says true. Whether one did.
    bool any_push_setup(Instant now, const std::function<bool(const OwnObject&)>& visit);
    std::optional<Setting> find_setting(std::uint16_t class_id, std::int8_t id);
    static std::optional<std::uint64_t> number(const std::optional<Setting>& setting);

    std::shared_ptr<const MeterModel> model_;
    std::chrono::milliseconds answer_delay_;
    HdlcSettings hdlc_;
    bool has_own_address_ = false;  // set_hdlc_address()
    bool is_powered_ = true;
    std::unique_ptr<Misbehaviour> misbehaviour_;
    std::uint32_t power_losses_ = 0;
    Lockout lockout_;
    MeterState state_;
    std::vector<MeterAssociations*> listeners_;
    std::deque<LogicalDevice> devices_;  // stays in place: connections point into it
    // Attributes of the first TCP-UDP setup and of the first IEC HDLC setup, inside devices_.
    std::optional<Setting> inactivity_time_out_;
    std::optional<Setting> simultaneous_connections_;
    std::array<std::optional<Setting>, 10> hdlc_setup_{};  // by attribute
};

}  // namespace dlms::simulator
