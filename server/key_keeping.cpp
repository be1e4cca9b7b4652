#include "server/key_keeping.hpp"

#include <filesystem>

#include "store/key_store.hpp"

namespace dlms::service {

namespace {

std::optional<store::SealingKey> sealing_key(const SecretBytes& octets) {
    return store::SealingKey::from(octets.reveal());
}

}  // namespace

std::expected<std::shared_ptr<client::KeyRecords>, std::string> keep_keys(
    const ServiceConfig& config, std::function<void(const std::string& meter)> damaged) {
    const std::filesystem::path folder(config.data_dir);
    const std::string file = config.data_dir.empty() ? "" : (folder / "secrets.db").string();
    auto key = sealing_key(config.key_encryption_key);
    if (file.empty() || !key) {
        std::error_code ignored;
        if (!file.empty() && std::filesystem::exists(file, ignored)) {
            return std::unexpected(file +
                                   " holds sealed secrets of meters: KEY_ENCRYPTION_KEY or "
                                   "KEY_ENCRYPTION_KEY_FILE must give the key that opens them");
        }
        auto store = store::KeyStore::in_memory();
        if (!store) {
            return std::unexpected(std::move(store.error()));
        }
        return std::shared_ptr<client::KeyRecords>(std::move(*store));
    }
    std::error_code error;
    if (std::filesystem::create_directories(folder, error); error) {
        return std::unexpected("DATA_DIR " + config.data_dir + ": " + error.message());
    }
    auto store =
        store::KeyStore::open(file, std::move(*key), sealing_key(config.former_key_encryption_key));
    if (!store) {
        return std::unexpected("DATA_DIR: " + store.error());
    }
    (*store)->tell_damage(std::move(damaged));
    return std::shared_ptr<client::KeyRecords>(std::move(*store));
}

}  // namespace dlms::service
