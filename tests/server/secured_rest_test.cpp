// Authentication and protection through REST, against a simulated meter.
#include <filesystem>
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "simulator/scenario.hpp"
#include "tests/server/running_service.hpp"
#include "tests/server/simulated_peer.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using nlohmann::json;

namespace {

constexpr const char* maker_key = "00000000000000000000000000000000";

// The client of the simulated Hexing meter that asks for HLS-GMAC and ciphering.
json secured(std::uint16_t port, const json& changes = json::object()) {
    json body = connect_body(port, {{"brand", "hexing"},
                                    {"client_address", 3},
                                    {"auth_type", "HighGMAC"},
                                    {"security", "authenticated_encryption"},
                                    {"encryption_key", maker_key},
                                    {"authentication_key", maker_key},
                                    {"timeout", 5000}});
    body.erase("password");
    body.update(changes);
    return body;
}

struct HexingMeter {
    SimulatedMeter meter{simulator::builtin_scenario("hexing")};
    RunningService service;

    json refused(const json& changes) {
        const Answer answer = post(service, "/connect", secured(meter.port(), changes));
        BOOST_TEST(answer.status >= 400, answer.body.dump());
        return answer.body;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(secured_rest)

BOOST_FIXTURE_TEST_CASE(a_ciphered_association_is_made_and_read, HexingMeter) {
    const Answer connected = post(service, "/connect", secured(meter.port()));
    BOOST_REQUIRE_MESSAGE(connected.status == 200, connected.body.dump());
    BOOST_TEST(connected.body["association"]["mechanism"] == "HighGMAC");
    BOOST_TEST(connected.body["association"]["security"] == "authenticated_encryption");
    const Answer read = post(service, "/read", read_body("1-0:1.8.0.255"));
    BOOST_TEST(read.body["data"]["unit"] == "kWh", read.body.dump());
    // The same once more changes nothing; another protection is another association.
    BOOST_TEST(post(service, "/connect", secured(meter.port())).status == 200);
    BOOST_TEST(meter.associated() == 2);  // and the public client's, for the counter
    BOOST_TEST(
        post(service, "/connect", secured(meter.port(), {{"dedicated_key", maker_key}})).status ==
        200);
    BOOST_TEST(post(service, "/read", read_body("1-0:1.8.0.255")).body["success"] == true);
    BOOST_TEST(meter.associated() == 3);
}

BOOST_FIXTURE_TEST_CASE(the_makers_high_level_takes_the_aes_key, HexingMeter) {
    const Answer connected = post(service, "/connect",
                                  secured(meter.port(), {{"client_address", 4},
                                                         {"auth_type", "High"},
                                                         {"security", "none"},
                                                         {"aes_key", "0000000000000000"},
                                                         {"encryption_key", nullptr}}));
    // 16 characters are the octets of the key: the digit 0 is no octet 0.
    BOOST_TEST(connected.status == 502);
    const Answer hex = post(service, "/connect",
                            secured(meter.port(), {{"client_address", 4},
                                                   {"auth_type", "High"},
                                                   {"security", "none"},
                                                   {"aes_key", maker_key},
                                                   {"encryption_key", nullptr}}));
    BOOST_TEST(hex.status == 200, hex.body.dump());
    BOOST_TEST(post(service, "/read", read_body("1-0:1.8.0.255")).body["success"] == true);
}

BOOST_FIXTURE_TEST_CASE(a_wrong_key_is_told_and_not_shown, HexingMeter) {
    const std::string wrong = "1122334455667788990011223344556A";
    for (const char* key : {"encryption_key", "authentication_key"}) {
        const json body = refused({{key, wrong}});
        BOOST_TEST(body["error"]["code"] == "deciphering-failed", body.dump());
        BOOST_TEST(body.dump().find(wrong) == std::string::npos);
    }
}

BOOST_FIXTURE_TEST_CASE(what_is_missing_is_named_before_anything_is_sent, HexingMeter) {
    const auto sentence = [this](const json& changes) {
        return refused(changes)["detail"].get<std::string>();
    };
    BOOST_TEST(sentence({{"encryption_key", nullptr}}).find("encryption_key") != std::string::npos);
    BOOST_TEST(sentence({{"authentication_key", nullptr}}).find("authentication_key") !=
               std::string::npos);
    BOOST_TEST(sentence({{"security_suite", 2}}).find("needs 32") != std::string::npos);
    BOOST_TEST(sentence({{"auth_type", "HighMD5"}}).find("password") != std::string::npos);
    BOOST_TEST(sentence({{"auth_type", "HighECDSA"}}).find("signing_key") != std::string::npos);
    BOOST_TEST(sentence({{"auth_type", "HighECDSA"}, {"signing_key", "3000"}}).find("suites 1") !=
               std::string::npos);
    BOOST_TEST(sentence({{"system_title", "444C4D0000000001"}}).find("DATA_DIR") !=
               std::string::npos);
    BOOST_TEST(meter.associated() == 0);
}

BOOST_AUTO_TEST_CASE(counters_go_on_after_a_restart) {
    const SimulatedMeter meter{simulator::builtin_scenario("hexing")};
    const auto folder =
        std::filesystem::temp_directory_path() / ("dlms_service_" + std::to_string(meter.port()));
    ServiceConfig config = loopback_config();
    config.data_dir = folder.string();
    // The meter tells nothing of its counter here: the file alone keeps ours above it.
    const json body =
        secured(meter.port(), {{"system_title", "4D4D4D0000000001"}, {"brand", "generic"}});
    const json of_another_store =
        secured(meter.port(), {{"system_title", "444C4D0000000001"}, {"brand", "generic"}});
    for (int run = 0; run < 3; ++run) {
        const RunningService service(config);
        const Answer refused = post(service, "/connect", of_another_store);
        BOOST_TEST(refused.body["error"]["code"] == "counter-rejected", refused.body.dump());
        BOOST_TEST(post(service, "/connect", body).status == 200);
        BOOST_TEST(post(service, "/read", read_body("1-0:1.8.0.255")).body["success"] == true);
    }
    std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()
