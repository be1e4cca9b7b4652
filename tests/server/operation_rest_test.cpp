// How the service is watched and guarded: API keys with scopes and rates, metrics, health, problem
// details, security fields.
#include <map>
#include <sstream>
#include <thread>

#include <boost/test/unit_test.hpp>

#include "server/api_routes.hpp"
#include "simulator/scenario.hpp"
#include "store/api_key_store.hpp"
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

struct KeyedService {
    TemporaryFolder folder;
    std::unique_ptr<store::SqliteApiKeyStore> keys{
        std::move(*store::SqliteApiKeyStore::open(folder.file("api_keys.db")))};
    std::string reader = add("reader", {Scope::read});
    std::string writer = add("writer", {Scope::read, Scope::write});
    std::string admin = add("admin", {Scope::admin});

    // Returns the key as it is shown.
    std::string add(const std::string& name, ScopeSet scopes, std::uint32_t rate = 0,
                    std::optional<std::int64_t> expires = {}) const {
        SystemRandom random;
        const auto drawn = store::draw_api_key(random);
        BOOST_REQUIRE(drawn.has_value());
        store::ApiKeyRecord record;
        record.id = drawn->id;
        record.name = name;
        record.scopes = scopes.bits();
        record.rate = rate;
        record.expires = expires;
        record.digest = drawn->digest;
        BOOST_REQUIRE(keys->add(record).has_value());
        return drawn->text;
    }

    ServiceConfig config() const {
        ServiceConfig config = loopback_config();
        config.data_dir = folder.path();
        config.asks_for_key = true;
        return config;
    }
};

std::string key_field(const std::string& key) {
    return "X-API-Key: " + key + "\r\n";
}

int status_of(const RunningService& service, const std::string& method, const std::string& path,
              const std::string& key) {
    HttpClient client(service.port());
    const auto answer =
        client.call(method, path, method == "POST" ? "{}" : "",
                    "Content-Type: application/json\r\n" + (key.empty() ? "" : key_field(key)));
    BOOST_REQUIRE(answer);
    return answer->status;
}

// The lines of a family, by what stands before the value.
std::map<std::string, double> metrics_of(const RunningService& service) {
    HttpClient client(service.port());
    const auto answer = client.call("GET", "/metrics");
    BOOST_REQUIRE(answer);
    BOOST_REQUIRE_EQUAL(answer->status, 200);
    BOOST_TEST(answer->header("Content-Type") == "text/plain; version=0.0.4; charset=utf-8");
    std::map<std::string, double> values;
    std::istringstream lines(answer->body);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with('#')) {
            const std::size_t space = line.rfind(' ');
            values[line.substr(0, space)] = std::stod(line.substr(space + 1));
        }
    }
    return values;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(api_keys, KeyedService)

BOOST_AUTO_TEST_CASE(a_scope_opens_its_routes_and_no_others) {
    const RunningService service(config());
    for (const auto& [method, path] :
         {std::pair{"GET", "/connections"}, {"POST", "/read"}, {"POST", "/connect"}}) {
        BOOST_TEST(status_of(service, method, path, "") == 401);
        BOOST_TEST(status_of(service, method, path, reader) != 401);
        BOOST_TEST(status_of(service, method, path, reader) != 403);
    }
    BOOST_TEST(status_of(service, "POST", "/write", reader) == 403);
    BOOST_TEST(status_of(service, "POST", "/write", writer) == 422);
    BOOST_TEST(status_of(service, "POST", "/write", admin) == 422);
    BOOST_TEST(status_of(service, "POST", "/meters/1/keys", writer) == 403);
    BOOST_TEST(status_of(service, "POST", "/meters/1/keys", admin) == 422);
    BOOST_TEST(status_of(service, "GET", "/nothing", reader) == 404);
    BOOST_TEST(status_of(service, "GET", "/metrics", "") == 401);
    BOOST_TEST(status_of(service, "GET", "/health/ready", "") == 200);
    const Answer refused = post(service, "/write", json::object(), key_field(reader));
    BOOST_TEST(refused.body == json({{"detail", "This API key lacks the scope 'write'"}}));
    const Answer unknown = post(service, "/write", json::object(), key_field("x"));
    BOOST_TEST(unknown.body == json({{"detail", "Invalid or missing API key"}}));
}

