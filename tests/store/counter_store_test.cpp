#include "store/counter_store.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "tests/support/temporary_folder.hpp"

namespace dlms::store {
namespace {

using client::counter_id;
using client::CounterId;
using client::ReceivedCounter;
using security::InvocationCounter;
using security::SystemTitle;
using testing::TemporaryFolder;

std::unique_ptr<CounterStore> opened(const std::string& file) {
    auto store = CounterStore::open(file);
    BOOST_REQUIRE_MESSAGE(store.has_value(), store.error());
    return std::move(*store);
}

CounterId id_of(std::uint8_t number) {
    CounterId id;
    id.fingerprint.fill(number);
    return id;
}

SystemTitle title(std::uint8_t number) {
    return SystemTitle({'T', 'S', 'T', 0, 0, 0, 0, number});
}

std::pair<std::uint32_t, std::uint32_t> reserved(CounterStore& store, const CounterId& id,
                                                 std::uint32_t count, std::uint32_t least = 0) {
    const auto range = store.reserve(id, count, least);
    BOOST_REQUIRE(range.has_value());
    return {range->first, range->last};
}

using Range = std::pair<std::uint32_t, std::uint32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(counter_store)

BOOST_AUTO_TEST_CASE(ranges_follow_each_other_over_restarts) {
    const TemporaryFolder folder;
    {
        const auto store = opened(folder.file("counters.db"));
        BOOST_TEST((reserved(*store, id_of(1), 10) == Range{1, 10}));
        BOOST_TEST((reserved(*store, id_of(1), 5) == Range{11, 15}));
        BOOST_TEST((reserved(*store, id_of(2), 5) == Range{1, 5}));
    }
    const auto store = opened(folder.file("counters.db"));
    BOOST_TEST((reserved(*store, id_of(1), 1) == Range{16, 16}));
    BOOST_TEST((reserved(*store, id_of(2), 1) == Range{6, 6}));
    BOOST_TEST(store->next(id_of(1))->value() == 17U);
    BOOST_TEST(!store->next(id_of(3))->has_value());
}

BOOST_AUTO_TEST_CASE(a_least_number_only_raises) {
    const TemporaryFolder folder;
    const auto store = opened(folder.file("counters.db"));
    BOOST_TEST((reserved(*store, id_of(1), 2, 1000) == Range{1000, 1001}));
    BOOST_TEST((reserved(*store, id_of(1), 2, 5) == Range{1002, 1003}));
}

BOOST_AUTO_TEST_CASE(the_end_of_all_numbers_is_the_end) {
    const TemporaryFolder folder;
    const auto store = opened(folder.file("counters.db"));
    BOOST_TEST((reserved(*store, id_of(1), 100, 0xFFFFFFFD) == Range{0xFFFFFFFD, 0xFFFFFFFE}));
    const auto beyond = store->reserve(id_of(1), 1, 0);
    BOOST_REQUIRE(!beyond.has_value());
    BOOST_TEST((beyond.error().code == ErrorCode::counter_exhausted));
    BOOST_TEST(!opened(folder.file("other.db"))->reserve(id_of(1), 1, 0xFFFFFFFF).has_value());
}

BOOST_AUTO_TEST_CASE(what_was_received_only_rises_for_each_sender) {
    const TemporaryFolder folder;
    const auto highest = [](CounterStore& store, std::uint8_t sender) {
        return store.received(id_of(1), title(sender))->value_or(InvocationCounter(0)).value();
    };
    {
        const auto store = opened(folder.file("counters.db"));
        BOOST_TEST(!store->received(id_of(1), title(1))->has_value());
        BOOST_REQUIRE(store->save_received(id_of(1), {title(1), InvocationCounter(7)}));
        BOOST_REQUIRE(store->save_received(id_of(1), {title(1), InvocationCounter(5)}));
        BOOST_TEST(highest(*store, 1) == 7U);
    }
    const auto store = opened(folder.file("counters.db"));
    BOOST_TEST(highest(*store, 1) == 7U);
    BOOST_REQUIRE(store->save_received(id_of(1), {title(1), InvocationCounter(6)}));
    BOOST_REQUIRE(store->flush_received());
    BOOST_TEST(highest(*store, 1) == 7U);
    // Another meter with the same key takes nothing away from the first one.
    BOOST_REQUIRE(store->save_received(id_of(1), {title(2), InvocationCounter(1)}));
    BOOST_TEST(highest(*store, 2) == 1U);
    BOOST_REQUIRE(store->flush_received());
    BOOST_TEST(highest(*store, 2) == 1U);
    BOOST_TEST(highest(*store, 1) == 7U);
    BOOST_TEST(!store->received(id_of(2), title(1))->has_value());
}

BOOST_AUTO_TEST_CASE(what_was_flushed_is_there_after_a_kill) {
    const TemporaryFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        const auto store = CounterStore::open(folder.file("counters.db"));
        const bool done = store &&
                          (*store)->save_received(id_of(1), {title(1), InvocationCounter(9)}) &&
                          (*store)->flush_received();
        if (done) {
            ::raise(SIGKILL);
        }
        ::_exit(1);
    }
    int ended = 0;
    BOOST_REQUIRE(::waitpid(child, &ended, 0) == child);
    BOOST_REQUIRE(WIFSIGNALED(ended));
    const auto store = opened(folder.file("counters.db"));
    BOOST_TEST(store->received(id_of(1), title(1))->value().value() == 9U);
}

BOOST_AUTO_TEST_CASE(a_file_of_before_senders_were_kept_apart_is_taken_over) {
    const TemporaryFolder folder;
    constexpr std::string_view first_schema = R"(
CREATE TABLE received (
    key_fingerprint BLOB PRIMARY KEY NOT NULL,
    sender BLOB NOT NULL,
    highest_number INTEGER NOT NULL
) WITHOUT ROWID;
)";
    {
        auto before = Database::open(folder.file("counters.db"), first_schema, 1);
        BOOST_REQUIRE(before.has_value());
        Statement statement = before->prepare("INSERT INTO received VALUES (?1, ?2, 7)");
        const CounterId id = id_of(1);
        const SystemTitle sender = title(1);
        statement.bind(1, ByteView(id.fingerprint));
        statement.bind(2, sender.octets());
        BOOST_REQUIRE((statement.step() == Statement::Step::done));
    }
    for (int round = 0; round < 2; ++round) {
        const auto store = opened(folder.file("counters.db"));
        BOOST_TEST(store->received(id_of(1), title(1))->value().value() == 7U);
    }
}

