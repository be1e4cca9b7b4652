#include "client/dial_in/call_stream.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"

namespace dlms::client::dial_in {
namespace {

using Kind = CallStream::Piece::Kind;

/// What one piece is, as text: kind, maker, serial number, signal, answer.
std::string shown(const CallStream::Piece& piece) {
    constexpr std::array<const char*, 5> kinds{"modem", "wpdu", "hdlc", "mbus", "damaged"};
    std::string text = kinds.at(static_cast<std::size_t>(piece.kind));
    if (!piece.maker.empty()) {
        text += " " + std::string(piece.maker);
    }
    if (piece.kind == Kind::modem_frame) {
        text += piece.frame.kind == ModemFrame::Kind::log_in ? " log-in" : " heartbeat";
        text += " [" + piece.frame.serial_number + "]";
        text += piece.frame.signal ? " " + std::to_string(*piece.frame.signal) : " -";
        text += " -> " + to_hex(piece.frame.answer);
        text += piece.frame.is_push ? " push" : "";
    } else {
        text += " " + to_hex(piece.octets);
    }
    return text;
}

/// What the octets are, fed in whole and one by one: the same.
std::vector<std::string> pieces_of(std::string_view hex) {
    const ByteBuffer octets = from_hex(hex).value();
    std::vector<std::string> whole;
    std::vector<std::string> single;
    CallStream at_once;
    at_once.receive(octets);
    while (const auto piece = at_once.poll()) {
        whole.push_back(shown(*piece));
    }
    if (at_once.failure()) {
        whole.push_back(std::string(name(at_once.failure()->code)));
    }
    CallStream one_by_one;
    for (const Byte& octet : octets) {
        one_by_one.receive({&octet, 1});
        while (const auto piece = one_by_one.poll()) {
            single.push_back(shown(*piece));
        }
    }
    if (one_by_one.failure()) {
        single.push_back(std::string(name(one_by_one.failure()->code)));
    }
    BOOST_TEST(whole == single, boost::test_tools::per_element());
    return whole;
}

void holds(std::string_view hex, const std::vector<std::string>& expected) {
    BOOST_TEST(pieces_of(hex) == expected, boost::test_tools::per_element());
}

// 8E + A1 + 6 of the number + signal + 12 of the SIM: the checksum is their sum.
constexpr const char* hexcell_beat = "8EA1 014521458871 1F 383938383236303031323334 6617";
constexpr const char* hexcell_answer = "8E310101C117";

}  // namespace

BOOST_AUTO_TEST_SUITE(call_stream)

BOOST_AUTO_TEST_CASE(hexcell_heartbeats_name_the_meter_and_want_an_answer) {
    holds(hexcell_beat,
          {"modem hexcell heartbeat [014521458871] 31 -> " + std::string(hexcell_answer)});
}

BOOST_AUTO_TEST_CASE(a_hexcell_frame_with_a_wrong_checksum_is_dropped_and_the_next_is_read) {
    const std::string damaged = "8EA10145214588711F3839383832363030313233346717";
    holds(damaged + hexcell_beat,
          {"damaged hexcell " + damaged,
           "modem hexcell heartbeat [014521458871] 31 -> " + std::string(hexcell_answer)});
    const std::string without_end = "8EA10145214588711F3839383832363030313233346618";
    holds(without_end, {"damaged hexcell " + without_end});
}

BOOST_AUTO_TEST_CASE(hexing_log_in_by_the_element_behind_the_serial_number_object) {
    // Push setup, 0-0:96.1.0.255, "HXE3102345678"; confirmed.
    holds(
        "0001 0001 0001 0027"
        "0F40000001 00 0203 09060000190900FF 09060000600100FF 090D48584533313032333435363738",
        {"modem hexing log-in [HXE3102345678] - -> 0001000100010000"});
    // By 0-0:42.0.0.255, unconfirmed: no answer.
    holds(
        "0001 0001 0010 0022"
        "0F00000001 00 0203 09060000190900FF 090600002A0000FF 0A0848585858585858 31",
        {"modem hexing log-in [HXXXXXX1] - -> "});
}

BOOST_AUTO_TEST_CASE(hexing_log_in_of_three_elements) {
    holds("0001 0001 0001 001C 0F40000001 00 0203 0901 41 090A 30313233343536373839 06 00000001",
          {"modem hexing log-in [0123456789] - -> 0001000100010000"});
    // A third element of another type: a push of something else.
    holds("0001 0001 0001 001A 0F40000001 00 0203 0901 41 090A 30313233343536373839 12 0001",
          {"wpdu 000100010001001A0F40000001000203090141090A30313233343536373839120001"});
}

BOOST_AUTO_TEST_CASE(hexing_heartbeats_of_both_forms) {
    holds("0001 0001 0001 0003 01 11 19", {"modem hexing heartbeat [] 25 -> 0001000100010000"});
    holds("0001 0001 0001 0004 01 12 0102", {"modem hexing heartbeat [] 258 -> 0001000100010000"});
    holds("DD10 30303030303030303031323334353637 12 0017", {"modem hexing heartbeat [] 23 -> DA"});
    // 01 and more than one value is no heartbeat.
    holds("0001 0001 0001 0005 01 11 19 11 19", {"wpdu 00010001000100050111191119"});
    holds("DD10 30303030303030303031323334353637 13 0017",
          {"damaged hexing DD1030303030303030303031323334353637130017"});
}

BOOST_AUTO_TEST_CASE(a_push_that_names_its_meter_is_a_log_in_and_a_push) {
    holds(
        "0001 0001 0010 0022"
        "0F00000001 00 0204 09060000600100FF 0A03 414243 09060100010800FF 06 0000000A",
        {"modem any log-in [ABC] - ->  push"});
}

BOOST_AUTO_TEST_CASE(heartbeats_stand_between_wpdus_and_never_inside) {
    const std::string inside =
        "0001 0001 0010 001D C401C100 0917 8EA10145214588711F3839383832363030313233346617";
    holds(inside + hexcell_beat + "0001 0001 0010 0004 C401C101",
          {"wpdu 000100010010001DC401C10009178EA10145214588711F3839383832363030313233346617",
           "modem hexcell heartbeat [014521458871] 31 -> " + std::string(hexcell_answer),
           "wpdu 0001000100100004C401C101"});
}

BOOST_AUTO_TEST_CASE(frames_of_hdlc_with_shared_flags_and_noise) {
    holds("7EA0080221217119157E A0080221217119157E 7EA0080221217119157E",
          {"hdlc 7EA0080221217119157E", "hdlc A0080221217119157E", "hdlc 7EA0080221217119157E"});
    holds("7EA0080221217119157E 555A 0055 7EA0080221217119157E",
          {"hdlc 7EA0080221217119157E", "hdlc 55", "hdlc 5A", "hdlc 00", "hdlc 55",
           "hdlc 7EA0080221217119157E"});
}

BOOST_AUTO_TEST_CASE(what_is_nothing_ends_the_stream) {
    holds("47455420", {"frame-format"});
    holds("0002", {"wrong-version"});
    holds("8EA2", {"frame-format"});
    // Who has not said who he is may not send long APDUs.
    holds("0001 0001 0001 1001", {"pdu-too-long"});
    CallStream known;
    known.allow_long_apdus();
    known.receive(from_hex("0001000100011001").value());
    BOOST_TEST(!known.poll());
    BOOST_TEST(!known.failure());
    BOOST_TEST(known.is_in_between());
}

BOOST_AUTO_TEST_CASE(a_serial_number_is_letters_digits_and_a_few_marks) {
    BOOST_TEST(serial_number_of(from_hex("303132").value()) == "012");
    BOOST_TEST(serial_number_of(from_hex("014521458871").value()) == "014521458871");
    BOOST_TEST(serial_number_of(ByteBuffer(17, 0x01)).empty());
    BOOST_TEST(serial_number_of({}).empty());
    BOOST_TEST(!is_serial_number("A B"));
    BOOST_TEST(!is_serial_number(std::string(33, 'A')));
    // A log-in that claims what is none is a push like any other.
    holds(
        "0001 0001 0001 001D"
        "0F40000001 00 0203 09060000190900FF 09060000600100FF 0A03 412042",
        {"wpdu 000100010001001D0F4000000100020309060000190900FF09060000600100FF0A03412042"});
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::client::dial_in
