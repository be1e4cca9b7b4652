// Account, credit, charge and token gateway (classes 111, 112, 113 and 115; Blue Book 4.6): tokens
// fill credits, charges empty them, and the account says which credit is in use.

#include <algorithm>
#include <cmath>

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/token_entry.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::uint16_t account_class = 111;
constexpr std::uint16_t credit_class = 112;
constexpr std::uint16_t charge_class = 113;

enum class CreditStatus : std::uint8_t { enabled, selectable, selected, in_use, exhausted };

/// Objects that a list of logical names refers to.
std::vector<OwnObject> referred(const OwnObject& from, std::int8_t list, std::uint16_t class_id) {
    std::vector<OwnObject> found;
    for (const axdr::Data& entry : elements_of(from.stored(list))) {
        const auto name = obis_of(entry.view());
        const auto object = name ? from.device.find_object(class_id, *name) : std::nullopt;
        if (object) {
            found.emplace_back(from.device, *object, from.now);
        }
    }
    return found;
}

/// The first account; every credit and charge of a device belongs to it.
std::optional<OwnObject> account_of(const OwnObject& object) {
    const auto place = object.device.first_of_class(account_class, 2);
    return place ? std::optional(OwnObject(object.device, place->object, object.now))
                 : std::nullopt;
}

std::vector<OwnObject> credits_of(const OwnObject& account) {
    return referred(account, 9, credit_class);
}

std::int64_t amount(const OwnObject& credit) {
    return credit.signed_number(2);
}

CreditStatus status(const OwnObject& credit) {
    return static_cast<CreditStatus>(credit.number(8));
}

bool needs_confirmation(const OwnObject& credit) {
    constexpr std::size_t confirmation = 1;  // bit of credit_configuration
    const auto bits = credit.stored(7).bit_string();
    return bits && bits->count > confirmation && (*bits)[confirmation];
}

std::optional<OwnObject> in_use(const OwnObject& account) {
    for (const OwnObject& credit : credits_of(account)) {
        if (status(credit) == CreditStatus::in_use) {
            return credit;
        }
    }
    return std::nullopt;
}

/// Which credit is in use: the first in the account's order that has something left.
void settle(const OwnObject& account) {
    const bool had_one = in_use(account).has_value();
    bool is_found = false;
    for (const OwnObject& credit : credits_of(account)) {
        CreditStatus next = CreditStatus::enabled;
        if (amount(credit) <= credit.signed_number(6)) {
            next = CreditStatus::exhausted;
        } else if (!is_found && needs_confirmation(credit) &&
                   status(credit) != CreditStatus::selected &&
                   status(credit) != CreditStatus::in_use) {
            next = CreditStatus::selectable;
        } else if (!is_found) {
            next = CreditStatus::in_use;
            is_found = true;
        }
        credit.store_number(8, static_cast<std::int64_t>(next));
    }
    constexpr std::uint64_t prepayment = 2;
    constexpr std::uint64_t active = 2;
    const bool is_enforced = member_number(account.stored(2), 0) == prepayment &&
                             member_number(account.stored(2), 1) == active;
    if (had_one != is_found && is_enforced) {
        if (!is_found) {
            account.device.happened(MeterHappening::credit_exhausted, account.now);
        }
        // Scripts 1 and 2 of the disconnect script table.
        account.device.run_script(cosem::ObisCode(0, 0, 10, 0, 106, 255), is_found ? 2 : 1,
                                  Instigator::local, account.now);
    }
}

void settle_account_of(const OwnObject& object) {
    if (const auto account = account_of(object)) {
        settle(*account);
    }
}

// Account.

axdr::Data double_long(std::int64_t value) {
    return make_data([&](axdr::DataBuilder& builder) {
        builder.double_long(
            static_cast<std::int32_t>(std::clamp<std::int64_t>(value, INT32_MIN, INT32_MAX)));
    });
}

