// The conformance cases of ACCESS and of general block transfer against the simulated meter that
// negotiates everything.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string name_object = "000100002A0000FF";
const std::string any_value = "00010000603201FF";
const std::string profile = "00070100630100FF";
const std::string get_long_value = "C001C100010000603202FF0200";

struct FullFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("full"));
    MeterLine line{*meter};

    FullFixture() { line.open_full(); }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    std::string get(const std::string& attribute) { return ask("C001C1" + attribute + "00"); }
};

/// A general block: control, number and acknowledged number, and the data of a short one.
struct Block {
    std::string control;
    std::string number;
    std::string acknowledged;
    std::string data;
};

Block block(const std::string& apdu) {
    BOOST_REQUIRE(apdu.starts_with("E0"));
    BOOST_REQUIRE(apdu.size() <= 2 * 64);
    return {apdu.substr(2, 2), apdu.substr(4, 4), apdu.substr(8, 4), apdu.substr(14)};
}

std::string hex16(std::size_t number) {
    return to_hex(std::array<Byte, 2>{static_cast<Byte>(number >> 8), static_cast<Byte>(number)});
}

/// The answer to get_long_value: 800 octets.
std::string long_answer() {
    std::string answer = "C401C10009820320";
    for (int i = 0; i < 100; ++i) {
        answer += "0123456789ABCDEF";
    }
    return answer;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(access_conformance, FullFixture)

BOOST_AUTO_TEST_CASE(ACCESS_X_1_get_set_and_action) {
    BOOST_TEST(ask("D94000000100"
                   "0301" +
                   name_object + "0202" + message + "0203" + relay +
                   "01"
                   "03000901410F00") == "DA40000001000003" + full_name + "0000" + "03010002000300");
    BOOST_TEST(get(message + "02") == "C401C100090141");
    BOOST_TEST(get(relay + "03") == "C401C1001600");
    // Self-descriptive: the specifications come back.
    BOOST_TEST(ask("D9500000010001"
                   "01" +
                   name_object + "020100") ==
               "DA5000000100010101" + name_object + "0201" + full_name + "010100");
}

BOOST_AUTO_TEST_CASE(ACCESS_X_2_continue_or_break_on_error) {
    const std::string three =
        "0302" + message + "0202" + name_object + "0202" + any_value + "02030901510901521153";
    BOOST_TEST(ask("D94000000200" + three) ==
               "DA40000002000003000000"
               "03020002030200");
    BOOST_TEST(get(any_value + "02") == "C401C1001153");
    BOOST_TEST(ask("C101C1" + any_value + "020000") == "C501C100");
    BOOST_TEST(ask("D96000000300" + three) ==
               "DA60000003000003000000"
               "030200020302FA");
    BOOST_TEST(get(any_value + "02") == "C401C10000");
}

BOOST_AUTO_TEST_CASE(ACCESS_X_3_wrong_counts_and_choices) {
    for (const std::string& apdu : {"D9400000040002"
                                    "01" +
                                        name_object + "0201" + name_object + "020100",
                                    "D9400000040001"
                                    "06" +
                                        name_object + "020100",
                                    std::string("D940000004000000")}) {
        BOOST_TEST_CONTEXT(apdu) {
            BOOST_TEST(ask(apdu) == "D80102");
        }
    }
    // Nothing was done by half.
    BOOST_TEST(ask("D9400000040002"
                   "02" +
                   message + "0202" + message + "0201090141") == "D80102");
    BOOST_TEST(get(message + "02") == "C401C1000900");
}

BOOST_AUTO_TEST_CASE(ACCESS_X_3_unconfirmed_and_with_selection) {
    BOOST_TEST(ask("D9000000050001"
                   "02" +
                   message + "0201090142") == "");
    BOOST_TEST(get(message + "02") == "C401C100090142");
    // The first entry, its first column.
    BOOST_TEST(ask("D9400000060001"
                   "04" +
                   profile +
                   "0202020406000000010600000001120001120001"
                   "0100") ==
               "DA4000000600000101010201090C07EA030EFF000F00FF8000FF"
               "010100");
}

BOOST_AUTO_TEST_CASE(GBT_X_1_long_get_with_window_1) {
    line.open_full("FFFFFF", "0040");
    std::vector<std::string> answers = line.ask_all(get_long_value, 1);
    std::string collected;
    for (std::size_t number = 1;; ++number) {
        BOOST_REQUIRE_EQUAL(answers.size(), 1u);
        const Block part = block(answers[0]);
        BOOST_TEST(part.number == hex16(number));
        collected += part.data;
        const bool last = octets(part.control)[0] >= 0x80;
        if (last) {
            break;
        }
        answers = line.ask_all("E081" + hex16(number) + hex16(number) + "00", 1);
    }
    BOOST_TEST(collected == long_answer());
    BOOST_TEST(get(name_object + "02") == "C401C100" + full_name);
}

BOOST_AUTO_TEST_CASE(GBT_X_2_and_3_streaming_and_a_lost_block) {
    line.open_full("FFFFFF", "0040");
    // The client takes five blocks at a time.
    const std::vector<std::string> first = line.ask_all("E085000100000D" + get_long_value, 1);
    BOOST_REQUIRE_EQUAL(first.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
        const Byte control = octets(block(first[i]).control)[0];
        BOOST_TEST(block(first[i]).number == hex16(i + 1));
        BOOST_TEST(block(first[i]).acknowledged == "0001");
        BOOST_TEST(((control & 0x40) != 0) == (i < 4));
        BOOST_TEST((control & 0x3F) == 5);  // what the meter takes
    }
    // The third did not arrive.
    const std::vector<std::string> again = line.ask_all("E0850002000200", 1);
    BOOST_REQUIRE_EQUAL(again.size(), 5u);
    BOOST_TEST(block(again[0]).number == "0003");
    BOOST_TEST(block(again[0]).data == block(first[2]).data);
    BOOST_TEST(block(again[4]).number == "0007");
}

BOOST_AUTO_TEST_CASE(GBT_X_7_both_ways) {
    line.open_full("FFFFFF", "0040");
    // A SET in two blocks, then its answer in a block too.
    const std::string set = "C101C1" + message +
                            "020009"
                            "04AABBCCDD";
    BOOST_TEST(line.ask_all("E00100010000"
                            "08" +
                                set.substr(0, 16),
                            1)
                   .size() == 1u);
    const std::vector<std::string> answer = line.ask_all(
        "E08100020000"
        "0B" +
            set.substr(16),
        1);
    BOOST_REQUIRE_EQUAL(answer.size(), 1u);
    BOOST_TEST(block(answer[0]).acknowledged == "0002");
    BOOST_TEST(block(answer[0]).data == "C501C100");
    BOOST_TEST(get(message + "02") == "C401C1000904AABBCCDD");
}

BOOST_AUTO_TEST_CASE(GBT_X_8_not_negotiated) {
    line.open_full(no_general_blocks);
    BOOST_TEST(ask("E081000100000D" + get_long_value) == "D80102");
    BOOST_TEST(get(name_object + "02") == "C401C100" + full_name);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
