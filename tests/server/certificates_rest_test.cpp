// Key agreement, certificates and envelopes through REST, against a simulated meter.
#include <string>

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "stack/security/pem.hpp"
#include "tests/integration/secured_world.hpp"
#include "tests/server/running_service.hpp"
#include "tests/server/simulated_peer.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using dlms::testing::Papers;
using dlms::testing::SetupOptions;
using nlohmann::json;
using security::CertificateUse;

namespace {

std::string pem_of(const security::PrivateKey& key) {
    const auto pem = security::to_pem(key);
    const ByteView text = pem->reveal();
    return {reinterpret_cast<const char*>(text.data()), text.size()};
}

struct CertifiedMeter {
    CertifiedMeter() {
        config.data_dir = folder.path();
        config.key_encryption_key = SecretBytes(ByteBuffer(32, 0x5A));
    }

    json connect(const json& changes = json::object()) const {
        const std::string key(32, '7');
        json body = connect_body(
            meter.port(),
            {{"brand", "generic"},
             {"client_address", 1},
             {"auth_type", "HighGMAC"},
             {"security", "authenticated_encryption"},
             {"security_suite", 1},
             {"encryption_key", key},
             {"authentication_key", key},
             {"master_key", key},
             {"system_title", to_hex(dlms::testing::our_title.octets())},
             {"signing_key", pem_of(papers.ours)},
             {"agreement_key", pem_of(papers.our_agreement)},
             {"meter_certificate", papers.meter_pem},
             {"meter_agreement_certificate",
              security::to_pem(dlms::testing::certificate_of(
                  to_hex(dlms::testing::meter_title.octets()), papers.meters_agreement,
                  papers.authoritys, &papers.authority, CertificateUse::key_agreement))},
             {"meter_authority", papers.authority_pem},
             {"timeout", 5000}});
        body.erase("password");
        body.update(changes);
        return body;
    }
    std::string path(const char* what) const {
        return "/meters/" + std::string(connect()["meter_number"]) + what;
    }

