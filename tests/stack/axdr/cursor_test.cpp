#include "stack/axdr/cursor.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::axdr;
using namespace dlms::testing;

namespace {

/// Every item as "tag:count:content".
std::string walk(const DataView& view) {
    std::string text;
    Cursor cursor(view);
    while (!cursor.at_end()) {
        const Cursor::Item item = cursor.next();
        text += std::string(name(item.tag)) + ':' + std::to_string(item.count) + ':' +
                to_hex(item.content) + ' ';
    }
    return text;
}

/// The same by the elements of the view.
void walk_by_elements(const DataView& view, std::string& text) {
    text += std::string(name(view.tag())) + ':';
    if (const auto elements = view.elements()) {
        text += std::to_string(elements->size()) + ": ";
        for (const DataView element : *elements) {
            walk_by_elements(element, text);
        }
        return;
    }
    const auto bits = view.bit_string();
    text += std::to_string(bits ? bits->count : 0) + ':';
    if (bits) {
        text += to_hex(bits->octets);
    } else if (const auto octets = view.octets()) {
        text += to_hex(*octets);
    } else if (const auto string = view.text()) {
        text += to_hex(as_bytes(*string));
    } else {
        text += to_hex(view.encoded().subspan(1));
    }
    text += ' ';
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cursor)

BOOST_AUTO_TEST_CASE(items_come_in_the_order_of_the_octets) {
    const Data data =
        Data::parse(octets("0102 0203 12000A 0409FF80 0902AABB 0202 00 0A0141")).value();
    BOOST_TEST(walk(data.view()) ==
               "array:2: structure:3: long-unsigned:0:000A bit-string:9:FF80 octet-string:0:AABB "
               "structure:2: null-data:0: visible-string:0:41 ");
}

BOOST_AUTO_TEST_CASE(past_the_end_comes_null_data) {
    const Data data = Data::parse(octets("1105")).value();
    Cursor cursor(data.view());
    cursor.next();
    BOOST_TEST(cursor.at_end());
    BOOST_TEST((cursor.next().tag == Tag::null_data));
}

BOOST_AUTO_TEST_CASE(items_are_read_as_the_integers_they_are) {
    const Data data = Data::parse(octets("0212 0F80 108000 0580000000 148000000000000000"
                                         "11FF 12FFFE 06FFFFFFFD 15FFFFFFFFFFFFFFFC"
                                         "1CFF 1DFFFE 1EFFFFFFFD 1FFF 20FFFE 21FFFFFFFD"
                                         "16FF 0D99 0300 0900"))
                          .value();
    const std::int64_t least = std::numeric_limits<std::int64_t>::min();
    const std::pair<std::int64_t, std::uint64_t> expected[]{{0, 0},
                                                            {-128, 0},
                                                            {-32768, 0},
                                                            {-2147483648, 0},
                                                            {least, 0},
                                                            {255, 255},
                                                            {65534, 65534},
                                                            {4294967293, 4294967293},
                                                            {0, 18446744073709551612u},
                                                            {-1, 0},
                                                            {-2, 0},
                                                            {-3, 0},
                                                            {255, 255},
                                                            {65534, 65534},
                                                            {4294967293, 4294967293},
                                                            {255, 255},
                                                            {0x99, 0x99},
                                                            {0, 0},
                                                            {0, 0}};
    Cursor cursor(data.view());
    for (const auto& [with_sign, without] : expected) {
        const Cursor::Item item = cursor.next();
        BOOST_TEST_CONTEXT(name(item.tag)) {
            BOOST_TEST(item.signed_integer() == with_sign);
            BOOST_TEST(item.unsigned_integer() == without);
        }
    }
    BOOST_TEST(cursor.at_end());
}

BOOST_AUTO_TEST_CASE(lengths_in_every_form_are_walked) {
    for (const char* hex : {"0102 0902AABB 0902AABB", "018102 098102AABB 09820002AABB",
                            "01840000000 2 0983000002AABB 098400000002AABB"}) {
        std::string packed(hex);
        std::erase(packed, ' ');
        const Data data = Data::parse(octets(packed)).value();
        BOOST_TEST(walk(data.view()) == "array:2: octet-string:0:AABB octet-string:0:AABB ");
    }
}

BOOST_AUTO_TEST_CASE(the_cursor_sees_what_the_elements_show_in_every_vector) {
    std::size_t walked = 0;
    for (const Vector& vector : load_vectors("data")) {
        const Result<DataView> view = parse_data(vector.octets);
        if (view) {
            std::string by_elements;
            walk_by_elements(*view, by_elements);
            BOOST_TEST_CONTEXT(vector.id) {
                BOOST_TEST(walk(*view) == by_elements);
            }
            ++walked;
        }
    }
    BOOST_TEST(walked >= 70u);
}

BOOST_AUTO_TEST_SUITE_END()
