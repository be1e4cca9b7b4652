// Push setup (class 40) in virtual time: what is given to the sender, and when. The octets are made
// by hand.

#include "simulator/classes/push_setup.hpp"

#include "stack/security/aes_gcm.hpp"
#include "tests/simulator/meter_line.hpp"
#include "tests/simulator/push_scenario.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

// 2026-03-01T10:00:00, a Sunday, in UTC.
const std::string ten_o_clock = "07EA0301070A000000000000";
const std::string setup = "00280000190900FF";

std::string hex_of(const std::string& text) {
    return to_hex(as_bytes(text));
}

struct PushWorld {
    explicit PushWorld(int version) : meter(make_meter(push_scenario(version))) {
        BOOST_REQUIRE(line.ask(aarq(context_ln + initiate("FFFFFF", "FFFF")), 1)
                          .starts_with("6129" + context_ln + "A203020100"));
    }
    std::string write(int attribute, const std::string& value) {
        return line.ask(
            "C101C1" + setup + to_hex(std::array{static_cast<Byte>(attribute)}) + "00" + value, 1);
    }
    std::string push() { return line.ask("C301C1" + setup + "01010F00", 1); }
    /// To TCP, and to the end of that text.
    void aim(const std::string& text = "192.0.2.7:40590") {
        BOOST_REQUIRE(write(3, "0203160009" + to_hex(std::array{static_cast<Byte>(text.size())}) +
                                   hex_of(text) + "1600") == "C501C100");
    }
    std::vector<PushAttempt> sent() { return meter->pushes().take(); }
    PushAttempt only_sent() {
        std::vector<PushAttempt> all = sent();
        BOOST_REQUIRE_EQUAL(all.size(), 1u);
        return all.front();
    }
    /// Seconds until the meter tries again, the attempt having failed.
    std::optional<std::int64_t> retried_after(const PushAttempt& attempt) {
        const Instant before = line.now();
        meter->push_ended(attempt.id, PushOutcome::failed, before);
        for (int second = 0; second <= 4000; ++second) {
            line.advance(second == 0 ? 0s : 1s);
            if (!meter->pushes().take().empty()) {
                return second;
            }
        }
        return std::nullopt;
    }

    std::unique_ptr<Meter> meter;
    MeterLine line{*meter};
};

/// A restriction of version 1, or of version 2 with columns.
std::string profile_element(const std::string& rest, const std::string& members) {
    return "02" + members + "12000709060100630100FF0F02120000" + rest;
}

const std::string no_restriction = "0202160000";
const std::string energy_column =
    "0101"
    "020412000309060100010800FF0F02120000";

}  // namespace

BOOST_AUTO_TEST_SUITE(push_setup)

BOOST_AUTO_TEST_CASE(a_destination_gets_the_push_and_the_associations_do_not) {
    PushWorld world(0);
    BOOST_TEST(world.line.ask_all("C301C1" + setup + "01010F00", 1).size() == 2u);
    BOOST_TEST(world.sent().empty());
    world.aim();
    BOOST_TEST(world.line.ask_all("C301C1" + setup + "01010F00", 1).size() == 1u);
    const PushAttempt attempt = world.only_sent();
    BOOST_TEST(to_hex(attempt.apdu) == "0F000000010C" + ten_o_clock + "0201" + "090441424344");
    BOOST_TEST(attempt.destination == "192.0.2.7:40590");
    BOOST_TEST((attempt.transport == PushTransport::tcp));
    BOOST_TEST((attempt.proof == PushProof::sent));
    BOOST_TEST(attempt.server.value() == 1u);
    BOOST_TEST(attempt.client.value() == 1u);
    world.meter->push_ended(attempt.id, PushOutcome::delivered, world.line.now());
    BOOST_TEST(world.meter->pushes().open() == 0u);
    world.push();
    BOOST_TEST(to_hex(world.only_sent().apdu).starts_with("0F00000002"));
}

