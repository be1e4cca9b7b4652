// Streams: several WPDUs and HDLC frames in one input, and what they carry together.

#include <boost/test/unit_test.hpp>

#include "render/decode.hpp"
#include "render/stream_pieces.hpp"
#include "stack/axdr/data_builder.hpp"
#include "stack/base/hex.hpp"
#include "stack/hdlc/frame.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/general_block_transfer.hpp"
#include "stack/xdlms/get.hpp"
#include "tests/support/exact_buffer.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using render::DecodeLayer;

namespace {

constexpr std::uint16_t client = 16;
constexpr std::uint16_t meter = 1;

void append(ByteBuffer& stream, ByteView octets) {
    stream.insert(stream.end(), octets.begin(), octets.end());
}

/// An APDU from the client, or from the meter.
void append_wpdu(ByteBuffer& stream, ByteView apdu, bool from_meter = false) {
    Writer writer(stream);
    wrapper::encode(writer, {from_meter ? meter : client, from_meter ? client : meter, apdu});
}
void append_wpdu(ByteBuffer& stream, std::string_view apdu, bool from_meter = false) {
    append_wpdu(stream, ByteView(octets(std::string(apdu))), from_meter);
}

Json decoded(ByteView stream) {
    const ExactBuffer exact(stream);
    BOOST_TEST(name(render::detect_layer(exact.view())) == "stream");
    const auto json = render::decode(DecodeLayer::stream, exact.view());
    BOOST_REQUIRE_MESSAGE(json.has_value(), outcome(json));
    return Json(*json);
}

std::string refusal(ByteView stream) {
    const ExactBuffer exact(stream);
    const auto json = render::decode(DecodeLayer::stream, exact.view());
    return json ? "accepted" : describe(json.error());
}

/// The APDU that pieces came to, as octets; what is wrong with it when there is none.
std::string joined(const Json& json, std::size_t index = 0) {
    const Json& reassembled = json.at("reassembled").at(index);
    return reassembled.contains("octets") ? reassembled["octets"].get<std::string>()
                                          : reassembled.at("problem").get<std::string>();
}

ByteBuffer general_block(std::uint16_t number, bool is_last, ByteView octets) {
    ByteBuffer apdu;
    Writer writer(apdu);
    xdlms::encode(writer, xdlms::GeneralBlockTransfer{is_last, false, 1, number, 0, octets});
    return apdu;
}

ByteBuffer frame(ByteView information, bool is_segmented, std::uint8_t send_sequence) {
    hdlc::Frame made;
    made.segmented = is_segmented;
    made.destination = {1, 0x10, 0};
    made.source = {1, 0x01, 0};
    made.control.type = hdlc::FrameType::i;
    made.control.send_sequence = send_sequence;
    made.information = information;
    ByteBuffer octets;
    Writer writer(octets);
    hdlc::encode(writer, made);
    return octets;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(decode_stream)

BOOST_AUTO_TEST_CASE(wpdus_in_one_input_are_pieces) {
    ByteBuffer stream;
    append_wpdu(stream, "C001C100080000010000FF0200");
    append_wpdu(stream, "C401C1000600003039", true);
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["pieces"].size() == 2u);
    BOOST_TEST(json["pieces"][0]["piece"] == 1);
    BOOST_TEST(json["pieces"][0]["apdu"]["service"] == "get-request");
    BOOST_TEST(json["pieces"][1]["header"]["source_wport"] == 1);
    BOOST_TEST(json["pieces"][1]["apdu"]["result"]["data"]["value"] == 12345);
    BOOST_TEST(json["reassembled"].empty());
}

BOOST_AUTO_TEST_CASE(blocks_of_get_become_the_answer_that_did_not_fit) {
    ByteBuffer stream;
    append_wpdu(stream, "C001C10001000060 0100FF0200");
    append_wpdu(stream, "C402C1 00 00000001 00 04 01020600", true);
    append_wpdu(stream, "C002C1 00000001");
    append_wpdu(stream, "C402C1 00 00000001 00 04 01020600", true);  // sent again
    append_wpdu(stream, "C002C1 00000001");
    append_wpdu(stream, "C402C1 01 00000002 00 05 0000011107", true);
    const Json json = decoded(stream);
    BOOST_TEST(json["pieces"].size() == 6u);
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(joined(json) ==
               "C401C1000102060000000"
               "11107");
    BOOST_TEST(json["reassembled"][0]["of"] == "service-blocks");
    BOOST_TEST(json["reassembled"][0]["from"] == Json({2, 4, 6}));
    BOOST_TEST(json["reassembled"][0]["apdu"]["result"]["data"]["value"][1]["value"] == 7);
}

/// A conversation in which the meter sends the blocks of an answer in this order; there are five.
ByteBuffer blocks_in_order(std::span<const std::uint16_t> numbers) {
    const ByteBuffer whole = octets("C401C1000904 0102 0304");
    ByteBuffer stream;
    for (const std::uint16_t number : numbers) {
        const std::size_t from = (number - 1U) * 2;
        const std::size_t width = std::min<std::size_t>(2, whole.size() - from);
        append_wpdu(stream,
                    general_block(number, number == 5, ByteView(whole).subspan(from, width)), true);
        append_wpdu(stream, general_block(number, false, {}));
    }
    return stream;
}

// GBT_X_7: a meter that acknowledged the blocks of a request numbers its answer on.
BOOST_AUTO_TEST_CASE(blocks_of_an_answer_go_on_behind_acknowledgements) {
    ByteBuffer stream;
    append_wpdu(stream, general_block(1, false, octets("C101C1000100")));
    append_wpdu(stream, general_block(1, false, {}), true);
    append_wpdu(stream, general_block(2, false, octets("00600100FF02")));
    append_wpdu(stream, general_block(2, false, {}), true);
    append_wpdu(stream, general_block(3, true, octets("001107")));
    append_wpdu(stream, general_block(3, true, octets("C501C100")), true);
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["reassembled"].size() == 2u);
    BOOST_TEST(joined(json, 0) == "C101C100010000600100FF02001107");
    BOOST_TEST(joined(json, 1) == "C501C100");
}

