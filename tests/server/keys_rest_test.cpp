// Secrets of meters through REST: drawn, transferred, kept, and there after a restart.
#include <filesystem>
#include <map>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "server/key_keeping.hpp"
#include "simulator/scenario.hpp"
#include "store/database.hpp"
#include "tests/integration/keyed_scenario.hpp"
#include "tests/server/running_service.hpp"
#include "tests/server/simulated_peer.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using dlms::testing::first_authentication;
using dlms::testing::first_master;
using dlms::testing::first_unicast;
using dlms::testing::second_unicast;
using nlohmann::json;

namespace {

json keyed(std::uint16_t port, const json& changes = json::object()) {
    json body = connect_body(port, {{"brand", "generic"},
                                    {"client_address", 1},
                                    {"auth_type", "HighGMAC"},
                                    {"security", "authenticated_encryption"},
                                    {"encryption_key", first_unicast},
                                    {"authentication_key", first_authentication},
                                    {"master_key", first_master},
                                    {"timeout", 5000}});
    body.erase("password");
    body.update(changes);
    return body;
}

struct KeyedMeter {
    KeyedMeter() {
        config.data_dir = folder.path();
        config.key_encryption_key = SecretBytes(ByteBuffer(32, 0x5A));
    }

    const std::string keys = "/meters/" + std::string(keyed(1)["meter_number"]) + "/keys";
    dlms::testing::TemporaryFolder folder;
    ServiceConfig config = loopback_config();
    SimulatedMeter meter{dlms::testing::keyed_scenario(1)};
};

bool reads(const RunningService& service) {
    const json body = post(service, "/read", read_body("1-0:1.8.0.255")).body;
    return body["success"] == true && body["data"]["raw"] == 12345;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(keys_rest)

BOOST_FIXTURE_TEST_CASE(keys_that_are_drawn_outlive_the_service, KeyedMeter) {
    {
        const RunningService service(config);
        BOOST_TEST(post(service, "/connect", keyed(meter.port())).status == 200);
        for (int round = 0; round < 2; ++round) {
            const Answer changed = post(service, keys, {{"operation", "rotate"}});
            BOOST_REQUIRE_MESSAGE(changed.status == 200, changed.body.dump());
            BOOST_TEST(changed.body["kept"] == "sealed");
            BOOST_TEST(reads(service));
        }
        const Answer one =
            post(service, keys, {{"operation", "rotate"}, {"keys", json::array({"master_key"})}});
        BOOST_TEST(one.status == 200, one.body.dump());
        // A caller that goes on with what it knows reaches the meter.
        BOOST_TEST(post(service, "/connect", keyed(meter.port(), {{"timeout", 4000}})).status ==
                   200);
        BOOST_TEST(reads(service));
    }
    const RunningService service(config);
    BOOST_TEST(post(service, "/connect", keyed(meter.port())).status == 200);
    BOOST_TEST(post(service, "/connect",
                    keyed(meter.port(), {{"encryption_key", nullptr},
                                         {"authentication_key", nullptr},
                                         {"master_key", nullptr}}))
                   .status == 200);
    BOOST_TEST(post(service, keys, {{"operation", "rotate"}}).status == 200);
    BOOST_TEST(reads(service));
    const json shown = get(service, keys).body;
    std::map<std::string, int> states;
    for (const json& key : shown["keys"]) {
        ++states[key["kind"].get<std::string>() + " " + key["state"].get<std::string>()];
        BOOST_TEST(key.size() == 4U);  // nothing of the key itself
    }
    BOOST_TEST(states["encryption_key current"] == 1);
    BOOST_TEST(states["encryption_key replaced"] == 3);
    BOOST_TEST(states["authentication_key replaced"] == 3);
    BOOST_TEST(states["master_key current"] == 1);
}

BOOST_FIXTURE_TEST_CASE(what_is_written_as_a_secret_is_not_told_back, KeyedMeter) {
    const RunningService service(config);
    BOOST_REQUIRE_EQUAL(post(service, "/connect", keyed(meter.port())).status, 200);
    const std::string number = keyed(1)["meter_number"];
    const auto write = [&](const json& value, const char* type) {
        return post(service, "/write",
                    {{"meter_number", number},
                     {"obis_code", "0-0:40.0.0.255"},
                     {"class_id", 15},
                     {"attribute_id", 7},
                     {"value", value},
                     {"data_type", type}});
    };
    const auto transfer = [&](const json& value) {
        return post(service, "/meters/" + number + "/actions",
                    {{"obis_code", "0-0:43.0.0.255"},
                     {"class_id", 64},
                     {"method_id", 2},
                     {"value", value}});
    };
    const json secret = "99999999";
    for (const Answer& answer :
         {write(secret, "octet-string"), write(secret, "boolean"),
          write({{"99999999", 1}}, "octet-string"), transfer(secret),
          transfer(json::array({secret})), transfer(json::array({{{"99999999", 1}}}))}) {
        BOOST_TEST(answer.body.dump().find("99999999") == std::string::npos, answer.body.dump());
    }
    BOOST_TEST(write(secret, "boolean")
                   .body["data"]["error"]
                   .get<std::string>()
                   .ends_with("expected true or false"));
}

BOOST_FIXTURE_TEST_CASE(keys_of_the_callers_own_need_no_store, KeyedMeter) {
    config.key_encryption_key = SecretBytes();
    const RunningService service(config);
    BOOST_TEST(post(service, "/connect", keyed(meter.port())).status == 200);
    const Answer drawn = post(service, keys, {{"operation", "rotate"}});
    BOOST_TEST(drawn.status == 400);
    BOOST_TEST(drawn.body["detail"].get<std::string>().find("KEY_ENCRYPTION_KEY") !=
               std::string::npos);
    const Answer changed =
        post(service, keys, {{"operation", "transfer"}, {"new_encryption_key", second_unicast}});
    BOOST_TEST(changed.status == 200, changed.body.dump());
    BOOST_TEST(changed.body["kept"] == "memory");
    BOOST_TEST(changed.body.dump().find(second_unicast) == std::string::npos);
    BOOST_TEST(reads(service));
    BOOST_TEST(post(service, "/connect", keyed(meter.port(), {{"encryption_key", second_unicast}}))
                   .status == 200);
    BOOST_TEST(reads(service));
}

BOOST_FIXTURE_TEST_CASE(what_the_meter_refuses_leaves_the_keys_of_before, KeyedMeter) {
    const RunningService service(config);
    BOOST_TEST(post(service, "/connect", keyed(meter.port())).status == 200);
    const Answer refused =
        post(service, keys, {{"operation", "rotate"}, {"master_key", second_unicast}});
    BOOST_TEST(refused.status == 502, refused.body.dump());
    BOOST_TEST(refused.body["error"]["code"] == "other-reason");
    BOOST_TEST(refused.body["detail"].get<std::string>().find("still has") != std::string::npos);
    BOOST_TEST(reads(service));
    BOOST_TEST(post(service, keys, {{"operation", "rotate"}}).status == 200);
    BOOST_TEST(reads(service));
}

BOOST_FIXTURE_TEST_CASE(secrets_that_are_kept_need_not_be_named, KeyedMeter) {
    const RunningService service(config);
    const json known{{"operation", "keep"},
                     {"encryption_key", first_unicast},
                     {"authentication_key", first_authentication},
                     {"master_key", first_master}};
    BOOST_TEST(post(service, keys, known).status == 200);
    BOOST_TEST(post(service, "/connect",
                    keyed(meter.port(), {{"encryption_key", nullptr},
                                         {"authentication_key", nullptr},
                                         {"master_key", nullptr}}))
                   .status == 200);
    BOOST_TEST(reads(service));
}

BOOST_FIXTURE_TEST_CASE(a_password_is_one_clients, KeyedMeter) {
    const RunningService service(config);
    const auto low = [&](int client, const char* password) {
        return keyed(meter.port(), {{"client_address", client},
                                    {"auth_type", client == 2 ? "Low" : "HighMD5"},
                                    {"password", password}});
    };
    BOOST_TEST(post(service, "/connect", low(2, "first password")).status == 200);
    const Answer changed =
        post(service, keys, {{"operation", "transfer"}, {"new_password", "second password"}});
    BOOST_REQUIRE_MESSAGE(changed.status == 200, changed.body.dump());
    BOOST_TEST(changed.body["keys"].size() == 2U);
    BOOST_TEST(reads(service));
    // The other client has its own still.
    BOOST_TEST(post(service, "/connect", low(4, "first password")).status == 200);
    BOOST_TEST(reads(service));
    BOOST_TEST(post(service, "/connect", low(2, "first password")).status == 200);
    BOOST_TEST(reads(service));
    BOOST_TEST(post(service, "/connect", low(2, "third password")).status == 502);
}

BOOST_FIXTURE_TEST_CASE(keys_that_are_kept_do_not_disturb_who_needs_none, KeyedMeter) {
    const RunningService service(config);
    const std::string long_key(64, '1');
    BOOST_TEST(post(service, keys, {{"operation", "keep"}, {"encryption_key", long_key}}).status ==
               200);
    const SimulatedMeter plain{simulator::builtin_scenario("hexcell")};
    BOOST_TEST(post(service, "/connect", connect_body(plain.port())).status == 200);
}

BOOST_FIXTURE_TEST_CASE(a_master_key_of_another_size_is_named, KeyedMeter) {
    const RunningService service(config);
    BOOST_TEST(post(service, "/connect", keyed(meter.port())).status == 200);
    const Answer wrong =
        post(service, keys, {{"operation", "rotate"}, {"master_key", std::string(64, '3')}});
    BOOST_TEST(wrong.status == 400);
    BOOST_TEST(wrong.body["detail"].get<std::string>().find("16 octets") != std::string::npos);
    BOOST_TEST(reads(service));
}

BOOST_FIXTURE_TEST_CASE(what_is_wrong_with_a_request_is_named, KeyedMeter) {
    const RunningService service(config);
    BOOST_TEST(post(service, keys, {{"operation", "rotate"}}).status == 404);
    const auto location = [&](const json& body) {
        const Answer answer = post(service, keys, body);
        BOOST_TEST(answer.status == 422, answer.body.dump());
        BOOST_TEST(answer.body.dump().find("1122334455") == std::string::npos);
        return answer.body["detail"][0]["loc"][1].get<std::string>();
    };
    BOOST_TEST(location(json::object()) == "operation");
    BOOST_TEST(location({{"operation", "forget"}}) == "operation");
    BOOST_TEST(location({{"operation", "transfer"}}) == "new_encryption_key");
    BOOST_TEST(location({{"operation", "transfer"}, {"new_encryption_key", "1122334455"}}) ==
               "new_encryption_key");
    BOOST_TEST(location({{"operation", "keep"}}) == "encryption_key");
    BOOST_TEST(location({{"operation", "rotate"}, {"keys", "all"}}) == "keys");
    BOOST_TEST(location({{"operation", "rotate"}, {"keys", json::array({"password"})}}) == "keys");
    BOOST_TEST(location({{"operation", "rotate"}, {"security_setup_obis", "setup"}}) ==
               "security_setup_obis");
    // Not ciphered: nothing is sent.
    BOOST_TEST(
        post(service, "/connect", keyed(meter.port(), {{"security", "authentication"}})).status ==
        200);
    const Answer open = post(service, keys, {{"operation", "rotate"}});
    BOOST_TEST(open.status == 400);
    BOOST_TEST(open.body["detail"].get<std::string>().find("authenticated encryption") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_sealed_store_without_its_key_is_an_error_at_the_start) {
    const dlms::testing::TemporaryFolder folder;
    ServiceConfig config = loopback_config();
    config.data_dir = folder.path();
    config.key_encryption_key = SecretBytes(ByteBuffer(32, 0x5A));
    BOOST_TEST(keep_keys(config).has_value());
    config.key_encryption_key = SecretBytes();
    const auto without = keep_keys(config);
    BOOST_REQUIRE(!without);
    BOOST_TEST(without.error().find("KEY_ENCRYPTION_KEY") != std::string::npos);
    config.key_encryption_key = SecretBytes(ByteBuffer(32, 0x5B));
    BOOST_TEST(!keep_keys(config).has_value());
    config.former_key_encryption_key = SecretBytes(ByteBuffer(32, 0x5A));
    BOOST_TEST(keep_keys(config).has_value());
}

BOOST_FIXTURE_TEST_CASE(a_damaged_secret_is_told_and_ends_nothing, KeyedMeter) {
    for (const char* change : {"UPDATE secrets SET kind = 77", "UPDATE secrets SET sealed = 'x'"}) {
        {
            const RunningService service(config);
            BOOST_TEST(
                post(service, keys, {{"operation", "keep"}, {"master_key", first_master}}).status ==
                200);
        }
        {
            auto database = store::Database::open(folder.file("secrets.db"), "", 1);
            BOOST_REQUIRE(database.has_value());
            BOOST_REQUIRE(database->run(change));
        }
        const RunningService service(config);
        int told = 0;
        for (const Answer& answer :
             {get(service, keys), post(service, "/connect", keyed(meter.port()))}) {
            const bool is_told =
                answer.status == 502 && answer.body["error"]["code"] == "deciphering-failed";
            // What is not asked for the damaged row goes on.
            BOOST_TEST((is_told || answer.status == 200), answer.body.dump());
            told += is_told ? 1 : 0;
        }
        BOOST_TEST(told > 0);
        BOOST_TEST(get(service, "/health").status == 200);
        std::filesystem::remove(folder.file("secrets.db"));
    }
}

BOOST_AUTO_TEST_SUITE_END()
