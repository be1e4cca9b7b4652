// The REST interface against a simulated meter and against peers that misbehave, over real sockets.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <sys/resource.h>
#include <thread>

#include <asio/co_spawn.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "server/key_keeping.hpp"
#include "server/service.hpp"
#include "simulator/scenario.hpp"
#include "stack/base/hex.hpp"
#include "tests/server/http_client.hpp"
#include "tests/server/running_service.hpp"
#include "tests/server/simulated_peer.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

struct HexcellMeter {
    SimulatedMeter meter{simulator::builtin_scenario("hexcell")};
    RunningService service;

    void connect() const {
        const Answer connected = post(service, "/connect", connect_body(meter.port()));
        BOOST_REQUIRE_EQUAL(connected.status, 200);
    }

    // The service must be as able to serve as it was.
    void still_serves() const {
        connect();
        const Answer read = post(service, "/read", read_body("1-0:1.8.0.255"));
        BOOST_TEST(read.status == 200);
        BOOST_TEST(read.body["success"] == true, read.body.dump());
    }
};

// The meter 202 at a peer that accepts and then says nothing, with a reading in work.
struct BusyMeter {
    explicit BusyMeter(const RunningService& service) : caller(service.port()) {
        BOOST_REQUIRE_EQUAL(
            post(service, "/connect", connect_body(peer.port(), {{"timeout", 600000}})).status,
            200);
        caller.send(request_octets("POST", "/read", read_body("1-0:1.8.0.255").dump(),
                                   "X-Request-Timeout: 300\r\n"));
        peer.wait_for(2);
    }

    // The line breaks, and with it the reading fails.
    void end() {
        peer.shut();
        const auto ended = caller.receive();
        BOOST_REQUIRE(ended);
        BOOST_TEST(json::parse(ended->body)["data"]["success"] == false);
    }

    ScriptedPeer peer{{accepting_wpdu()}};
    HttpClient caller;
};

// Answers of a meter whose every attribute is an octet-string of so many octets.
ScriptedPeer::Answers answers_in_blocks(const std::atomic<std::size_t>& octets) {
    return [&octets](ByteView apdu) {
        constexpr std::size_t block = 60'000;
        if (apdu[0] == 0x60) {
            return from_hex(accepting_wpdu()).value();
        }
        const std::size_t size = octets + 5;  // with tag and length
        const bool is_first = apdu[1] == 1;
        const std::size_t done = is_first ? 0
                                          : (std::size_t{apdu[3]} << 24U) |
                                                (std::size_t{apdu[4]} << 16U) |
                                                (std::size_t{apdu[5]} << 8U) | apdu[6];
        ByteBuffer data(std::min(block, size - done * block));
        if (is_first) {
            data[0] = 0x09;
            data[1] = 0x83;
            data[2] = static_cast<Byte>(octets >> 16U);
            data[3] = static_cast<Byte>(octets >> 8U & 0xFFU);
            data[4] = static_cast<Byte>(octets & 0xFFU);
        }
        const bool is_last = done * block + data.size() == size;
        const auto high = [](std::size_t number) { return static_cast<Byte>(number >> 8U); };
        const auto low = [](std::size_t number) { return static_cast<Byte>(number & 0xFFU); };
        const std::size_t length = 12 + data.size();
        ByteBuffer answer{0x00, 0x01, 0x00, 0x01, 0x00, 0x11, high(length), low(length)};
        const ByteBuffer head{0xC4, 0x02, apdu[2],           is_last ? Byte{1} : Byte{0},
                              0x00, 0x00, high(done + 1),    low(done + 1),
                              0x00, 0x82, high(data.size()), low(data.size())};
        answer.insert(answer.end(), head.begin(), head.end());
        answer.insert(answer.end(), data.begin(), data.end());
        return answer;
    };
}

// The meter's end and the caller's of so many connections in one process.
std::size_t most_client_connections() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur >= 1200 ? 500 : 200;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rest, HexcellMeter)

