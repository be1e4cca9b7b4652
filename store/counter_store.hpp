#pragma once
// CounterStore: invocation counters in a file, and the system title that they go with. What is
// reserved is on the disk before it is used; a file that cannot be read is an error, never a new
// beginning.

#include <expected>
#include <map>
#include <mutex>
#include <string>

#include "client/durable_counters.hpp"
#include "stack/base/random.hpp"
#include "store/database.hpp"

namespace dlms::store {

/// How far the counters of all keys have come.
struct CounterOutlook {
    std::uint64_t keys = 0;
    std::uint64_t near_end = 0;  ///< that have used nine tenths of their numbers or more
    std::uint64_t highest = 0;   ///< the next number of the key that has come farthest
};

class CounterStore final : public client::DurableCounters {
public:
    /// Opens the file, or makes it. One process at a time, so that it may `wait` for another. The
    /// error is a sentence for people.
    static std::expected<std::unique_ptr<CounterStore>, std::string> open(
        const std::string& file, std::chrono::milliseconds wait = usual_wait);
    ~CounterStore() override;

    Result<security::CounterRange> reserve(const client::CounterId& id, std::uint32_t count,
                                           std::uint32_t least) override;
    Result<std::optional<std::uint64_t>> next(const client::CounterId& id) override;
    Result<std::optional<security::InvocationCounter>> received(
        const client::CounterId& id, const security::SystemTitle& sender) override;
    /// On the disk with flush_received(), with the next reservation, with the 256th change, or at
    /// the end.
    Status save_received(const client::CounterId& id,
                         const client::ReceivedCounter& received) override;
    Status flush_received() override;
    /// Errors: counter_not_reserved where the store fails.
    Result<CounterOutlook> outlook();

    /// The title of who owns this file, drawn at its first use: three letters of a maker that is
    /// none (`DLM`), and five octets. Errors: defect without randomness, counter_not_reserved.
    Result<security::SystemTitle> own_title(Random& random);

private:
    explicit CounterStore(Database database) : database_(std::move(database)) {}

    std::optional<std::optional<std::uint64_t>> read_next(const client::CounterId& id);
    bool write_received();

    std::mutex mutex_;
    Database database_;
    std::map<client::ReceivedFrom, security::InvocationCounter> unwritten_;
    unsigned changes_ = 0;
};

}  // namespace dlms::store
