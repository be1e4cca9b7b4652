#include "stack/cosem/object_list_selection.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/octets.hpp"

namespace {

using dlms::ErrorCode;
using dlms::axdr::Data;
using namespace dlms::cosem;
using dlms::testing::octets;

std::string hex_of(const Data& data) {
    return dlms::to_hex(data.encoded());
}

Data data_of(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

// A clock and two registers, each with the rights to read attribute 2.
constexpr auto ln_list =
    "0103"
    " 0204 120008 1100 0906 0000010000FF 0202 0101 0203 0F02 1601 00 0100"
    " 0204 120003 1100 0906 0100010800FF 0202 0101 0203 0F02 1601 00 0100"
    " 0204 120003 1100 0906 0100020800FF 0202 0101 0203 0F02 1601 00 0100";

/// What a selector leaves of the list; the error's name when it is refused.
std::string selected(std::uint8_t selector, std::string_view parameters) {
    const Data data = data_of(parameters);
    const auto selection = read_ln_object_list_selection(selector, data.view());
    if (!selection) {
        return std::string(name(selection.error().code));
    }
    BOOST_CHECK(to_data(*selection).value() == data);
    const Data list = data_of(ln_list);
    return hex_of(selected_objects(list.view(), *selection).value());
}

std::string hex(std::string_view spaced) {
    return dlms::to_hex(octets(spaced));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(object_list_selection)

BOOST_AUTO_TEST_CASE(conformance_CC_ASS_1_selectors_of_an_ln_object_list) {
    BOOST_TEST(selected(1, "00") ==
               hex("0103 0203 120008 1100 0906 0000010000FF 0203 120003 1100 0906 0100010800FF"
                   " 0203 120003 1100 0906 0100020800FF"));
    BOOST_TEST(selected(2, "0101 120008") == hex("0101 0203 120008 1100 0906 0000010000FF"));
    BOOST_TEST(selected(2, "0100") == "0100");
    BOOST_TEST(selected(3, "0102 0202 120003 0906 0100020800FF 0202 120003 0906 0100630100FF") ==
               hex("0101 0204 120003 1100 0906 0100020800FF 0202 0101 0203 0F02 1601 00 0100"));
    BOOST_TEST(selected(4, "0202 120008 0906 0000010000FF") ==
               hex("0101 0204 120008 1100 0906 0000010000FF 0202 0101 0203 0F02 1601 00 0100"));
    BOOST_TEST(selected(4, "0202 120003 0906 0000010000FF") == "0100");
}

BOOST_AUTO_TEST_CASE(other_selectors_and_parameters_are_refused) {
    BOOST_TEST(selected(0, "00") == "unknown-choice");
    BOOST_TEST(selected(5, "00") == "unknown-choice");
    BOOST_TEST(selected(1, "0100") == "type-mismatch");
    BOOST_TEST(selected(2, "120008") == "type-mismatch");
    BOOST_TEST(selected(2, "0101 0600010000") == "value-out-of-range");
    BOOST_TEST(selected(3, "0101 0201 120008") == "element-missing");
    BOOST_TEST(selected(4, "0203 120008 0906 0000010000FF 00") == "trailing-octets");
    BOOST_TEST(selected(4, "0202 120008 0905 0000010000") == "value-out-of-range");
}

BOOST_AUTO_TEST_CASE(selectors_of_an_sn_object_list) {
    const Data list = data_of(
        "0102 0204 10FA00 12000C 1101 0906 0000280000FF 0204 100100 120003 1100 0906 0100010800FF");
    const auto chosen = [&list](std::uint8_t selector, std::string_view parameters) {
        const Data data = data_of(parameters);
        const auto selection = read_sn_object_list_selection(selector, data.view());
        return selection ? hex_of(selected_objects(list.view(), *selection).value())
                         : std::string(name(selection.error().code));
    };
    const std::string energy = hex("0101 0204 100100 120003 1100 0906 0100010800FF");
    BOOST_TEST(chosen(1, "120003") == energy);
    BOOST_TEST(chosen(1, "0101 120003") == energy);
    BOOST_TEST(chosen(1, "120004") == "0100");
    BOOST_TEST(chosen(2, "0906 0100010800FF") == energy);
    BOOST_TEST(chosen(2, "0202 120003 0906 0100010800FF") == energy);
    BOOST_TEST(chosen(2, "0202 120004 0906 0100010800FF") == "0100");
    BOOST_TEST(chosen(3, "00") == "unknown-choice");
    BOOST_TEST(chosen(1, "00") == "type-mismatch");
    const SnObjectListSelection by_class{SnObjectListSelector::class_id, {{3, {}}}};
    BOOST_TEST(hex_of(to_data(by_class).value()) == "120003");
    const SnObjectListSelection by_name{SnObjectListSelector::logical_name,
                                        {{{}, "1-0:1.8.0.255"_obis}}};
    BOOST_TEST(hex_of(to_data(by_name).value()) == "09060100010800FF");
    BOOST_TEST(!to_data(SnObjectListSelection{SnObjectListSelector::logical_name, {{3, {}}}}));
    BOOST_TEST(!to_data(SnObjectListSelection{}));
}

BOOST_AUTO_TEST_CASE(a_choice_that_the_selector_has_no_room_for_is_not_written) {
    const auto name = "1-0:1.8.0.255"_obis;
    using Ln = LnObjectListSelector;
    BOOST_TEST(!to_data(LnObjectListSelection{Ln::all_without_access_rights, {{3, name}}}));
    BOOST_TEST(!to_data(LnObjectListSelection{Ln::class_list, {{3, {}}, {3, name}}}));
    BOOST_TEST(!to_data(LnObjectListSelection{Ln::class_list, {{{}, {}}}}));
    BOOST_TEST(!to_data(LnObjectListSelection{Ln::object_id_list, {{3, name}, {3, {}}}}));
    BOOST_TEST(!to_data(LnObjectListSelection{Ln::object_id, {{{}, name}}}));
    using Sn = SnObjectListSelector;
    BOOST_TEST(!to_data(SnObjectListSelection{Sn::class_id, {{3, name}}}));
    BOOST_TEST(!to_data(SnObjectListSelection{Sn::logical_name, {{3, name}}}));
}

BOOST_AUTO_TEST_CASE(what_is_no_object_list_is_refused) {
    const LnObjectListSelection all;
    for (const char* wrong :
         {"00", "0101 1100", "0101 0203 120008 1100 00", "0101 0204 120008 1100 00 00"}) {
        const Data data = data_of(wrong);
        BOOST_TEST(!selected_objects(data.view(), all), wrong);
    }
    const LnObjectListSelection one{LnObjectListSelector::object_id, {}};
    BOOST_TEST(!to_data(one));
}

BOOST_AUTO_TEST_SUITE_END()
