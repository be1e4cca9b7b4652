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

}  // namespace

BOOST_AUTO_TEST_SUITE(axdr_length)

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
    BOOST_TEST(written([](Writer& writer) { axdr::write_octet_string(writer, octets("AABB")); }) ==
               "02AABB");
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

BOOST_AUTO_TEST_SUITE_END()
