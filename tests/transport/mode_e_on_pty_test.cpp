// The opening of mode E between two drivers, over a real pseudo-terminal: the meter at its near
// end, the reader with a serial port at the far end, each with a session that goes over to HDLC as
// the real ones do.

#include <termios.h>

#include "stack/iec62056_21/mode_e_client.hpp"
#include "stack/iec62056_21/mode_e_server.hpp"
#include "tests/transport/line_support.hpp"
#include "transport/pty_channel.hpp"
#include "transport/serial_channel.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::transport;
using namespace dlms::iec62056_21;
using namespace std::chrono_literals;

namespace {

/// A machine that runs the test may stand still for longer than a meter may.
constexpr Duration patience = 60s;

/// A session that is the machine until it is done, and then sends and gets octets as they are.
template <class Machine, class Ready>
class OpeningSession final : public Session {
public:
    explicit OpeningSession(Machine machine) : machine_(std::move(machine)) {}

    Machine& machine() { return machine_; }
    std::optional<LineSettings> ready;
    ByteBuffer to_send;  // when ready
    ByteBuffer received;
    std::optional<ErrorCode> lost;

    void receive(ByteView bytes, Instant now) override {
        if (ready) {
            received.insert(received.end(), bytes.begin(), bytes.end());
            return;
        }
        machine_.receive(bytes, now);
        take_events();
    }
    void handle_timeout(Instant now) override {
        machine_.handle_timeout(now);
        take_events();
    }
    void connection_lost(const Error& error) override { lost = error.code; }
    std::optional<ByteView> poll_transmit() override {
        if (const auto octets = machine_.poll_transmit()) {
            return octets;
        }
        if (!ready || to_send.empty() || !line_taken_) {
            return std::nullopt;
        }
        sending_ = std::exchange(to_send, {});
        return ByteView(sending_);
    }
    std::optional<LineSettings> poll_line_settings() override {
        const auto settings = machine_.poll_line_settings();
        line_taken_ = line_taken_ || settings == ready;
        return settings;
    }
    std::optional<Instant> poll_timeout() override { return machine_.poll_timeout(); }
    std::optional<Error> failure() override { return std::nullopt; }

private:
    void take_events() {
        while (const auto event = machine_.poll_event()) {
            if (const auto* done = std::get_if<Ready>(&*event)) {
                ready = done->line;
                // The reader asked for the settings before it said that it is done.
                line_taken_ = std::is_same_v<Machine, ModeEClient>;
            }
        }
    }

    Machine machine_;
    bool line_taken_ = false;
    ByteBuffer sending_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(mode_e_on_pty)

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_over_a_serial_port_at_9600) {
    asio::io_context io;
    const TemporaryFolder folder;
    auto near_end = open_pty(io.get_executor(), folder / "meter");
    BOOST_REQUIRE(near_end.has_value());
    ModeEServerConfiguration meter;
    meter.manufacturer = "ABc";  // a fast one
    meter.identification = "type1";
    meter.reaction_timeout = patience;
    OpeningSession<ModeEServer, HdlcOpened> server(ModeEServer::create(meter).value());
    const auto meter_driver = Driver::create(std::move(*near_end), server);
    meter_driver->start();

    const SerialEndpoint endpoint{.path = (folder / "meter").string(),
                                  .line = {.baud_rate = 19200}};
    auto far_end = open_serial(io.get_executor(), endpoint);
    BOOST_REQUIRE(far_end.has_value());
    OpeningSession<ModeEClient, HdlcReady> client(
        ModeEClient({.reaction_timeout = patience, .settle_time = 20ms}));
    client.to_send = *from_hex("7EA01D");
    const auto driver = Driver::create(std::move(*far_end), client);
    driver->start();
    BOOST_REQUIRE(client.machine().open(std::chrono::steady_clock::now()));
    driver->flush();
    run_until(io, [&] { return server.received.size() == 3; });
    server.to_send = *from_hex("7EA0");
    meter_driver->flush();
    run_until(io, [&] { return client.received.size() == 2; });
    BOOST_TEST(to_hex(server.received) == "7EA01D");
    BOOST_TEST(to_hex(client.received) == "7EA0");
    BOOST_TEST((client.ready == LineSettings{.baud_rate = 9600}));
    BOOST_TEST((server.ready == LineSettings{.baud_rate = 9600}));
    BOOST_TEST(client.machine().counters().missing_echoes == 0u);

    const int look = ::open(endpoint.path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK);
    termios settings{};
    BOOST_REQUIRE(::tcgetattr(look, &settings) == 0);
    ::close(look);
    BOOST_TEST(::cfgetospeed(&settings) == speed_t{B9600});
    driver->close();
    meter_driver->close();
}

BOOST_AUTO_TEST_SUITE_END()
