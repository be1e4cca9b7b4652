// The registry of meters over REST: what is kept of a meter, what it is good for, import and
// export, and what outlives a restart.
#include <set>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "simulator/scenario.hpp"
#include "stack/base/hex.hpp"
#include "store/sqlite_audit_log.hpp"
#include "tests/server/http_client.hpp"
#include "tests/server/running_service.hpp"
#include "tests/server/simulated_peer.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using dlms::testing::TemporaryFolder;
using nlohmann::json;

namespace {

Answer call(const RunningService& service, const char* method, const std::string& path,
            const json& body = nullptr) {
    HttpClient client(service.port());
    const auto answer = client.call(method, path, body.is_null() ? "" : body.dump(),
                                    "Content-Type: application/json\r\n");
    BOOST_REQUIRE(answer);
    return {answer->status, json::parse(answer->body), {}};
}

std::string text_of(const RunningService& service, const std::string& path) {
    HttpClient client(service.port());
    const auto answer = client.call("GET", path);
    BOOST_REQUIRE(answer);
    return answer->body;
}

json import_csv(const RunningService& service, const std::string& csv) {
    HttpClient client(service.port());
    const auto answer =
        client.call("POST", "/meters/import", csv, "Content-Type: text/csv; charset=utf-8\r\n");
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == 200, answer->body);
    return json::parse(answer->body);
}

// Of hexcell; without a password the brand's default would do, so the other client of `full`.
json full_meter(std::uint16_t port, const std::string& number = "202") {
    return {{"meter_number", number}, {"brand", "generic"},          {"ip_address", "127.0.0.1"},
            {"port", port},           {"client_address", 1},         {"auth_type", "Low"},
            {"password", "00000000"}, {"time_zone", "Europe/Berlin"}};
}

const json energy{{"meter_number", "202"}, {"obis_code", "1-0:1.8.0.255"}};

