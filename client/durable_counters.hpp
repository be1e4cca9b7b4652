#pragma once
// DurableCounters: invocation counters that outlive the process. A number is reserved durably
// before it is used, so that a crash skips numbers and never repeats one.

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

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

/// The highest number that was accepted from a sender under a key.
struct ReceivedCounter {
    security::SystemTitle sender;
    security::InvocationCounter highest;
};

/// Under which key, from whom.
using ReceivedFrom = std::pair<CounterId, security::SystemTitle>;

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

    /// The highest number that was accepted from the sender. Meters may share a key: each counts by
    /// itself.
    virtual Result<std::optional<security::InvocationCounter>> received(
        const CounterId& id, const security::SystemTitle& sender) = 0;
    /// Never lowers the number of a sender. Durable with flush_received(), or sooner: what is lost
    /// in a crash lets an old APDU be accepted again.
    virtual Status save_received(const CounterId& id, const ReceivedCounter& received) = 0;
    /// What was saved is durable when it returns. Costs nothing where all is.
    virtual Status flush_received() = 0;
};

/// For a process that gives itself a new system title at each start: nothing has to outlive it.
class ProcessCounters final : public DurableCounters {
public:
    Result<security::CounterRange> reserve(const CounterId& id, std::uint32_t count,
                                           std::uint32_t least) override;
    Result<std::optional<std::uint64_t>> next(const CounterId& id) override;
    Result<std::optional<security::InvocationCounter>> received(
        const CounterId& id, const security::SystemTitle& sender) override;
    Status save_received(const CounterId& id, const ReceivedCounter& received) override;
    Status flush_received() override { return {}; }

private:
    std::mutex mutex_;
    std::map<CounterId, std::uint64_t> next_;
    std::map<ReceivedFrom, security::InvocationCounter> received_;
};

/// The range of `count` numbers from `next` or `least` on, whichever is higher. Errors:
/// counter_exhausted.
Result<security::CounterRange> range_from(std::uint64_t next, std::uint32_t count,
                                          std::uint32_t least);

}  // namespace dlms::client
