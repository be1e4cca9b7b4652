#include "cli/object_rights.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "tests/support/octets.hpp"

namespace dlms::cli {
namespace {

using dlms::testing::octets;

axdr::Data parsed(std::string_view hex) {
    return axdr::Data::parse(octets(hex)).value();
}

/// An element of an object list: class, version and name, the rights of attributes 1 to 3 and of
/// methods 1 and 2.
std::string entry(const std::string& class_and_version, const std::string& name,
                  const std::string& modes_of_attributes, const std::string& modes_of_methods) {
    return "0204" + class_and_version + "0906" + name + "02020103" + "02030F01160100" +
           "02030F0216" + modes_of_attributes.substr(0, 2) + "00" + "02030F0316" +
           modes_of_attributes.substr(2, 2) + "00" + "0102" + "02020F01" +
           modes_of_methods.substr(0, 4) + "02020F02" + modes_of_methods.substr(4, 4);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(object_rights)

BOOST_AUTO_TEST_CASE(numbers_of_earlier_versions) {
    const axdr::Data list =
        parsed("0102" + entry("12000F1101", "0000280000FF", "0103", "16011600") +
               entry("1200031100", "0100010800FF", "0605", "16021601"));
    const ObjectList read = read_ln_object_list(list.view());
    BOOST_REQUIRE(read.objects.size() == 2);
    const ListedObject& plain = read.objects[0];
    BOOST_TEST(plain.class_id == 15);
    BOOST_TEST(plain.version == 1);
    BOOST_TEST(plain.instance.text() == "0-0:40.0.0.255");
    BOOST_REQUIRE(plain.attributes.size() == 2);  // attribute 1 is there of itself
    BOOST_TEST((plain.attributes[0].readable && !plain.attributes[0].writable));
    BOOST_TEST((plain.attributes[1].readable && plain.attributes[1].writable));
    BOOST_TEST((plain.methods[0].callable && !plain.methods[1].callable));
    const ListedObject& authenticated = read.objects[1];
    BOOST_TEST((authenticated.attributes[0].readable && authenticated.attributes[0].writable));
    BOOST_TEST((!authenticated.attributes[1].readable && authenticated.attributes[1].writable));
    BOOST_TEST(authenticated.attributes[0].protection == 4);
    BOOST_TEST(authenticated.methods[0].protection == 4);
    BOOST_TEST(authenticated.methods[1].protection == 0);
}

BOOST_AUTO_TEST_CASE(bits_of_later_versions) {
    const axdr::Data list =
        parsed("0101" + entry("12000F1103", "0000280000FF", "0527", "160D1600"));
    const ObjectList read = read_ln_object_list(list.view());
    BOOST_REQUIRE(read.objects.size() == 1);
    const ListedObject& object = read.objects[0];
    BOOST_TEST((object.attributes[0].readable && !object.attributes[0].writable));
    BOOST_TEST(object.attributes[0].protection == 0x04);
    BOOST_TEST((object.attributes[1].readable && object.attributes[1].writable));
    BOOST_TEST(object.attributes[1].protection == 0x24);
    BOOST_TEST((object.methods[0].callable && object.methods[0].protection == 0x0C));
}

BOOST_AUTO_TEST_CASE(booleans_of_the_first_version) {
    const axdr::Data list =
        parsed("0101" + entry("12000F1100", "0000280000FF", "0101", "03010300"));
    const ObjectList read = read_ln_object_list(list.view());
    BOOST_REQUIRE(read.objects.size() == 1);
    BOOST_TEST((read.objects[0].methods[0].callable && !read.objects[0].methods[1].callable));
}

BOOST_AUTO_TEST_CASE(what_is_no_entry_is_counted) {
    // A number, a name of five octets, and an entry without rights, twice.
    const std::string bare = "020312000312000009060100010800FF";
    const axdr::Data list =
        parsed(std::string("01041105") + "0203120003110009050100010800" + bare + bare);
    const ObjectList read = read_ln_object_list(list.view());
    BOOST_TEST(read.unreadable == 2);
    BOOST_TEST(read.without_rights == 1);
    BOOST_REQUIRE(read.objects.size() == 1);
    // The attributes of a register.
    BOOST_TEST(read.objects[0].attributes.size() == 2);
    const axdr::Data none;
    BOOST_TEST(read_ln_object_list(none.view()).unreadable == 1);
}

BOOST_AUTO_TEST_CASE(short_names_with_and_without_rights) {
    const axdr::Data list = parsed(
        "0102"
        "020410FA0012000C11020906"
        "0000280000FF"
        "0204100100120003110009060100010800FF");
    const axdr::Data rights = parsed(
        "0101"
        "0203100100"
        "010102030F02160300"
        "010102020F011601");
    const ObjectList read = read_sn_object_list(list.view(), rights.view());
    BOOST_REQUIRE(read.objects.size() == 2);
    BOOST_TEST(read.objects[0].base_name == 0xFA00);
    BOOST_TEST(read.without_rights == 1);  // the association's own are not told
    BOOST_TEST(read.objects[1].base_name == 0x0100);
    BOOST_REQUIRE(read.objects[1].attributes.size() == 1);
    BOOST_TEST(read.objects[1].attributes[0].writable);
    BOOST_TEST(read.objects[1].methods[0].callable);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::cli
