#pragma once
// MeterStore: a MeterRegistry in a file, or in memory.

#include <expected>
#include <memory>
#include <mutex>

#include "store/database.hpp"
#include "store/meter_registry.hpp"

namespace dlms::store {

class MeterStore final : public MeterRegistry {
public:
    /// Opens the file, or makes it. One process at a time. The error is a sentence for people.
    static std::expected<std::unique_ptr<MeterStore>, std::string> open(const std::string& file);
    /// Goes with the process.
    static std::expected<std::unique_ptr<MeterStore>, std::string> in_memory();

    Result<bool> add(const std::string& number, const std::string& parameters) override;
    Result<bool> put(const std::string& number, const std::string& parameters) override;
    Result<bool> learn(const std::string& number, const std::string& learnt) override;
    Result<bool> remove(const std::string& number) override;
    Result<std::optional<MeterRecord>> find(const std::string& number) override;
    Result<std::vector<MeterRecord>> list(const std::string& after, std::size_t most) override;
    Result<std::size_t> count() override;
    bool outlives_process() const override { return outlives_process_; }

private:
    MeterStore(Database database, bool outlives_process)
        : database_(std::move(database)), outlives_process_(outlives_process) {}

    /// Runs a statement without rows; whether it changed one.
    Result<bool> change(Statement& statement);

    std::mutex mutex_;
    Database database_;
    bool outlives_process_;
};

}  // namespace dlms::store
