// The fields of /connect that say how a meter is reached, each against a simulated meter that is
// reached so: HDLC, UDP, a serial port, a gateway.

#include <fstream>

#include <boost/test/unit_test.hpp>

#include "tests/server/running_service.hpp"
#include "tests/simulator/program.hpp"
#include "tests/transport/line_support.hpp"

namespace dlms::service::testing {
namespace {

using nlohmann::json;

/// What is read of the meter that these fields reach, or why nothing is.
std::string read_name(const RunningService& service, const json& connect) {
    const Answer connected = post(service, "/connect", connect);
    if (connected.status != 200) {
        return std::to_string(connected.status) + " " + connected.body.dump();
    }
    const Answer read = post(service, "/read", read_body("0-0:42.0.0.255", 1, 2));
    BOOST_TEST(post(service, "/disconnect?meter_number=202", json::object()).status == 200);
    const json& data = read.body["data"];
    return data["success"] == true ? data["value"].get<std::string>() : data.dump();
}

std::uint16_t port_in(const std::string& line) {
    const std::string_view before = "listening on 127.0.0.1:";
    BOOST_REQUIRE(line.starts_with(before));
    return static_cast<std::uint16_t>(std::stoul(line.substr(before.size())));
}

/// The simulator at all its places, with three meters on its lines and behind its gateway.
struct Places {
    Places()
        : simulator({"--scenario", "hexcell", "--multi-drop", "3", "--gateway", "--port", "0",
                     "--hdlc-port", "0", "--udp-port", "0", "--pty", (folder / "meter").string(),
                     "--log-level", "off"}),
          wrapper(next_port()),
          hdlc(next_port()),
          udp(next_port()),
          service([this] {
              ServiceConfig config = loopback_config();
              config.serial_allow = {(folder / "*").string()};
              return config;
          }()) {
        BOOST_REQUIRE(simulator.line().starts_with("listening on " + (folder / "meter").string()));
    }

    std::uint16_t next_port() { return port_in(simulator.line()); }

    json serial() const {
        return {{"connection_type", "serial"},
                {"serial_port", (folder / "meter").string()},
                {"ip_address", nullptr}};
    }
    /// The logical device name that is read by these fields, or why there is none.
    std::string reads(std::uint16_t port, const json& changes) const {
        json body = connect_body(port, changes);
        if (port == 0) {
            body.erase("port");
        }
        return read_name(service, body);
    }
    /// The error's code of a /connect that comes to nothing.
    std::string refuses(std::uint16_t port, const json& changes) const {
        const Answer answer = post(service, "/connect", connect_body(port, changes));
        BOOST_TEST(answer.status >= 400);
        return std::to_string(answer.status) + " " +
               (answer.body.contains("error") ? answer.body["error"].value("code", "") : "");
    }

