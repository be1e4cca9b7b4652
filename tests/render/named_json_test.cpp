#include "render/named_json.hpp"

#include <boost/test/unit_test.hpp>

#include "render/json_data.hpp"
#include "stack/cosem/interface_class.hpp"
#include "tests/support/octets.hpp"

namespace {

using dlms::axdr::Data;
using dlms::render::data_from_json;
using dlms::render::decoded_json;
using dlms::render::Json;
using dlms::render::WriteTarget;
using dlms::testing::octets;

Data data_of(std::string_view hex) {
    return Data::parse(octets(hex)).value();
}

struct Example {
    const char* name;
    std::uint16_t class_id;
    std::int8_t attribute_id;
    std::optional<std::uint8_t> version;
    const char* hex;
    const char* json;
};

std::ostream& operator<<(std::ostream& stream, const Example& example) {
    return stream << example.name;
}

const Example examples[] = {
    {"capture objects",
     7,
     3,
     {},
     "0102 0204 120008 09060000010000FF 0F02 120000 0204 120003 09060100010800FF 0F02 120001",
     R"([{"class_id":8,"logical_name":"0-0:1.0.0.255","attribute_index":2,"data_index":0},)"
     R"({"class_id":3,"logical_name":"1-0:1.8.0.255","attribute_index":2,"data_index":1}])"},
    {"sort method", 7, 5, {}, "1601", R"("fifo")"},
    {"seasons",
     20,
     3,
     {},
     "0102 0203 0906 57494E544552 090C FFFF0A01FF00000000800000 0903 575F31"
     " 0203 0901 02 090C FFFF0401FF000000FF8000FF 0901 02",
     R"([{"season_profile_name":"WINTER","season_start":"*-10-01T00:00:00","week_name":"W_1"},)"
     R"({"season_profile_name":{"hex":"02"},"season_start":{"date_time":"*-04-01T00:00:00",)"
     R"("hundredths":null,"status":255},"week_name":{"hex":"02"}}])"},
    {"weeks",
     20,
     8,
     {},
     "0101 0208 0902 5731 1101 1101 1101 1101 1101 1102 1103",
     R"([{"week_profile_name":"W1","monday":1,"tuesday":1,"wednesday":1,"thursday":1,"friday":1,)"
     R"("saturday":2,"sunday":3}])"},
    {"days",
     20,
     9,
     {},
     "0101 0202 1101 0102 0203 0904 00000000 0906 00000A0064FF 120001"
     " 0203 0904 071E0000 0906 00000A0064FF 120002",
     R"([{"day_id":1,"day_schedule":[)"
     R"({"start_time":"00:00:00","script_logical_name":"0-0:10.0.100.255","script_selector":1},)"
     R"({"start_time":"07:30:00","script_logical_name":"0-0:10.0.100.255","script_selector":2}]}])"},
    {"script table",
     9,
     2,
     {},
     "0101 0202 120001 0102 0205 1602 120046 0906 0000600A0AFF 0F01 0F00"
     " 0205 1601 120003 0906 0100010800FF 0F02 0600000005",
     R"([{"script_identifier":1,"actions":[)"
     R"({"service_id":"execute-method","class_id":70,"logical_name":"0-0:96.10.10.255","index":1,)"
     R"("parameter":{"type":"integer","value":0}},)"
     R"({"service_id":"write-attribute","class_id":3,"logical_name":"1-0:1.8.0.255","index":2,)"
     R"("parameter":{"type":"double-long-unsigned","value":5}}]}])"},
    {"limiter: emergency profile",
     71,
     8,
     {},
     "0203 120001 090C 07EA0B1701091E0000FFC400 0600000E10",
     R"({"emergency_profile_id":1,"emergency_activation_time":"2026-11-23T09:30:00+01:00",)"
     R"("emergency_duration":3600})"},
    {"limiter: actions",
     71,
     11,
     {},
     "0202 0202 0906 00000A006AFF 120001 0202 0906 00000A006AFF 120002",
     R"({"action_over_threshold":{"script_logical_name":"0-0:10.0.106.255","script_selector":1},)"
     R"("action_under_threshold":{"script_logical_name":"0-0:10.0.106.255","script_selector":2}})"},
    {"disconnect control", 70, 3, {}, "1600", R"("disconnected")"},
    {"a state that the standard does not have", 70, 3, {}, "1609", "9"},
    {"push destination",
     40,
     3,
     {},
     "0203 1600 090D 31302E302E302E313A34303539 1600",
     R"({"transport_service":"tcp","destination":"10.0.0.1:4059","message":"a-xdr-apdu"})"},
    {"push objects, version 0", 40, 2, 0, "0101 0204 120028 0906 0000190900FF 0F01 120000",
     R"([{"class_id":40,"logical_name":"0-0:25.9.0.255","attribute_index":1,"data_index":0}])"},
    {"push objects, version 1", 40, 2, 1,
     "0101 0205 120007 0906 0100630100FF 0F02 120000 0202 1602 0202 0600000001 0600000060",
     R"([{"class_id":7,"logical_name":"1-0:99.1.0.255","attribute_index":2,"data_index":0,)"
     R"("restriction_element":{"restriction_type":"by-entry",)"
     R"("restriction_value":{"from_entry":1,"to_entry":96}}}])"},
    {"push objects, version 2", 40, 2, 2,
     "0101 0206 120007 0906 0100630100FF 0F02 120000 0202 1600 00"
     " 0101 0204 120003 0906 0100010800FF 0F02 120000",
     R"([{"class_id":7,"logical_name":"1-0:99.1.0.255","attribute_index":2,"data_index":0,)"
     R"("restriction_element":{"restriction_type":"none","restriction_value":null},)"
     R"("columns":[{"class_id":3,"logical_name":"1-0:1.8.0.255","attribute_index":2,)"
     R"("data_index":0}]}])"},
    {"push: repetition delay, version 2",
     40,
     7,
     {},
     "0203 12000A 120002 12012C",
     R"({"repetition_delay_min":10,"repetition_delay_exponent":2,"repetition_delay_max":300})"},
    {"push: protection",
     40,
     10,
     {},
     "0101 0202 1603 0205 0900 0908 4D4D4D0000BC614E 0900 0900 0202 1600 0201 1600",
     R"([{"protection_type":3,"protection_options":{"transaction_id":"",)"
     R"("originator_system_title":{"hex":"4D4D4D0000BC614E"},"recipient_system_title":"",)"
     R"("other_information":"","key_info":{"key_info_type":0,"key_info_options":{"key_id":0}}}}])"},
    {"security policy, version 0", 64, 2, 0, "1603", R"("authenticated-and-encrypted")"},
    {"security: certificates",
     64,
     6,
     {},
     "0101 0206 1600 1601 0902 0102 0904 43413031 0902 5331 0900",
     R"([{"certificate_entity":"server","certificate_type":"key-agreement",)"
     R"("serial_number":{"hex":"0102"},"issuer":{"hex":"43413031"},"subject":"S1","subject_alt_name":""}])"},
    {"image transfer: status", 18, 6, {}, "1603", R"("verification-successful")"},
    {"image transfer: what will be active",
     18,
     7,
     {},
     "0101 0203 0600010000 0904 46573131 0902 FF00",
     R"([{"image_to_activate_size":65536,"image_to_activate_identification":"FW11",)"
     R"("image_to_activate_signature":{"hex":"FF00"}}])"},
    {"GPRS",
     45,
     4,
     {},
     "0202 0205 1101 1102 1103 1104 111F 0205 1100 1100 1100 1100 1100",
     R"({"default":{"precedence":1,"delay":2,"reliability":3,"peak_throughput":4,)"
     R"("mean_throughput":31},"requested":{"precedence":0,"delay":0,"reliability":0,)"
     R"("peak_throughput":0,"mean_throughput":0}})"},
    {"TCP-UDP: IP reference", 41, 3, {}, "0906 0000190100FF", R"("0-0:25.1.0.255")"},
    {"IPv4: address", 42, 3, {}, "06 C0A80114", R"("192.168.1.20")"},
    {"account: mode",
     111,
     2,
     {},
     "0202 1602 1602",
     R"({"payment_mode":"prepayment","account_status":"active"})"},
    {"account: currency",
     111,
     15,
     {},
     "0203 0C03 455552 0FFE 1602",
     R"({"currency_name":"EUR","currency_scale":-2,"currency_unit":"monetary"})"},
    {"account: charges of credits",
     111,
     11,
     {},
     "0101 0203 0906 0000130A00FF 0906 0000131400FF 0403 A0",
     R"([{"credit_reference":"0-0:19.10.0.255","charge_reference":"0-0:19.20.0.255",)"
     R"("collection_configuration":"101"}])"},
    {"credit: type", 112, 3, {}, "1602", R"("emergency-credit")"},
    {"charge: tariff",
     113,
     5,
     {},
     "0203 0202 0FFF 0FFD 0203 120003 0906 0100010800FF 0F02 0101 0202 0901 01 10 00C8",
     R"({"charge_per_unit_scaling":{"commodity_scale":-1,"price_scale":-3},)"
     R"("commodity_reference":{"class_id":3,"logical_name":"1-0:1.8.0.255","attribute_index":2},)"
     R"("charge_table":[{"index":{"hex":"01"},"charge_per_unit":200}]})"},
    {"token gateway: status",
     115,
     6,
     {},
     "0202 1603 0408 00",
     R"({"status_code":"execution-ok","data_value":"00000000"})"},
    {"register activation: masks",
     6,
     3,
     {},
     "0101 0202 0902 5431 0102 1101 1103",
     R"([{"mask_name":"T1","index_list":[1,3]}])"},
    {"single action schedule",
     22,
     4,
     {},
     "0101 0202 0904 00000000 0905 FFFFFF01FF",
     R"([{"time":"00:00:00","date":"*-*-01"}])"},
    {"special days",
     11,
     2,
     {},
     "0101 0203 120001 0905 FFFF0C19FF 1103",
     R"([{"index":1,"specialday_date":"*-12-25","day_id":3}])"},
    {"association: object list, version 1", 15, 2, 1,
     "0101 0204 120008 1100 0906 0000010000FF 0202"
     " 0102 0203 0F01 1601 00 0203 0F02 1603 0102 0F01 0F02 0101 0202 0F01 1601",
     R"([{"class_id":8,"version":0,"logical_name":"0-0:1.0.0.255","access_rights":{)"
     R"("attribute_access":[{"attribute_id":1,"access_mode":"read-only","access_selectors":null},)"
     R"({"attribute_id":2,"access_mode":"read-and-write","access_selectors":[1,2]}],)"
     R"("method_access":[{"method_id":1,"access_mode":"access"}]}}])"},
    {"association: partners", 15, 3, {}, "0202 0F10 120001", R"({"client_SAP":16,"server_SAP":1})"},
    {"association: context name", 15, 4, {}, "0907 60857405080101", R"({"hex":"60857405080101"})"},
    {"scaler and unit", 3, 3, {}, "0202 0FFE 1621", R"({"scaler":-2,"unit":"A"})"},
    {"a unit that shares its symbol", 3, 3, {}, "0202 0FFE 160E", R"({"scaler":-2,"unit":14})"},
    {"a code as another type than the class's",
     22,
     2,
     {},
     "0202 0906 00000A006AFF 1101",
     R"({"script_logical_name":"0-0:10.0.106.255",)"
     R"("script_selector":{"type":"unsigned","value":1}})"},
};

WriteTarget target_of(const Example& example) {
    WriteTarget target;
    target.attribute = {example.class_id, {}, example.attribute_id};
    target.version = example.version;
    return target;
}

std::string outcome(std::string_view json, const WriteTarget& target) {
    const auto data = data_from_json(Json::parse(json), target, {});
    return data ? dlms::to_hex(data->encoded()) : data.error().message;
}

WriteTarget attribute(std::uint16_t class_id, std::int8_t attribute_id) {
    WriteTarget target;
    target.attribute = {class_id, {}, attribute_id};
    return target;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(named_json)

BOOST_AUTO_TEST_CASE(examples_are_shown_and_written_back) {
    for (const Example& example : examples) {
        const Data data = data_of(example.hex);
        const WriteTarget target = target_of(example);
        const auto json = decoded_json(target.attribute, data.view(), example.version);
        BOOST_REQUIRE_MESSAGE(json, example);
        BOOST_TEST(json->dump() == example.json, example);
        BOOST_TEST(outcome(example.json, target) == dlms::to_hex(data.encoded()), example);
    }
}

BOOST_AUTO_TEST_CASE(numbers_go_for_names_and_lists_for_objects) {
    BOOST_TEST(outcome("2", attribute(70, 3)) == "1602");
    BOOST_TEST(outcome(R"("2")", attribute(70, 3)) == "1602");
    BOOST_TEST(outcome(R"("Ready_For_Reconnection")", attribute(70, 3)) == "1602");
    BOOST_TEST(outcome(R"([-2, 33])", attribute(3, 3)) == "02020FFE1621");
    BOOST_TEST(outcome(R"([["00:00:00", "*-*-01"]])", attribute(22, 4)) ==
               "0101020209040000000009"
               "05FFFFFF01FF");
    BOOST_TEST(outcome("3232235796", attribute(42, 3)) == "06C0A80114");
    BOOST_TEST(outcome(R"([{"class-id": 8, "LOGICAL_NAME": "0000010000FF",
                           "attribute_index": 2, "data_index": 0}])",
                       attribute(7, 3)) == "0101020412000809060000010000FF0F02120000");
}

