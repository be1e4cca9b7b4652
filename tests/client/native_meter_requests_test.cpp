// Lists, methods, ACCESS, short names and notifications of the client over real sockets, against
// meters that are scripts of octets.

#include <boost/test/unit_test.hpp>

#include "client/native_meter_client.hpp"
#include "client/register_reader.hpp"
#include "stack/axdr/data_builder.hpp"
#include "tests/client/client_scripts.hpp"
#include "tests/support/answering_meter.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(native_meter_requests)

BOOST_AUTO_TEST_CASE(a_list_is_one_request) {
    ScriptedMeter meter({asks(aarq), says(aare),
                         asks("C003C102 000301000008 00FF 02 00 000301000108 00FF 02 00"),
                         says("C403C102 00 0600000001 01 04"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 2) == "0600000001 object-undefined");
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_a_meter_without_lists_is_asked_singly) {
    ScriptedMeter meter({asks(aarq), says(aare_without_lists), asks("C001C100030100000800FF0200"),
                         says("C401C1000600000001"), asks("C001C200030100010800FF0200"),
                         says("C401C20104"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 2) == "0600000001 object-undefined");
}

BOOST_AUTO_TEST_CASE(a_list_that_is_refused_is_asked_in_parts) {
    ScriptedMeter meter(
        {asks(aarq), says(aare),
         asks("C003C104 00030100000800FF0200 00030100010800FF0200 00030100020800FF0200"
              "00030100030800FF0200"),
         says("D80104"), asks("C003C202 00030100000800FF0200 00030100010800FF0200"),
         says("C403C202 001101 001102"), asks("C003C302 00030100020800FF0200 00030100030800FF0200"),
         says("D80103"), asks("C001C400030100020800FF0200"), says("C401C4001103"),
         asks("C001C500030100030800FF0200"), says("C401C50103"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 4) == "1101 1102 1103 read-write-denied");
}

BOOST_AUTO_TEST_CASE(requests_go_out_together_where_the_profile_says_so) {
    ScriptedMeter meter({asks(aarq), says(aare_without_lists), asks("C001C100030100000800FF0200"),
                         asks("C001C200030100010800FF0200"), says("C401C2001102"),
                         asks("C001C300030100020800FF0200"), says("C401C1001101"),
                         says("C401C3001103"), Silence{}});
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.max_outstanding_requests = 2;
    Desk desk(std::move(parameters));
    BOOST_TEST(read_list(desk, 3) == "1101 1102 1103");
}

BOOST_AUTO_TEST_CASE(one_failed_answer_does_not_stop_the_others) {
    ScriptedMeter meter({asks(aarq), says(aare_without_lists), asks("C001C100030100000800FF0200"),
                         says("C401C10099"), asks("C001C200030100010800FF0200"), says("D80101"),
                         asks("C001C300030100020800FF0200"), says("C401C3001103"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 3) == "malformed-answer service-refused 1103");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_lost_in_a_list_is_made_again) {
    ScriptedMeter meter(
        {asks(aarq), says(aare), asks("C001C100030100000800FF0200"), says("C401C1001101"),
         asks("C003C202 00030100000800FF0200 00030100010800FF0200"), ScriptedMeter::Close{},
         asks(aarq), says(aare), asks("C003C102 00030100000800FF0200 00030100010800FF0200"),
         says("C403C102 001101 001102"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 1) == "1101");
    BOOST_TEST(read_list(desk, 2) == "1101 1102");
}

BOOST_AUTO_TEST_CASE(registers_come_with_their_scaler_units_in_one_request) {
    ScriptedMeter meter(
        {asks(aarq), says(aare),
         asks("C003C104 00030100000800FF0200 00030100000800FF0300 00030100010800FF0200"
              "00030100010800FF0300"),
         says("C403C104 00 0600000001 00 0202 0F01 161E 00 0600000002 01 04"),
         asks("C003C202 00030100000800FF0200 00030100010800FF0200"),
         says("C403C202 00 0600000003 01 0B"), Silence{}});
    Desk desk(meter.port());
    RegisterReader reader(desk.client);
    for (const auto* expected :
         {"0600000001 Wh 0600000002 -", "0600000003 Wh object-unavailable"}) {
        const auto readings = desk.wait(reader.read_list(first_registers(2), in(20s)));
        BOOST_REQUIRE(readings);
        std::string words;
        for (const Outcome<Reading>& reading : *readings) {
            words += words.empty() ? "" : " ";
            words += !reading
                         ? std::string(code_text(reading.error()))
                         : to_hex(reading->value.encoded()) +
                               (reading->scaler_unit
                                    ? " " + std::string(*cosem::symbol(reading->scaler_unit->unit))
                                    : " -");
        }
        BOOST_TEST(words == expected);
    }
}

BOOST_AUTO_TEST_CASE(versions_come_from_the_object_list_that_was_read) {
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C1 0040 00002B0000FF 02 00"),
                         says("C401C100 1603"), asks("C001C2 000F 0000280000FF 02 00"),
                         says("C401C200 01 01 0204 120040 1101 0906 00002B0000FF 0202 0100 0100"),
                         asks("C003C302 0040 00002B0000FF 02 00 0040 00002B0001FF 02 00"),
                         says("C403C302 001603 001603"), Silence{}});
    Desk desk(meter.port());
    RegisterReader reader(desk.client);
    constexpr cosem::AttributeDescriptor policy{64, {0, 0, 43, 0, 0, 255}, 2};
    const auto read = [&](const cosem::AttributeDescriptor& attribute) {
        const auto reading = desk.wait(reader.read({attribute, {}, {}}, in(20s)));
        BOOST_REQUIRE(reading.has_value());
        return reading->version;
    };
    BOOST_TEST(!read(policy).has_value());
    BOOST_TEST(!read({15, {0, 0, 40, 0, 0, 255}, 2}).has_value());
    std::vector<ReadRequest> both;
    both.push_back({policy, {}, {}});
    both.push_back({{64, {0, 0, 43, 0, 1, 255}, 2}, {}, {}});
    const auto readings = desk.wait(reader.read_list(std::move(both), in(20s)));
    BOOST_REQUIRE(readings.has_value());
    BOOST_TEST((*readings)[0]->version.value_or(99) == 1);
    BOOST_TEST(!(*readings)[1]->version.has_value());
    reader.clear();
    BOOST_TEST(!reader.version(policy).has_value());
}

BOOST_AUTO_TEST_CASE(a_list_is_written_in_one_request_or_singly) {
    ScriptedMeter meter({asks(aarq), says(aare),
                         asks("C104C102 00030100000800FF0200 00030100010800FF0200 02 1101 1102"),
                         says("C505C1020003"),
                         asks("C104C202 00030100000800FF0200 00030100010800FF0200 02 1101 1102"),
                         says("D80103"), asks("C101C300030100000800FF02001101"), says("C501C300"),
                         asks("C101C400030100010800FF02001102"), says("C501C40B"), Silence{}});
    Desk desk(meter.port());
    for (const auto* expected : {"written read-write-denied", "written object-unavailable"}) {
        std::vector<WriteRequest> requests;
        requests.push_back({{3, {1, 0, 0, 8, 0, 255}, 2}, data("1101")});
        requests.push_back({{3, {1, 0, 1, 8, 0, 255}, 2}, data("1102")});
        BOOST_TEST(text(desk.wait(desk.client.write_list(std::move(requests), in(20s)))) ==
                   expected);
    }
}

BOOST_AUTO_TEST_CASE(a_method_is_invoked_once) {
    ScriptedMeter meter({asks(aarq), says(aare), asks("C301C10046000060030AFF01010F00"),
                         says("C701C10000"), asks("C301C20046000060030AFF0200"),
                         says("C701C200010009021234"), asks("C301C30046000060030AFF0200"),
                         says("C701C30300"), asks("C301C40046000060030AFF0200"),
                         ScriptedMeter::Close{}, Silence{}});
    Desk desk(meter.port());
    const auto invoke = [&](std::int8_t method, std::optional<axdr::Data> parameters) {
        return text(desk.wait(desk.client.invoke({70, {0, 0, 96, 3, 10, 255}, method},
                                                 std::move(parameters), in(20s))));
    };
    BOOST_TEST(invoke(1, data("0F00")) == "done");
    BOOST_TEST(invoke(2, std::nullopt) == "09021234");
    BOOST_TEST(invoke(2, std::nullopt) == "read-write-denied");
    BOOST_TEST(invoke(2, std::nullopt) == "outcome-unknown");
    BOOST_TEST(meter.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(ACCESS_X_1_items_of_every_kind) {
    constexpr auto aarq_access = "601DA109060760857405080101BE10040E01000000065F1F0400007E5FFFFF";
    constexpr auto aare_access =
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400007E5F04C80007";
    ScriptedMeter meter({asks(aarq_access), says(aare_access),
                         asks("D9 C0000010 00 03 01 00030100010800FF02 02 00080000010000FF03 03 "
                              "000800000100 00FF06 03 00 10003C 100001"),
                         says("DA C0000010 00 00 03 0600000001 00 00 03 0100 0203 0300"),
                         Silence{}});
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.proposed_conformance =
        parameters.proposed_conformance.with(xdlms::ConformanceBit::access);
    Desk desk(std::move(parameters));
    std::vector<AccessItem> items(3);
    items[0].target = {3, {1, 0, 1, 8, 0, 255}, 2};
    items[1] = {AccessItem::Kind::set, {8, {0, 0, 1, 0, 0, 255}, 3}, {}, {}, data("10003C")};
    items[2] = {AccessItem::Kind::action, {8, {0, 0, 1, 0, 0, 255}, 6}, {}, {}, data("100001")};
    BOOST_TEST(text(desk.wait(desk.client.access(std::move(items), false, in(20s)))) ==
               "0600000001 read-write-denied 00");
}

BOOST_AUTO_TEST_CASE(NOTIF_X_1_a_notification_is_handed_on_while_a_request_waits) {
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C100030100010800FF0200"),
                         says("0F 00000007 00 1105"), says("C401C1001101"), Silence{}});
    std::vector<std::string> heard;
    ClientEnvironment environment;
    environment.notification = [&](const association::Notification& notification) {
        const auto& pushed = std::get<xdlms::DataNotification>(notification);
        heard.push_back(to_hex(pushed.body.encoded()));
    };
    Desk desk(meter.port(), std::move(environment));
    BOOST_TEST(testing::text(desk.read()) == "1101");
    BOOST_TEST(heard == std::vector<std::string>{"1105"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(APPL_DATA_SN_X_1_short_names_behind_the_same_calls) {
    constexpr auto aarq_names = "601DA109060760857405080102BE10040E01000000065F1F04001C1A20FFFF";
    constexpr auto aare_names =
        "6129A109060760857405080102A203020100A305A103020100BE10040E0800065F1F04001C1A2004C8FA00";
    ScriptedMeter meter({asks(aarq_names), says(aare_names), asks("05 01 02 FA08"),
                         says("0C 01 00 01 03"
                              "0204 10 A000 12 0003 11 00 0906 0100010800FF"
                              "0204 10 A100 12 0008 11 00 0906 0000010000FF"
                              "0204 10 A200 12 0007 11 01 0906 0100630100FF"),
                         asks("05 02 02 A008 02 A108"), says("0C 02 00 0600003039 01 03"),
                         asks("06 01 02 A110 01 10003C"), says("0D 01 00"),
                         asks("05 01 04 A108 02 1105"), says("0C 01 00 0100"),
                         asks("05 01 04 A258 01 0F00"), says("0C 01 01 03"), Silence{}});
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.use_short_names();
    Desk desk(std::move(parameters));
    std::vector<ReadRequest> requests(3);
    requests[0].attribute = energy;
    requests[1].attribute = {3, {1, 0, 9, 9, 9, 255}, 2};
    requests[2].attribute = {8, {0, 0, 1, 0, 0, 255}, 2};
    BOOST_TEST(text(desk.wait(desk.client.read_list(std::move(requests), in(20s)))) ==
               "0600003039 object-undefined read-write-denied");
    const Outcome<void> written =
        desk.wait(desk.client.write({8, {0, 0, 1, 0, 0, 255}, 3}, data("10003C"), in(20s)));
    BOOST_TEST(written.has_value());
    ReadRequest selected;
    selected.attribute = {8, {0, 0, 1, 0, 0, 255}, 2};
    selected.selector = std::uint8_t{2};
    selected.selection_parameters = data("1105");
    BOOST_TEST(testing::text(desk.wait(desk.client.read(std::move(selected), in(20s)))) == "0100");
    BOOST_TEST(text(desk.wait(desk.client.invoke({7, {1, 0, 99, 1, 0, 255}, 1}, data("0F00"),
                                                 in(20s)))) == "read-write-denied");
    // The meter was not asked: it did not say that there is none.
    const auto nameless = desk.wait(desk.client.invoke({3, energy.instance, 99}, {}, in(20s)));
    BOOST_TEST(text(nameless) == "unsupported");
    BOOST_TEST(describe(nameless.error()).find("no short name") != std::string::npos);
    BOOST_TEST(text(desk.wait(desk.client.invoke({3, {1, 0, 9, 9, 9, 255}, 1}, {}, in(20s)))) ==
               "object-undefined");
}

BOOST_AUTO_TEST_CASE(where_general_blocks_are_refused_the_blocks_of_the_service_are_used) {
    // It negotiates general blocks and APDUs of 64 octets, and refuses the first general block.
    AnsweringMeter meter([](ByteView apdu) {
        const auto acknowledge = [&](std::string_view next, std::string_view done, std::size_t at) {
            const bool is_last = apdu[at] != 0;
            ByteBuffer answer = testing::octets(is_last ? done : next);
            answer[2] = apdu[2];
            if (!is_last || apdu[0] == 0xC1) {
                answer.insert(answer.end(), apdu.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                              apdu.begin() + static_cast<std::ptrdiff_t>(at) + 5);
            }
            return answer;
        };
        switch (apdu[0]) {
            case 0x60:
                return testing::octets(
                    "6129A109060760857405080101A203020100A305A103020100BE10040E"
                    "0800065F1F0400207E1F00400007");
            case 0xC1: return acknowledge("C50200", "C5030000", apdu[1] == 2 ? 13 : 3);
            case 0xC3: return acknowledge("C70400", "C701000000", apdu[1] == 4 ? 12 : 3);
            default: return testing::octets("D80102");
        }
    });
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.proposed_conformance = xdlms::Conformance{0x207E1F};
    Desk desk(std::move(parameters));
    const auto long_text = [] {
        const ByteBuffer hundred(100, 0x41);
        return *axdr::DataBuilder().octet_string(hundred).finish();
    };
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST(desk.wait(desk.client.write({1, {0, 0, 96, 1, 0, 255}, 2}, long_text(), in(20s)))
                       .has_value());
        BOOST_TEST(
            desk.wait(desk.client.invoke({9, {0, 0, 10, 0, 0, 255}, 1}, long_text(), in(20s)))
                .has_value());
    }
    std::string kinds;
    for (const std::string& apdu : meter.asked()) {
        kinds += apdu.starts_with("E0") ? "E0 " : apdu.substr(0, 4) + ' ';
    }
    BOOST_TEST(kinds == "601D E0 C102 C103 C103 C304 C306 C306 C102 C103 C103 C304 C306 C306 ");
}

BOOST_AUTO_TEST_SUITE_END()
