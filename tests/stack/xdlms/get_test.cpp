#include "stack/xdlms/get.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/axdr/data.hpp"
#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string request(std::string_view hex, GetRequestTolerance tolerance = {}) {
    return round_trip(hex, [&](ByteView octets) { return decode_get_request(octets, tolerance); });
}

std::string response(std::string_view hex) {
    return round_trip(hex, decode_get_response);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(get)

BOOST_AUTO_TEST_CASE(requests_are_read_and_written) {
    for (const char* hex : {"C001C100030100010800FF0200", "C002C100000002"}) {
        BOOST_TEST(request(hex) == hex);
    }
    const ExactBuffer buffer(octets("C001C1 0003 0100010800FF 02 00"));
    const GetRequest decoded = decode_get_request(buffer.view()).value();
    const auto& normal = std::get<GetRequestNormal>(decoded);
    BOOST_TEST(normal.attribute.class_id == 3);
    BOOST_TEST(normal.attribute.instance.text() == "1-0:1.8.0.255");
    BOOST_TEST(int{normal.attribute.attribute_id} == 2);
    BOOST_TEST(!normal.access_selection.has_value());
}

BOOST_AUTO_TEST_CASE(selective_access_is_kept) {
    const std::string hex = "C001C100070100630100FF02010202040600000001060000000A120001120005";
    BOOST_TEST(request(hex) == hex);
    const ExactBuffer buffer(octets(hex));
    const GetRequest decoded = decode_get_request(buffer.view()).value();
    const auto& selection = std::get<GetRequestNormal>(decoded).access_selection;
    BOOST_REQUIRE(selection.has_value());
    BOOST_TEST(int{selection->selector} == 2);
    BOOST_TEST(selection->parameters.elements().value().size() == 4u);
}

BOOST_AUTO_TEST_CASE(the_hexcell_librarys_stray_zeros_are_a_tolerance) {
    const std::string good = "C0018100080000010000FF0200";
    const GetRequestTolerance tolerant{.trailing_zeros = true};
    BOOST_TEST(request(good + "000000") == "xdlms/trailing-octets@13");
    for (const char* zeros : {"", "00", "0000", "000000"}) {
        BOOST_TEST(request(good + zeros, tolerant) == good);
    }
    BOOST_TEST(request(good + "00000000", tolerant) == "xdlms/trailing-octets@16");
    BOOST_TEST(request(good + "000100", tolerant) == "xdlms/trailing-octets@14");
    // With access-selection nothing may follow.
    const std::string selecting = "C001C100070100630100FF02010200";
    BOOST_TEST(request(selecting + "00", tolerant) == "xdlms/trailing-octets@15");
    BOOST_TEST(request("C002C10000000200", tolerant) == "xdlms/trailing-octets@7");
}

BOOST_AUTO_TEST_CASE(responses_are_read_and_written) {
    for (const char* hex :
         {"C401C1000600003039", "C401C10104", "C402C100000000010003AABBCC", "C402C101000000020000",
          "C402C100000000010101", "C401C10002020FFD161E"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("C402C1FF00000007 00 02AABB"));  // some Hexing meters: FF
    const GetResponse decoded = decode_get_response(buffer.view()).value();
    const auto& block = std::get<GetResponseWithDatablock>(decoded);
    BOOST_TEST(block.last_block);
    BOOST_TEST(block.block_number == 7u);
    BOOST_TEST(to_hex(std::get<ByteView>(block.block)) == "AABB");
    BOOST_TEST(encoded(decoded) == "C402C101000000070002AABB");
}

BOOST_AUTO_TEST_CASE(the_header_of_a_block_takes_what_the_constant_says) {
    const ExactBuffer buffer(octets("C402C1000000000100 03AABBCC"));
    BOOST_TEST(buffer.view().size() == get_datablock_overhead + 1 + 3);
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("C0") == "xdlms/truncated@1");
    BOOST_TEST(request("C004C1000F0000280000FF0100") == "xdlms/unknown-choice@1");
    BOOST_TEST(request("C000C1000F0000280000FF0100") == "xdlms/unknown-choice@1");
    BOOST_TEST(request("C401C10104") == "xdlms/unknown-tag@0");
    BOOST_TEST(request("C001C100080000010000FF0202") == "xdlms/bad-presence-flag@12");
    BOOST_TEST(request("C002C1000000") == "xdlms/truncated@3");
    BOOST_TEST(response("C401C102") == "xdlms/unknown-choice@3");
    BOOST_TEST(response("C401C10105") == "xdlms/unknown-value@4");
    BOOST_TEST(response("C401C10007") == "xdlms/unknown-tag@4");
    BOOST_TEST(response("C402C1000000000100820400AABB") == "xdlms/length-beyond-buffer@9");
    BOOST_TEST(response("C402C10000000001 02") == "xdlms/unknown-choice@8");
    BOOST_TEST(response("C404C100") == "xdlms/unknown-choice@1");
}

BOOST_AUTO_TEST_CASE(lists_are_read_in_place) {
    const std::string hex =
        "C003C103"
        "00030100010800FF0200"
        "00070100630100FF0201021100"
        "00080000010000FF0200";
    BOOST_TEST(request(hex) == hex);
    const ExactBuffer buffer(octets(hex));
    const GetRequest decoded = decode_get_request(buffer.view()).value();
    const auto& attributes = std::get<GetRequestWithList>(decoded).attributes;
    BOOST_TEST(attributes.size() == 3u);
    std::string classes;
    for (const auto& item : attributes) {
        classes += std::to_string(item.attribute.class_id) + (item.access_selection ? "s " : " ");
    }
    BOOST_TEST(classes == "3 7s 8 ");
    BOOST_TEST(response("C403C102 00 06 00003039 01 04") == "C403C1020006000030390104");
    BOOST_TEST(request("C003C100") == "C003C100");
    BOOST_TEST(response("C403C100") == "C403C100");
}

BOOST_AUTO_TEST_CASE(a_list_is_written_from_the_callers_items) {
    const cosem::AttributeDescriptorWithSelection items[]{
        {{3, cosem::ObisCode(1, 0, 1, 8, 0, 255), 2}, std::nullopt},
        {{8, cosem::ObisCode(0, 0, 1, 0, 0, 255), 2}, std::nullopt}};
    GetRequestWithList list;
    list.invoke_id_and_priority = InvokeIdAndPriority(0xC1);
    list.attributes = List<cosem::AttributeDescriptorWithSelection>(items);
    BOOST_TEST(encoded(list) == "C003C10200030100010800FF020000080000010000FF0200");
}

BOOST_AUTO_TEST_CASE(malformed_lists_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("C003C184FFFFFFFF") == "xdlms/length-beyond-buffer@3");
    BOOST_TEST(request("C003C102 0003010001") == "xdlms/truncated@6");
    BOOST_TEST(request("C003C101 00030100010800FF0202") == "xdlms/bad-presence-flag@13");
    BOOST_TEST(request("C003C101 00030100010800FF020000") == "xdlms/trailing-octets@14");
    BOOST_TEST(response("C403C101 02") == "xdlms/unknown-choice@4");
    BOOST_TEST(response("C403C101 0105") == "xdlms/unknown-value@5");
    BOOST_TEST(response("C403C103 0000") == "xdlms/length-beyond-buffer@3");
    BOOST_TEST(response("C403C102 0000") == "xdlms/truncated@6");
    BOOST_TEST(response("C403C102 000000") == "xdlms/truncated@7");
}

BOOST_AUTO_TEST_CASE(an_error_inside_the_data_is_counted_from_the_apdus_start) {
    BOOST_TEST(response("C401C100 0202 1101 08") == "xdlms/unknown-tag@8");
    BOOST_TEST(response("C401C100 09 05 AABB") == "xdlms/length-beyond-buffer@5");
}

BOOST_AUTO_TEST_SUITE_END()
