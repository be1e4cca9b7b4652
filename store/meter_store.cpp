#include "store/meter_store.hpp"

namespace dlms::store {
namespace {

using Step = Statement::Step;

constexpr int schema_version = 1;
constexpr std::string_view schema = R"(
CREATE TABLE IF NOT EXISTS meters (
    number TEXT PRIMARY KEY NOT NULL,
    parameters TEXT NOT NULL,
    learnt TEXT NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL
) WITHOUT ROWID;
)";
constexpr std::string_view columns = "number, parameters, learnt, added, changed";

std::unexpected<Error> store_failed() {
    return std::unexpected(Error{ErrorCode::store_failed, Layer::store, 0});
}

std::int64_t present_seconds() {
    using namespace std::chrono;
    return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

std::chrono::system_clock::time_point instant_of(std::int64_t seconds) {
    return std::chrono::system_clock::time_point(std::chrono::seconds(seconds));
}

MeterRecord record_of(const Statement& row) {
    return {row.text(0), row.text(1), row.text(2), instant_of(row.integer(3)),
            instant_of(row.integer(4))};
}

}  // namespace

std::expected<std::unique_ptr<MeterStore>, std::string> MeterStore::open(const std::string& file) {
    auto database = Database::open(file, schema, schema_version);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<MeterStore>(new MeterStore(std::move(*database), true));
}

std::expected<std::unique_ptr<MeterStore>, std::string> MeterStore::in_memory() {
    auto database = Database::in_memory(schema);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<MeterStore>(new MeterStore(std::move(*database), false));
}

Result<bool> MeterStore::change(Statement& statement) {
    if (statement.step() != Step::done) {
        return store_failed();
    }
    Statement changes = database_.prepare("SELECT changes()");
    if (changes.step() != Step::row) {
        return store_failed();
    }
    return changes.integer(0) > 0;
}

Result<bool> MeterStore::add(const std::string& number, const std::string& parameters) {
    const std::lock_guard lock(mutex_);
    Statement statement =
        database_.prepare("INSERT OR IGNORE INTO meters VALUES (?1, ?2, '', ?3, ?3)");
    statement.bind(1, std::string_view(number));
    statement.bind(2, std::string_view(parameters));
    statement.bind(3, present_seconds());
    return change(statement);
}

Result<bool> MeterStore::put(const std::string& number, const std::string& parameters) {
    const auto is_new = add(number, parameters);
    if (!is_new || *is_new) {
        return is_new;
    }
    const std::lock_guard lock(mutex_);
    Statement statement =
        database_.prepare("UPDATE meters SET parameters = ?2, changed = ?3 WHERE number = ?1");
    statement.bind(1, std::string_view(number));
    statement.bind(2, std::string_view(parameters));
    statement.bind(3, present_seconds());
    const auto changed = change(statement);
    if (!changed) {
        return changed;
    }
    return false;
}

Result<bool> MeterStore::learn(const std::string& number, const std::string& learnt) {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare("UPDATE meters SET learnt = ?2 WHERE number = ?1");
    statement.bind(1, std::string_view(number));
    statement.bind(2, std::string_view(learnt));
    return change(statement);
}

Result<bool> MeterStore::remove(const std::string& number) {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare("DELETE FROM meters WHERE number = ?1");
    statement.bind(1, std::string_view(number));
    return change(statement);
}

Result<std::optional<MeterRecord>> MeterStore::find(const std::string& number) {
    const std::lock_guard lock(mutex_);
    Statement statement =
        database_.prepare("SELECT " + std::string(columns) + " FROM meters WHERE number = ?1");
    statement.bind(1, std::string_view(number));
    switch (statement.step()) {
        case Step::row: return record_of(statement);
        case Step::done: return std::optional<MeterRecord>();
        case Step::failed: break;
    }
    return store_failed();
}

Result<std::vector<MeterRecord>> MeterStore::list(const std::string& after, std::size_t most) {
    const std::lock_guard lock(mutex_);
    Statement statement =
        database_.prepare("SELECT " + std::string(columns) +
                          " FROM meters WHERE number > ?1 ORDER BY number LIMIT ?2");
    statement.bind(1, std::string_view(after));
    statement.bind(2, static_cast<std::int64_t>(most));
    std::vector<MeterRecord> records;
    Step step = statement.step();
    for (; step == Step::row; step = statement.step()) {
        records.push_back(record_of(statement));
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return records;
}

Result<std::size_t> MeterStore::count() {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare("SELECT COUNT(*) FROM meters");
    if (statement.step() != Step::row) {
        return store_failed();
    }
    return static_cast<std::size_t>(statement.integer(0));
}

}  // namespace dlms::store