BOOST_AUTO_TEST_CASE(retries_of_versions_0_and_1_are_equally_far_apart) {
    PushWorld world(1);
    world.aim();
    BOOST_REQUIRE(world.write(6, "1102") == "C501C100");
    BOOST_REQUIRE(world.write(7, "12000F") == "C501C100");
    BOOST_REQUIRE(world.push() == "C701C10000");
    PushAttempt attempt = world.only_sent();
    const ByteBuffer octets = attempt.apdu;
    for (int retry = 0; retry < 2; ++retry) {
        world.meter->push_ended(attempt.id, PushOutcome::failed, world.line.now());
        world.line.advance(14s);
        BOOST_TEST(world.sent().empty());
        world.line.advance(1s);
        attempt = world.only_sent();
        BOOST_TEST(to_hex(attempt.apdu) == to_hex(octets));
    }
    BOOST_TEST(!world.retried_after(attempt));
    BOOST_TEST(world.meter->pushes().open() == 0u);
}

BOOST_AUTO_TEST_CASE(retries_of_version_2_grow_up_to_their_maximum) {
    PushWorld world(2);  // {2, 300, 10}
    world.aim();
    BOOST_REQUIRE(world.write(6, "1104") == "C501C100");
    world.push();
    std::vector<std::int64_t> delays;
    PushAttempt attempt = world.only_sent();
    for (int retry = 0; retry < 4; ++retry) {
        world.meter->push_ended(attempt.id, PushOutcome::failed, world.line.now());
        std::int64_t seconds = 0;
        std::vector<PushAttempt> next;
        for (; seconds < 100 && next.empty(); ++seconds) {
            world.line.advance(1s);
            next = world.sent();
        }
        BOOST_REQUIRE_EQUAL(next.size(), 1u);
        attempt = next.front();
        delays.push_back(seconds);
    }
    const std::vector<std::int64_t> expected{2, 6, 10, 10};
    BOOST_TEST(delays == expected, boost::test_tools::per_element());
    // reset() gives up what is not over.
    world.meter->push_ended(attempt.id, PushOutcome::failed, world.line.now());
    BOOST_TEST(world.line.ask("C301C1" + setup + "02010F00", 1) == "C701C10000");
    BOOST_TEST(world.meter->pushes().open() == 0u);
}

BOOST_AUTO_TEST_CASE(a_retry_waits_for_the_communication_window) {
    PushWorld world(0);
    world.aim();
    BOOST_REQUIRE(world.write(6, "1101") == "C501C100");
    // From 11:00 to 12:00 each day.
    BOOST_REQUIRE(world.write(4,
                              "01010202"
                              "090CFFFFFFFFFF0B000000800000"
                              "090CFFFFFFFFFF0C000000800000") == "C501C100");
    BOOST_REQUIRE(world.push() == "C701C10000");  // a client gets it at once
    BOOST_TEST(world.retried_after(world.only_sent()).value_or(0) == 3600);
}

BOOST_AUTO_TEST_CASE(a_schedule_pushes_with_nobody_connected) {
    PushWorld world(0);
    world.aim();
    BOOST_TEST(world.meter->has_push_destinations());
    const auto due = world.meter->next_due();
    BOOST_REQUIRE(due.has_value());
    BOOST_TEST((*due == Instant{} + 2h));
    world.meter->advance(*due);
    BOOST_TEST(to_hex(world.only_sent().apdu) ==
               "0F000000010C07EA0301070C000000000000"
               "0201"
               "090441424344");
}

BOOST_AUTO_TEST_CASE(what_wakes_the_sender) {
    PushWorld world(0);
    int woken = 0;
    world.meter->pushes().set_waker([&] { ++woken; });
    world.meter->pushes().set_armed_for(Instant{} + 2h);
    world.aim();
    BOOST_TEST(woken == 1);
    world.push();
    BOOST_TEST(woken == 2);
    // An earlier entry of the schedule: 11:00.
    BOOST_REQUIRE(world.line.ask("C101C1001600000F0000FF0400"
                                 "0101020209040B000000"
                                 "0905FFFFFFFFFF",
                                 1) == "C501C100");
    BOOST_TEST(woken == 3);
}

BOOST_AUTO_TEST_CASE(only_so_many_are_under_way) {
    PushWorld world(0);
    world.aim();
    for (std::size_t i = 0; i < PushOutbox::most_open; ++i) {
        BOOST_REQUIRE(world.push() == "C701C10000");
    }
    BOOST_TEST(world.push() == "C701C10200");  // temporary-failure
    BOOST_TEST(world.sent().size() == PushOutbox::most_open);
    world.meter->power_off(world.line.now());
    BOOST_TEST(world.meter->pushes().open() == 0u);
}