BOOST_AUTO_TEST_CASE(the_backends_sequence) {
    const Answer connected = post(service, "/connect", connect_body(meter.port()));
    BOOST_TEST(connected.status == 200);
    BOOST_TEST(connected.body["success"] == true);
    BOOST_TEST(connected.body["meterNumber"] == "202");
    BOOST_TEST(connected.body["connected"] == true);
    BOOST_TEST(connected.body["message"].is_string());
    BOOST_TEST(connected.body["backend"] == "native");
    BOOST_TEST(connected.body["association"]["mechanism"] == "Low");
    BOOST_TEST(connected.body["association"]["security"] == "none");
    BOOST_TEST(connected.body["association"]["max_pdu_size"].is_number());
    BOOST_TEST(connected.body["association"]["conformance"].is_array());

    const Answer energy = post(service, "/read", read_body("1-0:1.8.0.255"));
    BOOST_TEST(energy.status == 200);
    BOOST_TEST(energy.body["success"] == true, energy.body.dump());
    const json& data = energy.body["data"];
    BOOST_TEST(data["obisCode"] == "1-0:1.8.0.255");
    BOOST_TEST(data["unit"] == "kWh");
    BOOST_TEST(data["scaler"] == -2);
    BOOST_TEST(data["classId"] == 3);
    BOOST_TEST(data["attributeId"] == 2);
    BOOST_TEST(data["type"] == "double-long-unsigned");
    BOOST_TEST(data["raw"].is_number_integer());
    BOOST_REQUIRE(data["value"].is_string());
    // Two decimals of kWh from the meter's tens of Wh, exactly.
    std::string digits = data["value"];
    BOOST_REQUIRE(digits.size() > 3U);
    digits.erase(digits.size() - 3, 1);
    BOOST_TEST(std::stoll(digits) == data["raw"].get<long long>());

    const Answer several =
        post(service, "/read-multiple",
             {{"meter_number", "202"},
              {"obis_codes",
               {{{"code", "1-0:1.8.0.255"}, {"classId", 3}, {"attributeId", 2}},
                {{"code", "1-0:99.99.99.255"}, {"classId", 3}, {"attributeId", 2}},
                {{"code", "0-0:1.0.0.255"}, {"classId", 8}, {"attributeId", 2}},
                {{"code", "nonsense"}, {"classId", 3}, {"attributeId", 2}}}}});
    BOOST_TEST(several.status == 200);
    BOOST_TEST(several.body["success"] == true);
    BOOST_TEST(several.body["total"] == 4);
    BOOST_TEST(several.body["successful"] == 2, several.body.dump());
    BOOST_TEST(several.body["failed"] == 2);
    const json& readings = several.body["data"]["readings"];
    BOOST_TEST(readings[0]["success"] == true);
    BOOST_TEST(readings[1]["errorCode"] == "object-undefined");
    BOOST_TEST(readings[1]["obisCode"] == "1-0:99.99.99.255");
    BOOST_TEST(readings[2]["encoding"] == "date-time");
    BOOST_TEST(readings[3]["success"] == false);

    const Answer clock = post(service, "/write",
                              {{"meter_number", "202"},
                               {"obis_code", "0-0:1.0.0.255"},
                               {"value", "2024-06-01T12:00:00Z"},
                               {"class_id", 8},
                               {"attribute_id", 2}});
    BOOST_TEST(clock.status == 200);
    BOOST_TEST(clock.body["success"] == true, clock.body.dump());
    const Answer shown = post(service, "/read", read_body("0-0:1.0.0.255", 8));
    BOOST_TEST(shown.body["data"]["value"].get<std::string>().starts_with("2024-06-01T12:00:0"),
               shown.body.dump());
    BOOST_TEST(meter.associated() == 1);
}

BOOST_AUTO_TEST_CASE(repeated_connects_change_nothing_and_others_associate_anew) {
    for (int round = 0; round < 3; ++round) {
        connect();
    }
    BOOST_TEST(meter.associated() == 1);
    BOOST_TEST(post(service, "/connect", connect_body(meter.port(), {{"timeout", 4000}})).status ==
               200);
    BOOST_TEST(meter.associated() == 2);
    BOOST_TEST(meter.released() == 1);
}

