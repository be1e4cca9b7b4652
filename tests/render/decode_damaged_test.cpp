// Damaged and cut streams: what is whole is shown, and the fault is told where it is.

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;
using render::Json;

namespace {

const std::string frame = "7EA0070321930F017E";
const std::string wpdu = "0001 0010 0001 0009 C401C1000600003039";

/// For every piece its number when it is whole, else the fault.
std::string pieces(const std::string& hex) {
    const ExactBuffer exact(octets(hex));
    const DecodeLayer layer = render::detect_layer(exact.view());
    BOOST_TEST(!render::decode(layer, exact.view()).has_value());
    const Json json = render::decode_damaged(layer, exact.view());
    std::string text{name(layer)};
    for (const Json& piece : json.is_null() ? Json::array() : json["pieces"]) {
        text += piece.contains("fault") ? " | " + piece["fault"].get<std::string>()
                                        : " | " + piece["piece"].dump();
    }
    return text;
}

/// The sentence for the error of the layer that the octets look like.
std::string fault(const std::string& hex) {
    const ExactBuffer exact(octets(hex));
    const DecodeLayer layer = render::detect_layer(exact.view());
    const auto decoded = render::decode(layer, exact.view());
    BOOST_REQUIRE(!decoded);
    return std::string(name(layer)) + ": " + render::fault_text(decoded.error(), exact.view());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_damaged)

BOOST_AUTO_TEST_CASE(a_wrong_check_is_told_with_the_right_one) {
    const std::string damaged = "7EA0070321930F007E";
    BOOST_TEST(pieces(frame + damaged + frame) ==
               "stream | 1 | hdlc: check mismatch at octet 15: expected 0F01, got 0F00 | 3");
    BOOST_TEST(fault(frame + damaged + frame) ==
               "stream: hdlc: check mismatch at octet 15: expected 0F01, got 0F00");
    BOOST_TEST(fault(damaged + frame) ==
               "stream: hdlc: check mismatch at octet 6: expected 0F01, got 0F00");
    BOOST_TEST(fault(damaged) == "hdlc: hdlc: check mismatch at octet 6: expected 0F01, got 0F00");
    BOOST_TEST(fault("7EA8814401131331A5E7E7007E").find("expected") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_format_is_told_for_what_it_is) {
    const auto hdlc_fault = [](const char* hex) {
        const ExactBuffer exact(octets(hex));
        const auto decoded = render::decode(DecodeLayer::hdlc, exact.view());
        BOOST_REQUIRE(!decoded);
        return render::fault_text(decoded.error(), exact.view());
    };
    BOOST_TEST(hdlc_fault("7EB0070321934FB57E") ==
               "hdlc: frame format at octet 1: expected A0 to AF, got B0");
    BOOST_TEST(hdlc_fault("7EA00C2103731480808000574F7E") ==
               "hdlc: frame format at octet 8: expected the format identifier 81 of negotiation "
               "parameters, got 80");
}

BOOST_AUTO_TEST_CASE(a_header_check_is_told_too) {
    const std::string whole = "7EA00F21031460B2334455667788B5797E";
    BOOST_TEST(pieces(frame + whole.substr(0, 12) + "61" + whole.substr(14)).find("check") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_cut_frame_ends_a_stream) {
    for (std::size_t size = 3; size < 9; ++size) {
        const std::string end = std::to_string(9 + size);
        BOOST_TEST(pieces(frame + frame.substr(0, 2 * size)) ==
                   "stream | 1 | hdlc: truncated at octet " + end +
                       ": expected more octets, got the end");
    }
}

BOOST_AUTO_TEST_CASE(a_length_that_leads_over_the_next_frame_does_not_hide_it) {
    // Flags are shared, so that the wrong length ends before a flag too.
    BOOST_TEST(pieces("7EA00F0321930F01" + frame + frame) ==
               "stream | hdlc: check mismatch at octet 14: expected 44BB, got 0F01 | 2 | 3");
    // It leads behind the end.
    BOOST_TEST(pieces(frame + "7EA7FF0321930F01" + frame) ==
               "stream | 1 | hdlc: frame length mismatch at octet 10: expected a length that ends "
               "before a flag, got A7FF | 3");
}

BOOST_AUTO_TEST_CASE(octets_between_frames_are_a_fault) {
    BOOST_TEST(pieces(frame + "55BB" + frame) ==
               "stream | 1 | hdlc: no frame at octet 9: expected the flag 7E, or 0001 of a WPDU, "
               "got 55 | 3");
    BOOST_TEST(pieces("55BB" + frame).starts_with("stream | hdlc: no frame at octet 0"));
}

BOOST_AUTO_TEST_CASE(wpdus_are_found_again_by_their_ports) {
    BOOST_TEST(pieces(wpdu + "0002 0010 0001 0001 AA" + "0001 0001 0010 0001 D8") ==
               "stream | 1 | hdlc: no frame at octet 17: expected the flag 7E, or 0001 of a WPDU, "
               "got 00 | 3");
    // A length beyond the end; a flag in an APDU begins no frame.
    BOOST_TEST(pieces(wpdu + "0001 0010 0001 FFFF 7E" + wpdu) ==
               "stream | 1 | base: truncated at octet 43: expected more octets, got the end | 3");
    BOOST_TEST(pieces(wpdu + "0001 0010 0001 0005 C0") ==
               "stream | 1 | base: truncated at octet 26: expected more octets, got the end");
}

BOOST_AUTO_TEST_CASE(damaged_data_is_judged_as_data) {
    for (const char* damaged : {"1300820000", "020302030203", "09051122", "0103120001120002"}) {
        BOOST_TEST(name(render::detect_layer(octets(damaged))) == "data", damaged);
    }
    // Where an APDU may begin, it is one.
    BOOST_TEST(name(render::detect_layer(octets("C001C1"))) == "xdlms");
}

BOOST_AUTO_TEST_CASE(segments_around_damage_are_not_joined) {
    // Segments with N(S) of 0 and 1; between them a damaged frame.
    const std::string first = "7EA814210310D0ADE6E700C401C100090811227D897E";
    const std::string last = "7EA00F210312566F334455667788B5797E";
    const Json json =
        render::decode_damaged(DecodeLayer::stream, octets(first + "7EA0070321930F007E" + last));
    BOOST_REQUIRE(json.contains("reassembled"));
    for (const Json& joined : json["reassembled"]) {
        BOOST_TEST(!joined.contains("octets"));
    }
}

BOOST_AUTO_TEST_CASE(wired_mbus_frames_before_the_damage_are_shown) {
    const std::string good = "68 07 07 68 53FF00 0167 AABB 1F 16";
    const ExactBuffer exact(octets(good + "68 07 07 68 53FF01 0167 AABB 00 16"));
    const auto decoded = render::decode(DecodeLayer::push, exact.view());
    BOOST_REQUIRE(!decoded);
    BOOST_TEST(render::fault_text(decoded.error(), exact.view()) ==
               "mbus: check mismatch at octet 24: expected the check of the octets before, got 00");
    const Json json = render::decode_damaged(DecodeLayer::push, exact.view());
    BOOST_REQUIRE(json.contains("frames"));
    BOOST_TEST(json["frames"].size() == 1u);
}

BOOST_AUTO_TEST_CASE(octets_without_anything_whole_show_nothing) {
    BOOST_TEST(render::decode_damaged(DecodeLayer::hdlc, octets("7EA00703")).is_null());
    BOOST_TEST(render::decode_damaged(DecodeLayer::xdlms, octets("C001")).is_null());
    BOOST_TEST(render::decode_damaged(DecodeLayer::stream, {}).is_null());
    BOOST_TEST(fault("C001") ==
               "xdlms: xdlms: truncated at octet 2: expected more octets, got the end");
    BOOST_TEST(fault("C001C100080000010000FF0202") ==
               "xdlms: xdlms: bad presence flag at octet 12: expected 00 or 01, got 02");
}

BOOST_AUTO_TEST_CASE(damage_without_end_is_bounded) {
    ByteBuffer stream = octets(frame);
    const ByteBuffer damaged = octets("A0070321930F007E");
    while (stream.size() < 100'000) {
        stream.insert(stream.end(), damaged.begin(), damaged.end());
    }
    const Json json = render::decode_damaged(DecodeLayer::stream, stream);
    BOOST_TEST(json["pieces"].size() == 1001u);
}

BOOST_AUTO_TEST_SUITE_END()