BOOST_AUTO_TEST_CASE(transports_and_messages_that_are_not_there) {
    PushWorld world(0);
    // SMS; XML; an HDLC address of two octets.
    for (const std::string method :
         {"0203160409033132331600", "0203160009033132331601", "020316050902000A1600"}) {
        BOOST_REQUIRE(world.write(3, method) == "C501C100");
        BOOST_TEST(world.push() == "C701C1FA00");  // other-reason
    }
    BOOST_TEST(world.sent().empty());
    BOOST_REQUIRE(world.write(3, "0203160509010A1600") == "C501C100");
    BOOST_TEST(world.push() == "C701C10000");
    const PushAttempt attempt = world.only_sent();
    BOOST_TEST((attempt.transport == PushTransport::hdlc));
    BOOST_TEST(attempt.client.value() == 10u);
}

BOOST_AUTO_TEST_CASE(profiles_restricted_by_date_and_by_entry_with_columns) {
    PushWorld world(2);
    world.aim();
    const auto body = [&](const std::string& element) {
        BOOST_REQUIRE(world.write(2, "0101" + element) == "C501C100");
        BOOST_REQUIRE(world.push() == "C701C10000");
        const PushAttempt attempt = world.only_sent();
        world.meter->push_ended(attempt.id, PushOutcome::delivered, world.line.now());
        return to_hex(attempt.apdu).substr(36);
    };
    const auto row = [](int day, const std::string& weekday, int value) {
        return "0202090C07EA020" + std::to_string(day) + weekday + "00000000000000" + "060000000" +
               std::to_string(value);
    };
    const std::string all = row(1, "07", 1) + row(2, "01", 2) + row(3, "02", 3);
    BOOST_TEST(body(profile_element("", "04")) == "02010103" + all);
    BOOST_TEST(body(profile_element(no_restriction, "05")) == "02010103" + all);
    // From the second of February to the third.
    const std::string by_date =
        "0202160102020"
        "90C07EA02020100000000000000"
        "090C07EA02030200000000000000";
    BOOST_TEST(body(profile_element(by_date, "05")) ==
               "02010102" + row(2, "01", 2) + row(3, "02", 3));
    // The first two entries, and of them the energy.
    const std::string by_entry =
        "0202160202020600000001"
        "0600000002";
    BOOST_TEST(body(profile_element(by_entry, "05")) ==
               "02010102" + row(1, "07", 1) + row(2, "01", 2));
    BOOST_TEST(body(profile_element(by_entry + energy_column, "06")) ==
               "02010102"
               "02010600000001"
               "02010600000002");
    BOOST_TEST(body(profile_element(no_restriction + energy_column, "06")) ==
               "02010103"
               "02010600000001"
               "02010600000002"
               "02010600000003");
    // A column that the profile does not have; a restriction that there is none of.
    BOOST_TEST(body(profile_element(no_restriction + "0101"
                                                     "0204120003090601000208"
                                                     "00FF0F02120000",
                                    "06")) == "020100");
    BOOST_REQUIRE(world.write(2, "0101" + profile_element("0202160300", "05")) == "C501C100");
    BOOST_TEST(world.push() == "C701C1FA00");
}

BOOST_AUTO_TEST_CASE(a_confirmation_ends_it) {
    PushWorld world(2);
    world.aim();
    BOOST_REQUIRE(world.write(6, "1101") == "C501C100");
    BOOST_REQUIRE(world.write(11, "1602") == "C501C100");
    world.push();
    const PushAttempt attempt = world.only_sent();
    BOOST_TEST(to_hex(attempt.apdu).starts_with("0F400000010C" + ten_o_clock));
    BOOST_TEST((attempt.proof == PushProof::confirmed));
    const Instant now = world.line.now();
    // Another id; another APDU; another attempt.
    BOOST_TEST(!world.meter->is_push_confirmed(attempt.id, octets("104000000200"), now));
    BOOST_TEST(!world.meter->is_push_confirmed(attempt.id, octets("0F4000000100"), now));
    BOOST_TEST(!world.meter->is_push_confirmed(attempt.id + 1, octets("104000000100"), now));
    BOOST_TEST(world.meter->is_push_confirmed(attempt.id, octets("104000000100"), now));
    const std::string confirmed_at = "C001C1" + setup + "0D00";
    BOOST_TEST(world.line.ask(confirmed_at, 1) == "C401C100090CFFFFFFFFFFFFFFFFFF8000FF");
    world.meter->push_ended(attempt.id, PushOutcome::delivered, now);
    BOOST_TEST(world.line.ask(confirmed_at, 1) == "C401C100090C" + ten_o_clock);
    BOOST_TEST(world.meter->pushes().open() == 0u);
}