BOOST_AUTO_TEST_CASE(the_own_title_is_drawn_once) {
    const TemporaryFolder folder;
    SystemRandom random;
    const SystemTitle first = *opened(folder.file("counters.db"))->own_title(random);
    BOOST_TEST((first == *opened(folder.file("counters.db"))->own_title(random)));
    BOOST_TEST((first != *opened(folder.file("other.db"))->own_title(random)));
    BOOST_TEST(as_text(first.octets().first(3)) == "DLM");
}

BOOST_AUTO_TEST_CASE(a_fingerprint_depends_on_key_and_title_and_tells_neither) {
    const ByteBuffer key(16, 0x11);
    const ByteBuffer other(16, 0x12);
    BOOST_TEST((counter_id(key, title(1)) == counter_id(key, title(1))));
    BOOST_TEST((counter_id(key, title(1)) != counter_id(key, title(2))));
    BOOST_TEST((counter_id(key, title(1)) != counter_id(other, title(1))));
    BOOST_TEST((counter_id(key) != counter_id(key, title(1))));
}

BOOST_AUTO_TEST_CASE(the_file_is_for_its_owner_and_for_one_process) {
    const TemporaryFolder folder;
    const auto store = opened(folder.file("counters.db"));
    struct stat status{};
    BOOST_REQUIRE(::stat(folder.file("counters.db").c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto second = CounterStore::open(folder.file("counters.db"));
        const bool refused =
            !second && second.error().find("another process uses it") != std::string::npos;
        ::_exit(refused ? 0 : 1);
    }
    int ended = 0;
    BOOST_REQUIRE(::waitpid(child, &ended, 0) == child);
    BOOST_TEST((WIFEXITED(ended) && WEXITSTATUS(ended) == 0));
}

BOOST_AUTO_TEST_CASE(another_process_is_waited_for) {
    const TemporaryFolder folder;
    const std::string file = folder.file("counters.db");
    std::array<int, 2> is_open{};
    std::array<int, 2> may_end{};
    BOOST_REQUIRE(::pipe(is_open.data()) == 0);
    BOOST_REQUIRE(::pipe(may_end.data()) == 0);
    const pid_t child = ::fork();
    char octet = 'x';
    if (child == 0) {
        auto store = CounterStore::open(file);
        bool done = store && ::write(is_open[1], &octet, 1) == 1;
        done = done && ::read(may_end[0], &octet, 1) == 1;
        if (store) {
            store->reset();
        }
        ::_exit(done ? 0 : 1);
    }
    BOOST_REQUIRE(::read(is_open[0], &octet, 1) == 1);
    BOOST_TEST(!CounterStore::open(file, std::chrono::milliseconds(0)).has_value());
    BOOST_REQUIRE(::write(may_end[1], &octet, 1) == 1);
    BOOST_TEST(CounterStore::open(file, std::chrono::minutes(2)).has_value());
    int ended = 0;
    BOOST_REQUIRE(::waitpid(child, &ended, 0) == child);
    BOOST_TEST((WIFEXITED(ended) && WEXITSTATUS(ended) == 0));
}

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_used_is_an_error_and_stays_as_it_is) {
    const TemporaryFolder folder;
    BOOST_TEST(!CounterStore::open(folder.file("not/there.db")).has_value());
    {
        std::ofstream(folder.file("text.db")) << "this is no database, but a text of some length";
    }
    BOOST_TEST(!CounterStore::open(folder.file("text.db")).has_value());
    {
        const auto store = opened(folder.file("counters.db"));
        for (std::uint8_t i = 0; i < 200; ++i) {
            reserved(*store, id_of(i), 1);
        }
    }
    const auto size = std::filesystem::file_size(folder.file("counters.db"));
    std::filesystem::resize_file(folder.file("counters.db"), size - 5000);
    BOOST_TEST(!CounterStore::open(folder.file("counters.db")).has_value());
    BOOST_TEST(std::filesystem::file_size(folder.file("counters.db")) == size - 5000);
}