BOOST_AUTO_TEST_CASE(defaults_come_from_the_brand) {
    const Answer connected = post(service, "/connect",
                                  {{"meter_number", 202},
                                   {"brand", "Hexcell"},
                                   {"ip_address", "127.0.0.1"},
                                   {"port", meter.port()}});
    BOOST_TEST(connected.status == 200, connected.body.dump());
}

BOOST_AUTO_TEST_CASE(a_lost_connection_is_made_again) {
    connect();
    meter.drop_connections();
    const Answer read = post(service, "/read", read_body("1-0:1.8.0.255"));
    BOOST_TEST(read.body["success"] == true, read.body.dump());
    BOOST_TEST(meter.associated() == 2);
}

BOOST_AUTO_TEST_CASE(root_health_and_connections) {
    connect();
    const Answer root = get(service, "/");
    BOOST_TEST(root.body["status"] == "running");
    BOOST_TEST(root.body["active_connections"] == 1);
    BOOST_TEST(root.body["service"].is_string());
    BOOST_TEST(root.body["version"].is_string());
    const Answer health = get(service, "/health");
    BOOST_TEST(health.body["status"] == "healthy");
    BOOST_TEST(health.body["timestamp"].is_string());
    BOOST_TEST(health.body["active_connections"] == 1);
    const Answer connections = get(service, "/connections");
    BOOST_TEST(connections.body["total"] == 1);
    const json& connection = connections.body["connections"][0];
    BOOST_TEST(connection["meterNumber"] == "202");
    BOOST_TEST(connection["connected"] == true);
    BOOST_TEST(connection["useDLL"] == false);
    BOOST_TEST(connection["brand"] == "hexcell");
    BOOST_TEST(connection["backend"] == "native");
    BOOST_TEST(connection["lastActivity"].is_string());
}

BOOST_AUTO_TEST_CASE(disconnect_releases_and_forgets) {
    connect();
    const Answer disconnected = post(service, "/disconnect?meter_number=202", json::object());
    BOOST_TEST(disconnected.status == 200);
    BOOST_TEST(disconnected.body["success"] == true);
    BOOST_TEST(meter.released() == 1);
    BOOST_TEST(get(service, "/connections").body["total"] == 0);
    const Answer read = post(service, "/read", read_body("1-0:1.8.0.255"));
    BOOST_TEST(read.status == 400);
    BOOST_TEST(read.body["detail"] == "Not connected to meter 202. Call /connect first.");
    BOOST_TEST(post(service, "/disconnect?meter_number=never", json::object()).body["success"] ==
               true);
    still_serves();
}

BOOST_AUTO_TEST_CASE(draining_releases_associations) {
    connect();
    service.drain();
    BOOST_TEST(meter.released() == 1);
    BOOST_TEST(!HttpClient(service.port()).is_connected());
}

BOOST_AUTO_TEST_CASE(an_unknown_meter_is_named) {
    for (const char* path : {"/read", "/write"}) {
        json body = read_body("1-0:1.8.0.255");
        body["value"] = 1;
        const Answer answer = post(service, path, body);
        BOOST_TEST(answer.status == 400);
        BOOST_TEST(answer.body["detail"] == "Not connected to meter 202. Call /connect first.");
    }
    BOOST_TEST(
        post(service, "/read-multiple", {{"meter_number", "x"}, {"obis_codes", json::array()}})
            .status == 400);
    still_serves();
}

