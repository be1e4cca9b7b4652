// The client over real sockets, against meters that are scripts of octets.

#include "client/native_meter_client.hpp"

#include <boost/test/unit_test.hpp>

#include "client/register_reader.hpp"
#include "tests/client/client_desk.hpp"
#include "tests/support/scripted_meter.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::cosem::literals;
using namespace std::chrono_literals;
using testing::ScriptedMeter;
using Expect = ScriptedMeter::Expect;
using Send = ScriptedMeter::Send;
using Close = ScriptedMeter::Close;
using Abort = ScriptedMeter::Abort;
using Silence = ScriptedMeter::Silence;

namespace {

constexpr auto aarq =
    "000100100001001F 601DA109060760857405080101BE10040E01000000065F1F0400007E1FFFFF";
constexpr auto aare =
    "000100010010002B 6129A109060760857405080101A203020100A305A103020100"
    "BE10040E0800065F1F040000501C04C80007";
constexpr auto get_energy_1 = "000100100001000D C001C100030100010800FF0200";
constexpr auto energy_1 = "0001000100100009 C401C1000600003039";

}  // namespace

BOOST_AUTO_TEST_SUITE(native_meter_client)

BOOST_AUTO_TEST_CASE(connects_reads_and_releases) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1},
                         Expect{"0001001000010005 6203800100"}, Send{"0001000100100005 6303800100"},
                         Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read()) == "0600003039");
    BOOST_TEST(desk.client.is_connected());
    BOOST_TEST(desk.client.association()->server_max_receive_pdu_size == 1224);
    desk.release();
    BOOST_TEST(!desk.client.is_connected());
    BOOST_TEST(meter.finish() == "");
}

BOOST_AUTO_TEST_CASE(a_register_comes_with_its_scaler_unit_which_is_read_once) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1},
                         Expect{"000100100001000D C001C200030100010800FF0300"},
                         Send{"000100010010000A C401C20002020F01161E"},
                         Expect{"000100100001000D C001C300030100010800FF0200"},
                         Send{"0001000100100009 C401C300060000303A"}, Silence{}});
    Desk desk(meter.port());
    RegisterReader reader(desk.client);
    for (const auto* expected : {"0600003039", "060000303A"}) {
        ReadRequest request;
        request.attribute = energy;
        const Outcome<Reading> reading = desk.wait(reader.read(std::move(request), in(20s)));
        BOOST_REQUIRE(reading);
        BOOST_TEST(to_hex(reading->value.encoded()) == expected);
        BOOST_REQUIRE(reading->scaler_unit);
        BOOST_TEST(int{reading->scaler_unit->scaler} == 1);
        BOOST_CHECK(reading->scaler_unit->unit == cosem::Unit::watt_hour);
    }
}

BOOST_AUTO_TEST_CASE(a_refused_scaler_unit_is_no_failure) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1},
                         Expect{"000100100001000D C001C200030100010800FF0300"},
                         Send{"0001000100100005 C401C20103"}, Silence{}});
    Desk desk(meter.port());
    RegisterReader reader(desk.client);
    ReadRequest request;
    request.attribute = energy;
    const Outcome<Reading> reading = desk.wait(reader.read(std::move(request), in(20s)));
    BOOST_REQUIRE(reading);
    BOOST_TEST(!reading->scaler_unit.has_value());
}

BOOST_AUTO_TEST_CASE(a_meters_refusal_has_its_name) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1},
                         Send{"0001000100100005 C401C10104"}, Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read()) == "object-undefined");
    BOOST_TEST(desk.client.is_connected());
}

BOOST_AUTO_TEST_CASE(a_wrong_password_is_named) {
    ScriptedMeter meter(
        {Expect{aarq}, Send{"0001000100100019 6117A109060760857405080101A203020101A305A10302010D"},
         Silence{}});
    Desk desk(meter.port());
    const Outcome<axdr::Data> outcome = desk.read();
    BOOST_TEST(text(outcome) == "authentication-failed");
    BOOST_TEST(describe(outcome.error()) ==
               "the meter rejected the authentication (authentication-failure)");
    BOOST_TEST(!desk.client.is_connected());
}

