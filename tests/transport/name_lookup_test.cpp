// Names that hang hold up nobody but those who ask for them. The resolver of most tests is one that
// waits until it is let go, as the system's does while its name servers say nothing.

#include "transport/name_lookup.hpp"

#include <condition_variable>
#include <mutex>
#include <set>

#include <asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace dlms;
using namespace std::chrono_literals;
using transport::NameLookup;

namespace {

/// Names that hang until release(), and others.
struct Resolver {
    NameLookup::Addresses operator()(const std::string& host) {
        std::unique_lock lock(mutex);
        ++calls;
        changed.notify_all();
        changed.wait(lock, [&] { return released || !host.starts_with("hangs"); });
        return {asio::ip::make_address("127.0.0.1")};
    }
    void release() {
        const std::scoped_lock lock(mutex);
        released = true;
        changed.notify_all();
    }

    std::mutex mutex;
    std::condition_variable changed;
    bool released = false;
    int calls = 0;
};

/// Who was told what, from any thread.
struct Told {
    NameLookup::Done by(const std::string& name) {
        return [this, name](const NameLookup::Addresses& addresses) {
            const std::scoped_lock lock(mutex);
            told.insert(name + (addresses.empty() ? " unknown" : ""));
            changed.notify_all();
        };
    }
    bool waits_for(const std::string& name) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 60s, [&] { return told.contains(name); });
    }
    bool waits_for_count(std::size_t count) {
        std::unique_lock lock(mutex);
        return changed.wait_for(lock, 60s, [&] { return told.size() >= count; });
    }
    std::size_t count() {
        const std::scoped_lock lock(mutex);
        return told.size();
    }

    std::mutex mutex;
    std::condition_variable changed;
    std::multiset<std::string> told;
};

Instant later() {
    return std::chrono::steady_clock::now() + 60s;
}

NameLookup lookup_with(const std::shared_ptr<Resolver>& resolver, NameLookup::Limits limits) {
    return NameLookup([resolver](const std::string& host) { return (*resolver)(host); }, limits);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(name_lookup)

BOOST_AUTO_TEST_CASE(a_name_that_hangs_holds_up_no_other) {
    const auto resolver = std::make_shared<Resolver>();
    Told told;
    NameLookup lookup = lookup_with(resolver, {2, 8});
    for (int i = 0; i < 5; ++i) {  // however many ask for it, it takes one thread
        BOOST_TEST(lookup.look_up("hangs", later(), told.by("hangs")));
    }
    BOOST_TEST(lookup.look_up("quick", later(), told.by("quick")));
    BOOST_TEST(told.waits_for("quick"));
    BOOST_TEST(told.count() == 1u);
    resolver->release();
    BOOST_TEST(told.waits_for_count(6));  // they are told one after the other
    BOOST_TEST(told.count() == 6u);
    BOOST_TEST(resolver->calls == 2);
}

BOOST_AUTO_TEST_CASE(names_beyond_the_threads_wait_and_those_beyond_the_queue_are_refused) {
    const auto resolver = std::make_shared<Resolver>();
    Told told;
    NameLookup lookup = lookup_with(resolver, {1, 2});
    BOOST_TEST(lookup.look_up("hangs", later(), told.by("hangs")));
    BOOST_TEST(lookup.look_up("second", later(), told.by("second")));
    // Nobody will wait for it any more when its turn comes.
    BOOST_TEST(lookup.look_up("late", Instant{}, told.by("late")));
    BOOST_TEST(!lookup.look_up("fourth", later(), told.by("fourth")));
    resolver->release();
    BOOST_TEST(told.waits_for("second"));
    BOOST_TEST(told.waits_for("hangs"));
    BOOST_TEST(lookup.look_up("fifth", later(), told.by("fifth")));
    BOOST_TEST(told.waits_for("fifth"));
    BOOST_TEST(told.count() == 3u);
    BOOST_TEST(resolver->calls == 3);
}

BOOST_AUTO_TEST_CASE(nobody_is_told_after_its_end) {
    const auto resolver = std::make_shared<Resolver>();
    auto told = std::make_unique<Told>();
    {
        NameLookup lookup = lookup_with(resolver, {1, 2});
        BOOST_TEST(lookup.look_up("hangs", later(), told->by("hangs")));
        BOOST_TEST(lookup.look_up("waits", later(), told->by("waits")));
    }
    told.reset();
    resolver->release();  // the thread ends by itself, and calls nobody
}

BOOST_AUTO_TEST_CASE(the_systems_resolver_and_one_lookup_for_each_context) {
    BOOST_TEST(!NameLookup::system_addresses("localhost").empty());
    BOOST_TEST(NameLookup::system_addresses("no such name.invalid").empty());
    asio::io_context one;
    asio::io_context other;
    BOOST_TEST(&transport::name_lookup_of(one) == &transport::name_lookup_of(one));
    BOOST_TEST(&transport::name_lookup_of(one) != &transport::name_lookup_of(other));
}

BOOST_AUTO_TEST_SUITE_END()
