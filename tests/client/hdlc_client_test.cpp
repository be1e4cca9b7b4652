// A NativeMeterClient over HDLC in a TCP stream, alone and with others on its line.

#include <asio/experimental/awaitable_operators.hpp>

#include "client/open_link.hpp"
#include "client/shared_line_client.hpp"
#include "tests/client/client_scripts.hpp"
#include "tests/client/hdlc_meter.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;
using namespace asio::experimental::awaitable_operators;

namespace {

hdlc::ServerStationConfiguration station_of(std::vector<std::uint16_t> lowers) {
    hdlc::ServerStationConfiguration configuration;
    for (const std::uint16_t lower : lowers) {
        configuration.addresses.push_back({2, 1, lower});
    }
    return configuration;
}

MeterParameters on_serial_port(std::uint32_t baud_rate) {
    const MeterProfile& profile = profile_of_brand("generic");
    MeterParameters parameters(profile);
    parameters.use_hdlc(profile);
    parameters.link.carrier = Carrier::serial;
    parameters.link.line_settings.baud_rate = baud_rate;
    return parameters;
}

/// From SNRM, which the session sends now, to its time-out.
Duration wait_for_ua(MeterSession& session, Instant now) {
    const std::optional<ByteView> snrm = session.poll_transmit();
    BOOST_REQUIRE(snrm.has_value());
    BOOST_TEST(snrm->size() == 32U);
    return session.poll_timeout().value() - now;
}

constexpr auto get_energy = "C001C100030100010800FF0200";

/// One loop with meters on a line, and clients that share it.
struct World {
    explicit World(std::vector<std::uint16_t> lowers = {17, 18})
        : desk(Desk::parameters(1)), meters(desk.io, station_of(lowers)) {
        for (const std::uint16_t lower : lowers) {
            meters.of(lower)[aarq] = aare;
            meters.of(lower)[get_energy] = "C401C10006000000" + to_hex(static_cast<Byte>(lower));
        }
    }
    static std::string to_hex(Byte octet) { return dlms::to_hex(ByteView(&octet, 1)); }

    MeterParameters parameters(std::uint16_t lower) const {
        MeterParameters parameters = Desk::parameters(meters.port());
        parameters.link.kind = LinkKind::hdlc;
        parameters.link.hdlc.physical_address = lower;
        return parameters;
    }
    std::unique_ptr<MeterClient> client(std::uint16_t lower) {
        ClientEnvironment environment;
        environment.lines = lines;
        environment.notification = [this](const association::Notification&) { ++notifications; };
        return make_meter_client(parameters(lower), std::move(environment));
    }
    static asio::awaitable<Outcome<axdr::Data>> read(MeterClient& from, Duration time = 20s) {
        ReadRequest request;
        request.attribute = energy;
        co_return co_await from.read(std::move(request), in(time));
    }
    void release(MeterClient& meter) {
        desk.wait([](MeterClient& from) -> asio::awaitable<bool> {
            co_await from.release(in(20s));
            co_return true;
        }(meter));
    }

