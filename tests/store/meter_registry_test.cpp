// What every MeterRegistry keeps to, held against the ones that there are; and what the file alone
// does.

#include <functional>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "store/meter_store.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::store {
namespace {

using testing::TemporaryFolder;

std::unique_ptr<MeterRegistry> opened(const std::string& file) {
    auto store = MeterStore::open(file);
    BOOST_REQUIRE_MESSAGE(store.has_value(), store.error());
    return std::move(*store);
}

/// A registry of each kind.
struct Kinds {
    TemporaryFolder folder;

    std::unique_ptr<MeterRegistry> make(const std::string& kind) const {
        if (kind == "file") {
            return opened(folder.file("meters.db"));
        }
        return std::move(*MeterStore::in_memory());
    }
};

std::string numbers(const Result<std::vector<MeterRecord>>& records) {
    BOOST_REQUIRE(records.has_value());
    std::string text;
    for (const MeterRecord& record : *records) {
        text += record.number + " ";
    }
    return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(meter_registry)

const std::vector<std::string> kinds{"file", "memory"};

BOOST_DATA_TEST_CASE_F(Kinds, meters_are_added_once, boost::unit_test::data::make(kinds), kind) {
    const auto registry = make(kind);
    BOOST_TEST(registry->add("202", "one").value());
    BOOST_TEST(!registry->add("202", "two").value());
    BOOST_TEST((*registry->find("202"))->parameters == "one");
    BOOST_TEST(!registry->find("203")->has_value());
    BOOST_TEST(registry->count().value() == 1);
}

BOOST_DATA_TEST_CASE_F(Kinds, other_parameters_leave_what_was_learnt,
                       boost::unit_test::data::make(kinds), kind) {
    const auto registry = make(kind);
    BOOST_TEST(registry->put("202", "one").value());
    BOOST_TEST(registry->learn("202", "no lists").value());
    BOOST_TEST(!registry->put("202", "two").value());
    const auto record = registry->find("202");
    BOOST_REQUIRE((record && *record));
    BOOST_TEST((*record)->parameters == "two");
    BOOST_TEST((*record)->learnt == "no lists");
    BOOST_TEST(((*record)->added <= (*record)->changed));
    BOOST_TEST(!registry->learn("203", "x").value());
    BOOST_TEST(!registry->find("203")->has_value());
}

BOOST_DATA_TEST_CASE_F(Kinds, a_meter_that_was_removed_is_gone, boost::unit_test::data::make(kinds),
                       kind) {
    const auto registry = make(kind);
    BOOST_TEST(registry->add("202", "one").value());
    BOOST_TEST(registry->learn("202", "no lists").value());
    BOOST_TEST(registry->remove("202").value());
    BOOST_TEST(!registry->remove("202").value());
    BOOST_TEST(registry->count().value() == 0);
    BOOST_TEST(registry->add("202", "two").value());
    BOOST_TEST((*registry->find("202"))->learnt == "");
}

BOOST_DATA_TEST_CASE_F(Kinds, lists_go_on_behind_a_number, boost::unit_test::data::make(kinds),
                       kind) {
    const auto registry = make(kind);
    // In the order of octets; numbers are texts, whatever stands in them.
    for (const std::string number : {"9", "10", "meter 'x'; --", "\xC3\xA4", "2"}) {
        BOOST_TEST(registry->add(number, "p").value());
    }
    BOOST_TEST(numbers(registry->list("", 100)) == "10 2 9 meter 'x'; -- \xC3\xA4 ");
    BOOST_TEST(numbers(registry->list("", 2)) == "10 2 ");
    BOOST_TEST(numbers(registry->list("2", 2)) == "9 meter 'x'; -- ");
    BOOST_TEST(numbers(registry->list("\xC3\xA4", 2)) == "");
}

BOOST_FIXTURE_TEST_CASE(a_file_is_there_after_a_restart_and_serves_one_process, Kinds) {
    const std::string file = folder.file("meters.db");
    {
        const auto registry = opened(file);
        BOOST_TEST(registry->put("202", "one").value());
        BOOST_TEST(registry->learn("202", "no lists").value());
        BOOST_TEST(registry->outlives_process());
        const auto second = MeterStore::open(file);
        BOOST_REQUIRE(!second);
        BOOST_TEST(second.error().find("another process uses it") != std::string::npos,
                   second.error());
    }
    const auto again = opened(file);
    BOOST_TEST((*again->find("202"))->parameters == "one");
    BOOST_TEST((*again->find("202"))->learnt == "no lists");
    BOOST_TEST(!(*MeterStore::in_memory())->outlives_process());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::store
