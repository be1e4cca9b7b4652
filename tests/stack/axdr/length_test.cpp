#include "stack/axdr/length.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

template <class Read>
std::string reading(std::string_view hex, Read&& read) {
    const ExactBuffer buffer(octets(hex));
    Reader reader(buffer.view(), Layer::axdr);
    const std::string text = read(reader);
    return reader.ok() ? text : outcome(Status(reader.failure()));
}

std::string length(std::string_view hex) {
    return reading(hex, [](Reader& reader) { return std::to_string(axdr::read_length(reader)); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(axdr_length)

BOOST_AUTO_TEST_CASE(every_form_up_to_four_octets_is_read) {
    BOOST_TEST(length("00") == "0");
    BOOST_TEST(length("7F") == "127");
    BOOST_TEST(length("8105") == "5");  // longer than needed: accepted
    BOOST_TEST(length("8180") == "128");
    BOOST_TEST(length("820100") == "256");
    BOOST_TEST(length("83010000") == "65536");
    BOOST_TEST(length("84FFFFFFFF") == "4294967295");
}

BOOST_AUTO_TEST_CASE(other_forms_are_refused) {
    BOOST_TEST(length("80") == "axdr/invalid-length-encoding@0");
    BOOST_TEST(length("850000000001") == "axdr/invalid-length-encoding@0");
    BOOST_TEST(length("FF") == "axdr/invalid-length-encoding@0");
    BOOST_TEST(length("83FFFF") == "axdr/truncated@1");
    BOOST_TEST(length("") == "axdr/truncated@0");
}

BOOST_AUTO_TEST_CASE(a_checked_length_is_held_against_the_rest) {
    const auto checked = [](std::string_view hex) {
        return reading(
            hex, [](Reader& reader) { return std::to_string(axdr::read_checked_length(reader)); });
    };
    BOOST_TEST(checked("02AABB") == "2");
    BOOST_TEST(checked("03AABB") == "axdr/length-beyond-buffer@0");
    BOOST_TEST(checked("84FFFFFFFF") == "axdr/length-beyond-buffer@0");
}

BOOST_AUTO_TEST_CASE(an_octet_string_is_its_octets) {
    const auto octet_string = [](std::string_view hex) {
        return reading(hex, [](Reader& reader) { return to_hex(axdr::read_octet_string(reader)); });
    };
    BOOST_TEST(octet_string("02AABBCC") == "AABB");
    BOOST_TEST(octet_string("00") == "");
    BOOST_TEST(octet_string("01") == "axdr/length-beyond-buffer@0");
}

BOOST_AUTO_TEST_CASE(a_presence_flag_is_zero_or_one) {
    const auto presence = [](std::string_view hex) {
        return reading(hex, [](Reader& reader) {
            return std::string(axdr::read_presence(reader) ? "present" : "absent");
        });
    };
    BOOST_TEST(presence("00") == "absent");
    BOOST_TEST(presence("01") == "present");
    BOOST_TEST(presence("02") == "axdr/bad-presence-flag@0");
    BOOST_TEST(presence("FF") == "axdr/bad-presence-flag@0");
    BOOST_TEST(presence("") == "axdr/truncated@0");
}

BOOST_AUTO_TEST_CASE(the_shortest_form_is_written) {
    const auto write = [](std::size_t value) {
        return written([value](Writer& writer) { axdr::write_length(writer, value); });
    };
    BOOST_TEST(write(0) == "00");
    BOOST_TEST(write(0x7F) == "7F");
    BOOST_TEST(write(0x80) == "8180");
    BOOST_TEST(write(0xFF) == "81FF");
    BOOST_TEST(write(0x100) == "820100");
    BOOST_TEST(write(0xFFFF) == "82FFFF");
    BOOST_TEST(write(0x10000) == "8400010000");
    BOOST_TEST(write(0xFFFFFFFF) == "84FFFFFFFF");
    BOOST_TEST(write(0x100000000) == "failed");
    BOOST_TEST(written([](Writer& writer) { axdr::write_octet_string(writer, octets("AABB")); }) ==
               "02AABB");
}

BOOST_AUTO_TEST_SUITE_END()
