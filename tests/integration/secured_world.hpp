#pragma once
// A simulated meter with everything that its security may be about, and clients of it: keys, key
// pairs and an authority, a security setup, guarded attributes.

#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/client/client_desk.hpp"
#include "tests/integration/papers.hpp"
#include "tests/integration/simulated_meter.hpp"

namespace dlms::testing {

struct SetupOptions {
    int suite = 1;
    int version = 1;
    int association_version = 0;
    bool trusts = true;  ///< knows the authority
    int pdu_size = 0;    ///< octets that the meter takes; 0: all
};

inline nlohmann::json guarded_value(const char* obis, const nlohmann::json& protection) {
    return {{"obis", obis},
            {"class", 1},
            {"name", "guarded"},
            {"attributes",
             {{{"id", 2},
               {"access", "rw"},
               {"protection", protection},
               {"value", {{"unsigned", 7}}}}}}};
}

/// Client 1 by HLS-GMAC, client 2 by HLS-ECDSA, both in a ciphered context; client 3 in a plain
/// one.
inline std::string setup_scenario(const Papers& papers, const SetupOptions& options) {
    using nlohmann::json;
    const std::string key(options.suite == 2 ? 64 : 32, '7');
    const auto client = [&](int number, const char* mechanism) {
        json one{{"client_sap", number},
                 {"name", mechanism},
                 {"mechanism", mechanism},
                 {"conformance",
                  {"get", "set", "action", "multiple-references", "block-transfer-with-get-or-read",
                   "block-transfer-with-set-or-write", "block-transfer-with-action",
                   "general-protection"}}};
        if (options.pdu_size != 0) {
            one["max_receive_pdu_size"] = options.pdu_size;
        }
        if (number != 3) {
            one["security"] = "none";
        }
        return one;
    };
    json associations = {client(1, "HLS-GMAC"), client(3, "lowest")};
    json security = {{"system_title", to_hex(meter_title.octets())},
                     {"suite", options.suite},
                     {"unicast_key", key},
                     {"authentication_key", key},
                     {"master_key", key}};
    if (options.suite != 0) {
        associations.push_back(client(2, "HLS-ECDSA"));
        security["signing_key"] = to_hex(papers.meters.reveal());
        security["client_signing_key"] = to_hex(papers.ours.public_key().octets());
        security["agreement_key"] = to_hex(papers.meters_agreement.reveal());
        security["client_agreement_key"] = to_hex(papers.our_agreement.public_key().octets());
        if (options.trusts) {
            security["authorities"] = json::array({papers.authority_pem});
        }
    }
    json methods = json::array();
    for (int id = 1; id <= 8; ++id) {
        methods.push_back({{"id", id}, {"access", true}});
    }
    const json objects = {
        {{"obis", "0-0:40.0.0.255"},
         {"class", 15},
         {"version", options.association_version},
         {"attributes", {{{"id", 2}, {"access", "r"}, {"computed", "object_list"}}}}},
        {{"obis", "0-0:43.0.0.255"},
         {"class", 64},
         {"version", options.version},
         {"attributes", {{{"id", 6}, {"access", "r"}, {"computed", "certificates"}}}},
         {"methods", methods}},
        guarded_value("0-0:96.1.0.255", {"authenticated_request"}),
        guarded_value("0-0:96.1.1.255", {"authenticated_request", "encrypted_request",
                                         "authenticated_response", "encrypted_response"}),
        guarded_value("0-0:96.1.2.255", {"authenticated_response", "encrypted_response"}),
        {{"obis", "0-0:96.1.9.255"},
         {"class", 1},
         {"name", "Long text"},
         {"attributes",
          {{{"id", 2},
            {"access", "rw"},
            {"any_type", true},
            {"value", {{"octet-string", std::string(600, 'A')}}}}}}},
        {{"obis", "1-0:1.8.0.255"},
         {"class", 3},
         {"name", "Energy"},
         {"attributes",
          {{{"id", 2}, {"access", "r"}, {"value", {{"double-long-unsigned", 12345}}}}}},
         {"methods", {{{"id", 1}, {"access", true}, {"protection", {"authenticated_request"}}}}}}};
    return json{{"name", "security setup"},
                {"lockout", {{"attempts", 0}, {"seconds", 0}}},
                {"logical_devices",
                 {{{"sap", 1},
                   {"name", "TST0000000000001"},
                   {"security", security},
                   {"associations", associations},
                   {"objects", objects}}}}}
        .dump();
}

inline client::ClientEnvironment with_counters(std::shared_ptr<client::DurableCounters> counters) {
    client::ClientEnvironment environment;
    environment.counters = std::move(counters);
    return environment;
}

/// A meter with papers, and clients of it that share their counters.
struct SetupWorld {
    explicit SetupWorld(const SetupOptions& with = {})
        : options(with),
          suite(*security::to_security_suite(static_cast<std::uint8_t>(with.suite))),
          papers(security::curve_of(suite).value_or(Curve::p256)),
          meter(setup_scenario(papers, with)) {}

    client::MeterParameters parameters(int client, const security::Protection& protection) const {
        client::MeterParameters made = Desk::parameters(meter.wrapper_port());
        made.response_timeout = std::chrono::seconds(5);
        made.client_sap = ClientSap(static_cast<std::uint16_t>(client));
        made.mechanism = client == 1   ? acse::Mechanism::hls_gmac
                         : client == 2 ? acse::Mechanism::hls_ecdsa
                                       : acse::Mechanism::lowest;
        made.proposed_conformance = xdlms::Conformance(0x407E1F);
        if (client == 3) {
            return made;
        }
        client::MeterSecurity& security = made.security;
        security.suite = suite;
        security.own_title = our_title;
        const ByteBuffer key(security::key_size(suite), 0x77);
        security.keys.unicast = *security::EncryptionKey::from(key);
        security.keys.authentication = *security::AuthenticationKey::from(key);
        security.keys.master = *security::MasterKey::from(key);
        security.protect(protection);
        if (options.suite != 0) {
            security.keys.own_signing = papers.ours.clone();
            security.keys.peer_signing = papers.meters.public_key();
            security.keys.own_agreement = papers.our_agreement.clone();
            security.keys.peer_agreement = papers.meters_agreement.public_key();
            security.meter_title = meter_title;
        }
        return made;
    }
    std::unique_ptr<Desk> desk(client::MeterParameters with) const {
        return std::make_unique<Desk>(std::move(with), with_counters(counters));
    }
    std::unique_ptr<Desk> desk(int client = 1, const security::Protection& protection =
                                                   security::authenticated_encryption) const {
        return desk(parameters(client, protection));
    }
    /// A client with a title of its own, so that the meter keeps its numbers apart from the
    /// others'.
    std::unique_ptr<Desk> administrator() const {
        client::MeterParameters made = parameters(1, security::authenticated_encryption);
        made.security.own_title = security::SystemTitle({'H', 'E', 'S', 0, 0, 0, 0, 9});
        return desk(std::move(made));
    }
    std::string reading(client::MeterParameters with) const {
        const auto one = desk(std::move(with));
        const std::string value = text(one->read());
        one->release();
        return value;
    }

    SetupOptions options;
    security::SecuritySuite suite;
    Papers papers;
    SimulatedMeter meter;
    std::shared_ptr<client::DurableCounters> counters = std::make_shared<client::ProcessCounters>();
};

}  // namespace dlms::testing