axdr::Data credit_status_bits(const OwnObject& account) {
    std::uint8_t bits = 0;
    const auto set = [&](int bit) { bits = static_cast<std::uint8_t>(bits | 0x80 >> bit); };
    const auto used = in_use(account);
    if (used && amount(*used) > 0) {
        set(0);  // in_credit
    }
    if (used && amount(*used) <= used->signed_number(5)) {
        set(1);  // low_credit
    }
    for (const OwnObject& credit : credits_of(account)) {
        set(status(credit) == CreditStatus::enabled                                ? 2
            : status(credit) == CreditStatus::selectable                           ? 3
            : status(credit) == CreditStatus::selected                             ? 4
            : status(credit) == CreditStatus::in_use && needs_confirmation(credit) ? 5
                                                                                   : 8);  // none
    }
    if (!used) {
        set(6);  // out_of_credit
    }
    return make_data(
        [&](axdr::DataBuilder& builder) { builder.bit_string(std::array<Byte, 1>{bits}, 8); });
}

ActionResult change_account(const OwnObject& account, std::uint64_t from, std::uint8_t to) {
    if (member_number(account.stored(2), 1) != from) {
        return ActionResult::other_reason;
    }
    const auto mode = static_cast<std::uint8_t>(member_number(account.stored(2), 0));
    account.store(2, make_data([&](axdr::DataBuilder& builder) {
                      builder.structure(2).enumerated(mode).enumerated(to);
                  }));
    const axdr::Data time = make_data([&](axdr::DataBuilder& builder) {
        builder.octet_string(cosem::encode(account.device.time(account.now)));
    });
    account.store(to == 3 ? std::int8_t{14} : std::int8_t{13}, time);
    settle(account);
    return ActionResult::success;
}

ActionResult reset_account(const OwnObject& account, const MethodCall&) {
    constexpr std::uint64_t closed = 3;
    if (member_number(account.stored(2), 1) != closed) {
        return ActionResult::other_reason;
    }
    for (const OwnObject& credit : credits_of(account)) {
        credit.store_number(2, 0);
    }
    return change_account(account, closed, 1);
}

class Account final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::integer,
                                                   [](const OwnObject& account, const MethodCall&) {
                                                       return change_account(account, 1, 2);
                                                   }},
                                                  {2, Tag::integer,
                                                   [](const OwnObject& account, const MethodCall&) {
                                                       return change_account(account, 2, 3);
                                                   }},
                                                  {3, Tag::integer, reset_account}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }
    void start(const OwnObject& account) const override { settle(account); }

    std::optional<axdr::Data> compute(const OwnObject& account, std::int8_t id) const override {
        std::int64_t available = 0;
        std::int64_t to_clear = 0;
        switch (id) {
            case 3: {
                std::uint8_t place = 0;
                std::uint8_t number = 0;
                for (const OwnObject& credit : credits_of(account)) {
                    ++number;
                    place = status(credit) == CreditStatus::in_use ? number : place;
                }
                return make_data([&](axdr::DataBuilder& builder) { builder.unsigned_(place); });
            }
            case 4: return credit_status_bits(account);
            case 5:
            case 6:
                for (const OwnObject& credit : credits_of(account)) {
                    const bool counts = status(credit) == CreditStatus::in_use ||
                                        status(credit) == CreditStatus::enabled ||
                                        status(credit) == CreditStatus::selected;
                    available += counts ? std::max<std::int64_t>(amount(credit), 0) : 0;
                    to_clear += std::min<std::int64_t>(amount(credit), 0);
                }
                return double_long(id == 5 ? available : to_clear);
            case 8: {
                std::int64_t debt = 0;
                for (const OwnObject& charge : referred(account, 10, charge_class)) {
                    debt += charge.signed_number(12);
                }
                return double_long(debt);
            }
            default: return std::nullopt;
        }
    }
};

// Credit.

void set_amount(const OwnObject& credit, std::int64_t value) {
    credit.store_number(2, value);
    settle_account_of(credit);
}

