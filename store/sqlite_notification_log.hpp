#pragma once
// The notifications in a file, or in memory where nothing is to last.

#include <expected>
#include <memory>
#include <mutex>

#include "store/database.hpp"
#include "store/notification_log.hpp"

namespace dlms::store {

class SqliteNotificationLog final : public NotificationLog {
public:
    /// Opens the file, or makes it. One process at a time. The error is a sentence for people.
    static std::expected<std::unique_ptr<SqliteNotificationLog>, std::string> open(
        const std::string& file);
    /// Goes with the process.
    static std::expected<std::unique_ptr<SqliteNotificationLog>, std::string> in_memory();

    Result<std::vector<std::uint64_t>> append(std::span<const NotificationRecord> records) override;
    Result<bool> has(const NotificationRecord& record) override;
    Result<std::vector<NotificationRecord>> list(const NotificationQuery& query) override;
    Result<std::size_t> keep(std::size_t most) override;
    Result<std::size_t> count() override;
    Result<std::optional<NotificationRecord>> next_to_deliver() override;
    Status delivered(std::uint64_t id) override;
    Status put_aside(std::uint64_t id, std::uint32_t attempts, const std::string& problem) override;
    Result<std::vector<DeadLetter>> dead_letters(std::uint64_t after, std::size_t most) override;
    Result<std::size_t> try_again() override;
    bool outlives_process() const override { return outlives_process_; }

private:
    SqliteNotificationLog(Database database, bool outlives_process)
        : database_(std::move(database)), outlives_process_(outlives_process) {}

    Result<bool> is_there(const NotificationRecord& record);
    Status pass(std::uint64_t id);
    Result<std::size_t> changes();
    Result<std::uint64_t> insert(const NotificationRecord& record);

    std::mutex mutex_;
    Database database_;
    bool outlives_process_;
};

}  // namespace dlms::store