BOOST_AUTO_TEST_CASE(a_closed_port_is_refused) {
    std::uint16_t free_port = 0;
    {
        asio::io_context io;
        asio::ip::tcp::acceptor taken(io, {asio::ip::make_address("127.0.0.1"), 0});
        free_port = taken.local_endpoint().port();
    }
    Desk desk(free_port);
    BOOST_TEST(text(desk.read()) == "connect-refused");
}

BOOST_AUTO_TEST_CASE(a_name_that_does_not_exist_is_unreachable) {
    Desk desk(1);
    MeterParameters parameters = Desk::parameters(4059);
    // A label of 64 characters is none in the DNS: the resolver refuses it without asking anybody.
    parameters.endpoint.host = std::string(64, 'a') + ".invalid";
    NativeMeterClient client(std::move(parameters));
    const auto outcome = desk.wait(client.connect(in(20s)));
    BOOST_REQUIRE(!outcome);
    BOOST_TEST(code_text(outcome.error()) == "host-unreachable");
}

BOOST_AUTO_TEST_CASE(an_address_that_is_not_allowed_is_not_connected_to) {
    ScriptedMeter meter({Silence{}});
    ClientEnvironment environment;
    environment.address_filter = [](const asio::ip::address& address) {
        return !address.is_loopback();
    };
    Desk desk(meter.port(), std::move(environment));
    BOOST_TEST(text(desk.read()) == "not-allowed-target");
    BOOST_TEST(meter.connections() == 0u);
}

BOOST_AUTO_TEST_CASE(a_silent_peer_ends_at_the_deadline_and_is_left) {
    ScriptedMeter meter({Expect{aarq}, Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read(50ms)) == "timeout");
    BOOST_TEST(!desk.client.is_connected());
    BOOST_TEST(meter.finish() == "");  // it saw the connection close
}

BOOST_AUTO_TEST_CASE(a_request_without_an_answer_ends_and_the_next_one_connects_again) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1}, Silence{}, Expect{aarq},
                         Send{aare}, Expect{get_energy_1}, Send{energy_1}, Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read(50ms)) == "timeout");
    BOOST_TEST(text(desk.read()) == "0600003039");
}

BOOST_AUTO_TEST_CASE(garbage_in_place_of_a_wpdu_is_named) {
    ScriptedMeter meter({Expect{aarq}, Send{"485454502F312E31 20343030"}, Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read()) == "protocol-violation");
    BOOST_TEST(!desk.client.is_connected());
}

BOOST_AUTO_TEST_CASE(a_malformed_answer_is_named_and_the_next_request_works) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1},
                         Send{"0001000100100007 C401C100060000"},
                         Expect{"000100100001000D C001C200030100010800FF0200"},
                         Send{"0001000100100009 C401C2000600003039"}, Silence{}});
    Desk desk(meter.port());
    const Outcome<axdr::Data> outcome = desk.read();
    BOOST_TEST(text(outcome) == "malformed-answer");
    BOOST_TEST(describe(outcome.error()) ==
               "the meter's answer could not be decoded (xdlms: truncated at octet 5)");
    BOOST_TEST(text(desk.read()) == "0600003039");
}

BOOST_AUTO_TEST_CASE(a_connection_lost_during_a_read_is_made_again_once) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1},
                         Expect{"000100100001000D C001C200030100010800FF0200"}, Close{},
                         Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1},
                         Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read()) == "0600003039");
    BOOST_TEST(text(desk.read()) == "0600003039");
    BOOST_TEST(meter.connections() == 2u);
}

