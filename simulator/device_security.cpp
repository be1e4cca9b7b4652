#include "simulator/device_security.hpp"

#include <algorithm>

#include "stack/security/key_wrap.hpp"

namespace dlms::simulator {
namespace {

using security::ApduProtection;
using security::KeySlot;

/// What one APDU may set off: a window of blocks, and more.
constexpr std::uint64_t least_numbers = 128;
constexpr std::uint32_t range_size = 512;

/// Where the array of generations has a key.
constexpr std::size_t index_of(security::KeyId id) {
    return static_cast<std::size_t>(id);
}

security::ProtectionKeys copy_of(const security::ProtectionKeys& keys) {
    const auto copy = [](const auto& key) {
        return key ? std::optional(key->clone()) : std::nullopt;
    };
    security::ProtectionKeys made;
    made.unicast = copy(keys.unicast);
    made.broadcast = copy(keys.broadcast);
    made.authentication = copy(keys.authentication);
    made.master = copy(keys.master);
    made.own_signing = copy(keys.own_signing);
    made.peer_signing = keys.peer_signing;
    return made;
}

}  // namespace

DeclaredSecurity DeclaredSecurity::clone() const {
    DeclaredSecurity made;
    made.suite = suite;
    made.system_title = system_title;
    made.keys = copy_of(keys);
    return made;
}

std::optional<ApduProtection> DeviceSecurity::protection() {
    if (!declared_.system_title) {
        return std::nullopt;
    }
    auto made = ApduProtection::create(declared_.suite, *declared_.system_title,
                                       copy_of(declared_.keys), random_);
    if (!made) {
        return std::nullopt;
    }
    for (const auto& [client, highest] : received_) {
        if (made->set_peer_title(client)) {
            made->receive_counter(KeySlot::unicast) = security::ReceiveCounter(highest);
        }
    }
    grant(*made);
    return std::move(*made);
}

void DeviceSecurity::grant(ApduProtection& protection) {
    for (const KeySlot slot : {KeySlot::unicast, KeySlot::broadcast, KeySlot::message}) {
        security::SendCounter& numbers = protection.send_counter(slot);
        if (numbers.remaining() >= least_numbers) {
            continue;
        }
        // One row of numbers for all keys: none comes twice with any.
        const security::CounterRange range{next_number_, next_number_ + range_size - 1};
        if (numbers.grant(range)) {
            next_number_ += range_size;
        }
    }
}

void DeviceSecurity::prepare(ApduProtection& protection) {
    grant(protection);
    if (const auto& client = protection.peer_title()) {
        const auto found = received_.find(*client);
        if (found != received_.end()) {
            protection.receive_counter(KeySlot::unicast).accept(found->second);
        }
    }
}

void DeviceSecurity::settle(const ApduProtection& protection) {
    const auto highest = protection.receive_counter(KeySlot::unicast).highest();
    if (!protection.peer_title() || !highest) {
        return;
    }
    const auto [place, is_new] = received_.try_emplace(*protection.peer_title(), *highest);
    if (!is_new && place->second.value() < highest->value()) {
        place->second = *highest;
    }
}

bool DeviceSecurity::activate(std::uint8_t policy, std::uint8_t version) {
    const auto wanted = version == 0 ? security::SecurityPolicy::from_v0(policy)
                                     : security::SecurityPolicy::from_v1(policy);
    if (!wanted || (active_policy_ && !wanted->is_at_least(*active_policy_))) {
        return false;
    }
    policy_ = policy;
    active_policy_ = *wanted;
    ++generation_;
    return true;
}

bool DeviceSecurity::transfer(const axdr::DataView& keys) {
    const auto elements = keys.elements();
    if (!declared_.keys.master || !elements || elements->size() == 0) {
        return false;
    }
    std::array<std::optional<SecretBytes>, 4> taken;
    const axdr::ElementRange all = *elements;
    for (const axdr::DataView& element : all) {
        const auto id = element.element(0);
        const auto wrapped = element.element(1);
        const auto number =
            id ? id->unsigned_integer() : Result<std::uint64_t>(std::unexpected(id.error()));
        const auto octets =
            wrapped ? wrapped->octets() : Result<ByteView>(std::unexpected(wrapped.error()));
        if (!number || !octets || *number >= taken.size()) {
            return false;
        }
        auto key = security::aes_key_unwrap(declared_.keys.master->reveal(), *octets);
        if (!key || key->size() != security::key_size(declared_.suite)) {
            return false;
        }
        taken[static_cast<std::size_t>(*number)] = std::move(*key);
    }
    ++generation_;
    const auto take = [&](security::KeyId id, auto& into) {
        if (const auto& key = taken[index_of(id)]) {
            into = *std::remove_reference_t<decltype(*into)>::from(key->reveal());
            changed_at_[index_of(id)] = generation_;
        }
    };
    take(security::KeyId::unicast, declared_.keys.unicast);
    take(security::KeyId::broadcast, declared_.keys.broadcast);
    take(security::KeyId::authentication, declared_.keys.authentication);
    take(security::KeyId::master, declared_.keys.master);
    if (taken[index_of(security::KeyId::unicast)]) {
        received_.clear();
    }
    return true;
}

void DeviceSecurity::take_over(association::ServerAssociation& association,
                               std::uint64_t since) const {
    if (active_policy_ && association.configuration().security.ciphered) {
        association.set_policy(*active_policy_);
    }
    ApduProtection* const protection = association.protection();
    if (!protection) {
        return;
    }
    // They are of the right size, as transfer() has made sure.
    if (changed_at_[index_of(security::KeyId::unicast)] > since) {
        (void)protection->replace_key(KeySlot::unicast, *declared_.keys.unicast);
    }
    if (changed_at_[index_of(security::KeyId::broadcast)] > since) {
        (void)protection->replace_key(KeySlot::broadcast, *declared_.keys.broadcast);
    }
    if (changed_at_[index_of(security::KeyId::authentication)] > since) {
        (void)protection->replace_key(*declared_.keys.authentication);
    }
}

std::uint32_t DeviceSecurity::highest_received() const {
    std::uint32_t highest = 0;
    for (const auto& [client, number] : received_) {
        highest = std::max(highest, number.value());
    }
    return highest;
}

}  // namespace dlms::simulator
