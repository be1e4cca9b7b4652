// The conformance cases APPL_DATA_LN for GET and SET against a simulated meter.

#include "stack/axdr/data.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string get_own_name = "C001C1000F0000280000FF0100";
const std::string own_name = "C401C10009060000280000FF";
const std::string get_object_list = "C001C1000F0000280000FF0200";
const std::string refused = "D80102";
const std::string any_value = "00010000603200FF02";  // class 1, 0-0:96.50.0.255, attribute 2
const std::string structure_value = "00010000603300FF02";
const std::string time_value = "00010000603500FF02";
const std::string clock_time = "00080000010000FF02";

std::string get(const std::string& attribute) {
    return "C001C1" + attribute + "00";
}
std::string set(const std::string& attribute, const std::string& value) {
    return "C101C1" + attribute + "00" + value;
}

struct Fixture {
    std::unique_ptr<Meter> meter = make_meter(test_scenario);
    MeterLine line{*meter};

    void open(const std::string& conformance, const std::string& size, std::uint16_t client) {
        BOOST_REQUIRE(line.ask(aarq(context_ln + initiate(conformance, size)), client)
                          .starts_with("6129A109060760857405080101A203020100"));
    }
    void expect_alive(std::uint16_t client = 17) {
        BOOST_TEST(line.ask(get_own_name, client) == own_name);
    }
};

