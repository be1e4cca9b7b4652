#pragma once
// NumberSupply: keeps one association in numbers: reserves ranges of invocation counters for it,
// and saves what it has received. Single-threaded.

#include <array>

#include "client/durable_counters.hpp"
#include "client/meter_security.hpp"

namespace dlms::client {

class NumberSupply {
public:
    /// What makes an old APDU of a meter's unfit for a new association.
    enum class Freshness : std::uint8_t {
        by_challenge,  ///< the meter answers a challenge of ours (HLS)
        by_numbers,    ///< what was received is all there is: it is durable before it is handed out
    };

    /// `store` outlives the supply.
    NumberSupply(DurableCounters& store, const MeterSecurity& security, Freshness freshness);

    /// Grants the first range of every key. Errors: counter_exhausted, counter_not_reserved.
    Status begin(security::ApduProtection& protection);
    /// Puts back what was received before from the meter whose title is known now. Errors:
    /// counter_not_reserved.
    Status recall(security::ApduProtection& protection);
    /// Grants more where less is left than one command may need. Costs nothing where enough is.
    Status top_up(security::ApduProtection& protection);
    /// Saves what has been received since the last call.
    Status save(const security::ApduProtection& protection);
    /// What was saved is durable when it returns. Errors: counter_not_reserved.
    Status flush();

    /// Numbers that may still be reserved for the key that has the fewest; nothing before the first
    /// reservation.
    std::optional<std::uint32_t> left() const { return left_; }
    /// Whether a number of the unicast key was ever reserved. Errors: as DurableCounters.
    Result<bool> was_used();
    /// From now on nothing below `least` is reserved for the unicast key. True if the last
    /// association began below it, or the next one would have. Errors: as DurableCounters.
    Result<bool> begin_with(std::uint32_t least);

private:
    struct Key {
        security::KeySlot slot;
        CounterId id;
        CounterId received;
        std::uint32_t next_size;
        std::optional<ReceivedCounter> saved = std::nullopt;
    };
    void add(security::KeySlot slot, ByteView key, const security::SystemTitle& own);
    Status grant(security::ApduProtection& protection, Key& key);

    DurableCounters& store_;
    std::array<std::optional<Key>, 3> keys_;  // unicast, broadcast, message
    Freshness freshness_;
    std::uint32_t least_ = 0;
    std::optional<std::uint32_t> left_;
    std::optional<std::uint32_t> began_with_;  // of the unicast key, in the last association
};

}  // namespace dlms::client
