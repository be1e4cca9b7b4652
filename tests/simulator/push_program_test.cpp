// The program pushes over real sockets: TCP, UDP, HDLC. The octets are made by hand.

#include <filesystem>
#include <fstream>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "tests/simulator/hdlc_client.hpp"
#include "tests/simulator/meter_line.hpp"
#include "tests/simulator/program.hpp"
#include "tests/simulator/push_scenario.hpp"

namespace dlms::simulator::testing {
namespace {

const std::string setup = "00280000190900FF";
const std::string body =
    "0201"
    "090441424344";
const std::string call_push = "C301C1" + setup + "01010F00";

/// A file with the scenario, for as long as it is there.
class ScenarioFile {
public:
    explicit ScenarioFile(int version)
        : path_((std::filesystem::temp_directory_path() /
                 ("dlms-push-" + std::to_string(getpid()) + ".json"))
                    .string()) {
        std::ofstream(path_) << push_scenario(version);
    }
    ~ScenarioFile() { std::filesystem::remove(path_); }
    ScenarioFile(const ScenarioFile&) = delete;
    ScenarioFile& operator=(const ScenarioFile&) = delete;

    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::uint16_t port_in(const std::string& line) {
    const std::string start = "listening on 127.0.0.1:";
    BOOST_REQUIRE_MESSAGE(line.starts_with(start), line);
    return static_cast<std::uint16_t>(std::stoul(line.substr(start.size())));
}

std::string read_octets(asio::ip::tcp::socket& socket, std::size_t count) {
    ByteBuffer space(count);
    asio::read(socket, asio::buffer(space));
    return to_hex(space);
}

/// Header and APDU of one WPDU.
std::string read_wpdu(asio::ip::tcp::socket& socket) {
    const std::string head = read_octets(socket, 8);
    return head +
           read_octets(socket, static_cast<std::size_t>(std::stoul(head.substr(12), nullptr, 16)));
}

/// Client 1 of the meter, in an association.
class Management {
public:
    explicit Management(std::uint16_t port) : socket_(io_) {
        socket_.connect({asio::ip::address_v4::loopback(), port});
        BOOST_REQUIRE(ask(aarq(context_ln + initiate("FFFFFF", "FFFF"))).starts_with("6129"));
    }
    std::string ask(const std::string& apdu) {
        asio::write(socket_, asio::buffer(octets(header(1, 1, octets(apdu).size()) + apdu)));
        return read_wpdu(socket_).substr(16);
    }
    void write(const std::string& attribute, const std::string& value) {
        BOOST_REQUIRE(ask("C101C1" + setup + attribute + "00" + value) == "C501C100");
    }
    /// send_destination_and_method with this transport.
    void aim(const std::string& transport, const std::string& text) {
        write("03", "020316" + transport + "09" +
                        to_hex(std::array{static_cast<Byte>(text.size())}) +
                        to_hex(as_bytes(text)) + "1600");
    }
    void aim(const std::string& transport, std::uint16_t port) {
        aim(transport, "127.0.0.1:" + std::to_string(port));
    }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
};

/// A head end that waits for TCP pushes; nobody is let in before listen().
class HeadEnd {
public:
    HeadEnd() : acceptor_(io_, asio::ip::tcp::v4()) {
        acceptor_.bind({asio::ip::address_v4::loopback(), 0});
    }
    void listen() { acceptor_.listen(); }
    std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
    asio::ip::tcp::socket accept() { return acceptor_.accept(); }

private:
    asio::io_context io_;
    asio::ip::tcp::acceptor acceptor_;
};

/// A WPDU from server 1 to client 1 with a push of this id; the time is the meter's own.
void expect_push(const std::string& wpdu, const std::string& id) {
    const std::string head =
        "0001000100010"
        "01A"
        "0F" +
        id + "0C";
    BOOST_TEST(wpdu.starts_with(head));
    BOOST_TEST(wpdu.ends_with(body));
    BOOST_TEST(wpdu.size() == head.size() + 24 + body.size());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(push_program)

BOOST_AUTO_TEST_CASE(over_tcp) {
    const ScenarioFile scenario(0);
    Program simulator({"--scenario", scenario.path(), "--port", "0", "--log-level", "off"});
    Management client(port_in(simulator.line()));
    HeadEnd head_end;
    head_end.listen();
    client.aim("00", head_end.port());
    for (const std::string id : {"00000001", "00000002"}) {
        BOOST_TEST(client.ask(call_push) == "C701C10000");
        asio::ip::tcp::socket socket = head_end.accept();
        expect_push(read_wpdu(socket), id);
        // The meter hangs up.
        Byte octet = 0;
        std::error_code error;
        BOOST_TEST(asio::read(socket, asio::buffer(&octet, 1), error) == 0u);
        BOOST_TEST(error == asio::error::eof);
    }
    simulator.signal(SIGTERM);
    BOOST_TEST(simulator.exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(a_head_end_that_comes_late_is_called_again) {
    const ScenarioFile scenario(0);
    Program simulator({"--scenario", scenario.path(), "--port", "0", "--log-level", "warning"});
    Management client(port_in(simulator.line()));
    HeadEnd head_end;
    client.write("06", "11FF");  // retries; each a second later
    client.aim("00", head_end.port());
    BOOST_TEST(client.ask(call_push) == "C701C10000");
    const std::string refused = simulator.line();
    BOOST_TEST(refused.find("push to 127.0.0.1:" + std::to_string(head_end.port()) + " failed: ") !=
               std::string::npos);
    head_end.listen();
    asio::ip::tcp::socket socket = head_end.accept();
    expect_push(read_wpdu(socket), "00000001");
}

BOOST_AUTO_TEST_CASE(a_push_without_its_confirmation_comes_again) {
    const ScenarioFile scenario(2);
    Program simulator({"--scenario", scenario.path(), "--port", "0", "--log-level", "off"});
    Management client(port_in(simulator.line()));
    HeadEnd head_end;
    head_end.listen();
    client.write("06", "1103");
    client.write("07",
                 "0203"
                 "120000"
                 "120064"
                 "120000");  // at once
    client.write("0B", "1602");
    client.aim("00", head_end.port());
    BOOST_TEST(client.ask(call_push) == "C701C10000");
    std::string first;
    {
        asio::ip::tcp::socket socket = head_end.accept();
        first = read_wpdu(socket);
        expect_push(first, "40000001");
    }
    asio::ip::tcp::socket socket = head_end.accept();
    BOOST_TEST(read_wpdu(socket) == first);
    const std::string confirmed_at = "C001C1" + setup + "0D00";
    BOOST_TEST(client.ask(confirmed_at) == "C401C100090CFFFFFFFFFFFFFFFFFF8000FF");
    // Another confirmation first, and in two parts.
    asio::write(socket, asio::buffer(octets("0001000100010006"
                                            "104000000900"
                                            "000100010001")));
    asio::write(socket, asio::buffer(octets("0006"
                                            "104000000100")));
    Byte octet = 0;
    std::error_code error;
    BOOST_TEST(asio::read(socket, asio::buffer(&octet, 1), error) == 0u);
    BOOST_TEST(error == asio::error::eof);
    // The connection ends a moment before the meter notes it.
    std::string noted;
    for (int turn = 0; turn < 1000 && !noted.starts_with("C401C100090C07"); ++turn) {
        noted = client.ask(confirmed_at);
    }
    BOOST_TEST(noted.starts_with("C401C100090C07"));
}

BOOST_AUTO_TEST_CASE(over_udp) {
    const ScenarioFile scenario(0);
    Program simulator({"--scenario", scenario.path(), "--port", "0", "--log-level", "off"});
    Management client(port_in(simulator.line()));
    asio::io_context io;
    asio::ip::udp::socket head_end(io, {asio::ip::address_v4::loopback(), 0});
    client.aim("01", head_end.local_endpoint().port());
    BOOST_TEST(client.ask(call_push) == "C701C10000");
    std::array<Byte, 2000> space{};
    const std::size_t count = head_end.receive(asio::buffer(space));
    expect_push(to_hex(ByteView(space).first(count)), "00000001");
}

BOOST_AUTO_TEST_CASE(on_an_hdlc_line_in_a_ui_frame) {
    const ScenarioFile scenario(0);
    Program simulator(
        {"--scenario", scenario.path(), "--port", "0", "--hdlc-port", "0", "--log-level", "off"});
    Management client(port_in(simulator.line()));
    asio::io_context io;
    asio::ip::tcp::socket line(io);
    line.connect({asio::ip::address_v4::loopback(), port_in(simulator.line())});
    // The line is there once the meter has answered on it: DISC without a link gets DM.
    asio::write(line, asio::buffer(octets(hdlc_frame({1, 1, 0}, {1, 16, 0}, control::disc))));
    const std::string dm = hdlc_frame({1, 16, 0}, {1, 1, 0}, control::dm);
    BOOST_REQUIRE(read_octets(line, dm.size() / 2) == dm);
    client.write("03",
                 "02031605090110"
                 "1600");  // to client 16
    BOOST_TEST(client.ask(call_push) == "C701C10000");
    // Flag, format and length, client 16, server 1, UI, check, LLC, APDU, check, flag.
    const std::size_t apdu = 1 + 4 + 1 + 12 + body.size() / 2;
    const std::string frame = read_octets(line, 1 + 2 + 2 + 1 + 2 + 3 + apdu + 2 + 1);
    BOOST_TEST(frame.starts_with("7EA0" + to_hex(std::array{static_cast<Byte>(10 + apdu + 2)}) +
                                 "210303"));
    BOOST_TEST(frame.substr(16, 18) ==
               "E6E700"
               "0F00000001"
               "0C");
    BOOST_TEST(frame.substr(0, frame.size() - 6).ends_with(body));
    BOOST_TEST(frame.ends_with("7E"));
    BOOST_TEST(hdlc_frames(octets(frame)).size() == 1u);  // with good checks
}

BOOST_AUTO_TEST_CASE(only_allowed_destinations_are_called) {
    const ScenarioFile scenario(0);
    HeadEnd head_end;
    head_end.listen();
    const std::string loopback = "127.0.0.1:" + std::to_string(head_end.port());
    struct Refused {
        std::vector<std::string> options;
        std::string destination;
        std::string reason;
    };
    for (const Refused& one :
         {Refused{{}, "203.0.113.7:4059", "transport: not allowed target"},
          Refused{{}, "169.254.169.254:80", "transport: not allowed target"},
          Refused{{"--push-to", "none"}, loopback, "transport: not allowed target"},
          Refused{{"--push-to", "10.0.0.0/8"}, loopback, "transport: not allowed target"},
          Refused{{}, "no port", "transport: out of range"}}) {
        std::vector<std::string> arguments{"--scenario", scenario.path(), "--port",
                                           "0",          "--log-level",   "warning"};
        arguments.insert(arguments.end(), one.options.begin(), one.options.end());
        Program simulator(arguments);
        Management client(port_in(simulator.line()));
        client.aim("00", one.destination);
        BOOST_TEST(client.ask(call_push) == "C701C10000");
        const std::string logged = simulator.line();
        BOOST_TEST(logged.find("failed: " + one.reason) != std::string::npos);
    }
    Program wrong({"--push-to", "10.0.0.0/33"});
    BOOST_TEST(wrong.line().find("'10.0.0.0/33' is no address range") != std::string::npos);
    BOOST_TEST(wrong.exit_status() != 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
