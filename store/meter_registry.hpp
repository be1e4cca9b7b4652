#pragma once
// MeterRegistry: which meters there are, how they are reached, and what was learnt of them. The
// texts are the owner's; no secret stands in them (those are the KeyStore's).

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "stack/base/result.hpp"

namespace dlms::store {

struct MeterRecord {
    std::string number;      ///< unique
    std::string parameters;  ///< how it is reached
    std::string learnt;      ///< what it turned out not to do; may be empty
    std::chrono::system_clock::time_point added;
    std::chrono::system_clock::time_point changed;  ///< the parameters, last
};

/// Every change is durable when its call returns, and whole or not at all. Errors of all:
/// store_failed; nothing is changed then. From any thread.
class MeterRegistry {
public:
    virtual ~MeterRegistry() = default;

    /// False, and nothing is changed, where the number is there already.
    virtual Result<bool> add(const std::string& number, const std::string& parameters) = 0;
    /// Adds, or replaces the parameters and keeps what was learnt. True: it is new.
    virtual Result<bool> put(const std::string& number, const std::string& parameters) = 0;
    /// False where there is no such meter.
    virtual Result<bool> learn(const std::string& number, const std::string& learnt) = 0;
    virtual Result<bool> remove(const std::string& number) = 0;

    virtual Result<std::optional<MeterRecord>> find(const std::string& number) = 0;
    /// Those whose numbers come after `after` in the order of their octets, `most` at most.
    virtual Result<std::vector<MeterRecord>> list(const std::string& after, std::size_t most) = 0;
    virtual Result<std::size_t> count() = 0;

    /// Whether the meters are there after a restart.
    virtual bool outlives_process() const = 0;
};

}  // namespace dlms::store
