#pragma once
// AuditLog: who asked for which change of a meter or of the service, and what came of it. Entries
// are only ever appended, and chained: the hash of each covers the hash of the one before, so that
// nothing can be changed, left out or put in between unseen. What the chain cannot show is that its
// end was cut off: whoever wants to see that too keeps the newest hash elsewhere.
//
//   hash = SHA-256(hash of the entry before, 32 octets | canonical form of the entry)
//
// The canonical form is every field as a netstring ("5:hello,") in the order of AuditEntry, numbers
// in decimal digits. Before the first entry stand 32 octets of zero.

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::store {

using AuditHash = std::array<Byte, 32>;

enum class AuditPhase : std::uint8_t {
    intent,   ///< on the disk before anything is sent
    outcome,  ///< what came of an intent
    event,    ///< something that has no outcome of its own
};

/// "intent", "outcome", "event".
std::string_view name(AuditPhase phase);

/// What is recorded. UTF-8; never a secret, which is its caller's duty.
struct AuditRecord {
    AuditPhase phase = AuditPhase::event;
    std::int64_t time = 0;    ///< milliseconds since 1970, UTC
    std::int64_t intent = 0;  ///< of an outcome: the sequence number of its intent
    std::string key_id;       ///< the API key's; empty where none was asked for
    std::string source;       ///< the address that the request came from
    std::string request_id;
    std::string meter;
    std::string action;  ///< for example "write"
    std::string target;  ///< for example "3 1-0:1.8.0.255 2"
    std::string before;
    std::string after;
    std::string result;  ///< of an outcome: "success" or an error code

    friend bool operator==(const AuditRecord&, const AuditRecord&) = default;
};

struct AuditEntry {
    std::int64_t sequence = 0;  ///< 1, 2, 3 ...
    AuditRecord record;
    AuditHash hash{};
};

/// The newest entry's; 0 and zeros of an empty log.
struct AuditHead {
    std::int64_t sequence = 0;
    AuditHash hash{};
};

/// Errors: defect (no SHA-256).
Result<AuditHash> audit_hash(const AuditHash& former, std::int64_t sequence,
                             const AuditRecord& record);

class AuditLog {
public:
    AuditLog() = default;
    AuditLog(const AuditLog&) = delete;
    AuditLog& operator=(const AuditLog&) = delete;
    virtual ~AuditLog() = default;

    /// All or none, and what lasts has them when this returns: the sequence number of the first.
    /// Fields beyond `longest_field` octets are cut. Any thread. Errors: store_failed.
    virtual Result<std::int64_t> append(std::span<const AuditRecord> records) = 0;
    virtual AuditHead head() const = 0;
    virtual bool outlives_process() const = 0;

    static constexpr std::size_t longest_field = 4096;
};

/// Follows a chain entry by entry.
class AuditChain {
public:
    /// Nothing if the entry follows; else a sentence about what is wrong with it.
    std::optional<std::string> take(const AuditEntry& entry);

    const AuditHead& head() const { return head_; }
    /// Intents that no outcome has followed: the service ended, or was ended, in between.
    std::size_t open_intents() const { return open_.size(); }

private:
    AuditHead head_;
    std::set<std::int64_t> open_;
};

}  // namespace dlms::store
