// Associations that nobody asks for, and broadcasts to every meter of a line.

#include <boost/test/unit_test.hpp>
#include <nlohmann/json.hpp>

#include "tests/client/client_desk.hpp"
#include "tests/integration/simulated_meter.hpp"

namespace dlms::testing {
namespace {

using client::MeterParameters;
using nlohmann::json;

constexpr std::uint16_t lower = 16;
const cosem::AttributeDescriptor number{1, {0, 0, 96, 1, 1, 255}, 2};
const cosem::MethodDescriptor reset{3, {1, 0, 1, 8, 0, 255}, 1};

/// A meter with a client that needs no AARQ.
std::string scenario() {
    const json client = {{"client_sap", 102},
                         {"name", "pre-established"},
                         {"mechanism", "lowest"},
                         {"pre_established", true},
                         {"conformance", {"get", "set", "action"}}};
    const json objects = {
        {{"obis", "0-0:96.1.1.255"},
         {"class", 1},
         {"name", "Number"},
         {"attributes", {{{"id", 2}, {"access", "rw"}, {"value", {{"unsigned", 1}}}}}}},
        {{"obis", "1-0:1.8.0.255"},
         {"class", 3},
         {"name", "Energy"},
         {"attributes",
          {{{"id", 2}, {"access", "r"}, {"value", {{"double-long-unsigned", 12345}}}}}},
         {"methods", {{{"id", 1}, {"access", true}}}}}};
    const json meter = {{"name", "broadcast"},
                        {"hdlc", {{"address_octets", 2}, {"lower_address", lower}}},
                        {"logical_devices",
                         {{{"sap", 1},
                           {"name", "TST0000000000001"},
                           {"associations", {client}},
                           {"objects", objects}}}}};
    return meter.dump();
}

MeterParameters parameters(std::uint16_t port, std::optional<std::uint16_t> physical) {
    MeterParameters made = Desk::parameters(port);
    made.client_sap = ClientSap(102);
    made.pre_established = true;
    made.proposed_conformance = xdlms::Conformance(0x000019);
    if (physical) {
        made.use_hdlc(client::profile_of_brand("generic"));
        made.set_hdlc_address(physical, 2);
    }
    return made;
}

std::string read(Desk& desk, const cosem::AttributeDescriptor& attribute) {
    client::ReadRequest request;
    request.attribute = attribute;
    return text(desk.wait(desk.client.read(std::move(request), in(std::chrono::seconds(20)))));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(broadcasts)

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_9_a_client_reads_and_writes_without_an_AARQ) {
    const SimulatedMeter meter(scenario());
    for (const bool by_hdlc : {false, true}) {
        Desk desk(by_hdlc ? parameters(meter.hdlc_port(), lower)
                          : parameters(meter.wrapper_port(), std::nullopt));
        BOOST_TEST(read(desk, energy) == "0600003039");
        const auto written = desk.wait(desk.client.write(number, *axdr::Data::parse(octets("1105")),
                                                         in(std::chrono::seconds(20))));
        BOOST_TEST(written.has_value());
        BOOST_TEST(read(desk, number) == "1105");
        desk.release();
        // Once more, on a new link.
        BOOST_TEST(read(desk, number) == "1105");
        desk.release();
    }
}

BOOST_AUTO_TEST_CASE(every_meter_of_the_line_does_it_and_none_answers) {
    const SimulatedMeter line(scenario(), 3);
    Desk desk(parameters(line.hdlc_port(), lower));
    BOOST_TEST(desk.wait(desk.client.broadcast_write(number, *axdr::Data::parse(octets("1109")),
                                                     in(std::chrono::seconds(20))))
                   .has_value());
    BOOST_TEST(desk.wait(desk.client.broadcast_invoke(reset, *axdr::Data::parse(octets("0F00")),
                                                      in(std::chrono::seconds(20))))
                   .has_value());
    // The line goes on: what is read here comes behind the broadcasts.
    BOOST_TEST(read(desk, number) == "1109");
    BOOST_TEST(read(desk, energy) == "0600000000");
    desk.release();
    for (const std::uint16_t other : {std::uint16_t{17}, std::uint16_t{18}}) {
        Desk one(parameters(line.hdlc_port(), other));
        // Nobody had opened a link to it.
        BOOST_TEST(read(one, number) == "1109");
        BOOST_TEST(read(one, energy) == "0600000000");
        one.release();
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
