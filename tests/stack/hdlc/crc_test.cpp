#include "stack/hdlc/crc.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using dlms::testing::octets;

namespace {

/// Bit by bit, as ISO/IEC 13239 writes it.
std::uint16_t plain_crc(ByteView octets_in) {
    std::uint32_t state = 0xFFFF;
    for (const Byte octet : octets_in) {
        state ^= octet;
        for (int bit = 0; bit < 8; ++bit) {
            state = (state & 1) != 0 ? state >> 1 ^ 0x8408u : state >> 1;
        }
    }
    return static_cast<std::uint16_t>(~state);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(crc)

BOOST_AUTO_TEST_CASE(check_value_of_the_catalogue) {
    BOOST_TEST(hdlc::crc(as_bytes("123456789")) == 0x906E);
    BOOST_TEST(hdlc::crc({}) == 0x0000);
}

BOOST_AUTO_TEST_CASE(equals_the_bitwise_one_for_all_lengths_and_portions) {
    SeededRandom random(1);
    ByteBuffer buffer(100);
    for (Byte& octet : buffer) {
        octet = static_cast<Byte>(random.next_u64());
    }
    for (std::size_t length = 0; length <= buffer.size(); ++length) {
        const ByteView view = ByteView(buffer).first(length);
        BOOST_TEST(hdlc::crc(view) == plain_crc(view));
        for (std::size_t cut = 0; cut <= length; cut += 7) {
            hdlc::Crc sum;
            sum.update(view.first(cut));
            sum.update(view.subspan(cut));
            BOOST_TEST(sum.value() == plain_crc(view));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
