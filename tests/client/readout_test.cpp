// A mode C readout over a pseudo-terminal: the meter at its near end is made of octets.

#include "client/readout.hpp"

#include "tests/client/client_desk.hpp"
#include "tests/transport/line_support.hpp"
#include "transport/pty_channel.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view identification = "/ABC5type1\r\n";
constexpr std::string_view data_sets =
    "1.8.0(0001234.5*kWh)\r\n0.0.0(12345678)\r\nP.01(241124)(15)(2)\r\n!\r\n";
constexpr Byte right_check = 0x3A;  // exclusive or of the data sets and ETX

/// Answers the request with its identification, and whatever follows with its data block.
struct World {
    explicit World(Byte check = right_check) {
        auto opened = transport::open_pty(io.get_executor(), folder / "meter");
        BOOST_REQUIRE(opened.has_value());
        meter = transport::Driver::create(std::move(*opened), session);
        session.on_received = [this, check] { answer(check); };
        meter->start();
    }
    ~World() { meter->close(); }

    void answer(Byte check) {
        const ByteBuffer all = session.all_received();
        const std::string_view text = as_text(all);
        const bool is_whole = text.ends_with("\r\n") || text.ends_with('\x15');  // NAK
        if (is_silent || !is_whole) {
            return;
        }
        session.received.clear();
        requests.emplace_back(text);
        if (text.starts_with('/')) {
            session.to_send.push_back(to_buffer(as_bytes(meter_says)));
            return;
        }
        ByteBuffer block{0x02};
        block.insert(block.end(), data_sets.begin(), data_sets.end());
        block.insert(block.end(), {0x03, check});
        session.to_send.push_back(std::move(block));
    }

    Outcome<Readout> read_out(Duration time = 60s, std::string device_address = "") {
        MeterParameters parameters;
        parameters.link.carrier = Carrier::serial;
        parameters.link.serial_port = (folder / "meter").string();
        parameters.link.mode_e.emplace();
        parameters.link.mode_e->starting_baud_rate = 9600;
        parameters.link.mode_e->device_address = std::move(device_address);
        transport::TraceSink trace = transport::traced_lines(
            transport::Framing::hdlc,
            [this](transport::Direction direction, const std::string& line) {
                lines.push_back((direction == transport::Direction::sent ? "> " : "< ") + line);
            });
        // An Outcome has no default, which result_of() wants.
        const auto result =
            result_of(io,
                      [](MeterParameters from, transport::TraceSink sink,
                         Instant deadline) -> asio::awaitable<std::shared_ptr<Outcome<Readout>>> {
                          co_return std::make_shared<Outcome<Readout>>(
                              co_await client::read_out(from, std::move(sink), deadline));
                      }(std::move(parameters), std::move(trace), in(time)));
        return std::move(*result);
    }

    TemporaryFolder folder;
    asio::io_context io;
    RecordingSession session;
    std::shared_ptr<transport::Driver> meter;
    std::string_view meter_says = identification;
    bool is_silent = false;
    std::vector<std::string> requests;
    std::vector<std::string> lines;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(readout)

BOOST_AUTO_TEST_CASE(the_data_block_comes_as_lines) {
    World world;
    const Outcome<Readout> readout = world.read_out();
    BOOST_REQUIRE_MESSAGE(readout.has_value(), (readout ? "" : describe(readout.error())));
    BOOST_TEST(readout->manufacturer == "ABC");
    BOOST_TEST(readout->identification == "type1");
    std::string all;
    for (const Readout::Line& line : readout->lines) {
        all += line.address + "=" + line.value + " " + line.unit + "\n";
    }
    BOOST_TEST(all == "1.8.0=0001234.5 kWh\n0.0.0=12345678 \nP.01=241124 \nP.01=15 \nP.01=2 \n");
    BOOST_REQUIRE_EQUAL(world.requests.size(), 2u);
    BOOST_TEST(world.requests[0] == "/?!\r\n");
    BOOST_TEST(world.requests[1] ==
               "\x06"
               "050\r\n");  // the data block, at its 9600 bit/s
    BOOST_TEST(world.lines.front() == "> \"/?!\\r\\n\"");
}

BOOST_AUTO_TEST_CASE(one_of_several_meters_is_asked_by_its_address) {
    World world;
    BOOST_TEST(world.read_out(60s, "12345678").has_value());
    BOOST_TEST(world.requests.at(0) == "/?12345678!\r\n");
}

BOOST_AUTO_TEST_CASE(a_wrong_check_is_never_taken_for_data) {
    World world(right_check ^ 1);
    const Outcome<Readout> readout = world.read_out();
    BOOST_REQUIRE(!readout.has_value());
    BOOST_TEST(code_text(readout.error()) == "malformed-answer");
    BOOST_TEST(world.requests.size() > 2u);  // it was asked for again
}

BOOST_AUTO_TEST_CASE(silence_ends_by_the_deadline) {
    World world;
    world.is_silent = true;
    const Outcome<Readout> readout = world.read_out(100ms);
    BOOST_REQUIRE(!readout.has_value());
    BOOST_TEST(code_text(readout.error()) == "timeout");
    // The port is usable at once again.
    world.is_silent = false;
    world.session.received.clear();
    BOOST_TEST(world.read_out().has_value());
}

BOOST_AUTO_TEST_CASE(a_failure_says_what_came_in_place_of_an_identification) {
    World world;
    world.meter_says = "hello world\r\n";
    const Outcome<Readout> readout = world.read_out();
    BOOST_REQUIRE(!readout.has_value());
    BOOST_TEST(code_text(readout.error()) == "timeout");
    BOOST_TEST(
        describe(readout.error()).find("octets that belong to no message") != std::string::npos,
        describe(readout.error()));
}

BOOST_AUTO_TEST_CASE(what_is_not_printable_stays_out_of_the_terminal) {
    World world;
    world.meter_says = "/ABC5ty\x1b[31m\r\n";
    const Outcome<Readout> readout = world.read_out(10s);
    BOOST_REQUIRE(!readout.has_value());
    BOOST_TEST(code_text(readout.error()) == "malformed-answer");
}

BOOST_AUTO_TEST_CASE(a_port_that_is_not_there_is_said_so) {
    World world;
    MeterParameters parameters;
    const std::string gone = (world.folder / "nothing").string();
    parameters.link.carrier = Carrier::serial;
    parameters.link.serial_port = gone;
    const auto result =
        result_of(world.io, [](MeterParameters from) -> asio::awaitable<std::string> {
            const Outcome<Readout> outcome = co_await client::read_out(from, nullptr, in(10s));
            co_return outcome ? "read" : std::string(code_text(outcome.error()));
        }(std::move(parameters)));
    BOOST_TEST(result == "serial-unavailable");
}

BOOST_AUTO_TEST_SUITE_END()
