// The program on real sockets and terminals: HDLC over TCP, UDP, pseudo-terminals, serial ports.
// A client speaks in frames of octets, for the greater part those that a maker's library sends.

#include <array>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <termios.h>

#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/ip/udp.hpp>
#include <asio/read.hpp>
#include <asio/write.hpp>

#include "tests/simulator/hdlc_client.hpp"
#include "tests/simulator/meter_line.hpp"
#include "tests/simulator/program.hpp"

namespace dlms::simulator::testing {
namespace {

// The maker's library: client 16, server 1/16.
const std::string maker_snrm = "7EA0080221219305D17E";
const std::string maker_disc = "7EA0080221215309177E";
const hdlc::Address maker_server{2, 1, 16};
const std::string maker_aarq =
    "602180020284A109060760857405080101BE10040E01000000065F1F040000181F0000";
const std::string ua_parameters =
    "81801205018006018007040000000108"
    "0400000001";
const std::string get_serial = "C001C100010000600100FF0200";

std::uint16_t port_in(const std::string& line) {
    const std::string start = "listening on 127.0.0.1:";
    BOOST_REQUIRE(line.starts_with(start));
    return static_cast<std::uint16_t>(std::stoul(line.substr(start.size())));
}

/// Octets of one HDLC frame, flags included, from a function that reads some of them.
template <class ReadSome>
std::string read_frame(ReadSome read_some) {
    ByteBuffer frame;
    std::size_t whole = 3;
    while (frame.size() < whole) {
        Byte octet = 0;
        if (!read_some(octet)) {
            break;
        }
        frame.push_back(octet);
        if (frame.size() == 3) {
            whole = ((frame[1] & 7u) << 8 | frame[2]) + 2u;
        }
    }
    return to_hex(frame);
}

/// A blocking line to a meter; what is not answered fails the test's time-out.
class TcpLine {
public:
    explicit TcpLine(std::uint16_t port) : socket_(io_) {
        socket_.connect({asio::ip::make_address("127.0.0.1"), port});
    }
    std::string ask(const std::string& hex) {
        asio::write(socket_, asio::buffer(octets(hex)));
        return read_frame([this](Byte& octet) {
            std::error_code error;
            return asio::read(socket_, asio::buffer(&octet, 1), error) == 1;
        });
    }

private:
    asio::io_context io_;
    asio::ip::tcp::socket socket_;
};

/// The same at a terminal device, as a program opens a serial port.
class TerminalLine {
public:
    explicit TerminalLine(const std::string& path)
        : descriptor_(open(path.c_str(), O_RDWR | O_NOCTTY)) {
        BOOST_REQUIRE(descriptor_ >= 0);
        termios settings{};
        BOOST_REQUIRE(tcgetattr(descriptor_, &settings) == 0);
        cfmakeraw(&settings);
        BOOST_REQUIRE(tcsetattr(descriptor_, TCSANOW, &settings) == 0);
    }
    explicit TerminalLine(int descriptor) : descriptor_(descriptor) {}
    ~TerminalLine() { close(descriptor_); }
    TerminalLine(const TerminalLine&) = delete;
    TerminalLine& operator=(const TerminalLine&) = delete;