BOOST_AUTO_TEST_CASE(a_threshold_takes_the_type_of_what_is_there) {
    const Data present = data_of("0600001388");
    WriteTarget target = attribute(71, 4);
    target.present = present.view();
    BOOST_TEST(outcome(R"({"threshold_normal": 5000})", target) == "0600001388");
    BOOST_TEST(outcome("5000", target) == "0600001388");
    BOOST_TEST(outcome(R"({"threshold_normal": -1})", target) ==
               "value.threshold_normal: expected an integer that fits double-long-unsigned, got "
               "-1");
    BOOST_TEST(
        outcome(R"({"threshold_active": 5000})", target).starts_with("value: expected an integer"));
    BOOST_TEST(outcome("5000", attribute(71, 4)).find("give data_type") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_meters_own_simple_types_are_kept) {
    // This meter has an unsigned where the class has a long-unsigned.
    const Data present = data_of("0202 0906 00000A006AFF 1101");
    WriteTarget target = attribute(22, 2);
    target.present = present.view();
    BOOST_TEST(outcome(R"({"script_logical_name": "0-0:10.0.106.255", "script_selector": 7})",
                       target) == "0202090600000A006AFF1107");
}

BOOST_AUTO_TEST_CASE(what_is_there_tells_the_version) {
    const Data delays = data_of("0203 12000A 120002 12012C");
    WriteTarget target = attribute(40, 7);
    target.present = delays.view();
    BOOST_TEST(
        outcome("5", target).starts_with("value: expected an object of repetition_delay_min"));
    const Data seconds = data_of("12003C");
    target.present = seconds.view();
    BOOST_TEST(outcome("5", target) == "120005");
    // Without it, the value itself does.
    BOOST_TEST(outcome("5", attribute(40, 7)) == "120005");
}

BOOST_AUTO_TEST_CASE(members_that_are_unknown_missing_or_double_are_refused_by_name) {
    const WriteTarget captures = attribute(7, 3);
    BOOST_TEST(outcome(R"([{"class_id": 3, "obis": "1-0:1.8.0.255"}])", captures) ==
               "value[0]: unknown member \"obis\"; expected class_id, logical_name, "
               "attribute_index, data_index");
    BOOST_TEST(outcome(R"([{"class_id": 3, "logical_name": "1-0:1.8.0.255",
                           "attribute_index": 2}])",
                       captures) ==
               "value[0]: member \"data_index\" is missing; expected class_id, logical_name, "
               "attribute_index, data_index");
    BOOST_TEST(outcome(R"({"scaler": 0, "unit": "Wh", "UNIT": 30})", attribute(3, 3)) ==
               "value: member \"unit\" stands twice");
}

