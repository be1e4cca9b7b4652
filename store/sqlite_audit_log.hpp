#pragma once
// The audit log in a file, or in memory where nothing is to last.

#include <expected>
#include <functional>
#include <memory>
#include <mutex>

#include "store/audit_log.hpp"
#include "store/database.hpp"

namespace dlms::store {

class SqliteAuditLog final : public AuditLog {
public:
    /// Opens the file, or makes it, and checks its newest entry. Other
    /// processes may read it and append to it meanwhile. The error is a sentence for people.
    static std::expected<std::unique_ptr<SqliteAuditLog>, std::string> open(
        const std::string& file);
    static std::expected<std::unique_ptr<SqliteAuditLog>, std::string> in_memory();

    Result<std::int64_t> append(std::span<const AuditRecord> records) override;
    AuditHead head() const override;
    bool outlives_process() const override { return outlives_process_; }

private:
    SqliteAuditLog(Database database, bool outlives_process)
        : database_(std::move(database)), outlives_process_(outlives_process) {}

    std::optional<std::string> find_head();
    bool follow_others();
    bool insert(const AuditEntry& entry);

    mutable std::mutex mutex_;
    Database database_;
    AuditHead head_;
    bool outlives_process_;
};

/// Hands out the entries of a file in order, also while a service writes to it; ends early where
/// `take` returns false. The error is a sentence for people.
std::expected<void, std::string> read_audit_log(const std::string& file,
                                                const std::function<bool(const AuditEntry&)>& take);

}  // namespace dlms::store
