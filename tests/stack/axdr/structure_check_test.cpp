#include "stack/axdr/structure_check.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data_view.hpp"
#include "stack/base/limits.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

std::string check(ByteView encoded) {
    const ExactBuffer buffer(encoded);
    return outcome(axdr::parse_data(buffer.view()));
}

std::string check(std::string_view hex) {
    return check(ByteView(octets(hex)));
}

/// `levels` structures of one element, each in the other, with null-data inside.
ByteBuffer nested(std::size_t levels) {
    ByteBuffer encoded;
    for (std::size_t i = 0; i < levels; ++i) {
        encoded.insert(encoded.end(), {0x02, 0x01});
    }
    encoded.push_back(0x00);
    return encoded;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(structure_check)

BOOST_AUTO_TEST_CASE(every_type_of_fixed_width_takes_exactly_that) {
    for (const char* hex : {"00",
                            "0300",
                            "0500000000",
                            "0600000000",
                            "0D99",
                            "0F80",
                            "108000",
                            "11FF",
                            "12FFFF",
                            "140000000000000000",
                            "150000000000000000",
                            "1600",
                            "1700000000",
                            "180000000000000000",
                            "19000000000000000000000000",
                            "1A0000000000",
                            "1B00000000",
                            "1C00",
                            "1D0000",
                            "1E00000000",
                            "1F00",
                            "200000",
                            "2100000000",
                            "FF"}) {
        BOOST_TEST_CONTEXT(hex) {
            const ByteBuffer encoded = octets(hex);
            BOOST_TEST(check(encoded) == "accepted");
            const ByteView cut = ByteView(encoded).first(encoded.size() - 1);
            BOOST_TEST(check(cut).substr(0, 14) == "axdr/truncated");
            ByteBuffer longer = encoded;
            longer.push_back(0);
            BOOST_TEST(check(longer) == "axdr/trailing-octets@" + std::to_string(encoded.size()));
        }
    }
}

BOOST_AUTO_TEST_CASE(counted_types_take_what_their_length_says) {
    BOOST_TEST(check("0900") == "accepted");
    BOOST_TEST(check("0902AABB") == "accepted");
    BOOST_TEST(check("0A03414243") == "accepted");
    BOOST_TEST(check("0C06C3A9E282AC41") == "accepted");
    BOOST_TEST(check("0981020102") == "accepted");
    BOOST_TEST(check("0903AABB") == "axdr/length-beyond-buffer@1");
    BOOST_TEST(check("0A81") == "axdr/truncated@2");
    BOOST_TEST(check("0C02C328") == "axdr/invalid-utf8@1");
}

BOOST_AUTO_TEST_CASE(a_bit_string_counts_bits) {
    BOOST_TEST(check("0400") == "accepted");
    BOOST_TEST(check("040180") == "accepted");
    BOOST_TEST(check("0408FF") == "accepted");
    BOOST_TEST(check("0409FF80") == "accepted");
    BOOST_TEST(check("0409FF") == "axdr/truncated@2");
    BOOST_TEST(check("0484FFFFFFFF") == "axdr/truncated@6");  // half a gigabyte promised
}

BOOST_AUTO_TEST_CASE(counts_and_lengths_from_a_bomb_cost_nothing) {
    BOOST_TEST(check("0184FFFFFFFF") == "axdr/length-beyond-buffer@1");
    BOOST_TEST(check("0984FFFFFFFF") == "axdr/length-beyond-buffer@1");
    BOOST_TEST(check("01840010000000000000000000000000000000000000") ==
               "axdr/length-beyond-buffer@1");
    // Every level promises all that follows it.
    BOOST_TEST(check("010301030103") == "axdr/length-beyond-buffer@3");
}

BOOST_AUTO_TEST_CASE(more_elements_than_the_limit_are_refused) {
    ByteBuffer encoded = octets("0184");
    for (int shift = 24; shift >= 0; shift -= 8) {
        encoded.push_back(static_cast<Byte>((limits::max_data_elements + 1) >> shift));
    }
    encoded.resize(encoded.size() + limits::max_data_elements + 1);  // null-data
    BOOST_TEST(check(encoded) == "axdr/too-many-elements@1");
    encoded.pop_back();
    encoded[5] = static_cast<Byte>(encoded[5] - 1);
    BOOST_TEST(check(encoded) == "accepted");
}

BOOST_AUTO_TEST_CASE(thirty_two_levels_are_accepted_and_thirty_three_are_not) {
    static_assert(limits::max_data_depth == 32);
    BOOST_TEST(check(nested(1)) == "accepted");
    BOOST_TEST(check(nested(32)) == "accepted");
    BOOST_TEST(check(nested(33)) == "axdr/nesting-too-deep@64");
    BOOST_TEST(check(nested(20000)) == "axdr/nesting-too-deep@64");
    // An empty structure is a level too.
    ByteBuffer empty_inside = nested(32);
    empty_inside.back() = 0x02;
    empty_inside.push_back(0x00);
    BOOST_TEST(check(empty_inside) == "axdr/nesting-too-deep@64");
}

BOOST_AUTO_TEST_CASE(depth_is_given_back_when_a_structure_ends) {
    // 40 structures beside each other, each two levels deep.
    ByteBuffer encoded = octets("0128");
    for (int i = 0; i < 40; ++i) {
        const ByteBuffer element = octets("020102011105");
        encoded.insert(encoded.end(), element.begin(), element.end());
    }
    BOOST_TEST(check(encoded) == "accepted");
}

BOOST_AUTO_TEST_CASE(unknown_tags_are_refused_where_they_stand) {
    BOOST_TEST(check("07") == "axdr/unknown-tag@0");
    BOOST_TEST(check("0202110508") == "axdr/unknown-tag@4");
    BOOST_TEST(check("") == "axdr/truncated@0");
}

BOOST_AUTO_TEST_CASE(one_data_is_taken_from_a_longer_reader) {
    const ExactBuffer buffer(octets("AA 0202110512000A BB"));
    Reader reader(buffer.view(), Layer::xdlms);
    reader.u8();
    const axdr::DataView data = axdr::read_data(reader);
    BOOST_TEST(to_hex(data.encoded()) == "0202110512000A");
    BOOST_TEST(reader.u8() == 0xBBu);
    BOOST_TEST(axdr::read_data(reader).is_null());
    BOOST_TEST((reader.error() == Error{ErrorCode::truncated, Layer::xdlms, 9}));
}

BOOST_AUTO_TEST_SUITE_END()