    Desk desk;  // for its loop
    HdlcMeter meters;
    std::shared_ptr<Lines> lines = std::make_shared<Lines>();
    int notifications = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hdlc_client)

BOOST_AUTO_TEST_CASE(a_register_is_read_and_the_link_released) {
    World world;
    const auto meter = world.client(17);
    BOOST_TEST(testing::text(world.desk.wait(World::read(*meter))) == "0600000011");
    BOOST_TEST(meter->is_connected());
    world.release(*meter);
    BOOST_TEST(!meter->is_connected());
    // And again, with a link and a connection of its own.
    BOOST_TEST(testing::text(world.desk.wait(World::read(*meter))) == "0600000011");
    BOOST_TEST(world.meters.connections() == 2U);
}

BOOST_AUTO_TEST_CASE(a_long_answer_comes_in_segments) {
    World world;
    std::string text;
    for (int i = 0; i < 1000; ++i) {
        text += "7E";
    }
    world.meters.of(17)[get_energy] = "C401C100098203E8" + text;
    const auto meter = world.client(17);
    BOOST_TEST(testing::text(world.desk.wait(World::read(*meter))) == "098203E8" + text);
}

// CLIENT_X_2
BOOST_AUTO_TEST_CASE(CLIENT_X_2_the_limits_of_the_ua_bound_every_frame) {
    hdlc::ServerStationConfiguration small = station_of({17});
    small.link.parameters = {64, 64, 1, 1};
    Desk desk(1);
    HdlcMeter meter(desk.io, small);
    const std::string value = "0981C8" + to_hex(ByteBuffer(200, 0x7E));
    meter.of(17)[aarq] = aare;
    meter.of(17)
        ["C101C1"
         "00030100010800FF0200" +
         value] = "C501C100";
    meter.of(17)[get_energy] = "C401C100" + value;

    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.link.kind = LinkKind::hdlc;
    parameters.link.hdlc.physical_address = 17;
    parameters.link.hdlc.max_information = 2030;
    parameters.link.hdlc.window = 7;
    ClientEnvironment environment;
    ByteBuffer sent;
    environment.trace = [&](transport::Direction direction, ByteView octets) {
        if (direction == transport::Direction::sent) {
            sent.insert(sent.end(), octets.begin(), octets.end());
        }
    };
    NativeMeterClient client(std::move(parameters), std::move(environment));
    BOOST_TEST(desk.wait(client.write(energy, testing_scripts::data(value), in(20s))).has_value());
    BOOST_TEST(testing::text(desk.wait(World::read(client))) == value);

    std::size_t segments = 0;
    std::size_t longest = 0;
    for (hdlc::FrameSequence frames(sent); !frames.at_end();) {
        const auto decoded = frames.next();
        BOOST_REQUIRE(decoded.has_value());
        segments += decoded->frame.segmented ? 1u : 0u;
        const bool is_i_frame = decoded->frame.control.type == hdlc::FrameType::i;
        longest = std::max(longest, is_i_frame ? decoded->frame.information.size() : 0);
    }
    BOOST_TEST(longest == 64u);
    BOOST_TEST(segments >= 3u);
}

BOOST_AUTO_TEST_CASE(meters_of_one_line_keep_their_associations_on_one_connection) {
    World world;
    const auto first = world.client(17);
    const auto second = world.client(18);
    for (int round = 0; round < 3; ++round) {
        BOOST_TEST(testing::text(world.desk.wait(World::read(*first))) == "0600000011");
        BOOST_TEST(testing::text(world.desk.wait(World::read(*second))) == "0600000012");
    }
    BOOST_TEST(world.meters.connections() == 1U);
    world.release(*first);
    BOOST_TEST(testing::text(world.desk.wait(World::read(*second))) == "0600000012");
    BOOST_TEST(world.meters.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(calls_at_once_take_turns) {
    World world;
    const auto first = world.client(17);
    const auto second = world.client(18);
    auto both = world.desk.wait(
        [](MeterClient& a, MeterClient& b)
            -> asio::awaitable<std::tuple<Outcome<axdr::Data>, Outcome<axdr::Data>>> {
            co_return co_await (World::read(a) && World::read(b));
        }(*first, *second));
    BOOST_TEST(testing::text(std::get<0>(both)) == "0600000011");
    BOOST_TEST(testing::text(std::get<1>(both)) == "0600000012");
    BOOST_TEST(world.meters.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_silent_meter_does_not_take_the_line_from_the_others) {
    World world;
    MeterParameters parameters = world.parameters(99);
    parameters.link.hdlc.response_timeout = 20ms;
    ClientEnvironment environment;
    environment.lines = world.lines;
    const auto silent = make_meter_client(std::move(parameters), std::move(environment));
    const auto other = world.client(17);
    BOOST_TEST(testing::text(world.desk.wait(World::read(*other))) == "0600000011");
    BOOST_TEST(testing::text(world.desk.wait(World::read(*silent))) == "timeout");
    BOOST_TEST(testing::text(world.desk.wait(World::read(*other))) == "0600000011");
    BOOST_TEST(world.meters.connections() == 1U);
}

BOOST_AUTO_TEST_CASE(a_call_whose_turn_does_not_come_ends_by_its_deadline) {
    World world;
    MeterParameters parameters = world.parameters(99);
    parameters.link.hdlc.response_timeout = 10s;
    ClientEnvironment environment;
    environment.lines = world.lines;
    const auto silent = make_meter_client(std::move(parameters), std::move(environment));
    const auto other = world.client(17);
    auto both = world.desk.wait(
        [](MeterClient& a, MeterClient& b)
            -> asio::awaitable<std::tuple<Outcome<axdr::Data>, Outcome<axdr::Data>>> {
            co_return co_await (World::read(a, 1s) && World::read(b, 50ms));
        }(*silent, *other));
    BOOST_TEST(testing::text(std::get<0>(both)) == "timeout");
    BOOST_TEST(testing::text(std::get<1>(both)) == "meter-busy");
}

BOOST_AUTO_TEST_CASE(a_push_in_a_ui_frame_does_not_disturb_the_request) {
    World world;
    // data-notification without a date-time, an empty structure
    world.meters.push = "0F00000001000200";
    const auto meter = world.client(17);
    BOOST_TEST(testing::text(world.desk.wait(World::read(*meter))) == "0600000011");
    BOOST_TEST(world.notifications == 1);
}

BOOST_AUTO_TEST_CASE(a_meter_that_refuses_the_link_is_told_apart_from_a_silent_one) {
    World world;
    hdlc::ServerStationConfiguration full = station_of({17});
    full.max_links = 0;
    HdlcMeter refusing(world.desk.io, full);
    MeterParameters parameters = world.parameters(17);
    parameters.endpoint.port = refusing.port();
    const auto meter = make_meter_client(std::move(parameters), {});
    BOOST_TEST(testing::text(world.desk.wait(World::read(*meter))) == "link-rejected");
}

BOOST_AUTO_TEST_CASE(CLIENT_X_2_a_long_write_keeps_to_the_sizes_that_the_meter_stated) {
    // The station answers a longer information field with FRMR.
    World world;
    hdlc::ServerStationConfiguration small = station_of({17});
    small.link.parameters = {64, 64, 1, 1};
    HdlcMeter meters(world.desk.io, small);
    std::string value = "0982012C";
    for (int i = 0; i < 300; ++i) {
        value += "7E";
    }
    meters.of(17)[aarq] = aare;
    meters.of(17)["C101C100030100010800FF0200" + value] = "C501C100";
    MeterParameters parameters = world.parameters(17);
    parameters.endpoint.port = meters.port();
    parameters.link.hdlc.max_information = 2030;
    const auto meter = make_meter_client(std::move(parameters), {});
    const auto written =
        world.desk.wait(meter->write(energy, *axdr::Data::parse(octets(value)), in(20s)));
    BOOST_TEST(written.has_value());
}

BOOST_AUTO_TEST_CASE(the_time_that_a_frame_takes_on_the_line_is_no_time_of_the_meter) {
    // 32 octets of 10 bits each.
    for (const auto& [rate, whole] : {std::pair{300u, 1066ms}, {1200u, 266ms}, {9600u, 33ms}}) {
        const auto session = make_session(on_serial_port(rate), {}, {}).value();
        session->open_link(Instant{});
        const Duration wait = wait_for_ua(*session, Instant{});
        BOOST_TEST((wait >= 3s + whole && wait < 3s + whole + 1ms));
    }
}

BOOST_AUTO_TEST_CASE(the_speed_that_mode_e_agrees_on_is_that_of_the_time_out) {
    MeterParameters parameters = on_serial_port(9600);
    parameters.link.mode_e.emplace();
    const auto session = make_session(parameters, {}, {}).value();
    Instant now{};
    session->open_link(now);
    for (const char* answer : {"/HXC2\\2METER\r\n",
                               "\x06"
                               "222\r\n"}) {
        static_cast<void>(session->poll_line_settings());
        BOOST_REQUIRE(session->poll_transmit().has_value());
        static_cast<void>(session->poll_line_settings());
        session->receive(as_bytes(answer), now);
        now = session->poll_timeout().value();
        session->handle_timeout(now);
    }
    const Duration wait = wait_for_ua(*session, now);
    BOOST_TEST((wait >= 3s + 266ms && wait < 3s + 267ms));
}

// What comes again and again and answers nothing does not put the time-out off for ever.
BOOST_AUTO_TEST_CASE(CLIENT_X_4_a_meter_that_answers_past_the_question_ends_in_a_time_out) {
    MeterParameters parameters = World({17}).parameters(17);
    parameters.response_timeout = 10s;
    bool has_ended = false;
    MeterSession::Sinks sinks;
    sinks.event = [&](const association::ClientEvent& event) {
        has_ended |= std::holds_alternative<association::RequestFailed>(event);
    };
    sinks.link = [](const LinkReport&) {};
    sinks.settled = [] {};
    const auto session = make_session(parameters, {}, std::move(sinks)).value();
    hdlc::ServerStation meter(station_of({17}));
    const Instant start = std::chrono::steady_clock::now();
    Instant now = start;
    std::optional<hdlc::LinkAddresses> link;
    const auto exchange = [&] {
        while (const auto sent = session->poll_transmit()) {
            meter.receive(*sent, now);
            while (const auto event = meter.poll_event()) {
                const auto* request = std::get_if<hdlc::ApduReceived>(&event->what);
                link = event->link;
                if (request != nullptr && request->apdu[0] == 0x60) {
                    BOOST_REQUIRE(meter.send(*link, octets(aare), now));
                }
            }
            while (const auto answer = meter.poll_transmit()) {
                session->receive(*answer, now);
            }
        }
    };
    session->open_link(now);
    exchange();
    BOOST_REQUIRE(session->association().open(now));
    exchange();
    BOOST_REQUIRE(session->association().is_ready());
    BOOST_REQUIRE(session->association().get(energy, std::nullopt, now));
    for (int second = 0; second < 300 && !has_ended; ++second) {
        // A whole answer of 40 octets to a request that nobody made.
        BOOST_REQUIRE(meter.send(*link, octets("C401CF000922" + std::string(68, 'A')), now));
        exchange();
        now += 1s;
        session->handle_timeout(now);
        exchange();
    }
    BOOST_TEST(has_ended);
    BOOST_TEST((now - start <= 60s));
}

BOOST_AUTO_TEST_CASE(a_link_that_fails_says_which_frame_waited_and_what_came) {
    World world;
    MeterParameters parameters = world.parameters(99);
    parameters.link.hdlc.response_timeout = 20ms;
    const auto silent = make_meter_client(parameters.clone(), {});
    const auto read = world.desk.wait(World::read(*silent));
    BOOST_TEST(describe(read.error()) ==
               "the meter did not answer within the time-out (SNRM to 1/99 from 16 asks for UA; "
               "nothing came in 4 tries)");
    // Also when the caller has less patience than the link.
    parameters.link.hdlc.response_timeout = 10s;
    const auto hasty = make_meter_client(std::move(parameters), {});
    const auto given_up = world.desk.wait(World::read(*hasty, 100ms));
    BOOST_TEST(describe(given_up.error()) ==
               "the meter did not answer within the time-out (SNRM to 1/99 from 16 asks for UA; "
               "nothing came)");
}

BOOST_AUTO_TEST_CASE(addresses_that_hdlc_does_not_have_are_refused_before_anything_is_sent) {
    World world;
    MeterParameters parameters = world.parameters(17);
    parameters.server_sap = ServerSap(0x4000);
    const auto meter = make_meter_client(std::move(parameters), {});
    BOOST_TEST(testing::text(world.desk.wait(World::read(*meter))) == "invalid-request");
    BOOST_TEST(world.meters.connections() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
