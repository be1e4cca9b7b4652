// A meter that breaks the rules of security on demand, and what the client makes of it.

#include "simulator/misbehaviour.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/client/client_desk.hpp"
#include "tests/integration/simulated_meter.hpp"

namespace dlms::testing {
namespace {

using acse::Mechanism;
using nlohmann::json;

constexpr const char* key = "77777777777777777777777777777777";
const security::SystemTitle meter_title({'T', 'S', 'T', 0, 0, 0, 0, 1});

std::string scenario(Mechanism mechanism, const char* misbehaviour) {
    json client = {{"client_sap", 1},
                   {"name", "misused"},
                   {"mechanism", name(mechanism)},
                   {"security", "authenticated_encryption"},
                   {"conformance", {"get", "set", "action"}}};
    if (mechanism == Mechanism::lls) {
        client["password"] = "password";
    }
    if (*misbehaviour != '\0') {
        client["misbehaviour"] = misbehaviour;
    }
    const json energy = {
        {"obis", "1-0:1.8.0.255"},
        {"class", 3},
        {"name", "Energy"},
        {"attributes",
         json::array(
             {{{"id", 2}, {"access", "r"}, {"value", {{"double-long-unsigned", 12345}}}}})}};
    const json device = {{"sap", 1},
                         {"name", "TST0000000000001"},
                         {"security",
                          {{"system_title", to_hex(meter_title.octets())},
                           {"unicast_key", key},
                           {"authentication_key", key}}},
                         {"associations", json::array({client})},
                         {"objects", json::array({energy})}};
    return json{{"name", "misbehaviour"}, {"logical_devices", json::array({device})}}.dump();
}

struct MisusedDesk : Desk {
    MisusedDesk(std::uint16_t port, Mechanism mechanism)
        : Desk(with_keys(port, mechanism), environment()) {}

    static client::MeterParameters with_keys(std::uint16_t port, Mechanism mechanism) {
        client::MeterParameters made = parameters(port);
        made.response_timeout = std::chrono::milliseconds(300);
        made.client_sap = ClientSap(1);
        made.mechanism = mechanism;
        made.password = SecretBytes(as_bytes(std::string_view("password")));
        made.security.own_title = security::SystemTitle({'H', 'E', 'S', 0, 0, 0, 0, 1});
        made.security.keys.unicast = *security::EncryptionKey::from(octets(key));
        made.security.keys.authentication = *security::AuthenticationKey::from(octets(key));
        made.security.protect(security::authenticated_encryption);
        return made;
    }
    static client::ClientEnvironment environment() {
        client::ClientEnvironment made;
        made.counters = std::make_shared<client::ProcessCounters>();
        return made;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(misbehaviour)

BOOST_AUTO_TEST_CASE(each_is_refused_with_an_error_of_its_own) {
    struct Case {
        const char* misbehaviour;
        Mechanism mechanism;
        const char* first;
        const char* second;
    };
    constexpr const char* value = "0600003039";
    for (const Case& one : {
             Case{"", Mechanism::lls, value, value},
             Case{"", Mechanism::hls_gmac, value, value},
             Case{"wrong_tag", Mechanism::lls, "deciphering-failed", "deciphering-failed"},
             Case{"replay", Mechanism::lls, value, "counter-rejected"},
             Case{"old_counter", Mechanism::lls, value, "counter-rejected"},
             Case{"wrong_title", Mechanism::lls, "deciphering-failed", "deciphering-failed"},
             Case{"downgrade", Mechanism::lls, "deciphering-failed", "deciphering-failed"},
             Case{"wrong_reply", Mechanism::hls_gmac, "authentication-failed",
                  "authentication-failed"},
             Case{"reflected_challenge", Mechanism::hls_gmac, "authentication-failed",
                  "authentication-failed"},
         }) {
        BOOST_TEST_CONTEXT(one.misbehaviour) {
            const SimulatedMeter meter(scenario(one.mechanism, one.misbehaviour));
            MisusedDesk desk(meter.wrapper_port(), one.mechanism);
            BOOST_TEST(text(desk.read()) == one.first);
            BOOST_TEST(text(desk.read()) == one.second);
            desk.release();
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