BOOST_AUTO_TEST_CASE(a_failed_connect_has_a_status_and_its_parameters_are_kept) {
    std::uint16_t closed_port = 0;
    {
        const ScriptedPeer gone(std::vector<std::string>{});
        closed_port = gone.port();
    }
    const auto fails = [&](const json& changes, int status, std::string_view code) {
        const Answer answer = post(service, "/connect", connect_body(meter.port(), changes));
        BOOST_TEST(answer.status == status, answer.body.dump());
        BOOST_TEST(answer.body["error"]["code"] == code);
        BOOST_TEST(answer.body["error"]["blame"].is_string());
        BOOST_TEST(!answer.body["detail"].get<std::string>().empty());
        const Answer read = post(service, "/read", read_body("1-0:1.8.0.255"));
        BOOST_TEST(read.status == 200);
        BOOST_TEST(read.body["success"] == false);
        BOOST_TEST(read.body["data"]["success"] == false);
        BOOST_TEST(read.body["data"]["errorCode"] == code);
        BOOST_TEST(read.body["data"]["error"].is_string());
        BOOST_TEST(read.body["data"]["value"].is_null());
    };
    fails({{"port", closed_port}}, 502, "connect-refused");
    // A label of 64 characters is none in the DNS: the resolver refuses it without asking anybody.
    fails({{"ip_address", std::string(64, 'a') + ".invalid"}}, 502, "host-unreachable");
    fails({{"ip_address", "169.254.169.254"}}, 403, "not-allowed-target");
    fails({{"ip_address", "0.0.0.0"}}, 403, "not-allowed-target");
    fails({{"ip_address", "::ffff:169.254.169.254"}}, 403, "not-allowed-target");
    fails({{"ip_address", "8.8.8.8"}}, 403, "not-allowed-target");
    fails({{"connection_type", "dialin"}}, 502, "unsupported");
    fails({{"mode_e", true}}, 502, "unsupported");
    fails({{"connection_type", "hdlc"}, {"physical_address", 300}, {"address_size", 2}}, 502,
          "unsupported");
    fails({{"connection_type", "serial"}, {"serial_port", "/etc/passwd"}}, 403,
          "not-allowed-target");
    fails({{"connection_type", "serial"}, {"serial_port", "/dev/tty-is-not-there"}}, 502,
          "serial-unavailable");
    fails({{"auth_type", "HighECDSA"}}, 400, "authentication-failed");
    fails({{"auth_type", "HighGMAC"}}, 400, "deciphering-failed");
    fails({{"security", "encryption"}}, 400, "deciphering-failed");
    fails({{"backend", "vendor"}}, 502, "vendor-unavailable");
    fails({{"password", "wrong"}}, 502, "authentication-failed");
    still_serves();
}

BOOST_AUTO_TEST_CASE(an_unknown_client_is_rejected) {
    const Answer answer =
        post(service, "/connect", connect_body(meter.port(), {{"client_address", 99}}));
    BOOST_TEST(answer.status == 502);
    BOOST_TEST(answer.body["error"]["code"] == "association-rejected", answer.body.dump());
    still_serves();
}

BOOST_AUTO_TEST_CASE(an_unknown_logical_device_is_silent) {
    const Answer answer =
        post(service, "/connect",
             connect_body(meter.port(), {{"server_address", 99}, {"timeout", 200}}));
    BOOST_TEST(answer.status == 504);
    BOOST_TEST(answer.body["error"]["code"] == "timeout");
    still_serves();
}

BOOST_AUTO_TEST_CASE(a_silent_peer_costs_its_time_out_and_no_more) {
    const ScriptedPeer silent(std::vector<std::string>{});
    const auto begin = std::chrono::steady_clock::now();
    const Answer answer =
        post(service, "/connect", connect_body(silent.port(), {{"timeout", 200}}));
    BOOST_TEST(answer.status == 504);
    BOOST_TEST(answer.body["error"]["code"] == "timeout");
    const auto first = std::chrono::steady_clock::now();
    BOOST_TEST((first - begin >= 200ms));
    // Far more than 0.2 s for a slow machine, and less than any default.
    BOOST_TEST((first - begin < 10s));
    const Answer read = post(service, "/read", read_body("1-0:1.8.0.255"));
    BOOST_TEST(read.body["data"]["errorCode"] == "timeout");
    // The caller's own limit, with the meter's time-out far beyond it.
    const Answer limited =
        post(service, "/connect", connect_body(silent.port(), {{"timeout", 30000}}),
             "X-Request-Timeout: 0.3\r\n");
    BOOST_TEST(limited.status == 504);
    BOOST_TEST((std::chrono::steady_clock::now() - first < 20s));
    still_serves();
}

