#include "stack/xdlms/access.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

namespace {

std::string request(std::string_view hex) {
    return round_trip(hex, decode_access_request);
}

std::string response(std::string_view hex) {
    return round_trip(hex, decode_access_response);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(access_service)

BOOST_AUTO_TEST_CASE(all_five_specifications_are_read_and_written) {
    const std::string hex =
        to_hex(octets("D9 40000001 00 05"
                      "01 0003 0100010800FF 02"
                      "02 0008 0000010000FF 02"
                      "03 0046 000060030AFF 01"
                      "04 0007 0100630100FF 02 02 1100"
                      "05 0007 0100630100FF 02 01 1101"
                      "05 00 0F05 0F00 00 1107"));
    BOOST_TEST(request(hex) == hex);
    const ExactBuffer buffer(octets(hex));
    const AccessRequest decoded = decode_access_request(buffer.view()).value();
    std::string names;
    for (const AccessSpecification& specification : decoded.specifications) {
        names += std::string(name(specification)) + ' ';
    }
    BOOST_TEST(names == "get set action get-with-selection set-with-selection ");
    BOOST_TEST(decoded.data.size() == 5u);
    BOOST_TEST(decoded.date_time.empty());
}

BOOST_AUTO_TEST_CASE(a_request_carries_its_time) {
    BOOST_TEST(request("D940000001 0C 07E80102FF0A0B0CFFFFC400 00 00") ==
               "D9400000010C07E80102FF0A0B0CFFFFC4000000");
    BOOST_TEST(request("D940000001 0B 07E80102FF0A0B0CFFFFC4 00 00") ==
               "xdlms/inner-length-mismatch@5");
}

BOOST_AUTO_TEST_CASE(responses_are_read_and_written) {
    for (const char* hex :
         {"DA40000001000001060000303A010100", "DA400000050001010100030100010800FF020100010104",
          "DA20000517000003000000030300020102FA"}) {
        BOOST_TEST(response(hex) == hex);
    }
    const ExactBuffer buffer(octets("DA30000005 00 01 01 03 0046000060030AFF01 01 00 01 03 0F"));
    const AccessResponse decoded = decode_access_response(buffer.view()).value();
    BOOST_TEST(decoded.long_invoke_id_and_priority.is_self_descriptive());
    BOOST_REQUIRE(decoded.request_specifications.has_value());
    BOOST_TEST(name(*decoded.request_specifications->begin()) == "action");
    const AccessResult result = *decoded.results.begin();
    BOOST_TEST(
        (std::get<AccessActionResult>(result).result == cosem::ActionResult::long_action_aborted));
}

BOOST_AUTO_TEST_CASE(lists_of_different_lengths_are_refused) {
    BOOST_TEST(request("D940000001 00 01 01 00030100010800FF02 00") ==
               "xdlms/list-count-mismatch@17");
    BOOST_TEST(request("D940000001 00 00 01 00") == "xdlms/list-count-mismatch@7");
    BOOST_TEST(response("DA40000001 00 00 02 00 00 01 0100") == "xdlms/list-count-mismatch@10");
    BOOST_TEST(response("DA40000001 00 01 00 01 00 01 0100") == "xdlms/list-count-mismatch@8");
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(request("DA40000001 00 00 00") == "xdlms/unknown-tag@0");
    BOOST_TEST(request("D9400000") == "xdlms/truncated@1");
    BOOST_TEST(request("D940000001 00 01 06 00030100010800FF02 01 00") == "xdlms/unknown-choice@7");
    BOOST_TEST(request("D940000001 00 01 00 00030100010800FF02 01 00") == "xdlms/unknown-choice@7");
    BOOST_TEST(request("D940000001 00 84FFFFFFFF") == "xdlms/length-beyond-buffer@6");
    BOOST_TEST(request("D940000001 00 00 00 00") == "xdlms/trailing-octets@8");
    BOOST_TEST(response("DA40000001 00 02 00 00") == "xdlms/bad-presence-flag@6");
    BOOST_TEST(response("DA40000001 00 00 01 00 01 0400") == "xdlms/unknown-choice@10");
    BOOST_TEST(response("DA40000001 00 00 01 00 01 0105") == "xdlms/unknown-value@11");
    BOOST_TEST(response("DA40000001 00 00 01 00 01 0313") == "xdlms/unknown-value@11");
}

BOOST_AUTO_TEST_SUITE_END()
