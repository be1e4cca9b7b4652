#include "server/json_requests.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "server/json_fault.hpp"

using namespace dlms;
using namespace dlms::service;

namespace {

HttpRequest with_body(std::string body,
                      NamedTexts headers = {{"Content-Type", "application/json"}}) {
    HttpRequest request;
    request.method = "POST";
    request.body = std::move(body);
    request.headers = std::move(headers);
    return request;
}

std::string error_of_read(std::string body) {
    const auto parsed = parse_read(with_body(std::move(body)));
    BOOST_REQUIRE(!parsed.has_value());
    BOOST_TEST(parsed.error().status == 422);
    return parsed.error().body;
}

std::string error_of_connect(const std::string& fields) {
    const auto parsed = parse_connect(with_body(
        R"({"meter_number":"1","brand":"hexing","ip_address":"10.0.0.1",)" + fields + "}"));
    BOOST_REQUIRE(!parsed.has_value());
    return parsed.error().body;
}

struct Fault {
    const char* text;
    const char* message;
    std::size_t position;
    std::size_t line;
    std::size_t column;
};

std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << fault.text;
}

// The words and numbers of Python 3.11's json.loads for the same texts.
const std::vector<Fault> faults{
    {"", "Expecting value", 0, 1, 1},
    {" ", "Expecting value", 1, 1, 2},
    {"nonsense", "Expecting value", 0, 1, 1},
    {"{", "Expecting property name enclosed in double quotes", 1, 1, 2},
    {"{'a': 1}", "Expecting property name enclosed in double quotes", 1, 1, 2},
    {"{\"a\" 1}", "Expecting ':' delimiter", 5, 1, 6},
    {"{\"a\": }", "Expecting value", 6, 1, 7},
    {"{\"a\": 1 \"b\"}", "Expecting ',' delimiter", 8, 1, 9},
    {"{\"a\": 1,}", "Expecting property name enclosed in double quotes", 8, 1, 9},
    {"[1 2]", "Expecting ',' delimiter", 3, 1, 4},
    {"[1,]", "Expecting value", 3, 1, 4},
    {"{\"a\": \"b", "Unterminated string starting at", 6, 1, 7},
    {"\"a\\", "Unterminated string starting at", 0, 1, 1},
    {"\"a\nb\"", "Invalid control character at", 2, 1, 3},
    {"\"\\x\"", "Invalid \\escape", 1, 1, 2},
    {"\"\\u12g4\"", "Invalid \\uXXXX escape", 2, 1, 3},
    {"1 2", "Extra data", 2, 1, 3},
    {"01", "Extra data", 1, 1, 2},
    {"1.", "Extra data", 1, 1, 2},
    {"-", "Expecting value", 0, 1, 1},
    {"tru", "Expecting value", 0, 1, 1},
    {"{\n \"\xc3\xa4\": x}", "Expecting value", 8, 2, 7},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(json_fault)

BOOST_DATA_TEST_CASE(speaks_as_python_does, faults) {
    const JsonScan scan(sample.text, 32);
    BOOST_REQUIRE(scan.fault().has_value());
    BOOST_TEST(scan.fault()->message == sample.message);
    BOOST_TEST(scan.fault()->position == sample.position);
    BOOST_TEST(scan.fault()->line == sample.line);
    BOOST_TEST(scan.fault()->column == sample.column);
}

BOOST_AUTO_TEST_CASE(nesting_is_limited) {
    const std::string deep = std::string(32, '[') + std::string(32, ']');
    BOOST_TEST(!JsonScan(deep, 32).fault().has_value());
    BOOST_TEST(JsonScan("[" + deep + "]", 32).fault()->message == "Nesting is too deep");
    BOOST_TEST(JsonScan(std::string(200'000, '['), 32).fault()->position == 32U);
}

BOOST_AUTO_TEST_CASE(an_inner_object_has_few_members) {
    const auto object = [](std::size_t members) {
        std::string text = "{";
        for (std::size_t number = 0; number < members; ++number) {
            text += (number > 0 ? ",\"k" : "\"k") + std::to_string(number) + "\":1";
        }
        return text + "}";
    };
    const auto fault_of = [](const std::string& text) {
        const auto fault = JsonScan(text, 32).fault();
        return fault ? fault->message : "none";
    };
    BOOST_TEST(fault_of(object(1000)) == "none");
    BOOST_TEST(fault_of("{\"value\":" + object(64) + "}") == "none");
    BOOST_TEST(fault_of("{\"value\":" + object(65) + "}") == "Too many members");
    BOOST_TEST(fault_of("[" + object(65) + "]") == "Too many members");
    // Left alone this would take minutes.
    const auto refused = parse_write(
        with_body(R"({"meter_number":"1","obis_code":"1.8.0","value":)" + object(90'000) + "}"));
    BOOST_REQUIRE(!refused.has_value());
    BOOST_TEST(refused.error().status == 422);
}

BOOST_AUTO_TEST_CASE(finds_the_members_of_the_outer_object) {
    const std::string text =
        R"( {"a": {"value": 1}, "value": 12345678901234567890.10, "b": "x", "b": [true] } )";
    const JsonScan scan(text, 32);
    BOOST_TEST(!scan.fault().has_value());
    BOOST_TEST(scan.member("value").value() == "12345678901234567890.10");
    BOOST_TEST(scan.member("b").value() == "[true]");
    BOOST_TEST(!scan.member("c").has_value());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(json_requests)

BOOST_AUTO_TEST_CASE(errors_have_the_shape_and_the_words_of_pydantic_1) {
    BOOST_TEST(
        error_of_read("{}") ==
        R"({"detail":[{"loc":["body","meter_number"],"msg":"field required","type":"value_error.missing"},)"
        R"({"loc":["body","obis_code"],"msg":"field required","type":"value_error.missing"}]})");
    BOOST_TEST(
        error_of_read(R"({"meter_number":null,"obis_code":[]})") ==
        R"({"detail":[{"loc":["body","meter_number"],"msg":"none is not an allowed value",)"
        R"("type":"type_error.none.not_allowed"},)"
        R"({"loc":["body","obis_code"],"msg":"str type expected","type":"type_error.str"}]})");
    BOOST_TEST(
        error_of_read("") ==
        R"({"detail":[{"loc":["body"],"msg":"field required","type":"value_error.missing"}]})");
    BOOST_TEST(
        error_of_read("null") ==
        R"({"detail":[{"loc":["body"],"msg":"field required","type":"value_error.missing"}]})");
    BOOST_TEST(
        error_of_read("[]") ==
        R"({"detail":[{"loc":["body"],"msg":"value is not a valid dict","type":"type_error.dict"}]})");
    BOOST_TEST(
        error_of_read("{\"a\":") ==
        R"x({"detail":[{"loc":["body",5],"msg":"Expecting value: line 1 column 6 (char 5)",)x"
        R"("type":"value_error.jsondecode","ctx":{"msg":"Expecting value","pos":5,"lineno":1,"colno":6}}]})");
    BOOST_TEST(
        error_of_read(
            R"({"meter_number":"1","obis_code":"1.8.0","class_id":"x","attribute_id":128})") ==
        R"({"detail":[{"loc":["body","class_id"],"msg":"value is not a valid integer",)"
        R"("type":"type_error.integer"},{"loc":["body","attribute_id"],)"
        R"("msg":"ensure this value is less than or equal to 127","type":"value_error.number.not_le",)"
        R"("ctx":{"limit_value":127}}]})");
    BOOST_TEST(
        error_of_read(R"({"meter_number":"1","obis_code":"1.8"})") ==
        R"({"detail":[{"loc":["body","obis_code"],"msg":"'1.8' is not an OBIS code such as 1-0:1.8.0.255",)"
        R"("type":"value_error"}]})");
    BOOST_TEST(
        error_of_connect(R"("connection_type":"pigeon")") ==
        R"({"detail":[{"loc":["body","connection_type"],"msg":"value is not a valid enumeration member; )"
        R"(permitted: 'tcp', 'hdlc', 'serial', 'udp', 'dialin'","type":"type_error.enum",)"
        R"("ctx":{"enum_values":["tcp","hdlc","serial","udp","dialin"]}}]})");
}

BOOST_AUTO_TEST_CASE(numbers_and_texts_stand_for_each_other) {
    const auto parsed = parse_read(with_body(
        R"({"meter_number":5,"obis_code":"1-0:1.8.0.255","class_id":" 3 ","attribute_id":2.9})"));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->meter_number == "5");
    BOOST_TEST(parsed->attribute.class_id == 3);
    BOOST_TEST(int{parsed->attribute.attribute_id} == 2);
    BOOST_TEST(
        parse_read(with_body(R"({"meter_number":true,"obis_code":"1.8.0"})"))->meter_number ==
        "True");
    BOOST_TEST(parse_read(with_body(R"({"meter_number":1.5,"obis_code":"1.8.0"})"))->meter_number ==
               "1.5");
}

BOOST_AUTO_TEST_CASE(only_json_is_read_as_json) {
    const std::string body = R"({"meter_number":"1","obis_code":"1.8.0"})";
    for (const char* type :
         {"application/json", "Application/JSON; charset=utf-8", "application/vnd.x+json"}) {
        BOOST_TEST(parse_read(with_body(body, {{"Content-Type", type}})).has_value());
    }
    BOOST_TEST(parse_read(with_body(body, {})).has_value());
    for (const char* type :
         {"text/plain", "application/x-www-form-urlencoded", "application/jsonx", ""}) {
        const auto parsed = parse_read(with_body(body, {{"Content-Type", type}}));
        BOOST_REQUIRE(!parsed.has_value());
        BOOST_TEST(parsed.error().body.find("value is not a valid dict") != std::string::npos);
    }
    const auto latin = parse_read(with_body("{\"meter_number\":\"\xe4\"}"));
    BOOST_REQUIRE(!latin.has_value());
    BOOST_TEST(latin.error().status == 400);
    BOOST_TEST(latin.error().body == R"({"detail":"There was an error parsing the body"})");
}

BOOST_AUTO_TEST_CASE(what_has_no_value_is_refused) {
    BOOST_TEST(error_of_read(R"({"meter_number":"\ud800"})").find("jsondecode") !=
               std::string::npos);
    BOOST_TEST(error_of_read(R"({"meter_number":1e999})").find("jsondecode") != std::string::npos);
    BOOST_TEST(error_of_read(std::string(100'000, '[')).find("Nesting is too deep") !=
               std::string::npos);
    BOOST_TEST(
        error_of_read(R"({"meter_number":"","obis_code":"1.8.0"})").find("any_str.min_length") !=
        std::string::npos);
    BOOST_TEST(
        error_of_read(R"({"meter_number":")" + std::string(129, 'x') + R"(","obis_code":"1.8.0"})")
            .find("any_str.max_length") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(connect_takes_the_backends_request) {
    const auto parsed = parse_connect(with_body(
        R"({"meter_number":"123","brand":"hexcell","connection_type":"tcp","ip_address":"10.0.0.1","port":4059,)"
        R"("server_address":1,"client_address":17,"auth_type":"LOW","password":"00000000","timeout":30000,"x":[]})"));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->meter_number == "123");
    BOOST_TEST(parsed->brand == "hexcell");
    BOOST_TEST(parsed->ip_address.value() == "10.0.0.1");
    BOOST_TEST(parsed->server_address.value() == 1);
    BOOST_TEST(parsed->client_address.value() == 17);
    BOOST_TEST((parsed->authentication.value() == AuthenticationType::low));
    BOOST_TEST(parsed->password->matches(as_bytes("00000000")));
    BOOST_TEST(parsed->timeout->count() == 30000);
    BOOST_TEST(parsed->matches(parsed->clone()));
    auto other = parsed->clone();
    other.password = SecretBytes(as_bytes("00000001"));
    BOOST_TEST(!parsed->matches(other));
}

BOOST_AUTO_TEST_CASE(connect_leaves_out_what_the_caller_left_out) {
    const auto parsed = parse_connect(with_body(
        R"({"meter_number":"1","brand":"other","ip_address":"10.0.0.1","password":"","aes_key":null,"serial_port":null})"));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->port == 4059);
    BOOST_TEST(!parsed->password.has_value());
    BOOST_TEST(!parsed->client_address.has_value());
    BOOST_TEST(!parsed->authentication.has_value());
    BOOST_TEST(!parsed->timeout.has_value());
    BOOST_TEST(parsed->use_logical_name);
}

BOOST_AUTO_TEST_CASE(null_is_refused_where_the_field_has_a_default_and_is_not_optional) {
    const auto refuses = [](const std::string& name, const std::string& error) {
        BOOST_TEST(error.find("\"" + name + R"("],"msg":"none is not an allowed value",)" +
                              R"("type":"type_error.none.not_allowed"})") != std::string::npos,
                   name << ": " << error);
    };
    for (const std::string name : {"connection_type", "port", "baud_rate", "server_address",
                                   "client_address", "auth_type", "timeout"}) {
        refuses(name, error_of_connect("\"" + name + "\":null"));
    }
    for (const std::string name : {"class_id", "attribute_id"}) {
        refuses(name,
                error_of_read(R"({"meter_number":"1","obis_code":"1.8.0",")" + name + "\":null}"));
    }
    const auto items = parse_read_multiple(
        with_body(R"({"meter_number":"1","obis_codes":[{"code":"1.8.0","classId":null}]})"));
    BOOST_REQUIRE(!items.has_value());
    refuses("classId", items.error().body);
    BOOST_TEST(
        parse_write(
            with_body(R"({"meter_number":"1","obis_code":"1.8.0","value":null,"data_type":null})"))
            .has_value());
}

BOOST_AUTO_TEST_CASE(logical_address_and_octets_of_the_password_win) {
    const auto parsed = parse_connect(with_body(
        R"({"meter_number":"1","brand":"x","ip_address":"a","server_address":1,"logical_address":7,)"
        R"("password":"text","password_hex":"00 FF"})"));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_TEST(parsed->server_address.value() == 7);
    BOOST_TEST(parsed->password->matches(ByteBuffer{0x00, 0xFF}));
}

BOOST_AUTO_TEST_CASE(connect_checks_every_parameter) {
    for (const char* field : {R"("port":0)",
                              R"("port":65536)",
                              R"("server_address":-1)",
                              R"("client_address":65536)",
                              R"("auth_type":"Highest")",
                              R"("password_hex":"0")",
                              R"("password":{})",
                              R"("timeout":0)",
                              R"("security":"some")",
                              R"("use_logical_name":"maybe")",
                              R"("max_pdu_size":70000)",
                              R"("backend":"x")",
                              R"("aes_key":"0011")",
                              R"("system_title":"x")",
                              R"("security_suite":3)",
                              R"("invocation_counter_obis":"1.2")",
                              R"("trust_invocation_counter":"x")",
                              R"("user_id":256)",
                              R"("challenge_size":7)",
                              R"("authentication_object":"1.2")",
                              R"("authentication_name":65536)",
                              R"("omit_system_title":"x")",
                              R"("open_unverified":"x")",
                              R"("header_without_lengths":"x")",
                              R"("window_size":8)",
                              R"("mode_e":2)",
                              R"("rts":"high")",
                              R"("dtr":2)",
                              R"("disconnect_first":"maybe")",
                              R"("expect_echo":"x")",
                              R"("device_address":"1!2")",
                              R"("manufacturer":"HX1")",
                              R"("manufacturer":"HEXI")",
                              R"("parity":"odder")",
                              R"("baud_rate":0)",
                              R"("logical_address":"a")",
                              R"("ip_address":"10.0.0.1\u0000.example")"}) {
        const std::string error = error_of_connect(field);
        const std::string name(
            std::string_view(field).substr(0, std::string_view(field).find(':')));
        BOOST_TEST(error.find("\"loc\":[\"body\"," + name + "]") != std::string::npos,
                   field << ": " << error);
    }
    const auto no_address = parse_connect(with_body(R"({"meter_number":"1","brand":"x"})"));
    BOOST_REQUIRE(!no_address.has_value());
    BOOST_TEST(no_address.error().body.find(R"(["body","ip_address"])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(no_secret_comes_back) {
    for (const char* field :
         {R"("password":["canary"])", R"("password_hex":"canary")", R"("aes_key":"canary")",
          R"("master_key":{"a":"canary"})", R"("password":"canary)"}) {
        BOOST_TEST(error_of_connect(field).find("canary") == std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(read_multiple_takes_both_spellings_and_keeps_bad_codes_apart) {
    const auto parsed = parse_read_multiple(with_body(
        R"({"meter_number":"1","obis_codes":[{"code":"1-0:1.8.0.255","classId":3,"attributeId":2},)"
        R"({"obisCode":"0-0:1.0.0.255","class_id":8},{"code":"nonsense"}]})"));
    BOOST_REQUIRE(parsed.has_value());
    BOOST_REQUIRE(parsed->items.size() == 3U);
    BOOST_TEST(parsed->items[0].attribute->instance.text() == "1-0:1.8.0.255");
    BOOST_TEST(parsed->items[1].attribute->class_id == 8);
    BOOST_TEST(!parsed->items[2].attribute.has_value());
    BOOST_TEST(parsed->items[2].obis_text == "nonsense");
    BOOST_TEST(
        parse_read_multiple(with_body(R"({"meter_number":"1","obis_codes":[]})"))->items.empty());

    const auto wrong = parse_read_multiple(
        with_body(R"({"meter_number":"1","obis_codes":["1.8.0",{"classId":3}]})"));
    BOOST_REQUIRE(!wrong.has_value());
    BOOST_TEST(
        wrong.error().body ==
        R"({"detail":[{"loc":["body","obis_codes",0],"msg":"value is not a valid dict","type":"type_error.dict"},)"
        R"({"loc":["body","obis_codes",1,"code"],"msg":"field required","type":"value_error.missing"}]})");
    const auto no_list =
        parse_read_multiple(with_body(R"({"meter_number":"1","obis_codes":"1.8.0"})"));
    BOOST_REQUIRE(!no_list.has_value());
    BOOST_TEST(no_list.error().body.find("value is not a valid list") != std::string::npos);
    std::string many = R"({"meter_number":"1","obis_codes":[{})";
    for (int count = 0; count < 1000; ++count) {
        many += ",{}";
    }
    BOOST_TEST(
        parse_read_multiple(with_body(many + "]}")).error().body.find("at most 1000 items") !=
        std::string::npos);
}

BOOST_AUTO_TEST_CASE(write_keeps_every_digit_of_the_value) {
    const auto value_of = [](const std::string& text) {
        const auto parsed = parse_write(
            with_body(R"({"meter_number":"1","obis_code":"1.8.0","value":)" + text + "}"));
        BOOST_REQUIRE(parsed.has_value());
        return parsed->value;
    };
    BOOST_TEST(value_of("12345678901234567890.10") == "12345678901234567890.10");
    BOOST_TEST(value_of("null") == "null");
    BOOST_TEST(value_of(R"({"raw": 1})") == R"({"raw": 1})");
    BOOST_TEST(value_of("\"2024-01-01T00:00:00Z\"") == "\"2024-01-01T00:00:00Z\"");
    const auto typed = parse_write(
        with_body(R"({"meter_number":"1","obis_code":"1.8.0","val\u0075e":1,"data_type":6})"));
    BOOST_REQUIRE(typed.has_value());
    BOOST_TEST(typed->value == "1");
    BOOST_TEST((typed->data_type.value() == axdr::Tag::double_long_unsigned));
    const auto named = parse_write(with_body(
        R"({"meter_number":"1","obis_code":"1.8.0","value":1,"data_type":"long_unsigned"})"));
    BOOST_REQUIRE(named.has_value());
    BOOST_TEST((named->data_type.value() == axdr::Tag::long_unsigned));
    BOOST_TEST(!parse_write(
        with_body(R"({"meter_number":"1","obis_code":"1.8.0","value":1,"data_type":"word"})")));
    BOOST_TEST(!parse_write(
        with_body(R"({"meter_number":"1","obis_code":"1.8.0","value":1,"data_type":7})")));
    const std::string largest = "\"" + std::string(256 * 1024 - 2, 'a') + "\"";
    BOOST_TEST(value_of(largest) == largest);
    const auto larger = parse_write(with_body(
        R"({"meter_number":"1","obis_code":"1.8.0","value":"a)" + largest.substr(1) + "}"));
    BOOST_REQUIRE(!larger.has_value());
    BOOST_TEST(larger.error().status == 422);
    BOOST_TEST(larger.error().body.find("at most 262144") != std::string::npos);
    const auto missing = parse_write(with_body(R"({"meter_number":"1","obis_code":"1.8.0"})"));
    BOOST_REQUIRE(!missing.has_value());
    BOOST_TEST(missing.error().body.find(R"(["body","value"])") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(disconnect_needs_its_parameter) {
    HttpRequest request;
    BOOST_TEST(
        parse_disconnect(request).error().body ==
        R"({"detail":[{"loc":["query","meter_number"],"msg":"field required","type":"value_error.missing"}]})");
    request.query.emplace_back("meter_number", "7");
    BOOST_TEST(parse_disconnect(request).value() == "7");
}

BOOST_AUTO_TEST_CASE(what_a_connect_proposes) {
    const auto asked = [](const std::string& fields) {
        return parse_connect(with_body(
            R"({"meter_number":"1","brand":"hexing","ip_address":"10.0.0.1",)" + fields + "}"));
    };
    const auto text =
        asked(R"("conformance":"60FE9F","block_window":5,"outstanding_requests":"3")");
    BOOST_REQUIRE(text.has_value());
    BOOST_TEST(text->conformance->raw() == 0x60FE9Fu);
    BOOST_TEST(int{*text->block_window} == 5);
    BOOST_TEST(int{*text->outstanding_requests} == 3);
    const auto list = asked(R"("conformance":["get","general-block-transfer"])");
    BOOST_REQUIRE(list.has_value());
    BOOST_TEST(list->conformance->raw() == 0x200010u);
    BOOST_TEST(!list->matches(*text));
    BOOST_TEST(list->clone().matches(*list));
    BOOST_TEST(!asked(R"("conformance":null)")->conformance.has_value());
    for (const auto* wrong :
         {R"("conformance":"get,none")", R"("conformance":["get",{}])", R"("conformance":[])",
          R"("conformance":"FFFFFF")", R"("block_window":64)", R"("outstanding_requests":0)"}) {
        BOOST_TEST(asked(wrong).error().status == 422, wrong);
    }
}

BOOST_AUTO_TEST_CASE(a_value_names_its_attributes_where_nothing_else_does) {
    const auto asked = [](const std::string& fields) {
        return parse_write(with_body(
            R"({"meter_number":"1","obis_code":"0-0:17.0.0.255","class_id":71,)" + fields + "}"));
    };
    const auto one = asked(R"("value":{"threshold_normal":5100})");
    BOOST_TEST(int{one->attribute.attribute_id} == 4);
    BOOST_TEST(one->named.empty());
    const auto several = asked(R"("value":{"threshold_normal":5100.10,"threshold_emergency":2})");
    BOOST_REQUIRE(several->named.size() == 2u);
    const auto value_of = [&](std::int8_t attribute) {
        return std::ranges::find(several->named, attribute, &NamedValue::attribute_id)->value;
    };
    BOOST_TEST(value_of(4) == "5100.10");
    BOOST_TEST(value_of(5) == "2");
    // Else the value is that of the attribute.
    BOOST_TEST(
        int{asked(R"("attribute_id":3,"value":{"threshold_normal":1})")->attribute.attribute_id} ==
        3);
    BOOST_TEST(int{asked(R"("value":{"raw":1})")->attribute.attribute_id} == 2);
    BOOST_TEST(int{asked(R"("value":{"threshold_normal":1,"none":1})")->attribute.attribute_id} ==
               2);
    for (const auto* wrong : {R"("broadcast":true)", R"("data_type":18)"}) {
        const std::string value = R"("value":{"threshold_normal":1,"threshold_emergency":2},)";
        BOOST_TEST(asked(value + wrong).error().status == 422, wrong);
    }
}

BOOST_AUTO_TEST_SUITE_END()
