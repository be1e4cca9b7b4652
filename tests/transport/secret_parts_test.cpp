#include "transport/secret_parts.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/hex.hpp"

namespace dlms::transport {
namespace {

using Hidden = SecretParts::Hidden;

struct Judge {
    SecretParts parts;

    /// The octets that may be shown, "**" for the others.
    std::string operator()(std::string_view apdu, Direction direction = Direction::sent,
                           std::string_view conversation = "00010010", bool is_whole = true) {
        const ByteBuffer octets = *from_hex(apdu);
        const Hidden hidden = parts.judge(*from_hex(conversation), direction, octets, is_whole);
        rest = hidden.rest;
        std::string hex = to_hex(octets);
        if (hidden.count > 0) {
            hex.replace(2 * hidden.first, 2 * hidden.count, "**");
        }
        return hex;
    }
    bool rest = false;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_parts)

BOOST_AUTO_TEST_CASE(changes_of_the_secret_are_hidden) {
    Judge judge;
    BOOST_TEST(judge("C301C1000F0000280001FF0201 090461626364") == "C301C1000F0000280001FF0201**");
    BOOST_TEST(judge("C301C1000F0000280000FF0101 090461626364") == "C301C1000F0000280000FF0101**");
    BOOST_TEST(judge("C301C100460000600301FF0101 0F00") == "C301C100460000600301FF01010F00");
    // The first block, and those that go on.
    BOOST_TEST(judge("C102C1000F0000280000FF070000000000010209 04") == "C102C1**");
    BOOST_TEST(judge("C103C101000000020261 62") == "C103C1**");
    BOOST_TEST(judge("C104C1 010F0000280000FF0700") == "C104C1**");
    BOOST_TEST(judge("C304C1000F0000280001FF0200000000010209 04") == "C304C1**");
    BOOST_TEST(judge("C302C100000001") == "C302C100000001");
    // Cut, or no APDU at all.
    BOOST_TEST(judge("C101C1000F0000280000FF") == "C1**");
    BOOST_TEST(judge("C1") == "C1");
    BOOST_TEST(judge("C101C1000F0000280000FF0700 FF61626364") == "C101C1000F0000280000FF0700**");
}

BOOST_AUTO_TEST_CASE(what_is_authenticated_and_not_enciphered_is_hidden_as_in_the_clear) {
    Judge judge;
    const std::string reply = "C301C1000F0000280000FF0101";
    const std::string tag = "0102030405060708090A0B0C";
    BOOST_TEST(judge("CB24 10 00000002" + reply + "090461626364" + tag) ==
               "CB241000000002" + reply + "**" + tag);
    BOOST_TEST(judge("DB08 4D4D4D0000BC614E 24 10 00000002" + reply + "090461626364" + tag) ==
               "DB084D4D4D0000BC614E241000000002" + reply + "**" + tag);
    // The answer to a GET of the secret, known by its invoke-id.
    BOOST_TEST(judge("C81E 10 00000003 C001C1000F0000280000FF0700" + tag).find("**") ==
               std::string::npos);
    BOOST_TEST(judge("CC1A 10 00000004 C401C100 0904 61626364 00" + tag, Direction::received)
                   .find("61626364") == std::string::npos);
    // Enciphered, whole and cut; cut and in the clear.
    BOOST_TEST(judge("CB24 30 00000002" + reply + "090461626364" + tag).find("**") ==
               std::string::npos);
    BOOST_TEST(judge("CB24 30 00000002 6162", Direction::sent, "0001", false) ==
               "CB2430000000026162");
    BOOST_TEST(judge("CB24 10 00000002 C301", Direction::sent, "0001", false) == "CB**");
    BOOST_TEST(judge("CB24 10 00000002 C301") == "CB**");
}

BOOST_AUTO_TEST_CASE(what_a_Read_gives_to_a_method_of_the_association_is_hidden) {
    Judge judge;
    BOOST_TEST(judge("05 01 04 FA40 00 090461626364") == "05**");
    BOOST_TEST(judge("05 01 04 FA40 00 09", Direction::sent, "0001", false) == "05**");
    BOOST_TEST(judge("05 01 02 FA08") == "050102FA08");
    BOOST_TEST(judge("05 01 04 0100 01 1105") == "0501040100011105");
}

BOOST_AUTO_TEST_CASE(writes_to_the_association_by_short_names_are_hidden) {
    Judge judge;
    BOOST_TEST(judge("06 01 02FA40 01 090461626364") == "06**");
    BOOST_TEST(judge("06 02 020100 02FA40 02 1105 090461626364") == "06**");
    BOOST_TEST(judge("16 01 04FA401000 01 090461626364") == "16**");
    BOOST_TEST(judge("06 01 020100 01 1105") ==
               "06010201000"
               "11105");
    BOOST_TEST(judge("06 01 020100 01 1105", Direction::sent, "0001", false) == "06**");
}

BOOST_AUTO_TEST_CASE(a_dedicated_key_in_the_clear_is_hidden) {
    Judge judge;
    BOOST_TEST(judge("602E A109060760857405080101 BE21 041F 0101 10"
                     "000102030405060708090A0B0C0D0E0F 0000065F1F04001C1A207D00") ==
               "602EA109060760857405080101BE21041F0101**");
}

BOOST_AUTO_TEST_CASE(access_that_names_the_secret_is_hidden_with_its_answer) {
    Judge judge;
    BOOST_TEST(judge("D9 40000001 00 01 01 000F0000280000FF07 0100") == "D9**");
    BOOST_TEST(judge("DA 40000001 00 00 01 090461626364 01 0100") == "DA**");
    BOOST_TEST(judge("D9 40000002 00 01 01 00080000010000FF02 0100") ==
               "D940000002000101000800000100"
               "00FF020100");
    BOOST_TEST(judge("DA 40000002 00 00 01 090461626364 01 0100") ==
               "DA40000002000001090461626364010100");
}

BOOST_AUTO_TEST_CASE(general_blocks_hide_what_they_carry) {
    Judge judge;
    BOOST_TEST(judge("E0 41 0001 0000 0F C101C1000F0000280000FF07000908") ==
               "E0410001000"
               "00FC101C1000F0000280000FF0700**");
    BOOST_TEST(judge("E0 C1 0002 0000 04 61626364") == "E0C100020000**");
    // The other side's blocks are its own.
    BOOST_TEST(judge("E0 80 0001 0002 04 C501C100", Direction::received) ==
               "E08000010002"
               "04C501C100");
    BOOST_TEST(judge("E0 C1 0001 0001 0D C001C100080000010000FF0200") ==
               "E0C1000100010DC001C100080000010000FF0200");
    BOOST_TEST(judge("E0 80 0002 0000 00") ==
               "E08000020000"
               "00");
}

BOOST_AUTO_TEST_CASE(conversations_do_not_mix) {
    Judge judge;
    judge("C001C1000F0000280000FF0700", Direction::sent, "00010010");
    judge("C001C100080000010000FF0200", Direction::sent, "00010011");
    BOOST_TEST(judge("C401C1000904 61626364", Direction::received, "00010010") == "C401C1**");
    BOOST_TEST(judge("C401C1000904 61626364", Direction::received, "00010011") ==
               "C401C100090461626364");
}

BOOST_AUTO_TEST_CASE(above_the_conversations_it_can_keep_everything_is_hidden) {
    Judge judge;
    const std::string_view clock = "C001C100080000010000FF0200";
    for (int i = 0; i < 64; ++i) {
        const std::array<Byte, 1> number{static_cast<Byte>(i)};
        BOOST_TEST(judge(clock, Direction::sent, to_hex(number)) == clock);
    }
    BOOST_TEST(judge(clock, Direction::sent, "FF") == "C0**");
    BOOST_TEST(judge(clock, Direction::sent, "01") == clock);
}

BOOST_AUTO_TEST_CASE(a_request_that_was_cut_may_ask_for_the_secret) {
    Judge judge;
    BOOST_TEST(judge("C003C102", Direction::sent, "0001", false) == "C003C102");
    BOOST_TEST(judge("C403C1", Direction::received, "0001", false) == "C403C1");
    BOOST_TEST(judge.rest);
    BOOST_TEST(judge("C403C1020009", Direction::received, "0001", false) == "C403C1**");
    BOOST_TEST(judge.rest);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::transport
