#include "store/database.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sqlite3.h>
#include <unistd.h>

namespace dlms::store {
namespace {

/// Made before SQLite does, so that nobody else may read it at any time. SQLite gives its side
/// files the same mode.
std::optional<std::string> make_private(const std::string& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return file + ": " + std::strerror(errno);
    }
    ::close(descriptor);
    return std::nullopt;
}

}  // namespace

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

void Statement::bind(int parameter, std::int64_t value) {
    sqlite3_bind_int64(statement_.get(), parameter, value);
}

void Statement::bind(int parameter, ByteView octets) {
    sqlite3_bind_blob64(statement_.get(), parameter, octets.data(), octets.size(),
                        SQLITE_TRANSIENT);
}

void Statement::bind(int parameter, std::string_view text) {
    sqlite3_bind_text64(statement_.get(), parameter, text.data(), text.size(), SQLITE_TRANSIENT,
                        SQLITE_UTF8);
}

Statement::Step Statement::step() {
    if (!statement_) {
        return Step::failed;
    }
    switch (sqlite3_step(statement_.get())) {
        case SQLITE_ROW: return Step::row;
        case SQLITE_DONE: return Step::done;
        default: return Step::failed;
    }
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_.get(), column);
}

ByteView Statement::octets(int column) const {
    const void* data = sqlite3_column_blob(statement_.get(), column);
    const int size = sqlite3_column_bytes(statement_.get(), column);
    return {static_cast<const Byte*>(data), data ? static_cast<std::size_t>(size) : 0};
}

std::string Statement::text(int column) const {
    return std::string(as_text(octets(column)));
}

void Database::Close::operator()(sqlite3* database) const {
    sqlite3_close(database);
}

std::expected<Database, std::string> Database::open(const std::string& file,
                                                    std::string_view schema, int version,
                                                    Sharing sharing,
                                                    std::chrono::milliseconds wait) {
    if (auto wrong = make_private(file)) {
        return std::unexpected(std::move(*wrong));
    }
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &handle,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (opened != SQLITE_OK) {
        return std::unexpected(file + ": " + database.error());
    }
    database.wait_for_others(wait);
    if (auto wrong = database.prepare_file(schema, version, sharing)) {
        return std::unexpected(file + ": " + *wrong);
    }
    return database;
}

std::expected<Database, std::string> Database::open_for_reading(const std::string& file,
                                                                int version) {
    sqlite3* handle = nullptr;
    const int opened =
        sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (opened != SQLITE_OK) {
        return std::unexpected(file + ": " + database.error());
    }
    database.wait_for_others(usual_wait);
    if (auto wrong = database.check_version(version)) {
        return std::unexpected(file + ": " + *wrong);
    }
    return database;
}

std::expected<Database, std::string> Database::in_memory(std::string_view schema) {
    sqlite3* handle = nullptr;
    const int opened =
        sqlite3_open_v2(":memory:", &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
    Database database(handle);
    if (opened != SQLITE_OK || !database.run(schema)) {
        return std::unexpected(database.error());
    }
    return database;
}

void Database::wait_for_others(std::chrono::milliseconds wait) {
    const auto most = std::min<std::int64_t>(wait.count(), std::numeric_limits<int>::max());
    sqlite3_busy_timeout(database_.get(), static_cast<int>(most));
}

std::optional<std::string> Database::prepare_file(std::string_view schema, int version,
                                                  Sharing sharing) {
    // The first write takes the lock, and it is kept: two processes would hand out one number.
    const char* locking =
        sharing == Sharing::none ? "PRAGMA locking_mode=EXCLUSIVE" : "PRAGMA locking_mode=NORMAL";
    if (!run(locking) || !run("PRAGMA journal_mode=WAL") || !run("PRAGMA synchronous=FULL") ||
        !run("BEGIN EXCLUSIVE") || !run("COMMIT")) {
        return sqlite3_errcode(database_.get()) == SQLITE_BUSY ? "another process uses it"
                                                               : error();
    }
    {
        // Ends before the schema: no table is dropped while a statement runs.
        Statement check = prepare("PRAGMA quick_check(1)");
        if (check.step() != Statement::Step::row || as_text(check.octets(0)) != "ok") {
            return "the file is damaged";
        }
    }
    if (auto wrong = check_version(version)) {
        return wrong;
    }
    const std::string set_version = "PRAGMA user_version=" + std::to_string(version);
    Transaction transaction(*this);
    if (!transaction.is_open() || !run(schema) || !run(set_version) || !transaction.commit()) {
        return error();
    }
    return std::nullopt;
}

std::optional<std::string> Database::check_version(int version) {
    Statement asked = prepare("PRAGMA user_version");
    if (asked.step() != Statement::Step::row) {
        return error();
    }
    if (asked.integer(0) > version) {
        return "it was made by a later version of this program";
    }
    return std::nullopt;
}

Statement Database::prepare(std::string_view sql) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &statement,
                       nullptr);
    return Statement(statement);
}

bool Database::run(std::string_view sql) {
    return sqlite3_exec(database_.get(), std::string(sql).c_str(), nullptr, nullptr, nullptr) ==
           SQLITE_OK;
}

std::string Database::error() const {
    return sqlite3_errmsg(database_.get());
}

Transaction::~Transaction() {
    if (open_) {
        database_.run("ROLLBACK");
    }
}

bool Transaction::commit() {
    if (!open_ || !database_.run("COMMIT")) {
        return false;
    }
    open_ = false;
    return true;
}

}  // namespace dlms::store