BOOST_AUTO_TEST_CASE(messages_name_the_path_and_what_was_expected) {
    BOOST_TEST(outcome(R"([{"day_id": 1, "day_schedule": [{"start_time": "25:00",
                           "script_logical_name": "0-0:10.0.100.255", "script_selector": 1}]}])",
                       attribute(20, 9)) ==
               "value[0].day_schedule[0].start_time: expected a time like 09:30:00, got \"25:00\"");
    BOOST_TEST(outcome(R"("standby")", attribute(70, 3)) ==
               "value: expected an integer that fits enum, or one of disconnected, connected, "
               "ready-for-reconnection, got \"standby\"");
    BOOST_TEST(outcome(R"([{"class_id": 3, "logical_name": "1-0:1.8", "attribute_index": 2,
                           "data_index": 0}])",
                       attribute(7, 3)) ==
               "value[0].logical_name: expected an OBIS code like 1-0:1.8.0.255, got \"1-0:1.8\"");
    BOOST_TEST(outcome(R"("10.0.0.256")", attribute(42, 3)).find("an address like 192.168.1.20") !=
               std::string::npos);
    BOOST_TEST(outcome("5", attribute(7, 3)) ==
               "value: expected a list, or {\"hex\": \"...\"} with the A-XDR octets, got 5");
    BOOST_TEST(outcome(R"({"scaler": 0})", attribute(44, 5)) ==
               "value: expected null, or an object of user_name, PAP_password, or an object of "
               "user_name, algorithm_id, got {\"scaler\":0}");
    BOOST_TEST(outcome(R"({"user_name": "a", "algorithm_id": 5})", attribute(44, 5)) ==
               "020209016"
               "11105");
}

