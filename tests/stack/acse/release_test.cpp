// RLRQ and RLRE: rlrq.cpp, rlre.cpp.

#include <boost/test/unit_test.hpp>

#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::acse;
using namespace dlms::testing;

namespace {

std::string rlrq(std::string_view hex, const Tolerance& tolerance = {}) {
    const ExactBuffer buffer(octets(hex));
    const Result<Rlrq> apdu = decode_rlrq(buffer.view(), tolerance);
    return apdu ? written([&](Writer& writer) { encode(writer, *apdu); }) : outcome(apdu);
}

std::string rlre(std::string_view hex, const Tolerance& tolerance = {}) {
    const ExactBuffer buffer(octets(hex));
    const Result<Rlre> apdu = decode_rlre(buffer.view(), tolerance);
    return apdu ? written([&](Writer& writer) { encode(writer, *apdu); }) : outcome(apdu);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(acse_release)

BOOST_AUTO_TEST_CASE(both_forms_in_use_are_read_and_written) {
    for (const char* hex : {"6200", "6203800100", "6203800101", "620380011E",
                            "6215800100BE10040E01000000065F1F0400007E1F04B0"}) {
        BOOST_TEST(rlrq(hex) == hex);
    }
    for (const char* hex : {"6300", "6303800100", "6303800101", "630380011E",
                            "6316800100BE11040F080100065F1F0400001E1D04C80007"}) {
        BOOST_TEST(rlre(hex) == hex);
    }
}

BOOST_AUTO_TEST_CASE(the_reasons_are_those_of_the_apdu) {
    const ExactBuffer request(octets("6203800101"));
    BOOST_TEST((decode_rlrq(request.view()).value().reason == ReleaseRequestReason::urgent));
    const ExactBuffer response(octets("6303800101"));
    BOOST_TEST(
        (decode_rlre(response.view()).value().reason == ReleaseResponseReason::not_finished));
    const ExactBuffer empty(octets("6200"));
    BOOST_TEST(!decode_rlrq(empty.view()).value().reason.has_value());
}

BOOST_AUTO_TEST_CASE(APPL_REL_X_1_an_undefined_reason_is_kept_where_that_is_asked_for) {
    const Tolerance keep{.keep_unknown_codes = true};
    BOOST_TEST(rlrq("6203800105") == "acse/unknown-value@4");
    BOOST_TEST(rlre("6303800102") == "acse/unknown-value@4");
    BOOST_TEST(rlrq("6203800105", keep) == "6203800105");
    BOOST_TEST(rlre("630480020080", keep) == "630480020080");
    BOOST_TEST(rlrq("62038001FF", keep) == "acse/unknown-value@4");
    BOOST_TEST(rlrq("620480020100", keep) == "acse/unknown-value@4");
    BOOST_TEST(rlre("630480020100", keep) == "acse/unknown-value@4");
}

BOOST_AUTO_TEST_CASE(malformed_releases_are_refused) {
    BOOST_TEST(rlrq("") == "acse/truncated@0");
    BOOST_TEST(rlrq("62") == "acse/truncated@1");
    BOOST_TEST(rlrq("6300") == "acse/unknown-tag@0");
    BOOST_TEST(rlre("6200") == "acse/unknown-tag@0");
    BOOST_TEST(rlrq("620000") == "acse/trailing-octets@2");
    BOOST_TEST(rlrq("62028000") == "acse/truncated@4");
    BOOST_TEST(rlrq("6203810100") == "acse/unknown-tag@2");
    BOOST_TEST(rlrq("6206800100800100") == "acse/repeated-field@5");
    BOOST_TEST(rlre("6307BE020400800100") == "acse/field-order@6");
    BOOST_TEST(rlre("6304800100") == "acse/length-beyond-buffer@1");
    BOOST_TEST(rlre("6304800300") == "acse/length-beyond-buffer@1");
    BOOST_TEST(rlre("63038003 00") == "acse/inner-length-mismatch@3");
}

BOOST_AUTO_TEST_SUITE_END()
