// What must be known of a meter before a value can be written to it.
#include "server/json_write.hpp"

#include <boost/test/unit_test.hpp>

using namespace dlms;
using namespace dlms::service;

namespace {

WriteRequest request_of(std::uint16_t class_id, std::int8_t attribute_id, std::string value) {
    WriteRequest request;
    request.attribute = {class_id, {0, 0, 25, 9, 0, 255}, attribute_id};
    request.value = std::move(value);
    return request;
}

std::string needs(const WriteRequest& request) {
    const WriteNeeds needs = write_needs(request);
    return needs.required ? "required" : needs.present ? "wanted" : "none";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(json_write)

BOOST_AUTO_TEST_CASE(only_what_no_table_knows_must_be_read_first) {
    // A structure of push setup, and the value of a register.
    BOOST_TEST(needs(request_of(40, 3, R"({"destination": "10.0.0.1:4059"})")) == "wanted");
    BOOST_TEST(needs(request_of(3, 3, R"({"scaler": -1, "unit": "Wh"})")) == "wanted");
    BOOST_TEST(needs(request_of(5, 9, "3")) == "none");
    WriteRequest unknown = request_of(9999, 2, "[1, 2]");
    BOOST_TEST(needs(unknown) == "required");
    unknown.data_type = axdr::Tag::array;
    BOOST_TEST(needs(unknown) == "required");
    unknown.value = R"({"hex": "0100"})";
    BOOST_TEST(needs(unknown) == "none");
}

BOOST_AUTO_TEST_CASE(a_broadcast_must_say_all_by_itself) {
    BOOST_TEST(!needs_meter_for_broadcast(request_of(5, 9, "3")));
    BOOST_TEST(!needs_meter_for_broadcast(request_of(8, 2, R"("2026-11-30T12:00:00Z")")));
    BOOST_TEST(needs_meter_for_broadcast(request_of(1, 2, "3")));
    BOOST_TEST(!needs_meter_for_broadcast(request_of(1, 2, R"({"hex": "1103"})")));
    // A register's value is shown with a scaler, which each meter has for itself.
    WriteRequest scaled = request_of(3, 2, "1.5");
    scaled.data_type = axdr::Tag::long_unsigned;
    BOOST_TEST(needs_meter_for_broadcast(scaled));
    scaled.value = R"({"raw": 15})";
    BOOST_TEST(!needs_meter_for_broadcast(scaled));
}

BOOST_AUTO_TEST_SUITE_END()