// DLMS_COUNTER_KILLS sets another number of kills.
BOOST_AUTO_TEST_CASE(a_process_that_is_killed_repeats_no_number) {
    const TemporaryFolder folder;
    const char* const wanted = std::getenv("DLMS_COUNTER_KILLS");
    const int kills = wanted ? std::atoi(wanted) : 50;
    BOOST_REQUIRE(kills > 0);
    SeededRandom random(4711);
    std::set<std::uint32_t> used;
    std::uint32_t last = 0;
    for (int i = 0; i < kills; ++i) {
        int ends[2];
        BOOST_REQUIRE(::pipe(ends) == 0);
        const pid_t child = ::fork();
        if (child == 0) {
            ::close(ends[0]);
            const auto store = CounterStore::open(folder.file("counters.db"));
            while (store) {
                const auto range = (*store)->reserve(id_of(1), 3, 0);
                for (std::uint32_t number = range->first; number <= range->last; ++number) {
                    if (::write(ends[1], &number, sizeof number) != sizeof number) {
                        ::_exit(1);
                    }
                }
            }
            ::_exit(1);
        }
        ::close(ends[1]);
        // So many numbers are taken before the kill; what the pipe holds besides was used too.
        const std::uint64_t before = 1 + random.next_u64() % 40;
        std::uint64_t seen = 0;
        std::uint32_t number = 0;
        while (::read(ends[0], &number, sizeof number) == sizeof number) {
            BOOST_REQUIRE_MESSAGE(used.insert(number).second,
                                  "number " << number << " came twice, kill " << i);
            BOOST_TEST(number > last);
            last = number;
            if (++seen == before) {
                BOOST_REQUIRE(::kill(child, SIGKILL) == 0);
            }
        }
        ::close(ends[0]);
        int ended = 0;
        BOOST_REQUIRE(::waitpid(child, &ended, 0) == child);
        BOOST_TEST(WIFSIGNALED(ended));
    }
    BOOST_TEST(used.size() >= static_cast<std::size_t>(kills));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::store
