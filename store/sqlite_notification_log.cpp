#include "store/sqlite_notification_log.hpp"

namespace dlms::store {
namespace {

using Step = Statement::Step;
using std::chrono::milliseconds;

constexpr int schema_version = 1;
// AUTOINCREMENT: an id that a reader has seen never stands for another record.
constexpr std::string_view schema = R"(
CREATE TABLE IF NOT EXISTS notifications (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received INTEGER NOT NULL,
    meter TEXT NOT NULL,
    service TEXT NOT NULL,
    identity TEXT NOT NULL,
    document TEXT NOT NULL,
    octets BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS notifications_by_identity ON notifications (identity, received);
CREATE TABLE IF NOT EXISTS delivery (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    last INTEGER NOT NULL
);
INSERT OR IGNORE INTO delivery VALUES (1, 0);
CREATE TABLE IF NOT EXISTS dead_letters (
    id INTEGER PRIMARY KEY,
    attempts INTEGER NOT NULL,
    problem TEXT NOT NULL,
    since INTEGER NOT NULL,
    try_again INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS notifications_by_meter ON notifications (meter, id);
)";

constexpr std::string_view columns = "id, received, meter, service, identity, document, octets";

std::unexpected<Error> store_failed() {
    return std::unexpected(Error{ErrorCode::store_failed, Layer::store, 0});
}

std::int64_t milliseconds_of(std::chrono::system_clock::time_point instant) {
    return std::chrono::duration_cast<milliseconds>(instant.time_since_epoch()).count();
}

NotificationRecord record_of(const Statement& row) {
    NotificationRecord record;
    record.id = static_cast<std::uint64_t>(row.integer(0));
    record.received = std::chrono::system_clock::time_point(milliseconds(row.integer(1)));
    record.meter = row.text(2);
    record.service = row.text(3);
    record.identity = row.text(4);
    record.document = row.text(5);
    const ByteView octets = row.octets(6);
    record.octets.assign(octets.begin(), octets.end());
    return record;
}

}  // namespace

std::expected<std::unique_ptr<SqliteNotificationLog>, std::string> SqliteNotificationLog::open(
    const std::string& file) {
    auto database = Database::open(file, schema, schema_version);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<SqliteNotificationLog>(
        new SqliteNotificationLog(std::move(*database), true));
}

std::expected<std::unique_ptr<SqliteNotificationLog>, std::string>
SqliteNotificationLog::in_memory() {
    auto database = Database::in_memory(schema);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<SqliteNotificationLog>(
        new SqliteNotificationLog(std::move(*database), false));
}

Result<bool> SqliteNotificationLog::has(const NotificationRecord& record) {
    const std::lock_guard lock(mutex_);
    return is_there(record);
}

Result<bool> SqliteNotificationLog::is_there(const NotificationRecord& record) {
    Statement same = database_.prepare(
        "SELECT 1 FROM notifications WHERE identity = ?1 AND received >= ?2 LIMIT 1");
    same.bind(1, std::string_view(record.identity));
    same.bind(2, milliseconds_of(record.received) - record.same_within.count());
    const Step step = same.step();
    if (step == Step::failed) {
        return store_failed();
    }
    return step == Step::row;
}

Result<std::uint64_t> SqliteNotificationLog::insert(const NotificationRecord& record) {
    Statement insert = database_.prepare(
        "INSERT INTO notifications (received, meter, service, identity, document, octets) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id");
    insert.bind(1, milliseconds_of(record.received));
    insert.bind(2, std::string_view(record.meter));
    insert.bind(3, std::string_view(record.service));
    insert.bind(4, std::string_view(record.identity));
    insert.bind(5, std::string_view(record.document));
    insert.bind(6, ByteView(record.octets));
    if (insert.step() != Step::row) {
        return store_failed();
    }
    const auto id = static_cast<std::uint64_t>(insert.integer(0));
    return insert.step() == Step::done ? Result<std::uint64_t>(id) : store_failed();
}

Result<std::vector<std::uint64_t>> SqliteNotificationLog::append(
    std::span<const NotificationRecord> records) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    std::vector<std::uint64_t> ids;
    for (const NotificationRecord& record : records) {
        const auto known = is_there(record);
        if (!known) {
            return std::unexpected(known.error());
        }
        const auto id = *known ? Result<std::uint64_t>(0) : insert(record);
        if (!id) {
            return std::unexpected(id.error());
        }
        ids.push_back(*id);
    }
    if (!transaction.commit()) {
        return store_failed();
    }
    return ids;
}

Result<std::vector<NotificationRecord>> SqliteNotificationLog::list(
    const NotificationQuery& query) {
    const std::lock_guard lock(mutex_);
    Statement statement =
        database_.prepare("SELECT " + std::string(columns) +
                          " FROM notifications "
                          "WHERE id > ?1 AND (?2 = '' OR meter = ?2) AND (?3 = '' OR service = ?3) "
                          "AND received >= ?4 ORDER BY id LIMIT ?5");
    statement.bind(1, static_cast<std::int64_t>(query.after));
    statement.bind(2, std::string_view(query.meter));
    statement.bind(3, std::string_view(query.service));
    statement.bind(4, query.since ? milliseconds_of(*query.since) : std::int64_t{0});
    statement.bind(5, static_cast<std::int64_t>(query.most));
    std::vector<NotificationRecord> records;
    Step step = statement.step();
    std::size_t octets = 0;
    for (; step == Step::row; step = statement.step()) {
        NotificationRecord record = record_of(statement);
        octets += record.document.size();
        if (octets > query.most_octets && !records.empty()) {
            return records;
        }
        records.push_back(std::move(record));
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return records;
}

Result<std::size_t> SqliteNotificationLog::keep(std::size_t most) {
    const std::lock_guard lock(mutex_);
    Statement remove = database_.prepare(
        "DELETE FROM notifications WHERE id <= "
        "(SELECT id FROM notifications ORDER BY id DESC LIMIT 1 OFFSET ?1)");
    remove.bind(1, static_cast<std::int64_t>(most));
    if (remove.step() != Step::done) {
        return store_failed();
    }
    const auto removed = changes();
    const bool is_tidy =
        database_.run("DELETE FROM dead_letters WHERE id NOT IN (SELECT id FROM notifications)");
    return is_tidy ? removed : store_failed();
}

Result<std::size_t> SqliteNotificationLog::changes() {
    Statement changes = database_.prepare("SELECT changes()");
    if (changes.step() != Step::row) {
        return store_failed();
    }
    return static_cast<std::size_t>(changes.integer(0));
}

Result<std::optional<NotificationRecord>> SqliteNotificationLog::next_to_deliver() {
    const std::lock_guard lock(mutex_);
    for (const char* which :
         {"id = (SELECT MIN(id) FROM dead_letters WHERE try_again = 1)",
          "id = (SELECT MIN(id) FROM notifications WHERE id > (SELECT last FROM delivery))"}) {
        Statement next = database_.prepare("SELECT " + std::string(columns) +
                                           " FROM notifications WHERE " + which);
        const Step step = next.step();
        if (step == Step::failed) {
            return store_failed();
        }
        if (step == Step::row) {
            return record_of(next);
        }
    }
    return std::optional<NotificationRecord>();
}

// What comes next is behind this one, unless this one was tried again.
Status SqliteNotificationLog::pass(std::uint64_t id) {
    Statement update = database_.prepare("UPDATE delivery SET last = MAX(last, ?1)");
    update.bind(1, static_cast<std::int64_t>(id));
    return update.step() == Step::done ? Status() : store_failed();
}

Status SqliteNotificationLog::delivered(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    {
        Statement remove = database_.prepare("DELETE FROM dead_letters WHERE id = ?1");
        remove.bind(1, static_cast<std::int64_t>(id));
        if (remove.step() != Step::done) {
            return store_failed();
        }
    }
    const Status passed = pass(id);
    return passed && transaction.commit() ? Status() : store_failed();
}

Status SqliteNotificationLog::put_aside(std::uint64_t id, std::uint32_t attempts,
                                        const std::string& problem) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    {
        Statement insert =
            database_.prepare("INSERT OR REPLACE INTO dead_letters VALUES (?1, ?2, ?3, ?4, 0)");
        insert.bind(1, static_cast<std::int64_t>(id));
        insert.bind(2, static_cast<std::int64_t>(attempts));
        insert.bind(3, std::string_view(problem));
        insert.bind(4, milliseconds_of(std::chrono::system_clock::now()));
        if (insert.step() != Step::done) {
            return store_failed();
        }
    }
    const Status passed = pass(id);
    return passed && transaction.commit() ? Status() : store_failed();
}

Result<std::vector<DeadLetter>> SqliteNotificationLog::dead_letters(std::uint64_t after,
                                                                    std::size_t most) {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare(
        "SELECT " + std::string(columns) +
        ", attempts, problem, since FROM notifications JOIN dead_letters USING (id) "
        "WHERE id > ?1 AND try_again = 0 ORDER BY id LIMIT ?2");
    statement.bind(1, static_cast<std::int64_t>(after));
    statement.bind(2, static_cast<std::int64_t>(most));
    std::vector<DeadLetter> letters;
    Step step = statement.step();
    for (; step == Step::row; step = statement.step()) {
        letters.push_back(
            {record_of(statement), static_cast<std::uint32_t>(statement.integer(7)),
             statement.text(8),
             std::chrono::system_clock::time_point(milliseconds(statement.integer(9)))});
    }
    if (step == Step::failed) {
        return store_failed();
    }
    return letters;
}

Result<std::size_t> SqliteNotificationLog::try_again() {
    const std::lock_guard lock(mutex_);
    if (!database_.run("UPDATE dead_letters SET try_again = 1 WHERE try_again = 0")) {
        return store_failed();
    }
    return changes();
}

Result<std::size_t> SqliteNotificationLog::count() {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare("SELECT COUNT(*) FROM notifications");
    if (statement.step() != Step::row) {
        return store_failed();
    }
    return static_cast<std::size_t>(statement.integer(0));
}

}  // namespace dlms::store
