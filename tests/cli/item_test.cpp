#include "cli/item.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using dlms::cli::ItemDefaults;
using dlms::cli::names_attribute;
using dlms::cli::parse_item;

/// "class/code/attribute", or the sentence.
std::string parsed(std::string_view text, const ItemDefaults& defaults = {}) {
    const auto item = parse_item(text, defaults);
    return item ? std::to_string(item->class_id) + '/' + item->instance.text() + '/' +
                      std::to_string(item->attribute_id)
                : item.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(item)

BOOST_AUTO_TEST_CASE(an_obis_code_alone_takes_the_usual_class) {
    BOOST_TEST(parsed("1-0:1.8.0.255") == "3/1-0:1.8.0.255/2");
    BOOST_TEST(parsed("1.8.0") == "3/1-0:1.8.0.255/2");
    BOOST_TEST(parsed("0-0:1.0.0.255") == "8/0-0:1.0.0.255/2");
    BOOST_TEST(parsed("0-0:96.1.0.255") == "1/0-0:96.1.0.255/2");
    BOOST_TEST(parsed("0-0:42.0.0.255") == "1/0-0:42.0.0.255/2");
    BOOST_TEST(parsed("0-0:43.1.1.255") == "1/0-0:43.1.1.255/2");
    BOOST_TEST(parsed("1-0:99.1.0.255") == "7/1-0:99.1.0.255/2");
    BOOST_TEST(parsed("0-0:96.3.10.255") == "70/0-0:96.3.10.255/2");
}

BOOST_AUTO_TEST_CASE(class_and_attribute_stand_beside_the_code) {
    BOOST_TEST(parsed("8/0-0:1.0.0.255/3") == "8/0-0:1.0.0.255/3");
    BOOST_TEST(parsed("4/1-0:1.6.0.255") == "4/1-0:1.6.0.255/2");
    BOOST_TEST(parsed("1-0:1.8.0.255/3") == "3/1-0:1.8.0.255/3");
    BOOST_TEST(parsed("0100010800FF/3") == "3/1-0:1.8.0.255/3");
    BOOST_TEST(parsed("1/0-0:96.1.0.255/-1") == "1/0-0:96.1.0.255/-1");
}

BOOST_AUTO_TEST_CASE(items_tell_whether_they_name_an_attribute) {
    for (const auto* item : {"8/0-0:1.0.0.255/3", "1-0:1.8.0.255/3", "0100010800FF/2"}) {
        BOOST_TEST(names_attribute(item), item);
    }
    for (const auto* item : {"1-0:1.8.0.255", "4/1-0:1.6.0.255", "0100010800FF"}) {
        BOOST_TEST(!names_attribute(item), item);
    }
}

BOOST_AUTO_TEST_CASE(defaults_serve_items_that_say_nothing) {
    ItemDefaults defaults;
    defaults.class_id = 4;
    defaults.attribute_id = 5;
    BOOST_TEST(parsed("1-0:1.6.0.255", defaults) == "4/1-0:1.6.0.255/5");
    BOOST_TEST(parsed("3/1-0:1.8.0.255/2", defaults) == "3/1-0:1.8.0.255/2");
}

BOOST_AUTO_TEST_CASE(wrong_items_say_what_is_wrong) {
    BOOST_TEST(parsed("1-0:1.8.x").find("is no OBIS code") != std::string::npos);
    BOOST_TEST(parsed("").find("is no OBIS code") != std::string::npos);
    BOOST_TEST(parsed("x/1.8.0").find("the class before") != std::string::npos);
    BOOST_TEST(parsed("0/1.8.0").find("the class before") != std::string::npos);
    BOOST_TEST(parsed("65536/1.8.0").find("the class before") != std::string::npos);
    BOOST_TEST(parsed("3/1.8.0/128").find("the attribute behind") != std::string::npos);
    BOOST_TEST(parsed("3/1.8.0/").find("the attribute behind") != std::string::npos);
    BOOST_TEST(parsed("3/1.8.0/2/1").find("expected CLASS/OBIS/ATTRIBUTE") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
