// Client against server in memory, in virtual time, over a line that loses, delays, doubles and
// truncates APDUs. Every service, several requests at once, blocks of both kinds, sizes down to the
// smallest. Whatever happens: the right data or a clean end, never wrong data, never a hang.

#include <map>

#include "tests/support/association_world.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

Terms logical_terms(std::uint64_t seed) {
    Terms terms;
    terms.client_size = static_cast<std::uint16_t>(12 + seed * 7 % 60);
    terms.server_size = static_cast<std::uint16_t>(40 + seed * 5 % 60);
    terms.client_window = static_cast<std::uint8_t>(1 + seed % 9);
    terms.server_window = static_cast<std::uint8_t>(1 + seed % 7);
    // Now and then no general blocks, or nothing but them, or no limit.
    terms.conformance = seed % 3 == 0   ? Terms::everything & ~Terms::general_blocks
                        : seed % 3 == 1 ? Terms::everything
                                        : Terms::everything & ~Terms::service_blocks;
    if (seed % 11 == 0) {
        terms.client_size = 0;
    }
    if (seed % 13 == 0) {
        terms.server_size = 0;
    }
    return terms;
}

Terms short_terms(std::uint64_t seed) {
    Terms terms = logical_terms(seed);
    terms.short_names = true;
    terms.server_size = static_cast<std::uint16_t>(terms.server_size == 0 ? 0 : 20 + seed % 40);
    terms.conformance =
        seed % 2 == 0 ? Terms::everything_short : Terms::everything_short & ~Terms::general_blocks;
    return terms;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(two_associations)

BOOST_AUTO_TEST_CASE(without_faults_everything_is_answered) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            for (const bool short_names : {false, true}) {
                World world(seed, {}, short_names ? short_terms(seed) : logical_terms(seed));
                world.open();
                BOOST_REQUIRE_EQUAL(world.talk(40), 40u);
                BOOST_REQUIRE(world.release());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(delay_alone_changes_nothing) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.longest_delay = 200ms;
            World world(seed, faults, seed % 4 == 0 ? short_terms(seed) : logical_terms(seed));
            world.open();
            BOOST_REQUIRE_EQUAL(world.talk(40), 40u);
            BOOST_REQUIRE(world.release());
        }
    }
}

BOOST_AUTO_TEST_CASE(several_requests_at_once_are_all_answered) {
    for (std::uint64_t seed = 1; seed <= 30; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.longest_delay = (seed % 2) * 200ms;
            Terms terms;
            terms.outstanding = 2 + seed % 16;
            terms.client_size = terms.server_size = 0;  // nothing needs blocks
            terms.conformance =
                seed % 2 == 0 ? Terms::everything : Terms::everything & ~Terms::general_blocks;
            World world(seed, faults, terms);
            world.open();
            BOOST_REQUIRE_EQUAL(world.talk(60), 60u);
        }
    }
}

BOOST_AUTO_TEST_CASE(every_size_is_kept_both_ways) {
    // World checks each APDU against the size that its receiver declared.
    for (std::uint16_t size = 12; size <= 200; ++size) {
        BOOST_TEST_CONTEXT("size " << size) {
            for (const std::uint32_t left_out :
                 {std::uint32_t{0}, Terms::general_blocks, Terms::service_blocks}) {
                Terms terms;
                terms.client_size = size;
                terms.server_size = std::max<std::uint16_t>(size, 40);
                terms.conformance = Terms::everything & ~left_out;
                World world(size, {}, terms);
                world.open();
                BOOST_REQUIRE_EQUAL(world.talk(8), 8u);
                Terms names = terms;
                names.short_names = true;
                names.server_size = std::max<std::uint16_t>(size, 18);
                names.conformance = Terms::everything_short & ~left_out;
                World short_world(size, {}, names);
                short_world.open();
                BOOST_REQUIRE_EQUAL(short_world.talk(4), 4u);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(loss_alone_executes_nothing_twice_and_is_made_good_by_general_blocks) {
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.loss = static_cast<unsigned>(20 + seed * 7 % 120);
            Terms terms = logical_terms(seed);
            terms.conformance = Terms::everything;
            terms.block_retries = 25;
            terms.only_long_writes = true;
            terms.server_size = static_cast<std::uint16_t>(40 + seed % 60);
            World world(seed, faults, terms);
            world.open();
            BOOST_REQUIRE_EQUAL(world.talk(20), 20u);
        }
    }
}

BOOST_AUTO_TEST_CASE(with_faults_the_data_is_right_or_the_end_is_clean) {
    unsigned answered = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            Faults faults;
            faults.loss = static_cast<unsigned>(seed * 7 % 120);
            faults.duplicates = seed % 2 == 0 ? static_cast<unsigned>(seed * 13 % 100) : 0;
            faults.truncation = static_cast<unsigned>(seed * 5 % 60);
            faults.longest_delay = (seed % 3) * 300ms;
            Terms terms = logical_terms(seed);
            terms.outstanding = 1 + seed % 4;
            World world(seed, faults, terms);
            world.open();
            const unsigned count = world.talk(40);
            BOOST_TEST(count > 0u);
            answered += count;
        }
    }
    BOOST_TEST(answered > 3'000u);  // of 8,000
}

BOOST_AUTO_TEST_SUITE_END()
