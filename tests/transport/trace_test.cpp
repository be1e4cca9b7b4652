#include "transport/trace.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"

using namespace dlms;
using transport::Direction;

namespace {

struct Trace {
    std::vector<std::string> lines;
    transport::HexTrace hex{transport::Framing::wrapper,
                            [this](Direction, const std::string& line) { lines.push_back(line); }};

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

BOOST_AUTO_TEST_CASE(answers_that_overtake_each_other_hide_the_right_one) {
    Trace trace;
    trace.sent(get_secret);  // invoke-id 1
    trace.sent(get_clock);   // 2
    trace.received("000100010001000A C401C200090461626364");
    BOOST_TEST(trace.lines.back() == "000100010001000AC401C200090461626364");
    trace.received("000100010001000A C401C100090461626364");
    BOOST_TEST(trace.lines.back() == "000100010001000AC401C1**");
}

BOOST_AUTO_TEST_CASE(a_datagram_is_shown_alone) {
    std::vector<std::string> lines;
    transport::HexTrace trace(transport::Framing::datagrams,
                              [&](Direction, const std::string& line) { lines.push_back(line); });
    const ByteBuffer whole = *from_hex(get_clock);
    trace.octets(Direction::received, ByteView(whole).first(12));
    trace.octets(Direction::received, whole);
    BOOST_REQUIRE_EQUAL(lines.size(), 2u);
    BOOST_TEST(lines[0] == "(12 octets that are no WPDU)");
    BOOST_TEST(lines[1] == to_hex(whole));
}

BOOST_AUTO_TEST_CASE(a_flood_is_left_out_and_told) {
    using namespace std::chrono_literals;
    std::vector<std::string> lines;
    transport::HexTrace trace(transport::Framing::wrapper,
                              [&](Direction, const std::string& line) { lines.push_back(line); },
                              {.at_once = 500, .per_second = 100});
    const ByteBuffer wpdu = *from_hex(get_clock);  // 42 characters
    const Instant start{1h};
    for (int i = 0; i < 1000; ++i) {
        trace.octets(Direction::received, wpdu, start);
    }
    BOOST_REQUIRE_EQUAL(lines.size(), 12u);  // 11 of them, 462 characters, and the word
    BOOST_TEST(lines.back() == "(too much to show: lines are left out from here on)");
    trace.octets(Direction::received, wpdu, start + 100ms);  // 48 characters are free
    BOOST_TEST(lines.size() == 12u);
    trace.octets(Direction::received, wpdu, start + 300ms);  // 68, above an eighth
    BOOST_REQUIRE_EQUAL(lines.size(), 14u);
    BOOST_TEST(lines[12] == "(left out: 990 lines of 41580 characters)");
    BOOST_TEST(lines[13] == to_hex(wpdu));
    // A day of flood stays within its means.
    lines.clear();
    for (int i = 0; i < 100'000; ++i) {
        trace.octets(Direction::received, wpdu, start + 1s + i * 1ms);
    }
    BOOST_TEST(lines.size() <= (500u + 100u * 100u) / 42u * 3u);
    BOOST_TEST(lines.size() >= (100u * 100u) / 42u);
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
