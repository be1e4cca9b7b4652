// Several meters on one line, and meters behind a gateway.

#include "simulator/hdlc_line.hpp"
#include "simulator/meter_connection.hpp"
#include "tests/simulator/hdlc_client.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string public_aarq = aarq(context_ln + initiate("00FFFF", "FFFF"));
const std::string lls_aarq = aarq(context_ln + lls + password + initiate("00FFFF", "FFFF"));
const std::string get_serial = "C001C100010000600100FF0200";
const std::string get_name = "C001C1000100002A0000FF0200";

std::unique_ptr<Meter> numbered(std::string_view scenario, std::uint32_t number) {
    auto parsed = parse_scenario(scenario);
    BOOST_REQUIRE(parsed);
    auto meter = std::make_unique<Meter>(*std::move(parsed), number, Instant{}, test_utc);
    meter->renumber(number, Instant{});
    return meter;
}

MeterGroup group_of(std::string_view name, std::uint32_t count) {
    MeterGroup group;
    for (std::uint32_t i = 0; i < count; ++i) {
        BOOST_REQUIRE(group.add(numbered(builtin_scenario(name), i)));
    }
    return group;
}

/// Speaks to the meters of a gateway through a wrapper connection.
class GatewayLine {
public:
    explicit GatewayLine(const MeterGroup& group) : connection_(group, Instant{}) {}

    std::string ask(const std::string& apdu, std::uint16_t client = 16) {
        connection_.receive(octets(header(client, 1, octets(apdu).size()) + apdu), now_);
        return take();
    }
    std::string take() {
        const auto answer = connection_.poll_transmit();
        return answer ? to_hex(*answer).substr(16) : "";
    }
    void let_time_come() {
        now_ = connection_.poll_timeout().value();
        connection_.handle_timeout(now_);
    }
    const MeterConnection& connection() const { return connection_; }

private:
    MeterConnection connection_;
    Instant now_{};
};

const std::string public_opened = "6129A109060760857405080101A203020100";

}  // namespace

BOOST_AUTO_TEST_SUITE(multi_drop)

BOOST_AUTO_TEST_CASE(meters_of_a_line_have_addresses_and_serial_numbers_of_their_own) {
    const MeterGroup group = group_of("hexcell", 3);
    HdlcLine line(group, {}, Instant{});
    const std::array<std::string, 3> serials = {"000012345678", "000012345679", "000012345680"};
    const std::array<std::string, 3> names = {
        "30303030303132333435363738", "30303030303132333435363739", "30303030303132333435363830"};
    std::vector<HdlcClient> clients;
    for (std::uint16_t i = 0; i < 3; ++i) {
        clients.emplace_back(line, hdlc::Address{2, 1, static_cast<std::uint16_t>(16 + i)});
        clients.back().connect();
        BOOST_TEST(clients.back().ask(public_aarq).starts_with(public_opened));
    }
    // All links are open at the same time; each meter keeps its own.
    for (std::size_t i = 0; i < 3; ++i) {
        BOOST_TEST(clients[i].ask(get_serial) == "C401C1000906" + serials[i]);
        BOOST_TEST(clients[i].ask(get_name) == "C401C1000910485843" + names[i]);
    }
    BOOST_TEST(clients[1].send(control::disc) == control::ua);
    BOOST_TEST(clients[2].ask(get_serial) == "C401C1000906" + serials[2]);
    HdlcClient nobody(line, {2, 1, 19});
    BOOST_TEST(nobody.send(control::snrm) == 0);
}

BOOST_AUTO_TEST_CASE(meters_of_one_octet_get_two_when_they_are_several) {
    const MeterGroup group = group_of("hexing", 2);
    HdlcLine line(group, {}, Instant{});
    HdlcClient alone(line, {1, 1, 0});
    BOOST_TEST(alone.send(control::snrm) == 0);
    HdlcClient second(line, {2, 1, 17});
    second.connect();
    BOOST_TEST(second.ask(public_aarq).starts_with(public_opened));
    BOOST_TEST(second.ask(get_serial) ==
               "C401C100090C" + to_hex(as_bytes(std::string_view("202600012346"))));
}

BOOST_AUTO_TEST_CASE(scenarios_may_differ_and_addresses_run_out) {
    MeterGroup group = group_of("hexcell", 1);
    BOOST_REQUIRE(group.add(numbered(builtin_scenario("hexing"), 0)));
    BOOST_REQUIRE(group.add(numbered(builtin_scenario("full"), 0)));
    BOOST_TEST(group[1].hdlc_settings().lower_address == 17);
    BOOST_TEST(int{group[1].hdlc_settings().address_octets} == 2);
    BOOST_TEST(group[2].hdlc_settings().lower_address == 18);
    BOOST_TEST(int{group[2].hdlc_settings().address_octets} == 4);
    MeterGroup many;
    std::size_t added = 0;
    while (many.add(make_meter(test_scenario))) {
        ++added;
    }
    BOOST_TEST(added == 110u);  // 16 to 125
}

