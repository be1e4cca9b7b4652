#include "stack/axdr/compact_array.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data_builder.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::axdr;
using namespace dlms::testing;

namespace {

std::string check(ByteView encoded) {
    const ExactBuffer buffer(encoded);
    return outcome(parse_data(buffer.view()));
}

std::string check(std::string_view hex) {
    return check(ByteView(octets(hex)));
}

Data parse(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

std::string unrolled(std::string_view hex) {
    const Data data = parse(hex);
    const Result<Data> array = data.view().compact_array().value().to_array();
    return array ? to_hex(array->encoded()) : outcome(array);
}

/// Every item of the elements as "tag:count:content", and '/' before each element.
std::string items(std::string_view hex) {
    const Data data = parse(hex);
    std::string text;
    CompactCursor cursor = data.view().compact_array().value().cursor();
    while (!cursor.at_end()) {
        text += cursor.at_element() ? "/" : " ";
        const Cursor::Item item = cursor.next();
        text += std::string(name(item.tag)) + ':' + std::to_string(item.count) + ':' +
                to_hex(item.content);
    }
    return text;
}

std::size_t element_count(std::string_view hex) {
    const Data data = parse(hex);
    return data.view().compact_array().value().size();
}

std::string description(std::string_view hex) {
    const Data data = parse(hex);
    const Result<ByteBuffer> described = type_description_of(data.view());
    return described ? to_hex(*described) : outcome(described);
}

std::string packed(std::string_view hex) {
    const Data data = parse(hex);
    const Result<Data> compact = to_compact_array(data.view());
    return compact ? to_hex(compact->encoded()) : outcome(compact);
}

/// Type descriptions of arrays of one element, one in the other, around `inner`.
ByteBuffer nested(std::size_t levels, std::string_view inner) {
    ByteBuffer encoded{0x13};
    for (std::size_t i = 0; i < levels; ++i) {
        encoded.insert(encoded.end(), {0x01, 0x00, 0x01});
    }
    const ByteBuffer rest = octets(inner);
    encoded.insert(encoded.end(), rest.begin(), rest.end());
    return encoded;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(compact_array)

BOOST_AUTO_TEST_CASE(simple_elements_are_packed) {
    BOOST_TEST(items("13120400010002") == "/long-unsigned:0:0001/long-unsigned:0:0002");
    BOOST_TEST(unrolled("13120400010002") == "0102120001120002");
    BOOST_TEST(element_count("13120400010002") == 2u);
    BOOST_TEST(items("131100") == "");
    BOOST_TEST(unrolled("131100") == "0100");
}

BOOST_AUTO_TEST_CASE(elements_that_carry_a_length_keep_it) {
    const std::string strings = "13 09 07 02AABB 00 01CC 00";
    BOOST_TEST(items(strings) ==
               "/octet-string:0:AABB/octet-string:0:/octet-string:0:CC/octet-string:0:");
    BOOST_TEST(unrolled(strings) == "01040902AABB09000901CC0900");
    BOOST_TEST(element_count(strings) == 4u);
    BOOST_TEST(items("13 04 05 09FF80 01 80") == "/bit-string:9:FF80/bit-string:1:80");
    BOOST_TEST(unrolled("13 0C 03 02C3A9") == "01010C02C3A9");
}

BOOST_AUTO_TEST_CASE(structures_and_arrays_unroll) {
    BOOST_TEST(items("13020212060C0001000000640002000000C8") ==
               "/structure:2: long-unsigned:0:0001 double-long-unsigned:0:00000064"
               "/structure:2: long-unsigned:0:0002 double-long-unsigned:0:000000C8");
    BOOST_TEST(items("13010002 11 04 01020304") ==
               "/array:2: unsigned:0:01 unsigned:0:02/array:2: unsigned:0:03 unsigned:0:04");
    // A structure of an array of two structures, an empty structure, null-data and a string.
    const std::string mixed =
        "13 02 04 01 0002 02 02 11 0F 02 00 00 0A  0B 01020304 0141 05060708 00";
    BOOST_TEST(items(mixed) ==
               "/structure:4: array:2: structure:2: unsigned:0:01 integer:0:02 structure:2: "
               "unsigned:0:03 integer:0:04 structure:0: null-data:0: visible-string:0:41"
               "/structure:4: array:2: structure:2: unsigned:0:05 integer:0:06 structure:2: "
               "unsigned:0:07 integer:0:08 structure:0: null-data:0: visible-string:0:");
    BOOST_TEST(element_count(mixed) == 2u);
    // An array of none inside of a structure.
    BOOST_TEST(items("13 02 02 01 0000 02 01 11 11 02 0506") ==
               "/structure:2: array:0: unsigned:0:05/structure:2: array:0: unsigned:0:06");
}

BOOST_AUTO_TEST_CASE(what_a_cursor_finds_is_what_the_unrolled_array_shows) {
    for (const char* hex :
         {"13120400010002", "13020212060C0001000000640002000000C8", "13010002 11 04 01020304",
          "13 09 07 02AABB 00 01CC 00",
          "13 02 04 01 0002 02 02 11 0F 02 00 00 0A 0B 01020304 0141 05060708 00"}) {
        const Data compact = parse(hex);
        const Data array = compact.view().compact_array().value().to_array().value();
        Cursor expected(array.view());
        expected.next();
        CompactCursor cursor = compact.view().compact_array().value().cursor();
        while (!expected.at_end()) {
            const Cursor::Item a = expected.next();
            const Cursor::Item b = cursor.next();
            BOOST_TEST((a.tag == b.tag && a.count == b.count));
            BOOST_TEST(to_hex(a.content) == to_hex(b.content));
        }
        BOOST_TEST(cursor.at_end());
        BOOST_TEST((cursor.next().tag == Tag::null_data));
    }
}

BOOST_AUTO_TEST_CASE(a_cursor_over_data_takes_it_as_one_item) {
    const Data data = parse("0202 13120400010002 1105");
    Cursor cursor(data.view());
    cursor.next();
    const Cursor::Item item = cursor.next();
    BOOST_TEST((item.tag == Tag::compact_array));
    BOOST_TEST(CompactArrayView::from_checked(item.content).size() == 2u);
    BOOST_TEST((cursor.next().tag == Tag::unsigned_));
    BOOST_TEST(cursor.at_end());
    BOOST_TEST(outcome(data.view().compact_array()) == "axdr/type-mismatch@0");
    BOOST_TEST(outcome(data.view().element(0).value().elements()) == "axdr/type-mismatch@0");
}

BOOST_AUTO_TEST_CASE(elements_without_octets_are_refused) {
    BOOST_TEST(check("13000411223344") == "axdr/zero-width-element@1");
    BOOST_TEST(check("130000") == "axdr/zero-width-element@1");
    BOOST_TEST(check("13020004DEADBEEF") == "axdr/zero-width-element@1");
    BOOST_TEST(check("13FF00") == "axdr/zero-width-element@1");
    BOOST_TEST(check("13 01 0000 11 00") == "axdr/zero-width-element@1");
    BOOST_TEST(check("1301FFFF01FFFF01FFFF0001AA") == "axdr/zero-width-element@1");
    // Inside of an element that has octets they are no more than other values.
    BOOST_TEST(check("13 02 02 11 01 0003 00 01 05") == "accepted");
    BOOST_TEST(check("13 02 02 11 01 FFFF 00 01 05") == "axdr/too-many-elements@1");
}

BOOST_AUTO_TEST_CASE(elements_that_are_not_whole_are_refused) {
    BOOST_TEST(check("1301FFFF110401020304") == "axdr/truncated@10");
    BOOST_TEST(check("13 12 03 000100") == "axdr/truncated@6");
    BOOST_TEST(check("13 09 03 02AABB") == "accepted");
    BOOST_TEST(check("13 09 03 03AABB") == "axdr/length-beyond-buffer@3");
    BOOST_TEST(check("13 02 02 09 11 02 01AA") == "axdr/truncated@8");
    BOOST_TEST(check("13 0C 02 01C3") == "axdr/invalid-utf8@3");
    BOOST_TEST(check("13 12 04 0001") == "axdr/length-beyond-buffer@2");
    BOOST_TEST(check("13 12 84FFFFFFFF") == "axdr/length-beyond-buffer@2");
    BOOST_TEST(check("13 12 02 0001 00") == "axdr/trailing-octets@5");
}

BOOST_AUTO_TEST_CASE(descriptions_that_cannot_be_are_refused) {
    BOOST_TEST(check("13") == "axdr/truncated@1");
    BOOST_TEST(check("1308") == "axdr/unknown-tag@1");
    BOOST_TEST(check("1313120411223344") == "axdr/unknown-tag@1");
    BOOST_TEST(check("13 02 02 11 07 00") == "axdr/unknown-tag@4");
    BOOST_TEST(check("13 02 84FFFFFFFF 11") == "axdr/length-beyond-buffer@2");
    BOOST_TEST(check("13 01 00") == "axdr/truncated@2");
}

BOOST_AUTO_TEST_CASE(levels_count_from_the_outermost) {
    // The compact array is a level, and so is each array of its description.
    BOOST_TEST(check(nested(31, "11 01 05")) == "accepted");
    BOOST_TEST(check(nested(32, "11 01 05")) == "axdr/nesting-too-deep@94");
    BOOST_TEST(check(nested(5000, "11 01 05")) == "axdr/nesting-too-deep@94");
    ByteBuffer inside = octets("0101");
    const ByteBuffer deepest = nested(31, "11 01 05");
    inside.insert(inside.end(), deepest.begin(), deepest.end());
    BOOST_TEST(check(inside) == "axdr/nesting-too-deep@93");
    ByteBuffer at_the_bottom;
    for (int i = 0; i < 32; ++i) {
        at_the_bottom.insert(at_the_bottom.end(), {0x01, 0x01});
    }
    const ByteBuffer simple = octets("13 11 01 05");
    at_the_bottom.insert(at_the_bottom.end(), simple.begin(), simple.end());
    BOOST_TEST(check(at_the_bottom) == "axdr/nesting-too-deep@64");
}

BOOST_AUTO_TEST_CASE(members_without_octets_are_few_for_each_octet) {
    const auto nulls = [](std::size_t count) {
        ByteBuffer encoded = octets("13 02");
        encoded.push_back(static_cast<Byte>(count + 1));
        encoded.resize(encoded.size() + count);
        const ByteBuffer rest = octets("11 01 05");
        encoded.insert(encoded.end(), rest.begin(), rest.end());
        return encoded;
    };
    static_assert(limits::max_compact_values_per_octet == 32);
    BOOST_TEST(check(nulls(33)) == "accepted");
    BOOST_TEST(check(nulls(100)) == "accepted");
    // One for each octet of the description, up to 128, and 32 for the octet.
    constexpr std::string_view arrays = "13 02 02 11 01 00";
    BOOST_TEST(check(std::string(arrays) + "24 00 01 05") == "accepted");
    BOOST_TEST(check(std::string(arrays) + "25 00 01 05") == "axdr/too-many-elements@1");
    ByteBuffer many = octets("13 02 82 00A0");
    many.resize(many.size() + 0x9F);
    const ByteBuffer rest = octets("11 01 05");
    many.insert(many.end(), rest.begin(), rest.end());
    BOOST_TEST(check(many) == "axdr/too-many-elements@1");
}

BOOST_AUTO_TEST_CASE(a_walk_over_elements_ends_at_the_limit_of_values) {
    // 127 values for each octet, an octet-string of none.
    ByteBuffer encoded = octets("13 02 7E");
    encoded.resize(encoded.size() + 125);
    const ByteBuffer rest = octets("09 83 100000");
    encoded.insert(encoded.end(), rest.begin(), rest.end());
    encoded.resize(encoded.size() + 0x100000);
    BOOST_TEST(check(encoded).starts_with("axdr/too-many-elements@"));
}

BOOST_AUTO_TEST_CASE(values_of_a_compact_array_count_with_the_others) {
    ByteBuffer encoded = octets("13 11 84");
    for (int shift = 24; shift >= 0; shift -= 8) {
        encoded.push_back(static_cast<Byte>((limits::max_data_elements + 1) >> shift));
    }
    encoded.resize(encoded.size() + limits::max_data_elements + 1);
    BOOST_TEST(check(encoded) == "axdr/too-many-elements@0");
    encoded.pop_back();
    encoded[6] = static_cast<Byte>(encoded[6] - 1);
    BOOST_TEST(check(encoded) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_description_is_made_from_an_element) {
    BOOST_TEST(description("120005") == "12");
    BOOST_TEST(description("0202 1105 0903AABBCC") == "02021109");
    BOOST_TEST(description("0102 0201 0F05 0201 0F06") == "01000202010F");
    BOOST_TEST(description("0202 00 1105") == "02020011");
    BOOST_TEST(description("00") == "axdr/zero-width-element@1");
    BOOST_TEST(description("0202 1105 0100") == "axdr/type-mismatch@0");
    BOOST_TEST(description("0102 1105 120005") == "axdr/type-mismatch@0");
    BOOST_TEST(description("0102 0101 1105 0102 1105 1106") == "axdr/type-mismatch@0");
    BOOST_TEST(description("0201 13120400010002") == "axdr/unsupported-type@0");
}

BOOST_AUTO_TEST_CASE(arrays_are_packed_and_unrolled_again) {
    BOOST_TEST(packed("0102 120001 120002") == "13120400010002");
    BOOST_TEST(packed("0102 0202 120001 0600000064 0202 120002 06000000C8") ==
               "13020212060C0001000000640002000000C8");
    BOOST_TEST(packed("0103 0901AA 0900 0902BBCC") == "13090601AA0002BBCC");
    BOOST_TEST(packed("0102 0409FF80 040180") ==
               "130405"
               "09FF80"
               "0180");
    for (const char* hex : {"0102120001120002", "01010902AABB", "010202020011050202001106",
                            "010101021105110A", "01010C02C3A9",
                            "01021900000000000000000000000019"
                            "010101010101010101010101"}) {
        BOOST_TEST(unrolled(packed(hex)) == hex);
    }
    BOOST_TEST(packed("0102 1105 120005") == "axdr/type-mismatch@0");
    BOOST_TEST(packed("0102 0201 1105 0202 1105 1106") == "axdr/type-mismatch@0");
    BOOST_TEST(packed("0100") == "axdr/type-mismatch@0");
    BOOST_TEST(packed("0201 1105") == "axdr/type-mismatch@0");
    BOOST_TEST(packed("1105") == "axdr/type-mismatch@0");
}

BOOST_AUTO_TEST_CASE(a_builder_refuses_a_description_that_cannot_be) {
    const Data element = parse("1105");
    for (const auto& [hex, error] :
         {std::pair("08", "axdr/unknown-tag@0"), std::pair("0201", "axdr/length-beyond-buffer@1"),
          std::pair("1101", "axdr/trailing-octets@1")}) {
        CompactArrayBuilder builder{octets(hex)};
        builder.element(element.view());
        BOOST_TEST(outcome(builder.finish()) == error);
    }
}

BOOST_AUTO_TEST_SUITE_END()