ServiceConfig keeping_config(const TemporaryFolder& folder) {
    ServiceConfig config = loopback_config();
    config.data_dir = folder.path();
    config.key_encryption_key = SecretBytes(ByteBuffer(32, 7));
    return config;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(rest_registry)

BOOST_AUTO_TEST_CASE(a_registered_meter_connects_by_itself) {
    const SimulatedMeter meter(simulator::builtin_scenario("full"));
    const RunningService service;
    const Answer created = call(service, "POST", "/meters", full_meter(meter.port()));
    BOOST_REQUIRE_EQUAL(created.status, 201);
    BOOST_TEST(created.body["meter_number"] == "202");
    BOOST_TEST(created.body["time_zone"] == "Europe/Berlin");
    BOOST_TEST(created.body["secrets"] == json({"password"}));
    BOOST_TEST(created.body["kept"] == json({{"parameters", "memory"}, {"secrets", "memory"}}));
    BOOST_TEST(!created.body.contains("password"));
    // No /connect before.
    const Answer read = post(service, "/read", energy);
    BOOST_TEST(read.body["success"] == true, read.body.dump());
    BOOST_TEST(call(service, "GET", "/meters/202/relay").body["controlState"] == "connected");
    BOOST_TEST(call(service, "GET", "/connections").body["total"] == 1);
}

BOOST_AUTO_TEST_CASE(connect_needs_the_number_alone_and_what_it_names_goes_before) {
    const SimulatedMeter meter(simulator::builtin_scenario("full"));
    const RunningService service;
    BOOST_TEST(call(service, "POST", "/meters", full_meter(meter.port())).status == 201);
    BOOST_TEST(post(service, "/connect", {{"meter_number", "202"}}).status == 200);
    const Answer wrong = post(service, "/connect", {{"meter_number", "202"}, {"password", "nope"}});
    BOOST_TEST(wrong.status == 502);
    BOOST_TEST(wrong.body["error"]["code"] == "authentication-failed");
    BOOST_TEST(post(service, "/connect", {{"meter_number", "202"}, {"password", nullptr}}).status ==
               200);
    // Others are told as ever.
    const Answer other = post(service, "/connect", {{"meter_number", "203"}});
    BOOST_TEST(other.status == 422);
    BOOST_TEST(other.body["detail"][0]["loc"] == json({"body", "brand"}));
    BOOST_TEST(post(service, "/read", {{"meter_number", "203"}, {"obis_code", "1.8.0"}}).status ==
               400);
}

BOOST_AUTO_TEST_CASE(changes_of_the_registry_are_in_the_audit_log) {
    const TemporaryFolder folder;
    {
        const RunningService service(keeping_config(folder));
        BOOST_TEST(call(service, "POST", "/meters", full_meter(4059)).status == 201);
        BOOST_TEST(call(service, "POST", "/meters", full_meter(4059)).status == 409);
        BOOST_TEST(call(service, "PUT", "/meters/202", full_meter(4060)).status == 200);
        import_csv(service,
                   "meter_number,brand,ip_address,port\n203,hexcell,127.0.0.1,4059\n"
                   "204,hexcell,127.0.0.1,x\n");
        BOOST_TEST(call(service, "DELETE", "/meters/202").status == 200);
        BOOST_TEST(call(service, "DELETE", "/meters/202").status == 404);
    }
    std::string story;
    store::AuditChain chain;
    const auto read = store::read_audit_log(folder.file("audit.db"), [&](const auto& entry) {
        BOOST_TEST(!chain.take(entry).has_value());
        const store::AuditRecord& record = entry.record;
        BOOST_TEST((record.before + record.after).find("00000000") == std::string::npos);
        if (record.phase == store::AuditPhase::outcome) {
            const bool moved = record.before.find("4059") != std::string::npos &&
                               record.after.find("4060") != std::string::npos;
            story += record.action + ' ' + record.meter + ' ' + record.result +
                     (moved ? " moved" : "") +
                     (record.action == "import" ? ' ' + record.after : "") + '\n';
        }
        return true;
    });
    BOOST_REQUIRE(read.has_value());
    BOOST_TEST(chain.open_intents() == 0u);
    BOOST_TEST(story ==
               "register 202 success\n"
               "register 202 meter-exists\n"
               "register 202 success moved\n"
               "import  some-rows-failed +203\n"
               "unregister 202 success\n"
               "unregister 202 meter-not-registered\n");
}

BOOST_AUTO_TEST_CASE(every_field_of_a_connect_is_kept) {
    const RunningService service;
    const json fields{{"brand", "generic"},
                      {"connection_type", "serial"},
                      {"serial_port", "/dev/ttyUSB7"},
                      {"baud_rate", 19200},
                      {"data_bits", 8},
                      {"parity", "even"},
                      {"stop_bits", 2},
                      {"rts", true},
                      {"dtr", false},
                      {"expect_echo", true},
                      {"mode_e", true},
                      {"device_address", "1234"},
                      {"manufacturer", "HXE"},
                      {"server_address", 2},
                      {"client_address", 3},
                      {"physical_address", 18},
                      {"address_size", 4},
                      {"disconnect_first", true},
                      {"window_size", 3},
                      {"max_info_length", 512},
                      {"auth_type", "HighGMAC"},
                      {"timeout", 9000},
                      {"security", "authenticated_encryption"},
                      {"security_suite", 0},
                      {"envelope", "general"},
                      {"signing", "none"},
                      {"invocation_counter_obis", "0-0:43.1.1.255"},
                      {"trust_invocation_counter", true},
                      {"user_id", 7},
                      {"challenge_size", 32},
                      {"authentication_object", "0-0:40.0.1.255"},
                      {"authentication_name", 64000},
                      {"omit_system_title", true},
                      {"open_unverified", true},
                      {"header_without_lengths", true},
                      {"use_logical_name", true},
                      {"pre_established", false},
                      {"max_pdu_size", 640},
                      {"conformance", json({"get", "general-block-transfer"})},
                      {"block_window", 5},
                      {"outstanding_requests", 3},
                      {"time_zone", "Europe/Berlin"},
                      {"backend", "native"}};
    const json keys{{"encryption_key", std::string(32, '1')},
                    {"authentication_key", std::string(32, '2')},
                    {"master_key", std::string(32, '3')},
                    {"broadcast_key", std::string(32, '4')},
                    {"signing_key", "3003020101"},
                    {"agreement_key", "3003020102"},
                    {"password", "12345678"}};
    json entry = fields;
    entry.update(keys);
    BOOST_TEST(call(service, "PUT", "/meters/202", entry).status == 201);
    const json kept = call(service, "GET", "/meters/202").body;
    for (const auto& [name, value] : fields.items()) {
        BOOST_TEST(kept.value(name, json()) == value, name);
    }
    std::set<std::string> secrets;
    for (const json& name : kept.at("secrets")) {
        secrets.insert(name.get<std::string>());
    }
    for (const auto& [name, value] : keys.items()) {
        BOOST_TEST(secrets.contains(name), name);
    }
}

BOOST_AUTO_TEST_CASE(meters_are_made_once_changed_listed_and_removed) {
    const SimulatedMeter meter(simulator::builtin_scenario("full"));
    const RunningService service;
    const json entry = full_meter(meter.port());
    BOOST_TEST(call(service, "GET", "/meters").body["meters"] == json::array());
    BOOST_TEST(call(service, "POST", "/meters", entry).status == 201);
    BOOST_TEST(call(service, "POST", "/meters", entry).status == 409);
    BOOST_TEST(post(service, "/read", energy).body["success"] == true);
    // A new address counts from the next call on; the password stays where none is named.
    json changed = entry;
    changed.erase("password");
    changed["port"] = 1;
    BOOST_TEST(call(service, "PUT", "/meters/202", changed).status == 200);
    BOOST_TEST(post(service, "/read", energy).body["data"]["errorCode"] == "connect-refused");
    changed["port"] = meter.port();
    const Answer back = call(service, "PUT", "/meters/202", changed);
    BOOST_TEST(back.body["secrets"] == json({"password"}));
    BOOST_TEST(post(service, "/read", energy).body["success"] == true);
    BOOST_TEST(call(service, "PUT", "/meters/201", entry).status == 422);
    json other = entry;
    other.erase("meter_number");
    BOOST_TEST(call(service, "PUT", "/meters/201", other).status == 201);
    const Answer page = call(service, "GET", "/meters?limit=1");
    BOOST_TEST(page.body["total"] == 2);
    BOOST_TEST(page.body["meters"][0]["meter_number"] == "201");
    BOOST_TEST(page.body["next"] == "201");
    BOOST_TEST(
        call(service, "GET", "/meters?limit=1&cursor=201").body["meters"][0]["meter_number"] ==
        "202");
    BOOST_TEST(call(service, "GET", "/meters?limit=0").status == 422);
    BOOST_TEST(call(service, "DELETE", "/meters/202").status == 200);
    BOOST_TEST(call(service, "DELETE", "/meters/202").status == 404);
    BOOST_TEST(call(service, "GET", "/meters/202").status == 404);
    BOOST_TEST(post(service, "/read", energy).status == 400);
}

BOOST_AUTO_TEST_CASE(everything_but_the_secrets_is_there_after_a_restart_and_these_sealed) {
    const TemporaryFolder folder;
    const SimulatedMeter meter(simulator::builtin_scenario("full"));
    {
        const RunningService service(keeping_config(folder));
        const Answer created = call(service, "POST", "/meters", full_meter(meter.port()));
        BOOST_TEST(created.body["kept"] == json({{"parameters", "file"}, {"secrets", "sealed"}}));
    }
    const RunningService service(keeping_config(folder));
    const Answer read = post(service, "/read", energy);
    BOOST_TEST(read.body["success"] == true, read.body.dump());
    BOOST_TEST(call(service, "GET", "/meters/202").body["time_zone"] == "Europe/Berlin");
}

BOOST_AUTO_TEST_CASE(what_a_meter_refuses_is_kept_with_it) {
    // A meter that has lists by its conformance, and answers none.
    ScriptedPeer peer([](ByteView apdu) {
        const auto answer = [](const std::string& hex) {
            const ByteBuffer octets = from_hex(hex).value();
            ByteBuffer wpdu{0, 1, 0, 1, 0, 16, 0, static_cast<Byte>(octets.size())};
            wpdu.insert(wpdu.end(), octets.begin(), octets.end());
            return wpdu;
        };
        if (apdu[0] == 0x60) {
            return answer(
                "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400"
                "00121D04000007");
        }
        if (apdu[0] != 0xC0) {
            return answer("6303800100");
        }
        return apdu[1] == 3 ? answer("D80102")
                            : answer("C401" + to_hex(apdu.subspan(2, 1)) + "001105");
    });
    const TemporaryFolder folder;
    const json items = json::array({{{"code", "0-0:96.1.0.255"}, {"classId", 1}},
                                    {{"code", "0-0:96.1.1.255"}, {"classId", 1}}});
    const json body{{"meter_number", "202"}, {"obis_codes", items}};
    json entry = full_meter(peer.port());
    entry.erase("password");
    entry["auth_type"] = "None";
    entry["client_address"] = 16;
    {
        const RunningService service(keeping_config(folder));
        BOOST_TEST(call(service, "POST", "/meters", entry).status == 201);
        BOOST_TEST(post(service, "/read-multiple", body).body["successful"] == 2);
        BOOST_TEST(peer.count(0xC0) == 3);
        BOOST_TEST(call(service, "GET", "/meters/202").body["learnt"] ==
                   json({{"largest_list", 1}}));
        // Other parameters leave it.
        entry["timeout"] = 4000;
        BOOST_TEST(call(service, "PUT", "/meters/202", entry).body["learnt"]["largest_list"] == 1);
    }
    const RunningService service(keeping_config(folder));
    BOOST_TEST(post(service, "/read-multiple", body).body["successful"] == 2);
    BOOST_TEST(peer.count(0xC0) == 5);
    entry["learnt"] = nullptr;
    BOOST_TEST(call(service, "PUT", "/meters/202", entry).body["learnt"] == json::object());
}

BOOST_AUTO_TEST_CASE(import_and_export_as_csv_and_json_with_an_error_per_row) {
    const RunningService service;
    const json report = import_csv(service,
                                   "meter_number,brand,ip_address,port,password\r\n"
                                   "101,hexcell,10.0.0.1,4059,00000000\r\n"
                                   "102,\"hexing\",10.0.0.2,x,\r\n"
                                   "103,hexing,,,\r\n"
                                   "\r\n"
                                   "\"1,04\",hexing,10.0.0.4,,\r\n"
                                   "105,hexing,10.0.0.5,4059,a,b\r\n");
    BOOST_TEST(report["success"] == false);
    BOOST_TEST(report["total"] == 5);
    BOOST_TEST(report["created"] == 2);
    BOOST_TEST(report["failed"] == 3);
    BOOST_TEST(report["errors"][0]["row"] == 2);
    BOOST_TEST(report["errors"][0]["meterNumber"] == "102");
    BOOST_TEST(report["errors"][0]["detail"][0]["loc"] == json({"body", 2, "port"}));
    BOOST_TEST(report["errors"][1]["detail"][0]["loc"] == json({"body", 3, "ip_address"}));
    BOOST_TEST(report["errors"][2]["row"] == 5);
    const std::string csv = text_of(service, "/meters/export?format=csv");
    BOOST_TEST(csv.find("\r\n\"1,04\",hexing,,10.0.0.4,") != std::string::npos, csv);
    BOOST_TEST(csv.find("00000000\r\n") == std::string::npos, csv);
    // What was exported can be imported.
    const RunningService other;
    const json again = import_csv(other, csv);
    BOOST_TEST(again["created"] == 2);
    const json exported = json::parse(text_of(service, "/meters/export"));
    BOOST_TEST(exported["meters"].size() == 2);
    const Answer updated = call(other, "POST", "/meters/import", exported);
    BOOST_TEST(updated.body["updated"] == 2);
    BOOST_TEST(text_of(other, "/meters/export?format=csv") == csv);
    const Answer list =
        call(other, "POST", "/meters/import", json::array({{{"meter_number", "9"}}, 7}));
    BOOST_TEST(list.body["failed"] == 2);
    BOOST_TEST(list.body["errors"][0]["detail"][0]["loc"] == json({"body", 1, "brand"}));
}

BOOST_AUTO_TEST_SUITE_END()
