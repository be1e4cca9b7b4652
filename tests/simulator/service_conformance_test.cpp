// The conformance cases APPL_DATA_LN for lists, blocks of SET, ACTION and attribute 0 against the
// simulated meter that negotiates everything.

#include "stack/axdr/data.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string name_object = "000100002A0000FF";
const std::string any_value = "00010000603201FF";

std::string hex32(std::size_t number) {
    return to_hex(
        std::array<Byte, 4>{0, 0, static_cast<Byte>(number >> 8), static_cast<Byte>(number)});
}

/// A meter of faults, and of methods that only answer.
constexpr std::string_view faulty_scenario = R"({
 "name": "faults",
 "logical_devices": [{
  "sap": 1, "name": "TST0000000000001",
  "associations": [{"client_sap": 1, "name": "management", "mechanism": "LLS",
    "password": "00000000", "max_receive_pdu_size": 1024, "conformance": [
      "block-transfer-with-get-or-read", "block-transfer-with-action", "multiple-references",
      "get", "set", "action"]}],
  "objects": [
   {"obis": "0-0:96.99.1.255", "class": 1, "fault": "temporary-failure", "attributes": [
     {"id": 2, "access": "rw", "value": {"unsigned": 1}}], "methods": [{"id": 1, "access": false}]},
   {"obis": "0-0:96.99.2.255", "class": 1, "fault": "hardware-fault", "attributes": []},
   {"obis": "0-0:96.99.3.255", "class": 1, "fault": "object-unavailable", "attributes": []},
   {"obis": "0-0:96.99.4.255", "class": 1, "fault": "other-reason", "attributes": []},
   {"obis": "0-0:96.99.5.255", "class": 9000, "attributes": [], "methods": [
     {"id": 1, "access": true, "parameter": {"octet-string": ""},
      "returns": {"octet-string": "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F"}},
     {"id": 2, "access": true, "returns": {"unsigned": 7}},
     {"id": 3, "access": false}]}
  ]}]
})";
const std::string talker = "23280000606305FF";

struct FullFixture {
    std::unique_ptr<Meter> meter = make_meter(builtin_scenario("full"));
    MeterLine line{*meter};

    FullFixture() { line.open_full(); }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
    std::string get(const std::string& attribute) { return ask("C001C1" + attribute + "00"); }
    void expect_alive() { BOOST_TEST(get(name_object + "02") == "C401C100" + full_name); }
    /// An answer that begins with C402, all its blocks together.
    std::string collect(std::string answer, std::size_t limit) {
        std::string collected;
        for (std::size_t number = 1;; ++number) {
            BOOST_REQUIRE(answer.starts_with("C402C1"));
            BOOST_TEST(answer.size() <= 2 * limit);
            BOOST_TEST(answer.substr(8, 10) == hex32(number) + "00");
            collected += answer.substr(20);
            if (answer.substr(6, 2) == "01") {
                return collected;
            }
            answer = ask("C002C1" + hex32(number));
        }
    }
};

struct FaultyFixture {
    std::unique_ptr<Meter> meter = make_meter(faulty_scenario);
    MeterLine line{*meter};