BOOST_AUTO_TEST_CASE(a_broadcast_reaches_every_meter) {
    const MeterGroup group = group_of("hexing", 2);
    HdlcLine line(group, {}, Instant{});
    // Client 102 is pre-established: no link and no AARQ. It sets the clock of all at once.
    HdlcClient all(line, {1, 0x7F, 0}, 102);
    BOOST_TEST(all.send(control::ui,
                        "E6E600C10181000800000100 00FF0200"
                        "090C07E80203FF050607FF800000") == 0);
    for (const std::uint16_t lower : {std::uint16_t{16}, std::uint16_t{17}}) {
        HdlcClient reader(line, {2, 1, lower}, 102);
        reader.connect();
        BOOST_TEST(
            reader.ask("C001C100080000010000FF0200").starts_with("C401C100090C07E80203060506"));
    }
}

BOOST_AUTO_TEST_CASE(a_pre_established_association_is_there_again_with_every_link) {
    const MeterGroup group = group_of("hexing", 1);
    HdlcLine line(group, {}, Instant{});
    HdlcClient client(line, {1, 1, 0}, 102);
    const std::string serial = "C401C100090C" + to_hex(as_bytes(std::string_view("202600012345")));
    client.connect();
    BOOST_TEST(client.ask(get_serial) == serial);
    BOOST_TEST(client.ask("6203800100") == "6303800100");
    BOOST_TEST(client.ask(get_serial) == "D80102");
    BOOST_TEST(client.send(control::disc) == control::ua);
    client.connect();
    BOOST_TEST(client.ask(get_serial) == serial);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(gateway)

BOOST_AUTO_TEST_CASE(headers_name_the_meter_and_come_back) {
    MeterGroup group = group_of("hexcell", 3);
    group.set_gateway(true);
    GatewayLine line(group);
    // As digits, as a number, as the logical device name.
    const std::string two = "050132";
    const std::string two_as_number = "05020002";
    const std::string three = "0710" + to_hex(as_bytes(std::string_view("HXC0000012345680")));
    BOOST_TEST(line.ask("E6" + two + public_aarq).starts_with("E7" + two + public_opened));
    BOOST_TEST(line.ask("E6" + two_as_number + get_serial) ==
               "E7" + two_as_number + "C401C1000906000012345679");
    BOOST_TEST(line.ask("E6" + three + get_serial) == "E7" + three + "D80102");
    BOOST_TEST(line.ask("E6" + three + public_aarq).starts_with("E7" + three + public_opened));
    BOOST_TEST(line.ask("E6" + three + get_serial) == "E7" + three + "C401C1000906000012345680");
    // Without a header it is the gateway's own meter, with an association of its own.
    BOOST_TEST(line.ask(get_serial) == "D80102");
    BOOST_TEST(line.ask(public_aarq).starts_with(public_opened));
    BOOST_TEST(line.ask(get_serial) == "C401C1000906000012345678");
}

BOOST_AUTO_TEST_CASE(unknown_devices_and_broken_headers_get_silence) {
    MeterGroup group = group_of("hexcell", 2);
    group.set_gateway(true);
    GatewayLine line(group);
    for (const std::string header : {"E6050133", "E6050130", "E60500", "E605053939393939",
                                     "E60503010001", "E6050A32323232323232323232"}) {
        BOOST_TEST(line.ask(header + get_serial) == "");
    }
    BOOST_TEST(line.connection().associations().counters().unknown_devices == 6u);
    for (const std::string broken : {"E6", "E605", "E60501", "E6050132", "E605FF32"}) {
        BOOST_TEST(line.ask(broken) == "");
    }
    BOOST_TEST(line.connection().associations().counters().malformed_headers == 5u);
}

BOOST_AUTO_TEST_CASE(answers_of_a_slow_meter_carry_the_header_too) {
    MeterGroup group = group_of("hexcell", 2);
    group.set_gateway(true);
    group[1].set_answer_delay(500ms);
    GatewayLine line(group);
    BOOST_TEST(line.ask("E6050132" + public_aarq).starts_with("E7050132"));
    BOOST_TEST(line.ask("E6050132" + get_serial) == "");
    BOOST_TEST(line.ask(get_serial) == "");  // waits behind it
    line.let_time_come();
    BOOST_TEST(line.take().starts_with("E7050132C401C1000906000012345679"));
}

BOOST_AUTO_TEST_CASE(a_meter_that_is_no_gateway_knows_no_header) {
    const MeterGroup group = group_of("hexcell", 2);
    GatewayLine line(group);
    line.ask(public_aarq);
    BOOST_TEST(line.ask("E6050131" + get_serial) == "D80102");
}

BOOST_AUTO_TEST_CASE(the_gateway_works_over_hdlc) {
    MeterGroup group = group_of("hexcell", 2);
    group.set_gateway(true);
    HdlcLine line(group, {}, Instant{});
    HdlcClient client(line, {2, 1, 16});
    client.connect();
    BOOST_TEST(client.ask("E6050132" + public_aarq).starts_with("E7050132" + public_opened));
    BOOST_TEST(client.ask("E6050132" + get_serial) == "E7050132C401C1000906000012345679");
    BOOST_TEST(client.send(control::disc) == control::ua);
    client.connect();
    BOOST_TEST(client.ask("E6050132" + get_serial) == "E7050132D80102");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
