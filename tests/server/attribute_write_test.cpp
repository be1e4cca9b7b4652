// POST /write with a value that names the attributes itself.

#include "server/attribute_write.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/server/running_service.hpp"

using namespace dlms;
using namespace dlms::service;
using namespace dlms::service::testing;
using nlohmann::json;

namespace {

constexpr const char* limiter = "0-0:17.0.0.255";

struct LimiterMeter {
    LimiterMeter() {
        const Answer connected = post(service, "/connect",
                                      connect_body(meter.port(), {{"brand", "generic"},
                                                                  {"client_address", 1},
                                                                  {"auth_type", "Low"},
                                                                  {"password", "00000000"}}));
        BOOST_REQUIRE_EQUAL(connected.status, 200);
    }

    json write(const json& value, const json& more = json::object()) {
        json body{{"meter_number", "202"}, {"obis_code", limiter}, {"class_id", 71}};
        body["value"] = value;
        body.update(more);
        return post(service, "/write", body).body;
    }
    json read(int attribute) {
        return post(service, "/read", read_body(limiter, 71, attribute)).body["data"]["value"];
    }

    SimulatedMeter meter{simulator::builtin_scenario("standard")};
    RunningService service;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(attribute_write, LimiterMeter)

BOOST_AUTO_TEST_CASE(a_value_names_the_attribute_or_several) {
    const json one{{"threshold_normal", 5100}};
    const json written = write(one);
    BOOST_TEST(written["success"] == true, written.dump());
    BOOST_TEST(written["data"]["value"] == one);
    BOOST_TEST(read(4) == 5100);
    BOOST_TEST(write({{"threshold_normal", 5200}, {"threshold_emergency", 70}})["success"] == true);
    BOOST_TEST(read(4) == 5200);
    BOOST_TEST(read(5) == 70);
}

BOOST_AUTO_TEST_CASE(each_of_several_has_an_outcome) {
    const json refused = write({{"threshold_active", 1}, {"threshold_emergency", 80}});
    BOOST_TEST(refused["success"] == false);
    BOOST_TEST(refused["data"]["errorCode"] == "read-write-denied");
    BOOST_TEST(refused["data"]["error"] ==
               "threshold_active: the meter refused access: read-write-denied, "
               "threshold_emergency: written");
    BOOST_TEST(read(5) == 80);
}

BOOST_AUTO_TEST_CASE(one_value_that_does_not_fit_keeps_all_back) {
    const json before = read(4);
    const json refused = write({{"threshold_normal", 1}, {"threshold_emergency", "x"}});
    BOOST_TEST(refused["data"]["errorCode"] == "type-unmatched");
    BOOST_TEST(refused["data"]["error"].get<std::string>().starts_with("threshold_emergency: "));
    BOOST_TEST(read(4) == before);
}

BOOST_AUTO_TEST_CASE(a_secret_among_several_is_none_of_the_logs) {
    service::WriteRequest request;
    request.meter_number = "202";
    request.attribute = {15, *cosem::ObisCode::parse("0-0:40.0.0.255"), 2};
    request.value = R"({"object_list":[],"secret":"12345678"})";
    request.named = {{2, "[]"}, {7, "\"12345678\""}};
    const AuditIntent intent = write_intent(request, {});
    BOOST_TEST(intent.after == "(secret)");
    BOOST_TEST(intent.target == "15 0-0:40.0.0.255 2, 15 0-0:40.0.0.255 7");
}

BOOST_AUTO_TEST_CASE(general_block_transfer_is_negotiated_where_connect_proposes_it) {
    const SimulatedMeter full(simulator::builtin_scenario("full"));
    const RunningService other;
    const auto conformance = [&](const json& changes) {
        json fields{{"brand", "generic"}, {"client_address", 16}, {"auth_type", "None"}};
        fields.update(changes);
        return post(other, "/connect", connect_body(full.port(), fields))
            .body["association"]["conformance"];
    };
    const json both{"general-block-transfer", "get"};
    BOOST_TEST(conformance({{"conformance", json({"get", "general-block-transfer"})},
                            {"block_window", 5},
                            {"max_pdu_size", 200}}) == both);
    // Blocks of GET are not agreed on: the list of objects comes in these.
    const json list = post(other, "/read", read_body("0-0:40.0.0.255", 15, 2)).body;
    BOOST_TEST(list["success"] == true);
    BOOST_TEST(list["data"]["raw"].get<std::string>().size() > 2 * 200u);
    BOOST_TEST(conformance({{"conformance", "200010"}}) == both);
    const json usual = conformance(json::object());
    const bool is_usual = std::ranges::find(usual, json("general-block-transfer")) != usual.end();
    BOOST_TEST(!is_usual);
}

BOOST_AUTO_TEST_SUITE_END()
