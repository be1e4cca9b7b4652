#pragma once
// A simulated meter whose secrets can be changed: client 1 by HLS-GMAC, clients 2 to 4 with a
// password, a security setup, the current association, one register.

#include <string>

#include <nlohmann/json.hpp>

namespace dlms::testing {

inline constexpr const char* first_unicast = "11111111111111111111111111111111";
inline constexpr const char* first_authentication = "22222222222222222222222222222222";
inline constexpr const char* first_master = "33333333333333333333333333333333";
inline constexpr const char* first_password = "first password";
inline constexpr const char* second_unicast = "A1A2A3A4A5A6A7A8A9AAABACADAEAFA0";
inline constexpr const char* second_authentication = "B1B2B3B4B5B6B7B8B9BABBBCBDBEBFB0";

/// The security setup has this version.
inline std::string keyed_scenario(int version) {
    using nlohmann::json;
    const auto client = [](int number, const char* mechanism) {
        json one{{"client_sap", number},
                 {"name", mechanism},
                 {"mechanism", mechanism},
                 {"security", "none"},
                 {"conformance", {"get", "set", "action"}}};
        if (number != 1) {
            one["password"] = first_password;
        }
        return one;
    };
    const json associations = json::array(
        {client(1, "HLS-GMAC"), client(2, "LLS"), client(3, "HLS-SHA256"), client(4, "HLS-MD5")});
    const auto computed = [](int id, const char* what) {
        return json{{"id", id}, {"access", "r"}, {"computed", what}};
    };
    const json objects = {
        {{"obis", "0-0:40.0.0.255"},
         {"class", 15},
         {"name", "Current association"},
         {"attributes",
          json::array({{{"id", 7}, {"access", "w"}, {"computed", "association_secret"}}})},
         {"methods", json::array({{{"id", 2}, {"access", true}}})}},
        {{"obis", "0-0:43.0.0.255"},
         {"class", 64},
         {"version", version},
         {"name", "Security setup"},
         {"attributes",
          {computed(2, "security_policy"), computed(3, "security_suite"),
           computed(4, "client_system_title"), computed(5, "server_system_title")}},
         {"methods", {{{"id", 1}, {"access", true}}, {{"id", 2}, {"access", true}}}}},
        {{"obis", "1-0:1.8.0.255"},
         {"class", 3},
         {"name", "Energy"},
         {"attributes",
          {{{"id", 2}, {"access", "r"}, {"value", {{"double-long-unsigned", 12345}}}}}}}};
    const json meter = {{"name", "keys"},
                        {"logical_devices",
                         {{{"sap", 1},
                           {"name", "TST0000000000001"},
                           {"security",
                            {{"system_title", "5453540000000001"},
                             {"unicast_key", first_unicast},
                             {"authentication_key", first_authentication},
                             {"master_key", first_master}}},
                           {"associations", associations},
                           {"objects", objects}}}}};
    return meter.dump();
}

}  // namespace dlms::testing