BOOST_AUTO_TEST_CASE(kept_secrets_go_nowhere_but_where_they_belong) {
    const SimulatedMeter meter(simulator::builtin_scenario("full"));
    ScriptedPeer stranger({accepting_wpdu()});
    ServiceConfig with_secrets = config();
    with_secrets.key_encryption_key = SecretBytes(ByteBuffer(32, 7));
    const RunningService service(with_secrets);
    const json registered{{"meter_number", "M5"},      {"brand", "generic"},
                          {"ip_address", "127.0.0.1"}, {"port", meter.port()},
                          {"client_address", 1},       {"auth_type", "Low"},
                          {"password", "00000000"}};
    BOOST_REQUIRE_EQUAL(post(service, "/meters", registered, key_field(admin)).status, 201);
    const auto connect = [&service](const std::string& key, json body) {
        body["meter_number"] = "M5";
        return post(service, "/connect", body, key_field(key));
    };
    const json elsewhere{{"ip_address", "127.0.0.1"}, {"port", stranger.port()}, {"timeout", 1000}};
    for (const std::string& key : {reader, writer}) {
        BOOST_TEST(connect(key, json::object()).status == 200);
        for (const json& changes : {elsewhere, json{{"tls", true}}, json{{"auth_type", "HighMD5"}},
                                    json{{"client_address", 1}, {"server_address", 17}}}) {
            const Answer refused = connect(key, changes);
            BOOST_TEST(refused.status == 403, changes.dump());
            BOOST_TEST(refused.body["error"]["code"] == "not-allowed-target");
        }
        // Nor has the attempt led anybody else astray.
        const Answer read =
            post(service, "/read", {{"meter_number", "M5"}, {"obis_code", "1-0:1.8.0.255"}},
                 key_field(key));
        BOOST_TEST(read.body["success"] == true, read.body.dump());
    }
    BOOST_TEST(stranger.count(0x60) == 0U);
    // Who says the secrets goes where he likes, and who may see them sends them where he likes.
    json own = elsewhere;
    own["client_address"] = 17;
    own["password"] = "another";
    BOOST_TEST(connect(reader, own).status == 200);
    BOOST_TEST(stranger.count(0x60) == 1U);
    BOOST_TEST(connect(reader, json::object()).status == 200);
    BOOST_TEST(connect(admin, elsewhere).status != 403);
    BOOST_TEST(stranger.count(0x60) == 2U);
}