// Both sides have port 1: what only acknowledges is none of the other's blocks.
BOOST_AUTO_TEST_CASE(acknowledgements_are_no_blocks_where_both_ports_are_the_same) {
    ByteBuffer stream;
    const auto append_same = [&stream](const ByteBuffer& apdu) {
        Writer writer(stream);
        wrapper::encode(writer, {1, 1, apdu});
    };
    append_same(general_block(1, false, octets("C401C100")));
    append_same(general_block(2, true, {}));
    append_same(general_block(2, true, octets("09020102")));
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(joined(json) == "C401C10009020102");
}

BOOST_AUTO_TEST_CASE(blocks_that_came_before_a_lost_one_are_kept) {
    constexpr std::array<std::uint16_t, 5> orders[]{
        {1, 3, 4, 2, 5}, {1, 3, 2, 4, 5}, {1, 5, 4, 3, 2}, {1, 2, 4, 5, 3}};
    for (const auto& order : orders) {
        const Json json = decoded(blocks_in_order(order));
        BOOST_REQUIRE(json["reassembled"].size() == 1u);
        BOOST_TEST(joined(json) == "C401C100090401020304");
    }
    // One that is repeated while it is early is one.
    const Json twice = decoded(blocks_in_order(std::array<std::uint16_t, 7>{1, 3, 4, 3, 2, 4, 5}));
    BOOST_TEST(joined(twice) == "C401C100090401020304");
    const Json open = decoded(blocks_in_order(std::array<std::uint16_t, 4>{1, 3, 4, 5}));
    BOOST_TEST(joined(open) == "block 2 is not there");
    // What is further ahead than any window is none of this transfer's.
    ByteBuffer stream = blocks_in_order(std::array<std::uint16_t, 1>{1});
    append_wpdu(stream, general_block(66, false, octets("AA")), true);
    for (std::uint16_t number = 2; number < 66; ++number) {
        append_wpdu(stream, general_block(number, false, octets("BB")), true);
    }
    BOOST_TEST(joined(decoded(stream)) == "block 66 is not there");
}

