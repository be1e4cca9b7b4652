#include "simulator/classes/arbitrator.hpp"

#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::int8_t actions_id = 2;
constexpr std::int8_t permissions_id = 3;
constexpr std::int8_t weightings_id = 4;
constexpr std::int8_t requests_id = 5;
constexpr std::int8_t outcome_id = 6;
/// last_outcome counts the actions from 1.
constexpr std::size_t most_actions = 255;

/// The bits of the actions; false for those that the bit-string does not have.
std::vector<bool> bits_of(const DataView& data, std::size_t actions) {
    std::vector<bool> bits(actions);
    if (const auto set = data.bit_string()) {
        for (std::size_t action = 0; action < std::min(actions, set->count); ++action) {
            bits[action] = (*set)[action];
        }
    }
    return bits;
}

axdr::Data to_data(const std::vector<bool>& bits) {
    ByteBuffer octets((bits.size() + 7) / 8);
    for (std::size_t bit = 0; bit < bits.size(); ++bit) {
        octets[bit / 8] = static_cast<Byte>(octets[bit / 8] | (bits[bit] ? 0x80 >> bit % 8 : 0));
    }
    return make_data([&](axdr::DataBuilder& builder) { builder.bit_string(octets, bits.size()); });
}

/// What the actors ask for, by actor; as many as have permissions.
std::vector<std::vector<bool>> requests_of(const OwnObject& arbitrator, std::size_t actions) {
    const auto actors = elements_of(arbitrator.stored(permissions_id)).size();
    std::vector<std::vector<bool>> requests;
    for (std::size_t actor = 0; actor < actors; ++actor) {
        requests.push_back(bits_of(member(arbitrator.stored(requests_id), actor), actions));
    }
    return requests;
}

void store_requests(const OwnObject& arbitrator, const std::vector<std::vector<bool>>& requests) {
    std::vector<axdr::Data> all;
    for (const std::vector<bool>& bits : requests) {
        all.push_back(to_data(bits));
    }
    arbitrator.store(requests_id, make_array(all));
}

/// The action with the greatest sum of weightings, the first of several; nothing where no actor
/// gives any weight.
std::optional<std::size_t> heaviest(const OwnObject& arbitrator,
                                    const std::vector<std::vector<bool>>& requests,
                                    std::size_t actions) {
    std::optional<std::size_t> found;
    std::uint64_t most = 0;
    for (std::size_t action = 0; action < actions; ++action) {
        std::uint64_t weight = 0;
        for (std::size_t actor = 0; actor < requests.size(); ++actor) {
            if (requests[actor][action]) {
                weight += member_number(member(arbitrator.stored(weightings_id), actor), action);
            }
        }
        if (weight > most) {
            most = weight;
            found = action;
        }
    }
    return found;
}

ActionResult request_action(const OwnObject& arbitrator, const MethodCall& call) {
    const std::vector<axdr::Data> actions = elements_of(arbitrator.stored(actions_id));
    const auto actor = member(call.parameter, 0).unsigned_integer();
    const auto asked = member(call.parameter, 1).bit_string();
    if (call.parameter.elements()->size() != 2 || !member(call.parameter, 0).is(Tag::unsigned_) ||
        !asked) {
        return ActionResult::type_unmatched;
    }
    std::vector<std::vector<bool>> requests = requests_of(arbitrator, actions.size());
    if (*actor >= requests.size() || asked->count != actions.size() ||
        actions.size() > most_actions) {
        return ActionResult::other_reason;
    }
    std::vector<bool> wanted = bits_of(member(call.parameter, 1), actions.size());
    const std::vector<bool> permitted =
        bits_of(member(arbitrator.stored(permissions_id), *actor), actions.size());
    for (std::size_t action = 0; action < actions.size(); ++action) {
        if (wanted[action] && !permitted[action]) {
            return ActionResult::read_write_denied;
        }
    }
    requests[*actor] = std::move(wanted);
    store_requests(arbitrator, requests);
    const auto chosen = heaviest(arbitrator, requests, actions.size());
    arbitrator.store_number(outcome_id, chosen ? static_cast<std::int64_t>(*chosen) + 1 : 0);
    if (!chosen) {
        return ActionResult::success;
    }
    const DataView script = actions[*chosen].view();
    const auto table = obis_of(member(script, 0));
    return table ? arbitrator.device.run_script(*table, member_number(script, 1),
                                                Instigator::remote, arbitrator.now)
                 : ActionResult::other_reason;
}

ActionResult reset(const OwnObject& arbitrator, const MethodCall&) {
    const std::size_t actions = elements_of(arbitrator.stored(actions_id)).size();
    std::vector<std::vector<bool>> requests = requests_of(arbitrator, actions);
    for (std::vector<bool>& bits : requests) {
        bits.assign(actions, false);
    }
    store_requests(arbitrator, requests);
    arbitrator.store_number(outcome_id, 0);
    return ActionResult::success;
}

class Arbitrator final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::structure, request_action},
                                                  {2, Tag::integer, reset}};
        return all;
    }
};

}  // namespace

const ClassBehaviour& arbitrator_behaviour() {
    static const Arbitrator behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
