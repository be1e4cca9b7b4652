// The wrapper over UDP: datagrams that get lost, come twice, or are none of ours.

#include <asio/ip/udp.hpp>

#include "tests/client/client_scripts.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;

namespace {

/// A meter that answers datagrams: nothing to the first `lost` of each request, and what else it is
/// told to.
class DatagramMeter {
public:
    DatagramMeter(asio::io_context& io, unsigned lost)
        : socket_(io, {asio::ip::make_address("127.0.0.1"), 0}), lost_(lost) {
        receive();
    }
    std::uint16_t port() const { return socket_.local_endpoint().port(); }
    unsigned came(const std::string& apdu) { return came_[wpdu("00100001", apdu)]; }
    std::map<std::string, std::string> answers;  // by request, of APDUs
    std::string before_each_answer;              // octets of a datagram
    unsigned late_aares = 0;                     // come once more, with the next request

private:
    void receive() {
        socket_.async_receive_from(asio::buffer(space_), peer_,
                                   [this](std::error_code error, std::size_t count) {
                                       if (!error) {
                                           take(ByteView(space_).first(count));
                                           receive();
                                       }
                                   });
    }
    void take(ByteView datagram) {
        const std::string request = to_hex(datagram);
        if (late_aares > 0) {
            --late_aares;
            socket_.send_to(asio::buffer(testing::octets(wpdu("00010010", aare))), peer_);
        }
        if (++came_[request] <= lost_) {
            return;
        }
        for (const auto& [apdu, answer] : answers) {
            if (request == wpdu("00100001", apdu)) {
                if (!before_each_answer.empty()) {
                    socket_.send_to(asio::buffer(testing::octets(before_each_answer)), peer_);
                }
                socket_.send_to(asio::buffer(testing::octets(wpdu("00010010", answer))), peer_);
            }
        }
    }

    asio::ip::udp::socket socket_;
    asio::ip::udp::endpoint peer_;
    std::array<Byte, 2048> space_{};
    unsigned lost_;
    std::map<std::string, unsigned> came_;
};

MeterParameters over_udp(std::chrono::milliseconds timeout) {
    MeterParameters parameters = Desk::parameters(1);
    parameters.link.carrier = Carrier::udp;
    parameters.response_timeout = timeout;
    return parameters;
}

constexpr auto get_energy = "C001C100030100010800FF0200";
constexpr auto set_energy = "C101C100030100010800FF02001105";

struct World {
    World(unsigned lost, std::chrono::milliseconds timeout,
          std::optional<GatewayAddress> gateway = std::nullopt)
        : meter(io, lost),
          asked(gateway ? gateway_header("E6", *gateway) : ""),
          answered(gateway ? gateway_header("E7", *gateway) : "") {
        MeterParameters parameters = over_udp(timeout);
        parameters.endpoint.port = meter.port();
        parameters.link.gateway = std::move(gateway);
        client.emplace(std::move(parameters));
        answer(aarq, aare);
        answer(get_energy, "C401C1001105");
        answer(set_energy, "C501C100");
    }
    static std::string gateway_header(std::string_view tag, const GatewayAddress& gateway) {
        const std::array octets{gateway.network_id, static_cast<Byte>(gateway.device.size())};
        return std::string(tag) + to_hex(octets) + to_hex(gateway.device);
    }
    void answer(const std::string& request, const std::string& with) {
        meter.answers[asked + request] = answered + with;
    }
    unsigned came(const std::string& apdu) { return meter.came(asked + apdu); }
    template <class T>
    T wait(asio::awaitable<T> work) {
        std::optional<T> result;
        asio::co_spawn(io, std::move(work),
                       [&](const std::exception_ptr&, T value) { result = std::move(value); });
        io.restart();
        while (!result && io.run_one() > 0) {
        }
        BOOST_REQUIRE(result);
        return std::move(*result);
    }
    Outcome<axdr::Data> read() {
        ReadRequest request;
        request.attribute = energy;
        return wait(client->read(std::move(request), in(20s)));
    }

    asio::io_context io;
    DatagramMeter meter;
    std::string asked;     // before each request
    std::string answered;  // before each answer
    std::optional<NativeMeterClient> client;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(datagram_client)

BOOST_AUTO_TEST_CASE(a_lost_request_is_sent_again_unchanged) {
    World world(1, 400ms);
    BOOST_TEST(testing::text(world.read()) == "1105");
    BOOST_TEST(world.meter.came(aarq) == 2U);
    BOOST_TEST(world.meter.came(get_energy) == 2U);
}

BOOST_AUTO_TEST_CASE(behind_a_gateway_a_lost_request_is_sent_again_too_and_a_write_is_not) {
    World world(1, 400ms, GatewayAddress{1, {0x0A, 0x0B}});
    BOOST_TEST(testing::text(world.read()) == "1105");
    BOOST_TEST(world.came(aarq) == 2U);
    BOOST_TEST(world.came(get_energy) == 2U);
    const std::string second_set = "C101C2" + std::string(set_energy).substr(6);
    const auto written = world.wait(world.client->write(energy, data("1105"), in(20s)));
    BOOST_REQUIRE(!written);
    BOOST_TEST(code_text(written.error()) == "outcome-unknown");
    BOOST_TEST(world.came(second_set) == 1U);
}

BOOST_AUTO_TEST_CASE(a_write_is_never_sent_again) {
    World world(0, 200ms);
    BOOST_TEST(testing::text(world.read()) == "1105");
    world.meter.answers.erase(set_energy);
    // The invoke-id has moved on: what counts is that one datagram came.
    const auto written = world.wait(world.client->write(energy, data("1105"), in(20s)));
    BOOST_REQUIRE(!written);
    BOOST_TEST(code_text(written.error()) == "outcome-unknown");
}

BOOST_AUTO_TEST_CASE(datagrams_that_are_not_one_wpdu_are_dropped) {
    World world(0, 5s);
    world.meter.before_each_answer = "0001000100100009C4";
    BOOST_TEST(testing::text(world.read()) == "1105");
}

// The network may hand over a late datagram: it is no answer to what was asked.
BOOST_AUTO_TEST_CASE(a_late_datagram_is_no_reason_to_ask_no_more) {
    World world(0, 400ms);
    BOOST_TEST(testing::text(world.read()) == "1105");
    world.meter.answers.erase(get_energy);
    world.meter.late_aares = 1;
    constexpr auto second_get = "C001C200030100010800FF0200";
    BOOST_TEST(testing::text(world.read()) == "timeout");
    BOOST_TEST(world.meter.came(second_get) >= 2U);
}

// Its text says what came in place of the answer.
BOOST_AUTO_TEST_CASE(a_time_out_tells_what_came_in_place_of_the_answer) {
    World world(0, 200ms);
    world.meter.answers[get_energy] = "C501C300";
    const auto outcome = world.read();
    BOOST_REQUIRE(!outcome);
    BOOST_TEST(code_text(outcome.error()) == "timeout");
    BOOST_TEST(
        describe(outcome.error()).find("set-response (C5) with invoke-id 3") != std::string::npos,
        describe(outcome.error()));
}

BOOST_AUTO_TEST_CASE(a_meter_that_never_answers_ends_in_a_time_out) {
    World world(1000, 100ms);
    BOOST_TEST(testing::text(world.read()) == "timeout");
    // The request and its repetitions, for the read and its one new connection.
    BOOST_TEST(world.meter.came(aarq) >= 4U);
}

BOOST_AUTO_TEST_SUITE_END()
