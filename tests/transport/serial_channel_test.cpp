// Serial ports, on pseudo-terminals whose near end is the test's: it plays the device.

#include "transport/serial_channel.hpp"

#include <sys/file.h>

#include "tests/support/result_printing.hpp"
#include "tests/transport/line_support.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::transport;
using namespace std::chrono_literals;

namespace {

constexpr LineSettings opening{.baud_rate = 300, .data_bits = 7, .parity = Parity::even};
constexpr LineSettings hdlc{.baud_rate = 9600};

std::string opened(asio::io_context& io, const SerialEndpoint& endpoint) {
    return outcome(open_serial(io.get_executor(), endpoint));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(serial_channel)

BOOST_AUTO_TEST_CASE(octets_go_both_ways_as_they_are) {
    asio::io_context io;
    HandMadePty pty;
    auto port = open_serial(io.get_executor(), {.path = pty.path(), .line = hdlc});
    BOOST_REQUIRE(port.has_value());
    RecordingSession session;
    // What a terminal would treat: interrupt, end of file, line ends, stop, start, erase, NUL.
    session.to_send = {*from_hex("00030404"), *from_hex("0D0A1113157FFF00")};
    const auto driver = Driver::create(std::move(*port), session);
    driver->start();
    BOOST_TEST(pty.receive(12) == "000304040D0A1113157FFF00");
    pty.send("0D0A0304111315007FFF7E");
    run_until(io, [&] { return session.all_received().size() == 11; });
    BOOST_TEST(to_hex(session.all_received()) == "0D0A0304111315007FFF7E");
    driver->close();
    io.run();
}

BOOST_AUTO_TEST_CASE(the_port_has_the_settings_and_changes_them_when_all_has_left) {
    asio::io_context io;
    HandMadePty pty;
    auto port = open_serial(io.get_executor(), {.path = pty.path(), .line = opening});
    BOOST_REQUIRE(port.has_value());
    const termios before = pty.settings();
    BOOST_TEST(::cfgetospeed(&before) == speed_t{B300});
    BOOST_TEST((before.c_cflag & CRTSCTS) == 0u);

    RecordingSession session;
    session.to_send = {*from_hex("063235320D0A")};
    session.to_change = {hdlc};
    session.on_change = [&] { session.to_send.push_back(*from_hex("7EA0")); };
    const auto driver = Driver::create(std::move(*port), session);
    driver->start();
    // What follows the change waits for it; the speed is still the old one.
    BOOST_TEST(pty.receive(6) == "063235320D0A");
    BOOST_TEST(session.to_send.size() == 1u);
    run_until(io, [&] { return session.to_send.empty(); });
    BOOST_TEST(pty.receive(2) == "7EA0");
    const termios after = pty.settings();
    BOOST_TEST(::cfgetospeed(&after) == speed_t{B9600});
    BOOST_TEST(::cfgetispeed(&after) == speed_t{B9600});

    // The same settings again are in force already.
    session.to_change = {hdlc};
    session.on_change = [&] { session.to_send.push_back(*from_hex("FF")); };
    driver->flush();
    BOOST_TEST(session.to_send.empty());
    driver->close();
    io.run();
}

BOOST_AUTO_TEST_CASE(a_change_that_no_port_can_do_ends_the_line_with_its_reason) {
    asio::io_context io;
    HandMadePty pty;
    auto port = open_serial(io.get_executor(), {.path = pty.path(), .line = hdlc});
    BOOST_REQUIRE(port.has_value());
    RecordingSession session;
    session.to_change = {LineSettings{.baud_rate = 12345}};
    const auto driver = Driver::create(std::move(*port), session);
    driver->start();
    run_until(io, [&] { return session.lost.has_value(); });
    BOOST_TEST(*session.lost == ErrorCode::unsupported_baud_rate);
    io.run();
}

BOOST_AUTO_TEST_CASE(a_session_may_close_while_a_change_is_under_way) {
    asio::io_context io;
    HandMadePty pty;
    auto port = open_serial(io.get_executor(), {.path = pty.path(), .line = opening});
    BOOST_REQUIRE(port.has_value());
    {
        RecordingSession session;
        session.to_change = {hdlc};
        const auto driver = Driver::create(std::move(*port), session);
        driver->start();
        driver->close();
    }
    io.run();  // nothing is left that could touch the session
    const termios after = pty.settings();
    BOOST_TEST(::cfgetospeed(&after) == speed_t{B300});
}

BOOST_AUTO_TEST_CASE(settings_that_no_port_has_are_refused) {
    asio::io_context io;
    HandMadePty pty;
    const auto with = [&](const LineSettings& line) {
        return opened(io, {.path = pty.path(), .line = line});
    };
    for (const std::uint32_t rate : {300u, 115'200u, 500'000u, 4'000'000u}) {
        BOOST_TEST(with({.baud_rate = rate}) == "accepted", rate);
    }
    BOOST_TEST(with({.baud_rate = 31}) == "transport/unsupported-baud-rate@0");
    BOOST_TEST(with({.data_bits = 9}) == "transport/out-of-range@0");
    BOOST_TEST(with({.stop_bits = 0}) == "transport/out-of-range@0");
    BOOST_TEST(with({.parity = Parity::odd, .stop_bits = 2}) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_port_is_ours_alone_until_it_is_closed) {
    asio::io_context io;
    HandMadePty pty;
    const SerialEndpoint endpoint{.path = pty.path(), .line = hdlc};
    {
        const auto first = open_serial(io.get_executor(), endpoint);
        BOOST_REQUIRE(first.has_value());
        BOOST_TEST(opened(io, endpoint) == "transport/port-busy@0");
        // Programs that are not ours keep to the same lock.
        const int other = ::open(pty.path().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK);
        BOOST_TEST(::flock(other, LOCK_EX | LOCK_NB) != 0);
        ::close(other);
        (*first)->close();
        BOOST_TEST(opened(io, endpoint) == "accepted");
    }
    BOOST_TEST(opened(io, endpoint) == "accepted");
}

BOOST_AUTO_TEST_CASE(what_a_port_received_before_it_was_opened_is_not_ours) {
    asio::io_context io;
    HandMadePty pty;
    const SerialEndpoint endpoint{.path = pty.path(), .line = hdlc};
    const int keeper = ::open(pty.path().c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK);
    BOOST_REQUIRE(make_raw(keeper));
    pty.send("DEADBEEF");
    auto port = open_serial(io.get_executor(), endpoint);
    ::close(keeper);
    BOOST_REQUIRE(port.has_value());
    RecordingSession session;
    const auto driver = Driver::create(std::move(*port), session);
    driver->start();
    pty.send("01");
    run_until(io, [&] { return !session.received.empty(); });
    BOOST_TEST(to_hex(session.all_received()) == "01");
    driver->close();
}

BOOST_AUTO_TEST_CASE(an_unplugged_device_is_told_and_found_again_when_it_is_back) {
    asio::io_context io;
    const TemporaryFolder folder;
    const std::filesystem::path name = folder / "meter";
    const SerialEndpoint endpoint{.path = name.string(), .line = hdlc};
    BOOST_TEST(opened(io, endpoint) == "transport/port-missing@0");

    HandMadePty pty;
    std::filesystem::create_symlink(pty.path(), name);
    auto port = open_serial(io.get_executor(), endpoint);
    BOOST_REQUIRE(port.has_value());
    RecordingSession session;
    const auto driver = Driver::create(std::move(*port), session);
    driver->start();
    pty.unplug();
    run_until(io, [&] { return session.lost.has_value(); });
    BOOST_TEST(*session.lost == ErrorCode::port_gone);
    BOOST_TEST(!driver->is_open());
    BOOST_TEST(opened(io, endpoint) == "transport/port-missing@0");

    const HandMadePty again;
    std::filesystem::remove(name);
    std::filesystem::create_symlink(again.path(), name);
    BOOST_TEST(opened(io, endpoint) == "accepted");
}

BOOST_AUTO_TEST_CASE(an_unplugged_device_is_told_to_who_writes) {
    asio::io_context io;
    HandMadePty pty;
    auto port = open_serial(io.get_executor(), {.path = pty.path(), .line = hdlc});
    BOOST_REQUIRE(port.has_value());
    pty.unplug();
    const ByteBuffer octets(10, 0x55);
    BOOST_TEST(outcome((*port)->write_some(octets)) == "transport/port-gone@0");
}

BOOST_AUTO_TEST_CASE(what_is_no_serial_port_is_refused) {
    asio::io_context io;
    const TemporaryFolder folder;
    const std::filesystem::path file = folder / "file";
    ::close(::open(file.c_str(), O_CREAT | O_RDWR, 0600));
    BOOST_TEST(opened(io, {.path = file.string()}) == "transport/port-denied@0");
    BOOST_TEST(opened(io, {.path = "/dev/null"}) == "transport/port-denied@0");
    BOOST_TEST(opened(io, {.path = (file / "below").string()}) == "transport/port-missing@0");
    BOOST_TEST(opened(io, {.path = "/"}) == "transport/port-denied@0");
}

BOOST_AUTO_TEST_CASE(signals_that_a_port_lacks_are_left_alone) {
    asio::io_context io;
    const HandMadePty pty;
    BOOST_TEST(opened(io, {.path = pty.path(), .line = hdlc, .rts = true, .dtr = false}) ==
               "accepted");
}

BOOST_AUTO_TEST_SUITE_END()
