#include "server/registry_keeping.hpp"

#include <filesystem>

#include "store/meter_store.hpp"
#include "store/sqlite_notification_log.hpp"

namespace dlms::service {

namespace {

// The store of that name in the folder, which is made if need be; in memory without a folder.
template <class Store>
std::expected<std::unique_ptr<Store>, std::string> keep(const std::string& data_dir,
                                                        const char* file) {
    if (data_dir.empty()) {
        return Store::in_memory();
    }
    std::error_code error;
    if (std::filesystem::create_directories(data_dir, error); error) {
        return std::unexpected("DATA_DIR " + data_dir + ": " + error.message());
    }
    auto store = Store::open((std::filesystem::path(data_dir) / file).string());
    if (!store) {
        return std::unexpected("DATA_DIR: " + store.error());
    }
    return store;
}

}  // namespace

std::expected<std::unique_ptr<store::MeterRegistry>, std::string> keep_registry(
    const std::string& data_dir) {
    return keep<store::MeterStore>(data_dir, "meters.db");
}

std::expected<std::shared_ptr<store::NotificationLog>, std::string> keep_notifications(
    const std::string& data_dir) {
    return keep<store::SqliteNotificationLog>(data_dir, "notifications.db");
}

}  // namespace dlms::service