BOOST_AUTO_TEST_CASE(garbage_and_closing_peers_are_named) {
    const ScriptedPeer garbage({"FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"});
    const Answer malformed = post(service, "/connect", connect_body(garbage.port()));
    BOOST_TEST(malformed.status == 502);
    BOOST_TEST(malformed.body["error"]["code"] == "protocol-violation", malformed.body.dump());

    const ScriptedPeer nonsense({"0001 0001 0011 0004 61020000"});
    const Answer broken = post(service, "/connect", connect_body(nonsense.port()));
    BOOST_TEST(broken.status == 502);
    BOOST_TEST(broken.body["error"]["code"] == "malformed-answer", broken.body.dump());

    const ScriptedPeer closing({}, ScriptedPeer::Ending::close);
    const Answer closed = post(service, "/connect", connect_body(closing.port()));
    BOOST_TEST(closed.status == 502);
    BOOST_TEST(closed.body["error"]["code"] == "connection-lost", closed.body.dump());

    const ScriptedPeer later({accepting_wpdu()}, ScriptedPeer::Ending::close);
    BOOST_TEST(post(service, "/connect", connect_body(later.port())).status == 200);
    const Answer middle = post(service, "/read", read_body("1-0:1.8.0.255"));
    BOOST_TEST(middle.body["data"]["errorCode"] == "connection-lost", middle.body.dump());
    still_serves();
}

BOOST_AUTO_TEST_CASE(a_release_without_answer_leaves_time_for_the_call) {
    const ScriptedPeer peer{{accepting_wpdu()}};
    const json body = connect_body(peer.port(), {{"timeout", 60000}});
    BOOST_REQUIRE_EQUAL(post(service, "/connect", body).status, 200);
    // Another timeout is another association; the peer does not answer the release of the first,
    // for which the profile would wait 2 s.
    const auto begin = std::chrono::steady_clock::now();
    const Answer again = post(service, "/connect", connect_body(peer.port(), {{"timeout", 50000}}),
                              "X-Request-Timeout: 2\r\n");
    BOOST_TEST(again.status == 200, again.body.dump());
    BOOST_TEST((std::chrono::steady_clock::now() - begin < 2s));
}

BOOST_AUTO_TEST_CASE(a_refused_attribute_has_the_meters_word) {
    connect();
    const Answer absent = post(service, "/read", read_body("1-0:99.99.99.255"));
    BOOST_TEST(absent.status == 200);
    BOOST_TEST(absent.body["data"]["errorCode"] == "object-undefined");
    const Answer other_class = post(service, "/read", read_body("1-0:1.8.0.255", 8));
    BOOST_TEST(other_class.body["success"] == false);
    const Answer read_only =
        post(service, "/write",
             {{"meter_number", "202"}, {"obis_code", "1-0:1.8.0.255"}, {"value", "1.00"}});
    BOOST_TEST(read_only.body["data"]["success"] == false);
    BOOST_TEST(read_only.body["data"]["errorCode"] == "read-write-denied", read_only.body.dump());
    const Answer secret = post(service, "/read", read_body("0-0:40.0.0.255", 15, 7));
    BOOST_TEST(secret.body["data"]["errorCode"] == "read-write-denied", secret.body.dump());
    still_serves();
}

BOOST_AUTO_TEST_CASE(a_value_that_does_not_fit_is_refused_before_it_is_sent) {
    connect();
    const Answer answer = post(service, "/write",
                               {{"meter_number", "202"},
                                {"obis_code", "0-0:1.0.0.255"},
                                {"value", "yesterday"},
                                {"class_id", 8},
                                {"attribute_id", 2}});
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body["data"]["errorCode"] == "type-unmatched", answer.body.dump());
    BOOST_TEST(answer.body["data"]["error"].get<std::string>().find("yesterday") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_write_without_answer_has_an_unknown_outcome_and_is_not_repeated) {
    ScriptedPeer peer({accepting_wpdu()});
    BOOST_TEST(post(service, "/connect", connect_body(peer.port(), {{"timeout", 200}})).status ==
               200);
    const Answer answer = post(service, "/write",
                               {{"meter_number", "202"},
                                {"obis_code", "0-0:96.50.0.255"},
                                {"value", 7},
                                {"class_id", 1},
                                {"data_type", "unsigned"}});
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body["success"] == false);
    BOOST_TEST(answer.body["data"]["errorCode"] == "outcome-unknown", answer.body.dump());
    BOOST_TEST(answer.body["data"]["error"].get<std::string>().find("read") != std::string::npos);
    constexpr Byte set_request = 0xC1;
    BOOST_TEST(peer.count(set_request) == 1U);
}