struct ManagementFixture : Fixture {
    ManagementFixture() { line.open_management(); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(data_conformance, ManagementFixture)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N1_S1_get_request_with_unknown_choice) {
    BOOST_TEST(line.ask("C004C1000F0000280000FF0100") == refused);
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N1_S2_get_request_with_missing_elements) {
    BOOST_TEST(line.ask("C0C1000F0000280000FF0100") == refused);
    expect_alive();
    BOOST_TEST(line.ask("C001C1000028000100") == refused);
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N1_S3_get_of_an_object_that_is_not_there) {
    BOOST_TEST(line.ask("C001C1000F6363636363630100") == "C401C10104");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N3_S1_set_request_with_unknown_choice) {
    BOOST_TEST(line.ask("C106C1000F0000280000FF010009060000280000FF") == refused);
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N3_S2_set_request_with_missing_data) {
    BOOST_TEST(line.ask("C101C1000F0000280000") == refused);
    BOOST_TEST(line.ask("C101C1" + any_value + "00") == refused);
    BOOST_TEST(line.ask(get(any_value)) == "C401C10000");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N3_S3_set_of_what_is_not_there_or_not_writable) {
    BOOST_TEST(line.ask("C101C1000F63636363636302001101") == "C501C104");
    BOOST_TEST(line.ask("C101C1000F0000280000FF010009060000280000FE") == "C501C103");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_N4_unsupported_service) {
    for (const std::string apdu : {"050102FA00", "7F", "C30001", "C301C10046000060030AFF01010F00",
                                   "D9", "0F00000000", "E0C00001"}) {
        BOOST_TEST_CONTEXT(apdu) {
            BOOST_TEST(line.ask(apdu) == refused);
        }
    }
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_1_get_normal) {
    // Local time is an hour ahead of 2026-03-01T10:00:00 UTC; a Sunday; deviation -60.
    BOOST_TEST(line.ask("C001C100080000010000FF0200") == "C401C100090C07EA0301070B000000FFC400");
    line.advance(61s + 250ms);
    BOOST_TEST(line.ask("C001C100080000010000FF0200") == "C401C100090C07EA0301070B010119FFC400");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_2_invoke_id_and_priority_echo) {
    const auto hex = [](unsigned octet) {
        return to_hex(std::array<Byte, 1>{static_cast<Byte>(octet)});
    };
    for (const unsigned flags : {0x00u, 0x40u, 0x80u, 0xC0u}) {
        for (unsigned id = 0; id < 16; ++id) {
            const std::string octet = hex(flags | id);
            BOOST_TEST(line.ask("C001" + octet + "000F0000280000FF0100") ==
                       "C401" + octet + "0009060000280000FF");
            // A SET of service class "unconfirmed" is done and not answered.
            const bool confirmed = (flags & 0x40u) != 0;
            BOOST_TEST(line.ask("C101" + octet + any_value + "0011" + octet) ==
                       (confirmed ? "C501" + octet + "00" : ""));
            BOOST_TEST(line.ask(get(any_value)) == "C401C10011" + octet);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_2_answer_unconfirmed) {
    open("00FFFF", "FFFF", 35);
    BOOST_TEST(line.ask("C10181" + any_value + "001107", 35) == "C5018100");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_4_object_class_and_attribute) {
    BOOST_TEST(line.ask("C001C100030100636363FF0200") == "C401C10104");
    BOOST_TEST(line.ask("C001C100030000010000FF0200") == "C401C10109");
    BOOST_TEST(line.ask("C001C1000100002A0000FF6300") == "C401C10104");
    BOOST_TEST(line.ask("C001C1000100002A0000FFFF00") == "C401C10104");
    BOOST_TEST(line.ask("C101C100030000010000FF02001101") == "C501C109");
    BOOST_TEST(line.ask("C101C1000100002A0000FF63001101") == "C501C104");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_7_access_rights) {
    BOOST_TEST(line.ask("C001C1000F0000280000FF0700") == "C401C10103");  // the secret
    BOOST_TEST(line.ask("C001C100010000603400FF0200") == "C401C10103");  // write only
    BOOST_TEST(line.ask("C101C100010000603400FF02000901FF") == "C501C100");
    BOOST_TEST(line.ask("C101C1000100002A0000FF02000901FF") == "C501C103");
    BOOST_TEST(line.ask("C101C100030100010800FF02000600000000") == "C501C103");
    // A read-only association may not write what another one may.
    open("00FFFF", "FFFF", 34);
    BOOST_TEST(line.ask(set(any_value, "1101"), 34) == "C501C103");
    // What an association does not see is not there for it.
    open("00FFFF", "FFFF", 16);
    BOOST_TEST(line.ask("C001C100030100010800FF0200", 16) == "C401C10104");
    BOOST_TEST(line.ask("C001C1000100002A0000FF0200", 16) ==
               "C401C100091054535430303030303030303030303031");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_8_type_unmatched_keeps_the_old_value) {
    const std::string zone = "00080000010000FF03";
    BOOST_TEST(line.ask(set(zone, "0902FFC4")) == "C501C10C");
    BOOST_TEST(line.ask(set(zone, "100349")) == "C501C10C");  // 841 minutes
    BOOST_TEST(line.ask(get(zone)) == "C401C10010FFC4");
    const std::string before = "C401C10002021200071601";
    BOOST_TEST(line.ask(get(structure_value)) == before);
    BOOST_TEST(line.ask(set(structure_value, "0201120009")) == "C501C10C");
    BOOST_TEST(line.ask(set(structure_value, "02021200091101")) == "C501C10C");
    BOOST_TEST(line.ask(set(structure_value, "00")) == "C501C10C");
    BOOST_TEST(line.ask(get(structure_value)) == before);
    BOOST_TEST(line.ask(set(structure_value, "02021200091602")) == "C501C100");
    BOOST_TEST(line.ask(get(structure_value)) == "C401C10002021200091602");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_8_value_out_of_range) {
    const std::string base = "00080000010000FF09";
    BOOST_TEST(line.ask(set(base, "16C8")) == "C501C10C");
    BOOST_TEST(line.ask(get(base)) == "C401C1001601");
    BOOST_TEST(line.ask(set(base, "1605")) == "C501C100");
    BOOST_TEST(line.ask(get(base)) == "C401C1001605");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_11_attribute_0_not_negotiated) {
    BOOST_TEST(line.ask("C001C100080000010000FF0000") == "C401C10103");
    BOOST_TEST(line.ask("C101C100080000010000FF0000020109060000010000FF") == "C501C103");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_11_attribute_0_is_all_readable_attributes) {
    open("00FFFF", "FFFF", 33);
    BOOST_TEST(line.ask("C001C100080000010000FF0000", 33) ==
               "C401C100020509060000010000FF090C07EA0301070B000000FFC40010FFC411001601");
    // The write-only attribute is left out.
    BOOST_TEST(line.ask("C001C100010000603400FF0000", 33) == "C401C100020109060000603400FF");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_12_get_in_blocks) {
    open("00FFFF", "FFFF", 34);
    const std::string whole = line.ask(get_object_list, 34).substr(8);
    // The same objects in blocks, with the rights of another association.
    line.ask(aarq(context_ln + lls + password + initiate("00FFFF", "0040")));
    std::string collected;
    std::string answer = line.ask(get_object_list);
    for (unsigned number = 1;; ++number) {
        BOOST_REQUIRE(number < 100);
        BOOST_TEST(answer.size() / 2 <= 64u);
        const bool last = answer.substr(6, 2) != "00";
        const std::string digits = to_hex(std::array<Byte, 4>{0, 0, 0, static_cast<Byte>(number)});
        BOOST_TEST(answer.substr(8, 8) == digits);
        BOOST_TEST(answer.substr(16, 2) == "00");
        // The length of a block of up to 127 octets takes one octet.
        const std::string block = answer.substr(20);
        BOOST_TEST(octets(answer.substr(18, 2))[0] == block.size() / 2);
        collected += block;
        if (last) {
            BOOST_TEST(answer.substr(0, 8) == "C402C101");
            break;
        }
        answer = line.ask("C002C1" + digits);
    }
    BOOST_TEST(collected.size() == whole.size());
    BOOST_TEST(axdr::parse_data(octets(collected)).has_value());
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_13_1_get_next_with_wrong_number) {
    for (const std::string number : {"00000000", "00000003"}) {
        line.ask(aarq(context_ln + lls + password + initiate("00FFFF", "0040")));
        BOOST_REQUIRE(line.ask(get_object_list).starts_with("C402C10000000001"));
        BOOST_TEST(line.ask("C002C1" + number) == "C402C101" + number + "0113");
        BOOST_TEST(line.ask("C002C100000001") == "C402C101000000010110");
        expect_alive();
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_13_1_get_next_with_the_same_number_again) {
    line.ask(aarq(context_ln + lls + password + initiate("00FFFF", "0040")));
    line.ask(get_object_list);
    BOOST_REQUIRE(line.ask("C002C100000001").starts_with("C402C10000000002"));
    BOOST_TEST(line.ask("C002C100000001") == "C402C101000000010113");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_13_2_get_next_without_long_get) {
    BOOST_TEST(line.ask("C002C100000001") == "C402C101000000010110");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_15_long_get_abandoned) {
    const std::string short_pdu = aarq(context_ln + lls + password + initiate("00FFFF", "0040"));
    line.ask(short_pdu);
    line.ask(get_object_list);
    BOOST_REQUIRE(line.ask("C002C100000001").starts_with("C402C10000000002"));
    expect_alive();
    BOOST_TEST(line.ask("C002C100000002") == "C402C101000000020110");
    // The next long GET starts at 1.
    BOOST_TEST(line.ask(get_object_list).starts_with("C402C10000000001"));
    BOOST_TEST(line.ask("6200") == "6300");
    BOOST_TEST(line.ask("C002C100000001") == refused);
    line.ask(short_pdu);
    BOOST_TEST(line.ask(get_object_list).starts_with("C402C10000000001"));
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_18_selective_access) {
    // Not negotiated: refused. Negotiated: a selector or an attribute that offers none, and
    // parameters of another type.
    const std::string selective = "C001C1000F0000280000FF02010100";
    BOOST_TEST(line.ask(selective) == refused);
    open("00FFFF", "FFFF", 35);
    BOOST_TEST(line.ask(selective, 35).starts_with("C401C100010B0203"));
    BOOST_TEST(line.ask("C001C1000F0000280000FF02010500", 35) == "C401C101FA");
    BOOST_TEST(line.ask("C001C1000F0000280000FF02010200", 35) == "C401C1010C");
    BOOST_TEST(line.ask("C001C1000F0000280000FF03010100", 35) == "C401C101FA");
    BOOST_TEST(line.ask("C101C1" + any_value + "0101001101", 35) == "C501C1FA");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_19_set_normal_and_read_back) {
    // 2027-06-15T12:34:56.50, a Tuesday, deviation -60.
    BOOST_TEST(line.ask(set(clock_time, "090C07EB060F020C223832FFC400")) == "C501C100");
    BOOST_TEST(line.ask(get(clock_time)) == "C401C100090C07EB060F020C223832FFC400");
    BOOST_TEST(line.ask("C101C100290000190000FF0600120000") == "C501C100");  // may be idle
    line.advance(24h);
    BOOST_TEST(line.ask(get(clock_time)) == "C401C100090C07EB0610030C223832FFC400");
    // With the tag date-time, in UTC: the meter shows its own zone.
    BOOST_TEST(line.ask(set(clock_time, "1907EB0701FF000000FF000000")) == "C501C100");
    BOOST_TEST(line.ask(get(clock_time)) == "C401C100090C07EB07010401000000FFC400");
    // Deviation not specified: the zone stays.
    BOOST_TEST(line.ask(set(clock_time, "090C07EB0701FF051E00FF8000FF")) == "C501C100");
    BOOST_TEST(line.ask(get(clock_time)) == "C401C100090C07EB070104051E0000FFC400");
    // The zone changes, and local time with it.
    BOOST_TEST(line.ask("C101C100080000010000FF030010FF88") == "C501C100");
    BOOST_TEST(line.ask(get(clock_time)) == "C401C100090C07EB070104061E0000FF8800");
    // A date-time is kept as octet-string where that is the type.
    BOOST_TEST(line.ask(set(time_value, "1907EB0701FF000000FF000000")) == "C501C100");
    BOOST_TEST(line.ask(get(time_value)) == "C401C100090C07EB0701FF000000FF000000");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_19_clock_refuses_what_is_no_time) {
    const std::string before = line.ask(get(clock_time));
    for (const std::string value :
         {"090C07EB021EFF0C000000FFC400", "090CFFFF060FFF0C000000FFC400",
          "090C07EB060F030C000000FFC400", "090B07EB060F020C223832FFC4",
          "090C07EB060FFFFF000000FFC400", "090C0000060FFF0C000000FFC400", "0600000000"}) {
        BOOST_TEST_CONTEXT(value) {
            BOOST_TEST(line.ask(set(clock_time, value)) == "C501C10C");
        }
    }
    BOOST_TEST(line.ask(get(clock_time)) == before);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_27_services_not_negotiated) {
    line.ask(aarq(context_ln + lls + password + initiate("000010", "FFFF")));
    for (const std::string& apdu :
         {set(any_value, "1101"), std::string("C301C10046000060030AFF01010F00"),
          "C003C101" + any_value + "00", std::string("C001C1000F0000280000FF02010100"),
          "C102C1" + any_value + "00010000000103110130", std::string("D9000000010000"),
          std::string("E0C000010001")}) {
        BOOST_TEST_CONTEXT(apdu) {
            BOOST_TEST(line.ask(apdu) == refused);
        }
    }
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_28_pdu_too_long) {
    // 1025 octets where 1024 are taken, and 1024 to show that these are.
    const std::string head = "C101C1" + any_value + "0009";
    BOOST_TEST(line.ask(head + "8203F0" + std::string(2 * 1008, '0')) == "D80104");
    BOOST_TEST(line.ask(get(any_value)) == "C401C10000");
    BOOST_TEST(line.ask(head + "8203EF" + std::string(2 * 1007, '0')) == "C501C100");
    expect_alive();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_29_answer_too_long_without_block_transfer) {
    open("00FFFF", "0040", 32);
    BOOST_TEST(line.ask(get_object_list, 32) == "C401C1010E");
    expect_alive(32);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_30_damaged_data) {
    std::string nested;
    for (int i = 0; i < 200; ++i) {
        nested += "0101";
    }
    for (const std::string& value :
         {std::string("0984FFFFFFFF00"), std::string("0184FFFFFFFF"), nested + "00",
          std::string("0800"), std::string("130C01"), std::string("1301FF"), std::string("1101FF"),
          std::string("02031101"), std::string("0C01FF")}) {
        BOOST_TEST_CONTEXT(value) {
            BOOST_TEST(line.ask(set(any_value, value)) == refused);
            expect_alive();
        }
    }
    BOOST_TEST(line.ask(get(any_value)) == "C401C10000");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_31_every_type_comes_back) {
    for (const std::string value : {"00",
                                    "0100",
                                    "010211011102",
                                    "0200",
                                    "020211010900",
                                    "0300",
                                    "0301",
                                    "03FF",
                                    "0400",
                                    "040180",
                                    "0407FE",
                                    "0408FF",
                                    "0409FF80",
                                    "0580000000",
                                    "057FFFFFFF",
                                    "06FFFFFFFF",
                                    "0900",
                                    "0903000102",
                                    "0A00",
                                    "0A03414243",
                                    "0C00",
                                    "0C02C3A9",
                                    "0D99",
                                    "0F80",
                                    "108000",
                                    "11FF",
                                    "12FFFF",
                                    "148000000000000000",
                                    "15FFFFFFFFFFFFFFFF",
                                    "16FF",
                                    "177FC00000",
                                    "17FF800000",
                                    "187FF8000000000000",
                                    "1907EA0301FF0A0000FF800000",
                                    "1A07EA0301FF",
                                    "1B0A0000FF",
                                    "1C80",
                                    "1D8000",
                                    "1E80000000",
                                    "1FFF",
                                    "20FFFF",
                                    "21FFFFFFFF",
                                    "FF"}) {
        BOOST_TEST_CONTEXT(value) {
            BOOST_TEST(line.ask(set(any_value, value)) == "C501C100");
            BOOST_TEST(line.ask(get(any_value)) == "C401C100" + to_hex(octets(value)));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(association_object, ManagementFixture)

BOOST_AUTO_TEST_CASE(tells_about_the_association_in_use) {
    BOOST_TEST(line.ask("C001C1000F0000280000FF0300") == "C401C10002020F11120001");
    BOOST_TEST(line.ask("C001C1000F0000280000FF0400") == "C401C100090760857405080101");
    BOOST_TEST(line.ask("C001C1000F0000280000FF0500") ==
               "C401C1000206041800501812040012FFFF11060F000900");
    BOOST_TEST(line.ask("C001C1000F0000280000FF0600") == "C401C100090760857405080201");
    BOOST_TEST(line.ask("C001C1000F0000280000FF0800") == "C401C1001602");
    BOOST_TEST(line.ask("C001C100110000290000FF0200") ==
               "C401C10001010202120001091054535430303030303030303030303031");
}

BOOST_AUTO_TEST_CASE(lists_what_the_association_sees) {
    open("00FFFF", "FFFF", 16);
    BOOST_TEST(line.ask(get_object_list, 16) ==
               "C401C1000103"
               // In ascending order of the logical name: the clock, the association, the name.
               "0204120008110009060000010000FF0202"
               "0105"
               "02030F01160100"
               "02030F02160300"
               "02030F03160300"
               "02030F04160100"
               "02030F09160300"
               "0100"
               "0204"
               "12000F"
               "1100"
               "09060000280000FF"
               "0202"
               "0108"
               "02030F01160100"
               "02030F021601"
               "01040F010F020F030F04"
               "02030F03160100"
               "02030F04160100"
               "02030F05160100"
               "02030F06160100"
               "02030F07160000"
               "02030F08160100"
               "0100"
               "0204"
               "120001"
               "1100"
               "090600002A0000FF"
               "0202"
               "0102"
               "02030F01160100"
               "02030F02160100"
               "0100");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
