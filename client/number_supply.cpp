#include "client/number_supply.hpp"

#include <algorithm>

namespace dlms::client {
namespace {

using security::ApduProtection;
using security::KeySlot;

/// Numbers that are left at least: more than the blocks of a window that one answer sets off.
constexpr std::uint64_t low_mark = 80;
/// Of the first reservation, and of the largest: who sends much waits for the disk seldom, who
/// sends little skips little.
constexpr std::uint32_t first_size = 128;
constexpr std::uint32_t largest_size = 4096;

}  // namespace

NumberSupply::NumberSupply(DurableCounters& store, const MeterSecurity& security) : store_(store) {
    if (!security.own_title) {
        return;
    }
    const security::SystemTitle& own = *security.own_title;
    if (security.keys.unicast) {
        const ByteView key = security.keys.unicast->reveal();
        keys_[0] = Key{KeySlot::unicast, counter_id(key, own), first_size};
        received_ = counter_id(key);
    }
    if (security.keys.broadcast) {
        keys_[1] =
            Key{KeySlot::broadcast, counter_id(security.keys.broadcast->reveal(), own), first_size};
    }
    // Keys of single messages are wrapped by the master key, or agreed with the peer.
    const ByteView message_key = security.keys.master ? security.keys.master->reveal()
                                 : security.keys.own_agreement
                                     ? security.keys.own_agreement->reveal()
                                     : ByteView();
    if (!message_key.empty()) {
        keys_[2] = Key{KeySlot::message, counter_id(message_key, own), first_size};
    }
}

Result<bool> NumberSupply::was_used() {
    if (!keys_[0]) {
        return true;
    }
    const auto next = store_.next(keys_[0]->id);
    return next ? Result<bool>(next->has_value()) : std::unexpected(next.error());
}

Result<bool> NumberSupply::begin_with(std::uint32_t least) {
    if (!keys_[0]) {
        return false;
    }
    const auto next = store_.next(keys_[0]->id);
    if (!next) {
        return std::unexpected(next.error());
    }
    least_ = std::max(least_, least);
    return (began_with_ ? *began_with_ : next->value_or(0)) < least;
}

Status NumberSupply::grant(ApduProtection& protection, Key& key) {
    const std::uint32_t least = key.slot == KeySlot::unicast ? least_ : 0;
    const auto range = store_.reserve(key.id, key.next_size, least);
    if (!range) {
        return std::unexpected(range.error());
    }
    const std::uint32_t left = security::last_invocation_counter - range->last;
    left_ = std::min(left, left_.value_or(left));
    if (key.slot == KeySlot::unicast && !began_with_) {
        began_with_ = range->first;
    }
    key.next_size = std::min(2 * key.next_size, largest_size);
    return protection.send_counter(key.slot).grant(*range);
}

Status NumberSupply::begin(ApduProtection& protection) {
    began_with_.reset();
    if (received_) {
        const auto before = store_.received(*received_);
        if (!before) {
            return std::unexpected(before.error());
        }
        // The meter may call itself otherwise now: then its numbers begin anew.
        if (*before && protection.set_peer_title((*before)->sender)) {
            protection.receive_counter(KeySlot::unicast) =
                security::ReceiveCounter((*before)->highest);
            saved_ = (*before)->highest;
        }
    }
    return top_up(protection);
}

Status NumberSupply::top_up(ApduProtection& protection) {
    for (std::optional<Key>& key : keys_) {
        if (!key || protection.send_counter(key->slot).remaining() >= low_mark) {
            continue;
        }
        if (const Status granted = grant(protection, *key); !granted) {
            // What is left may still be used.
            if (protection.send_counter(key->slot).remaining() == 0) {
                return granted;
            }
        }
    }
    return {};
}

Status NumberSupply::save(const ApduProtection& protection) {
    const auto highest = protection.receive_counter(KeySlot::unicast).highest();
    if (!received_ || !highest || highest == saved_ || !protection.peer_title()) {
        return {};
    }
    saved_ = highest;
    return store_.save_received(*received_, {*protection.peer_title(), *highest});
}

}  // namespace dlms::client