BOOST_AUTO_TEST_CASE(calls_for_a_busy_meter_end_by_their_own_deadlines) {
    BusyMeter busy(service);
    const Answer second =
        post(service, "/read", read_body("1-0:1.8.0.255"), "X-Request-Timeout: 0.2\r\n");
    BOOST_TEST(second.status == 200);
    BOOST_TEST(second.body["data"]["errorCode"] == "meter-busy", second.body.dump());
    BOOST_TEST(!busy.caller.has_answer());
    busy.end();
}

BOOST_AUTO_TEST_CASE(too_many_calls_for_one_meter_are_throttled) {
    BusyMeter busy(service);
    std::vector<HttpClient> clients;
    for (int number = 0; number < 80; ++number) {
        clients.emplace_back(service.port());
        clients.back().send(request_octets("POST", "/read", read_body("1-0:1.8.0.255").dump(),
                                           "X-Request-Timeout: 300\r\n"));
    }
    // 64 may wait, and none of them ends before the meter does.
    while (std::ranges::count_if(clients, &HttpClient::has_answer) < 16) {
        std::this_thread::sleep_for(1ms);
    }
    // A full queue is no reason to refuse the end of it.
    const Answer disconnected =
        post(service, "/disconnect?meter_number=202", json::object(), "X-Request-Timeout: 0.2\r\n");
    BOOST_TEST(disconnected.status == 200);
    busy.end();
    int served = 0;
    int throttled = 0;
    for (HttpClient& client : clients) {
        const auto answer = client.receive();
        BOOST_REQUIRE(answer);
        if (answer->status == 503) {
            BOOST_TEST(answer->header("Retry-After") == "1");
            BOOST_TEST(json::parse(answer->body)["error"]["code"] == "throttled");
            ++throttled;
        } else {
            BOOST_TEST(answer->status == 200);
            ++served;
        }
    }
    BOOST_TEST(served == 64);
    BOOST_TEST(throttled == 16);
    still_serves();
}

BOOST_AUTO_TEST_CASE(a_busy_meter_is_forgotten_at_once_and_never_has_two_associations) {
    BusyMeter busy(service);
    const Answer pending =
        post(service, "/disconnect?meter_number=202", json::object(), "X-Request-Timeout: 0.2\r\n");
    BOOST_TEST(pending.status == 200);
    BOOST_TEST(pending.body["success"] == true);
    BOOST_TEST(pending.body["message"].get<std::string>().find("is forgotten") !=
               std::string::npos);
    BOOST_TEST(!busy.caller.has_answer());
    BOOST_TEST(get(service, "/connections").body["total"] == 0);
    BOOST_TEST(post(service, "/read", read_body("1-0:1.8.0.255")).status == 400);

    // Both wait behind the call in work, in this order.
    const Answer overdue =
        post(service, "/connect", connect_body(meter.port()), "X-Request-Timeout: 0.2\r\n");
    BOOST_TEST(overdue.body["error"]["code"] == "meter-busy", overdue.body.dump());
    BOOST_TEST(get(service, "/connections").body["total"] == 1);
    BOOST_TEST(meter.associated() == 0);
    busy.end();
    still_serves();
    BOOST_TEST(meter.associated() == 1);
    BOOST_TEST(get(service, "/connections").body["total"] == 1);
}

