#include "stack/ber/element.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// What reading with `read` ends in: the value as text, or the error.
template <class Read>
std::string reading(std::string_view hex, Read&& read) {
    const ExactBuffer buffer(octets(hex));
    Reader reader(buffer.view(), Layer::ber);
    const std::string text = read(reader);
    return reader.ok() ? text : outcome(Status(reader.failure()));
}

std::string inner_element(std::string_view hex) {
    return reading(hex, [](Reader& reader) {
        ber::Element element = ber::read_inner_element(reader);
        return to_hex(ByteBuffer{element.tag}) + ' ' + to_hex(element.content.rest());
    });
}

std::string integer(std::string_view hex) {
    return reading(
        hex, [](Reader& reader) { return std::to_string(ber::read_integer_content(reader)); });
}

std::string bit_string(std::string_view hex) {
    return reading(hex, [](Reader& reader) {
        const ber::BitString bits = ber::read_bit_string_content(reader);
        std::string text;
        for (std::size_t i = 0; i < bits.size(); ++i) {
            text += bits.bit(i) ? '1' : '0';
        }
        return text;
    });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ber_element)

BOOST_AUTO_TEST_CASE(an_element_gives_its_tag_and_its_content) {
    BOOST_TEST(inner_element("A103020100") == "A1 020100");
    BOOST_TEST(inner_element("0400") == "04 ");
    BOOST_TEST(inner_element("048103AABBCC") == "04 AABBCC");
    BOOST_TEST(inner_element("0401AABB") == "04 AA");  // what follows stays in the reader
}

BOOST_AUTO_TEST_CASE(a_length_that_does_not_fit_is_named_by_where_it_stands) {
    BOOST_TEST(inner_element("0403AABB") == "ber/inner-length-mismatch@1");
    BOOST_TEST(reading("0403AABB", [](Reader& reader) {
                   ber::read_outer_element(reader);
                   return std::string();
               }) == "ber/length-beyond-buffer@1");
    BOOST_TEST(inner_element("0484FFFFFFFF") == "ber/inner-length-mismatch@1");
    BOOST_TEST(inner_element("04") == "ber/truncated@1");
    BOOST_TEST(inner_element("") == "ber/truncated@0");
    BOOST_TEST(inner_element("1F1F01AA") == "ber/unknown-tag@0");
}

BOOST_AUTO_TEST_CASE(the_content_of_a_failed_element_carries_the_error) {
    const ExactBuffer buffer(octets("0403AABB"));
    Reader reader(buffer.view(), Layer::ber);
    const ber::Element element = ber::read_inner_element(reader);
    BOOST_TEST(!element.content.ok());
    BOOST_TEST((element.content.error() == reader.error()));
}

BOOST_AUTO_TEST_CASE(the_only_element_must_be_alone_and_of_its_tag) {
    const auto only = [](std::string_view hex) {
        return reading(hex, [](Reader& reader) {
            return to_hex(ber::read_only_element(reader, 0x04).rest());
        });
    };
    BOOST_TEST(only("0402AABB") == "AABB");
    BOOST_TEST(only("0502AABB") == "ber/unknown-tag@0");
    BOOST_TEST(only("0402AABB00") == "ber/trailing-octets@4");
    BOOST_TEST(only("") == "ber/truncated@0");
}

BOOST_AUTO_TEST_CASE(integers_are_twos_complement_of_up_to_eight_octets) {
    BOOST_TEST(integer("00") == "0");
    BOOST_TEST(integer("7F") == "127");
    BOOST_TEST(integer("0080") == "128");
    BOOST_TEST(integer("80") == "-128");
    BOOST_TEST(integer("FF7F") == "-129");
    BOOST_TEST(integer("000005") == "5");  // longer than needed: accepted
    BOOST_TEST(integer("7FFFFFFFFFFFFFFF") == "9223372036854775807");
    BOOST_TEST(integer("8000000000000000") == "-9223372036854775808");
    BOOST_TEST(integer("008000000000000000") == "ber/value-out-of-range@0");
    BOOST_TEST(integer("") == "ber/truncated@0");
}

BOOST_AUTO_TEST_CASE(integers_are_written_in_the_shortest_form_and_read_back) {
    const auto write = [](std::int64_t value) {
        return written([value](Writer& writer) { ber::write_integer(writer, 0x02, value); });
    };
    BOOST_TEST(write(0) == "020100");
    BOOST_TEST(write(127) == "02017F");
    BOOST_TEST(write(128) == "02020080");
    BOOST_TEST(write(-128) == "020180");
    BOOST_TEST(write(-129) == "0202FF7F");
    BOOST_TEST(write(INT64_MAX) == "02087FFFFFFFFFFFFFFF");
    BOOST_TEST(write(INT64_MIN) == "02088000000000000000");
    for (const std::int64_t value : {0L, 1L, -1L, 255L, 256L, -32768L, 32768L, 8388607L, 8388608L,
                                     -2147483649L, 4294967296L, 1L << 55, -(1L << 55) - 1}) {
        BOOST_TEST(integer(write(value).substr(4)) == std::to_string(value));
    }
}

BOOST_AUTO_TEST_CASE(bit_strings_know_their_unused_bits) {
    BOOST_TEST(bit_string("0780") == "1");
    BOOST_TEST(bit_string("0284") == "100001");  // protocol-version as the Hexcell library sends it
    BOOST_TEST(bit_string("00FF01") == "1111111100000001");
    BOOST_TEST(bit_string("00") == "");
    BOOST_TEST(bit_string("0880") == "ber/value-out-of-range@0");
    BOOST_TEST(bit_string("07") == "ber/value-out-of-range@0");
    BOOST_TEST(bit_string("") == "ber/truncated@0");
    const ByteBuffer one = octets("80");
    BOOST_TEST((ber::BitString{7, one}.bit(0)));
    BOOST_TEST((!ber::BitString{7, one}.bit(1)));
    BOOST_TEST((!ber::BitString{}.bit(0)));
}

BOOST_AUTO_TEST_CASE(bit_strings_are_written_and_impossible_ones_refused) {
    const ByteBuffer one = octets("80");
    const auto write = [](const ber::BitString& bits) {
        return written([&bits](Writer& writer) { ber::write_bit_string(writer, 0x8A, bits); });
    };
    BOOST_TEST(write({7, one}) == "8A020780");
    BOOST_TEST(write({0, {}}) == "8A0100");
    BOOST_TEST(write({8, one}) == "failed");
    BOOST_TEST(write({1, {}}) == "failed");
}

BOOST_AUTO_TEST_CASE(elements_are_written_with_the_shortest_length) {
    const auto write = [](std::size_t size) {
        return written(
            [size](Writer& writer) { ber::write_element(writer, 0x04, ByteBuffer(size, 0x11)); });
    };
    BOOST_TEST(write(0) == "0400");
    BOOST_TEST(write(127).substr(0, 6) == "047F11");
    BOOST_TEST(write(128).substr(0, 8) == "04818011");
    BOOST_TEST(write(256).substr(0, 10) == "0482010011");
    BOOST_TEST(write(65536).substr(0, 14) == "04840001000011");
    const std::string nested = written([](Writer& writer) {
        ber::write_constructed(writer, 0xA2, [&] { ber::write_integer(writer, 0x02, 1); });
    });
    BOOST_TEST(nested == "A203020101");
}

BOOST_AUTO_TEST_SUITE_END()
