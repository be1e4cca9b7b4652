#pragma once
// Database: a file of SQLite's for one process at a time. Write-ahead log, every transaction
// flushed to the disk before it ends, readable by the owner alone.

#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace dlms::store {

/// One run of a prepared statement; ends when it goes. Parameters are numbered from 1, columns
/// from 0. A failure is seen in the result of step().
class Statement {
public:
    enum class Step : std::uint8_t { row, done, failed };

    void bind(int parameter, std::int64_t value);
    void bind(int parameter, ByteView octets);
    void bind(int parameter, std::string_view text);

    Step step();
    std::int64_t integer(int column) const;
    /// Valid until the next step().
    ByteView octets(int column) const;
    std::string text(int column) const;

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}

    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// What other processes may do with a file that is open.
enum class Sharing : std::uint8_t {
    none,        ///< nothing: a second process is refused when it opens the file
    any_number,  ///< read and write, one transaction at a time
};

/// How long another process that uses the file is waited for, unless told otherwise.
inline constexpr std::chrono::milliseconds usual_wait{2000};

/// Not for two threads at once.
class Database {
public:
    /// Opens the file, or makes it. `schema` holds statements that make tables which are not there
    /// yet, `version` is told by PRAGMA user_version: a file of a later version is refused. The
    /// error is a sentence for people.
    static std::expected<Database, std::string> open(const std::string& file,
                                                     std::string_view schema, int version,
                                                     Sharing sharing = Sharing::none,
                                                     std::chrono::milliseconds wait = usual_wait);

    /// One that is there, to be read only, also while another process writes to it.
    static std::expected<Database, std::string> open_for_reading(const std::string& file,
                                                                 int version);

    /// One that no file is behind.
    static std::expected<Database, std::string> in_memory(std::string_view schema);

    /// A statement that does not parse, or does not fit the tables, fails in step().
    Statement prepare(std::string_view sql);
    /// Statements without results. False: see error().
    bool run(std::string_view sql);
    /// What failed last, without any value.
    std::string error() const;

private:
    struct Close {
        void operator()(sqlite3* database) const;
    };
    explicit Database(sqlite3* database) : database_(database) {}
    void wait_for_others(std::chrono::milliseconds wait);
    std::optional<std::string> prepare_file(std::string_view schema, int version, Sharing sharing);
    std::optional<std::string> check_version(int version);

    std::unique_ptr<sqlite3, Close> database_;
};

/// Rolled back unless it was committed.
class Transaction {
public:
    explicit Transaction(Database& database)
        : database_(database), open_(database.run("BEGIN IMMEDIATE")) {}
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

    bool is_open() const { return open_; }
    /// What was done is on the disk when this returns true.
    bool commit();

private:
    Database& database_;
    bool open_;
};

}  // namespace dlms::store
