// What stands between a meter and its client: mode E, the pace of a line, faults, datagrams.

#include "simulator/datagram_connection.hpp"
#include "simulator/hdlc_line.hpp"
#include "simulator/line_faults.hpp"
#include "simulator/mode_e_meter.hpp"
#include "simulator/paced_line.hpp"
#include "stack/hdlc/client_link.hpp"
#include "tests/simulator/hdlc_client.hpp"
#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string public_aarq = aarq(context_ln + initiate("00FFFF", "FFFF"));
const std::string get_name = "C001C1000100002A0000FF0200";
const std::string name_answer = "C401C100091054535430303030303030303030303031";
const std::string get_objects = "C001C1000F0000280000FF0200";

struct Fixture {
    Fixture() { BOOST_REQUIRE(group.add(make_meter(test_scenario))); }
    std::unique_ptr<LineMachine> hdlc_line(bool is_serial = true) {
        return std::make_unique<HdlcLine>(group, HdlcMedium{.is_serial = is_serial}, Instant{});
    }
    MeterGroup group;
};

ModeESettings settings_of(const std::string& manufacturer, const std::string& identification) {
    ModeESettings settings;
    settings.manufacturer = manufacturer;
    settings.identification = identification;
    return settings;
}

/// The answer to the last of some requests, through our own link on a line, in virtual time.
std::string ask_through_link(LineMachine& line, std::initializer_list<std::string> requests) {
    hdlc::ClientLinkConfiguration configuration;
    configuration.proposed = {512, 512, 1, 1};
    hdlc::ClientLink link(configuration);
    Instant now{};
    std::string answer;
    const auto run_until = [&](const auto& done) {
        while (!done()) {
            while (const auto sent = link.poll_transmit()) {
                line.receive(*sent, now);
            }
            while (const auto sent = line.poll_transmit()) {
                link.receive(*sent, now);
            }
            while (const auto event = link.poll_event()) {
                if (const auto* apdu = std::get_if<hdlc::ApduReceived>(&*event)) {
                    answer = to_hex(apdu->apdu);
                }
                BOOST_REQUIRE(!std::holds_alternative<hdlc::LinkFailed>(*event));
            }
            now = std::max(now, std::min(line.poll_timeout().value_or(now + 1s),
                                         link.poll_timeout().value_or(now + 1s)));
            line.handle_timeout(now);
            link.handle_timeout(now);
        }
    };
    BOOST_REQUIRE(link.open(now).has_value());
    run_until([&] { return link.is_connected(); });
    for (const std::string& request : requests) {
        answer.clear();
        BOOST_REQUIRE(link.send(octets(request), now).has_value());
        run_until([&] { return !answer.empty(); });
    }
    BOOST_TEST(link.counters().parser.incomplete == 0u);
    BOOST_TEST(link.counters().parser.noise_octets == 0u);
    return answer;
}

/// Octets of an UA with all parameters, flags included, from a server with one octet.
constexpr std::uint8_t ua_size = 32;