BOOST_AUTO_TEST_CASE(a_written_value_comes_back_digit_by_digit) {
    connect();
    for (const std::string value : {"12345678901234567890.10", "0.1000000000000000000001", "1e400",
                                    "\"text\"", "{\"raw\": 18446744073709551616}"}) {
        HttpClient client(service.port());
        const auto answer = client.call(
            "POST", "/write",
            R"({"meter_number":"202","obis_code":"1-0:1.8.0.255","value":)" + value + "}",
            "Content-Type: application/json\r\n");
        BOOST_REQUIRE(answer);
        if (value == "1e400") {
            BOOST_TEST(answer->status == 422);
            continue;
        }
        BOOST_TEST(answer->status == 200);
        BOOST_TEST(answer->body.find("\"value\":" + value) != std::string::npos, answer->body);
        BOOST_TEST(json::parse(answer->body)["meterNumber"] == "202");
    }
}

BOOST_AUTO_TEST_CASE(a_value_too_large_to_show_fails_alone) {
    std::atomic<std::size_t> octets = 0;
    const ScriptedPeer large(answers_in_blocks(octets));
    BOOST_TEST(
        post(service, "/connect", connect_body(large.port(), {{"max_pdu_size", 65535}})).status ==
        200);
    octets = HeadEnd::most_octets_of_reading - 5;  // with tag and length at the limit
    const Answer whole = post(service, "/read", read_body("0-0:96.50.0.255", 1));
    BOOST_TEST(whole.body["success"] == true);
    octets = HeadEnd::most_octets_of_reading - 4;
    const Answer refused = post(service, "/read", read_body("0-0:96.50.0.255", 1));
    BOOST_TEST(refused.status == 200);
    BOOST_TEST(refused.body["success"] == false);
    BOOST_TEST(refused.body["data"]["errorCode"] == "unsupported");
    BOOST_TEST(refused.body["data"]["error"].get<std::string>().find("too large to show: it has "
                                                                     "1048577 octets") !=
               std::string::npos);

    octets = 1'000'000;
    json items = json::array();
    for (int number = 0; number < 5; ++number) {
        items.push_back({{"code", "0-0:96.50.0.255"}, {"classId", 1}});
    }
    const Answer several = post(service, "/read-multiple",
                                {{"meter_number", "202"}, {"obis_codes", std::move(items)}});
    BOOST_TEST(several.body["successful"] == 4);
    BOOST_TEST(several.body["data"]["readings"][3]["success"] == true);
    BOOST_TEST(several.body["data"]["readings"][4]["errorCode"] == "unsupported");
}

BOOST_AUTO_TEST_CASE(requests_that_are_wrong_are_answered_422) {
    connect();
    BOOST_TEST(post(service, "/read", read_body("1.2")).status == 422);
    BOOST_TEST(post(service, "/read", read_body("1-0:1.8.0.300")).status == 422);
    BOOST_TEST(post(service, "/read", json::array()).status == 422);
    BOOST_TEST(
        post(service, "/read", {{"meter_number", json::array()}, {"obis_code", "1.8.0"}}).status ==
        422);
    BOOST_TEST(post(service, "/connect", {{"meter_number", "1"}}).status == 422);
    BOOST_TEST(post(service, "/disconnect", json::object()).status == 422);
    HttpClient client(service.port());
    const auto broken =
        client.call("POST", "/read", "{\"meter_number\": ", "Content-Type: application/json\r\n");
    BOOST_TEST(broken->status == 422);
    BOOST_TEST(post(service, "/read", read_body("1.8.0"), "X-Request-Timeout: soon\r\n").status ==
               400);
    BOOST_TEST(post(service, "/read", read_body("1.8.0"), "X-Request-Timeout: -1\r\n").status ==
               400);
    still_serves();
}

BOOST_AUTO_TEST_CASE(a_huge_body_is_refused) {
    HttpClient client(service.port());
    client.send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 104857600\r\n\r\n");
    BOOST_TEST(client.receive()->status == 413);
    still_serves();
}