    Papers papers{security::Curve::p256};
    dlms::testing::TemporaryFolder folder;
    ServiceConfig config = loopback_config();
    SimulatedMeter meter{dlms::testing::setup_scenario(papers, SetupOptions{})};
};

bool reads(const RunningService& service) {
    const json body = post(service, "/read", read_body("1-0:1.8.0.255")).body;
    return body["success"] == true && body["data"]["raw"] == 12345;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(certificates_rest)

BOOST_FIXTURE_TEST_CASE(every_envelope_can_be_asked_for, CertifiedMeter) {
    const RunningService service(config);
    for (const std::string_view envelope : client::envelope_names) {
        for (const char* signing : {"none", "inside", "outside"}) {
            const Answer connected =
                post(service, "/connect", connect({{"envelope", envelope}, {"signing", signing}}));
            BOOST_TEST(connected.status == 200, envelope << ": " << connected.body.dump());
            BOOST_TEST(reads(service));
        }
    }
    BOOST_TEST(post(service, "/connect", connect({{"envelope", "none"}})).status == 422);
    const Answer without =
        post(service, "/connect", connect({{"envelope", "wrapped_key"}, {"master_key", nullptr}}));
    BOOST_TEST(without.status == 400);
    BOOST_TEST(without.body["detail"].get<std::string>().find("master key") != std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(keys_are_agreed_on_and_kept, CertifiedMeter) {
    {
        const RunningService service(config);
        BOOST_TEST(post(service, "/connect", connect()).status == 200);
        const Answer agreed = post(service, path("/keys"), {{"operation", "agree"}});
        BOOST_REQUIRE_MESSAGE(agreed.status == 200, agreed.body.dump());
        BOOST_TEST(agreed.body["kept"] == "sealed");
        BOOST_TEST(reads(service));
        const Answer master = post(service, path("/keys"),
                                   {{"operation", "agree"}, {"keys", json::array({"master_key"})}});
        BOOST_TEST(master.status == 200, master.body.dump());
        BOOST_TEST(post(service, path("/keys"), {{"operation", "rotate"}}).status == 200);
        BOOST_TEST(reads(service));
    }
    const RunningService service(config);
    BOOST_TEST(post(service, "/connect", connect()).status == 200);
    BOOST_TEST(reads(service));
    const Answer unsigned_ = [&] {
        BOOST_TEST(post(service, "/connect", connect({{"signing_key", nullptr}})).status == 200);
        return post(service, path("/keys"), {{"operation", "agree"}});
    }();
    BOOST_TEST(unsigned_.status == 400);
    BOOST_TEST(unsigned_.body["detail"].get<std::string>().find("signing key") !=
               std::string::npos);
}

BOOST_FIXTURE_TEST_CASE(the_life_of_a_certificate, CertifiedMeter) {
    const RunningService service(config);
    BOOST_TEST(get(service, path("/certificates")).status == 404);
    BOOST_TEST(post(service, "/connect", connect()).status == 200);
    const auto ask = [&](json body) { return post(service, path("/certificates"), body); };
    BOOST_TEST(ask({{"operation", "generate_key_pair"}}).status == 200);
    const Answer request = ask({{"operation", "request"}});
    BOOST_REQUIRE_MESSAGE(request.status == 200, request.body.dump());
    BOOST_TEST(request.body["data"]["valid"] == true);
    BOOST_TEST(request.body["data"]["systemTitle"] == to_hex(dlms::testing::meter_title.octets()));
    const auto der = from_hex(request.body["data"]["der"].get<std::string>());
    const auto opened = security::open_certificate_request(*der);
    BOOST_REQUIRE(opened.has_value());
    const security::CertificateContents contents{to_hex(dlms::testing::meter_title.octets()),
                                                 opened->public_key,
                                                 CertificateUse::digital_signature,
                                                 ByteBuffer{9, 9},
                                                 dlms::testing::present() - std::chrono::hours(1),
                                                 dlms::testing::present() + std::chrono::hours(1)};
    const auto made = security::issue_certificate(contents, papers.authoritys, &papers.authority);
    BOOST_TEST(ask({{"operation", "import"}, {"certificate", security::to_pem(*made)}}).status ==
               200);
    const json list = get(service, path("/certificates")).body["certificates"];
    BOOST_TEST_REQUIRE(list.size() == 2U);
    BOOST_TEST(list[0]["entity"] == "authority");
    BOOST_TEST(list[0]["subjectName"] == "CA");
    BOOST_TEST(list[1]["entity"] == "server");
    BOOST_TEST(list[1]["type"] == "digital_signature");
    BOOST_TEST(list[1]["issuerName"] == "CA");
    const json named{{"serial_number", list[1]["serialNumber"]}, {"issuer", list[1]["issuer"]}};
    json exporting = named;
    exporting["operation"] = "export";
    const Answer exported = ask(exporting);
    BOOST_TEST(exported.body["data"]["certificate"] == security::to_pem(*made));
    const Answer by_entity = ask({{"operation", "export"},
                                  {"entity", "server"},
                                  {"type", "digital_signature"},
                                  {"system_title", to_hex(dlms::testing::meter_title.octets())}});
    BOOST_TEST(by_entity.body["data"]["der"] == to_hex(made->der()));
    json removing = named;
    removing["operation"] = "remove";
    BOOST_TEST(ask(removing).status == 200);
    const Answer again = ask(removing);
    BOOST_TEST(again.status == 502);
    BOOST_TEST(again.body["error"]["code"] == "other-reason");
    BOOST_TEST(ask({{"operation", "import"}, {"certificate", papers.authority_pem}}).status == 200);
    const Papers others(security::Curve::p256);
    BOOST_TEST(ask({{"operation", "import"}, {"certificate", others.meter_pem}}).status == 502);
    const auto location = [&](const json& body) {
        const Answer answer = ask(body);
        BOOST_TEST(answer.status == 422, answer.body.dump());
        return answer.body["detail"][0]["loc"][1].get<std::string>();
    };
    BOOST_TEST(location(json::object()) == "operation");
    BOOST_TEST(location({{"operation", "list"}}) == "operation");
    BOOST_TEST(location({{"operation", "import"}}) == "certificate");
    BOOST_TEST(location({{"operation", "import"}, {"certificate", "3000"}}) == "certificate");
    BOOST_TEST(location({{"operation", "export"}}) == "serial_number");
    BOOST_TEST(location({{"operation", "request"}, {"type", "other"}}) == "type");
    BOOST_TEST(get(service, path("/certificates?security_setup_obis=x")).status == 422);
}

BOOST_AUTO_TEST_SUITE_END()
