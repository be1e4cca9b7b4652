#include "stack/cosem/interface_class.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

namespace {

using dlms::axdr::Tag;
using dlms::cosem::ClassAttribute;
using dlms::cosem::ClassMethod;
using dlms::cosem::InterfaceClass;
using dlms::cosem::Meaning;
using dlms::cosem::Storage;
using dlms::cosem::ValueType;
using namespace dlms::cosem;

}  // namespace

BOOST_AUTO_TEST_SUITE(interface_class)

BOOST_AUTO_TEST_CASE(at_least_seventy_classes_have_attributes) {
    std::set<std::uint16_t> ids;
    for (const InterfaceClass& row : interface_classes()) {
        if (!row.attributes.empty()) {
            ids.insert(row.id);
        }
    }
    BOOST_TEST(ids.size() >= 70u);
}

BOOST_AUTO_TEST_CASE(the_table_is_ordered_and_finds_itself) {
    const InterfaceClass* before = nullptr;
    for (const InterfaceClass& row : interface_classes()) {
        BOOST_REQUIRE(before == nullptr || before->id < row.id ||
                      (before->id == row.id && before->version < row.version));
        BOOST_TEST(find_class(row.id, row.version) == &row);
        for (const ClassAttribute& attribute : row.attributes) {
            BOOST_TEST(find_attribute(row, attribute.id) == &attribute);
            BOOST_TEST(find_attribute(row, attribute.name) == &attribute);
            BOOST_TEST(find_attribute(row.id, attribute.id) != nullptr);
        }
        for (const ClassMethod& method : row.methods) {
            BOOST_TEST(find_method(row, method.id) == &method);
            BOOST_TEST(find_method(row, method.name) == &method);
            BOOST_TEST(find_method(row.id, method.id) != nullptr);
        }
        before = &row;
    }
}

BOOST_AUTO_TEST_CASE(versions_stand_together_and_the_latest_is_the_default) {
    const auto versions = versions_of_class(40);
    BOOST_REQUIRE(versions.size() == 3u);
    BOOST_TEST(versions[0].version == 0);
    BOOST_TEST(find_class(40) == &versions[2]);
    BOOST_TEST(find_class(40, 9) == nullptr);
    BOOST_TEST(find_class(9999) == nullptr);
    BOOST_TEST(versions_of_class(2).empty());
}

BOOST_AUTO_TEST_CASE(attribute_1_is_the_logical_name_everywhere) {
    const InterfaceClass& clock = *find_class(8);
    const ClassAttribute* name = find_attribute(clock, std::int8_t{1});
    BOOST_REQUIRE(name != nullptr);
    BOOST_TEST(name->name == "logical_name");
    BOOST_TEST((name->type->meaning == Meaning::obis_code));
    BOOST_TEST(find_attribute(clock, "Logical Name") == name);
    BOOST_TEST(find_attribute(9999, std::int8_t{1}) == name);
    BOOST_TEST(find_attribute(9999, std::int8_t{2}) == nullptr);
    BOOST_TEST(find_attribute(clock, std::int8_t{0}) == nullptr);
    BOOST_TEST(find_attribute(clock, std::int8_t{-1}) == nullptr);
}

BOOST_AUTO_TEST_CASE(names_are_found_in_any_form) {
    const InterfaceClass& tcp = *find_class(41);
    const ClassAttribute* port = find_attribute(tcp, "tcp-udp-port");
    BOOST_REQUIRE(port != nullptr);
    BOOST_TEST(port->id == 2);
    BOOST_TEST(find_attribute(tcp, "TCP_UDP_port") == port);
    BOOST_TEST(find_attribute(tcp, "tcp udp") == nullptr);
    BOOST_TEST(find_method(*find_class(70), "remote-disconnect")->id == 1);
}

