#include "stack/cosem/descriptor.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::cosem;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(descriptor)

BOOST_AUTO_TEST_CASE(an_attribute_descriptor_is_nine_octets) {
    const ExactBuffer buffer(octets("0003 0100010800FF 02"));
    Reader reader(buffer.view(), Layer::xdlms);
    const AttributeDescriptor attribute = read_attribute_descriptor(reader);
    BOOST_TEST(reader.ok());
    BOOST_TEST(reader.at_end());
    BOOST_TEST((attribute == AttributeDescriptor{3, ObisCode(1, 0, 1, 8, 0, 255), 2}));
    BOOST_TEST(written([&](Writer& writer) { write(writer, attribute); }) == "00030100010800FF02");
}

BOOST_AUTO_TEST_CASE(attribute_ids_of_makers_are_negative) {
    const ExactBuffer buffer(octets("0003 0100010800FF FF"));
    Reader reader(buffer.view(), Layer::xdlms);
    const AttributeDescriptor attribute = read_attribute_descriptor(reader);
    BOOST_TEST(int{attribute.attribute_id} == -1);
    BOOST_TEST(written([&](Writer& writer) { write(writer, attribute); }) == "00030100010800FFFF");
}

BOOST_AUTO_TEST_CASE(access_selection_is_optional) {
    const auto selection = [](std::string_view hex) {
        const ExactBuffer buffer(octets(hex));
        Reader reader(buffer.view(), Layer::xdlms);
        const std::optional<SelectiveAccess> read = read_selective_access(reader);
        if (!reader.ok()) {
            return outcome(Status(reader.failure()));
        }
        return written([&](Writer& writer) { write(writer, read); });
    };
    BOOST_TEST(selection("00") == "00");
    BOOST_TEST(selection("01 02 02020600000001120005") == "010202020600000001120005");
    BOOST_TEST(selection("02") == "xdlms/bad-presence-flag@0");
    BOOST_TEST(selection("01") == "xdlms/truncated@1");
    BOOST_TEST(selection("0102") == "xdlms/truncated@2");
    BOOST_TEST(selection("010207") == "xdlms/unknown-tag@2");
    BOOST_TEST(selection("") == "xdlms/truncated@0");
}

BOOST_AUTO_TEST_CASE(a_method_descriptor_is_nine_octets) {
    const ExactBuffer buffer(octets("0046 000060030AFF 01"));
    Reader reader(buffer.view(), Layer::xdlms);
    const MethodDescriptor method = read_method_descriptor(reader);
    BOOST_TEST(reader.ok());
    BOOST_TEST(reader.at_end());
    BOOST_TEST((method == MethodDescriptor{70, ObisCode(0, 0, 96, 3, 10, 255), 1}));
    BOOST_TEST(written([&](Writer& writer) { write(writer, method); }) == "0046000060030AFF01");
}

BOOST_AUTO_TEST_CASE(an_item_of_a_list_has_its_selection) {
    const ExactBuffer buffer(octets("0007 0100630100FF 02 01 02 1105"));
    Reader reader(buffer.view(), Layer::xdlms);
    const AttributeDescriptorWithSelection item = read_attribute_descriptor_with_selection(reader);
    BOOST_TEST(reader.ok());
    BOOST_TEST(reader.at_end());
    BOOST_TEST(item.attribute.class_id == 7);
    BOOST_REQUIRE(item.access_selection.has_value());
    BOOST_TEST(int{item.access_selection->selector} == 2);
    BOOST_TEST(written([&](Writer& writer) { write(writer, item); }) ==
               "00070100630100FF0201021105");
}

BOOST_AUTO_TEST_SUITE_END()
