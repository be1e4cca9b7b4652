#include "store/sqlite_audit_log.hpp"

#include <algorithm>

namespace dlms::store {
namespace {

using Step = Statement::Step;

constexpr int schema_version = 1;
// The triggers keep an honest program from changing what it has recorded; the chain shows what
// another one did.
constexpr std::string_view schema = R"(
CREATE TABLE IF NOT EXISTS entries (
    sequence INTEGER PRIMARY KEY NOT NULL,
    phase INTEGER NOT NULL,
    time INTEGER NOT NULL,
    intent INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    source TEXT NOT NULL,
    request_id TEXT NOT NULL,
    meter TEXT NOT NULL,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT NOT NULL,
    after TEXT NOT NULL,
    result TEXT NOT NULL,
    hash BLOB NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER IF NOT EXISTS entries_stay_as_they_are BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
)";
constexpr std::string_view all_columns =
    "SELECT sequence, phase, time, intent, key_id, source, request_id, meter, action, target, "
    "before, after, result, hash FROM entries ";

/// Not in the middle of a character.
void cut(std::string& field) {
    if (field.size() <= AuditLog::longest_field) {
        return;
    }
    std::size_t size = AuditLog::longest_field;
    while (size > 0 && (static_cast<unsigned char>(field[size]) & 0xC0U) == 0x80U) {
        --size;
    }
    field.resize(size);
}

AuditRecord with_cut_fields(AuditRecord record) {
    for (std::string* field :
         {&record.key_id, &record.source, &record.request_id, &record.meter, &record.action,
          &record.target, &record.before, &record.after, &record.result}) {
        cut(*field);
    }
    return record;
}

AuditEntry entry_of(const Statement& row) {
    AuditEntry entry;
    entry.sequence = row.integer(0);
    // A phase that is none gives another hash than the one recorded.
    entry.record.phase =
        static_cast<AuditPhase>(std::clamp<std::int64_t>(row.integer(1), 0, UINT8_MAX));
    entry.record.time = row.integer(2);
    entry.record.intent = row.integer(3);
    int column = 4;
    for (std::string* field : {&entry.record.key_id, &entry.record.source, &entry.record.request_id,
                               &entry.record.meter, &entry.record.action, &entry.record.target,
                               &entry.record.before, &entry.record.after, &entry.record.result}) {
        *field = row.text(column++);
    }
    const ByteView hash = row.octets(column);
    if (hash.size() == entry.hash.size()) {
        std::ranges::copy(hash, entry.hash.begin());
    }
    return entry;
}

}  // namespace

std::expected<std::unique_ptr<SqliteAuditLog>, std::string> SqliteAuditLog::open(
    const std::string& file) {
    auto database = Database::open(file, schema, schema_version, Sharing::any_number);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    auto log = std::unique_ptr<SqliteAuditLog>(new SqliteAuditLog(std::move(*database), true));
    if (auto wrong = log->find_head()) {
        return std::unexpected(file + ": " + *wrong);
    }
    return log;
}

std::expected<std::unique_ptr<SqliteAuditLog>, std::string> SqliteAuditLog::in_memory() {
    auto database = Database::in_memory(schema);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<SqliteAuditLog>(new SqliteAuditLog(std::move(*database), false));
}

std::optional<std::string> SqliteAuditLog::find_head() {
    Statement newest =
        database_.prepare(std::string(all_columns) + "ORDER BY sequence DESC LIMIT 2");
    Step step = newest.step();
    if (step == Step::done) {
        return std::nullopt;
    }
    if (step == Step::failed) {
        return database_.error();
    }
    const AuditEntry last = entry_of(newest);
    step = newest.step();
    const AuditHash former = step == Step::row ? entry_of(newest).hash : AuditHash{};
    const auto hash = audit_hash(former, last.sequence, last.record);
    if (step == Step::failed || !hash || *hash != last.hash) {
        return "the chain of the audit log is broken at its newest entry, " +
               std::to_string(last.sequence) + "; dlms audit verify tells more";
    }
    head_ = {last.sequence, last.hash};
    return std::nullopt;
}

Result<std::int64_t> SqliteAuditLog::append(std::span<const AuditRecord> records) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    if (!transaction.is_open() || !follow_others()) {
        return fail(ErrorCode::store_failed, Layer::store);
    }
    AuditHead head = head_;
    for (const AuditRecord& record : records) {
        AuditEntry entry{head.sequence + 1, with_cut_fields(record), {}};
        const auto hash = audit_hash(head.hash, entry.sequence, entry.record);
        if (!hash) {
            return std::unexpected(hash.error());
        }
        entry.hash = *hash;
        if (!insert(entry)) {
            return fail(ErrorCode::store_failed, Layer::store);
        }
        head = {entry.sequence, entry.hash};
    }
    if (!transaction.commit()) {
        return fail(ErrorCode::store_failed, Layer::store);
    }
    const std::int64_t first = head_.sequence + 1;
    head_ = head;
    return first;
}

// Another process may have appended meanwhile: the command line, as it makes a key.
bool SqliteAuditLog::follow_others() {
    Statement newest = database_.prepare("SELECT MAX(sequence) FROM entries");
    if (newest.step() != Step::row) {
        return false;
    }
    return newest.integer(0) == head_.sequence || !find_head();
}

bool SqliteAuditLog::insert(const AuditEntry& entry) {
    const AuditRecord& record = entry.record;
    Statement statement =
        database_.prepare("INSERT INTO entries VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    statement.bind(1, entry.sequence);
    statement.bind(2, static_cast<std::int64_t>(record.phase));
    statement.bind(3, record.time);
    statement.bind(4, record.intent);
    int parameter = 5;
    for (const std::string* field :
         {&record.key_id, &record.source, &record.request_id, &record.meter, &record.action,
          &record.target, &record.before, &record.after, &record.result}) {
        statement.bind(parameter++, std::string_view(*field));
    }
    statement.bind(parameter, ByteView(entry.hash));
    return statement.step() == Step::done;
}

AuditHead SqliteAuditLog::head() const {
    const std::lock_guard lock(mutex_);
    return head_;
}

std::expected<void, std::string> read_audit_log(
    const std::string& file, const std::function<bool(const AuditEntry&)>& take) {
    auto database = Database::open_for_reading(file, schema_version);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    Statement all = database->prepare(std::string(all_columns) + "ORDER BY sequence");
    Step step = all.step();
    while (step == Step::row) {
        if (!take(entry_of(all))) {
            return {};
        }
        step = all.step();
    }
    if (step == Step::failed) {
        return std::unexpected(file +
                               ": it holds no audit log, or is damaged: " + database->error());
    }
    return {};
}

}  // namespace dlms::store
