#include "stack/base/writer.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(writer)

BOOST_AUTO_TEST_CASE(writes_big_endian_numbers_of_every_width) {
    const std::string hex = written([](Writer& writer) {
        writer.u8(1);
        writer.u16(0x0203);
        writer.u32(0x04050607);
        writer.u64(0x08090A0B0C0D0E0F);
        writer.bytes(octets("AABB"));
    });
    BOOST_TEST(hex == "0102030405060708090A0B0C0D0E0FAABB");
}

BOOST_AUTO_TEST_CASE(appends_to_what_the_buffer_holds) {
    ByteBuffer buffer = octets("AABB");
    Writer writer(buffer);
    writer.u8(0xCC);
    BOOST_TEST(writer.size() == 1u);
    BOOST_TEST(to_hex(buffer) == "AABBCC");
}

BOOST_AUTO_TEST_CASE(the_limit_counts_what_this_writer_wrote) {
    ByteBuffer buffer = octets("AABB");
    Writer writer(buffer, 3);
    writer.u16(1);
    BOOST_TEST(writer.ok());
    writer.u16(2);
    BOOST_TEST(!writer.ok());
    BOOST_TEST(to_hex(buffer) == "AABB0001");
    writer.u8(3);  // would fit, but the writer has failed
    BOOST_TEST(to_hex(buffer) == "AABB0001");
}

BOOST_AUTO_TEST_CASE(a_limit_that_is_just_reached_is_kept) {
    ByteBuffer buffer;
    Writer writer(buffer, 4);
    writer.u32(1);
    BOOST_TEST(writer.ok());
    writer.bytes({});
    BOOST_TEST(writer.ok());
    writer.u8(0);
    BOOST_TEST(!writer.ok());
}

BOOST_AUTO_TEST_CASE(back_filled_lengths_take_the_shortest_form) {
    const auto with_length = [](std::size_t length) {
        return written([length](Writer& writer) {
            writer.u8(0xA1);
            const std::size_t place = writer.length_placeholder();
            writer.bytes(ByteBuffer(length, 0x55));
            writer.back_fill_length(place);
            writer.u8(0xEE);
        });
    };
    const auto body = [](std::size_t length) { return to_hex(ByteBuffer(length, 0x55)); };
    BOOST_TEST(with_length(0) == "A100EE");
    BOOST_TEST(with_length(127) == "A17F" + body(127) + "EE");
    BOOST_TEST(with_length(128) == "A18180" + body(128) + "EE");
    BOOST_TEST(with_length(255) == "A181FF" + body(255) + "EE");
    BOOST_TEST(with_length(256) == "A1820100" + body(256) + "EE");
    BOOST_TEST(with_length(65536) == "A18400010000" + body(65536) + "EE");
}

BOOST_AUTO_TEST_CASE(lengths_are_back_filled_from_the_inside_out) {
    const std::string hex = written([](Writer& writer) {
        const std::size_t outer = writer.length_placeholder();
        writer.u8(0x01);
        const std::size_t inner = writer.length_placeholder();
        writer.bytes(ByteBuffer(128, 0x55));
        writer.back_fill_length(inner);
        writer.back_fill_length(outer);
    });
    BOOST_TEST(hex ==
               "8183"
               "01"
               "8180" +
                   to_hex(ByteBuffer(128, 0x55)));
}

BOOST_AUTO_TEST_CASE(a_back_filled_length_keeps_the_limit_too) {
    ByteBuffer buffer;
    Writer writer(buffer, 129);
    const std::size_t place = writer.length_placeholder();
    writer.bytes(ByteBuffer(128, 0x55));
    BOOST_TEST(writer.ok());
    writer.back_fill_length(place);  // needs one octet more
    BOOST_TEST(!writer.ok());
    BOOST_TEST(buffer.size() == 129u);
}

BOOST_AUTO_TEST_SUITE_END()