BOOST_AUTO_TEST_CASE(the_association_of_the_client_ciphers) {
    PushWorld world(2);
    world.aim();
    BOOST_REQUIRE(world.write(9, "0F03") == "C501C100");
    std::string counters;
    for (int push = 0; push < 2; ++push) {
        BOOST_REQUIRE(world.push() == "C701C10000");
        const PushAttempt attempt = world.only_sent();
        BOOST_TEST(attempt.client.value() == 3u);
        // general-glo-ciphering: title, length, security control, counter, ciphertext, tag.
        const std::string sealed = to_hex(attempt.apdu);
        BOOST_REQUIRE(
            sealed.starts_with("DB085053480000000001"
                               "2B"
                               "30"));
        BOOST_REQUIRE_EQUAL(attempt.apdu.size(), 1u + 9 + 1 + 0x2B);
        const std::string counter = sealed.substr(24, 8);
        BOOST_TEST(counter != counters);
        counters = counter;
        security::GcmIv iv{};
        std::ranges::copy(octets("5053480000000001" + counter), iv.begin());
        const ByteView rest = ByteView(attempt.apdu).subspan(16);
        const auto plain = security::gcm_decipher(octets("11111111111111111111111111111111"), iv,
                                                  octets("3022222222222222222222222222222222"),
                                                  rest.first(rest.size() - 12), rest.last(12));
        BOOST_REQUIRE(plain.has_value());
        BOOST_TEST(to_hex(*plain) == "0F0000000" + std::to_string(push + 1) + "0C" + ten_o_clock +
                                         "0201"
                                         "090441424344");
    }
}

BOOST_AUTO_TEST_CASE(protection_parameters_rule) {
    PushWorld world(2);
    world.aim();
    // Authentication and encryption under the identified unicast key, for a head end of that title.
    const auto element = [](const std::string& type, const std::string& key_info) {
        return "0202"
               "16" +
               type +
               "0205"
               "0900"
               "0900"
               "0908"
               "4845530000000001"
               "0900" +
               key_info;
    };
    const std::string identified =
        "0202"
        "1600"
        "02011600";
    BOOST_REQUIRE(world.write(10, "0101" + element("02", identified)) == "C501C100");
    BOOST_REQUIRE(world.push() == "C701C10000");
    const PushAttempt attempt = world.only_sent();
    // general-ciphering: transaction-id of 8 octets, originator, recipient, no date, no other
    // information, key-info present, identified, unicast; content.
    const std::string sealed = to_hex(attempt.apdu);
    BOOST_REQUIRE(sealed.starts_with("DD08"));
    BOOST_TEST(sealed.substr(20, 48) ==
               "08505348000000000108"
               "4845530000000001"
               "0000"
               "010000"
               "2B");
    const std::string header = "08" + sealed.substr(4, 16) +
                               "085053480000000001"
                               "084845530000000001"
                               "00"
                               "00";
    const std::string content = sealed.substr(68);
    BOOST_TEST(content.starts_with("30"));
    security::GcmIv iv{};
    std::ranges::copy(octets("5053480000000001" + content.substr(2, 8)), iv.begin());
    const ByteBuffer rest = octets(content.substr(10));
    const auto plain =
        security::gcm_decipher(octets("11111111111111111111111111111111"), iv,
                               octets("3022222222222222222222222222222222" + header),
                               ByteView(rest).first(rest.size() - 12), ByteView(rest).last(12));
    BOOST_REQUIRE(plain.has_value());
    BOOST_TEST(
        to_hex(*plain).ends_with("0201"
                                 "090441424344"));
    // Twice ciphered; a key that is to be agreed where there are no pairs.
    for (const std::string& wrong : {"0102" + element("02", identified) + element("02", identified),
                                     "0101" + element("02",
                                                      "0202"
                                                      "1602"
                                                      "02020901010900")}) {
        BOOST_REQUIRE(world.write(10, wrong) == "C501C100");
        BOOST_TEST(world.push() == "C701C1FA00");
    }
    BOOST_TEST(world.sent().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
