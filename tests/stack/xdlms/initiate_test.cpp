#include "stack/xdlms/initiate.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string request(std::string_view hex, InitiateTolerance tolerance = {}) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode_initiate_request(buffer.view(), tolerance);
    return decoded ? written([&](Writer& writer) { encode(writer, *decoded); }) : outcome(decoded);
}

std::string response(std::string_view hex, InitiateTolerance tolerance = {}) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode_initiate_response(buffer.view(), tolerance);
    return decoded ? written([&](Writer& writer) { encode(writer, *decoded); }) : outcome(decoded);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(initiate)

BOOST_AUTO_TEST_CASE(requests_are_read_and_written) {
    for (const char* hex : {"01000000065F1F0400007E1F04B0", "01000000065F1F040000181F0000",
                            "01011000112233445566778899AABBCCDDEEFF01000100065F1F0400007E1F04B0",
                            "010000010A075F1F0400FFFFFFFFFF"}) {
        BOOST_TEST(request(hex) == hex);
    }
    const ExactBuffer buffer(
        octets("01011000112233445566778899AABBCCDDEEFF010001 05065F1F0400007E1F04B0"));
    const InitiateRequest decoded = decode_initiate_request(buffer.view()).value();
    BOOST_TEST(to_hex(*decoded.dedicated_key) == "00112233445566778899AABBCCDDEEFF");
    BOOST_TEST(!decoded.response_allowed);
    BOOST_TEST(int{*decoded.proposed_quality_of_service} == 5);
    BOOST_TEST(int{decoded.proposed_dlms_version} == 6);
    BOOST_TEST(decoded.proposed_conformance.raw() == 0x007E1Fu);
    BOOST_TEST(decoded.client_max_receive_pdu_size == 1200);
}

BOOST_AUTO_TEST_CASE(responses_are_read_and_written) {
    for (const char* hex : {"0800065F1F040000101004C80007", "080100065F1F0400001E1D04C80007",
                            "0800065F1F04001C032001F4FA00"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("0800065F1F04001C032001F4FA00"));
    const InitiateResponse decoded = decode_initiate_response(buffer.view()).value();
    BOOST_TEST(!decoded.negotiated_quality_of_service.has_value());
    BOOST_TEST(decoded.vaa_name == vaa_name_short);
    BOOST_TEST(decoded.server_max_receive_pdu_size == 500);
}

BOOST_AUTO_TEST_CASE(quality_of_service_is_signed) {
    const ExactBuffer buffer(octets("010000 01FF 06 5F1F0400007E1F 04B0"));
    const InitiateRequest decoded = decode_initiate_request(buffer.view()).value();
    BOOST_TEST(int{*decoded.proposed_quality_of_service} == -1);
    BOOST_TEST(request("010000 01FF 06 5F1F0400007E1F 04B0") == "01000001FF065F1F0400007E1F04B0");
}

BOOST_AUTO_TEST_CASE(the_length_of_the_conformance_may_be_longer_than_needed) {
    BOOST_TEST(request("01000000065F1F810400007E1F04B0") == "01000000065F1F0400007E1F04B0");
    BOOST_TEST(response("0800065F1F82000400001E1D04C80007") == "0800065F1F0400001E1D04C80007");
    BOOST_TEST(request("01000000065F1F810500007E1F04B0") == "xdlms/inner-length-mismatch@7");
}

BOOST_AUTO_TEST_CASE(an_explicit_true_is_the_default_and_is_written_as_such) {
    BOOST_TEST(request("010001FF00065F1F0400007E1F04B0") == "01000000065F1F0400007E1F04B0");
}

BOOST_AUTO_TEST_CASE(the_conformance_tag_without_its_second_octet_is_a_tolerance) {
    // What the AARQ of the vector wrapper-0025 carries.
    const char* short_tag = "01000000065F0400181A200000";
    BOOST_TEST(request(short_tag) == "xdlms/unknown-tag@6");
    BOOST_TEST(request(short_tag, {.short_conformance_tag = true}) ==
               "01000000065F1F0400181A200000");
    BOOST_TEST(response("0800065F0400181A2001F4FA00") == "xdlms/unknown-tag@4");
    BOOST_TEST(response("0800065F0400181A2001F4FA00", {.short_conformance_tag = true}) ==
               "0800065F1F0400181A2001F4FA00");
    BOOST_TEST(request("01000000065F1F0400007E1F04B0", {.short_conformance_tag = true}) ==
               "01000000065F1F0400007E1F04B0");
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("") == "xdlms/truncated@0");
    BOOST_TEST(request("0800065F1F04001C032001F4FA00") == "xdlms/unknown-tag@0");
    BOOST_TEST(request("01020000065F1F0400007E1F04B0") == "xdlms/bad-presence-flag@1");
    BOOST_TEST(request("01000200065F1F0400007E1F04B0") == "xdlms/bad-presence-flag@2");
    BOOST_TEST(request("01000002065F1F0400007E1F04B0") == "xdlms/bad-presence-flag@3");
    BOOST_TEST(request("0101FF0000065F1F0400007E1F04B0") == "xdlms/invalid-length-encoding@2");
    BOOST_TEST(request("01017F0000065F1F0400007E1F04B0") == "xdlms/length-beyond-buffer@2");
    BOOST_TEST(request("01000000065E1F0400007E1F04B0") == "xdlms/unknown-tag@5");
    BOOST_TEST(request("01000000065F1F0300007E1F04B0") == "xdlms/inner-length-mismatch@7");
    BOOST_TEST(request("01000000065F1F0401007E1F04B0") == "xdlms/value-out-of-range@8");
    BOOST_TEST(request("01000000065F1F0400007E1F04") == "xdlms/truncated@12");
    BOOST_TEST(request("01000000065F1F0400007E1F04B000") == "xdlms/trailing-octets@14");
    BOOST_TEST(response("0800065F1F04001C032001F4FA") == "xdlms/truncated@12");
    BOOST_TEST(response("0802065F1F04001C032001F4FA00") == "xdlms/bad-presence-flag@1");
}

BOOST_AUTO_TEST_SUITE_END()
