// Wrong scenarios: the message names the place and what was expected there.

#include "render/scenario_data.hpp"
#include "simulator/scenario_data.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

/// The test scenario with one text replaced.
std::string changed(std::string_view from, std::string_view to) {
    std::string text(test_scenario);
    const std::size_t place = text.find(from);
    BOOST_REQUIRE(place != std::string::npos);
    return text.replace(place, from.size(), to);
}

std::string complaint(std::string_view text) {
    const auto scenario = parse_scenario(text);
    return scenario ? "accepted" : scenario.error();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario)

BOOST_AUTO_TEST_CASE(what_is_right_is_accepted) {
    BOOST_TEST(complaint(test_scenario) == "accepted");
    BOOST_TEST(complaint(builtin_scenario("hexcell")) == "accepted");
    BOOST_TEST(complaint(builtin_scenario("hexing")) == "accepted");
    BOOST_TEST(complaint(builtin_scenario("full")) == "accepted");
    BOOST_TEST(builtin_scenario("other").empty());
}

BOOST_AUTO_TEST_CASE(what_is_wrong_is_named) {
    const std::string device = "/logical_devices/0";
    BOOST_TEST(complaint("{").starts_with("not a JSON document: "));
    BOOST_TEST(complaint("[]") == "/: expected an object");
    BOOST_TEST(complaint("{\"name\": \"x\"}") == "/: expected the key \"logical_devices\"");
    BOOST_TEST(complaint(R"({"name": "x", "logical_devices": []})") ==
               "/logical_devices: expected at least one logical device");
    BOOST_TEST(complaint(changed("\"seconds\": 60", "\"second\": 60")) ==
               "/lockout/second: expected one of the keys \"attempts\" \"seconds\"");
    BOOST_TEST(complaint(changed("\"sap\": 1", "\"sap\": 70000")) ==
               device + "/sap: expected an integer from 1 to 65535");
    BOOST_TEST(complaint(changed("\"LLS\"", "\"HLS\"")) ==
               device +
                   "/associations/0/mechanism: expected \"lowest\", \"LLS\", \"HLS-manufacturer\", "
                   "\"HLS-MD5\", \"HLS-SHA1\", \"HLS-GMAC\", \"HLS-SHA256\" or \"HLS-ECDSA\"");
    BOOST_TEST(complaint(changed("\"password\": \"00000000\",", "")) ==
               device + "/associations/0: expected the key \"password\"");
    BOOST_TEST(complaint(changed("\"priority-mgmt-supported\"", "\"priority\"")) ==
               device +
                   "/associations/0/conformance/0: expected the name of a conformance bit, "
                   "for example \"get\"");
    BOOST_TEST(complaint(changed("\"client_sap\": 16", "\"client_sap\": 17")) ==
               device + "/associations: expected every element once");
    BOOST_TEST(complaint(changed("[\"0-0:42.0.0.255\",", "[\"0-0:42.0.9.255\",")) ==
               device +
                   "/associations/1/visible/0: expected the OBIS code of an object of this "
                   "logical device");
    BOOST_TEST(complaint(changed("\"obis\": \"0-0:42.0.0.255\"", "\"obis\": \"0-0:42\"")) ==
               device + "/objects/0/obis: expected an OBIS code such as \"1-0:1.8.0.255\"");
    BOOST_TEST(complaint(changed("\"obis\": \"0-0:41.0.0.255\"", "\"obis\": \"0-0:42.0.0.255\"")) ==
               device + "/objects: expected every element once");
    BOOST_TEST(complaint(changed("\"access\": \"w\"", "\"access\": \"x\"")) ==
               device +
                   "/objects/7/attributes/0/access: expected \"r\", \"w\", \"rw\" or \"none\"");
    BOOST_TEST(
        complaint(changed("\"access\": \"r\", \"living\"", "\"access\": \"rw\", \"living\"")) ==
        device +
            "/objects/10/attributes/0/access: expected \"r\": this value cannot be "
            "written");
    BOOST_TEST(complaint(changed("energy_active_import\", \"tariff", "energy\", \"tariff")) ==
               device +
                   "/objects/10/attributes/0/living: expected the name of a living quantity, "
                   "for example \"voltage\"");
}