std::string text(std::string_view characters) {
    return to_hex(as_bytes(characters));
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(mode_e, Fixture)

BOOST_AUTO_TEST_CASE(HDLC_X_MODEE_1_opening_session_and_sign_off) {
    auto line = ModeEMeter::create(settings_of("HXC", "HEXCELL"), 120s, hdlc_line());
    BOOST_REQUIRE(line);
    ModeEMeter& meter = **line;
    BOOST_TEST(meter.start_settings().baud_rate == 300u);
    BOOST_TEST(int{meter.start_settings().data_bits} == 7);
    HdlcClient client(meter, {1, 1, 0});
    (void)meter.poll_line_settings();
    BOOST_TEST(client.send(control::snrm) == 0);  // no HDLC before the opening
    client.advance(2s);
    client.raw(text("/?!\r\n"));
    client.advance(200ms);
    BOOST_TEST(client.take() == text("/HXC5\\2HEXCELL\r\n"));
    client.raw(
        text("\x06"
             "252\r\n"));
    client.advance(200ms);
    BOOST_TEST(client.take() == text("\x06"
                                     "252\r\n"));
    const auto settings = meter.poll_line_settings();
    BOOST_REQUIRE(settings);
    BOOST_TEST(settings->baud_rate == 9600u);
    BOOST_TEST(int{settings->data_bits} == 8);
    client.connect();
    BOOST_TEST(client.ask(public_aarq).starts_with("6129"));
    BOOST_TEST(client.ask(get_name) == name_answer);
    BOOST_TEST(!meter.poll_line_settings());
    BOOST_TEST(client.send(control::disc) == control::ua);
    const auto back = meter.poll_line_settings();
    BOOST_REQUIRE(back);
    BOOST_TEST(back->baud_rate == 300u);
    BOOST_TEST(client.send(control::snrm) == 0);
}

BOOST_AUTO_TEST_CASE(an_opened_line_without_a_link_goes_back_after_the_inactivity) {
    auto line = ModeEMeter::create({}, 30s, hdlc_line());
    BOOST_REQUIRE(line);
    HdlcClient client(**line, {1, 1, 0});
    (void)(*line)->poll_line_settings();  // those of the beginning
    client.raw(text("/?!\r\n"));
    client.advance(200ms);
    client.take();
    client.raw(
        text("\x06"
             "252\r\n"));
    client.advance(200ms);
    client.take();
    BOOST_REQUIRE((*line)->poll_line_settings());
    client.advance(29s);
    client.take();
    BOOST_TEST(!(*line)->poll_line_settings());
    client.advance(1s);
    client.take();
    const auto back = (*line)->poll_line_settings();
    BOOST_REQUIRE(back);
    BOOST_TEST(back->baud_rate == 300u);
    client.raw(text("/?!\r\n"));
    client.advance(200ms);
    BOOST_TEST(client.take() == text("/DLM5\\2SIMULATOR\r\n"));
}

BOOST_AUTO_TEST_CASE(settings_that_no_message_carries_are_refused) {
    BOOST_TEST(!ModeEMeter::create(settings_of("LONG", ""), 30s, hdlc_line()));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(paced_line, Fixture)

BOOST_AUTO_TEST_CASE(octets_take_ten_bits_each_in_both_directions) {
    PacedLine line(hdlc_line(false), 9600);
    HdlcClient client(line, {1, 1, 0});
    const std::string snrm = client.frame(control::snrm);
    const auto octet = std::chrono::nanoseconds(1'000'000'000 / 960);
    const auto request = octet * static_cast<int>(snrm.size() / 2);
    BOOST_TEST(client.raw(snrm) == "");
    client.advance(request - 1us);
    BOOST_TEST(client.take() == "");
    // Octet after octet comes out, none before its time.
    std::string answer;
    const Instant begin = Instant{} + request;
    while (answer.size() < 2 * ua_size && client.now() - begin < 1s) {
        client.advance(1ms);
        answer += client.take();
        const auto passed = (client.now() - begin) / octet;
        BOOST_TEST(static_cast<std::int64_t>(answer.size() / 2) <= passed);
    }
    BOOST_TEST(client.control_of(answer) == control::ua);
    BOOST_TEST((client.now() - begin <= octet * int{ua_size} + 2ms));
}

BOOST_AUTO_TEST_CASE(deadlines_lead_to_the_end_of_every_octet_without_waiting_longer) {
    PacedLine line(hdlc_line(false), 1200);
    Instant now{};
    const auto octet = 10'000'000'000ns / 1200;
    const std::string snrm = hdlc_frame({1, 1, 0}, {1, 16, 0}, control::snrm);
    line.receive(octets(snrm), now);
    ByteBuffer answer;
    std::size_t wakings = 0;
    while (const auto due = line.poll_timeout()) {
        if (*due - Instant{} > 10s) {
            break;  // inactivity of the link
        }
        now = *due;
        line.handle_timeout(now);
        ++wakings;
        while (const auto bytes = line.poll_transmit()) {
            answer.insert(answer.end(), bytes->begin(), bytes->end());
        }
        if (answer.size() == ua_size) {
            break;
        }
    }
    BOOST_TEST(answer.size() == ua_size);
    const auto all = octet * static_cast<int>(ua_size + snrm.size() / 2);
    BOOST_TEST((now - Instant{} >= all - 1us && now - Instant{} <= all + 1us));
    BOOST_TEST(wakings <= ua_size + snrm.size() / 2);
}

BOOST_AUTO_TEST_CASE(long_answers_come_whole) {
    auto meter = make_meter(test_scenario);
    MeterLine wrapper(*meter);
    wrapper.ask(public_aarq, 16);
    PacedLine line(hdlc_line(false), 115'200);
    HdlcClient client(line, {1, 1, 0});
    const auto exchange = [&](const std::string& frame) {
        line.receive(octets(frame), client.now());
        std::string answer;
        for (int i = 0; i < 100; ++i) {
            client.advance(1ms);
            answer += client.take();
        }
        return answer;
    };
    exchange(client.frame(control::snrm));
    BOOST_TEST(!exchange(client.frame(client.next_information(), "E6E600" + public_aarq)).empty());
    const std::string answer = exchange(client.frame(0x32, "E6E600" + get_objects));
    const ByteBuffer bytes = octets(answer);
    BOOST_TEST(hdlc_frames(bytes).front().information.size() == 128u);
}

BOOST_AUTO_TEST_CASE(our_own_link_gets_through_however_slow_the_line_is) {
    auto meter = make_meter(test_scenario);
    MeterLine wrapper(*meter);
    wrapper.ask(public_aarq, 16);
    const std::string objects = wrapper.ask(get_objects, 16);
    BOOST_TEST(objects.size() > 2 * 150u);  // 5 s at 300 Bd
    for (const std::uint32_t baud_rate : {300u, 1200u, 9600u}) {
        PacedLine line(hdlc_line(false), baud_rate);
        BOOST_TEST(ask_through_link(line, {public_aarq, get_objects}) == objects);
    }
}

BOOST_AUTO_TEST_CASE(the_pace_follows_mode_e) {
    auto opening = ModeEMeter::create({}, 120s, hdlc_line());
    BOOST_REQUIRE(opening);
    PacedLine line(*std::move(opening), 9600);
    BOOST_TEST(line.poll_line_settings().value_or(LineSettings{.baud_rate = 300}).baud_rate ==
               300u);
    HdlcClient client(line, {1, 1, 0});
    BOOST_TEST(client.raw(text("/?!\r\n")) == "");
    // 5 octets in and 20 out at 300 Bd: 33 ms each, and 200 ms to react.
    client.advance(800ms);
    const std::string early = client.take();
    client.advance(400ms);
    BOOST_TEST(early + client.take() == text("/DLM5\\2SIMULATOR\r\n"));
    BOOST_TEST(early.size() < text("/DLM5\\2SIMULATOR\r\n").size());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(line_faults, Fixture)

BOOST_AUTO_TEST_CASE(frames_are_lost_and_damaged_at_the_rates_asked_for) {
    FaultyHdlcLine line(hdlc_line(false), {.drop = 20, .corrupt = 10}, 7);
    HdlcClient client(line, {1, 1, 0});
    const std::string disc = client.frame(control::disc);
    std::size_t answered = 0;
    std::size_t damaged = 0;
    for (int i = 0; i < 1000; ++i) {
        const ByteBuffer answer = octets(client.raw(disc));
        if (answer.empty()) {
            continue;
        }
        ++(hdlc::decode_frame(answer) ? answered : damaged);
    }
    // A frame passes with 0.8 * 0.9, both do with the square of that.
    BOOST_TEST((answered > 450 && answered < 590));
    BOOST_TEST((damaged > 30 && damaged < 90));
    // No damage is ever taken for a frame: what was not dropped or damaged was answered.
    const FaultDice::Counters& counters = line.counters();
    BOOST_TEST((counters.dropped > 280 && counters.dropped < 400));
    BOOST_TEST(counters.corrupted >= damaged);
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_faults) {
    const auto fates = [](std::uint64_t seed) {
        FaultDice dice({.drop = 30, .corrupt = 30}, seed);
        std::string text;
        for (int i = 0; i < 200; ++i) {
            text += std::to_string(static_cast<int>(dice.throw_for_next()));
        }
        return text;
    };
    BOOST_TEST(fates(1) == fates(1));
    BOOST_TEST(fates(1) != fates(2));
}

BOOST_AUTO_TEST_CASE(no_rate_does_nothing_and_a_hundred_percent_everything) {
    FaultDice none({}, 1);
    FaultDice drop({.drop = 100}, 1);
    FaultDice corrupt({.corrupt = 100}, 1);
    for (int i = 0; i < 100; ++i) {
        BOOST_CHECK(none.throw_for_next() == FaultDice::Fate::pass);
        BOOST_CHECK(drop.throw_for_next() == FaultDice::Fate::drop);
        BOOST_CHECK(corrupt.throw_for_next() == FaultDice::Fate::corrupt);
    }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(datagrams, Fixture)

BOOST_AUTO_TEST_CASE(WRAPPER_X_11_one_WPDU_a_datagram) {
    DatagramConnection peer(group, Instant{});
    const auto ask = [&](const std::string& hex) {
        peer.receive(octets(hex), Instant{});
        const auto answer = peer.poll_transmit();
        return answer ? to_hex(*answer) : std::string();
    };
    const std::string request = "000100100001001F" + public_aarq;
    // Cut short, too long, of another version, empty, for all stations: silence.
    BOOST_TEST(ask(request.substr(0, request.size() - 2)) == "");
    BOOST_TEST(ask(request.substr(0, 10)) == "");
    BOOST_TEST(ask(request + "00") == "");
    BOOST_TEST(ask("0002" + request.substr(4)) == "");
    BOOST_TEST(ask("") == "");
    BOOST_TEST(ask("0001001000010000") == "");
    BOOST_TEST(ask("00010010007F001F" + public_aarq) == "");
    BOOST_TEST(peer.counters().malformed == 6u);
    BOOST_TEST(peer.counters().broadcast == 1u);
    BOOST_TEST(ask(request).starts_with("000100010010002B6129"));
    BOOST_TEST(ask("000100100001000D" + get_name) == "0001000100100016" + name_answer);
}

BOOST_AUTO_TEST_CASE(datagrams_wait_while_an_answer_is_delayed_and_not_without_end) {
    group[0].set_answer_delay(100ms);
    DatagramConnection peer(group, Instant{});
    peer.receive(octets("000100100001001F" + public_aarq), Instant{});
    BOOST_REQUIRE(peer.poll_transmit());
    const ByteBuffer get = octets("000100100001000D" + get_name);
    for (std::size_t i = 0; i < DatagramConnection::max_held_back + 5; ++i) {
        peer.receive(get, Instant{});
    }
    BOOST_TEST(!peer.poll_transmit());
    BOOST_TEST(peer.counters().held_back == 4u);  // one is being answered
    std::size_t answers = 0;
    Instant now{};
    while (const auto due = peer.poll_timeout()) {
        now = *due;
        if (now - Instant{} > 10s) {
            break;
        }
        peer.handle_timeout(now);
        answers += peer.poll_transmit() ? 1u : 0u;
    }
    BOOST_TEST(answers == DatagramConnection::max_held_back + 1);
}

BOOST_AUTO_TEST_CASE(an_idle_peer_is_forgotten) {
    DatagramConnection peer(group, Instant{});
    peer.receive(octets("000100100001001F" + public_aarq), Instant{} + 10s);
    BOOST_TEST((peer.poll_timeout() == Instant{} + 190s));
    peer.handle_timeout(Instant{} + 189s);
    BOOST_TEST(!peer.failure());
    // What is no request does not keep it.
    peer.receive(octets("00"), Instant{} + 189s);
    peer.handle_timeout(Instant{} + 190s);
    BOOST_REQUIRE(peer.failure());
    BOOST_CHECK(peer.failure()->code == ErrorCode::timeout);
}

BOOST_AUTO_TEST_CASE(lost_and_cut_datagrams) {
    FaultyDatagrams dropping(std::make_unique<DatagramConnection>(group, Instant{}), {.drop = 100},
                             1);
    dropping.receive(octets("000100100001001F" + public_aarq), Instant{});
    BOOST_TEST(!dropping.poll_transmit());
    FaultyDatagrams cutting(std::make_unique<DatagramConnection>(group, Instant{}),
                            {.drop = 0, .corrupt = 50}, 3);
    std::size_t whole = 0;
    std::size_t cut = 0;
    for (int i = 0; i < 200; ++i) {
        cutting.receive(octets("000100100001000D" + get_name), Instant{});
        while (const auto answer = cutting.poll_transmit()) {
            ++(to_hex(*answer) == "0001000100100003D80102" ? whole : cut);
            BOOST_TEST(answer->size() <= 11u);
        }
    }
    BOOST_TEST((whole > 25 && whole < 80));
    BOOST_TEST((cut > 25 && cut < 80));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
