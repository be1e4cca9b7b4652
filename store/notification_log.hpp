#pragma once
// NotificationLog: what meters have sent by themselves, in the order in which it came. The
// documents are the owner's.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::store {

struct NotificationRecord {
    std::uint64_t id = 0;  ///< ascends, and is never used again
    std::chrono::system_clock::time_point received;
    std::string meter;     ///< the meter's number, or empty
    std::string service;   ///< for example "data-notification"
    std::string identity;  ///< the same for what is the same message
    /// What is the same is another message if it comes so much later. Not kept.
    std::chrono::milliseconds same_within{};
    std::string document;
    ByteBuffer octets;  ///< the APDU as it came
};

/// Which records are asked for; what is empty asks for all.
struct NotificationQuery {
    std::uint64_t after = 0;  ///< ids above this
    std::string meter = {};
    std::string service = {};
    std::optional<std::chrono::system_clock::time_point> since = {};
    std::size_t most = 100;
    /// Of documents; the first that is asked for comes whatever it has.
    std::size_t most_octets = std::size_t{8} << 20;
};

/// A notification that its receiver has refused.
struct DeadLetter {
    NotificationRecord record;
    std::uint32_t attempts = 0;
    std::string problem;  ///< of the last
    std::chrono::system_clock::time_point since;
};

/// Every change is durable when its call returns, and whole or not at all. Errors of all:
/// store_failed; nothing is changed then. From any thread.
class NotificationLog {
public:
    virtual ~NotificationLog() = default;

    /// Appends, all or none. The id of each, or 0 for one that is there already: nothing is
    /// appended for it.
    virtual Result<std::vector<std::uint64_t>> append(
        std::span<const NotificationRecord> records) = 0;
    /// Whether the message is there already.
    virtual Result<bool> has(const NotificationRecord& record) = 0;
    /// In the order of their ids.
    virtual Result<std::vector<NotificationRecord>> list(const NotificationQuery& query) = 0;
    /// Removes the oldest until `most` are left; how many went.
    virtual Result<std::size_t> keep(std::size_t most) = 0;
    virtual Result<std::size_t> count() = 0;

    // Handing them on to one receiver, in their order.
    /// The first that is neither delivered nor put aside; of those that are to be tried again, the
    /// first of them.
    virtual Result<std::optional<NotificationRecord>> next_to_deliver() = 0;
    virtual Status delivered(std::uint64_t id) = 0;
    virtual Status put_aside(std::uint64_t id, std::uint32_t attempts,
                             const std::string& problem) = 0;
    /// What was put aside, and is not to be tried again, with ids above `after`, in their order.
    virtual Result<std::vector<DeadLetter>> dead_letters(std::uint64_t after, std::size_t most) = 0;
    /// All that was put aside is to be tried again; how many.
    virtual Result<std::size_t> try_again() = 0;

    /// Whether the records are there after a restart.
    virtual bool outlives_process() const = 0;
};

}  // namespace dlms::store
