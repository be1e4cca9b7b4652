#include "stack/xdlms/set.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string request(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode_set_request(buffer.view());
    return decoded ? written([&](Writer& writer) { encode(writer, *decoded); }) : outcome(decoded);
}

std::string response(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    const auto decoded = decode_set_response(buffer.view());
    return decoded ? written([&](Writer& writer) { encode(writer, *decoded); }) : outcome(decoded);
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
    const SetRequestNormal decoded = decode_set_request(buffer.view()).value();
    BOOST_TEST(decoded.attribute.instance.text() == "1-0:129.129.2.255");
    BOOST_TEST(to_hex(decoded.value.octets().value()) == "00112233445566778899");
}

BOOST_AUTO_TEST_CASE(responses_are_read_and_written) {
    for (const char* hex : {"C501C100", "C5010203", "C501C1FA"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("C501C10C"));
    BOOST_TEST((decode_set_response(buffer.view()).value().result ==
                cosem::DataAccessResult::type_unmatched));
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

BOOST_AUTO_TEST_CASE(blocks_and_lists_are_named_as_not_offered) {
    for (const char* choice : {"02", "03", "04", "05"}) {
        BOOST_TEST(request("C1" + std::string(choice) + "C100") == "xdlms/unsupported-service@1");
        BOOST_TEST(response("C5" + std::string(choice) + "C100") == "xdlms/unsupported-service@1");
    }
}

BOOST_AUTO_TEST_SUITE_END()
