#include "simulator/classes/disconnect_control.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::Tag;
using cosem::ActionResult;

// control_state.
constexpr std::uint8_t disconnected = 0;
constexpr std::uint8_t connected = 1;
constexpr std::uint8_t ready_for_reconnection = 2;

struct Transition {
    char letter;  ///< the standard's
    std::uint8_t from;
    std::uint8_t to;
};
constexpr Transition transitions[] = {
    {'a', disconnected, connected},               // remote reconnect
    {'b', connected, disconnected},               // remote disconnect
    {'c', ready_for_reconnection, disconnected},  // remote disconnect
    {'d', disconnected, ready_for_reconnection},  // remote reconnect
    {'e', ready_for_reconnection, connected},     // manual reconnect
    {'f', connected, ready_for_reconnection},     // manual disconnect
    {'g', connected, ready_for_reconnection},     // local disconnect
    {'h', ready_for_reconnection, connected},     // local reconnect
};
/// By control_mode.
constexpr std::array<std::string_view, 7> allowed = {"",      "bcfgde",  "bcfgae", "bcgde",
                                                     "bcgae", "bcfgdeh", "bcgdeh"};

/// The first of these letters that leads from the present state and is allowed.
const Transition* find_transition(const OwnObject& relay, std::string_view letters) {
    const std::uint64_t mode = relay.number(4);
    const std::uint64_t state = relay.number(3);
    for (const Transition& transition : transitions) {
        if (mode < allowed.size() && transition.from == state &&
            letters.contains(transition.letter) &&
            allowed[static_cast<std::size_t>(mode)].contains(transition.letter)) {
            return &transition;
        }
    }
    return nullptr;
}

void make(const OwnObject& relay, const Transition& transition) {
    relay.store(2, make_data([&](axdr::DataBuilder& builder) {
                    builder.boolean(transition.to == connected);
                }));
    relay.store_number(3, transition.to);
    relay.device.happened(
        transition.to == connected ? MeterHappening::relay_on : MeterHappening::relay_off,
        relay.now);
}

bool has_no_modes(const OwnObject& relay) {
    const std::uint64_t mode = relay.number(4, 0);
    return mode == 0 || mode >= allowed.size();
}

ActionResult perform(const OwnObject& relay, std::string_view letters) {
    if (has_no_modes(relay)) {
        return ActionResult::other_reason;
    }
    if (const Transition* const transition = find_transition(relay, letters)) {
        make(relay, *transition);
    }
    return ActionResult::success;  // or there is nothing to do
}

ActionResult disconnect(const OwnObject& relay, const MethodCall&) {
    return perform(relay, relay.device.instigator() == Instigator::local ? "g" : "bc");
}

ActionResult reconnect(const OwnObject& relay, const MethodCall&) {
    return perform(relay, relay.device.instigator() == Instigator::local ? "h" : "ad");
}

class DisconnectControl final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::integer, disconnect},
                                                  {2, Tag::integer, reconnect}};
        return all;
    }
};

}  // namespace

bool switch_by_hand(const OwnObject& relay, ManualSwitch which) {
    const Transition* const transition =
        find_transition(relay, which == ManualSwitch::disconnect ? "f" : "e");
    if (transition) {
        make(relay, *transition);
    }
    return transition != nullptr;
}

const ClassBehaviour& disconnect_control_behaviour() {
    static const DisconnectControl behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
