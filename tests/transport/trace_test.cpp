#include "transport/trace.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"

using namespace dlms;
using transport::Direction;

namespace {

struct Trace {
    std::vector<std::string> lines;
    transport::HexTrace hex{[this](Direction, const std::string& line) { lines.push_back(line); }};

    void sent(std::string_view text) { hex.octets(Direction::sent, *from_hex(text)); }
    void received(std::string_view text) { hex.octets(Direction::received, *from_hex(text)); }
};

// WPDUs from client 1 to server 1.
constexpr auto get_secret = "000100010001000D C001C1000F0000280000FF0700";
constexpr auto get_clock = "000100010001000D C001C200080000010000FF0200";
constexpr auto set_secret = "0001000100010013 C101C1000F0000280000FF0700 090461626364";

}  // namespace

BOOST_AUTO_TEST_SUITE(trace)

BOOST_AUTO_TEST_CASE(a_wpdu_is_one_line_however_it_comes) {
    Trace trace;
    const ByteBuffer octets = *from_hex(get_clock);
    for (const Byte& octet : octets) {
        BOOST_TEST(trace.lines.empty());
        trace.hex.octets(Direction::received, ByteView(&octet, 1));
    }
    BOOST_REQUIRE_EQUAL(trace.lines.size(), 1u);
    BOOST_TEST(trace.lines[0] == to_hex(octets));
}

BOOST_AUTO_TEST_CASE(the_secret_of_an_association_is_hidden_both_ways) {
    Trace trace;
    trace.sent(set_secret);
    BOOST_TEST(trace.lines.back() == "0001000100010013C101C1000F0000280000FF0700**");
    trace.sent(get_secret);
    trace.received("000100010001000A C401C100090461626364");
    BOOST_TEST(trace.lines.back() == "000100010001000AC401C1**");
    // In blocks too, and only until another attribute is asked for.
    trace.received("0001000100010010 C402C1000000000100060904616263 64");
    BOOST_TEST(trace.lines.back().find("6162") == std::string::npos);
    trace.sent(get_clock);
    trace.received("000100010001000A C401C200090461626364");
    BOOST_TEST(trace.lines.back() == "000100010001000AC401C200090461626364");
}

BOOST_AUTO_TEST_CASE(an_aarq_that_does_not_decode_is_hidden_whole) {
    Trace trace;
    trace.sent("0001000100010008 6036A10906076162");
    BOOST_TEST(trace.lines.back() == "000100010001000860**");
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_wpdu_are_only_counted) {
    Trace trace;
    trace.received("FFFF000100010002 6162");
    BOOST_TEST(trace.lines.back() == "(10 octets that are no WPDU)");
}

BOOST_AUTO_TEST_SUITE_END()