    explicit FaultyFixture(const std::string& size = "FFFF") { line.open_full("00FFFF", size); }
    std::string ask(const std::string& apdu) { return line.ask(apdu, 1); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(service_conformance, FullFixture)

BOOST_AUTO_TEST_CASE(APPL_OPEN_13_S1_everything_is_negotiated) {
    const std::string answer = ask(aarq(context_ln + lls + password + initiate("FFFFFF", "FFFF")));
    BOOST_TEST(answer.substr(answer.size() - 14) == "20FEDF10000007");
}

BOOST_FIXTURE_TEST_CASE(APPL_DATA_LN_X_10_faults, FaultyFixture) {
    const std::array<std::string, 4> codes = {"02", "01", "0B", "FA"};
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::string object = "0001000060630" + std::to_string(i + 1) + "FF";
        BOOST_TEST(ask("C001C1" + object + "0200") == "C401C101" + codes[i]);
        BOOST_TEST(ask("C001C1" + object + "0100") == "C401C101" + codes[i]);
        BOOST_TEST(ask("C101C1" + object + "02001101") == "C501C1" + codes[i]);
        BOOST_TEST(ask("C301C1" + object + "01010F00") == "C701C1" + codes[i] + "00");
    }
    // One item of a list does not hinder the others.
    BOOST_TEST(ask("C003C10200010000606301FF020000010000606302FF0200") == "C403C10201020101");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_11_set_of_attribute_0) {
    const std::string text = "00010000603200FF";
    const std::string set_all = "C101C1" + text + "0000";
    BOOST_TEST(ask(set_all + "0202000A03414243") == "C501C100");
    BOOST_TEST(get(text + "00") == "C401C100020209060000603200FF0A03414243");
    // A member too few, another type, another logical name: nothing is written.
    BOOST_TEST(ask(set_all + "020100") == "C501C10C");
    BOOST_TEST(ask(set_all + "0202001105") == "C501C10C");
    BOOST_TEST(ask(set_all + "020209060000603200FE0A0144") == "C501C103");
    BOOST_TEST(get(text + "02") == "C401C1000A03414243");
    // What may not be written may be left out.
    BOOST_TEST(ask("C101C1" + name_object +
                   "000002020009"
                   "0141") == "C501C103");
    BOOST_TEST(ask("C101C1" + name_object + "000002020000") == "C501C100");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_11_set_of_attribute_0_writes_all_or_nothing) {
    // Of the clock: the zone would be taken, the base is out of range.
    const std::string clock = "00080000010000FF";
    BOOST_TEST(ask("C101C1" + clock + "00000209000010FFC4000000000016C8") == "C501C10C");
    BOOST_TEST(get(clock + "03") == "C401C100100000");
    BOOST_TEST(ask("C101C1" + clock + "00000209000010FFC400000000001602") == "C501C100");
    BOOST_TEST(get(clock + "03") == "C401C10010FFC4");
    BOOST_TEST(get(clock + "09") == "C401C1001602");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_16_get_with_list) {
    BOOST_TEST(ask("C003C104" + name_object + "0200" + "00010063636363630200" +
                   "000F0000280000FF0700" + "000F0000280000FF0201040202120001090600002A0000FF") ==
               "C403C10400" + full_name + "01040103" +
                   "000101"
                   "0204120001110009"
                   "0600002A0000FF"
                   "0202010202030F0116010002030F021601000100");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_17_list_limits) {
    BOOST_TEST(ask("C003C100") == "D80102");
    BOOST_TEST(ask("C003C101" + name_object + "0200") == "C403C10100" + full_name);
    std::string specifications;
    std::string results;
    for (int i = 0; i < 128; ++i) {
        specifications += name_object + "0200";
        results += "00" + full_name;
    }
    BOOST_TEST(ask("C003C18180" + specifications) == "C403C18180" + results);
    // Longer than the client takes: blocks of the encoded list.
    line.open_full(no_general_blocks, "0040");
    BOOST_TEST(collect(ask("C003C18180" + specifications), 64) == "8180" + results);
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_20_set_in_blocks) {
    const std::string first = "C102C1" + message +
                              "02000000000001"
                              "0409060102";
    BOOST_TEST(ask(first) == "C502C100000001");
    BOOST_TEST(ask("C103C101000000020403040506") == "C503C10000000002");
    BOOST_TEST(get(message + "02") == "C401C1000906010203040506");
    // Given up before its last block: nothing is stored.
    BOOST_TEST(ask("C102C1" + message +
                   "02000000000001"
                   "0409040A0B") == "C502C100000001");
    BOOST_TEST(get(message + "02") == "C401C1000906010203040506");
    BOOST_TEST(ask("C103C10100000002020C0D") == "C503C11200000002");
    BOOST_TEST(get(message + "02") == "C401C1000906010203040506");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_21_set_block_errors) {
    const std::string first = "C102C1" + message +
                              "02000000000001"
                              "0409060102";
    BOOST_TEST(ask("C103C10100000001020900") == "C503C11200000001");
    ask(first);
    BOOST_TEST(ask("C103C101000000030403040506") == "C503C11300000003");
    BOOST_TEST(ask("C103C101000000020403040506") == "C503C11200000002");
    // A block under another invoke-id belongs to no long SET.
    ask(first);
    BOOST_TEST(ask("C103C201000000020403040506") == "C503C21200000002");
    BOOST_TEST(ask("C103C101000000020403040506") == "C503C11200000002");
    BOOST_TEST(get(message + "02") == "C401C1000900");
    ask(first);
    BOOST_TEST(ask("C101C1" + message + "0200090155") == "C501C100");
    BOOST_TEST(get(message + "02") == "C401C100090155");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_22_set_with_list) {
    const std::string both = "02" + message + "0200" + name_object + "0200";
    BOOST_TEST(ask("C104C1" + both + "02090141090142") == "C505C1020003");
    BOOST_TEST(get(message + "02") == "C401C100090141");
    BOOST_TEST(ask("C105C1" + both + "000000000103020901") == "C502C100000001");
    BOOST_TEST(ask("C103C101000000020443090142") == "C504C102000300000002");
    BOOST_TEST(get(message + "02") == "C401C100090143");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_23_action) {
    BOOST_TEST(ask("C301C1" + relay + "01010F00") == "C701C10000");
    BOOST_TEST(get(relay + "03") == "C401C1001600");
    BOOST_TEST(ask("C301C1" + relay + "02010F00") == "C701C10000");
    BOOST_TEST(get(relay + "03") == "C401C1001601");
    // Unconfirmed: done and not answered.
    BOOST_TEST(ask("C30181" + relay + "01010F00") == "");
    BOOST_TEST(get(relay + "02") == "C401C1000300");
}

BOOST_FIXTURE_TEST_CASE(APPL_DATA_LN_X_23_action_with_return_data, FaultyFixture) {
    BOOST_TEST(ask("C301C1" + talker + "0200") == "C701C10001001107");
    BOOST_TEST(ask("C301C1" + talker + "02010F00") == "C701C10001001107");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_24_action_with_wrong_parameters) {
    for (const std::string parameter : {"00", "0100", "010200", "011100"}) {
        BOOST_TEST(ask("C301C1" + relay + "01" + parameter) == "C701C10C00");
    }
    BOOST_TEST(get(relay + "03") == "C401C1001601");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_4_and_7_methods_that_are_not_there_or_not_allowed) {
    BOOST_TEST(ask("C301C1" + relay + "63010F00") == "C701C10400");
    BOOST_TEST(ask("C301C10046006363636363"
                   "01010F00") == "C701C10400");
    BOOST_TEST(ask("C301C10003000060030AFF01010F00") == "C701C10900");
    const std::string reading = aarq(context_ln + lls + password + initiate(no_events, "FFFF"));
    line.ask(reading, 2);
    BOOST_TEST(line.ask("C301C1" + relay + "01010F00", 2) == "C701C10300");
    BOOST_TEST(get(relay + "03") == "C401C1001601");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_25_action_in_blocks) {
    FaultyFixture small("0020");
    // The parameter comes in two blocks and the answer goes in several.
    BOOST_TEST(small.ask("C304C1" + talker + "0100000000010409060102") == "C704C100000001");
    std::string answer = small.ask("C306C101000000020403040506");
    std::string collected;
    std::size_t number = 1;
    while (answer.starts_with("C702C100")) {
        BOOST_TEST(answer.size() <= 64u);
        BOOST_TEST(answer.substr(8, 8) == hex32(number));
        collected += answer.substr(18);
        answer = small.ask("C302C1" + hex32(number++));
    }
    BOOST_REQUIRE(answer.starts_with("C702C101" + hex32(number)));
    collected += answer.substr(18);
    // Action-Response-With-Optional-Data: success, data, and the octets 00 to 3F.
    BOOST_TEST(collected.starts_with("0001000940000102"));
    BOOST_TEST(collected.size() == 2u * (5 + 64));
    // A wrong number, and a block of nothing.
    small.ask("C304C1" + talker + "0100000000010409060102");
    BOOST_TEST(small.ask("C306C101000000030403040506") == "C701C10F00");
    BOOST_TEST(small.ask("C306C101000000020403040506") == "C701C11000");
    BOOST_TEST(small.ask("C302C100000001") == "C701C11000");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_26_action_with_list) {
    const std::string both = "C303C102" + relay + "01" + relay + "63";
    BOOST_TEST(ask(both + "020F000F00") == "C703C10200000400");
    BOOST_TEST(get(relay + "03") == "C401C1001600");
    BOOST_TEST(ask(both + "010F00") == "D80102");
    // null-data stands for no parameter, which these methods do not take.
    BOOST_TEST(ask("C303C101" + relay + "020100") == "C703C1010C00");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(a_delay_counts_once_for_a_list) {
    meter->set_answer_delay(std::chrono::milliseconds(200));
    BOOST_TEST(ask("C003C102" + name_object + "0200" + any_value + "0200") == "");
    line.advance(std::chrono::milliseconds(199));
    BOOST_TEST(line.answer(1) == "");
    line.advance(std::chrono::milliseconds(1));
    BOOST_TEST(line.answer(1) == "C403C10200" + full_name + "0000");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
