#include "stack/xdlms/general_block_transfer.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string block(std::string_view hex) {
    return round_trip(hex, decode_general_block_transfer);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(general_block_transfer)

BOOST_AUTO_TEST_CASE(blocks_are_read_and_written) {
    for (const char* hex : {"E0810002000300", "E04000010000020F00", "E03F0001FFFF01AA"}) {
        BOOST_TEST(block(hex) == hex);
    }
    const ExactBuffer buffer(octets("E0 C5 0007 0003 03 AABBCC"));
    const GeneralBlockTransfer decoded = decode_general_block_transfer(buffer.view()).value();
    BOOST_TEST(decoded.last_block);
    BOOST_TEST(decoded.streaming);
    BOOST_TEST(int{decoded.window} == 5);
    BOOST_TEST(decoded.block_number == 7);
    BOOST_TEST(decoded.block_number_ack == 3);
    BOOST_TEST(to_hex(decoded.block_data) == "AABBCC");
    BOOST_TEST(buffer.view().size() == general_block_transfer_overhead + 1 + 3);
}

BOOST_AUTO_TEST_CASE(a_window_above_63_is_not_written) {
    GeneralBlockTransfer wide;
    wide.window = 64;
    BOOST_TEST(encoded(wide) == "failed");
    wide.window = 63;
    BOOST_TEST(encoded(wide) == "E03F0000000000");
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(block("E0") == "xdlms/truncated@1");
    BOOST_TEST(block("E1810002000300") == "xdlms/unknown-tag@0");
    BOOST_TEST(block("E08100020003") == "xdlms/truncated@6");
    BOOST_TEST(block("E0810002000302AA") == "xdlms/length-beyond-buffer@6");
    BOOST_TEST(block("E081000200030000") == "xdlms/trailing-octets@7");
}

BOOST_AUTO_TEST_SUITE_END()
