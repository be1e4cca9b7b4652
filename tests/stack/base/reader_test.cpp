#include "stack/base/reader.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(reader)

BOOST_AUTO_TEST_CASE(reads_big_endian_numbers_of_every_width) {
    const ExactBuffer buffer(octets("01 0203 040506 0708090A 0B0C0D0E0F101112"));
    Reader reader(buffer.view(), Layer::base);
    BOOST_TEST(reader.u8() == 0x01u);
    BOOST_TEST(reader.u16() == 0x0203u);
    BOOST_TEST(reader.u24() == 0x040506u);
    BOOST_TEST(reader.u32() == 0x0708090Au);
    BOOST_TEST(reader.u64() == 0x0B0C0D0E0F101112u);
    BOOST_TEST(reader.at_end());
    BOOST_TEST(reader.ok());
    reader.expect_end();
    BOOST_TEST(reader.ok());
}

BOOST_AUTO_TEST_CASE(reads_twos_complement) {
    const ExactBuffer buffer(octets("80 8000 80000000 8000000000000000 FF FFFE"));
    Reader reader(buffer.view(), Layer::base);
    BOOST_TEST(int{reader.i8()} == -128);
    BOOST_TEST(reader.i16() == INT16_MIN);
    BOOST_TEST(reader.i32() == INT32_MIN);
    BOOST_TEST(reader.i64() == INT64_MIN);
    BOOST_TEST(int{reader.i8()} == -1);
    BOOST_TEST(reader.i16() == -2);
    BOOST_TEST(reader.ok());
}

BOOST_AUTO_TEST_CASE(a_number_that_is_cut_takes_nothing_and_names_its_offset) {
    const ExactBuffer buffer(octets("AA 010203"));
    Reader reader(buffer.view(), Layer::xdlms);
    reader.u8();
    BOOST_TEST(reader.u32() == 0u);
    BOOST_TEST(!reader.ok());
    BOOST_TEST((reader.error() == Error{ErrorCode::truncated, Layer::xdlms, 1}));
}

BOOST_AUTO_TEST_CASE(after_an_error_every_read_returns_nothing_and_the_first_error_stays) {
    const ExactBuffer buffer(octets("0102030405"));
    Reader reader(buffer.view(), Layer::base);
    reader.u8();
    reader.fail(ErrorCode::unknown_tag);
    BOOST_TEST(reader.at_end());
    BOOST_TEST(reader.u8() == 0u);
    BOOST_TEST(reader.u64() == 0u);
    BOOST_TEST(reader.bytes(2).empty());
    BOOST_TEST(reader.rest().empty());
    reader.fail_at(ErrorCode::unknown_value, 0);
    reader.expect_end();
    BOOST_TEST((reader.error() == Error{ErrorCode::unknown_tag, Layer::base, 1}));
    BOOST_TEST((reader.failure().error() == reader.error()));
}

BOOST_AUTO_TEST_CASE(bytes_and_rest_are_views_into_the_input) {
    const ExactBuffer buffer(octets("0102030405"));
    Reader reader(buffer.view(), Layer::base);
    const ByteView two = reader.bytes(2);
    BOOST_TEST(two.data() == buffer.view().data());
    BOOST_TEST(two.size() == 2u);
    BOOST_TEST(reader.peek() == 3u);
    BOOST_TEST(reader.offset() == 2u);
    reader.skip(1);
    BOOST_TEST(to_hex(reader.rest()) == "0405");
    BOOST_TEST(reader.peek() == 0u);
    BOOST_TEST(reader.ok());
    BOOST_TEST(to_hex(reader.between(1, 4)) == "020304");
}

BOOST_AUTO_TEST_CASE(more_bytes_than_remain_are_refused_without_wrapping_around) {
    const ExactBuffer buffer(octets("0102"));
    Reader reader(buffer.view(), Layer::base);
    BOOST_TEST(reader.bytes(SIZE_MAX).empty());
    BOOST_TEST((reader.error() == Error{ErrorCode::truncated, Layer::base, 0}));
}

BOOST_AUTO_TEST_CASE(a_sub_reader_sees_its_part_alone_and_counts_from_the_outer_start) {
    const ExactBuffer buffer(octets("AA 010203 BB"));
    Reader reader(buffer.view(), Layer::acse, 100);
    reader.u8();
    Reader part = reader.sub_reader(3);
    BOOST_TEST(part.offset() == 101u);
    BOOST_TEST(part.remaining() == 3u);
    part.skip(3);
    part.u8();
    BOOST_TEST((part.error() == Error{ErrorCode::truncated, Layer::acse, 104}));
    BOOST_TEST(reader.ok());
    BOOST_TEST(reader.u8() == 0xBBu);
}

BOOST_AUTO_TEST_CASE(a_sub_reader_longer_than_the_rest_fails_in_both) {
    const ExactBuffer buffer(octets("AA 0102"));
    Reader reader(buffer.view(), Layer::acse);
    reader.u8();
    Reader part = reader.sub_reader(3);
    BOOST_TEST((reader.error() == Error{ErrorCode::length_beyond_buffer, Layer::acse, 1}));
    BOOST_TEST((part.error() == reader.error()));
    BOOST_TEST(part.remaining() == 0u);
}

BOOST_AUTO_TEST_CASE(a_sub_decoders_error_is_taken_over_whole) {
    Reader reader(ByteView(), Layer::xdlms);
    reader.fail(Error{ErrorCode::invalid_utf8, Layer::axdr, 7});
    BOOST_TEST((reader.error() == Error{ErrorCode::invalid_utf8, Layer::axdr, 7}));
}

BOOST_AUTO_TEST_CASE(octets_after_the_end_are_named) {
    const ExactBuffer buffer(octets("0102"));
    Reader reader(buffer.view(), Layer::wrapper);
    reader.u8();
    reader.expect_end();
    BOOST_TEST((reader.error() == Error{ErrorCode::trailing_octets, Layer::wrapper, 1}));
}

BOOST_AUTO_TEST_CASE(nothing_to_read_is_an_end_and_not_an_error) {
    Reader reader(ByteView(), Layer::base);
    BOOST_TEST(reader.at_end());
    reader.expect_end();
    BOOST_TEST(reader.ok());
    BOOST_TEST(reader.u8() == 0u);
    BOOST_TEST((reader.error() == Error{ErrorCode::truncated, Layer::base, 0}));
}

BOOST_AUTO_TEST_SUITE_END()