BOOST_AUTO_TEST_CASE(data_of_another_shape_are_shown_and_written_without_names) {
    const Data odd = data_of("0203 0FFE 1621 1105");
    BOOST_TEST(!decoded_json({3, {}, 3}, odd.view()).has_value());
    WriteTarget target = attribute(3, 3);
    target.present = odd.view();
    BOOST_TEST(outcome("[1, 2, 3]", target) == "02030F0116021103");
    BOOST_TEST(!decoded_json({9999, {}, 2}, odd.view()).has_value());
    BOOST_TEST(!decoded_json({7, {}, 2}, odd.view()).has_value());
    BOOST_TEST(!decoded_json({8, {}, 2}, dlms::axdr::DataView()).has_value());
}

BOOST_AUTO_TEST_CASE(a_typed_tree_may_be_what_the_class_does_not_have) {
    const WriteTarget name = attribute(15, 4);
    BOOST_TEST(outcome(R"({"type": "structure", "value": [{"type": "unsigned", "value": 16},
                           {"type": "long-unsigned", "value": 1}]})",
                       name) == "02021110120001");
    BOOST_TEST(outcome(R"({"type": "structure", "value": [2, 16, 756, 5, 8, 1, 1]})", name) ==
               "0207110211101202F41105110811011101");
    BOOST_TEST(outcome(R"({"type": "visible-string", "value": "LN"})", name) == "0A024C4E");
}

