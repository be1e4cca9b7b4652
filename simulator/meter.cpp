#include "simulator/meter.hpp"

#include <algorithm>
#include <array>

#include "simulator/classes/push_setup.hpp"
#include "simulator/counting_up.hpp"
#include "simulator/meter_associations.hpp"
#include "simulator/scenario_links.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t tcp_udp_setup_class = 41;
constexpr std::uint16_t hdlc_setup_class = 23;
/// comm_speed of class 23: bit/s by the enumeration's value.
constexpr std::array<std::uint32_t, 10> speeds = {300,  600,    1200,   2400,   4800,
                                                  9600, 19'200, 38'400, 57'600, 115'200};
constexpr std::uint64_t longest_time_out = 0xFFFF;  // seconds

constexpr cosem::ObisCode serial_number(0, 0, 96, 1, 0, 255);
constexpr cosem::ObisCode logical_device_name(0, 0, 42, 0, 0, 255);
constexpr std::uint16_t data_class = 1;

MeterState make_state(const MeterModel& model, std::uint64_t seed, Instant start, UtcTime utc) {
    const MeterClock clock(model.scenario().clock, start, utc);
    return {.load = LoadModel(model.curves(), seed, clock.local(start)),
            .clock = clock,
            .start = start,
            .seed = seed};
}

}  // namespace

Meter::Meter(std::shared_ptr<const MeterModel> model, std::uint64_t seed, Instant start,
             UtcTime utc)
    : model_(std::move(model)),
      answer_delay_(model_->scenario().answer_delay),
      hdlc_(model_->scenario().hdlc),
      lockout_(model_->scenario().lockout),
      state_(make_state(*model_, seed, start, utc)) {
    for (const DeviceModel& device : model_->devices()) {
        state_.devices.push_back(&devices_.emplace_back(device, state_));
    }
    inactivity_time_out_ = find_setting(tcp_udp_setup_class, 6);
    simultaneous_connections_ = find_setting(tcp_udp_setup_class, 5);
    for (std::size_t i = 2; i < hdlc_setup_.size(); ++i) {
        hdlc_setup_[i] = find_setting(hdlc_setup_class, static_cast<std::int8_t>(i));
    }
    for (LogicalDevice& device : devices_) {
        device.start(start);
    }
    reset_misbehaviour();
}

void Meter::reset_misbehaviour() {
    misbehaviour_.reset();
    if (!model_->scenario().misbehaviour.empty()) {
        set_misbehaviour(model_->scenario().misbehaviour);
    }
}

std::optional<Meter::Setting> Meter::find_setting(std::uint16_t class_id, std::int8_t id) {
    for (LogicalDevice& device : devices_) {
        if (const auto place = device.first_of_class(class_id, id)) {
            return Setting{&device, *place};
        }
    }
    return std::nullopt;
}

void Meter::advance(Instant now) {
    if (!is_powered_) {
        return;
    }
    for (LogicalDevice& device : devices_) {
        device.advance(now);
    }
}

std::optional<Instant> Meter::next_due() const {
    std::optional<Instant> next;
    if (!is_powered_) {
        return next;
    }
    for (const LogicalDevice& device : devices_) {
        const auto due = device.next_due();
        if (due && (!next || *due < *next)) {
            next = due;
        }
    }
    return next;
}

void Meter::happened(MeterHappening what, Instant now) {
    for (LogicalDevice& device : devices_) {
        device.happened(what, now);
    }
}

void Meter::power_off(Instant now) {
    if (!is_powered_) {
        return;
    }
    advance(now);
    happened(MeterHappening::power_off, now);
    for (LogicalDevice& device : devices_) {
        device.lose_power(now);
    }
    is_powered_ = false;
    ++power_losses_;
    for (MeterAssociations* const listener : listeners_) {
        listener->link_lost();
    }
}

void Meter::power_on(Instant now) {
    is_powered_ = true;
    happened(MeterHappening::power_on, now);
    for (LogicalDevice& device : devices_) {
        device.start(now);
    }
}

bool Meter::has_push_setups() const {
    return std::ranges::any_of(devices_, [](const LogicalDevice& device) {
        return !device.model().of_class(push_setup_class).empty();
    });
}

bool Meter::any_push_setup(Instant now, const std::function<bool(const OwnObject&)>& visit) {
    for (LogicalDevice& device : devices_) {
        for (const std::size_t object : device.model().of_class(push_setup_class)) {
            if (visit(OwnObject(device, object, now))) {
                return true;
            }
        }
    }
    return false;
}

bool Meter::has_push_destinations() {
    return any_push_setup(Instant(), has_push_destination);
}

void Meter::push_ended(std::uint64_t attempt, PushOutcome outcome, Instant now) {
    any_push_setup(now, [&](const OwnObject& setup) {
        return simulator::push_ended(setup, attempt, outcome);
    });
}

bool Meter::is_push_confirmed(std::uint64_t attempt, ByteView apdu, Instant now) {
    return any_push_setup(now, [&](const OwnObject& setup) {
        return simulator::is_push_confirmed(setup, attempt, apdu);
    });
}

void Meter::shift_clock(std::chrono::seconds by, Instant now) {
    advance(now);
    state_.clock.shift(by);
    state_.clock_jumped(now);
}

void Meter::renumber(std::uint32_t count, Instant now) {
    for (LogicalDevice& device : devices_) {
        device.set_name(counted_up(device.name(), count));
        for (const cosem::ObisCode& name : {serial_number, logical_device_name}) {
            if (const auto object = device.find_object(data_class, name)) {
                device.store({*object, 2}, counted_up(device.stored({*object, 2}), count), now);
            }
        }
    }
}

std::optional<std::uint64_t> Meter::number(const std::optional<Setting>& setting) {
    const auto value = setting
                           ? setting->device->stored(setting->place).unsigned_integer()
                           : Result<std::uint64_t>(fail(ErrorCode::type_mismatch, Layer::cosem));
    return value ? std::optional(*value) : std::nullopt;
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
