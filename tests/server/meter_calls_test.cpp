// What the service does with one meter beyond reading and writing: load profiles, objects, actions,
// clock, relay, token, events; against simulated meters and peers that break off, over real
// sockets.
#include <algorithm>
#include <chrono>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "server/head_end.hpp"
#include "server/key_keeping.hpp"
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

struct OneMeter {
    explicit OneMeter(const char* scenario, const json& changes = json::object())
        : meter(simulator::builtin_scenario(scenario)) {
        const Answer connected = post(service, "/connect", connect_body(meter.port(), changes));
        BOOST_REQUIRE_EQUAL(connected.status, 200);
    }

    SimulatedMeter meter;
    RunningService service;
};

struct Hexcell : OneMeter {
    Hexcell() : OneMeter("hexcell") {}
};

// A conforming meter with everything.
struct Full : OneMeter {
    Full() : OneMeter("full", {{"brand", "generic"}, {"client_address", 1}}) {}
};

json profile_body(const std::string& from, const std::string& to,
                  const std::string& code = "1-0:99.1.0.255") {
    return {{"meter_number", "202"}, {"obis_code", code}, {"start_date", from}, {"end_date", to}};
}

constexpr Byte action_request = 0xC3;

// The WPDU of an APDU to client 17.
ByteBuffer wpdu(const std::string& hex) {
    const ByteBuffer apdu = from_hex(hex).value();
    ByteBuffer octets{0, 1, 0, 1, 0, 17, 0, static_cast<Byte>(apdu.size())};
    octets.insert(octets.end(), apdu.begin(), apdu.end());
    return octets;
}

