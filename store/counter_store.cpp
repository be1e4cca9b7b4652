#include "store/counter_store.hpp"

#include <algorithm>

#include "store/drawn_title.hpp"

namespace dlms::store {
namespace {

using client::CounterId;
using client::ReceivedCounter;
using security::InvocationCounter;
using Step = Statement::Step;

constexpr int schema_version = 2;
constexpr std::string_view schema = R"(
CREATE TABLE IF NOT EXISTS sent (
    key_fingerprint BLOB PRIMARY KEY NOT NULL,
    next_number INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS accepted (
    key_fingerprint BLOB NOT NULL,
    sender BLOB NOT NULL,
    highest_number INTEGER NOT NULL,
    PRIMARY KEY (key_fingerprint, sender)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identity (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    system_title BLOB NOT NULL
);
-- Version 1 had one sender a key.
CREATE TABLE IF NOT EXISTS received (
    key_fingerprint BLOB PRIMARY KEY NOT NULL,
    sender BLOB NOT NULL,
    highest_number INTEGER NOT NULL
) WITHOUT ROWID;
INSERT OR IGNORE INTO accepted SELECT key_fingerprint, sender, highest_number FROM received;
DROP TABLE received;
)";
constexpr std::uint64_t near_counter_end = (std::uint64_t{1} << 32) / 10 * 9;
constexpr unsigned most_unwritten = 256;
/// The first number of a key: a meter may take 0 for one that it has seen.
constexpr std::uint64_t first_number = 1;

std::unexpected<Error> store_failed() {
    return std::unexpected(Error{ErrorCode::counter_not_reserved, Layer::client, 0});
}

}  // namespace

std::expected<std::unique_ptr<CounterStore>, std::string> CounterStore::open(
    const std::string& file, std::chrono::milliseconds wait) {
    auto database = Database::open(file, schema, schema_version, Sharing::none, wait);
    if (!database) {
        return std::unexpected(std::move(database.error()));
    }
    return std::unique_ptr<CounterStore>(new CounterStore(std::move(*database)));
}

CounterStore::~CounterStore() {
    write_received();
}

std::optional<std::optional<std::uint64_t>> CounterStore::read_next(const CounterId& id) {
    Statement statement =
        database_.prepare("SELECT next_number FROM sent WHERE key_fingerprint = ?");
    statement.bind(1, ByteView(id.fingerprint));
    switch (statement.step()) {
        case Step::row: {
            const std::int64_t next = statement.integer(0);
            // Nobody but us writes here; a number that cannot be is no number to go on from.
            return next < 0 ? std::nullopt
                            : std::optional(std::optional(static_cast<std::uint64_t>(next)));
        }
        case Step::done: return std::optional(std::optional<std::uint64_t>());
        case Step::failed: break;
    }
    return std::nullopt;
}

Result<security::CounterRange> CounterStore::reserve(const CounterId& id, std::uint32_t count,
                                                     std::uint32_t least) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    const auto before = transaction.is_open() ? read_next(id) : std::nullopt;
    if (!before) {
        return store_failed();
    }
    const auto range = client::range_from(before->value_or(first_number), count, least);
    if (!range) {
        return range;
    }
    Statement statement = database_.prepare(
        "INSERT INTO sent VALUES (?1, ?2) ON CONFLICT DO UPDATE SET next_number = ?2");
    statement.bind(1, ByteView(id.fingerprint));
    statement.bind(2, std::int64_t{range->last} + 1);
    if (statement.step() != Step::done || !transaction.commit()) {
        return store_failed();
    }
    write_received();
    return range;
}

Result<std::optional<std::uint64_t>> CounterStore::next(const CounterId& id) {
    const std::lock_guard lock(mutex_);
    const auto next = read_next(id);
    if (!next) {
        return store_failed();
    }
    return *next;
}

Result<std::optional<InvocationCounter>> CounterStore::received(
    const CounterId& id, const security::SystemTitle& sender) {
    const std::lock_guard lock(mutex_);
    if (const auto found = unwritten_.find({id, sender}); found != unwritten_.end()) {
        return std::optional(found->second);
    }
    Statement statement = database_.prepare(
        "SELECT highest_number FROM accepted WHERE key_fingerprint = ? AND sender = ?");
    statement.bind(1, ByteView(id.fingerprint));
    statement.bind(2, sender.octets());
    const Step step = statement.step();
    if (step == Step::done) {
        return std::optional<InvocationCounter>();
    }
    if (step == Step::failed || statement.integer(0) < 0 || statement.integer(0) > UINT32_MAX) {
        return store_failed();
    }
    return std::optional(InvocationCounter(static_cast<std::uint32_t>(statement.integer(0))));
}

Status CounterStore::save_received(const CounterId& id, const ReceivedCounter& received) {
    const std::lock_guard lock(mutex_);
    InvocationCounter& highest =
        unwritten_.try_emplace({id, received.sender}, received.highest).first->second;
    highest = std::max(highest, received.highest);
    if (++changes_ >= most_unwritten && !write_received()) {
        return store_failed();
    }
    return {};
}

Status CounterStore::flush_received() {
    const std::lock_guard lock(mutex_);
    return write_received() ? Status() : Status(store_failed());
}

Result<CounterOutlook> CounterStore::outlook() {
    const std::lock_guard lock(mutex_);
    Statement statement = database_.prepare(
        "SELECT COUNT(*), COALESCE(SUM(next_number >= ?1), 0), COALESCE(MAX(next_number), 0) "
        "FROM sent");
    statement.bind(1, static_cast<std::int64_t>(near_counter_end));
    if (statement.step() != Step::row) {
        return store_failed();
    }
    const auto number = [&](int column) {
        return static_cast<std::uint64_t>(std::max<std::int64_t>(statement.integer(column), 0));
    };
    return CounterOutlook{number(0), number(1), number(2)};
}

bool CounterStore::write_received() {
    if (unwritten_.empty()) {
        return true;
    }
    Transaction transaction(database_);
    for (const auto& [from, highest] : unwritten_) {
        Statement statement = database_.prepare(
            "INSERT INTO accepted VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET "
            "highest_number = ?3 WHERE highest_number < ?3");
        statement.bind(1, ByteView(from.first.fingerprint));
        statement.bind(2, from.second.octets());
        statement.bind(3, std::int64_t{highest.value()});
        if (statement.step() != Step::done) {
            return false;
        }
    }
    if (!transaction.commit()) {
        return false;
    }
    unwritten_.clear();
    changes_ = 0;
    return true;
}

Result<security::SystemTitle> CounterStore::own_title(Random& random) {
    const std::lock_guard lock(mutex_);
    Transaction transaction(database_);
    {
        Statement statement = database_.prepare("SELECT system_title FROM identity");
        switch (statement.step()) {
            case Step::row: return security::SystemTitle::from(statement.octets(0));
            case Step::failed: return store_failed();
            case Step::done: break;
        }
    }
    auto title = store::draw_title(random);
    if (!title) {
        return title;
    }
    Statement statement = database_.prepare("INSERT INTO identity VALUES (1, ?)");
    statement.bind(1, title->octets());
    if (statement.step() != Step::done || !transaction.commit()) {
        return store_failed();
    }
    return title;
}

}  // namespace dlms::store
