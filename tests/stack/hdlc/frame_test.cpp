#include "stack/hdlc/frame.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/hdlc/llc.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::hdlc;

namespace {

Frame information_frame(const ByteBuffer& information) {
    Frame frame;
    frame.destination = {4, 1, 17};
    frame.source = {1, 16, 0};
    frame.control = {FrameType::i, true, 1, 2};
    frame.information = information;
    return frame;
}

std::string encoded(const Frame& frame) {
    return written([&](Writer& writer) { encode(writer, frame); });
}

ErrorCode refusal(std::string_view hex) {
    const ByteBuffer buffer = octets(hex);
    const auto decoded = decode_frame(buffer);
    BOOST_REQUIRE(!decoded.has_value());
    return decoded.error().code;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(frame)

BOOST_AUTO_TEST_CASE(frames_of_the_sheet) {
    Frame snrm;
    snrm.destination = {1, 1, 0};
    snrm.source = {1, 16, 0};
    snrm.control = {FrameType::snrm, true, 0, 0};
    BOOST_TEST(encoded(snrm) == "7EA0070321930F017E");
    snrm.destination = {4, 1, 1};
    snrm.source = {1, 1, 0};
    BOOST_TEST(encoded(snrm) == "7EA00A000200030393A0627E");
}

BOOST_AUTO_TEST_CASE(all_lengths_of_information_hold_both_ways) {
    for (std::size_t length = 0; length <= 2034; length += length < 40 ? 1 : 97) {
        const ByteBuffer information(length, flag);
        const ByteBuffer buffer = octets(encoded(information_frame(information)));
        const auto decoded = decode_frame(buffer);
        BOOST_REQUIRE_MESSAGE(decoded.has_value(), outcome(decoded));
        BOOST_TEST(decoded->frame.information.size() == length);
        BOOST_TEST(decoded->octets.length == buffer.size() - 2);
    }
}

BOOST_AUTO_TEST_CASE(a_frame_longer_than_its_length_field_is_not_written) {
    const ByteBuffer information(max_frame_length, 0);
    BOOST_TEST(encoded(information_frame(information)) == "failed");
}

BOOST_AUTO_TEST_CASE(header_and_frame_check_are_told_apart) {
    const ByteBuffer information = octets("E6E600C0");
    const ByteBuffer buffer = octets(encoded(information_frame(information)));
    // The header check is wrong and the frame check right.
    ByteBuffer body;
    Writer writer(body);
    writer.bytes(ByteView(buffer).subspan(1, 8));
    writer.u16(0x1234);
    writer.bytes(information);
    // Of all frame checks one fits, and only then is the header looked at.
    std::size_t header_faults = 0;
    for (unsigned check = 0; check <= 0xFFFF; ++check) {
        ByteBuffer candidate = body;
        candidate.push_back(static_cast<Byte>(check >> 8));
        candidate.push_back(static_cast<Byte>(check));
        const auto decoded = decode_frame_content(candidate);
        BOOST_REQUIRE(!decoded.has_value());
        header_faults += decoded.error().code == ErrorCode::header_check_mismatch ? 1u : 0u;
    }
    BOOST_TEST(header_faults == 1u);
}

BOOST_AUTO_TEST_CASE(supervisory_frames_with_information_and_rej_are_refused) {
    const ByteBuffer information = octets("00");
    Frame frame = information_frame(information);
    frame.control = {FrameType::rr, true, 0, 1};
    BOOST_TEST((refusal(encoded(frame)) == ErrorCode::information_not_permitted));
    frame.control = {FrameType::rej, true, 0, 1};
    frame.information = {};
    BOOST_TEST((refusal(encoded(frame)) == ErrorCode::unsupported_control));
}

BOOST_AUTO_TEST_CASE(octets_around_a_frame_are_refused) {
    BOOST_TEST((refusal("7EA0070321930F017E7E") == ErrorCode::trailing_octets));
    BOOST_TEST((refusal("7E7EA0070321930F0100") == ErrorCode::frame_length_mismatch));
    BOOST_TEST((refusal("A0070321930F017E") == ErrorCode::no_frame));
    BOOST_TEST((refusal("") == ErrorCode::no_frame));
    BOOST_TEST((refusal("7E7E") == ErrorCode::no_frame));
    BOOST_TEST(outcome(decode_frame(octets("7E7E7EA0070321930F017E00"))) ==
               "hdlc/trailing-octets@11");
}

BOOST_AUTO_TEST_CASE(HDLC_X_FLAG_1_flags_before_a_frame_are_fill) {
    for (const char* hex : {"7E7EA0070321930F017E", "7E7E7E7EA0070321930F017E"}) {
        const ByteBuffer buffer = octets(hex);
        const auto decoded = decode_frame(buffer);
        BOOST_REQUIRE_MESSAGE(decoded.has_value(), outcome(decoded));
        BOOST_TEST(decoded->octets.length == 7u);
    }
}

BOOST_AUTO_TEST_CASE(a_frame_that_is_closed_before_the_shortest_can_be_is_cut) {
    BOOST_TEST((refusal("7EA0070321937E") == ErrorCode::truncated));
    BOOST_TEST((refusal("7EA0080321930F7E") == ErrorCode::truncated));
    BOOST_TEST((refusal("7EA0080321930F017E") == ErrorCode::frame_length_mismatch));
}

BOOST_AUTO_TEST_CASE(a_sequence_shares_and_doubles_flags) {
    for (const char* hex :
         {"7EA0070321930F017EA0070321930F017E", "7EA0070321930F017E7EA0070321930F017E",
          "7E7EA0070321930F017E7E7EA0070321930F017E7E7E"}) {
        const ByteBuffer buffer = octets(hex);
        FrameSequence sequence(buffer);
        std::size_t frames = 0;
        while (!sequence.at_end()) {
            const auto decoded = sequence.next();
            BOOST_REQUIRE_MESSAGE(decoded.has_value(), outcome(decoded));
            BOOST_TEST((decoded->frame.control.type == FrameType::snrm));
            ++frames;
        }
        BOOST_TEST(frames == 2u);
    }
}

BOOST_AUTO_TEST_CASE(errors_in_a_sequence_say_where) {
    const ByteBuffer buffer = octets("7EA0070321930F017E7EA0070321930F007E");
    FrameSequence sequence(buffer);
    BOOST_REQUIRE(sequence.next().has_value());
    const auto second = sequence.next();
    BOOST_REQUIRE(!second.has_value());
    BOOST_TEST((second.error() == Error{ErrorCode::check_mismatch, Layer::hdlc, 15}));
}

BOOST_AUTO_TEST_CASE(llc_headers_are_parted_from_the_apdu) {
    for (const char* header : {"E6E600", "E6E700", "FFE600"}) {
        const ByteBuffer buffer = octets(std::string(header) + "C001");
        const auto split = split_llc(buffer);
        BOOST_REQUIRE(split.has_value());
        BOOST_TEST(to_hex(split->llc) == header);
        BOOST_TEST(to_hex(split->apdu) == "C001");
    }
    for (const char* other : {"", "E6E6", "E6E601C0", "0F000000"}) {
        BOOST_TEST(!split_llc(octets(other)).has_value());
    }
}

BOOST_AUTO_TEST_SUITE_END()