BOOST_AUTO_TEST_CASE(attributes_say_their_type_and_who_changes_them) {
    const InterfaceClass& profile = *find_class(7);
    BOOST_TEST((find_attribute(profile, "entries_in_use")->storage == Storage::dynamic));
    BOOST_TEST((find_attribute(profile, "profile_entries")->storage == Storage::fixed));
    const ValueType& objects = *find_attribute(profile, "capture_objects")->type;
    BOOST_TEST((objects.form == ValueType::Form::array));
    BOOST_REQUIRE(objects.item->members.size() == 4u);
    BOOST_TEST(objects.item->members[1].name == "logical_name");
    BOOST_TEST((objects.item->members[3].type->tag == Tag::long_unsigned));
    const ValueType& sort_method = *find_attribute(profile, "sort_method")->type;
    BOOST_TEST(name_of(sort_method.codes, 2) == "lifo");
}

BOOST_AUTO_TEST_CASE(registers_know_their_scaler_unit) {
    BOOST_TEST((scaler_unit_of(3, 2) == 3));
    BOOST_TEST((scaler_unit_of(4, 2) == 3));
    BOOST_TEST((scaler_unit_of(5, 2) == 4));
    BOOST_TEST((scaler_unit_of(5, 3) == 4));
    BOOST_TEST((scaler_unit_of(67, 7) == 8));
    BOOST_TEST(!scaler_unit_of(1, 2));
    BOOST_TEST(!scaler_unit_of(3, 3));
    BOOST_TEST(!scaler_unit_of(9999, 2));
}

BOOST_AUTO_TEST_CASE(later_versions_add_what_earlier_ones_lack) {
    BOOST_TEST(find_attribute(*find_class(15, 0), std::int8_t{9}) == nullptr);
    BOOST_TEST(find_attribute(*find_class(15, 1), std::int8_t{9})->name ==
               "security_setup_reference");
    BOOST_TEST(find_attribute(*find_class(64, 0), std::int8_t{6}) == nullptr);
    BOOST_TEST(find_method(*find_class(64, 1), std::int8_t{2})->name == "key_transfer");
    BOOST_TEST(find_method(*find_class(64, 0), std::int8_t{2})->name == "global_key_transfer");
    // Without a version the latest that has it answers.
    BOOST_TEST(find_attribute(40, std::int8_t{13})->name == "last_confirmation_date_time");
}

BOOST_AUTO_TEST_CASE(first_versions_are_there) {
    for (const std::uint16_t id : std::initializer_list<std::uint16_t>{24, 29, 50, 55}) {
        BOOST_REQUIRE(find_class(id, 0) != nullptr);
        BOOST_TEST(find_attribute(*find_class(id, 0), std::int8_t{2}) != nullptr);
    }
    BOOST_TEST(find_method(*find_class(29, 0), std::int8_t{1})->name == "connect");
    BOOST_TEST(find_method(*find_class(29, 1), std::int8_t{1})->name == "connect");
}

BOOST_AUTO_TEST_CASE(short_names_are_offsets_from_the_base_name) {
    static_assert(attribute_offset(1) == 0);
    static_assert(attribute_offset(2) == 8);
    static_assert(attribute_offset(4) == 0x18);
    static_assert(!attribute_offset(0));
    BOOST_TEST((method_offset(*find_class(3), 1) == 0x28));
    BOOST_TEST((method_offset(*find_class(7), 2) == 0x60));
    BOOST_TEST((method_offset(*find_class(8), 6) == 0x88));
    // The methods of an Association SN: read_by_logicalname, change_secret, reply_to_HLS.
    BOOST_TEST((method_offset(*find_class(12, 1), 3) == 0x30));
    BOOST_TEST((method_offset(*find_class(12, 1), 5) == 0x40));
    BOOST_TEST((method_offset(*find_class(12, 1), 8) == 0x58));
    BOOST_TEST(!method_offset(*find_class(12, 1), 4));
    BOOST_TEST(!method_offset(*find_class(100), 1));
    // No method stands where an attribute does, unless the class's first methods are obsolete.
    for (const InterfaceClass& row : interface_classes()) {
        for (const ClassMethod& method : row.methods) {
            const auto where = method_offset(row, method.id);
            BOOST_TEST((!where || row.attributes.empty() ||
                        *where > attribute_offset(row.attributes.back().id)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
