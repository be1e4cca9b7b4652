#pragma once
// ApiKeyStore: the keys that callers show, each known by the SHA-256 of its secret only. A secret
// has 256 random bits, so its digest needs no salt and no slow hash.

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "stack/base/bytes.hpp"
#include "stack/base/random.hpp"
#include "stack/base/result.hpp"
#include "store/database.hpp"

namespace dlms::store {

struct ApiKeyRecord {
    std::string id;    ///< what logs and the audit log name it by, for example "dlms_1a2b3c4d"
    std::string name;  ///< for people
    std::uint8_t scopes = 0;   ///< bits, the reader's affair
    std::int64_t created = 0;  ///< seconds since 1970
    std::optional<std::int64_t> expires;
    std::optional<std::int64_t> revoked;
    std::uint32_t rate = 0;         ///< requests a second; 0: the configuration's
    std::array<Byte, 32> digest{};  ///< SHA-256 of the secret
};

class ApiKeyStore {
public:
    ApiKeyStore() = default;
    ApiKeyStore(const ApiKeyStore&) = delete;
    ApiKeyStore& operator=(const ApiKeyStore&) = delete;
    virtual ~ApiKeyStore() = default;

    /// Errors of all: store_failed. Adding an id that is there fails so too.
    virtual Status add(const ApiKeyRecord& record) = 0;
    /// False: there is no such key, or it was revoked before. A revoked key stays in the list.
    virtual Result<bool> revoke(const std::string& id, std::int64_t when) = 0;
    /// All of them, in the order in which they were made.
    virtual Result<std::vector<ApiKeyRecord>> list() = 0;
    /// Another number after every change, whoever made it.
    virtual Result<std::int64_t> version() = 0;
};

class SqliteApiKeyStore final : public ApiKeyStore {
public:
    /// Opens the file, or makes it; any number of processes may. The error is a sentence for
    /// people.
    static std::expected<std::unique_ptr<SqliteApiKeyStore>, std::string> open(
        const std::string& file);
    static std::expected<std::unique_ptr<SqliteApiKeyStore>, std::string> in_memory();

    Status add(const ApiKeyRecord& record) override;
    Result<bool> revoke(const std::string& id, std::int64_t when) override;
    Result<std::vector<ApiKeyRecord>> list() override;
    Result<std::int64_t> version() override;

private:
    explicit SqliteApiKeyStore(Database database) : database_(std::move(database)) {}

    std::mutex mutex_;
    Database database_;
};

/// "dlms_" and 8 hex digits, ".", and 64 hex digits: what a caller shows.
struct DrawnApiKey {
    std::string text;
    std::string id;
    std::array<Byte, 32> digest{};
};
/// Errors: defect without randomness.
Result<DrawnApiKey> draw_api_key(Random& random);

/// A key as it was shown, taken apart; nothing for a text of another form.
struct ShownApiKey {
    std::string_view id;
    std::string_view secret;
};
std::optional<ShownApiKey> parse_api_key(std::string_view text);

}  // namespace dlms::store
