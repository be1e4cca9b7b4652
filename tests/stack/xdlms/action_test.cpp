#include "stack/xdlms/action.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string request(std::string_view hex) {
    return round_trip(hex, decode_action_request);
}

std::string response(std::string_view hex) {
    return round_trip(hex, decode_action_response);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(action)

BOOST_AUTO_TEST_CASE(requests_are_read_and_written) {
    for (const char* hex :
         {"C30181000900000A0000FF0101120002", "C301C10046000060030AFF0100", "C3024200000001",
          "C30342020046000060030AFF01000900000A0000FF01020F00120001",
          "C30442001200002C0000FF01000000000103020209",
          "C3054201001200002C0000FF010000000001020202", "C306420100000002020403"}) {
        BOOST_TEST(request(hex) == hex);
    }
    const ExactBuffer buffer(octets("C301C1 0046 000060030AFF 01 01 0F00"));
    const ActionRequest decoded = decode_action_request(buffer.view()).value();
    const auto& normal = std::get<ActionRequestNormal>(decoded);
    BOOST_TEST(normal.method.class_id == 70);
    BOOST_TEST(int{normal.method.method_id} == 1);
    BOOST_REQUIRE(normal.parameters.has_value());
    BOOST_TEST(normal.parameters->signed_integer().value() == 0);
}

BOOST_AUTO_TEST_CASE(responses_are_read_and_written) {
    for (const char* hex :
         {"C701C10000", "C701C1FA00", "C701C000010101", "C7014200010009020102",
          "C70242010000000103010000", "C703420200000001001105", "C7044200000002"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("C70342 02 0000 00010104"));
    const ActionResponse decoded = decode_action_response(buffer.view()).value();
    const auto& outcomes = std::get<ActionResponseWithList>(decoded).outcomes;
    auto outcome = outcomes.begin();
    BOOST_TEST(!outcome->return_parameters.has_value());
    ++outcome;
    BOOST_REQUIRE(outcome->return_parameters.has_value());
    BOOST_TEST((std::get<cosem::DataAccessResult>(*outcome->return_parameters) ==
                cosem::DataAccessResult::object_undefined));
}

BOOST_AUTO_TEST_CASE(malformed_requests_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("C3") == "xdlms/truncated@1");
    BOOST_TEST(request("C307C1") == "xdlms/unknown-choice@1");
    BOOST_TEST(request("C300C1") == "xdlms/unknown-choice@1");
    BOOST_TEST(request("C701C10000") == "xdlms/unknown-tag@0");
    BOOST_TEST(request("C301C0000F0000280000FF010000") == "xdlms/trailing-octets@13");
    BOOST_TEST(request("C301C0000F0000280000FF0102") == "xdlms/bad-presence-flag@12");
    BOOST_TEST(request("C301C0000F0000280000FF0101") == "xdlms/truncated@13");
    BOOST_TEST(request("C30342 01 0046000060030AFF01 02 00 00") == "xdlms/list-count-mismatch@13");
    BOOST_TEST(request("C30342 01 0046000060030AFF01 00") == "xdlms/list-count-mismatch@13");
    BOOST_TEST(request("C30642 01 00000002 03 0403") == "xdlms/length-beyond-buffer@8");
}

BOOST_AUTO_TEST_CASE(malformed_responses_are_refused_where_they_are_wrong) {
    BOOST_TEST(response("C705C1") == "xdlms/unknown-choice@1");
    BOOST_TEST(response("C701C10500") == "xdlms/unknown-value@3");
    BOOST_TEST(response("C701C11100") == "xdlms/unknown-value@3");  // of SET only
    BOOST_TEST(response("C701C10002") == "xdlms/bad-presence-flag@4");
    BOOST_TEST(response("C701C1000102") == "xdlms/unknown-choice@5");
    BOOST_TEST(response("C701C1000000") == "xdlms/trailing-octets@5");
    BOOST_TEST(response("C70342 02 0000") == "xdlms/truncated@6");
    BOOST_TEST(response("C70342 84FFFFFFFF") == "xdlms/length-beyond-buffer@3");
}

BOOST_AUTO_TEST_SUITE_END()
