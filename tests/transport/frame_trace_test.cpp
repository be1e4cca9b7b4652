#include "transport/frame_trace.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

namespace dlms::transport {
namespace {

using hdlc::FrameType;

const hdlc::Address client{1, 16, 0};
const hdlc::Address meter{2, 1, 17};

struct Octets {
    ByteBuffer octets;
    Octets(FrameType type, std::string_view information, std::uint8_t number = 0,
           bool segmented = false, bool from_meter = false) {
        const ByteBuffer content = *from_hex(information);
        Writer writer(octets);
        hdlc::encode(writer, {segmented,
                              from_meter ? client : meter,
                              from_meter ? meter : client,
                              {type, true, number, 0},
                              content});
        BOOST_REQUIRE(writer.ok());
    }
};

struct Trace {
    std::vector<std::string> lines;
    HexTrace hex{Framing::hdlc,
                 [this](Direction, const std::string& line) { lines.push_back(line); }};

    void sent(ByteView octets, Instant now = Instant()) {
        hex.octets(Direction::sent, octets, now);
    }
    void received(ByteView octets, Instant now = Instant()) {
        hex.octets(Direction::received, octets, now);
    }
    void command(std::string_view information, std::uint8_t number, bool segmented = false) {
        sent(Octets(FrameType::i, information, number, segmented).octets);
    }
    void answer(std::string_view information, std::uint8_t number, bool segmented = false) {
        received(Octets(FrameType::i, information, number, segmented, true).octets);
    }
    const std::string& last() const { return lines.at(lines.size() - 1); }
    bool shows(std::string_view octets) const { return last().find(octets) != std::string::npos; }
};

constexpr auto aarq_with_password =
    "E6E600 6036A1090607608574050801018A0207808B0760857405080201AC0A80083030303030303030"
    "BE10040E01000000065F1F0400007E1F04B0";
constexpr auto get_secret = "E6E600 C001C1000F0000280000FF0700";
constexpr auto get_clock = "E6E600 C001C100080000010000FF0200";

}  // namespace

BOOST_AUTO_TEST_SUITE(frame_trace)

BOOST_AUTO_TEST_CASE(a_frame_is_one_line_however_it_comes) {
    Trace trace;
    const ByteBuffer frame = Octets(FrameType::i, get_clock, 0).octets;
    for (const Byte& octet : frame) {
        BOOST_TEST(trace.lines.empty());
        trace.sent(ByteView(&octet, 1));
    }
    BOOST_REQUIRE_EQUAL(trace.lines.size(), 1u);
    BOOST_TEST(trace.lines[0] ==
               to_hex(frame) + " # I N(S)=0 N(R)=0 P/F from 16 to 1/17, 16 octets");
}

BOOST_AUTO_TEST_CASE(a_password_is_hidden_and_so_is_the_check_of_its_frame) {
    Trace trace;
    const ByteBuffer frame = Octets(FrameType::i, aarq_with_password, 0).octets;
    trace.sent(frame);
    std::string expected = to_hex(frame);
    expected.replace(expected.find("3030303030303030"), 16, "**");
    expected.replace(expected.size() - 6, 4, "**");
    BOOST_TEST(trace.last() == expected + " # I N(S)=0 N(R)=0 P/F from 16 to 1/17, 59 octets");
}

BOOST_AUTO_TEST_CASE(the_secret_of_an_association_is_hidden_both_ways) {
    Trace trace;
    trace.command("E6E600 C101C1000F0000280000FF0700 090461626364", 0);
    BOOST_TEST(trace.shows("C101C1000F0000280000FF0700**"));
    trace.command(get_secret, 1);
    trace.answer("E6E700 C401C1000904 61626364", 0);
    BOOST_TEST(trace.shows("E6E700C401C1**"));
    trace.command(get_clock, 2);
    trace.answer("E6E700 C401C1000904 61626364", 1);
    BOOST_TEST(trace.shows("61626364"));
}

BOOST_AUTO_TEST_CASE(a_secret_cut_into_segments_is_hidden_in_all_of_them) {
    Trace trace;
    trace.command("E6E600 C101C1000F0000280000FF0700 09086162", 0, true);
    BOOST_TEST(!trace.shows("6162"));
    trace.command("636465", 1, true);
    BOOST_TEST(!trace.shows("6364"));
    trace.command("666768", 2);
    BOOST_TEST(!trace.shows("6667"));
    BOOST_TEST(trace.shows("N(S)=2"));
    trace.command(get_secret, 3);
    trace.answer("E6E700 C401C1000908 6162", 0, true);
    trace.answer("636465666768", 1);
    BOOST_TEST(!trace.shows("6364"));
    // An AARQ is hidden from its beginning: where the password stands is not known yet.
    trace.command("E6E600 6036A109060760857405080101", 4, true);
    BOOST_TEST(!trace.shows("A109"));
    trace.command("8A0207808B0760857405080201AC0A80083030303030303030", 5);
    BOOST_TEST(!trace.shows("3030"));
}

BOOST_AUTO_TEST_CASE(segments_of_what_is_no_secret_are_shown) {
    Trace trace;
    trace.command(get_clock, 0);
    trace.answer("E6E700 C401C100090C 07E6", 0, true);
    BOOST_TEST(trace.shows("07E6"));
    trace.answer("010203040506", 1);
    BOOST_TEST(trace.shows("010203040506"));
    trace.command("E6E600 C101C100080000010000FF0200 090461", 1, true);
    BOOST_TEST(trace.shows("090461"));
    trace.command("626364", 2);
    BOOST_TEST(trace.shows("626364"));
}

BOOST_AUTO_TEST_CASE(a_frame_that_comes_again_cannot_pass_for_the_next_segment) {
    Trace trace;
    trace.command("E6E600 C101C100080000010000FF0200 090461", 0);
    trace.command("E6E600 C101C1000F0000280000FF0700 0908", 1, true);
    trace.command("61626364", 2, true);
    trace.command("61626364", 2, true);  // again
    BOOST_TEST(!trace.shows("6162"));
    trace.command("E6E600 C101C1000F0000280000FF0700 0908", 1, true);  // again
    BOOST_TEST(!trace.shows("0908"));
    trace.command("65666768", 3);
    BOOST_TEST(!trace.shows("6566"));
    trace.command(get_clock, 4);
    BOOST_TEST(trace.shows("C001C1"));
}

BOOST_AUTO_TEST_CASE(a_new_link_counts_from_the_beginning) {
    Trace trace;
    trace.command(get_clock, 0);
    trace.command(get_clock, 1);
    trace.sent(Octets(FrameType::snrm, "").octets);
    trace.command(get_clock, 0);
    BOOST_TEST(trace.shows("C001C1"));
}

BOOST_AUTO_TEST_CASE(what_goes_through_a_gateway_is_hidden_too) {
    Trace trace;
    trace.command("E6E600 E6 00 01 0A C101C1000F0000280000FF0700 090461626364", 0);
    BOOST_TEST(trace.shows("C101C1000F0000280000FF0700**"));
    trace.command("E6E600 E6 00 01 0A C001C1000F0000280000FF0700", 1);
    trace.answer("E6E700 E7 00 01 0A C401C1000904 61626364", 0);
    BOOST_TEST(trace.shows("E700010AC401C1**"));
}

BOOST_AUTO_TEST_CASE(unnumbered_information_is_judged_alike) {
    Trace trace;
    trace.sent(Octets(FrameType::ui, "E6E600 C101C1000F0000280000FF0700 090461626364").octets);
    BOOST_TEST(trace.shows("C101C1000F0000280000FF0700**"));
    trace.sent(Octets(FrameType::ui, "61626364").octets);  // without an LLC header
    BOOST_TEST(!trace.shows("6162"));
}

BOOST_AUTO_TEST_CASE(damage_is_told_by_its_cause_and_not_shown) {
    Trace trace;
    trace.sent(Octets(FrameType::snrm, "").octets);
    ByteBuffer frame = Octets(FrameType::i, "E6E700 C401C1000904 61626364", 0, false, true).octets;
    frame[frame.size() - 4] ^= 1;
    trace.received(frame);
    BOOST_TEST(trace.last() == "(dropped: 1 wrong FCS)");
    trace.received(*from_hex("FF 61 62 63 64"));
    BOOST_TEST(trace.last() == "(dropped: 1 wrong format, 5 octets that are no frame)");
    // A frame that never ends is given up after a pause.
    trace.received(ByteView(frame).first(12), Instant(std::chrono::seconds(1)));
    trace.received(Octets(FrameType::ua, "", 0, false, true).octets,
                   Instant(std::chrono::seconds(4)));
    BOOST_TEST(
        trace.lines.at(trace.lines.size() - 2).ends_with("# UA P/F from 1/17 to 16, 0 octets"));
    BOOST_TEST(trace.last().starts_with("(dropped: 1 not whole"));
}

BOOST_AUTO_TEST_CASE(an_opening_in_text_is_shown_as_text) {
    Trace trace;
    trace.sent(as_bytes("/?!\r\n"));
    BOOST_TEST(trace.last() == "\"/?!\\r\\n\"");
    trace.received(as_bytes("/HXE5"));
    trace.received(as_bytes("\"a~\\\r\n"));
    BOOST_TEST(trace.last() == "\"/HXE5\\\"a~\\\\\\r\\n\"");
    trace.sent(*from_hex("06 32 35 32 0D 0A"));
    BOOST_TEST(trace.last() == "\"\\x06252\\r\\n\"");
    trace.received(*from_hex("02 21 0D 0A 03 55"));
    BOOST_TEST(trace.last() == "\"\\x03U\"");
    // A command may carry a password, and what is no text may be anything.
    trace.sent(*from_hex("01 50 31 02 28 31 32 33 34 29 03 11"));
    BOOST_TEST(trace.last() == "(12 octets before any frame)");
    trace.received(*from_hex("FE 31 32"));
    BOOST_TEST(trace.last() == "(3 octets before any frame)");
    trace.received(as_bytes("xyz"));  // no line yet
    trace.sent(Octets(FrameType::snrm, "").octets);
    trace.received(Octets(FrameType::ua, "", 0, false, true).octets);
    BOOST_TEST(
        trace.lines.at(trace.lines.size() - 2).ends_with("UA P/F from 1/17 to 16, 0 octets"));
    BOOST_TEST(trace.last() == "(dropped: 3 octets that are no frame)");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::transport