ActionResult invoke_credit(const OwnObject& credit, const MethodCall&) {
    if (status(credit) != CreditStatus::selectable) {
        return ActionResult::other_reason;
    }
    credit.store_number(8, static_cast<std::int64_t>(CreditStatus::selected));
    settle_account_of(credit);
    return ActionResult::success;
}

class Credit final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::double_long,
             [](const OwnObject& credit, const MethodCall& call) {
                 set_amount(credit, amount(credit) + *call.parameter.signed_integer());
                 return ActionResult::success;
             }},
            {2, Tag::double_long,
             [](const OwnObject& credit, const MethodCall& call) {
                 set_amount(credit, *call.parameter.signed_integer());
                 return ActionResult::success;
             }},
            {3, Tag::integer, invoke_credit}};
        return all;
    }
    void written(const OwnObject& credit, std::int8_t id) const override {
        if (id == 6 || id == 7) {
            settle_account_of(credit);
        }
    }
};

// Charge: unit_charge is {{commodity_scale, price_scale}, {class, name, attribute}, {{index,
// charge_per_unit} ...}}.

struct ChargeState final : ObjectState {
    std::optional<double> counted;  // of the commodity, when it was collected last
};

std::optional<double> commodity(const OwnObject& charge) {
    const DataView reference = member(charge.stored(5), 1);
    const auto name = obis_of(member(reference, 1));
    const auto object = name ? charge.device.find_object(
                                   static_cast<std::uint16_t>(member_number(reference, 0)), *name)
                             : std::nullopt;
    if (!object) {
        return std::nullopt;
    }
    const auto id = static_cast<std::int8_t>(member_number(reference, 2));
    const axdr::Data value = charge.device.value({*object, id}, charge.now);
    const auto number = value.view().signed_integer();
    return number ? std::optional(static_cast<double>(*number)) : std::nullopt;
}

std::int64_t due_amount(const OwnObject& charge) {
    constexpr std::uint64_t by_consumption = 0;
    const DataView scaling = member(charge.stored(5), 0);
    const auto scale = [&](std::size_t index) {
        return std::pow(10.0,
                        static_cast<double>(member(scaling, index).signed_integer().value_or(0)));
    };
    const DataView first = member(member(charge.stored(5), 2), 0);
    const double price =
        static_cast<double>(member(first, 1).signed_integer().value_or(0)) * scale(1);
    if (charge.number(3) != by_consumption) {
        return std::llround(price);
    }
    auto& state = charge.state<ChargeState>();
    const auto now = commodity(charge);
    const auto before = std::exchange(state.counted, now);
    if (!now || !before) {
        return 0;
    }
    const double units = std::max(0.0, *now - *before) * scale(0);
    const double due = std::floor(units * price);
    // What is not charged yet stays to be counted.
    const double per_count = scale(0) * price;
    if (per_count > 0) {
        state.counted = *before + due / per_count;
    }
    return static_cast<std::int64_t>(due);
}

ActionResult collect(const OwnObject& charge) {
    const auto account = account_of(charge);
    const auto credit = account ? in_use(*account) : std::nullopt;
    std::int64_t due = due_amount(charge);
    constexpr std::uint64_t by_consumption = 0;
    if (charge.number(3) != by_consumption) {
        due = std::min(due, charge.signed_number(12));  // no more than is owed
    }
    if (!credit) {
        return ActionResult::other_reason;
    }
    charge.store_number(2, charge.signed_number(2) + due);
    charge.store_number(11, due);
    charge.store(10, make_data([&](axdr::DataBuilder& builder) {
                     const auto octets = cosem::encode(charge.device.time(charge.now));
                     charge.stored(10).is(Tag::date_time) ? builder.date_time(octets)
                                                          : builder.octet_string(octets);
                 }));
    if (charge.number(3) != by_consumption) {
        charge.store_number(12, charge.signed_number(12) - due);
    }
    set_amount(*credit, amount(*credit) - due);
    return ActionResult::success;
}

