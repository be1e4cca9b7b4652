#include "server/registry_keeping.hpp"

#include <filesystem>

#include "store/meter_store.hpp"

namespace dlms::service {

std::expected<std::unique_ptr<store::MeterRegistry>, std::string> keep_registry(
    const std::string& data_dir) {
    if (data_dir.empty()) {
        return store::MeterStore::in_memory();
    }
    std::error_code error;
    if (std::filesystem::create_directories(data_dir, error); error) {
        return std::unexpected("DATA_DIR " + data_dir + ": " + error.message());
    }
    auto store = store::MeterStore::open((std::filesystem::path(data_dir) / "meters.db").string());
    if (!store) {
        return std::unexpected("DATA_DIR: " + store.error());
    }
    return std::move(*store);
}

}  // namespace dlms::service