    void write_octets(const std::string& hex) {
        const ByteBuffer bytes = octets(hex);
        BOOST_REQUIRE(::write(descriptor_, bytes.data(), bytes.size()) ==
                      static_cast<ssize_t>(bytes.size()));
    }
    bool read_octet(Byte& octet) { return ::read(descriptor_, &octet, 1) == 1; }
    std::string ask(const std::string& hex) {
        write_octets(hex);
        return read_frame([this](Byte& octet) { return read_octet(octet); });
    }
    std::string ask_text(const std::string& text) {
        write_octets(to_hex(as_bytes(text)));
        std::string answer;
        Byte octet = 0;
        while (!answer.ends_with("\n") && read_octet(octet)) {
            answer += static_cast<char>(octet);
        }
        return answer;
    }

private:
    int descriptor_;
};

std::string ua() {
    return hdlc_frame({1, 16, 0}, maker_server, control::ua, ua_parameters);
}

std::string information(const std::string& answer) {
    const ByteBuffer bytes = octets(answer);
    return to_hex(hdlc_frames(bytes).at(0).information);
}

/// One session of the maker's library.
template <class Line>
void expect_session(Line& line, const std::string& serial, std::uint16_t lower = 16) {
    const hdlc::Address server{2, 1, lower};
    const auto frame = [&](std::uint8_t octet, const std::string& content = "") {
        return hdlc_frame(server, {1, 16, 0}, octet, content);
    };
    BOOST_TEST(line.ask(frame(control::snrm)) ==
               hdlc_frame({1, 16, 0}, server, control::ua, ua_parameters));
    BOOST_TEST(information(line.ask(frame(0x10, "E6E600" + maker_aarq)))
                   .starts_with("E6E7006129A109060760857405080101A203020100"));
    BOOST_TEST(information(line.ask(frame(0x32, "E6E600" + get_serial + "000000"))) ==
               "E6E700C401C1000906" + serial);
    BOOST_TEST(line.ask(frame(control::disc)) == hdlc_frame({1, 16, 0}, server, control::ua));
}

std::string temporary_path(const std::string& name) {
    return (std::filesystem::temp_directory_path() / (name + std::to_string(getpid()))).string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(line_program)

BOOST_AUTO_TEST_CASE(hdlc_over_tcp_as_the_makers_library_speaks) {
    Program simulator({"--hdlc-port", "0", "--log-level", "off"});
    const std::string line = simulator.line();
    BOOST_TEST(
        line.ends_with(" (HDLC, scenario hexcell, seed 1, HDLC addresses of 2 octets, lower "
                       "16, at most 32 connections)"));
    TcpLine client(port_in(line));
    BOOST_TEST(client.ask(maker_snrm) == ua());
    BOOST_TEST(client.ask(maker_disc) == hdlc_frame({1, 16, 0}, maker_server, control::ua));
    expect_session(client, "000012345678");
    // A broken connection leaves nothing behind.
    {
        TcpLine broken(port_in(line));
        BOOST_TEST(broken.ask(maker_snrm) == ua());
    }
    TcpLine again(port_in(line));
    BOOST_TEST(again.ask(maker_disc) == hdlc_frame({1, 16, 0}, maker_server, control::dm));
    expect_session(again, "000012345678");
    simulator.signal(SIGTERM);
    BOOST_TEST(simulator.exit_status() == 0);
}

BOOST_AUTO_TEST_CASE(several_meters_on_one_port_and_every_place_at_once) {
    const std::string path = temporary_path("dlms-every-place-");
    Program simulator({"--multi-drop", "2", "--port", "0", "--hdlc-port", "0", "--udp-port", "0",
                       "--pty", path, "--log-level", "off"});
    BOOST_TEST(simulator.line().ends_with(
        " (scenario hexcell and 1 more, seed 1, at most 32 connections)"));
    const std::string hdlc = simulator.line();
    BOOST_TEST(hdlc.find("lower 16 to 17") != std::string::npos);
    BOOST_TEST(simulator.line().ends_with(
        " (UDP, scenario hexcell and 1 more, seed 1, at most 1000 peers)"));
    BOOST_TEST(simulator.line() == "listening on " + path +
                                       " (HDLC, scenario hexcell and 1 more, seed 1, HDLC "
                                       "addresses of 2 octets, lower 16 to 17)");
    TcpLine client(port_in(hdlc));
    expect_session(client, "000012345678", 16);
    expect_session(client, "000012345679", 17);
    TerminalLine terminal(path);
    expect_session(terminal, "000012345679", 17);
}

BOOST_AUTO_TEST_CASE(a_pseudo_terminal_is_opened_and_closed_like_a_serial_port) {
    const std::string path = temporary_path("dlms-pty-");
    {
        Program simulator({"--pty", path, "--log-level", "off"});
        simulator.line();
        for (int i = 0; i < 3; ++i) {
            TerminalLine line(path);
            BOOST_TEST(line.ask(maker_snrm) == ua());
            // Junk, a frame for another meter, and half a frame disturb nobody.
            line.write_octets("00FF7E7E55" + hdlc_frame({2, 1, 99}, {1, 16, 0}, control::snrm));
            expect_session(line, "000012345678");
        }
        simulator.signal(SIGTERM);
        BOOST_TEST(simulator.exit_status() == 0);
    }
    BOOST_TEST(!std::filesystem::exists(std::filesystem::symlink_status(path)));
}

BOOST_AUTO_TEST_CASE(mode_e_on_a_pseudo_terminal) {
    const std::string path = temporary_path("dlms-mode-e-");
    Program simulator({"--pty", path, "--mode-e", "--log-level", "off"});
    BOOST_TEST(simulator.line().starts_with("listening on " + path + " (mode E, HDLC, "));
    TerminalLine line(path);
    for (int i = 0; i < 2; ++i) {
        BOOST_TEST(line.ask_text("/?!\r\n") == "/HXC4\\2HEXCELL\r\n");
        BOOST_TEST(line.ask_text("\x06"
                                 "242\r\n") ==
                   "\x06"
                   "242\r\n");
        expect_session(line, "000012345678");  // and DISC signs off
    }
}

BOOST_AUTO_TEST_CASE(a_serial_port) {
    // The far end of a pseudo-terminal stands for the port, the near end is its cable.
    const int cable = posix_openpt(O_RDWR | O_NOCTTY);
    BOOST_REQUIRE(cable >= 0);
    BOOST_REQUIRE(grantpt(cable) == 0);
    BOOST_REQUIRE(unlockpt(cable) == 0);
    const std::string port = ptsname(cable);
    Program simulator({"--serial", port, "--baud", "19200", "--log-level", "off"});
    BOOST_TEST(simulator.line().starts_with("listening on " + port + " (HDLC, "));
    TerminalLine line(cable);
    expect_session(line, "000012345678");
    termios settings{};
    BOOST_REQUIRE(tcgetattr(cable, &settings) == 0);
    BOOST_TEST(cfgetospeed(&settings) == speed_t{B19200});
}

BOOST_AUTO_TEST_CASE(wrapper_over_udp) {
    Program simulator({"--udp-port", "0", "--log-level", "off"});
    const std::string line = simulator.line();
    asio::io_context io;
    const asio::ip::udp::endpoint meter(asio::ip::make_address("127.0.0.1"), port_in(line));
    asio::ip::udp::socket one(io, {asio::ip::address_v4::loopback(), 0});
    asio::ip::udp::socket two(io, {asio::ip::address_v4::loopback(), 0});
    const auto send = [&](asio::ip::udp::socket& socket, const std::string& apdu) {
        const std::string wpdu = header(16, 1, octets(apdu).size()) + apdu;
        socket.send_to(asio::buffer(octets(wpdu)), meter);
    };
    const auto ask = [&](asio::ip::udp::socket& socket, const std::string& apdu) {
        send(socket, apdu);
        std::array<Byte, 2000> space{};
        asio::ip::udp::endpoint from;
        const std::size_t count = socket.receive_from(asio::buffer(space), from);
        BOOST_TEST((from == meter));
        return to_hex(ByteView(space).first(count)).substr(16);
    };
    BOOST_TEST(ask(one, maker_aarq).starts_with("6129"));
    // Silence for what is no WPDU; the next answer is that of the next request.
    one.send_to(asio::buffer(octets("0001001000010020" + maker_aarq)), meter);
    one.send_to(asio::buffer(octets("00010010007F000D" + get_serial)), meter);
    BOOST_TEST(ask(one, get_serial) == "C401C1000906000012345678");
    // Another peer has its own associations.
    BOOST_TEST(ask(two, get_serial) == "D80102");
    BOOST_TEST(ask(two, maker_aarq).starts_with("6129"));
    BOOST_TEST(ask(one, get_serial) == "C401C1000906000012345678");
}

BOOST_AUTO_TEST_CASE(a_paced_line_takes_its_time) {
    Program simulator({"--hdlc-port", "0", "--pace", "2400", "--log-level", "off"});
    TcpLine client(port_in(simulator.line()));
    const auto begin = std::chrono::steady_clock::now();
    BOOST_TEST(client.ask(maker_snrm) == ua());
    const auto octets_passed = static_cast<int>((maker_snrm.size() + ua().size()) / 2);
    BOOST_TEST((std::chrono::steady_clock::now() - begin >=
                std::chrono::microseconds(10'000'000 / 2400) * octets_passed));
}

BOOST_AUTO_TEST_CASE(a_trace_shows_frames_and_no_secret) {
    Program simulator({"--hdlc-port", "0", "--log-level", "trace"});
    TcpLine client(port_in(simulator.line()));
    client.ask(maker_snrm);
    client.ask(
        hdlc_frame(maker_server, {1, 16, 0}, 0x10,
                   "E6E600" + aarq(context_ln + lls + password + initiate("00FFFF", "FFFF"))));
    simulator.signal(SIGTERM);
    std::string all;
    for (std::string line = simulator.line(); !line.empty(); line = simulator.line()) {
        all += line + "\n";
    }
    BOOST_TEST(all.find("<- " + maker_snrm + " # SNRM P/F from 16 to 1/16, 0 octets") !=
               std::string::npos);
    BOOST_TEST(all.find("-> " + ua() + " # UA P/F from 1/16 to 16, 21 octets") !=
               std::string::npos);
    BOOST_TEST(all.find("I N(S)=0 N(R)=0 P/F from 16 to 1/16, ") != std::string::npos);
    BOOST_TEST(all.find("3030303030303030") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(says_what_is_wrong_with_a_line) {
    const auto first_line = [](std::vector<std::string> arguments) {
        Program simulator(std::move(arguments));
        const std::string line = simulator.line();
        BOOST_TEST(simulator.exit_status() != 0);
        return line;
    };
    BOOST_TEST(first_line({"--serial", "/dev/nowhere"})
                   .starts_with("dlms-simulator: cannot listen on /dev/nowhere: "));
    BOOST_TEST(first_line({"--pty", "/dev/null"})
                   .starts_with("dlms-simulator: cannot listen on /dev/null: "));
    const std::string small = temporary_path("dlms-small-scenario-");
    std::ofstream(small) << test_scenario;
    BOOST_TEST(first_line({"--scenario", small, "--multi-drop", "111", "--hdlc-port", "0"}) ==
               "dlms-simulator: no lower HDLC address is left for meter 111");
    std::filesystem::remove(small);
    BOOST_TEST(first_line({"--drop", "101"}).starts_with("--drop: "));
    BOOST_TEST(first_line({"--parity", "mark"}).starts_with("--parity: "));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
