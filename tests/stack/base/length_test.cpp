#include "stack/base/length.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

std::string length(std::string_view hex, Layer layer = Layer::axdr) {
    const ExactBuffer buffer(octets(hex));
    Reader reader(buffer.view(), layer);
    const std::string text = std::to_string(read_length(reader));
    return reader.ok() ? text : outcome(Status(reader.failure()));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(base_length)

BOOST_AUTO_TEST_CASE(every_form_up_to_four_octets_is_read) {
    BOOST_TEST(length("00") == "0");
    BOOST_TEST(length("7F") == "127");
    BOOST_TEST(length("8105") == "5");  // longer than needed: accepted
    BOOST_TEST(length("8180") == "128");
    BOOST_TEST(length("820100") == "256");
    BOOST_TEST(length("83010000") == "65536");
    BOOST_TEST(length("84FFFFFFFF") == "4294967295");
}

BOOST_AUTO_TEST_CASE(other_forms_are_refused_in_the_name_of_the_readers_layer) {
    BOOST_TEST(length("80") == "axdr/invalid-length-encoding@0");
    BOOST_TEST(length("80", Layer::ber) == "ber/invalid-length-encoding@0");
    BOOST_TEST(length("850000000001", Layer::ber) == "ber/invalid-length-encoding@0");
    BOOST_TEST(length("FF") == "axdr/invalid-length-encoding@0");
    BOOST_TEST(length("83FFFF") == "axdr/truncated@1");
    BOOST_TEST(length("8201", Layer::ber) == "ber/truncated@1");
    BOOST_TEST(length("", Layer::ber) == "ber/truncated@0");
}

BOOST_AUTO_TEST_CASE(the_shortest_form_is_written) {
    const auto write = [](std::size_t value) {
        return written([value](Writer& writer) { write_length(writer, value); });
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
}

BOOST_AUTO_TEST_SUITE_END()