BOOST_AUTO_TEST_CASE(a_connection_lost_while_idle_is_made_again) {
    ScriptedMeter meter({Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1}, Abort{},
                         Expect{aarq}, Send{aare}, Expect{get_energy_1}, Send{energy_1},
                         Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read()) == "0600003039");
    // The event loop sees the reset before the next call.
    while (desk.client.is_connected()) {
        desk.io.run_one();
    }
    BOOST_TEST(text(desk.read()) == "0600003039");
}

BOOST_AUTO_TEST_CASE(a_peer_that_closes_during_association_is_lost) {
    ScriptedMeter meter({Expect{aarq}, Send{"0001000100"}, Close{}, Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(text(desk.read()) == "connection-lost");
}

BOOST_AUTO_TEST_CASE(a_write_is_confirmed_or_refused) {
    ScriptedMeter meter({Expect{aarq}, Send{aare},
                         Expect{"000100100001000F C101C100030100010800FF02001105"},
                         Send{"0001000100100004 C501C100"},
                         Expect{"000100100001000F C101C200030100010800FF02001105"},
                         Send{"0001000100100004 C501C203"}, Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(desk.write().has_value());
    const Outcome<void> refused = desk.write();
    BOOST_REQUIRE(!refused);
    BOOST_TEST(code_text(refused.error()) == "read-write-denied");
}

BOOST_AUTO_TEST_CASE(a_write_whose_answer_is_lost_is_never_repeated) {
    ScriptedMeter meter({Expect{aarq}, Send{aare},
                         Expect{"000100100001000F C101C100030100010800FF02001105"}, Close{},
                         Silence{}});
    Desk desk(meter.port());
    const Outcome<void> lost = desk.write();
    BOOST_REQUIRE(!lost);
    BOOST_TEST(code_text(lost.error()) == "outcome-unknown");
    BOOST_TEST(meter.connections() == 1u);
}

BOOST_AUTO_TEST_CASE(the_trace_shows_frames_and_hides_the_password) {
    ScriptedMeter meter(
        {Expect{"0001001100010038 6036A1090607608574050801018A0207808B07608574050802"
                "01AC0A80083030303030303030BE10040E01000000065F1F0400007E1F04B0"},
         Send{"000100010011002B 6129A109060760857405080101A203020100A305A103020100"
              "BE10040E0800065F1F040000501C04C80007"},
         Silence{}});
    std::vector<std::string> lines;
    transport::HexTrace trace(
        transport::Framing::wrapper, [&](transport::Direction direction, const std::string& hex) {
            lines.push_back((direction == transport::Direction::sent ? "> " : "< ") + hex);
        });
    ClientEnvironment environment;
    environment.trace = [&](transport::Direction direction, ByteView bytes) {
        trace.octets(direction, bytes);
    };
    asio::io_context io;
    MeterParameters parameters(profile_of_brand("Hexcell"));
    parameters.endpoint = {"127.0.0.1", meter.port()};
    Desk desk(1);
    NativeMeterClient client(std::move(parameters), std::move(environment));
    BOOST_REQUIRE(desk.wait(client.connect(in(20s))));
    BOOST_REQUIRE_EQUAL(lines.size(), 2u);
    BOOST_TEST(lines[0] ==
               "> 00010011000100386036A1090607608574050801018A0207808B0760857405080201AC0A8008**"
               "BE10040E01000000065F1F0400007E1F04B0");
    BOOST_TEST(lines[1].starts_with("< 000100010011002B6129"));
}

BOOST_AUTO_TEST_CASE(parameters_that_differ_are_another_connection) {
    const MeterParameters one = Desk::parameters(4059);
    MeterParameters other = one.clone();
    BOOST_TEST(one.same_connection(other));
    other.password = SecretBytes(as_bytes("12345678"));
    BOOST_TEST(!one.same_connection(other));
    other = one.clone();
    other.endpoint.port = 4060;
    BOOST_TEST(!one.same_connection(other));
}

BOOST_AUTO_TEST_SUITE_END()
