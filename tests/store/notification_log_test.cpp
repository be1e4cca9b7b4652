// What every NotificationLog keeps to, held against the ones that there are; and what the file
// alone does.

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "store/sqlite_notification_log.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::store {
namespace {

using namespace std::chrono_literals;
using testing::TemporaryFolder;
using Instant = std::chrono::system_clock::time_point;

std::unique_ptr<NotificationLog> opened(const std::string& file) {
    auto log = SqliteNotificationLog::open(file);
    BOOST_REQUIRE_MESSAGE(log.has_value(), log.error());
    return std::move(*log);
}

/// A log of each kind.
struct Kinds {
    TemporaryFolder folder;

    std::unique_ptr<NotificationLog> make(const std::string& kind) const {
        if (kind == "file") {
            return opened(folder.file("notifications.db"));
        }
        return std::move(*SqliteNotificationLog::in_memory());
    }
};

NotificationRecord record(const std::string& meter, const std::string& identity,
                          std::chrono::milliseconds at) {
    NotificationRecord record;
    record.received = Instant(at);
    record.meter = meter;
    record.service = "data-notification";
    record.identity = identity;
    record.same_within = 10s;
    record.document = "{}";
    record.octets = {0x0F, 0x00};
    return record;
}

std::string shown(const Result<std::vector<NotificationRecord>>& records) {
    BOOST_REQUIRE(records.has_value());
    std::string text;
    for (const NotificationRecord& one : *records) {
        text += std::to_string(one.id) + ":" + one.meter + ":" + one.identity + " ";
    }
    return text;
}

std::vector<std::uint64_t> append(NotificationLog& log,
                                  const std::vector<NotificationRecord>& records) {
    const auto ids = log.append(records);
    BOOST_REQUIRE(ids.has_value());
    return *ids;
}

using Ids = std::vector<std::uint64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(notification_log)

const std::vector<std::string> kinds{"file", "memory"};

BOOST_DATA_TEST_CASE_F(Kinds, records_are_listed_by_what_is_asked_for,
                       boost::unit_test::data::make(kinds), kind) {
    const auto log = make(kind);
    append(*log, {record("7", "a", 1s), record("8", "b", 2s), record("7", "c", 3s)});
    BOOST_TEST(shown(log->list({})) == "1:7:a 2:8:b 3:7:c ");
    BOOST_TEST(shown(log->list({.after = 1})) == "2:8:b 3:7:c ");
    BOOST_TEST(shown(log->list({.meter = "7"})) == "1:7:a 3:7:c ");
    BOOST_TEST(shown(log->list({.service = "event-notification"})) == "");
    BOOST_TEST(shown(log->list({.since = Instant(2s)})) == "2:8:b 3:7:c ");
    BOOST_TEST(shown(log->list({.most = 1})) == "1:7:a ");
    BOOST_TEST(shown(log->list({.most_octets = 1})) == "1:7:a ");
    BOOST_TEST(shown(log->list({.most_octets = 4})) == "1:7:a 2:8:b ");
    const auto first = log->list({.most = 1});
    BOOST_TEST((first->front().received == Instant(1s)));
    BOOST_TEST((first->front().octets == ByteBuffer{0x0F, 0x00}));
}

BOOST_DATA_TEST_CASE_F(Kinds, the_same_again_is_appended_only_later,
                       boost::unit_test::data::make(kinds), kind) {
    const auto log = make(kind);
    BOOST_TEST((append(*log, {record("7", "a", 100s)}) == Ids{1}));
    BOOST_TEST(log->has(record("7", "a", 110s)).value());
    BOOST_TEST(!log->has(record("7", "a", 111s)).value());
    // Also within one call.
    const auto ids = append(*log, {record("7", "a", 105s), record("7", "b", 105s),
                                   record("7", "b", 106s), record("7", "a", 120s)});
    BOOST_TEST(ids[0] == 0);
    BOOST_TEST(ids[1] != 0);
    BOOST_TEST(ids[2] == 0);
    BOOST_TEST(ids[3] != 0);
    BOOST_TEST(log->count().value() == 3);
}

BOOST_DATA_TEST_CASE_F(Kinds, the_oldest_go_and_their_ids_with_them,
                       boost::unit_test::data::make(kinds), kind) {
    const auto log = make(kind);
    append(*log, {record("7", "a", 1s), record("7", "b", 2s), record("7", "c", 3s)});
    BOOST_TEST(log->keep(3).value() == 0);
    BOOST_TEST(log->keep(1).value() == 2);
    BOOST_TEST(shown(log->list({})) == "3:7:c ");
    BOOST_TEST(log->keep(0).value() == 1);
    BOOST_TEST((append(*log, {record("7", "d", 4s)}) == Ids{4}));
}

/// What is to be handed on next; 0: nothing.
std::uint64_t next(NotificationLog& log) {
    const auto record = log.next_to_deliver();
    BOOST_REQUIRE(record.has_value());
    return *record ? (*record)->id : 0;
}

BOOST_DATA_TEST_CASE_F(Kinds, each_is_handed_on_until_it_was_taken_or_put_aside,
                       boost::unit_test::data::make(kinds), kind) {
    const auto log = make(kind);
    BOOST_TEST(next(*log) == 0U);
    append(*log, {record("7", "a", 1s), record("7", "b", 2s), record("7", "c", 3s)});
    BOOST_TEST(next(*log) == 1U);
    BOOST_REQUIRE(log->delivered(1).has_value());
    BOOST_TEST(next(*log) == 2U);
    BOOST_REQUIRE(log->put_aside(2, 3, "it answered 400").has_value());
    BOOST_TEST(next(*log) == 3U);
    BOOST_REQUIRE(log->delivered(3).has_value());
    BOOST_TEST(next(*log) == 0U);
    const auto dead = log->dead_letters(0, 10);
    BOOST_REQUIRE(dead.has_value());
    BOOST_REQUIRE(dead->size() == 1U);
    BOOST_TEST(dead->front().record.id == 2U);
    BOOST_TEST(dead->front().attempts == 3U);
    BOOST_TEST(dead->front().problem == "it answered 400");
    // Tried again, and what comes meanwhile is not lost over it.
    append(*log, {record("7", "d", 4s)});
    BOOST_TEST(log->try_again().value() == 1U);
    BOOST_TEST(log->dead_letters(0, 10)->empty());
    BOOST_TEST(next(*log) == 2U);
    BOOST_REQUIRE(log->delivered(2).has_value());
    BOOST_TEST(next(*log) == 4U);
    // What is gone is handed on no more.
    BOOST_REQUIRE(log->put_aside(4, 1, "no").has_value());
    BOOST_TEST(log->keep(0).value() == 4U);
    BOOST_TEST(log->try_again().value() == 0U);
    BOOST_TEST(next(*log) == 0U);
}

BOOST_FIXTURE_TEST_CASE(a_file_is_found_again, Kinds) {
    append(*make("file"), {record("7", "a", 1s)});
    const auto log = make("file");
    BOOST_TEST(log->outlives_process());
    BOOST_TEST(next(*log) == 1U);
    BOOST_TEST(shown(log->list({})) == "1:7:a ");
    BOOST_TEST(!make("memory")->outlives_process());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::store
