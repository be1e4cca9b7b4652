#include "stack/wrapper/wpdu.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::wrapper;
using namespace dlms::testing;

namespace {

std::string datagram(std::string_view hex) {
    const ExactBuffer buffer(octets(hex));
    const Result<Wpdu> wpdu = decode_wpdu(buffer.view());
    return wpdu ? written([&](Writer& writer) { encode(writer, *wpdu); }) : outcome(wpdu);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wpdu)

BOOST_AUTO_TEST_CASE(WRAPPER_X_1_a_valid_wpdu) {
    const ExactBuffer buffer(octets("0001 0010 0001 0002 6200"));
    const Wpdu wpdu = decode_wpdu(buffer.view()).value();
    BOOST_TEST(wpdu.source_wport == 16);
    BOOST_TEST(wpdu.destination_wport == 1);
    BOOST_TEST(to_hex(wpdu.apdu) == "6200");
    BOOST_TEST(wpdu.apdu.data() == buffer.view().data() + header_size);
    BOOST_TEST(datagram("00010010000100026200") == "00010010000100026200");
    BOOST_TEST(datagram("0001FFFFFFFF0000") == "0001FFFFFFFF0000");
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_11_a_datagram_is_one_wpdu) {
    BOOST_TEST(datagram("") == "wrapper/truncated@0");
    BOOST_TEST(datagram("00010010000100") == "wrapper/truncated@7");
    BOOST_TEST(datagram("0001001000010003 6200") == "wrapper/length-beyond-buffer@6");
    BOOST_TEST(datagram("0001001000010002 620000") == "wrapper/trailing-octets@10");
    BOOST_TEST(datagram("0001001000010000 62") == "wrapper/trailing-octets@8");
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_2_another_version_is_refused) {
    BOOST_TEST(datagram("0002001000010000") == "wrapper/wrong-version@0");
    BOOST_TEST(datagram("0000001000010000") == "wrapper/wrong-version@0");
    BOOST_TEST(datagram("0101001000010000") == "wrapper/wrong-version@0");
}

BOOST_AUTO_TEST_CASE(an_apdu_of_the_largest_length_fits_and_one_more_does_not) {
    const auto size_of = [](std::size_t apdu_size) {
        const ByteBuffer apdu(apdu_size, 0x55);
        ByteBuffer buffer;
        Writer writer(buffer);
        encode(writer, Wpdu{1, 2, apdu});
        return writer.ok() ? buffer.size() : 0;
    };
    BOOST_TEST(size_of(65535) == 65543u);
    BOOST_TEST(size_of(65536) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
