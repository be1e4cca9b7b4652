// UDP on real sockets of the loopback address: the client's channel against the meter's listener.

#include "stack/wrapper/wpdu.hpp"
#include "tests/support/result_printing.hpp"
#include "tests/transport/line_support.hpp"
#include "transport/connector.hpp"
#include "transport/udp_channel.hpp"
#include "transport/udp_listener.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::transport;
using namespace std::chrono_literals;
using asio::ip::udp;

namespace {

const udp::endpoint any_port(asio::ip::make_address("127.0.0.1"), 0);

struct Net {
    explicit Net(UdpListener::Handler handler) {
        auto made = UdpListener::listen(io.get_executor(), any_port, std::move(handler));
        BOOST_REQUIRE(made.has_value());
        listener = *made;
        auto channel = result_of(io, connect_udp("127.0.0.1", listener->local_endpoint().port(),
                                                 std::chrono::steady_clock::now() + 5s));
        BOOST_REQUIRE(channel.has_value());
        driver = Driver::create(std::move(*channel), session);
    }
    ~Net() {
        driver->close();
        listener->close();
        io.restart();
        io.run();
    }

    asio::io_context io;
    std::shared_ptr<UdpListener> listener;
    RecordingSession session;
    std::shared_ptr<Driver> driver;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(udp_channels)

BOOST_AUTO_TEST_CASE(each_output_is_a_datagram_and_each_datagram_an_input) {
    std::vector<std::string> came;
    UdpListener* meter = nullptr;
    Net net([&](const udp::endpoint& peer, ByteView datagram) {
        came.push_back(to_hex(datagram));
        const ByteBuffer echo = to_buffer(datagram);
        BOOST_TEST(outcome(meter->send_to(peer, echo)) == "accepted");
        BOOST_TEST(outcome(meter->send_to(peer, {})) == "accepted");
    });
    meter = net.listener.get();
    net.session.to_send = {*from_hex("0102"), *from_hex("03")};
    net.driver->start();
    run_until(net.io, [&] { return net.session.received.size() == 4; });
    BOOST_TEST(came == (std::vector<std::string>{"0102", "03"}), boost::test_tools::per_element());
    BOOST_TEST(net.session.received == (std::vector<std::string>{"0102", "", "03", ""}),
               boost::test_tools::per_element());
    BOOST_TEST(net.listener->counters().received == 2u);
    BOOST_TEST(net.listener->counters().sent == 4u);
}

BOOST_AUTO_TEST_CASE(the_largest_datagram_passes_whole_and_a_larger_one_is_refused) {
    constexpr std::size_t largest = 65'507;  // over IPv4
    std::size_t came = 0;
    UdpListener* meter = nullptr;
    Net net([&](const udp::endpoint& peer, ByteView datagram) {
        came = datagram.size();
        BOOST_TEST(outcome(meter->send_to(peer, to_buffer(datagram))) == "accepted");
        BOOST_TEST(outcome(meter->send_to(peer, ByteBuffer(largest + 1))) ==
                   "transport/request-too-long@0");
    });
    meter = net.listener.get();
    net.session.to_send = {ByteBuffer(largest, 0x55)};
    net.driver->start();
    run_until(net.io, [&] { return !net.session.received.empty(); });
    BOOST_TEST(came == largest);
    BOOST_TEST(net.session.received[0].size() == 2 * largest);

    net.session.to_send = {ByteBuffer(largest + 1, 0x55)};
    net.driver->flush();
    BOOST_REQUIRE(net.session.lost.has_value());
    BOOST_TEST(*net.session.lost == ErrorCode::request_too_long);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_11_loss_and_truncation_do_not_end_the_line) {
    // A meter that loses every other datagram, cuts the next answer short, and sends rubbish.
    unsigned datagrams = 0;
    UdpListener* meter = nullptr;
    Net net([&](const udp::endpoint& peer, ByteView datagram) {
        const auto wpdu = wrapper::decode_wpdu(datagram);
        if (++datagrams % 2 == 1 || !wpdu) {
            return;
        }
        ByteBuffer answer;
        Writer writer(answer);
        encode(writer, wrapper::Wpdu{wpdu->destination_wport, wpdu->source_wport, wpdu->apdu});
        BOOST_TEST(outcome(meter->send_to(peer, ByteView(answer).first(answer.size() - 1))) ==
                   "accepted");
        BOOST_TEST(outcome(meter->send_to(peer, *from_hex("FF"))) == "accepted");
        BOOST_TEST(outcome(meter->send_to(peer, answer)) == "accepted");
    });
    meter = net.listener.get();
    const ByteBuffer request = *from_hex("00010010000100026200");
    unsigned good = 0;
    unsigned bad = 0;
    net.session.on_received = [&] {
        ++(wrapper::decode_wpdu(*from_hex(net.session.received.back())) ? good : bad);
    };
    net.session.to_send = {request};
    net.driver->start();
    run_until(net.io, [&] { return datagrams == 1; });
    BOOST_TEST(net.session.received.empty());
    net.session.to_send = {request};  // again, since no answer came
    net.driver->flush();
    run_until(net.io, [&] { return good == 1; });
    BOOST_TEST(bad == 2u);
    BOOST_TEST(net.session.received.back() == "00010001001000026200");
    BOOST_TEST(net.driver->is_open());
}

BOOST_AUTO_TEST_CASE(datagrams_of_others_do_not_reach_the_session) {
    std::optional<udp::endpoint> client;
    UdpListener* meter = nullptr;
    Net net([&](const udp::endpoint& peer, ByteView) { client = peer; });
    meter = net.listener.get();
    net.session.to_send = {*from_hex("01")};
    net.driver->start();
    run_until(net.io, [&] { return client.has_value(); });
    udp::socket stranger(net.io, any_port);
    stranger.send_to(asio::buffer(*from_hex("BAD0")), *client);
    BOOST_REQUIRE(meter->send_to(*client, *from_hex("600D")).has_value());
    run_until(net.io, [&] { return !net.session.received.empty(); });
    BOOST_TEST(net.session.received[0] == "600D");
}

BOOST_AUTO_TEST_CASE(several_peers_are_told_apart) {
    std::vector<udp::endpoint> peers;
    UdpListener* meter = nullptr;
    Net net([&](const udp::endpoint& peer, ByteView datagram) {
        peers.push_back(peer);
        BOOST_TEST(outcome(meter->send_to(peer, to_buffer(datagram))) == "accepted");
    });
    meter = net.listener.get();
    auto channel = result_of(net.io, connect_udp("127.0.0.1", meter->local_endpoint().port(),
                                                 std::chrono::steady_clock::now() + 5s));
    RecordingSession second;
    const auto driver = Driver::create(std::move(*channel), second);
    net.session.to_send = {*from_hex("01")};
    second.to_send = {*from_hex("02")};
    net.driver->start();
    driver->start();
    run_until(net.io,
              [&] { return net.session.received.size() == 1 && second.received.size() == 1; });
    BOOST_TEST(net.session.received[0] == "01");
    BOOST_TEST(second.received[0] == "02");
    BOOST_TEST((peers.at(0) != peers.at(1)));
    driver->close();
}

BOOST_AUTO_TEST_CASE(a_port_where_nobody_listens_is_told) {
    asio::io_context io;
    // The port is kept at another address, so that nobody else is given it meanwhile.
    const udp::socket keeper(io, udp::endpoint(asio::ip::make_address("127.0.0.2"), 0));
    const std::uint16_t port = keeper.local_endpoint().port();
    auto channel =
        result_of(io, connect_udp("127.0.0.1", port, std::chrono::steady_clock::now() + 5s));
    BOOST_REQUIRE(channel.has_value());
    RecordingSession session;
    session.to_send = {*from_hex("01")};
    const auto driver = Driver::create(std::move(*channel), session);
    driver->start();
    run_until(io, [&] { return session.lost.has_value(); });
    BOOST_TEST(*session.lost == ErrorCode::connect_refused);
}

BOOST_AUTO_TEST_CASE(addresses_that_are_not_allowed_or_not_there_are_refused) {
    asio::io_context io;
    const Instant soon = std::chrono::steady_clock::now() + 5s;
    const auto connected = [&](std::string host, AddressFilter filter = nullptr) {
        return outcome(result_of(io, connect_udp(std::move(host), 4059, soon, std::move(filter))));
    };
    BOOST_TEST(connected("127.0.0.1", [](const asio::ip::address&) { return false; }) ==
               "transport/not-allowed-target@0");
    BOOST_TEST(connected("no such host") == "transport/host-unreachable@0");

    udp::socket taken(io, any_port);
    const auto same = UdpListener::listen(io.get_executor(), taken.local_endpoint(), {});
    BOOST_TEST(outcome(same) == "transport/connect-refused@0");
    const auto foreign =
        UdpListener::listen(io.get_executor(), {asio::ip::make_address("192.0.2.1"), 4059}, {});
    BOOST_TEST(outcome(foreign) == "transport/host-unreachable@0");
}

BOOST_AUTO_TEST_SUITE_END()