BOOST_AUTO_TEST_CASE(only_the_whole_key_opens) {
    const RunningService service(config());
    std::string other_secret = reader;
    other_secret.back() = other_secret.back() == '0' ? '1' : '0';
    const std::string id = reader.substr(0, reader.find('.'));
    for (const std::string& wrong :
         {other_secret, id, id + ".", reader + "0", id + admin.substr(admin.find('.')),
          std::string("dlms_00000000") + reader.substr(reader.find('.'))}) {
        BOOST_TEST(status_of(service, "GET", "/connections", wrong) == 401, wrong);
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_revoked_or_expired_opens_nothing) {
    const std::string expired = add("old", {Scope::read}, 0, 1'000'000);
    const std::string later = add("later", {Scope::read}, 0, 32'000'000'000);
    const std::string id = writer.substr(0, writer.find('.'));
    BOOST_TEST(keys->revoke(id, 5).value() == true);
    BOOST_TEST(keys->revoke(id, 6).value() == false);
    const RunningService service(config());
    BOOST_TEST(status_of(service, "GET", "/connections", expired) == 401);
    BOOST_TEST(status_of(service, "GET", "/connections", later) == 200);
    BOOST_TEST(status_of(service, "GET", "/connections", writer) == 401);
}

BOOST_AUTO_TEST_CASE(keys_made_and_revoked_elsewhere_count_while_it_runs) {
    const RunningService service(config());
    const std::string fresh = add("fresh", {Scope::read});
    while (status_of(service, "GET", "/connections", fresh) == 401) {
    }
    BOOST_TEST(keys->revoke(fresh.substr(0, fresh.find('.')), 5).value() == true);
    while (status_of(service, "GET", "/connections", fresh) == 200) {
    }
    BOOST_TEST(status_of(service, "GET", "/connections", fresh) == 401);
}

BOOST_AUTO_TEST_CASE(beyond_its_rate_a_key_waits_and_others_do_not) {
    const std::string slow = add("slow", {Scope::read}, 1);
    const RunningService service(config());
    HttpClient client(service.port());
    std::optional<ReceivedAnswer> refused;
    do {
        refused = client.call("GET", "/connections", {}, key_field(slow));
        BOOST_REQUIRE(refused);
    } while (refused->status != 429);
    BOOST_TEST(refused->header("Retry-After") == "1");
    BOOST_TEST(status_of(service, "GET", "/connections", reader) == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(operation)

BOOST_AUTO_TEST_CASE(metrics_count_requests_meters_and_octets) {
    const SimulatedMeter meter(simulator::builtin_scenario("hexcell"));
    const RunningService service;
    BOOST_REQUIRE_EQUAL(post(service, "/connect", connect_body(meter.port())).status, 200);
    BOOST_TEST(post(service, "/read", read_body("1-0:1.8.0.255")).body["success"] == true);
    BOOST_TEST(post(service, "/read", read_body("1-0:1.99.0.255")).body["success"] == false);
    get(service, "/nothing-of-ours-4711");
    auto values = metrics_of(service);
    const auto requests = [&](const char* method, const char* route, const char* status) {
        return values[std::string("dlms_http_requests_total{method=\"") + method + "\",route=\"" +
                      route + "\",status=\"" + status + "\"}"];
    };
    BOOST_TEST(requests("POST", "/read", "200") == 2);
    BOOST_TEST(requests("GET", "none", "404") == 1);
    BOOST_TEST(values["dlms_meter_operations_total{operation=\"read\",result=\"success\"}"] == 1);
    BOOST_TEST(
        values["dlms_meter_operations_total{operation=\"read\",result=\"object-undefined\"}"] == 1);
    BOOST_TEST(values["dlms_meter_operation_duration_seconds_count{operation=\"read\"}"] == 2);
    BOOST_TEST(values["dlms_meters_connected"] == 1);
    BOOST_TEST(values["dlms_meter_answers_total"] >= 2);
    BOOST_TEST(values["dlms_meter_bytes_total{direction=\"sent\"}"] > 80);
    BOOST_TEST(values["dlms_meter_bytes_total{direction=\"received\"}"] > 80);
    BOOST_TEST(values.contains("dlms_meter_dropped_total{cause=\"late_answer\"}"));
    BOOST_TEST(values["dlms_ready"] == 1);
    BOOST_TEST(values["dlms_http_connections"] >= 1);
    BOOST_TEST(values["process_resident_memory_bytes"] > 1'000'000);
    BOOST_TEST(values["dlms_http_bytes_total{direction=\"sent\"}"] > 100);
    for (const auto& [name, value] : values) {
        BOOST_TEST(name.find("\"202\"") == std::string::npos, name);
        BOOST_TEST(name.find("4711") == std::string::npos, name);
    }
}

BOOST_AUTO_TEST_CASE(public_metrics_need_no_key) {
    ServiceConfig config = loopback_config();
    config.asks_for_key = true;
    config.api_key.emplace("the-key");
    config.metrics_public = true;
    const RunningService service(config);
    BOOST_TEST(metrics_of(service).count("dlms_ready") == 1U);
}

BOOST_AUTO_TEST_CASE(errors_take_the_form_of_rfc_9457_when_asked) {
    const RunningService service;
    const std::string accept = "Accept: application/problem+json, application/json\r\n";
    HttpClient client(service.port());
    const auto missing = client.call("GET", "/nothing", {}, accept);
    BOOST_REQUIRE(missing);
    BOOST_TEST(missing->header("Content-Type") == "application/problem+json");
    BOOST_TEST(json::parse(missing->body) == json({{"type", "about:blank"},
                                                   {"title", "Not Found"},
                                                   {"status", 404},
                                                   {"detail", "Not Found"}}));
    const auto invalid =
        client.call("POST", "/read", "{}", "Content-Type: application/json\r\n" + accept);
    BOOST_REQUIRE(invalid);
    const json body = json::parse(invalid->body);
    BOOST_TEST(body["status"] == 422);
    BOOST_TEST(body["detail"].is_string());
    BOOST_TEST(body["errors"][0]["loc"] == json({"body", "meter_number"}));
    const auto fine = client.call("GET", "/health", {}, accept);
    BOOST_REQUIRE(fine);
    BOOST_TEST(fine->header("Content-Type") == "application/json");
    const auto plain = client.call("GET", "/nothing");
    BOOST_TEST(plain->body == "{\"detail\":\"Not Found\"}");
}

BOOST_AUTO_TEST_CASE(every_answer_has_the_fields_of_security) {
    const RunningService service;
    for (const char* path : {"/health", "/nothing", "/connections"}) {
        HttpClient client(service.port());
        const auto answer = client.call("GET", path);
        BOOST_REQUIRE(answer);
        BOOST_TEST(answer->header("X-Content-Type-Options") == "nosniff");
        BOOST_TEST(answer->header("Cache-Control") == "no-store");
        BOOST_TEST(answer->header("Referrer-Policy") == "no-referrer");
        BOOST_TEST(answer->header("Content-Security-Policy") ==
                   "default-src 'none'; frame-ancestors 'none'");
    }
}

BOOST_AUTO_TEST_CASE(a_drain_says_that_it_is_not_ready_before_it_turns_clients_away) {
    ServiceConfig config = loopback_config();
    config.drain_delay = std::chrono::seconds(5);
    RunningService service(config);
    std::jthread drain([&] { service.drain(); });
    HttpClient client(service.port());
    std::optional<ReceivedAnswer> ready;
    do {
        ready = client.call("GET", "/health/ready");
        BOOST_REQUIRE(ready);
    } while (ready->status == 200);
    BOOST_TEST(ready->status == 503);
    BOOST_TEST(json::parse(ready->body)["status"] == "not ready");
    BOOST_TEST(client.call("GET", "/health/live")->status == 200);
}

BOOST_AUTO_TEST_CASE(every_route_of_the_table_is_routed) {
    const RunningService service;
    for (const ApiRoute& route : api_routes()) {
        std::string path(route.pattern);
        if (const std::size_t colon = path.find(':'); colon != std::string::npos) {
            path.replace(colon, std::string("meter_number").size() + 1, "1");
        }
        HttpClient client(service.port());
        if (route.media_type == "text/event-stream") {
            // It has no end.
            HttpClient listener(service.port());
            BOOST_REQUIRE(listener.send(request_octets(route.method, path)));
            BOOST_TEST(listener.receive(true)->status == 200, path);
        } else {
            BOOST_TEST(status_of(service, std::string(route.method), path, "") != 405, path);
        }
        const auto patched = client.call("PATCH", path);
        BOOST_REQUIRE(patched);
        BOOST_TEST(patched->status == 405, path);
        BOOST_TEST(patched->header("Allow").find(route.method) != std::string::npos, path);
    }
}

BOOST_AUTO_TEST_SUITE_END()
