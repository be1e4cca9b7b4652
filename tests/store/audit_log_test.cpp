#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"
#include "store/database.hpp"
#include "store/sqlite_audit_log.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::store {
namespace {

using testing::TemporaryFolder;

std::unique_ptr<SqliteAuditLog> opened(const std::string& file) {
    auto log = SqliteAuditLog::open(file);
    BOOST_REQUIRE_MESSAGE(log.has_value(), log.error());
    return std::move(*log);
}

AuditRecord intent(const std::string& meter) {
    AuditRecord record;
    record.phase = AuditPhase::intent;
    record.time = 1'700'000'000'000;
    record.key_id = "backend";
    record.source = "127.0.0.1";
    record.request_id = "r-1";
    record.meter = meter;
    record.action = "write";
    record.target = "1 0-0:96.1.0.255 2";
    record.after = "\"x\"";
    return record;
}

AuditRecord outcome(std::int64_t of, const std::string& meter) {
    AuditRecord record = intent(meter);
    record.phase = AuditPhase::outcome;
    record.intent = of;
    record.result = "success";
    return record;
}

std::int64_t append(AuditLog& log, std::vector<AuditRecord> records) {
    const auto first = log.append(records);
    BOOST_REQUIRE(first.has_value());
    return *first;
}

struct Verified {
    std::optional<std::string> wrong;
    AuditHead head;
    std::size_t open_intents = 0;
    std::vector<AuditRecord> records;
};

Verified verified(const std::string& file) {
    AuditChain chain;
    Verified result;
    const auto read = read_audit_log(file, [&](const AuditEntry& entry) {
        result.wrong = chain.take(entry);
        result.records.push_back(entry.record);
        return !result.wrong;
    });
    BOOST_REQUIRE_MESSAGE(read.has_value(), read.error());
    result.head = chain.head();
    result.open_intents = chain.open_intents();
    return result;
}

void change(const std::string& file, const std::string& sql) {
    auto database = Database::open(file, "", 1);
    BOOST_REQUIRE(database.has_value());
    BOOST_REQUIRE_MESSAGE(database->run("DROP TRIGGER entries_stay;"
                                        "DROP TRIGGER entries_stay_as_they_are;" +
                                        sql),
                          database->error());
}

// What every store of audit entries must do, whatever is behind it.
void keeps_the_contract(AuditLog& log) {
    BOOST_TEST(log.head().sequence == 0);
    BOOST_TEST((log.head().hash == AuditHash{}));
    BOOST_TEST(append(log, {intent("1"), intent("2")}) == 1);
    BOOST_TEST(append(log, {outcome(2, "2")}) == 3);
    const auto first = audit_hash({}, 1, intent("1"));
    const auto second = audit_hash(*first, 2, intent("2"));
    const auto third = audit_hash(*second, 3, outcome(2, "2"));
    BOOST_TEST(log.head().sequence == 3);
    BOOST_TEST((log.head().hash == *third));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(audit_log)

BOOST_AUTO_TEST_CASE(contract_in_memory) {
    const auto log = SqliteAuditLog::in_memory();
    BOOST_REQUIRE(log.has_value());
    keeps_the_contract(**log);
    BOOST_TEST(!(*log)->outlives_process());
}

BOOST_AUTO_TEST_CASE(contract_in_a_file_and_over_restarts) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    keeps_the_contract(*opened(file));
    BOOST_TEST(append(*opened(file), {outcome(1, "1")}) == 4);
    const Verified whole = verified(file);
    BOOST_TEST(!whole.wrong.has_value());
    BOOST_TEST(whole.head.sequence == 4);
    BOOST_TEST(whole.open_intents == 0U);
    BOOST_TEST((whole.records.at(3) == outcome(1, "1")));
}

// Made with Python's hashlib from the canonical form that the header states.
BOOST_AUTO_TEST_CASE(hash_is_the_one_that_the_header_states) {
    const auto hash = audit_hash({}, 1, intent("7"));
    BOOST_REQUIRE(hash.has_value());
    BOOST_TEST(to_hex(*hash) == "E95707AA579F46E2D24B113A04A1179760C965ADB8EF820293AE4E46BBE5F288");
}

BOOST_AUTO_TEST_CASE(can_be_read_and_appended_to_by_others_while_it_is_open) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    const auto log = opened(file);
    append(*log, {intent("1")});
    BOOST_TEST(verified(file).head.sequence == 1);
    BOOST_TEST(append(*opened(file), {intent("2")}) == 2);
    BOOST_TEST(append(*log, {outcome(1, "1")}) == 3);
    const Verified whole = verified(file);
    BOOST_TEST(!whole.wrong.has_value());
    BOOST_TEST(whole.open_intents == 1U);
}

