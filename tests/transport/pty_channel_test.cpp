#include "transport/pty_channel.hpp"

#include <fstream>

#include "tests/support/result_printing.hpp"
#include "tests/transport/line_support.hpp"
#include "transport/serial_channel.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::transport;
namespace fs = std::filesystem;

BOOST_AUTO_TEST_SUITE(pty_channel)

BOOST_AUTO_TEST_CASE(programs_come_and_go_and_the_line_stays) {
    asio::io_context io;
    const TemporaryFolder folder;
    const fs::path link = folder / "meter";
    auto near_end = open_pty(io.get_executor(), link);
    BOOST_REQUIRE(near_end.has_value());
    RecordingSession meter;
    const auto meter_driver = Driver::create(std::move(*near_end), meter);
    meter.on_received = [&] { meter.to_send.push_back(*from_hex("7E0D0A7E")); };
    meter_driver->start();
    for (int visit = 0; visit < 3; ++visit) {
        auto far_end =
            open_serial(io.get_executor(), {.path = link.string(), .line = {.baud_rate = 300}});
        BOOST_REQUIRE(far_end.has_value());
        RecordingSession client;
        client.to_send = {*from_hex("0D0A03")};
        const auto driver = Driver::create(std::move(*far_end), client);
        driver->start();
        run_until(io, [&] { return client.all_received().size() >= 4; });
        BOOST_TEST(to_hex(client.all_received()) == "7E0D0A7E");
        driver->close();
        BOOST_TEST(!meter.lost.has_value());
    }
    BOOST_TEST(to_hex(meter.all_received()) == "0D0A030D0A030D0A03");
    meter_driver->close();
    BOOST_TEST(!fs::is_symlink(link));
    io.run();
}

BOOST_AUTO_TEST_CASE(settings_mean_nothing_at_the_near_end) {
    asio::io_context io;
    const TemporaryFolder folder;
    auto near_end = open_pty(io.get_executor(), folder / "meter");
    BOOST_REQUIRE(near_end.has_value());
    RecordingSession meter;
    meter.to_change = {LineSettings{.baud_rate = 300, .data_bits = 7, .parity = Parity::even}};
    const auto driver = Driver::create(std::move(*near_end), meter);
    driver->start();
    BOOST_TEST(meter.to_change.empty());
    BOOST_TEST(driver->is_open());
    driver->close();
}

BOOST_AUTO_TEST_CASE(only_a_link_to_a_pseudo_terminal_is_replaced) {
    asio::io_context io;
    const TemporaryFolder folder;
    fs::create_symlink("/dev/pts/99999", folder / "left-behind");
    BOOST_TEST(outcome(open_pty(io.get_executor(), folder / "left-behind")) == "accepted");

    std::ofstream(folder / "file") << "mine";
    BOOST_TEST(outcome(open_pty(io.get_executor(), folder / "file")) == "transport/port-busy@0");
    BOOST_TEST(fs::file_size(folder / "file") == 4u);
    fs::create_symlink(folder / "file", folder / "link");
    BOOST_TEST(outcome(open_pty(io.get_executor(), folder / "link")) == "transport/port-busy@0");
    BOOST_TEST(outcome(open_pty(io.get_executor(), folder / "none" / "link")) ==
               "transport/port-denied@0");
}

BOOST_AUTO_TEST_CASE(a_link_that_was_made_anothers_is_left) {
    asio::io_context io;
    const TemporaryFolder folder;
    auto first = open_pty(io.get_executor(), folder / "meter");
    auto second = open_pty(io.get_executor(), folder / "meter");
    BOOST_REQUIRE(second.has_value());
    (*first)->close();
    BOOST_TEST(fs::is_symlink(folder / "meter"));
    (*second)->close();
    BOOST_TEST(!fs::is_symlink(folder / "meter"));
}

BOOST_AUTO_TEST_SUITE_END()
