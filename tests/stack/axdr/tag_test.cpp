#include "stack/axdr/tag.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

using namespace dlms::axdr;

BOOST_AUTO_TEST_SUITE(axdr_tag)

BOOST_AUTO_TEST_CASE(thirty_one_tags_are_known_each_by_a_name_of_its_own) {
    std::set<std::string_view> names;
    for (unsigned tag = 0; tag < 256; ++tag) {
        const TagInfo& tag_info = info(static_cast<Tag>(tag));
        if (tag_info.shape == Shape::unknown) {
            BOOST_TEST(tag_info.name.empty());
            continue;
        }
        names.insert(tag_info.name);
        BOOST_TEST((tag_from_name(tag_info.name) == static_cast<Tag>(tag)));
    }
    BOOST_TEST(names.size() == 31u);
}

BOOST_AUTO_TEST_CASE(the_standards_names_and_widths) {
    BOOST_TEST(name(Tag::double_long_unsigned) == "double-long-unsigned");
    BOOST_TEST(int{info(Tag::double_long_unsigned).width} == 4);
    BOOST_TEST(int{info(Tag::date_time).width} == 12);
    BOOST_TEST(int{info(Tag::null_data).width} == 0);
    BOOST_TEST((info(Tag::bit_string).shape == Shape::bits));
    BOOST_TEST((tag_from_name("long") == Tag::long_));
}

BOOST_AUTO_TEST_CASE(obsolete_and_reserved_tags_are_unknown) {
    for (const unsigned tag : {0x07u, 0x08u, 0x0Bu, 0x0Eu, 0x22u, 0x7Fu, 0x80u, 0xFEu}) {
        BOOST_TEST((info(static_cast<Tag>(tag)).shape == Shape::unknown));
    }
    BOOST_TEST(!tag_from_name("").has_value());
    BOOST_TEST(!tag_from_name("Long").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