class Charge final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::array, update_unit_charge},
            {2, Tag::integer,
             [](const OwnObject& charge, const MethodCall&) {
                 charge.store(5, axdr::Data(charge.stored(6)));
                 return ActionResult::success;
             }},
            {3, Tag::integer,
             [](const OwnObject& charge, const MethodCall&) { return collect(charge); }},
            {4, Tag::double_long,
             [](const OwnObject& charge, const MethodCall& call) {
                 charge.store_number(12,
                                     charge.signed_number(12) + *call.parameter.signed_integer());
                 return ActionResult::success;
             }},
            {5, Tag::double_long, [](const OwnObject& charge, const MethodCall& call) {
                 charge.store_number(12, *call.parameter.signed_integer());
                 return ActionResult::success;
             }}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }
    void start(const OwnObject& charge) const override {
        auto& state = charge.state<ChargeState>();
        if (!state.counted) {
            state.counted = commodity(charge);
        }
    }
    std::optional<Instant> next_due(const OwnObject& charge) const override {
        const auto seconds = static_cast<std::int64_t>(charge.number(8));
        return seconds > 0 ? std::optional(charge.device.meter().clock.next_multiple(
                                 std::chrono::seconds(seconds), charge.now))
                           : std::nullopt;
    }
    void run(const OwnObject& charge) const override { collect(charge); }

private:
    /// The charge_table of the passive unit charge.
    static ActionResult update_unit_charge(const OwnObject& charge, const MethodCall& call) {
        const axdr::Data passive(charge.stored(6));
        if (!passive.view().is(Tag::structure) || passive.view().elements()->size() != 3) {
            return ActionResult::other_reason;
        }
        charge.store(6, make_data([&](axdr::DataBuilder& builder) {
                         builder.structure(3)
                             .element(member(passive.view(), 0))
                             .element(member(passive.view(), 1))
                             .element(call.parameter);
                     }));
        return ActionResult::success;
    }
};

// Token gateway.

std::uint8_t status_code(TokenOutcome outcome) {
    switch (outcome) {
        case TokenOutcome::accepted: return 3;  // execution OK
        case TokenOutcome::format: return 4;
        case TokenOutcome::check: return 5;  // authentication failure
        case TokenOutcome::used: return 6;   // validation failure
    }
    return 7;
}

ActionResult enter(const OwnObject& gateway, const MethodCall& call) {
    const ByteView octets = *call.parameter.octets();
    std::uint64_t value = 0;
    const TokenOutcome outcome = enter_token(gateway, octets, value);
    gateway.store(2, axdr::Data(call.parameter));
    gateway.store(3, make_data([&](axdr::DataBuilder& builder) {
                      builder.octet_string(cosem::encode(gateway.device.time(gateway.now)));
                  }));
    gateway.store_number(5, 0);  // remote
    gateway.store(6, make_data([&](axdr::DataBuilder& builder) {
                      builder.structure(2)
                          .enumerated(status_code(outcome))
                          .bit_string(std::array<Byte, 1>{0}, 8);
                  }));
    if (outcome != TokenOutcome::accepted) {
        return ActionResult::success;  // what became of the token stands in token_status
    }
    const auto account = account_of(gateway);
    constexpr std::uint64_t token_credit = 0;
    for (const OwnObject& credit : account ? credits_of(*account) : std::vector<OwnObject>()) {
        if (credit.number(3) == token_credit) {
            set_amount(credit, amount(credit) + static_cast<std::int64_t>(value));
            break;
        }
    }
    return ActionResult::success;
}

class TokenGateway final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::octet_string, enter}};
        return all;
    }
};

}  // namespace

const ClassBehaviour& account_behaviour() {
    static const Account behaviour;
    return behaviour;
}

const ClassBehaviour& credit_behaviour() {
    static const Credit behaviour;
    return behaviour;
}

const ClassBehaviour& charge_behaviour() {
    static const Charge behaviour;
    return behaviour;
}

const ClassBehaviour& token_gateway_behaviour() {
    static const TokenGateway behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