BOOST_AUTO_TEST_CASE(a_clock_of_parts) {
    const WriteTarget time = attribute(8, 2);
    BOOST_TEST(outcome(R"({"date_time": "2026-11-23T09:30:00", "day_of_week": null,
                           "hundredths": null, "status": 255})",
                       time) == "090C07EA0B17FF091E00FF8000FF");
    for (const char* wrong :
         {R"({"date_time": "2026-11-23T09:30:00", "weekday": 1})", R"({"status": 255})",
          R"({"date_time": "2026-11-23T09:30:00", "day_of_week": 9})",
          R"({"date_time": "2026-11-23T09:30:00", "status": 256})", R"({"date_time": 5})",
          R"({"date": "2026-11-23"})"}) {
        BOOST_TEST(outcome(wrong, time).starts_with("value: expected a time like"), wrong);
    }
}

BOOST_AUTO_TEST_CASE(several_attributes_go_by_name) {
    const Json object =
        Json::parse(R"({"threshold_normal": 5000, "min-over-threshold-duration": 60})");
    const auto attributes = dlms::render::attributes_from_json(object, 71);
    BOOST_REQUIRE(attributes.has_value());
    BOOST_REQUIRE(attributes->size() == 2u);
    BOOST_TEST((*attributes)[0].attribute_id == 4);
    BOOST_TEST(*(*attributes)[0].value == 5000);
    BOOST_TEST((*attributes)[1].attribute_id == 6);
    const auto fault = [](std::string_view json, std::uint16_t class_id) {
        const Json parsed = Json::parse(json);
        const auto result = dlms::render::attributes_from_json(parsed, class_id);
        return result ? "none" : result.error().message;
    };
    BOOST_TEST(fault(R"({"treshold": 1})", 71) == "value: Limiter has no attribute \"treshold\"");
    BOOST_TEST(fault(R"({"actions": 1, "Actions": 2})", 71) ==
               "value: attribute \"actions\" stands twice");
    BOOST_TEST(fault("5", 71) == "value: expected an object of attributes, got 5");
    BOOST_TEST(fault("{}", 9999) == "value: class 9999 is not known here");
}

BOOST_AUTO_TEST_CASE(a_methods_parameter_goes_by_its_type) {
    const auto* method = dlms::cosem::find_method(18, 1);
    const auto data = data_from_json(Json::parse(R"({"image_identifier": "FW", "image_size": 9})"),
                                     *method->parameter, {});
    BOOST_REQUIRE(data.has_value());
    BOOST_TEST(dlms::to_hex(data->encoded()) == "0202090246570600000009");
}

BOOST_AUTO_TEST_SUITE_END()
