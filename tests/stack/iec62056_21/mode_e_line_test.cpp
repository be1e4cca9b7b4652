// Both sides of the opening against each other, in virtual time, over a line that damages
// characters.

#include "stack/iec62056_21/mode_e_line.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "tests/stack/iec62056_21/mode_e_subjects.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::iec62056_21;
using namespace std::chrono_literals;

namespace {

struct Ending {
    std::string client;
    std::string client_line;  // the last settings asked for
    std::string server_line;
    Duration took{};
};

/// What a line does to characters: changes one bit in one of so many, and comes back as an echo.
struct Line {
    unsigned damage_one_in = 0;
    bool echoes = false;
    std::uint64_t seed = 0;
};

template <class Machine>
ByteBuffer output_of(Machine& machine, std::string& line) {
    ByteBuffer octets;
    for (bool more = true; more;) {
        more = false;
        while (const auto part = machine.poll_transmit()) {
            octets.insert(octets.end(), part->begin(), part->end());
        }
        if (const auto settings = machine.poll_line_settings()) {
            line = text_of(*settings);
            more = true;
        }
    }
    return octets;
}

Ending play(const ModeEClientConfiguration& reader, const ModeEServerConfiguration& meter,
            const Line& line) {
    SeededRandom random(line.seed);
    const auto damaged = [&](ByteBuffer octets) {
        for (Byte& octet : octets) {
            if (line.damage_one_in != 0 && random.next_u64() % line.damage_one_in == 0) {
                octet = static_cast<Byte>(octet ^ (1u << (random.next_u64() % 8)));
            }
        }
        return octets;
    };
    ModeEClient client(reader);
    ModeEServer server = ModeEServer::create(meter).value();
    Ending ending;
    Instant now{};
    BOOST_REQUIRE(client.open(now));
    for (int steps = 0; steps < 200 && ending.client.empty(); ++steps) {
        const ByteBuffer from_client = output_of(client, ending.client_line);
        const ByteBuffer from_server = output_of(server, ending.server_line);
        if (!from_client.empty()) {
            server.receive(damaged(from_client), now);
            if (line.echoes) {
                client.receive(from_client, now);
            }
        }
        if (!from_server.empty()) {
            client.receive(damaged(from_server), now);
        }
        if (const auto event = client.poll_event()) {
            ending.client = text_of(*event);
        }
        server.poll_event();
        if (from_client.empty() && from_server.empty()) {
            const auto next = std::min(client.poll_timeout().value_or(Instant::max()),
                                       server.poll_timeout().value_or(Instant::max()));
            if (next == Instant::max()) {
                break;
            }
            now = std::max(now, next);
            client.handle_timeout(now);
            server.handle_timeout(now);
        }
    }
    output_of(client, ending.client_line);
    output_of(server, ending.server_line);
    ending.took = now - Instant{};
    return ending;
}

ModeEServerConfiguration meter() {
    ModeEServerConfiguration configuration;
    configuration.device_address = "42";
    configuration.manufacturer = "ABC";
    configuration.identification = "type1";
    configuration.readout = {{"1.8.0", "000123.4", "kWh"}, {"2.8.0", "7", "kWh"}};
    return configuration;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mode_e_line)

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_both_sides_meet_at_the_same_speed) {
    for (const bool software_parity : {false, true}) {
        for (const bool echoes : {false, true}) {
            for (char baud = '0'; baud <= '9'; ++baud) {
                ModeEServerConfiguration server = meter();
                server.baud_character = baud;
                server.software_parity = software_parity;
                const Ending ending = play({.device_address = "042",
                                            .manufacturer = "ABC",
                                            .local_baud_rates = true,
                                            .software_parity = software_parity},
                                           server, {.echoes = echoes});
                const std::string speed = std::to_string(*local_baud_rate(baud)) + " 8N1";
                BOOST_TEST(ending.client == "hdlc " + speed + " ABC type1");
                // 300 8N1 is what parity made here starts with: then nothing has to change.
                BOOST_TEST(ending.client_line == speed);
                BOOST_TEST(ending.server_line == speed);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_readout_comes_whole) {
    const Ending ending = play({.goal = OpeningGoal::readout}, meter(), {});
    BOOST_TEST(ending.client == "readout ABC 1.8.0=000123.4*kWh 2.8.0=7*kWh");
    BOOST_TEST(ending.client_line == "9600 7E1");
}

BOOST_AUTO_TEST_CASE(a_damaged_line_gives_the_right_data_or_a_clean_error) {
    unsigned good = 0;
    unsigned bad = 0;
    for (std::uint64_t seed = 0; seed < 2000; ++seed) {
        BOOST_TEST_CONTEXT("seed " << seed) {
            ModeEServerConfiguration server = meter();
            server.software_parity = true;
            const Ending ending =
                play({.goal = OpeningGoal::readout, .software_parity = true, .attempts = 5}, server,
                     {.damage_one_in = 60, .seed = seed});
            const bool is_good = ending.client == "readout ABC 1.8.0=000123.4*kWh 2.8.0=7*kWh";
            good += is_good;
            bad += ending.client.starts_with("failed ");
            BOOST_CHECK_MESSAGE(is_good || ending.client.starts_with("failed "), ending.client);
            BOOST_TEST((ending.took < 60s));
        }
    }
    BOOST_TEST(good > 1000u);
    BOOST_TEST(bad > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
