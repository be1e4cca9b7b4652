#include "stack/xdlms/set.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string request(std::string_view hex) {
    return round_trip(hex, decode_set_request);
}

std::string response(std::string_view hex) {
    return round_trip(hex, decode_set_response);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(set)

BOOST_AUTO_TEST_CASE(requests_are_read_and_written) {
    for (const char* hex :
         {"C101C100080000010000FF0200090C07E50118FF0E303950FFC400",
          "C1010100030100010800FF02000600003039", "C101C100070100630100FF02010102001100"}) {
        BOOST_TEST(request(hex) == hex);
    }
    const ExactBuffer buffer(octets("C1 01 C1 0001 0100818102FF 02 00 090A00112233445566778899"));
    const SetRequest request_read = decode_set_request(buffer.view()).value();
    const auto& decoded = std::get<SetRequestNormal>(request_read);
    BOOST_TEST(decoded.attribute.instance.text() == "1-0:129.129.2.255");
    BOOST_TEST(to_hex(decoded.value.octets().value()) == "00112233445566778899");
}

BOOST_AUTO_TEST_CASE(responses_are_read_and_written) {
    for (const char* hex : {"C501C100", "C5010203", "C501C1FA"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("C501C10C"));
    const SetResponse decoded = decode_set_response(buffer.view()).value();
    BOOST_TEST(
        (std::get<SetResponseNormal>(decoded).result == cosem::DataAccessResult::type_unmatched));
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("C1") == "xdlms/truncated@1");
    BOOST_TEST(request("C101C100080000010000FF0200") == "xdlms/truncated@13");
    BOOST_TEST(request("C101C100080000010000FF02001105FF") == "xdlms/trailing-octets@15");
    BOOST_TEST(request("C101C100080000010000FF02021105") == "xdlms/bad-presence-flag@12");
    BOOST_TEST(request("C106C1000F0000280000FF01000900") == "xdlms/unknown-choice@1");
    BOOST_TEST(request("C100C1000F0000280000FF01000900") == "xdlms/unknown-choice@1");
    BOOST_TEST(request("C501C100") == "xdlms/unknown-tag@0");
    BOOST_TEST(response("C501C105") == "xdlms/unknown-value@3");
    BOOST_TEST(response("C501C1") == "xdlms/truncated@3");
    BOOST_TEST(response("C501C10000") == "xdlms/trailing-octets@4");
    BOOST_TEST(response("C506C100") == "xdlms/unknown-choice@1");
}

BOOST_AUTO_TEST_CASE(blocks_are_read_and_written) {
    for (const char* hex : {"C1024200010000800000FF020000000000010409060102",
                            "C10242000100008000 00FF0201021100 010000000100",
                            "C10342000000000203030405", "C103420100000003 00"}) {
        BOOST_TEST(request(hex) == to_hex(octets(hex)));
    }
    for (const char* hex : {"C5024200000001", "C503C10000000003", "C5044202000C00000003"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("C10342 FF 00000003 02 AABB"));
    const SetRequest decoded = decode_set_request(buffer.view()).value();
    const RawDataBlock& block = std::get<SetRequestWithDatablock>(decoded).block;
    BOOST_TEST(block.last_block);
    BOOST_TEST(block.block_number == 3u);
    BOOST_TEST(to_hex(block.raw_data) == "AABB");
    BOOST_TEST(encoded(decoded) == "C10342010000000302AABB");
}

BOOST_AUTO_TEST_CASE(the_header_of_a_block_takes_what_the_constant_says) {
    RawDataBlock block;
    block.raw_data = as_bytes("abc");
    BOOST_TEST(written([&](Writer& writer) { write(writer, block); }).size() ==
               2 * (raw_data_block_overhead + 1 + 3));
}

BOOST_AUTO_TEST_CASE(lists_are_read_and_written) {
    for (const char* hex :
         {"C104420200010000800000FF020000010000800001FF02000211010A024142", "C1044200 00",
          "C105420200010000800000FF020000010000800001FF02000000000001020211"}) {
        BOOST_TEST(request(hex) == to_hex(octets(hex)));
    }
    BOOST_TEST(response("C50542020003") == "C50542020003");
    const ExactBuffer buffer(octets("C10442 01 0001 0000800000FF 02 00 01 0202 1101 1102"));
    const SetRequest decoded = decode_set_request(buffer.view()).value();
    const auto& values = std::get<SetRequestWithList>(decoded).values;
    BOOST_TEST(values.begin()->elements().value().size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_list_that_came_in_blocks_is_decoded_alone) {
    const ByteBuffer whole = octets("02 1101 0A024142");
    const auto values = decode_list<axdr::DataView>(whole);
    BOOST_REQUIRE(values.has_value());
    BOOST_TEST(values->size() == 2u);
    BOOST_TEST(outcome(decode_list<axdr::DataView>(octets("02 1101"))) == "xdlms/truncated@3");
    BOOST_TEST(outcome(decode_list<axdr::DataView>(octets("01 1101 00"))) ==
               "xdlms/trailing-octets@3");
}

BOOST_AUTO_TEST_CASE(malformed_blocks_and_lists_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("C10342 00 00000002 04 030405") == "xdlms/length-beyond-buffer@8");
    BOOST_TEST(request("C10342 00 000000") == "xdlms/truncated@4");
    BOOST_TEST(request("C10442 01 0001 0000800000FF 02 00 02 1101 1102") ==
               "xdlms/list-count-mismatch@14");
    BOOST_TEST(request("C10442 01 0001 0000800000FF 02 00 00") == "xdlms/list-count-mismatch@14");
    BOOST_TEST(request("C10442 84FFFFFFFF") == "xdlms/length-beyond-buffer@3");
    BOOST_TEST(response("C50442 02 00 05 00000003") == "xdlms/unknown-value@5");
    BOOST_TEST(response("C50542 03 00 00") == "xdlms/length-beyond-buffer@3");
    BOOST_TEST(response("C50242 000000") == "xdlms/truncated@3");
}

BOOST_AUTO_TEST_SUITE_END()
