#include "render/pushed_values.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"

namespace dlms::render {
namespace {

/// The values as lines: object, class, attribute and what is shown.
std::vector<std::string> lines_of(std::string_view hex,
                                  std::span<const cosem::AttributeDescriptor> objects = {}) {
    const ByteBuffer octets = from_hex(hex).value();
    const auto body = axdr::parse_data(octets);
    BOOST_REQUIRE(body.has_value());
    std::vector<std::string> lines;
    const PushedValues pushed = pushed_values(*body, objects);
    for (const Json& row : pushed_values_json(pushed, {})) {
        std::string line = row["obisCode"].is_null() ? "-" : row["obisCode"].get<std::string>();
        line += row["classId"].is_null() ? "" : " class " + row["classId"].dump();
        line += " = " + row["value"].dump();
        line += row["unit"].is_null() ? "" : " " + row["unit"].get<std::string>();
        lines.push_back(line);
    }
    lines.emplace_back(pushed.is_self_described ? "described" : "not described");
    return lines;
}

void holds(std::string_view hex, const std::vector<std::string>& expected,
           std::span<const cosem::AttributeDescriptor> objects = {}) {
    BOOST_TEST(lines_of(hex, objects) == expected, boost::test_tools::per_element());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(pushed_values_of_bodies)

BOOST_AUTO_TEST_CASE(names_before_values_in_one_list) {
    // As Kamstrup has it: an identification without a name, then names and values, no units.
    holds(
        "0205 0A0E4B616D73747275705F5630303031 09060101010700FF 06000004DF"
        "09060101200700FF 1200EC",
        {"- = \"Kamstrup_V0001\"", "1-1:1.7.0.255 = 1247", "1-1:32.7.0.255 = 236",
         "not described"});
}

BOOST_AUTO_TEST_CASE(names_values_and_units_in_one_list) {
    holds("0203 09060100010800FF 060048829A 0202 0F00 161E",
          {"1-0:1.8.0.255 class 3 = \"4752.026\" kWh", "described"});
}

BOOST_AUTO_TEST_CASE(a_structure_for_each_as_aidon_has_it) {
    holds(
        "0103"
        "0202 09060000010000FF 090C07E50C0A05103900FF800000"
        "0203 09060100200700FF 1208E3 0202 0FFF 1623"
        "0202 09060000600100FF 0A10 37333539393932383930343937393937",
        {"0-0:1.0.0.255 class 8 = \"2021-12-10T16:57:00\"", "1-0:32.7.0.255 class 3 = \"227.5\" V",
         "0-0:96.1.0.255 = \"7359992890497997\"", "described"});
}

BOOST_AUTO_TEST_CASE(the_list_of_objects_first_as_landis_gyr_has_it) {
    // The list is its own first entry.
    const std::string objects =
        "0104"
        "0204 120028 09060008190900FF 0F02 120000"
        "0204 120028 09060008190900FF 0F01 120000"
        "0204 120001 09060000600100FF 0F02 120000"
        "0204 120003 09060100010700FF 0F02 120000";
    const std::string values = "09060008190900FF 0908 3633333136383930 060000014B";
    holds("0204" + objects + values,
          {"0-8:25.9.0.255 class 40 = \"0008190900FF\"", "0-0:96.1.0.255 class 1 = \"63316890\"",
           "1-0:1.7.0.255 class 3 = \"331\"", "described"});
    // A list that does not fit the values is a value like any other.
    const auto without_fit = lines_of("0202" + objects + "060000014B");
    BOOST_TEST(without_fit.back() == "not described");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_known_from_the_push_setup) {
    const std::vector<cosem::AttributeDescriptor> objects{
        {1, cosem::ObisCode(0, 0, 96, 1, 0, 255), 2}, {3, cosem::ObisCode(1, 0, 1, 8, 0, 255), 2}};
    holds("0202 0903 414243 0600000005",
          {"0-0:96.1.0.255 class 1 = \"ABC\"", "1-0:1.8.0.255 class 3 = \"5\"", "described"},
          objects);
    // Of another length it names nothing.
    holds("0201 0600000005", {"- = 5", "not described"}, objects);
    // What the push says itself goes before it.
    holds("0202 09060100020800FF 0600000005", {"1-0:2.8.0.255 = 5", "described"}, objects);
}

BOOST_AUTO_TEST_CASE(the_name_of_the_push_setup_in_front_is_no_name_of_a_value) {
    holds("0203 09060000190900FF 09060000600100FF 0A03 414243",
          {"0-0:96.1.0.255 = \"ABC\"", "described"});
}

BOOST_AUTO_TEST_CASE(values_without_names_have_their_places) {
    holds("0203 060000000A 0202 1101 1102 00",
          {"- = 10", "- = 1", "- = 2", "- = null", "not described"});
    holds("0600000005", {"- = 5", "not described"});
}

BOOST_AUTO_TEST_CASE(push_objects_are_read_from_the_list_alone) {
    const ByteBuffer list =
        from_hex("0101 0206 120007 09060100630100FF 0F02 120001 0202 1600 00 0100").value();
    const auto objects = push_objects(axdr::parse_data(list).value());
    BOOST_REQUIRE(objects.has_value());
    BOOST_TEST((objects->front() ==
                cosem::AttributeDescriptor{7, cosem::ObisCode(1, 0, 99, 1, 0, 255), 2}));
    const ByteBuffer other = from_hex("0101 0203 120007 0F02 120001").value();
    BOOST_TEST(!push_objects(axdr::parse_data(other).value()).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::render
