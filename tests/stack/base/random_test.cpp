#include "stack/base/random.hpp"

#include <array>

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(randomness)

BOOST_AUTO_TEST_CASE(a_seed_gives_the_published_splitmix64_sequence) {
    // Reference values of SplitMix64 for seed 1234567 (Rosetta Code, "Pseudo-random
    // numbers/Splitmix64").
    SeededRandom random(1234567);
    const std::array<std::uint64_t, 5> expected{6457827717110365317u, 3203168211198807973u,
                                                9817491932198370423u, 4593380528125082431u,
                                                16408922859458223821u};
    for (const std::uint64_t value : expected) {
        Byte little_endian[8]{};
        BOOST_TEST(random.fill(little_endian));
        std::uint64_t drawn = 0;
        for (std::size_t i = 8; i-- > 0;) {
            drawn = drawn << 8 | little_endian[i];
        }
        BOOST_TEST(drawn == value);
    }
}

BOOST_AUTO_TEST_CASE(the_same_seed_repeats_and_another_differs) {
    SeededRandom first(7);
    SeededRandom again(7);
    SeededRandom other(8);
    const std::uint64_t value = first.next_u64();
    BOOST_TEST(value == again.next_u64());
    BOOST_TEST(value != other.next_u64());
    BOOST_TEST(value != first.next_u64());
}

BOOST_AUTO_TEST_CASE(fill_covers_lengths_that_are_no_multiple_of_eight) {
    for (const std::size_t length : {std::size_t{0}, std::size_t{1}, std::size_t{13}}) {
        ByteBuffer guarded(length + 1, 0xAA);
        SeededRandom random(3);
        BOOST_TEST(random.fill(std::span(guarded).first(length)));
        BOOST_TEST(guarded.back() == 0xAA);
    }
}

BOOST_AUTO_TEST_CASE(the_systems_randomness_does_not_repeat) {
    SystemRandom random;
    std::array<Byte, 32> first{};
    std::array<Byte, 32> second{};
    BOOST_TEST(random.fill(first));
    BOOST_TEST(random.fill(second));
    BOOST_TEST(to_hex(first) != to_hex(second));  // alike once in 2^256
}

BOOST_AUTO_TEST_SUITE_END()
