#include "stack/xdlms/read_write.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/stack/xdlms/round_trip.hpp"

using namespace dlms;
using namespace dlms::xdlms;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(read_write)

BOOST_AUTO_TEST_CASE(all_specifications_are_read_and_written) {
    const std::string hex =
        to_hex(octets("05 05"
                      "02 FA00"
                      "04 0100 02 0201 1105"
                      "05 0002"
                      "06 01 0003 02 AABB"
                      "07 00 0004"));
    BOOST_TEST(round_trip(hex, decode_read_request) == hex);
    const ExactBuffer buffer(octets(hex));
    const ReadRequest decoded = decode_read_request(buffer.view()).value();
    std::string names;
    for (const VariableAccessSpecification& specification : decoded.specifications) {
        names += std::string(name(specification)) + ' ';
    }
    BOOST_TEST(names ==
               "variable-name parameterized-access block-number-access read-data-block-access "
               "write-data-block-access ");
}

BOOST_AUTO_TEST_CASE(all_results_are_read_and_written) {
    const std::string read = to_hex(octets("0C 04  00 1105  01 03  02 01 0002 02 AABB  03 0007"));
    BOOST_TEST(round_trip(read, decode_read_response) == read);
    const std::string write = to_hex(octets("0D 03  00  01 0C  02 0001"));
    BOOST_TEST(round_trip(write, decode_write_response) == write);
    const ExactBuffer buffer(octets(write));
    const WriteResponse decoded = decode_write_response(buffer.view()).value();
    std::string names;
    for (const WriteResult& result : decoded.results) {
        names += std::string(name(result)) + ' ';
    }
    BOOST_TEST(names == "success data-access-error block-number ");
}

BOOST_AUTO_TEST_CASE(values_go_with_their_specifications) {
    const std::string write = "06020201000201080211010A024142";
    BOOST_TEST(round_trip(write, decode_write_request) == write);
    const std::string block = "060107000001010903010203";
    BOOST_TEST(round_trip(block, decode_write_request) == block);
    const std::string unconfirmed = "160102010801112A";
    BOOST_TEST(round_trip(unconfirmed, decode_unconfirmed_write_request) == unconfirmed);
    for (const char* report :
         {"18010E323032343031303231303131313201020100011101", "180001020100011101"}) {
        BOOST_TEST(round_trip(report, decode_information_report) == report);
    }
}

BOOST_AUTO_TEST_CASE(malformed_ones_are_refused_where_they_are_wrong) {
    BOOST_TEST(round_trip("05", decode_read_request) == "xdlms/truncated@1");
    BOOST_TEST(round_trip("0584FFFFFFFF", decode_read_request) == "xdlms/length-beyond-buffer@1");
    BOOST_TEST(round_trip("050102FA", decode_read_request) == "xdlms/truncated@3");
    BOOST_TEST(round_trip("050103FA00", decode_read_request) == "xdlms/unknown-choice@2");
    BOOST_TEST(round_trip("050102FA0000", decode_read_request) == "xdlms/trailing-octets@5");
    BOOST_TEST(round_trip("060102FA000100", decode_read_request) == "xdlms/unknown-tag@0");
    BOOST_TEST(round_trip("0C0105", decode_read_response) == "xdlms/unknown-choice@2");
    BOOST_TEST(round_trip("0C010105", decode_read_response) == "xdlms/unknown-value@3");
    BOOST_TEST(round_trip("0D0103", decode_write_response) == "xdlms/unknown-choice@2");
    BOOST_TEST(round_trip("0D0101FF", decode_write_response) == "xdlms/unknown-value@3");
    BOOST_TEST(round_trip("0602020100020108011100", decode_write_request) ==
               "xdlms/list-count-mismatch@8");
    BOOST_TEST(round_trip("1600 01 1100", decode_unconfirmed_write_request) ==
               "xdlms/list-count-mismatch@2");
    BOOST_TEST(round_trip("1802 00 00", decode_information_report) == "xdlms/bad-presence-flag@1");
    BOOST_TEST(round_trip("1801 02 3041 00 00", decode_information_report) ==
               "xdlms/invalid-text@2");
}

BOOST_AUTO_TEST_SUITE_END()
