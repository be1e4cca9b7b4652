#pragma once
// Invocation counters (Green Book 9.2.3.3.7; sheet section 11.5): half of the initialisation
// vector, so that no number may ever be used twice with a key and a system title.

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include "stack/base/result.hpp"
#include "stack/base/strong.hpp"

namespace dlms::security {

using InvocationCounter = Strong<struct InvocationCounterTag, std::uint32_t>;

/// The last number that is sent. FFFFFFFF means that a key is exhausted.
inline constexpr std::uint32_t last_invocation_counter = 0xFFFFFFFE;

/// Numbers that somebody has reserved durably, so that nobody uses them again after a crash.
struct CounterRange {
    std::uint32_t first = 0;
    std::uint32_t last = 0;  ///< included
};

/// What we send with one key. Hands out each number of the ranges that were granted once, upwards,
/// and nothing else: who grants has reserved them before.
class SendCounter {
public:
    /// Adds a range. It lies above everything granted, handed out or skipped before; what is left
    /// of an earlier range is given up unless the new one follows it without a gap. Errors:
    /// out_of_range for another range, counter_exhausted for one that begins behind the last
    /// number.
    Status grant(CounterRange range);
    /// Asked for a range by take() when nothing is left; nothing for none. For many senders that
    /// share one row of numbers, and mostly send nothing.
    using Source = std::function<std::optional<CounterRange>()>;
    void set_source(Source source) { source_ = std::move(source); }
    /// The next number. Errors: counter_not_reserved when nothing is left of what was granted,
    /// counter_exhausted at the end of all numbers.
    Result<InvocationCounter> take();
    /// Skips every number below `next`, for a peer that has seen higher ones; never backwards.
    void skip_to(InvocationCounter next);

    /// Numbers left of what was granted.
    std::uint64_t remaining() const { return next_ < end_ ? end_ - next_ : 0; }
    /// The lowest number that a new range may begin with.
    std::uint64_t next_free() const { return next_ > end_ ? next_ : end_; }

private:
    // One more than 32 bits can hold, so that the end has no special case.
    std::uint64_t next_ = 0;
    std::uint64_t end_ = 0;
    Source source_;
};

/// What we receive with one key from one system title.
class ReceiveCounter {
public:
    ReceiveCounter() = default;
    /// Begins with what was accepted before a restart.
    explicit ReceiveCounter(std::optional<InvocationCounter> highest) : highest_(highest) {}

    /// Whether the number is above every accepted one. Errors: counter_too_low. Changes nothing:
    /// the tag has not been verified yet.
    Status check(InvocationCounter counter) const;
    /// To be called behind a good tag only. Never lowers.
    void accept(InvocationCounter counter);
    std::optional<InvocationCounter> highest() const { return highest_; }

private:
    std::optional<InvocationCounter> highest_;
};

}  // namespace dlms::security
