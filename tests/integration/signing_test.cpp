// Mechanism 7 (ECDSA) with keys and certificates from files, client against simulated meter.

#include "client/signing.hpp"

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/client/client_desk.hpp"
#include "tests/integration/papers.hpp"
#include "tests/integration/simulated_meter.hpp"

namespace dlms::testing {
namespace {

using client::MeterParameters;
using client::SigningMaterial;
using security::SecuritySuite;
std::string scenario(const Papers& papers, int suite) {
    using nlohmann::json;
    const std::string key(suite == 2 ? 64 : 32, '7');
    const json meter = {
        {"name", "signing"},
        {"logical_devices",
         json::array(
             {{{"sap", 1},
               {"name", "TST0000000000001"},
               {"security",
                {{"system_title", to_hex(meter_title.octets())},
                 {"suite", suite},
                 {"unicast_key", key},
                 {"authentication_key", key},
                 {"signing_key", to_hex(papers.meters.reveal())},
                 {"client_signing_key", to_hex(papers.ours.public_key().octets())}}},
               {"associations", json::array({{{"client_sap", 1},
                                              {"name", "signed"},
                                              {"mechanism", "HLS-ECDSA"},
                                              {"conformance", {"get", "set", "action"}}},
                                             {{"client_sap", 2},
                                              {"name", "signed and ciphered"},
                                              {"mechanism", "HLS-ECDSA"},
                                              {"security", "authenticated_encryption"},
                                              {"conformance", {"get", "set", "action"}}}})},
               {"objects",
                json::array(
                    {{{"obis", "1-0:1.8.0.255"},
                      {"class", 3},
                      {"name", "Energy"},
                      {"attributes",
                       json::array({{{"id", 2},
                                     {"access", "r"},
                                     {"value", {{"double-long-unsigned", 12345}}}}})}}})}}})}};
    return meter.dump();
}

MeterParameters signing_parameters(std::uint16_t port, SecuritySuite suite, int client) {
    MeterParameters made = Desk::parameters(port);
    made.response_timeout = std::chrono::seconds(5);
    made.client_sap = ClientSap(static_cast<std::uint16_t>(client));
    made.mechanism = acse::Mechanism::hls_ecdsa;
    made.security.suite = suite;
    made.security.own_title = our_title;
    if (client == 2) {
        const ByteBuffer key(security::key_size(suite), 0x77);
        made.security.keys.unicast = *security::EncryptionKey::from(key);
        made.security.keys.authentication = *security::AuthenticationKey::from(key);
        made.security.protect(security::authenticated_encryption);
    }
    return made;
}

/// One reading after the other: with counters that began anew the meter would refuse the numbers,
/// and never look at a signature.
std::string reading(MeterParameters parameters,
                    const std::shared_ptr<client::ProcessCounters>& counters) {
    client::ClientEnvironment environment;
    environment.counters = counters;
    Desk desk(std::move(parameters), std::move(environment));
    const std::string value = text(desk.read());
    desk.release();
    return value;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(signing)

BOOST_AUTO_TEST_CASE(both_sides_prove_that_they_have_their_keys) {
    for (const auto& [suite, curve] :
         {std::pair(SecuritySuite::ecdh_ecdsa_aes_gcm_128, Curve::p256),
          std::pair(SecuritySuite::ecdh_ecdsa_aes_gcm_256, Curve::p384)}) {
        const Papers papers(curve);
        const SimulatedMeter meter(scenario(papers, security::number_of(suite)));
        const auto counters = std::make_shared<client::ProcessCounters>();
        for (const int client : {1, 2}) {
            MeterParameters parameters = signing_parameters(meter.wrapper_port(), suite, client);
            const auto taken =
                client::take_signing(papers.material(), present(), parameters.security);
            BOOST_REQUIRE_MESSAGE(taken.has_value(), taken.error());
            BOOST_TEST((parameters.security.meter_title == meter_title));
            BOOST_TEST(reading(parameters.clone(), counters) == "0600003039");
            // A meter whose certificate is another's, and one that knows another key of ours.
            const Papers others(curve);
            MeterParameters wrong = parameters.clone();
            wrong.security.keys.peer_signing = others.meters.public_key();
            BOOST_TEST(reading(std::move(wrong), counters) == "authentication-failed");
            wrong = parameters.clone();
            wrong.security.keys.own_signing = others.ours.clone();
            BOOST_TEST(reading(std::move(wrong), counters) == "authentication-failed");
        }
    }
}

BOOST_AUTO_TEST_CASE(papers_that_expire_later_make_no_association_then) {
    const Papers papers(Curve::p256);
    const SimulatedMeter meter(scenario(papers, 1));
    MeterParameters parameters =
        signing_parameters(meter.wrapper_port(), SecuritySuite::ecdh_ecdsa_aes_gcm_128, 1);
    BOOST_REQUIRE(client::take_signing(papers.material(), present(), parameters.security));
    BOOST_TEST((parameters.security.valid_until == papers.meter.not_after()));
    const auto counters = std::make_shared<client::ProcessCounters>();
    BOOST_TEST(reading(parameters.clone(), counters) == "0600003039");
    parameters.security.valid_until = present() - std::chrono::seconds(1);
    BOOST_TEST(reading(std::move(parameters), counters) == "authentication-failed");
}

BOOST_AUTO_TEST_CASE(papers_that_do_not_fit_are_named_and_taken_by_no_association) {
    const Papers papers(Curve::p256);
    const Papers others(Curve::p256);
    const Papers larger(Curve::p384);
    const auto complaint = [&](const SigningMaterial& material,
                               SecuritySuite suite = SecuritySuite::ecdh_ecdsa_aes_gcm_128) {
        client::MeterSecurity security;
        security.suite = suite;
        const auto taken = client::take_signing(material, present(), security);
        return taken ? "" : taken.error();
    };
    const auto tells = [](const std::string& sentence, const char* what) {
        return sentence.find(what) != std::string::npos;
    };
    const SigningMaterial good = papers.material();
    BOOST_TEST(complaint(good) == "");
    BOOST_TEST(tells(complaint(good, SecuritySuite::aes_gcm_128), "suites 1 and 2"));
    BOOST_TEST(tells(complaint(good, SecuritySuite::ecdh_ecdsa_aes_gcm_256), "P-384"));
    SigningMaterial bad = good;
    bad.own_key = papers.own.der();
    BOOST_TEST(tells(complaint(bad), "no private key"));
    bad = good;
    bad.own_certificate = others.own.der();
    BOOST_TEST(tells(complaint(bad), "not that of the signing key"));
    bad = good;
    bad.meter_certificate = larger.meter.der();
    BOOST_TEST(tells(complaint(bad), "curve"));
    bad.meter_certificate = papers.authority.der();
    BOOST_TEST(tells(complaint(bad), "system title"));
    bad = good;
    bad.authority = others.authority.der();
    BOOST_TEST(tells(complaint(bad), "untrusted"));
    bad.authority = papers.own.der();
    BOOST_TEST(tells(complaint(bad), "may not sign others"));
    const Certificate old = certificate_of(
        to_hex(meter_title.octets()), papers.meters, papers.authoritys, &papers.authority,
        CertificateUse::digital_signature, std::chrono::hours(48));
    bad = good;
    bad.meter_certificate = old.der();
    BOOST_TEST(tells(complaint(bad), "expired"));
    const Certificate for_agreement =
        certificate_of(to_hex(meter_title.octets()), papers.meters, papers.authoritys,
                       &papers.authority, CertificateUse::key_agreement);
    bad.meter_certificate = for_agreement.der();
    BOOST_TEST(tells(complaint(bad), "rejected"));
    client::MeterSecurity security;
    security.suite = SecuritySuite::ecdh_ecdsa_aes_gcm_128;
    security.meter_title = our_title;
    BOOST_TEST(!client::take_signing(good, present(), security).has_value());
}

BOOST_AUTO_TEST_CASE(keys_and_certificates_survive_their_files) {
    for (const Curve curve : {Curve::p256, Curve::p384}) {
        const Papers papers(curve);
        const auto key = security::read_private_key(papers.key_pem.reveal());
        BOOST_REQUIRE(key.has_value());
        BOOST_TEST(to_hex(key->reveal()) == to_hex(papers.ours.reveal()));
        const auto certificate = security::read_certificate(as_bytes(papers.meter_pem));
        BOOST_REQUIRE(certificate.has_value());
        BOOST_TEST(to_hex(certificate->der()) == to_hex(papers.meter.der()));
        // Every cut of the text is refused, or is the same key.
        const ByteView text = papers.key_pem.reveal();
        for (std::size_t size = 0; size < text.size(); ++size) {
            const auto cut = security::read_private_key(text.first(size));
            BOOST_TEST((!cut || to_hex(cut->reveal()) == to_hex(papers.ours.reveal())));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