BOOST_AUTO_TEST_CASE(wrong_values_are_named) {
    const std::string place = "/logical_devices/0/objects/5/attributes/0/value";
    const auto value = [](std::string_view text) {
        return complaint(changed("\"value\": null", "\"value\": " + std::string(text)));
    };
    BOOST_TEST(value(R"({"long-unsigned": 65535})") == "accepted");
    BOOST_TEST(value(R"({"long-unsigned": 65536})") ==
               place + "/long-unsigned: expected an integer from 0 to 65535");
    BOOST_TEST(value(R"({"long-unsigned": 1.5})") ==
               place + "/long-unsigned: expected an integer from 0 to 65535");
    BOOST_TEST(value(R"({"long64": 9223372036854775808})") ==
               place +
                   "/long64: expected an integer from -9223372036854775808 to "
                   "9223372036854775807");
    BOOST_TEST(value(R"({"long64-unsigned": 18446744073709551615})") == "accepted");
    BOOST_TEST(value(R"({"long64-unsigned": -1})") ==
               place + "/long64-unsigned: expected an integer that is not negative");
    BOOST_TEST(value(R"({"word": 1})") == place + ": expected the name of a type as the key");
    BOOST_TEST(value("7") == place + ": expected null, or an object with one key, the type");
    BOOST_TEST(value(R"({"octet-string": "0G"})") ==
               place + "/octet-string: expected hexadecimal digits");
    BOOST_TEST(value(R"({"date": "00"})") == place + "/date: expected 5 octets in hexadecimal");
    BOOST_TEST(value(R"({"bit-string": "012"})") ==
               place + "/bit-string: expected a string of 0 and 1");
    BOOST_TEST(value(R"({"structure": [null, {"boolean": 1}]})") ==
               place + "/structure/1/boolean: expected true or false");
    std::string nested = "null";
    for (int i = 0; i < 40; ++i) {
        nested = "{\"array\": [" + nested + "]}";
    }
    BOOST_TEST(value(nested).ends_with(": expected less nesting"));
}

BOOST_AUTO_TEST_CASE(wrong_behaviour_is_named) {
    const std::string device = "/logical_devices/0";
    const std::string relay = "\"class\": 70, \"methods\": [{\"id\": 1, ";
    const auto method = [&](const std::string& more) {
        return complaint(changed(relay, "\"class\": 70, \"methods\": [{" + more));
    };
    BOOST_TEST(method(R"("id": 2, )") == "accepted");
    BOOST_TEST(method(R"("id": 9, "returns": {"unsigned": 1}, )") == "accepted");
    BOOST_TEST(method(R"("id": 9, "or_returns": null, )") == "accepted");
    BOOST_TEST(method(R"("id": 2, "or_returns": null, )") == "accepted");
    BOOST_TEST(method(R"("id": 9, "returns": null, "or_returns": null, )") ==
               device +
                   "/objects/9/methods/0/or_returns: expected either \"or_returns\" or "
                   "\"parameter\" and \"returns\"");
    BOOST_TEST(method(R"("id": 9, )") ==
               device +
                   "/objects/9/methods/0: expected \"access\": false, or what the method "
                   "\"returns\": it is none that the simulator knows");
    const std::string data = "\"obis\": \"0-0:96.50.0.255\", ";
    const auto object = [&](const std::string& more) {
        return complaint(changed(data, data + more));
    };
    BOOST_TEST(object(R"("fault": "temporary-failure", )") == "accepted");
    BOOST_TEST(object(R"("fault": "success", )") ==
               device +
                   "/objects/5/fault: expected the name of a data-access-result, for example "
                   "\"temporary-failure\"");
    BOOST_TEST(object(R"("base_name": 0, )") ==
               device + "/objects/5/base_name: expected an integer from 1 to 65535");
    BOOST_TEST(complaint(changed("\"value\": null, \"any_type\": true",
                                 "\"profile\": {\"rows\": [[null]]}")) ==
               device +
                   "/objects/5/attributes/0/access: expected \"r\": this value cannot be written");
}

