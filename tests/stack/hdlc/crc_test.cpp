#include "stack/hdlc/crc.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using dlms::testing::octets;

namespace {

/// Bit by bit, as ISO/IEC 13239 writes it.
std::uint16_t plain_state(std::uint32_t state, ByteView octets_in) {
    for (const Byte octet : octets_in) {
        state ^= octet;
        for (int bit = 0; bit < 8; ++bit) {
            state = (state & 1) != 0 ? state >> 1 ^ 0x8408u : state >> 1;
        }
    }
    return static_cast<std::uint16_t>(state);
}

std::uint16_t plain_crc(ByteView octets_in) {
    return static_cast<std::uint16_t>(~plain_state(0xFFFF, octets_in));
}

ByteBuffer random_octets(std::size_t size) {
    SeededRandom random(1);
    ByteBuffer buffer(size);
    random.fill(buffer);
    return buffer;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crc)

BOOST_AUTO_TEST_CASE(HDLC_X_CRC_1_check_value_of_the_catalogue) {
    BOOST_TEST(hdlc::crc(as_bytes("123456789")) == 0x906E);
    BOOST_TEST(hdlc::crc({}) == 0x0000);
    // SNRM of the conformance case: 0F 01 on the line, low octet first.
    BOOST_TEST(hdlc::crc(octets("A007032193")) == 0x010F);
}

BOOST_AUTO_TEST_CASE(equals_the_bitwise_one_for_all_lengths_and_portions) {
    const ByteBuffer buffer = random_octets(300);
    for (std::size_t length = 0; length <= buffer.size(); ++length) {
        const ByteView view = ByteView(buffer).first(length);
        const std::uint16_t expected = plain_crc(view);
        BOOST_TEST(hdlc::crc(view) == expected);
        for (std::size_t cut = 0; cut <= length; cut += 7) {
            hdlc::Crc sum;
            sum.update(view.first(cut));
            sum.update(view.subspan(cut));
            BOOST_REQUIRE(sum.value() == expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(both_ways_are_the_bitwise_one_from_every_state_and_place) {
    const ByteBuffer buffer = random_octets(2100);
    for (std::size_t length = 0; length <= 2060; length += length < 300 ? 1 : 29) {
        for (std::size_t start = 0; start < 17; start += 5) {
            const ByteView view = ByteView(buffer).subspan(start, length);
            const auto state = static_cast<std::uint16_t>(0xFFFF - 37 * length);
            const std::uint16_t expected = plain_state(state, view);
            BOOST_REQUIRE(hdlc::crc_by_tables(state, view) == expected);
            if (hdlc::can_fold() && length >= hdlc::folding_minimum) {
                BOOST_REQUIRE(hdlc::crc_by_folding(state, view) == expected);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
