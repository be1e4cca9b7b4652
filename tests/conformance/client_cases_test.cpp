// Cases of the client's part that no other test shows: the real client over a socket against meters
// that are scripts of octets.

#include <boost/test/unit_test.hpp>

#include "client/register_reader.hpp"
#include "tests/client/client_scripts.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;
using namespace std::chrono_literals;

namespace {

const cosem::AttributeDescriptor clock_time{8, {0, 0, 1, 0, 0, 255}, 2};
const cosem::AttributeDescriptor any_value{1, {0, 0, 96, 50, 1, 255}, 2};
const cosem::AttributeDescriptor profile_buffer{7, {1, 0, 99, 1, 0, 255}, 2};
const cosem::AttributeDescriptor object_list{15, {0, 0, 40, 0, 0, 255}, 2};
constexpr auto time_data = "090C07EA0301070A000000800000";

std::string read(Desk& desk, const cosem::AttributeDescriptor& attribute) {
    return testing::text(desk.wait(desk.client.read({attribute, std::nullopt, {}}, in(20s))));
}

std::string read(Desk& desk, const cosem::AttributeDescriptor& attribute, std::uint8_t selector,
                 std::string_view parameters) {
    return testing::text(
        desk.wait(desk.client.read({attribute, selector, data(parameters)}, in(20s))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(conformance_of_the_client)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_1_get_of_the_time) {
    // GET of the clock's time: the octets of the answer are the value.
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C1 00080000010000FF02 00"),
                         says(std::string("C401C100") + time_data), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read(desk, clock_time) == time_data);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_2_invoke_ids_go_round) {
    // 17 GETs: the invoke-id counts up and begins again behind 15; each answer has that of its
    // request.
    constexpr std::string_view digits = "123456789ABCDEF01";
    std::vector<ScriptedMeter::Step> script{asks(aarq), says(aare)};
    for (const char digit : digits) {
        const std::string iip = std::string("C") + digit;
        script.emplace_back(asks("C001" + iip + "00080000010000FF0200"));
        script.emplace_back(says("C401" + iip + "00" + time_data));
    }
    script.emplace_back(Silence{});
    ScriptedMeter meter(std::move(script));
    Desk desk(meter.port());
    for (std::size_t i = 0; i < digits.size(); ++i) {
        BOOST_TEST(read(desk, clock_time) == time_data);
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_30_data_that_is_none) {
    // A length of 4 GiB, 200 nested arrays, an unknown tag, octets behind the value: each is
    // refused, and the next request works.
    std::string deep;
    for (int i = 0; i < 200; ++i) {
        deep += "0101";
    }
    for (const std::string& bad : {std::string("0984FFFFFFFF41"), deep + "00", std::string("0800"),
                                   std::string("0184FFFFFFFF00"), std::string("110155")}) {
        ScriptedMeter meter({asks(aarq), says(aare), asks("C001C1 00080000010000FF0200"),
                             says("C401C100" + bad), asks("C001C2 00080000010000FF0200"),
                             says(std::string("C401C200") + time_data), Silence{}});
        Desk desk(meter.port());
        BOOST_TEST(read(desk, clock_time) == "malformed-answer");
        BOOST_TEST(read(desk, clock_time) == time_data);
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_31_all_data_types) {
    // Every type: GET gives the octets of the answer, SET sends those of the value.
    for (const std::string_view value : {"00",
                                         "0100",
                                         "0102 1101 1102",
                                         "0202 1101 0901FF",
                                         "0301",
                                         "0400",
                                         "040180",
                                         "0407FE",
                                         "0408FF",
                                         "0409FF80",
                                         "0580000000",
                                         "06FFFFFFFF",
                                         "0900",
                                         "0903010203",
                                         "0A03414243",
                                         "0C02C3BC",
                                         "0D99",
                                         "0F80",
                                         "108000",
                                         "11FF",
                                         "12FFFF",
                                         "13 12 04 00010002",
                                         "148000000000000000",
                                         "15FFFFFFFFFFFFFFFF",
                                         "16FF",
                                         "177FC00000",
                                         "187FF0000000000000",
                                         "1907EA0301FF0A0000008000FF",
                                         "1A07EA0301FF",
                                         "1B0A000000"}) {
        const std::string hex = to_hex(octets(value));
        ScriptedMeter meter({asks(aarq), says(aare), asks("C001C1 00010000603201FF0200"),
                             says("C401C100" + hex), asks("C101C2 00010000603201FF0200" + hex),
                             says("C501C200"), Silence{}});
        Desk desk(meter.port());
        BOOST_TEST(read(desk, any_value) == hex);
        BOOST_TEST(desk.wait(desk.client.write(any_value, data(std::string_view(hex)), in(20s)))
                       .has_value());
    }
}

BOOST_AUTO_TEST_CASE(NOTIF_X_3_event_between_request_and_response) {
    // An EventNotification comes before the answer: the request completes all the same.
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C1 00080000010000FF0200"),
                         says("C200 0046000060030AFF03 1600"),
                         says(std::string("C401C100") + time_data), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read(desk, clock_time) == time_data);
}

BOOST_AUTO_TEST_CASE(CC_REG_2_scaler_unit) {
    // A register's value comes with its scaler and unit, which are read once.
    ScriptedMeter meter({asks(aarq), says(aare),
                         asks("C003C102 00030100010800FF0200 00030100010800FF0300"),
                         says("C403C102 00 0600000001 00 0202 0FFE 161E"), Silence{}});
    Desk desk(meter.port());
    RegisterReader reader(desk.client);
    std::vector<ReadRequest> requests(1);
    requests[0].attribute = {3, {1, 0, 1, 8, 0, 255}, 2};
    const auto readings = desk.wait(reader.read_list(std::move(requests), in(20s)));
    BOOST_REQUIRE(readings && readings->size() == 1 && (*readings)[0]);
    BOOST_REQUIRE((*readings)[0]->scaler_unit);
    BOOST_TEST(int{(*readings)[0]->scaler_unit->scaler} == -2);
}

BOOST_AUTO_TEST_CASE(CC_PG_5_range_of_a_profile) {
    // By range: the client sends the selector and its parameters, and takes the rows, none too.
    constexpr auto range =
        "0204 0204 120008 09060000010000FF 0F02 120000 090C 07EA0301 07 00000000 8000FF"
        "090C 07EA0301 07 01000000 8000FF 0100";
    const std::string parameters = to_hex(octets(range));
    ScriptedMeter meter({asks(aarq), says(aare),
                         asks("C001C1 00070100630100FF02 0101" + parameters), says("C401C1000100"),
                         Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read(desk, profile_buffer, 1, parameters) == "0100");
}

BOOST_AUTO_TEST_CASE(CC_PG_6_entries_of_a_profile) {
    // By entry: rows 1 to 3, columns 2 to 3. Entry 0, which the meter refuses, is a result.
    constexpr auto entries = "02040600000001060000000312000212 0003";
    const std::string parameters = to_hex(octets(entries));
    const std::string of_entry_0 = "020406000000000600000003120001120000";
    ScriptedMeter meter(
        {asks(aarq), says(aare), asks("C001C1 00070100630100FF02 0102" + parameters),
         says("C401C100 0101 0202 1101 1102"), asks("C001C2 00070100630100FF02 0102" + of_entry_0),
         says("C401C2010C"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read(desk, profile_buffer, 2, parameters) == "0101020211011102");
    BOOST_TEST(read(desk, profile_buffer, 2, of_entry_0) == "type-unmatched");
}

BOOST_AUTO_TEST_CASE(CC_CLK_1_set_of_the_time) {
    // SET of a full date-time; a refusal is a result.
    ScriptedMeter meter(
        {asks(aarq), says(aare), asks(std::string("C101C1 00080000010000FF0200") + time_data),
         says("C501C100"), asks(std::string("C101C2 00080000010000FF0200") + time_data),
         says("C501C20C"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(desk.wait(desk.client.write(clock_time, data(time_data), in(20s))).has_value());
    const auto refused = desk.wait(desk.client.write(clock_time, data(time_data), in(20s)));
    BOOST_REQUIRE(!refused);
    BOOST_TEST(code_text(refused.error()) == "type-unmatched");
}

BOOST_AUTO_TEST_CASE(CC_ASS_1_selected_objects) {
    // object_list by class: the client sends the selector and takes elements without access rights.
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C1 000F0000280000FF02 0102 0101120001"),
                         says("C401C100 0101 0203 120001 1100 090600002A0000FF"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read(desk, object_list, 2, "0101120001") == "010102031200011100090600002A0000FF");
}

BOOST_AUTO_TEST_SUITE_END()