BOOST_AUTO_TEST_CASE(does_not_let_itself_be_changed) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    append(*opened(file), {intent("1")});
    auto database = Database::open(file, "", 1);
    BOOST_REQUIRE(database.has_value());
    BOOST_TEST(!database->run("UPDATE entries SET meter = '2'"));
    BOOST_TEST(!database->run("DELETE FROM entries"));
}

BOOST_AUTO_TEST_CASE(shows_every_change_behind_its_back) {
    const struct {
        const char* sql;
        const char* sentence;
    } changes[] = {
        {"UPDATE entries SET after = 'y' WHERE sequence = 2", "entry 2 does not have the hash"},
        {"UPDATE entries SET result = 'x' WHERE sequence = 3", "entry 3 does not have the hash"},
        {"UPDATE entries SET phase = 2 WHERE sequence = 1", "entry 1 does not have the hash"},
        {"UPDATE entries SET hash = zeroblob(32) WHERE sequence = 1",
         "entry 1 does not have the hash"},
        {"UPDATE entries SET hash = x'00' WHERE sequence = 2", "entry 2 does not have the hash"},
        {"DELETE FROM entries WHERE sequence = 2", "where entry 2 was expected"},
        {"DELETE FROM entries WHERE sequence = 1", "where entry 1 was expected"},
        {"UPDATE entries SET meter = meter || char(0) WHERE sequence = 1",
         "entry 1 does not have the hash"},
    };
    for (const auto& [sql, sentence] : changes) {
        const TemporaryFolder folder;
        const std::string file = folder.file("audit.db");
        append(*opened(file), {intent("1"), intent("2"), outcome(1, "1")});
        change(file, sql);
        const Verified broken = verified(file);
        BOOST_REQUIRE_MESSAGE(broken.wrong.has_value(), sql);
        BOOST_TEST(broken.wrong->find(sentence) != std::string::npos, *broken.wrong);
    }
}

BOOST_AUTO_TEST_CASE(an_outcome_needs_an_open_intent) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    append(*opened(file), {intent("1"), outcome(1, "1"), outcome(1, "1")});
    BOOST_TEST(verified(file).wrong.value_or("").find("no open intent") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(refuses_to_go_on_from_a_broken_end) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    append(*opened(file), {intent("1"), intent("2")});
    change(file, "UPDATE entries SET meter = '3' WHERE sequence = 2");
    const auto log = SqliteAuditLog::open(file);
    BOOST_REQUIRE(!log.has_value());
    BOOST_TEST(log.error().find("broken at its newest entry, 2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_is_no_audit_log_is_said_so) {
    const TemporaryFolder folder;
    BOOST_TEST(!read_audit_log(folder.file("none"), [](const AuditEntry&) { return true; }));
    std::ofstream(folder.file("text")) << "no database at all, but some text";
    BOOST_TEST(!read_audit_log(folder.file("text"), [](const AuditEntry&) { return true; }));
    BOOST_TEST(!SqliteAuditLog::open(folder.file("text")).has_value());
}

BOOST_AUTO_TEST_CASE(cuts_fields_that_are_too_long_between_characters) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    AuditRecord record = intent("1");
    record.after = std::string(AuditLog::longest_field - 1, 'a') + "\u00e4\u00e4";
    append(*opened(file), {record});
    const Verified whole = verified(file);
    BOOST_TEST(!whole.wrong.has_value());
    BOOST_TEST(whole.records.at(0).after == std::string(AuditLog::longest_field - 1, 'a'));
}

// Killed in the middle of its work: everything that was acknowledged is there, and the chain whole.
BOOST_AUTO_TEST_CASE(is_whole_after_sigkill) {
    const TemporaryFolder folder;
    const std::string file = folder.file("audit.db");
    int acknowledged[2];
    BOOST_REQUIRE(::pipe(acknowledged) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto log = SqliteAuditLog::open(file);
        while (log) {
            const auto first = (*log)->append(std::vector{intent("1"), intent("2")});
            if (!first || ::write(acknowledged[1], &*first, sizeof *first) != sizeof *first) {
                break;
            }
        }
        ::_exit(1);
    }
    std::int64_t last = 0;
    for (int i = 0; i < 20; ++i) {
        BOOST_REQUIRE(::read(acknowledged[0], &last, sizeof last) == sizeof last);
    }
    ::kill(child, SIGKILL);
    ::close(acknowledged[1]);
    for (std::int64_t next = 0; ::read(acknowledged[0], &next, sizeof next) == sizeof next;) {
        last = next;
    }
    ::close(acknowledged[0]);
    BOOST_REQUIRE(::waitpid(child, nullptr, 0) == child);
    const Verified whole = verified(file);
    BOOST_TEST(!whole.wrong.has_value());
    BOOST_TEST(whole.head.sequence >= last + 1);
    BOOST_TEST(whole.head.sequence % 2 == 0);
    BOOST_TEST(append(*opened(file), {intent("3")}) == whole.head.sequence + 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::store
