#pragma once
// DurableCounters: invocation counters that outlive the process. A number is reserved durably
// before it is used, so that a crash skips numbers and never repeats one.

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "stack/security/invocation_counter.hpp"
#include "stack/security/system_title.hpp"

namespace dlms::client {

/// Names a key without telling it.
struct CounterId {
    std::array<Byte, 16> fingerprint{};

    friend auto operator<=>(const CounterId&, const CounterId&) = default;
};

/// Of what `sender` seals with a key: a part of the SHA-256 of both.
CounterId counter_id(ByteView key, const security::SystemTitle& sender);
/// Of what is received under a key, whoever sends it.
CounterId counter_id(ByteView key);

/// What was accepted under a key.
struct ReceivedCounter {
    security::SystemTitle sender;
    security::InvocationCounter highest;
};

/// May be called from any thread. Errors of all: counter_not_reserved where the store fails.
class DurableCounters {
public:
    virtual ~DurableCounters() = default;

    /// Reserves `count` numbers, or as many as there are left, none below `least`; nobody else ever
    /// gets them. They are durable when it returns. Errors: counter_exhausted.
    virtual Result<security::CounterRange> reserve(const CounterId& id, std::uint32_t count,
                                                   std::uint32_t least) = 0;
    /// The lowest number that was never reserved; nothing for a key that was never used.
    virtual Result<std::optional<std::uint64_t>> next(const CounterId& id) = 0;

    virtual Result<std::optional<ReceivedCounter>> received(const CounterId& id) = 0;
    /// Never lowers the number of a sender. Durable sooner or later: what is lost in a crash lets
    /// an old APDU be accepted again, which no association that is made anew understands.
    virtual Status save_received(const CounterId& id, const ReceivedCounter& received) = 0;
};

/// For a process that gives itself a new system title at each start: nothing has to outlive it.
class ProcessCounters final : public DurableCounters {
public:
    Result<security::CounterRange> reserve(const CounterId& id, std::uint32_t count,
                                           std::uint32_t least) override;
    Result<std::optional<std::uint64_t>> next(const CounterId& id) override;
    Result<std::optional<ReceivedCounter>> received(const CounterId& id) override;
    Status save_received(const CounterId& id, const ReceivedCounter& received) override;

private:
    std::mutex mutex_;
    std::map<CounterId, std::uint64_t> next_;
    std::map<CounterId, ReceivedCounter> received_;
};

/// The range of `count` numbers from `next` or `least` on, whichever is higher. Errors:
/// counter_exhausted.
Result<security::CounterRange> range_from(std::uint64_t next, std::uint32_t count,
                                          std::uint32_t least);

}  // namespace dlms::client