BOOST_AUTO_TEST_CASE(short_names_must_have_room) {
    const std::string management = "\"name\": \"management\", ";
    const auto with_base_name = [&](const std::string& base_name) {
        std::string text = changed(management, management + "\"referencing\": \"SN\", ");
        const std::string data = "\"obis\": \"0-0:96.50.0.255\", ";
        return complaint(text.insert(text.find(data), "\"base_name\": " + base_name + ", "));
    };
    const std::string expected =
        "/logical_devices/0/objects: expected base names that are multiples of 8 and leave room "
        "for every object";
    BOOST_TEST(with_base_name("2048") == "accepted");
    BOOST_TEST(with_base_name("2050") == expected);
    BOOST_TEST(with_base_name("65528") == expected);  // two attributes, and room for one
    BOOST_TEST(with_base_name("64768") == expected);  // FD00, the logical device name's
    BOOST_TEST(complaint(changed(management, management + "\"referencing\": \"XN\", ")) ==
               "/logical_devices/0/associations/0/referencing: expected \"LN\" or \"SN\"");
}

BOOST_AUTO_TEST_CASE(every_type_is_written_as_it_is_named) {
    const auto encoded = [](std::string_view text) {
        auto meter = make_meter(changed("\"value\": null", "\"value\": " + std::string(text)));
        MeterLine line(*meter);
        line.open_management();
        return line.ask("C001C100010000603200FF0200").substr(8);
    };
    BOOST_TEST(encoded(R"({"boolean": true})") == "0301");
    BOOST_TEST(encoded(R"({"bit-string": "1010000011"})") == "040AA0C0");
    BOOST_TEST(encoded(R"({"double-long": -2})") == "05FFFFFFFE");
    BOOST_TEST(encoded(R"({"visible-string": "AB"})") == "0A024142");
    BOOST_TEST(encoded(R"({"utf8-string": "é"})") == "0C02C3A9");
    BOOST_TEST(encoded(R"({"float32": 1.5})") == "173FC00000");
    BOOST_TEST(encoded(R"({"float64": -2})") == "18C000000000000000");
    BOOST_TEST(encoded(R"({"time": "0A0000FF"})") == "1B0A0000FF");
    BOOST_TEST(encoded(R"({"array": [{"integer": -1}, {"integer": 1}]})") == "01020FFF0F01");
    BOOST_TEST(encoded(R"({"structure": [{"encoded": "0A02C3A9"}]})") == "02010A02C3A9");
}

BOOST_AUTO_TEST_CASE(what_is_written_as_a_scenario_is_read_back) {
    for (const std::string_view data :
         {"00", "0301", "040AA0C0", "05FFFFFFFE", "0A024142", "0A02C3A9", "0C02C3A9", "0D99",
          "173FC00000", "177FC00000", "187FF0000000000000", "18C000000000000000", "1B0A0000FF",
          "14FFFFFFFFFFFFFFFE", "15FFFFFFFFFFFFFFFE", "0100", "02020F0102021601090201FF", "FF",
          "13120400010002"}) {
        BOOST_TEST_CONTEXT(data) {
            const auto value = axdr::Data::parse(octets(data));
            BOOST_REQUIRE(value);
            const nlohmann::json json = render::scenario_data(value->view());
            const axdr::Data again = read_scenario_data(ScenarioNode(json));
            BOOST_TEST(to_hex(again.encoded()) == data);
        }
    }
}

BOOST_AUTO_TEST_CASE(octets_that_are_no_data_are_named) {
    const auto value = [](const std::string& digits) {
        return complaint(changed("\"value\": null", "\"value\": {\"encoded\": " + digits + "}"));
    };
    for (const std::string digits : {R"("1")", R"("")", R"("0A05")", R"("0000")", "7"}) {
        BOOST_TEST(value(digits).find("/value/encoded: expected ") != std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