BOOST_AUTO_TEST_CASE(blocks_of_every_service_are_joined) {
    const struct {
        std::vector<std::string> apdus;
        std::string whole;
    } cases[]{
        // GET with list: a list of results. SET and ACTION, single and with lists; what an ACTION
        // returns; Read answers, Read and Write requests by short names.
        {{"C402C1 00 00000001 00 03 020006", "C402C1 01 00000002 00 06 000000070104"},
         "C403C1 02 0006 00000007 0104"},
        {{"C102C1 0001 0000600100FF 02 00 00 00000001 02 0902", "C103C1 01 00000002 02 AABB"},
         "C101C1 0001 0000600100FF 02 00 0902AABB"},
        {{"C105C1 02 0001 0000600100FF 02 00 0001 0000600101FF 02 00 00 00000001 02 0211",
          "C103C1 01 00000002 03 011202"},
         "an error of the list"},
        {{"C105C1 01 0001 0000600100FF 02 00 00 00000001 02 0109", "C103C1 01 00000002 02 01AA"},
         "C104C1 01 0001 0000600100FF 02 00 01 0901AA"},
        {{"C304C1 0046 000060030AFF 01 00 00000001 01 0F", "C306C1 01 00000002 01 00"},
         "C301C1 0046 000060030AFF 01 01 0F00"},
        {{"C305C1 01 0046 000060030AFF 01 00 00000001 01 01", "C306C1 01 00000002 02 0F00"},
         "C303C1 01 0046 000060030AFF 01 01 0F00"},
        {{"C702C1 00 00000001 03 000100", "C702C1 01 00000002 03 0901CC"},
         "C701C1 00 01 00 0901CC"},
        {{"C702C1 00 00000001 03 020000", "C702C1 01 00000002 02 0000"}, "C703C1 02 0000 0000"},
        {{"0C 01 02 00 0001 02 0200", "0C 01 02 01 0002 04 11050104"}, "0C 02 001105 0104"},
        {{"05 01 06 00 0001 02 0202", "05 01 06 01 0002 05 0008020010"}, "05 02 020008 020010"},
        {{"06 01 07 00 0001 01 09 02 0102", "06 01 07 01 0002 01 09 05 0008011105"},
         "06 01 020008 01 1105"},
    };
    for (const auto& [apdus, whole] : cases) {
        ByteBuffer stream;
        for (const std::string& apdu : apdus) {
            append_wpdu(stream, apdu, true);
        }
        const Json json = decoded(stream);
        BOOST_TEST_CONTEXT(apdus.front()) {
            BOOST_REQUIRE(json["reassembled"].size() == 1u);
            if (whole.starts_with("an error")) {
                BOOST_TEST(joined(json).ends_with("of the blocks together"), joined(json));
            } else {
                BOOST_TEST(joined(json) == to_hex(octets(whole)));
                BOOST_TEST(!json["reassembled"][0]["apdu"].is_null());
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(general_blocks_are_joined_and_what_is_in_them_too) {
    const ByteBuffer answer = octets(
        "C401C1000102060000000111"
        "07");
    ByteBuffer stream;
    for (std::uint16_t number = 1; number <= 4; ++number) {
        const std::size_t from = (number - 1u) * 3u;
        const ByteView part =
            ByteView(answer).subspan(from, number == 4 ? answer.size() - from : 3);
        append_wpdu(stream, general_block(number, number == 4, part), true);
        // The other side acknowledges by blocks without data.
        append_wpdu(stream, general_block(number, true, {}));
    }
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(joined(json) == to_hex(answer));
    BOOST_TEST(json["reassembled"][0]["from"] == Json({1, 3, 5, 7}));
}

BOOST_AUTO_TEST_CASE(what_is_not_whole_is_told) {
    ByteBuffer stream;
    append_wpdu(stream, general_block(1, false, octets("C401")), true);
    append_wpdu(stream, general_block(3, true, octets("0007")), true);
    append_wpdu(stream, "C402C1 00 00000001 00 04 01020600", true);
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["reassembled"].size() == 2u);
    BOOST_TEST(joined(json, 0) == "block 2 is not there");
    BOOST_TEST(joined(json, 1) == "block 2 is not there");
}

BOOST_AUTO_TEST_CASE(segments_of_frames_are_joined_each_way) {
    ByteBuffer information = octets("E6E700C401C100090A00112233445566778899");
    ByteBuffer stream;
    // The second segment looks as if it had an LLC header.
    information[13] = 0xE6;
    information[14] = 0xE7;
    information[15] = 0x00;
    append(stream, frame(ByteView(information).first(13), true, 0));
    stream.pop_back();  // neighbours share a flag
    append(stream, frame(ByteView(information).subspan(13), false, 1));
    const Json json = decoded(stream);
    BOOST_TEST(json["pieces"].size() == 2u);
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(json["reassembled"][0]["of"] == "segments");
    BOOST_TEST(joined(json) == to_hex(ByteView(information).subspan(3)));
    const auto data = json["reassembled"][0]["apdu"]["result"]["data"]["value"];
    BOOST_TEST(data == to_hex(ByteView(information).subspan(9)));
}

BOOST_AUTO_TEST_CASE(a_segment_sent_again_is_taken_once) {
    const ByteBuffer first = octets("7EA814210310D0ADE6E700C401C100090811227D897E");
    ByteBuffer stream = first;
    append(stream, first);
    append(stream, octets("7EA00F21031256D7334455667788B5797E"));
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(joined(json) == "C401C10009081122334455667788");
    BOOST_TEST(json["reassembled"][0]["from"] == Json({1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_segment_that_is_missing_is_told) {
    const Json json = decoded(
        octets("7EA814210310D0ADE6E700C401C100090811227D897E7EA00F21031460B2334455667788B5797E"));
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(joined(json) == "octets between the segments are missing");
}

BOOST_AUTO_TEST_CASE(a_new_link_ends_the_segments_of_before) {
    // A segment of one APDU, SNRM and UA, and another APDU in two segments.
    const Json json =
        decoded(octets("7EA814210330D28CE6E700C401C10009066162A62B7E7EA0070321930F017E"
                       "7EA00721037301407E7EA814210310D0ADE6E700C401C10009065556C38D7E"
                       "7EA00D21031220EE5758595AA9C97E"));
    BOOST_REQUIRE(json["reassembled"].size() == 2u);
    BOOST_TEST(joined(json, 0) == "the last segment is not there");
    BOOST_TEST(json["reassembled"][0]["from"] == Json({1}));
    BOOST_TEST(joined(json, 1) == "C401C100090655565758595A");
    BOOST_TEST(json["reassembled"][1]["from"] == Json({4, 5}));
}

BOOST_AUTO_TEST_CASE(a_notification_in_a_ui_frame_between_segments_is_none_of_them) {
    const Json json =
        decoded(octets("7EA81121033085E2E6E700C401C10009F1347E7EA0142103136BC5E6E7000F"
                       "00000001001105286A7E7EA0102103320C8706616263646566531A7E"));
    BOOST_REQUIRE(json["reassembled"].size() == 1u);
    BOOST_TEST(joined(json) == "C401C1000906616263646566");
    BOOST_TEST(json["reassembled"][0]["from"] == Json({1, 3}));
    BOOST_TEST(json["pieces"][1]["apdu"]["service"] == "data-notification");
}

/// The segments of an answer in the order of their N(S); the last is number 2.
Json segments_in_order(std::span<const std::uint8_t> numbers) {
    const ByteBuffer information = octets("E6E700 C401C1000906 616263 646566");
    ByteBuffer stream;
    for (const std::uint8_t number : numbers) {
        const std::size_t begin = number == 0 ? 0 : 6U + number * 3U;
        const std::size_t size = number == 0 ? 9 : 3;
        append(stream, frame(ByteView(information).subspan(begin, size), number < 2, number));
    }
    return decoded(stream);
}

BOOST_AUTO_TEST_CASE(segments_behind_a_lost_one_come_again) {
    constexpr auto whole = "C401C1000906616263646566";
    const Json go_back = segments_in_order(std::array<std::uint8_t, 4>{0, 2, 1, 2});
    BOOST_REQUIRE(go_back["reassembled"].size() == 2u);
    BOOST_TEST(joined(go_back, 0) == "octets between the segments are missing");
    BOOST_TEST(joined(go_back, 1) == whole);
    BOOST_TEST(joined(segments_in_order(std::array<std::uint8_t, 5>{0, 1, 0, 1, 2})) == whole);
    // One in the middle of a window, and what follows it for good.
    const ByteBuffer information = octets("E6E700 C401C1000906 61 62 63 64 65 66");
    ByteBuffer stream;
    for (const std::uint8_t number : std::array<std::uint8_t, 9>{0, 2, 3, 1, 2, 3, 4, 5, 6}) {
        const bool first = number == 0;
        append(stream, frame(ByteView(information).subspan(first ? 0 : 8U + number, first ? 9 : 1),
                             number < 6, number));
    }
    BOOST_TEST(joined(decoded(stream)) == whole);
}

BOOST_AUTO_TEST_CASE(another_apdu_ends_the_segments_that_lack_one) {
    const ByteBuffer one = octets("E6E700C401C1000902AABB");
    const ByteBuffer other = octets("E6E700C401C2000902CCDD");
    ByteBuffer stream = frame(ByteView(one).first(9), true, 0);
    append(stream, frame(ByteView(other).first(9), true, 2));
    append(stream, frame(ByteView(other).subspan(9), false, 3));
    const Json json = decoded(stream);
    BOOST_REQUIRE(json["reassembled"].size() == 2u);
    BOOST_TEST(joined(json, 0) == "octets between the segments are missing");
    BOOST_TEST(joined(json, 1) == "C401C2000902CCDD");
}

BOOST_AUTO_TEST_CASE(numbers_of_segments_begin_again_behind_seven) {
    const ByteBuffer information = octets("E6E700C401C1000902AABB");
    ByteBuffer stream = frame(ByteView(information).first(9), true, 7);
    append(stream, frame(ByteView(information).subspan(9), false, 0));
    BOOST_TEST(joined(decoded(stream)) == "C401C1000902AABB");
}

ByteBuffer characters(std::string_view text) {
    return to_buffer(as_bytes(text));
}

BOOST_AUTO_TEST_CASE(the_opening_of_mode_e_stands_before_its_frames) {
    ByteBuffer stream = characters(
        "/?!\r\n/ISK5\\2MT372\r\n\x06"
        "252\r\n\x06"
        "252\r\n");
    const ByteBuffer frame = octets("7EA0070321930F017E");
    stream.insert(stream.end(), frame.begin(), frame.end());
    const Json json = decoded(stream);
    BOOST_REQUIRE_EQUAL(json["pieces"].size(), 5u);
    BOOST_TEST(json["pieces"][0]["kind"] == "request");
    BOOST_TEST(json["pieces"][1]["kind"] == "identification");
    BOOST_TEST(json["pieces"][2]["meaning"] == "switch to HDLC (mode E)");
    BOOST_TEST(json["pieces"][4]["frame"]["frame_type"] == "SNRM");
}

BOOST_AUTO_TEST_CASE(a_session_of_mode_c_is_a_stream) {
    const ByteBuffer stream = characters(
        "/?!\r\n/HXE5CLOU\r\n\x06"
        "051\r\n"
        "\x01P0\x02(12345678)\x03\x68\x01P1\x02(87654321)\x03\x69"
        "\x06\x15");
    BOOST_TEST(decoded(stream)["pieces"][4]["command"] == "P");
    render::PieceSplitter splitter;
    std::size_t whole = 0;
    // As it comes from a line, octet by octet.
    for (const Byte octet : stream) {
        splitter.receive(ByteView(&octet, 1));
        while (const auto piece = splitter.next()) {
            whole += piece->kind == render::PieceKind::iec62056_21 ? 1u : 0u;
        }
    }
    BOOST_TEST(whole == 7u);
    BOOST_TEST(splitter.rest().octets.empty());
}

BOOST_AUTO_TEST_CASE(telegrams_of_p1_are_a_stream) {
    const std::string telegram = "/XMX5LGBBFG\r\n\r\n1-0:1.8.1(000051.775*kWh)\r\n!\r\n";
    const Json json = decoded(characters(telegram + telegram));
    BOOST_REQUIRE_EQUAL(json["pieces"].size(), 2u);
    BOOST_TEST(json["pieces"][1]["kind"] == "p1-telegram");
    BOOST_TEST(json["pieces"][1]["data_sets"][0]["address"] == "1-0:1.8.1");
}

BOOST_AUTO_TEST_CASE(a_stream_is_judged_strictly) {
    ByteBuffer stream;
    append_wpdu(stream, "C001C100080000010000FF0200");
    append_wpdu(stream, "C401C1000600003039", true);
    const std::size_t size = stream.size();
    for (std::size_t length = 0; length < size; ++length) {
        if (length != 21) {
            BOOST_TEST(refusal(ByteView(stream).first(length)) ==
                       "base: truncated at octet " + std::to_string(length));
        }
    }
    stream.push_back(0x55);
    BOOST_TEST(refusal(stream) == "hdlc: no frame at octet " + std::to_string(size));
}

BOOST_AUTO_TEST_CASE(the_option_that_would_accept_an_apdu_is_named) {
    ByteBuffer stream;
    append_wpdu(stream, "C001C100080000010000FF020000");
    append_wpdu(stream, "C401C1000600003039", true);
    const Json json = decoded(stream);
    BOOST_TEST(json["pieces"][0]["apdu"].is_null());
    BOOST_TEST(json["pieces"][0]["apdu_error"] == "xdlms: trailing octets at octet 13");
    BOOST_TEST(json["pieces"][0]["accepting_option"] == "tolerate_trailing_zeros");
    // Of the APDU that an AARQ or AARE brings, too.
    BOOST_TEST(render::accepting_option(octets(
                   "602080020780A109060760857405080102BE0F040D01000000065F0400181A200000")) ==
               "short_conformance_tag");
    BOOST_TEST(render::accepting_option(octets(
                   "6128A109060760857405080102A203020100A305A103020100BE0F040D0800065F0400181A2000"
                   "00FA00")) == "short_conformance_tag");
    BOOST_TEST(render::accepting_option(octets("6000")) == "");
}

BOOST_AUTO_TEST_CASE(every_wrapper_vector_can_stand_beside_another) {
    const ByteBuffer other = octets("0001000100100009C401C1000600003039");
    for (const Vector& vector : load_vectors("wrapper")) {
        if (!vector.valid) {
            continue;
        }
        ByteBuffer stream = vector.octets;
        append(stream, other);
        BOOST_TEST_CONTEXT(vector.id) {
            const Json json = decoded(stream);
            BOOST_TEST(json["pieces"].size() == 2u);
            const auto alone = render::decode(DecodeLayer::wrapper, vector.octets);
            BOOST_TEST(json["pieces"][0]["apdu"] == Json(*alone)["apdu"]);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_is_whole_of_a_damaged_stream_is_shown) {
    const std::string good = "7EA0070321930F017E";
    const std::string bad = "7EA0070321930F007E";
    struct Case {
        std::string hex;
        std::size_t offset;  // of the first error
        std::string code;
        std::vector<bool> whole;  // of the pieces
    };
    const std::string wpdu = "00010001001000021105";
    for (const Case& one : {
             Case{good + bad, 15, "check-mismatch", {true, false}},
             Case{bad + good, 6, "check-mismatch", {false, true}},
             Case{good + bad + good, 15, "check-mismatch", {true, false, true}},
             Case{good + good.substr(0, 14), 16, "truncated", {true, false}},
             Case{good + "FFFFFF" + good, 9, "no-frame", {true, false, true}},
             // The damaged length swallows nothing of the frames behind it.
             Case{"7EA0170321930F017E" + good + good, 0, "no-frame", {false, true, true}},
             Case{wpdu + "0002" + wpdu.substr(4) + wpdu, 10, "no-frame", {true, false, true}},
         }) {
        const ByteBuffer stream = octets(one.hex);
        const ExactBuffer exact(stream);
        BOOST_TEST_CONTEXT(one.hex) {
            const render::DecodeLayer layer = render::detect_layer(exact.view());
            BOOST_TEST(name(layer) == "stream");
            const auto refused = render::decode(layer, exact.view());
            BOOST_REQUIRE(!refused.has_value());
            BOOST_TEST(name(refused.error().code) == one.code);
            BOOST_TEST(refused.error().offset == one.offset);
            const Json shown = render::decode_damaged(layer, exact.view());
            BOOST_REQUIRE(shown.contains("pieces"));
            std::vector<bool> whole;
            for (const Json& piece : shown["pieces"]) {
                whole.push_back(!piece.contains("fault"));
            }
            BOOST_TEST(whole == one.whole, boost::test_tools::per_element());
        }
    }
}

BOOST_AUTO_TEST_CASE(a_fault_tells_what_was_expected_and_what_came) {
    const ByteBuffer damaged = octets("7EA0070321930F007E");
    const auto refused = render::decode(DecodeLayer::hdlc, damaged);
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(render::fault_text(refused.error(), damaged) ==
               "hdlc: check mismatch at octet 6: expected 0F01, got 0F00");
    BOOST_TEST(render::decode_damaged(DecodeLayer::hdlc, damaged).is_null());
    const ByteBuffer cut = octets("0904AABB");
    const auto data = render::decode(DecodeLayer::data, cut);
    BOOST_REQUIRE(!data.has_value());
    BOOST_TEST(render::fault_text(data.error(), cut).find("expected") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
