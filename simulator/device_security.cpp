#include "simulator/device_security.hpp"

#include <algorithm>

namespace dlms::simulator {
namespace {

using security::ApduProtection;
using security::KeySlot;

/// What one APDU may set off: a window of blocks, and more.
constexpr std::uint64_t least_numbers = 128;
constexpr std::uint32_t range_size = 512;

security::ProtectionKeys copy_of(const security::ProtectionKeys& keys) {
    const auto copy = [](const auto& key) {
        return key ? std::optional(key->clone()) : std::nullopt;
    };
    security::ProtectionKeys made;
    made.unicast = copy(keys.unicast);
    made.broadcast = copy(keys.broadcast);
    made.authentication = copy(keys.authentication);
    made.master = copy(keys.master);
    return made;
}

}  // namespace

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

std::uint32_t DeviceSecurity::highest_received() const {
    std::uint32_t highest = 0;
    for (const auto& [client, number] : received_) {
        highest = std::max(highest, number.value());
    }
    return highest;
}

}  // namespace dlms::simulator
