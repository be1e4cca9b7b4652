#include "simulator/classes/token_entry.hpp"

#include <algorithm>

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/remaining_energy.hpp"
#include "simulator/classes/token.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;

/// Numbers that a meter remembers; a meter that has taken so many takes no more.
constexpr std::size_t most_tokens = 65'536;

// Hexcell meters take tokens by SET of a Data object, and have the energy that is left in another.
constexpr cosem::ObisCode token_input(1, 0, 129, 129, 2, 255);
constexpr cosem::ObisCode last_token(0, 0, 96, 96, 1, 255);
constexpr std::uint16_t data_class = 1;
constexpr std::uint16_t register_class = 3;

class TokenData final : public ClassBehaviour {
public:
    cosem::DataAccessResult judge(const OwnObject& data, std::int8_t,
                                  const DataView& value) const override {
        if (data.declared().instance != token_input) {
            return cosem::DataAccessResult::success;
        }
        const auto octets = value.octets();
        if (octets && judge_token(data, *octets) == TokenOutcome::accepted) {
            return cosem::DataAccessResult::success;
        }
        data.device.happened(MeterHappening::token_refused, data.now);
        return cosem::DataAccessResult::other_reason;
    }
    void written(const OwnObject& data, std::int8_t) const override {
        const auto octets = data.stored(2).octets();
        std::uint64_t amount = 0;
        if (data.declared().instance != token_input || !octets ||
            enter_token(data, *octets, amount) != TokenOutcome::accepted) {
            return;
        }
        if (const auto last = data.device.find_object(data_class, last_token)) {
            data.device.store({*last, 2}, axdr::Data(data.stored(2)), data.now);
        }
        for (const std::uint16_t class_id : {data_class, register_class}) {
            if (const auto left = data.device.find_object(class_id, remaining_energy_name)) {
                const OwnObject energy(data.device, *left, data.now);
                if (is_remaining_energy(energy.declared())) {
                    settle_remaining_energy(energy);
                }
                energy.store_number(2, energy.signed_number(2) + static_cast<std::int64_t>(amount));
            }
        }
    }
};

}  // namespace

TokenOutcome judge_token(const OwnObject& object, ByteView octets) {
    const auto token = read_token(octets);
    if (!token) {
        return token.error() == TokenFault::format ? TokenOutcome::format : TokenOutcome::check;
    }
    const std::vector<std::uint64_t>& used = object.device.meter().used_tokens;
    return used.size() >= most_tokens || std::ranges::binary_search(used, token->number)
               ? TokenOutcome::used
               : TokenOutcome::accepted;
}

TokenOutcome enter_token(const OwnObject& object, ByteView octets, std::uint64_t& amount) {
    const TokenOutcome outcome = judge_token(object, octets);
    if (outcome == TokenOutcome::accepted) {
        const auto token = read_token(octets);
        std::vector<std::uint64_t>& used = object.device.meter().used_tokens;
        used.insert(std::ranges::lower_bound(used, token->number), token->number);
        amount = token->amount;
    }
    object.device.happened(outcome == TokenOutcome::accepted ? MeterHappening::token_accepted
                                                             : MeterHappening::token_refused,
                           object.now);
    return outcome;
}

const ClassBehaviour& data_behaviour() {
    static const TokenData behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