    dlms::testing::TemporaryFolder folder;
    simulator::testing::Program simulator;
    std::uint16_t wrapper;
    std::uint16_t hdlc;
    std::uint16_t udp;
    RunningService service;
};

constexpr auto first = "HXC0000012345678";
constexpr auto second = "HXC0000012345679";
constexpr auto third = "HXC0000012345680";

}  // namespace

BOOST_AUTO_TEST_SUITE(link_fields)

BOOST_AUTO_TEST_CASE(a_meter_is_reached_by_hdlc_at_its_physical_address) {
    const Places places;
    const auto at = [&](json changes) {
        changes["connection_type"] = "hdlc";
        return places.reads(places.hdlc, changes);
    };
    BOOST_TEST(at({{"physical_address", 16}}) == first);
    BOOST_TEST(at({{"physical_address", 17}}) == second);
    BOOST_TEST(at({{"physical_address", 18}, {"address_size", 2}}) == third);
    BOOST_TEST(at({{"physical_address", 18}, {"window_size", 7}, {"max_info_length", 512}}) ==
               third);
}

BOOST_AUTO_TEST_CASE(a_meter_is_reached_through_a_serial_port) {
    const Places places;
    json changes = places.serial();
    changes.update({{"physical_address", 17}, {"baud_rate", 19200}, {"parity", "none"}});
    BOOST_TEST(places.reads(0, changes) == second);
    changes.update({{"physical_address", 18}, {"data_bits", 8}, {"stop_bits", 1}});
    BOOST_TEST(places.reads(0, changes) == third);
}

BOOST_AUTO_TEST_CASE(a_meter_is_reached_by_datagrams) {
    const Places places;
    BOOST_TEST(places.reads(places.udp, {{"connection_type", "udp"}}) == first);
}

BOOST_AUTO_TEST_CASE(a_meter_is_reached_through_a_gateway) {
    const Places places;
    const auto behind = [&](const char* device, json changes = json::object()) {
        changes.update({{"gateway_network_id", 0}, {"gateway_device", device}});
        return places.reads(places.wrapper, changes);
    };
    BOOST_TEST(behind("02") == second);
    BOOST_TEST(behind("33") == third);  // the digit 3
    BOOST_TEST(places.reads(places.hdlc, {{"connection_type", "hdlc"},
                                          {"physical_address", 16},
                                          {"gateway_network_id", 0},
                                          {"gateway_device", "02"}}) == second);
}

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_a_line_behind_tcp_is_opened_with_mode_e) {
    const RunningService service;
    for (const bool with_parity : {true, false}) {
        const std::string parity = with_parity ? "even" : "none";
        simulator::testing::Program meter({"--scenario", "hexing", "--mode-e", "--hdlc-port", "0",
                                           "--parity", parity, "--log-level", "off"});
        const std::string line = meter.line();
        BOOST_TEST(line.find("mode E, HDLC") != std::string::npos, line);
        const json connect = connect_body(port_in(line), {{"connection_type", "hdlc"},
                                                          {"brand", "hexing"},
                                                          {"client_address", 1},
                                                          {"server_address", 1},
                                                          {"mode_e", true},
                                                          {"baud_rate", 9600},
                                                          {"parity", parity}});
        BOOST_TEST(read_name(service, connect) == "HXE0000000012345");
        // The line is free again after a session, and opened anew.
        BOOST_TEST(read_name(service, connect) == "HXE0000000012345");
        // A line that is faster than the meter.
        json faster = connect;
        faster["baud_rate"] = 19200;
        const Answer refused = post(service, "/connect", faster);
        BOOST_TEST(refused.status == 502);
        BOOST_TEST(refused.body["error"]["code"] == "serial-unavailable");
        BOOST_TEST(refused.body["detail"].get<std::string>().find("does not offer the line's") !=
                   std::string::npos);
    }
    const Answer refused =
        post(service, "/connect", connect_body(1, {{"connection_type", "tcp"}, {"mode_e", true}}));
    BOOST_TEST(refused.body["error"]["code"] == "unsupported");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_9_a_broadcast_reaches_every_meter_of_the_line) {
    const dlms::testing::TemporaryFolder folder;
    const std::string path = (folder / "scenario.json").string();
    std::ofstream(path) << R"({"name": "broadcast",
        "hdlc": {"address_octets": 2, "lower_address": 16},
        "logical_devices": [{"sap": 1, "name": "TST0000000000001",
            "associations": [{"client_sap": 102, "name": "pre-established", "mechanism": "lowest",
                "pre_established": true, "conformance": ["get", "set", "action"]}],
            "objects": [{"obis": "0-0:96.1.1.255", "class": 1, "name": "Number", "attributes": [
                {"id": 2, "access": "rw", "value": {"unsigned": 1}}]}]}]})";
    simulator::testing::Program meters(
        {"--scenario", path, "--multi-drop", "3", "--hdlc-port", "0", "--log-level", "off"});
    const std::uint16_t port = port_in(meters.line());
    const RunningService service;
    const auto body = [](const std::string& meter, json more) {
        json request = {{"meter_number", meter},
                        {"obis_code", "0-0:96.1.1.255"},
                        {"class_id", 1},
                        {"attribute_id", 2}};
        request.update(more);
        return request;
    };
    const auto reads = [&](const std::string& meter) {
        return post(service, "/read", body(meter, json::object())).body["data"].value("value", -1);
    };
    for (const int physical : {16, 17, 18}) {
        const Answer connected =
            post(service, "/connect",
                 connect_body(port, {{"meter_number", std::to_string(physical)},
                                     {"connection_type", "hdlc"},
                                     {"client_address", 102},
                                     {"server_address", 1},
                                     {"auth_type", "None"},
                                     {"pre_established", true},
                                     {"physical_address", physical},
                                     {"address_size", 2}}));
        BOOST_TEST(connected.status == 200, connected.body.dump());
        BOOST_TEST(reads(std::to_string(physical)) == 1);
    }
    // Nobody is asked for the type: it must be said.
    const Answer untyped = post(service, "/write", body("16", {{"value", 7}, {"broadcast", true}}));
    BOOST_TEST(untyped.body["success"] == false);
    BOOST_TEST(untyped.body["data"]["errorCode"] == "type-unmatched");
    const Answer sent =
        post(service, "/write", body("16", {{"value", 7}, {"broadcast", true}, {"data_type", 17}}));
    BOOST_TEST(sent.status == 200);
    BOOST_TEST(sent.body["success"] == true, sent.body.dump());
    BOOST_TEST(sent.body["data"]["broadcast"] == true);
    BOOST_TEST(sent.body["data"]["message"].get<std::string>().find("Nobody answers") !=
               std::string::npos);
    for (const auto* meter : {"16", "17", "18"}) {
        BOOST_TEST(reads(meter) == 7, meter);
    }
    // A method likewise: what nobody answers is no failure, though none of them has this one.
    const Answer invoked = post(
        service, "/meters/16/actions",
        {{"obis_code", "0-0:96.1.1.255"}, {"class_id", 3}, {"method_id", 1}, {"broadcast", true}});
    BOOST_TEST(invoked.status == 200, invoked.body.dump());
    BOOST_TEST(invoked.body["data"].value("broadcast", false));
}

BOOST_AUTO_TEST_CASE(fields_that_cannot_be_are_refused_before_anything_is_sent) {
    const Places places;
    const std::vector<std::pair<std::string, json>> bad = {
        {"physical_address", 16384}, {"physical_address", -1},  {"physical_address", "x"},
        {"address_size", 3},         {"address_size", 0},       {"window_size", 8},
        {"window_size", 0},          {"max_info_length", 2031}, {"max_info_length", 31},
        {"gateway_device", "0"},     {"gateway_device", "xy"},  {"gateway_network_id", 256},
    };
    for (const auto& [field, value] : bad) {
        BOOST_TEST(places.refuses(places.hdlc, {{"connection_type", "hdlc"}, {field, value}})
                       .starts_with("422"),
                   field << " " << value);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::service::testing