// An association with that conformance.
ByteBuffer accepted_with(const std::string& conformance) {
    return wpdu("6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400" +
                conformance + "04000007");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(rest_load_profile, Hexcell)

BOOST_AUTO_TEST_CASE(a_range_with_columns_entries_and_what_is_missing) {
    const Answer answer = post(service, "/load-profile",
                               profile_body("2026-03-14T00:00", "2026-03-14T01:00:00.000Z"));
    BOOST_REQUIRE_EQUAL(answer.status, 200);
    BOOST_TEST(answer.body["success"] == true);
    BOOST_TEST(answer.body["meterNumber"] == "202");
    const json& data = answer.body["data"];
    BOOST_TEST(data["obisCode"] == "1-0:99.1.0.255");
    BOOST_TEST(data["capturePeriod"] == 900);
    BOOST_TEST(data["columns"].size() == 5);
    BOOST_TEST(data["columns"][1] == json({{"obisCode", "1-0:1.8.0.255"},
                                           {"classId", 3},
                                           {"attributeId", 2},
                                           {"name", "Active energy import total"},
                                           {"unit", "kWh"},
                                           {"scaler", -2}}));
    BOOST_TEST(data["columns"][0]["unit"].is_null());
    // The first row of the day is that of 00:15: that of 00:00 is not there.
    BOOST_TEST(data["count"] == 3);
    BOOST_TEST(
        data["entries"][0] ==
        json({{"timestamp", "2026-03-14T00:15:00"},
              {"values", {"2026-03-14T00:15:00", "120000.42", "5000.03", "229.7", "0.113"}}}));
    BOOST_TEST(data["complete"] == false);
    BOOST_TEST(data["missing"] ==
               json::array({{{"from", "2026-03-14T00:00:00"}, {"to", "2026-03-14T00:15:00"}}}));
    BOOST_TEST(data["timeZone"] == "UTC");
}

BOOST_AUTO_TEST_CASE(the_whole_profile_needs_no_dates) {
    const Answer answer = post(service, "/load-profile", {{"meter_number", "202"}});
    BOOST_TEST(answer.body["data"]["count"] == 96);
    const Answer day =
        post(service, "/load-profile", profile_body("2026-03-14T00:15", "2026-03-15T00:15"));
    BOOST_TEST(day.body["data"]["count"] == 96);
    BOOST_TEST(day.body["data"]["complete"] == true);
}

BOOST_AUTO_TEST_CASE(csv_for_who_accepts_it) {
    HttpClient client(service.port());
    const auto answer =
        client.call("POST", "/load-profile", profile_body("2026-03-14", "2026-03-14T00:31").dump(),
                    "Content-Type: application/json\r\nAccept: text/csv\r\n");
    BOOST_REQUIRE(answer);
    BOOST_TEST(answer->status == 200);
    BOOST_TEST(answer->header("Content-Type") == "text/csv; charset=utf-8");
    BOOST_TEST(answer->header("X-Complete") == "false");
    BOOST_TEST(answer->body ==
               "timestamp,status,0-0:1.0.0.255,1-0:1.8.0.255 (kWh),1-0:2.8.0.255 (kWh),1-0:32.7.0."
               "255 (V),1-0:31.7.0.255 (A)\r\n"
               "2026-03-14T00:15:00,,2026-03-14T00:15:00,120000.42,5000.03,229.7,0.113\r\n"
               "2026-03-14T00:30:00,,2026-03-14T00:30:00,120000.91,5000.06,230.4,0.126\r\n");
}

BOOST_AUTO_TEST_CASE(a_profile_that_is_not_there_and_a_meter_that_is_not_known) {
    const Answer absent =
        post(service, "/load-profile", profile_body("2026-03-14", "2026-03-15", "1-0:99.77.0.255"));
    BOOST_TEST(absent.status == 200);
    BOOST_TEST(absent.body["success"] == false);
    BOOST_TEST(absent.body["data"]["errorCode"] == "object-undefined");
    const Answer unknown = post(service, "/load-profile", {{"meter_number", "7"}});
    BOOST_TEST(unknown.status == 400);
    BOOST_TEST(unknown.body["detail"] == "Not connected to meter 7. Call /connect first.");
}

BOOST_AUTO_TEST_CASE(columns_without_rows_and_no_columns_at_all) {
    const Answer log = post(service, "/load-profile",
                            profile_body("2026-03-14", "2026-03-15", "1-0:99.98.44.255"));
    BOOST_TEST(log.body["data"]["columns"] == json::array());
    BOOST_TEST(log.body["data"]["entries"] == json::array());
    BOOST_TEST(log.body["data"]["complete"] == true);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(rest_of_a_conforming_meter, Full)

BOOST_AUTO_TEST_CASE(what_was_left_out_of_rows_is_filled_in) {
    const json body = profile_body("2026-03-14T00:15", "2026-03-15T00:15", "1-0:99.2.0.255");
    const Answer answer = post(service, "/load-profile", body);
    BOOST_TEST(answer.body["data"]["count"] == 96);
    BOOST_TEST(answer.body["data"]["complete"] == true);
    for (const json& entry : answer.body["data"]["entries"]) {
        BOOST_TEST(
            std::ranges::none_of(entry["values"], [](const json& v) { return v.is_null(); }));
    }
}

BOOST_AUTO_TEST_CASE(relay_commands_are_confirmed_by_reading_back) {
    const Answer before = get(service, "/meters/202/relay");
    BOOST_TEST(before.status == 200);
    BOOST_TEST(before.body["outputState"] == true);
    BOOST_TEST(before.body["controlState"] == "connected");
    BOOST_TEST(before.body["controlMode"] == 4);
    const Answer off = post(service, "/meters/202/relay", {{"command", "disconnect"}});
    BOOST_REQUIRE_EQUAL(off.status, 200);
    BOOST_TEST(off.body["success"] == true);
    BOOST_TEST(off.body["confirmed"] == true);
    BOOST_TEST(off.body["before"]["controlState"] == "connected");
    BOOST_TEST(off.body["state"]["controlState"] == "disconnected");
    BOOST_TEST(off.body["state"]["outputState"] == false);
    const Answer on = post(service, "/meters/202/relay", {{"command", "reconnect"}});
    BOOST_TEST(on.body["confirmed"] == true);
    BOOST_TEST(on.body["state"]["outputState"] == true);
}

BOOST_AUTO_TEST_CASE(a_relay_that_waits_for_a_hand_says_so) {
    // Mode 3: remote reconnection makes it ready only.
    BOOST_TEST(post(service, "/write",
                    {{"meter_number", "202"},
                     {"obis_code", "0-0:96.3.10.255"},
                     {"class_id", 70},
                     {"attribute_id", 4},
                     {"value", 3}})
                   .body["success"] == true);
    BOOST_TEST(post(service, "/meters/202/relay", {{"command", "disconnect"}}).status == 200);
    const Answer on = post(service, "/meters/202/relay", {{"command", "reconnect"}});
    BOOST_TEST(on.body["confirmed"] == true);
    BOOST_TEST(on.body["state"]["controlState"] == "ready-for-reconnection");
    BOOST_TEST(on.body["message"].get<std::string>().find("somebody") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_clock_is_read_with_its_drift_and_set) {
    const Answer read = get(service, "/meters/202/clock");
    BOOST_REQUIRE_EQUAL(read.status, 200);
    BOOST_TEST(std::abs(read.body["driftSeconds"].get<double>()) < 5);
    BOOST_TEST(read.body["offsetStated"] == true);
    const std::string time = read.body["time"];
    BOOST_TEST(time.ends_with("Z"));
    const Answer set = post(service, "/meters/202/clock", {{"time", "2026-01-31T12:00:00+01:00"}});
    BOOST_REQUIRE_EQUAL(set.status, 200);
    BOOST_TEST(set.body["after"]["time"].get<std::string>().substr(0, 16) == "2026-01-31T11:00");
    BOOST_TEST(set.body["after"]["driftSeconds"].get<double>() < -1000);
    // Without a time, or without a body, it becomes the service's.
    const Answer now = post(service, "/meters/202/clock", json::object());
    BOOST_TEST(std::abs(now.body["after"]["driftSeconds"].get<double>()) < 5);
    BOOST_TEST(now.body["before"]["driftSeconds"].get<double>() < -1000);
    BOOST_TEST(get(service, "/meters/202/clock?obis_code=0-0:1.0.9.255").status == 502);
}

BOOST_AUTO_TEST_CASE(methods_are_invoked_with_typed_parameters) {
    // shift_time of the clock takes a long.
    const json shift{
        {"obis_code", "0-0:1.0.0.255"}, {"class_id", 8}, {"method_id", 6}, {"value", 600}};
    const Answer shifted = post(service, "/meters/202/actions", shift);
    BOOST_REQUIRE_EQUAL(shifted.status, 200);
    BOOST_TEST(shifted.body["data"]["methodName"] == "shift_time");
    BOOST_TEST(get(service, "/meters/202/clock").body["driftSeconds"].get<double>() > 500);
    json wrong = shift;
    wrong["value"] = 1'000'000;
    const Answer refused = post(service, "/meters/202/actions", wrong);
    BOOST_TEST(refused.status == 400);
    BOOST_TEST(refused.body["error"]["code"] == "type-unmatched");
    wrong["value"] = 600;
    wrong["data_type"] = "integer";
    BOOST_TEST(post(service, "/meters/202/actions", wrong).status == 400);
    const Answer absent = post(service, "/meters/202/actions",
                               {{"obis_code", "0-0:1.0.0.255"}, {"class_id", 8}, {"method_id", 9}});
    BOOST_TEST(absent.status == 502);
    BOOST_TEST(absent.body["success"] == false);
    BOOST_TEST(absent.body["error"]["code"] == "object-undefined");
}

BOOST_AUTO_TEST_CASE(events_of_the_logs_of_the_object_list) {
    // capture of the log: a row of this moment.
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST(post(service, "/meters/202/actions",
                        {{"obis_code", "0-0:99.98.0.255"}, {"class_id", 7}, {"method_id", 2}})
                       .status == 200);
    }
    const Answer all = get(service, "/meters/202/events");
    BOOST_REQUIRE_EQUAL(all.status, 200);
    BOOST_TEST(all.body["success"] == true);
    BOOST_TEST(all.body["logs"].size() == 1);
    BOOST_TEST(all.body["logs"][0]["name"] == "Standard event log");
    BOOST_TEST(all.body["logs"][0]["columns"][1]["name"] == "Event code");
    BOOST_TEST(all.body["count"] == 2);
    BOOST_TEST(all.body["events"][0]["log"] == "0-0:99.98.0.255");
    BOOST_TEST(all.body["events"][0]["values"].size() == 2);
    BOOST_TEST(get(service, "/meters/202/events?start_date=2100-01-01").body["count"] == 0);
    const Answer other = get(service, "/meters/202/events?log=1-0:99.98.1.255&log=0-0:99.98.0.255");
    BOOST_TEST(other.body["success"] == false);
    BOOST_TEST(other.body["logs"][0]["errorCode"] == "object-undefined");
    BOOST_TEST(other.body["count"] == 2);
}

BOOST_AUTO_TEST_CASE(the_object_list_with_classes_names_and_rights) {
    const Answer all = get(service, "/meters/202/objects");
    BOOST_REQUIRE_EQUAL(all.status, 200);
    BOOST_TEST(all.body["total"] == all.body["objects"].size());
    const auto relay = std::ranges::find_if(
        all.body["objects"], [](const json& object) { return object["classId"] == 70; });
    BOOST_REQUIRE(relay != all.body["objects"].end());
    BOOST_TEST((*relay)["obisCode"] == "0-0:96.3.10.255");
    BOOST_TEST((*relay)["name"] == "Disconnect control");
    BOOST_TEST((*relay)["attributes"][1] ==
               json({{"attributeId", 2}, {"name", "output_state"}, {"access", "read"}}));
    BOOST_TEST((*relay)["methods"][0] ==
               json({{"methodId", 1}, {"name", "remote_disconnect"}, {"access", "invoke"}}));
    const Answer profiles = get(service, "/meters/202/objects?class_id=7&refresh=true");
    BOOST_TEST(profiles.body["total"].get<int>() >= 3);
    BOOST_TEST(get(service, "/meters/203/objects").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(rest_token, Hexcell)

BOOST_AUTO_TEST_CASE(a_token_is_written_as_the_brand_has_it) {
    const Answer answer =
        post(service, "/meters/202/token", {{"token", "1234 5678 9012 3456 7888"}});
    BOOST_REQUIRE_EQUAL(answer.status, 200);
    BOOST_TEST(answer.body["success"] == true);
    BOOST_TEST(answer.body["verdict"] == "accepted");
    // The simulated meter takes it and shows it as its last one; it takes it once.
    BOOST_TEST(answer.body["confirmed"] == true);
    const Answer again = post(service, "/meters/202/token", {{"token", "12345678901234567888"}});
    BOOST_TEST(again.body["verdict"] == "rejected");
    BOOST_TEST(again.body["errorCode"] == "other-reason");
    const Answer elsewhere =
        post(service, "/meters/202/token",
             {{"token", "12345678901234567890"}, {"obis_code", "1-0:1.8.0.255"}, {"class_id", 3}});
    BOOST_TEST(elsewhere.status == 200);
    BOOST_TEST(elsewhere.body["verdict"] == "rejected");
    BOOST_TEST(elsewhere.body["errorCode"] == "read-write-denied");
    for (const json& wrong : {json("123"), json("1234567890123456789X"), json(12345)}) {
        const Answer refused = post(service, "/meters/202/token", {{"token", wrong}});
        BOOST_TEST(refused.status == 422);
        BOOST_TEST(refused.body["detail"][0]["loc"] == json({"body", "token"}));
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(rest_commands_on_a_broken_line)

// A meter that takes a command and says nothing more; what it shows of the relay is `state`.
ScriptedPeer::Answers silent_relay(const std::string& state) {
    return [state](ByteView apdu) {
        if (apdu[0] == 0x60) {
            return accepted_with("001019");
        }
        if (apdu[0] == 0x62) {
            return wpdu("6303800100");
        }
        if (apdu[0] != 0xC0) {
            return ByteBuffer();
        }
        return wpdu("C401" + to_hex(apdu.subspan(2, 1)) +
                    (apdu[11] == 2   ? state
                     : apdu[11] == 3 ? "001600"
                                     : "001604"));
    };
}

BOOST_AUTO_TEST_CASE(a_relay_command_is_never_sent_twice) {
    ScriptedPeer peer(silent_relay("000300"));
    RunningService service;
    BOOST_REQUIRE_EQUAL(
        post(service, "/connect", connect_body(peer.port(), {{"timeout", 500}})).status, 200);
    const Answer answer = post(service, "/meters/202/relay", {{"command", "disconnect"}});
    BOOST_TEST(answer.status == 502);
    BOOST_TEST(answer.body["success"] == false);
    BOOST_TEST(answer.body["error"]["code"] == "outcome-unknown");
    BOOST_TEST(answer.body["state"]["controlState"] == "disconnected");
    BOOST_TEST(answer.body["before"]["outputState"] == false);
    BOOST_TEST(peer.count(action_request) == 1);
}

BOOST_AUTO_TEST_CASE(a_token_that_may_have_arrived_is_never_sent_twice) {
    constexpr Byte set_request = 0xC1;
    ScriptedPeer peer(silent_relay("00090A12345678901234567890"));
    RunningService service;
    BOOST_REQUIRE_EQUAL(
        post(service, "/connect", connect_body(peer.port(), {{"timeout", 500}})).status, 200);
    const Answer answer = post(service, "/meters/202/token", {{"token", "12345678901234567890"}});
    BOOST_TEST(answer.status == 502);
    BOOST_TEST(answer.body["verdict"] == "unknown");
    BOOST_TEST(answer.body["confirmed"] == true);
    BOOST_TEST(answer.body["error"]["code"] == "outcome-unknown");
    BOOST_TEST(peer.count(set_request) == 1);
}

BOOST_AUTO_TEST_CASE(a_relay_whose_state_cannot_be_read_says_so) {
    ScriptedPeer peer([](ByteView apdu) {
        if (apdu[0] == 0x60) {
            return accepted_with("001019");
        }
        const std::string invoke_id = to_hex(apdu.subspan(2, 1));
        return apdu[0] == 0xC0   ? wpdu("C401" + invoke_id + "0103")
               : apdu[0] == 0xC3 ? wpdu("C701" + invoke_id + "0000")
                                 : wpdu("6303800100");
    });
    RunningService service;
    BOOST_REQUIRE_EQUAL(post(service, "/connect", connect_body(peer.port())).status, 200);
    const Answer answer = post(service, "/meters/202/relay", {{"command", "disconnect"}});
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.body["success"] == true);
    BOOST_TEST(answer.body["confirmed"].is_null());
    BOOST_TEST(answer.body["message"].get<std::string>().find("cannot be read") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(reads_in_a_queue)

// Counts of GET requests and their items, of a meter whose attributes are numbers; lists are
// refused if `takes_lists` is not set.
struct ListMeter {
    explicit ListMeter(bool takes_lists)
        : peer([takes_lists](ByteView apdu) {
              if (apdu[0] == 0x60) {
                  return accepted_with("00121D");
              }
              const std::string invoke_id = to_hex(apdu.subspan(2, 1));
              if (apdu[0] == 0xC0 && apdu[1] == 3) {
                  std::string answer = "C403" + invoke_id + to_hex(apdu.subspan(3, 1));
                  for (Byte item = 0; item < apdu[3]; ++item) {
                      answer += "0011" + to_hex(apdu.subspan(10 + 10 * std::size_t{item}, 1));
                  }
                  return wpdu(takes_lists ? answer : "D80102");
              }
              return apdu[0] == 0xC0
                         ? wpdu("C401" + invoke_id + "0011" + to_hex(apdu.subspan(9, 1)))
                         : wpdu("6303800100");
          }) {}

    ScriptedPeer peer;
};

ConnectRequest connect_request(std::uint16_t port) {
    ConnectRequest connect;
    connect.meter_number = "202";
    connect.brand = "hexcell";
    connect.ip_address = "127.0.0.1";
    connect.port = port;
    return connect;
}

// Values of attributes 0-0:96.1.e of class 1, all asked for at once when the meter is connected.
std::string read_at_once(HeadEnd& head_end, asio::io_context& io, const std::string& places) {
    std::string values(places.size(), '?');
    const CallLimits limits{std::chrono::steady_clock::now(), 20s};
    for (std::size_t index = 0; index < places.size(); ++index) {
        ReadRequest read;
        read.meter_number = "202";
        const auto place = static_cast<std::uint8_t>(places[index] - '0');
        read.attribute = {1, cosem::ObisCode(0, 0, 96, 1, place, 255), 2};
        head_end.read(std::move(read), limits, [&values, index](const auto& outcome) {
            const auto number = outcome ? outcome->value.view().unsigned_integer().value_or(9) : 9;
            values[index] = static_cast<char>('0' + number);
        });
    }
    io.restart();
    while (values.find('?') != std::string::npos && io.run_one() > 0) {
    }
    return values;
}

struct Desk {
    explicit Desk(bool takes_lists) : meter(takes_lists) {
        settings.surroundings.address_filter = [](const asio::ip::address&) { return true; };
        settings.surroundings.keys = *keep_keys(loopback_config());
        settings.surroundings.learnt = [this](const std::string&, const client::LearntLimits& now) {
            learnt = now;
        };
        head_end.emplace(io.get_executor(), std::move(settings));
        bool connected = false;
        head_end->connect({connect_request(meter.peer.port()), std::nullopt, true},
                          {std::chrono::steady_clock::now(), 20s},
                          [&connected](const auto& outcome) { connected = outcome.has_value(); });
        while (!connected && io.run_one() > 0) {
        }
        BOOST_REQUIRE(connected);
    }
    ~Desk() {
        meter.peer.shut();
        io.stop();
        head_end->abandon();
    }

    ListMeter meter;
    asio::io_context io{1};
    client::LearntLimits learnt;
    HeadEnd::Settings settings;
    std::optional<HeadEnd> head_end;
};

BOOST_AUTO_TEST_CASE(reads_that_wait_together_are_one_list) {
    Desk desk(true);
    BOOST_TEST(read_at_once(*desk.head_end, desk.io, "12321") == "12321");
    BOOST_TEST(desk.meter.peer.count(0xC0) == 1);
    BOOST_TEST(read_at_once(*desk.head_end, desk.io, "4") == "4");
    BOOST_TEST(desk.meter.peer.count(0xC0) == 2);
    BOOST_TEST((desk.learnt == client::LearntLimits()));
}

BOOST_AUTO_TEST_CASE(a_meter_that_refuses_lists_is_remembered) {
    Desk desk(false);
    BOOST_TEST(read_at_once(*desk.head_end, desk.io, "12") == "12");
    BOOST_TEST(desk.meter.peer.count(0xC0) == 3);
    BOOST_TEST(desk.learnt.largest_list == 1);
    BOOST_TEST(read_at_once(*desk.head_end, desk.io, "34") == "34");
    BOOST_TEST(desk.meter.peer.count(0xC0) == 5);
}

BOOST_AUTO_TEST_SUITE_END()
