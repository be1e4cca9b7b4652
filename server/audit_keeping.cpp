#include "server/audit_keeping.hpp"

#include <filesystem>

#include "store/sqlite_audit_log.hpp"

namespace dlms::service {

namespace {

// The file of that name in the folder, which is made if need be; null without a folder.
template <class Interface, class Store>
std::expected<std::shared_ptr<Interface>, std::string> keep(const std::string& data_dir,
                                                            const char* file) {
    if (data_dir.empty()) {
        return nullptr;
    }
    const std::filesystem::path folder(data_dir);
    std::error_code error;
    if (std::filesystem::create_directories(folder, error); error) {
        return std::unexpected("DATA_DIR " + data_dir + ": " + error.message());
    }
    auto store = Store::open((folder / file).string());
    if (!store) {
        return std::unexpected("DATA_DIR: " + store.error());
    }
    return std::shared_ptr<Interface>(std::move(*store));
}

}  // namespace

std::expected<std::shared_ptr<store::AuditLog>, std::string> keep_audit(
    const std::string& data_dir) {
    return keep<store::AuditLog, store::SqliteAuditLog>(data_dir, "audit.db");
}

std::expected<std::shared_ptr<store::ApiKeyStore>, std::string> keep_api_keys(
    const std::string& data_dir) {
    return keep<store::ApiKeyStore, store::SqliteApiKeyStore>(data_dir, "api_keys.db");
}

}  // namespace dlms::service
