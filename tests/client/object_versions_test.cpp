#include "client/object_versions.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "stack/axdr/data_builder.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using client::ObjectVersions;

namespace {

constexpr cosem::AttributeDescriptor list_ln{15, {0, 0, 40, 0, 0, 255}, 2};
constexpr cosem::AttributeDescriptor list_sn{12, {0, 0, 40, 0, 0, 255}, 2};
constexpr cosem::AttributeDescriptor policy{64, {0, 0, 43, 0, 0, 255}, 2};

void learn(ObjectVersions& versions, const cosem::AttributeDescriptor& attribute,
           std::string_view hex) {
    const auto value = axdr::Data::parse(testing::octets(hex));
    BOOST_REQUIRE(value.has_value());
    versions.learn(attribute, value->view());
}

int version_of(const ObjectVersions& versions, const cosem::AttributeDescriptor& attribute) {
    const auto version = versions.of(attribute);
    return version ? int{*version} : -1;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(object_versions)

BOOST_AUTO_TEST_CASE(an_association_lists_versions_with_and_without_access_rights) {
    ObjectVersions versions;
    learn(versions, list_ln,
          "01 02  0204 120040 1101 0906 00002B0000FF 0202 0100 0100"
          "       0203 120007 1101 0906 0100630100FF");  // by selector: without access rights
    BOOST_TEST(version_of(versions, policy) == 1);
    BOOST_TEST(version_of(versions, {7, {1, 0, 99, 1, 0, 255}, 3}) == 1);
    BOOST_TEST(version_of(versions, {3, {1, 0, 99, 1, 0, 255}, 3}) == -1);
    // What a later list says counts, also where it is short.
    learn(versions, list_ln, "01 01 0204 120040 1100 0906 00002B0000FF 0202 0100 0100");
    BOOST_TEST(version_of(versions, policy) == 0);
    BOOST_TEST(versions.size() == 2U);
}

BOOST_AUTO_TEST_CASE(an_association_of_short_names_has_the_base_name_first) {
    ObjectVersions versions;
    learn(versions, list_sn, "01 01 0204 101234 120040 1101 0906 00002B0000FF");
    BOOST_TEST(version_of(versions, policy) == 1);
}

BOOST_AUTO_TEST_CASE(other_attributes_tell_nothing) {
    ObjectVersions versions;
    constexpr auto list = "01 01 0204 120040 1101 0906 00002B0000FF 0202 0100 0100";
    learn(versions, {15, {0, 0, 40, 0, 0, 255}, 3}, list);
    learn(versions, {1, {0, 0, 40, 0, 0, 255}, 2}, list);
    learn(versions, {12, {0, 0, 40, 0, 0, 255}, 2}, list);
    BOOST_TEST(versions.size() == 0U);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_entries_of_another_form_are_left_out) {
    ObjectVersions versions;
    learn(versions, list_ln, "00");
    learn(versions, list_ln, "0902 0102");
    learn(versions, list_ln, "02 01 0203 120040 1101 0906 00002B0000FF");  // no array
    learn(versions, list_ln,
          "01 09  00  0200  0202 120040 1101"
          "       0203 00 1101 0906 00002B0000FF"
          "       0203 120040 00 0906 00002B0000FF"
          "       0203 120040 1101 0905 00002B0000"
          "       0203 0600010040 1101 0906 00002B0000FF"
          "       0203 120040 120100 0906 00002B0000FF"
          "       0203 120040 1101 00");
    BOOST_TEST(versions.size() == 0U);
    // One bad entry does not spoil the others.
    learn(versions, list_ln, "01 02 00 0203 120040 1101 0906 00002B0000FF");
    BOOST_TEST(version_of(versions, policy) == 1);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_a_list_without_end_takes_bounded_memory) {
    constexpr std::uint32_t count = 70'000;
    axdr::DataBuilder builder;
    builder.array(count);
    for (std::uint32_t i = 0; i < count; ++i) {
        const std::array<Byte, 6> name{
            1, 0, static_cast<Byte>(i >> 16), static_cast<Byte>(i >> 8), static_cast<Byte>(i), 255};
        builder.structure(3).long_unsigned(3).unsigned_(0).octet_string(name);
    }
    const axdr::Data list = builder.finish().value();
    ObjectVersions versions;
    versions.learn(list_ln, list.view());
    BOOST_TEST(versions.size() == ObjectVersions::max_objects);
    // What is known may change all the same.
    learn(versions, list_ln, "01 01 0203 120003 1107 0906 0100000001FF");
    BOOST_TEST(version_of(versions, {3, {1, 0, 0, 0, 1, 255}, 2}) == 7);
    BOOST_TEST(versions.size() == ObjectVersions::max_objects);
    versions.clear();
    BOOST_TEST(versions.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
