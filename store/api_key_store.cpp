#include "store/api_key_store.hpp"

#include <algorithm>

#include "stack/base/hex.hpp"
#include "stack/security/digest.hpp"

namespace dlms::store {
namespace {

using Step = Statement::Step;

constexpr int schema_version = 1;
constexpr std::string_view schema = R"(
CREATE TABLE IF NOT EXISTS keys (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    scopes INTEGER NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    revoked INTEGER NOT NULL,
    rate INTEGER NOT NULL,
    digest BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS changes (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    version INTEGER NOT NULL
);
INSERT OR IGNORE INTO changes VALUES (1, 0);
)";

constexpr std::string_view prefix = "dlms_";
constexpr std::size_t id_octets = 4;
constexpr std::size_t secret_octets = 32;
/// Stands for a time that there is none.
constexpr std::int64_t never = -1;

std::unexpected<Error> store_failed() {
    return std::unexpected(Error{ErrorCode::store_failed, Layer::store, 0});
}

std::optional<std::int64_t> time_of(std::int64_t column) {
    return column == never ? std::nullopt : std::optional(column);
}

std::string lower_hex(ByteView octets) {
    std::string text = to_hex(octets);
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c;
    });
    return text;
}

bool is_lower_hex(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool count_change(Database& database) {
    return database.run("UPDATE changes SET version = version + 1");
}

}  // namespace

std::expected<std::unique_ptr<SqliteApiKeyStore>, std::string> SqliteApiKeyStore::open(
    const std::string& file) {
    auto database = Database::open(file, schema, schema_version, Sharing::any_number);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<SqliteApiKeyStore>(new SqliteApiKeyStore(std::move(*database)));
}

std::expected<std::unique_ptr<SqliteApiKeyStore>, std::string> SqliteApiKeyStore::in_memory() {
    auto database = Database::in_memory(schema);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<SqliteApiKeyStore>(new SqliteApiKeyStore(std::move(*database)));
}

Status SqliteApiKeyStore::add(const ApiKeyRecord& record) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    Statement statement = database_.prepare(
        "INSERT INTO keys (id, name, scopes, created, expires, revoked, rate, digest) "
        "VALUES (?,?,?,?,?,?,?,?)");
    statement.bind(1, std::string_view(record.id));
    statement.bind(2, std::string_view(record.name));
    statement.bind(3, std::int64_t{record.scopes});
    statement.bind(4, record.created);
    statement.bind(5, record.expires.value_or(never));
    statement.bind(6, record.revoked.value_or(never));
    statement.bind(7, std::int64_t{record.rate});
    statement.bind(8, ByteView(record.digest));
    if (!transaction.is_open() || statement.step() != Step::done || !count_change(database_) ||
        !transaction.commit()) {
        return store_failed();
    }
    return {};
}

Result<bool> SqliteApiKeyStore::revoke(const std::string& id, std::int64_t when) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    {
        Statement asked = database_.prepare("SELECT 1 FROM keys WHERE id = ?1 AND revoked = ?2");
        asked.bind(1, std::string_view(id));
        asked.bind(2, never);
        switch (asked.step()) {
            case Step::done: return false;
            case Step::failed: return store_failed();
            case Step::row: break;
        }
    }
    Statement statement = database_.prepare("UPDATE keys SET revoked = ?2 WHERE id = ?1");
    statement.bind(1, std::string_view(id));
    statement.bind(2, when);
    if (statement.step() != Step::done || !count_change(database_) || !transaction.commit()) {
        return store_failed();
    }
    return true;
}

Result<std::vector<ApiKeyRecord>> SqliteApiKeyStore::list() {
    const std::lock_guard lock(mutex_);
    Statement all = database_.prepare(
        "SELECT id, name, scopes, created, expires, revoked, rate, digest FROM keys ORDER BY "
        "number");
    std::vector<ApiKeyRecord> records;
    Step step = all.step();
    for (; step == Step::row; step = all.step()) {
        ApiKeyRecord record;
        record.id = all.text(0);
        record.name = all.text(1);
        record.scopes = static_cast<std::uint8_t>(all.integer(2));
        record.created = all.integer(3);
        record.expires = time_of(all.integer(4));
        record.revoked = time_of(all.integer(5));
        record.rate = static_cast<std::uint32_t>(all.integer(6));
        const ByteView digest = all.octets(7);
        if (digest.size() != record.digest.size()) {
            return store_failed();
        }
        std::ranges::copy(digest, record.digest.begin());
        records.push_back(std::move(record));
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return records;
}

Result<std::int64_t> SqliteApiKeyStore::version() {
    const std::lock_guard lock(mutex_);
    Statement asked = database_.prepare("SELECT version FROM changes");
    if (asked.step() != Step::row) {
        return store_failed();
    }
    return asked.integer(0);
}

Result<DrawnApiKey> draw_api_key(Random& random) {
    std::array<Byte, id_octets + secret_octets> octets{};
    if (!random.fill(octets)) {
        return fail(ErrorCode::defect, Layer::store);
    }
    const auto all = std::span(octets);
    const std::string secret = lower_hex(all.subspan(id_octets));
    const auto digest = security::digest(security::DigestAlgorithm::sha256, {as_bytes(secret)});
    DrawnApiKey drawn;
    drawn.id = std::string(prefix) + lower_hex(all.first(id_octets));
    if (!digest || digest->size() != drawn.digest.size()) {
        return fail(ErrorCode::defect, Layer::store);
    }
    std::ranges::copy(*digest, drawn.digest.begin());
    drawn.text = drawn.id + "." + secret;
    return drawn;
}

std::optional<ShownApiKey> parse_api_key(std::string_view text) {
    constexpr std::size_t id_size = prefix.size() + 2 * id_octets;
    if (text.size() != id_size + 1 + 2 * secret_octets || !text.starts_with(prefix) ||
        text[id_size] != '.') {
        return std::nullopt;
    }
    const ShownApiKey shown{text.substr(0, id_size), text.substr(id_size + 1)};
    if (!is_lower_hex(shown.id.substr(prefix.size())) || !is_lower_hex(shown.secret)) {
        return std::nullopt;
    }
    return shown;
}

}  // namespace dlms::store
