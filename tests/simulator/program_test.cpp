// The meter on a real port, and the program itself.

#include "tests/simulator/program.hpp"

#include <array>
#include <atomic>
#include <future>
#include <thread>

#include <asio/connect.hpp>
#include <asio/io_context.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "simulator/meter_connection.hpp"
#include "simulator/meter_server.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

/// A blocking connection; what is not answered within ten seconds fails the test's time-out.
class Client {
public:
    explicit Client(std::uint16_t port) : socket_(io_) {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    }
    std::string ask(std::string_view apdu, std::uint16_t client = 17) {
        const ByteBuffer wpdu = octets(header(client, 1, octets(apdu).size()) + std::string(apdu));
        asio::write(socket_, asio::buffer(wpdu));
        std::array<Byte, 8> head{};
        asio::read(socket_, asio::buffer(head));
        ByteBuffer answer((std::size_t{head[6]} << 8) + head[7]);
        asio::read(socket_, asio::buffer(answer));
        return to_hex(answer);
    }
    /// Waits for the other side to close.
    bool is_closed() {
        std::array<Byte, 1> octet{};
        std::error_code error;
        asio::read(socket_, asio::buffer(octet), error);
        return error == asio::error::eof || error == asio::error::connection_reset;
    }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
};

/// The server in a thread of its own.
class RunningMeter {
public:
    explicit RunningMeter(std::size_t max_connections, ServerLog log = {})
        : meter_(*parse_scenario(builtin_scenario("hexcell")), 1, std::chrono::steady_clock::now(),
                 test_utc),
          server_(
              MeterServer::start(io_.get_executor(),
                                 {.endpoint = {asio::ip::make_address("127.0.0.1"), 0},
                                  .make_line = [this](Instant now) -> std::unique_ptr<LineMachine> {
                                      return std::make_unique<MeterConnection>(meter_, now);
                                  },
                                  .max_connections = max_connections},
                                 std::move(log))
                  .value()),
          port_(server_->local_endpoint().port()),
          thread_([this] { io_.run(); }) {}
    ~RunningMeter() {
        asio::post(io_, [this] { server_->close(); });
        thread_.join();
    }
    std::uint16_t port() const { return port_; }

private:
    asio::io_context io_{1};
    Meter meter_;
    std::unique_ptr<MeterServer> server_;
    std::uint16_t port_;
    std::thread thread_;
};

const std::string good = aarq(context_ln + lls + password + initiate("00FFFF", "FFFF"));

}  // namespace

BOOST_AUTO_TEST_SUITE(program)

BOOST_AUTO_TEST_CASE(serves_on_a_real_socket) {
    RunningMeter running(2);
    Client one(running.port());
    BOOST_TEST(one.ask(good) == accepted("00581D"));
    BOOST_TEST(one.ask("C001C100010000600100FF0200") == "C401C1000906000012345678");
    Client two(running.port());
    BOOST_TEST(two.ask("C001C100010000600100FF0200") == "D80102");
    BOOST_TEST(two.ask(good) == accepted("00581D"));
    // Above the limit: closed at once. A place that is free again is given again.
    Client three(running.port());
    BOOST_TEST(three.is_closed());
    BOOST_TEST(one.ask("C001C100010000600100FF0200") == "C401C1000906000012345678");
}

BOOST_AUTO_TEST_CASE(a_wrong_header_closes_the_connection_and_no_other) {
    RunningMeter running(4);
    Client good_client(running.port());
    good_client.ask(good);
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.0.1"), running.port()});
    asio::write(socket, asio::buffer(std::string("GET / HTTP/1.1\r\n\r\n")));
    std::array<Byte, 1> octet{};
    std::error_code error;
    BOOST_TEST(asio::read(socket, asio::buffer(octet), error) == 0u);
    BOOST_TEST(!!error);
    BOOST_TEST(good_client.ask("C001C100010000600100FF0200") == "C401C1000906000012345678");
}

BOOST_AUTO_TEST_CASE(a_peer_cannot_fill_the_log) {
    std::atomic<std::size_t> told = 0;
    std::promise<std::size_t> untold;
    ServerLog log;
    log.event = [&](const std::string&, const MeterEvent&) { ++told; };
    log.untold = [&](const std::string&, std::size_t count) { untold.set_value(count); };
    RunningMeter running(4, std::move(log));
    {
        Client stranger(running.port());
        for (std::size_t count = 0; count < ServerLog::most_events + 25; ++count) {
            stranger.ask(good, 99);
        }
    }
    BOOST_TEST(untold.get_future().get() == 25u);
    BOOST_TEST(told == ServerLog::most_events);
}

BOOST_AUTO_TEST_CASE(prints_where_it_listens_and_ends_on_a_signal) {
    for (const int number : {SIGTERM, SIGINT}) {
        Program simulator({"--scenario", "hexing", "--port", "0", "--log-level", "off"});
        const std::string line = simulator.line();
        const std::string start = "listening on 127.0.0.1:";
        BOOST_REQUIRE(line.starts_with(start));
        BOOST_TEST(line.ends_with(" (scenario hexing, seed 1, at most 32 connections)"));
        Client client(static_cast<std::uint16_t>(std::stoul(line.substr(start.size()))));
        BOOST_TEST(client.ask(good, 1) == accepted("00581D"));
        simulator.signal(number);
        BOOST_TEST(simulator.exit_status() == 0);
        BOOST_TEST(client.is_closed());
    }
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_its_arguments) {
    const auto first_line = [](std::vector<std::string> arguments) {
        Program simulator(std::move(arguments));
        const std::string line = simulator.line();
        BOOST_TEST(simulator.exit_status() != 0);
        return line;
    };
    BOOST_TEST(first_line({"--scenario", "/nowhere.json"}) ==
               "dlms-simulator: --scenario: neither a built-in meter nor a file that can be "
               "read: /nowhere.json");
    BOOST_TEST(first_line({"--scenario", "/tmp"}) ==
               "dlms-simulator: --scenario: neither a built-in meter nor a file that can be "
               "read: /tmp");
    BOOST_TEST(first_line({"--scenario", "/dev/null"})
                   .starts_with("dlms-simulator: /dev/null: not a JSON document: "));
    BOOST_TEST(first_line({"--bind", "meter"}) ==
               "dlms-simulator: --bind: not an IP address: meter");
    BOOST_TEST(first_line({"--port", "70000"}).starts_with("--port: "));
    BOOST_TEST(first_line({"--log-level", "loud"}).starts_with("--log-level: "));
    RunningMeter running(1);
    const std::string taken = std::to_string(running.port());
    BOOST_TEST(first_line({"--port", taken})
                   .starts_with("dlms-simulator: cannot listen on 127.0.0.1 port " + taken));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
