// The fields of /connect that say how a meter is reached, each against a simulated meter that is
// reached so: HDLC, UDP, a serial port, a gateway.

#include <boost/test/unit_test.hpp>

#include "tests/server/running_service.hpp"
#include "tests/simulator/program.hpp"
#include "tests/transport/line_support.hpp"

namespace dlms::service::testing {
namespace {

using nlohmann::json;

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

    std::uint16_t next_port() {
        const std::string line = simulator.line();
        const std::string_view before = "listening on 127.0.0.1:";
        BOOST_REQUIRE(line.starts_with(before));
        return static_cast<std::uint16_t>(std::stoul(line.substr(before.size())));
    }

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
        const Answer connected = post(service, "/connect", body);
        if (connected.status != 200) {
            return std::to_string(connected.status) + " " + connected.body.dump();
        }
        const Answer read = post(service, "/read", read_body("0-0:42.0.0.255", 1, 2));
        BOOST_TEST(post(service, "/disconnect?meter_number=202", json::object()).status == 200);
        const json& data = read.body["data"];
        return data["success"] == true ? data["value"].get<std::string>() : data.dump();
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