BOOST_AUTO_TEST_CASE(ten_thousand_reads_at_once_all_get_an_answer) {
    connect();
    const std::size_t connections = most_client_connections();
    const std::size_t requests = 10'000 / connections;
    std::vector<HttpClient> clients;
    std::string burst;
    for (std::size_t number = 0; number < requests; ++number) {
        burst += request_octets("POST", "/read", read_body("1-0:1.8.0.255").dump());
    }
    for (std::size_t number = 0; number < connections; ++number) {
        clients.emplace_back(service.port());
        BOOST_REQUIRE(clients.back().send(burst));
    }
    int read = 0;
    int busy = 0;
    for (HttpClient& client : clients) {
        for (std::size_t number = 0; number < requests; ++number) {
            const auto answer = client.receive();
            BOOST_REQUIRE(answer);
            read += answer->status == 200 ? 1 : 0;
            busy += answer->status == 503 ? 1 : 0;
        }
    }
    BOOST_TEST(read + busy == 10'000);
    BOOST_TEST(read > 0);
    BOOST_TEST(meter.associated() == 1);
    still_serves();
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(head_end)

BOOST_AUTO_TEST_CASE(what_is_in_work_goes_with_a_loop_that_was_stopped) {
    ScriptedPeer silent({accepting_wpdu()});
    const auto token = std::make_shared<int>(0);
    std::optional<asio::io_context> io(std::in_place, 1);
    HeadEnd::Settings settings;
    settings.surroundings.address_filter = [](const asio::ip::address&) { return true; };
    settings.surroundings.keys = *keep_keys(loopback_config());
    std::optional<HeadEnd> head_end(std::in_place, io->get_executor(), std::move(settings));
    ConnectRequest connect;
    connect.meter_number = "202";
    connect.brand = "hexcell";
    connect.ip_address = "127.0.0.1";
    connect.port = silent.port();
    connect.server_address = 1;
    connect.client_address = 17;
    const CallLimits limits{std::chrono::steady_clock::now(), 300s};
    head_end->connect({std::move(connect), std::nullopt, true}, limits, [](const auto&) {});
    ReadRequest read;
    read.meter_number = "202";
    read.attribute = {1, cosem::ObisCode::parse("0-0:96.1.0.255").value(), 2};
    head_end->read(std::move(read), limits, [token](const auto&) {});
    {
        const std::jthread loop([&io] { io->run(); });
        silent.wait_for(2);
        io->stop();
    }
    BOOST_TEST(token.use_count() == 2);
    head_end->abandon();
    head_end.reset();
    io.reset();
    BOOST_TEST(token.use_count() == 1);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rest_access)

BOOST_AUTO_TEST_CASE(a_key_is_needed_for_all_but_health) {
    ServiceConfig config = loopback_config();
    config.asks_for_key = true;
    config.api_key.emplace("the-key");
    const RunningService service(config);
    BOOST_TEST(get(service, "/health").status == 200);
    const Answer refused = get(service, "/connections");
    BOOST_TEST(refused.status == 401);
    BOOST_TEST(refused.body["detail"].is_string());
    BOOST_TEST(get(service, "/connections", "X-API-Key: wrong\r\n").status == 401);
    BOOST_TEST(get(service, "/connections", "X-API-Key: the-key\r\n").status == 200);
    BOOST_TEST(get(service, "/connections", "Authorization: Bearer the-key\r\n").status == 200);
    BOOST_TEST(get(service, "/nothing").status == 401);
}

BOOST_AUTO_TEST_CASE(pages_of_named_origins_may_call) {
    ServiceConfig config = loopback_config();
    config.asks_for_key = true;
    config.api_key.emplace("the-key");
    config.cors_origins = {"https://a.example"};
    const RunningService service(config);
    HttpClient client(service.port());
    const auto preflight =
        client.call("OPTIONS", "/read", {},
                    "Origin: https://a.example\r\nAccess-Control-Request-Method: POST\r\n");
    BOOST_TEST(preflight->status == 204);
    BOOST_TEST(preflight->header("Access-Control-Allow-Origin") == "https://a.example");
    const auto called = client.call("GET", "/health", {}, "Origin: https://a.example\r\n");
    BOOST_TEST(called->header("Access-Control-Allow-Origin") == "https://a.example");
    const auto other = client.call("GET", "/health", {}, "Origin: https://b.example\r\n");
    BOOST_TEST(other->header("Access-Control-Allow-Origin").empty());
}

BOOST_AUTO_TEST_SUITE_END()
