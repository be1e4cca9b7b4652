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

NumberSupply::NumberSupply(DurableCounters& store, const MeterSecurity& security,
                           Freshness freshness)
    : store_(store), freshness_(freshness) {
    if (!security.own_title) {
        return;
    }
    const security::ProtectionKeys& keys = security.keys;
    if (keys.unicast) {
        add(KeySlot::unicast, keys.unicast->reveal(), *security.own_title);
    }
    if (keys.broadcast) {
        add(KeySlot::broadcast, keys.broadcast->reveal(), *security.own_title);
    }
    // Keys of single messages are wrapped by the master key, or agreed with the peer.
    if (keys.master) {
        add(KeySlot::message, keys.master->reveal(), *security.own_title);
    } else if (keys.own_agreement) {
        add(KeySlot::message, keys.own_agreement->reveal(), *security.own_title);
    }
}

void NumberSupply::add(KeySlot slot, ByteView key, const security::SystemTitle& own) {
    const std::size_t place = slot == KeySlot::unicast ? 0 : slot == KeySlot::broadcast ? 1 : 2;
    keys_[place] = Key{slot, counter_id(key, own), counter_id(key), first_size};
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
    return top_up(protection);
}

Status NumberSupply::recall(ApduProtection& protection) {
    if (!protection.peer_title()) {
        return {};
    }
    for (std::optional<Key>& key : keys_) {
        if (!key) {
            continue;
        }
        const auto before = store_.received(key->received, *protection.peer_title());
        if (!before) {
            return std::unexpected(before.error());
        }
        if (*before) {
            protection.receive_counter(key->slot).accept(**before);
            key->saved = ReceivedCounter{*protection.peer_title(), **before};
        }
    }
    return {};
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
    if (!protection.peer_title()) {
        return {};
    }
    for (std::optional<Key>& key : keys_) {
        const auto highest = key ? protection.receive_counter(key->slot).highest() : std::nullopt;
        const bool is_saved = highest && key->saved && key->saved->highest == *highest &&
                              key->saved->sender == *protection.peer_title();
        if (!highest || is_saved) {
            continue;
        }
        key->saved = ReceivedCounter{*protection.peer_title(), *highest};
        if (const Status done = store_.save_received(key->received, *key->saved); !done) {
            return done;
        }
    }
    return freshness_ == Freshness::by_numbers ? flush() : Status();
}

Status NumberSupply::flush() {
    return store_.flush_received();
}

}  // namespace dlms::client
