// What writes and changes of keys leave in the audit log.
#include <boost/test/unit_test.hpp>

#include "simulator/scenario.hpp"
#include "store/sqlite_audit_log.hpp"
#include "tests/server/running_service.hpp"
#include "tests/server/simulated_peer.hpp"
#include "tests/support/temporary_folder.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using dlms::testing::TemporaryFolder;
using nlohmann::json;

namespace {

struct AuditedMeter {
    TemporaryFolder folder;
    SimulatedMeter meter{simulator::builtin_scenario("hexcell")};
    RunningService service{config()};

    ServiceConfig config() const {
        ServiceConfig config = loopback_config();
        config.data_dir = folder.path();
        return config;
    }

    AuditedMeter() {
        BOOST_REQUIRE_EQUAL(post(service, "/connect", connect_body(meter.port())).status, 200);
    }

    // All entries, of a chain that is whole.
    std::vector<store::AuditRecord> entries() const {
        store::AuditChain chain;
        std::vector<store::AuditRecord> records;
        const auto read = store::read_audit_log(folder.file("audit.db"), [&](const auto& entry) {
            BOOST_TEST(!chain.take(entry).has_value());
            records.push_back(entry.record);
            return true;
        });
        BOOST_REQUIRE(read.has_value());
        return records;
    }
};

json write_body(const json& value) {
    json body = read_body("0-0:1.0.0.255", 8, 2);
    body["value"] = value;
    return body;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(audit, AuditedMeter)

BOOST_AUTO_TEST_CASE(a_write_has_its_intent_and_its_outcome) {
    const Answer written =
        post(service, "/write", write_body("2026-02-03T04:05:06Z"), "X-Request-Id: audit-1\r\n");
    BOOST_TEST(written.body["success"] == true, written.body.dump());
    const auto records = entries();
    BOOST_REQUIRE_EQUAL(records.size(), 2U);
    const store::AuditRecord& intent = records[0];
    const store::AuditRecord& outcome = records[1];
    BOOST_TEST((intent.phase == store::AuditPhase::intent));
    BOOST_TEST(intent.request_id == "audit-1");
    BOOST_TEST(intent.source == "127.0.0.1");
    BOOST_TEST(intent.meter == "202");
    BOOST_TEST(intent.action == "write");
    BOOST_TEST(intent.target == "8 0-0:1.0.0.255 2");
    BOOST_TEST(intent.after == "\"2026-02-03T04:05:06Z\"");
    BOOST_TEST((outcome.phase == store::AuditPhase::outcome));
    BOOST_TEST(outcome.intent == 1);
    BOOST_TEST(outcome.result == "success");
    BOOST_TEST(outcome.before.starts_with("090C"));
    BOOST_TEST(outcome.after.starts_with("090C07EA0203"));
}

BOOST_AUTO_TEST_CASE(a_refused_write_says_why) {
    json body = read_body("1-0:1.8.0.255");
    body["value"] = "1.00";
    BOOST_TEST(post(service, "/write", body).body["success"] == false);
    const auto records = entries();
    BOOST_REQUIRE_EQUAL(records.size(), 2U);
    BOOST_TEST(records[1].result == "read-write-denied");
    BOOST_TEST(!records[1].before.empty());
}

BOOST_AUTO_TEST_CASE(keys_are_named_and_never_shown) {
    const std::string key = "000102030405060708090A0B0C0D0E0F";
    BOOST_TEST(post(service, "/meters/202/keys", {{"operation", "keep"}, {"encryption_key", key}})
                   .status == 200);
    const auto records = entries();
    BOOST_REQUIRE_EQUAL(records.size(), 2U);
    BOOST_TEST(records[0].action == "keys keep");
    BOOST_TEST(records[0].target == "encryption_key");
    BOOST_TEST(records[1].result == "success");
    for (const auto& record : records) {
        BOOST_TEST(record.after == "(secret)");
        BOOST_TEST(record.before.empty());
    }
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_written_is_not_recorded) {
    json body = read_body("0-0:40.0.0.255", 15, 7);
    body["value"] = {{"hex", "09083132333435363738"}};
    body["data_type"] = "octet-string";
    post(service, "/write", body);
    for (const auto& record : entries()) {
        BOOST_TEST(record.after == "(secret)");
        BOOST_TEST((record.before.empty() || record.before == "(secret)"));
    }
    BOOST_TEST(entries().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
