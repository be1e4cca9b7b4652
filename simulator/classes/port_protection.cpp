#include "simulator/classes/port_protection.hpp"

#include <algorithm>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::Tag;
using cosem::ActionResult;

constexpr std::uint16_t port_protection_class = 124;

// protection_mode.
constexpr std::uint64_t locked = 0;
constexpr std::uint64_t locked_on_failures = 1;

struct PortState final : ObjectState {
    Instant locked_until{};
    std::uint64_t lockouts = 0;
};

std::optional<OwnObject> protection_of(LogicalDevice& device, Instant now) {
    const auto place = device.first_of_class(port_protection_class, 2);
    return place ? std::optional(OwnObject(device, place->object, now)) : std::nullopt;
}

bool is_temporarily_locked(const OwnObject& port) {
    const auto* const state = port.find_state<PortState>();
    return port.number(2) == locked_on_failures && state && port.now < state->locked_until;
}

/// initial_lockout_time times steepness_factor for each lockout before, at most max_lockout_time.
std::chrono::seconds lockout_time(const OwnObject& port, std::uint64_t lockouts) {
    const std::uint64_t most = port.number(6);
    std::uint64_t seconds = port.number(4);
    for (std::uint64_t i = 0; i < lockouts && seconds < most; ++i) {
        seconds *= std::max<std::uint64_t>(port.number(5), 1);
        if (port.number(5) <= 1) {
            break;
        }
    }
    return std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, most)));
}

ActionResult reset(const OwnObject& port, const MethodCall&) {
    port.forget_state();
    port.store_number(9, 0);
    return ActionResult::success;
}

class PortProtection final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::integer, reset}};
        return all;
    }
    std::optional<axdr::Data> compute(const OwnObject& port, std::int8_t id) const override {
        constexpr std::int8_t status_id = 8;
        if (id != status_id) {
            return std::nullopt;
        }
        return make_data([&](axdr::DataBuilder& builder) {
            builder.enumerated(port.number(2) == locked ? 2 : is_temporarily_locked(port) ? 1 : 0);
        });
    }
    cosem::DataAccessResult judge(const OwnObject&, std::int8_t id,
                                  const axdr::DataView& value) const override {
        constexpr std::uint64_t last_mode = 2;
        return id == 2 && value.unsigned_integer().value_or(0) > last_mode
                   ? cosem::DataAccessResult::other_reason
                   : cosem::DataAccessResult::success;
    }
};

}  // namespace

bool is_port_locked(LogicalDevice& device, Instant now) {
    const auto port = protection_of(device, now);
    return port && (port->number(2) == locked || is_temporarily_locked(*port));
}

void count_failed_attempt(LogicalDevice& device, Instant now) {
    const auto port = protection_of(device, now);
    if (!port || is_port_locked(device, now)) {
        return;
    }
    const std::uint64_t failed = port->number(9) + 1;
    port->store_number(9, static_cast<std::int64_t>(failed));
    port->store_number(10, static_cast<std::int64_t>(port->number(10) + 1));
    if (port->number(2) == locked_on_failures && failed > port->number(3)) {
        auto& state = port->state<PortState>();
        state.locked_until = now + lockout_time(*port, state.lockouts++);
    }
}

const ClassBehaviour& port_protection_behaviour() {
    static const PortProtection behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
