// What meters push in several frames: segments, blocks, and several APDUs.

#include <map>
#include <string>

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "stack/base/hex.hpp"
#include "stack/hdlc/frame.hpp"
#include "stack/mbus/long_frame.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;

namespace {

// Parts of data-notifications, in frames of one meter.
const std::string first_half = "7EA8174108831062A8E6E7000F000000010C07E80102F71D7E";
const std::string second_half = "7EA01841088312D4C0FF0A0B0CFFFFC40002021105110617FA7E";
const std::string whole =
    "7EA02541088313F879E6E7000F000000010C07E80102FF0A0B0CFFFFC4000202110511062B5E7E";
const std::string first_block = "7EA01E41088313C5EAE6E700E040000100000A0F000000010C07E8010230777E";
const std::string first_block_without_llc =
    "7EA01B4108831391CCE040000100000A0F000000010C07E80102538F7E";
const std::string last_block = "7EA01F4108831381E1E0C0000200000EFF0A0B0CFFFFC400020211051106887A7E";
const std::string notification = "0F000000010C07E80102FF0A0B0CFFFFC400020211051106";

Json pushed(const std::string& hex) {
    const ExactBuffer exact(octets(hex));
    const auto json = render::decode(DecodeLayer::push, exact.view());
    BOOST_REQUIRE_MESSAGE(json.has_value(), outcome(json));
    return Json(*json);
}

void is_notification(const Json& apdu) {
    BOOST_REQUIRE(apdu.is_object());
    BOOST_TEST(apdu["service"] == "data-notification");
    BOOST_TEST(apdu["date_time"] == "07E80102FF0A0B0CFFFFC400");
    BOOST_TEST(apdu["body"]["value"][0]["value"] == 5);
    BOOST_TEST(apdu["body"]["value"][1]["value"] == 6);
}

std::string mbus_segment(std::string_view payload, std::uint8_t ci_field) {
    const ByteBuffer part = octets(std::string(payload));
    return written([&](Writer& writer) {
        mbus::encode(writer, mbus::LongFrame{0x53, 0xFF, ci_field, 1, 0x67, part});
    });
}

std::string segment(std::uint8_t source, std::string_view information, bool is_segmented) {
    const ByteBuffer part = octets(std::string(information));
    hdlc::Frame frame;
    frame.segmented = is_segmented;
    frame.destination = {1, 0x41, 0};
    frame.source = {1, source, 0};
    frame.information = part;
    return written([&](Writer& writer) { hdlc::encode(writer, frame); });
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_push)

BOOST_AUTO_TEST_CASE(a_segment_sent_again_is_taken_once) {
    const Json json = pushed(first_half + first_half + second_half);
    BOOST_TEST(json["frames"].size() == 3u);
    BOOST_TEST(json["reassembled"] == notification);
    is_notification(json["apdu"]);
}

BOOST_AUTO_TEST_CASE(a_segment_that_is_missing_spoils_the_apdu) {
    std::string third = second_half;
    const ByteBuffer made = octets(second_half);
    const auto decoded = hdlc::decode_frame(made);
    hdlc::Frame frame = decoded->frame;
    frame.control.send_sequence = 2;
    third = written([&](Writer& writer) { hdlc::encode(writer, frame); });
    const Json json = pushed(first_half + third);
    BOOST_TEST(json["frames"].size() == 2u);
    BOOST_TEST(json["apdu"].is_null());
    BOOST_TEST(json["apdu_error"] == "octets between the segments are missing");
    // What comes behind is no part of it.
    is_notification(pushed(first_half + third + whole)["apdu"]);
}

BOOST_AUTO_TEST_CASE(segments_of_two_meters_are_kept_apart) {
    const std::string begin = "E6E7000F000000010C07E80102FF0A0B";
    const std::string end = "0CFFFFC400020211051106";
    const std::string spoiled = "0C0000";
    const Json json = pushed(segment(1, begin, true) + segment(2, begin, true) +
                             segment(1, end, false) + segment(2, spoiled, false));
    BOOST_TEST(json["reassembled"] == notification);
    is_notification(json["apdu"]);
    BOOST_TEST(json["further_apdus"] == Json::array({nullptr}));
}

BOOST_AUTO_TEST_CASE(a_segment_may_begin_like_an_llc_header) {
    const Json json = pushed(
        "7EA823410883133863E6E7000F000000010C07E80102FF0A0B0CFFFFC40002020903E0E47E"
        "7EA00F41088313C155E6E7001106DA967E");
    BOOST_TEST(json["reassembled"] == "0F000000010C07E80102FF0A0B0CFFFFC40002020903E6E7001106");
    BOOST_TEST(json["apdu"]["body"]["value"][0]["value"] == "E6E700");
    BOOST_TEST(json["frames"][0]["llc"] == "E6E700");
    BOOST_TEST(!json["frames"][1].contains("llc"));
}

BOOST_AUTO_TEST_CASE(a_whole_apdu_counts_beside_one_that_is_not) {
    const Json json = pushed(whole + first_half);
    is_notification(json["apdu"]);
    BOOST_TEST(!json.contains("further_apdus"));
}

BOOST_AUTO_TEST_CASE(every_sequence_of_blocks_is_an_apdu) {
    const Json twice = pushed(first_block + last_block + first_block + last_block);
    BOOST_TEST(twice["general_block_transfer"].size() == 4u);
    BOOST_TEST(twice["reassembled"] == notification);
    is_notification(twice["apdu"]);
    BOOST_REQUIRE(twice["further_apdus"].size() == 1u);
    is_notification(twice["further_apdus"][0]);

    const Json followed = pushed(first_block + last_block + whole);
    BOOST_TEST(followed["general_block_transfer"].size() == 2u);
    is_notification(followed["apdu"]);
    is_notification(followed["further_apdus"][0]);
}

BOOST_AUTO_TEST_CASE(a_block_sent_again_is_taken_once) {
    const Json json = pushed(first_block + first_block_without_llc + last_block);
    BOOST_TEST(json["general_block_transfer"].size() == 3u);
    BOOST_TEST(json["reassembled"] == notification);
    is_notification(json["apdu"]);
    BOOST_TEST(!json.contains("further_apdus"));
}

BOOST_AUTO_TEST_CASE(blocks_without_an_end_are_no_apdu) {
    const Json json = pushed(first_block + first_block_without_llc);
    BOOST_TEST(json["general_block_transfer"].size() == 2u);
    BOOST_TEST(json["apdu"].is_null());
    BOOST_TEST(json["apdu_error"] == "block 2 is not there");
    // One block alone is shown as what it is.
    BOOST_TEST(pushed(first_block)["apdu"]["service"] == "general-block-transfer");
}

BOOST_AUTO_TEST_CASE(a_block_in_segments_is_joined) {
    // The first block, and a block that is all there is.
    for (const std::string block : {"E040000100000A0F000000010C07E80102",
                                    "E0C00001000018"
                                    "0F000000010C07E80102FF0A0B0CFFFFC400020211051106"}) {
        const Json json = pushed(segment(8, "E6E700" + block.substr(0, 12), true) +
                                 segment(8, block.substr(12), false));
        const bool is_whole = block.starts_with("E0C0");
        BOOST_TEST(json["reassembled"] == (is_whole ? notification : block));
        BOOST_TEST(json["apdu"]["service"] ==
                   (is_whole ? "data-notification" : "general-block-transfer"));
    }
}

// CLIENT_X_10
BOOST_AUTO_TEST_CASE(CLIENT_X_10_every_push_of_the_field_is_decoded_or_refused_with_a_reason) {
    std::map<std::string, std::size_t> brands{{"aidon", 0},    {"iskraemeco", 0}, {"kaifa", 0},
                                              {"kamstrup", 0}, {"landis-gyr", 0}, {"mbus", 0}};
    for (const Vector& vector : load_vectors("push")) {
        BOOST_TEST_CONTEXT(vector.id << ' ' << vector.name) {
            const ExactBuffer exact(vector.octets);
            const auto decoded = render::decode(DecodeLayer::push, exact.view());
            const bool is_shown = decoded && !(*decoded)["apdu"].is_null();
            BOOST_TEST((is_shown || !decoded || !decoded->value("apdu_error", "").empty()));
            for (auto& [brand, count] : brands) {
                const bool is_it = brand == "mbus" ? vector.octets.front() == 0x68
                                                   : vector.name.starts_with(brand);
                count += is_shown && is_it ? 1u : 0u;
            }
        }
    }
    for (const auto& [brand, count] : brands) {
        BOOST_TEST(count > 0u, brand);
    }
}

BOOST_AUTO_TEST_CASE(segments_of_wired_mbus_are_joined_by_their_numbers) {
    const std::string_view apdu = notification;
    const std::string first = mbus_segment(apdu.substr(0, 20), 0x00);
    const std::string last = mbus_segment(apdu.substr(20), 0x11);
    is_notification(pushed(first + last)["apdu"]);
    BOOST_TEST(pushed(last)["apdu"].is_null());
    BOOST_TEST(pushed(first + mbus_segment(apdu.substr(20), 0x12))["apdu"].is_null());
    // An APDU that begins anew, and one behind another that is not whole.
    is_notification(pushed(first + first + last)["apdu"]);
    is_notification(pushed(last + first + last)["apdu"]);
    is_notification(pushed(first + last + first)["apdu"]);
    is_notification(pushed(first + last + first)["apdu"]);
}

BOOST_AUTO_TEST_CASE(a_block_may_come_in_segments) {
    const std::string first = "E040000100000A0F000000010C07E80102";
    const std::string last = "E0C0000200000EFF0A0B0CFFFFC400020211051106";
    for (const bool with_llc : {true, false}) {
        const std::string llc = with_llc ? "E6E700" : "";
        const Json json = pushed(segment(0x41, "E6E700" + first.substr(0, 10), true) +
                                 segment(0x41, first.substr(10), false) +
                                 segment(0x41, llc + last.substr(0, 20), true) +
                                 segment(0x41, last.substr(20), false));
        BOOST_TEST_CONTEXT(json.dump()) {
            BOOST_TEST(json["reassembled"] == notification);
            is_notification(json["apdu"]);
        }
    }
    // A sequence of one block.
    const std::string only = "E0C00001000018" + notification;
    const Json one = pushed(segment(0x41, "E6E700" + only.substr(0, 20), true) +
                            segment(0x41, only.substr(20), false));
    BOOST_TEST_CONTEXT(one.dump()) {
        is_notification(one["apdu"]);
    }
}

BOOST_AUTO_TEST_SUITE_END()
