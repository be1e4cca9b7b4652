// What a meter sends by itself, in both roles: DataNotification, EventNotification and
// InformationReport.

#include "tests/support/association_scripts.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

const Agreement notifying{.conformance = "00FE9F"};
const Agreement with_general_blocks{
    .conformance = "20FE9F", .server_size = "0040", .client_size = "0010"};

auto notify(std::string_view apdu) {
    return [apdu = octets(apdu)](ServerSubject& server, Instant) {
        if (apdu[0] == 0x0F) {
            BOOST_REQUIRE(server.machine.notify(*xdlms::decode_data_notification(apdu)));
        } else if (apdu[0] == 0xC2) {
            BOOST_REQUIRE(server.machine.notify(*xdlms::decode_event_notification(apdu)));
        } else {
            BOOST_REQUIRE(server.machine.notify(*xdlms::decode_information_report(apdu)));
        }
    };
}

auto refuses(std::string_view apdu, ErrorCode code) {
    return [apdu = octets(apdu), code](ServerSubject& server, Instant) {
        const Status refused = server.machine.notify(*xdlms::decode_data_notification(apdu));
        BOOST_REQUIRE(!refused);
        BOOST_CHECK(refused.error().code == code);
    };
}

// 37 octets, for a client that takes 16: five blocks.
constexpr auto long_push =
    "0F0000000700091D000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C";

/// The information fields of the HDLC frames of a push, without their LLC header. (Frames of these
/// pushes have addresses of two and one octets.)
std::vector<ByteBuffer> information_of(ByteView frames) {
    std::vector<ByteBuffer> fields;
    constexpr std::size_t header = 9;  // flag, format, addresses, control, check
    while (frames.size() > header) {
        const std::size_t length = (frames[1] & 0x07u) * 256u + frames[2];
        ByteView field = frames.subspan(header, length - header + 1 - 2);
        if (field[0] == 0xE6) {
            field = field.subspan(3);
        }
        fields.push_back(to_buffer(field));
        frames = frames.subspan(length + 2);
    }
    return fields;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(notifications)

BOOST_AUTO_TEST_CASE(NOTIF_X_1_X_3_the_client_hands_them_on_in_every_state) {
    // xdlms-0187 (confirmed, with a time), 0162 (without a time)
    ClientTalk script = associated_client(notifying);
    script.deliver("0F00000001000600000001")
        .expect_event("data-notification 1  0600000001")
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("0F400000020C07E80102FF0A0B0CFFFFC400120001")
        .expect_event("data-notification 2 07E80102FF0A0B0CFFFFC400 120001")
        .expect_transmit("104000000200")
        .deliver("C20000030100010800FF020600000001")
        .expect_event("event-notification 3/1-0:1.8.0.255/2 0600000001")
        .deliver("C2010C07E80102FF0A0B0CFFFFC40000030100010800FF020600000001")
        .expect_event("event-notification 3/1-0:1.8.0.255/2 0600000001")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101")
        .command("release", release)
        .expect_transmit("6203800100")
        .deliver("0F00000003000600000001")
        .expect_event("data-notification 3  0600000001")
        .deliver("6303800100")
        .expect_event("released")
        .deliver("0F00000003000600000001")
        .expect_event("data-notification 3  0600000001");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(NOTIF_X_2_variants_and_what_does_not_decode) {
    // A time behind its tag is taken by option only; nothing wrong disturbs the request.
    const std::string tagged = "0F00000001090C07E80102FF0A0B0CFFFFC400120001";
    ClientTalk strict = associated_client(notifying);
    strict.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver(tagged)
        .deliver("0F")
        .deliver("C2")
        .deliver("18")
        .deliver("0F400000010006")
        .command("counted",
                 [](ClientSubject& client, Instant) {
                     BOOST_TEST(client.machine.counters().malformed_apdus == 5u);
                     BOOST_TEST(client.machine.counters().notifications == 0u);
                 })
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101");
    holds_every_way(strict);

    ClientTalk tolerant =
        associated_client(notifying, [](association::ClientConfiguration& client) {
            client.notification_tolerance.tagged_date_time = true;
        });
    tolerant.deliver(tagged)
        .expect_event("data-notification 1 07E80102FF0A0B0CFFFFC400 120001")
        .deliver("0F00FFFFFF00010206000000010600000002")
        .expect_event(
            "data-notification 16777215  0102"
            "06000000010600000002")
        .deliver("0F0000000000130600")  // a compact array of no elements; the same twice
        .expect_event("data-notification 0  130600")
        .deliver("0F0000000000130600")
        .expect_event("data-notification 0  130600");
    holds_every_way(tolerant);
}

BOOST_AUTO_TEST_CASE(every_push_of_the_vectors_is_handed_on) {
    std::size_t pushes = 0;
    for (const Vector& vector : load_vectors("xdlms")) {
        const Byte tag = vector.octets.empty() ? Byte{0} : vector.octets[0];
        if (!vector.valid || (tag != 0x0F && tag != 0xC2)) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id) {
            association::ClientAssociation client(client_of(notifying));
            client.receive(vector.octets, {});
            const auto event = client.poll_event();
            BOOST_REQUIRE(event);
            BOOST_CHECK(std::holds_alternative<association::NotificationReceived>(*event));
            ++pushes;
        }
    }
    BOOST_TEST(pushes >= 2u);
}

BOOST_AUTO_TEST_CASE(GBT_X_9_recorded_pushes_in_general_blocks) {
    // push-0093 and push-0094, Landis+Gyr E450: window 0, streaming throughout
    std::size_t pushes = 0;
    for (const Vector& vector : load_vectors("push")) {
        if (!vector.valid || (vector.id != "push-0093" && vector.id != "push-0094")) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id) {
            const std::vector<ByteBuffer> blocks = information_of(vector.octets);
            BOOST_REQUIRE_GE(blocks.size(), 2u);
            association::ClientAssociation client(client_of(notifying));
            ByteBuffer whole;
            for (const bool first_is_lost : {true, false, false}) {
                whole.clear();
                for (const ByteBuffer& block : blocks) {
                    BOOST_REQUIRE(!client.poll_event());
                    const auto decoded = xdlms::decode_general_block_transfer(block);
                    BOOST_REQUIRE(decoded);
                    whole.insert(whole.end(), decoded->block_data.begin(),
                                 decoded->block_data.end());
                    if (!first_is_lost || &block != &blocks.front()) {
                        client.receive(block, {});
                    }
                    BOOST_REQUIRE(!client.poll_transmit());  // it listens to nobody
                    BOOST_REQUIRE(!client.poll_timeout());
                }
                const auto event = client.poll_event();
                BOOST_REQUIRE_EQUAL(event.has_value(), !first_is_lost);
                if (!event) {
                    continue;
                }
                const auto& push = std::get<association::NotificationReceived>(*event);
                ByteBuffer again;
                Writer writer(again);
                xdlms::encode(writer, std::get<xdlms::DataNotification>(push.notification));
                BOOST_TEST(to_hex(again) == to_hex(whole));
                ++pushes;
            }
        }
    }
    BOOST_TEST(pushes == 4u);
}

BOOST_AUTO_TEST_CASE(NOTIF_X_4_confirmation) {
    // A client that was told not to confirm does not.
    ClientTalk silent = associated_client(notifying, [](association::ClientConfiguration& client) {
        client.confirm_notifications = false;
    });
    silent.deliver("0F40000002000600000001")
        .expect_event("data-notification 2  0600000001")
        .expect_no_transmit();
    holds_every_way(silent);

    ServerTalk server = associated_server(notifying);
    server.command("notify", notify("0F40000002000600000001"))
        .expect_transmit("0F40000002000600000001")
        .deliver("104000000200")
        .expect_event("confirmed 2")
        .deliver("1040")  // counted and dropped
        .expect_no_transmit();
    holds_every_way(server);

    // Without an association, or where it was not negotiated, there is nothing to confirm.
    ServerTalk idle([] { return std::make_unique<ServerSubject>(1, 16, server_of(notifying)); });
    ServerTalk without = associated_server({});
    for (ServerTalk* script : {&idle, &without}) {
        script->deliver("100000000100")
            .expect_no_transmit()
            .command("counted", [](ServerSubject& subject, Instant) {
                BOOST_TEST(subject.machine.counters().refused_apdus == 1u);
            });
        holds_every_way(*script);
    }
}

BOOST_AUTO_TEST_CASE(NOTIF_X_1_X_3_the_server_sends_them_between_answers_and_during_one) {
    ServerTalk script = associated_server(notifying);
    script.command("notify", notify("0F00000001000600000001"))
        .expect_transmit("0F00000001000600000001")
        .deliver("C001C100030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("notify", notify("C20000030100010800FF020600000001"))
        .expect_transmit("C20000030100010800FF020600000001")
        .command("answer", answer("1101"))
        .expect_transmit("C401C1001101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(NOTIF_X_5_information_report) {
    // sn-0019's report, in both roles
    const Agreement short_names{.conformance = "190120", .short_names = true};
    constexpr auto report = "18010E323032343031303231303131313201020100011101";
    ClientTalk client = associated_client(short_names);
    client.deliver("180001020100011101")
        .expect_event("information-report - 256 1101")
        .command("read", read({xdlms::VariableName{0xFA00}}))
        .expect_transmit("050102FA00")
        .deliver(report)
        .expect_event("information-report 20240102101112 256 1101")
        .deliver("0C01000100")
        .expect_event("read data 0100");
    holds_every_way(client);

    ServerTalk server = associated_server(short_names);
    server.command("notify", notify(report)).expect_transmit(report);
    holds_every_way(server);
}

BOOST_AUTO_TEST_CASE(what_may_not_be_notified) {
    ServerTalk without = associated_server({});
    without.command("not negotiated", refuses("0F00000001000600000001", ErrorCode::not_negotiated))
        .expect_no_transmit();
    holds_every_way(without);

    ServerTalk idle([] { return std::make_unique<ServerSubject>(1, 16, server_of(notifying)); });
    idle.command("no association", refuses("0F00000001000600000001", ErrorCode::wrong_state))
        .expect_no_transmit();
    holds_every_way(idle);

    ServerTalk encodings = associated_server(notifying);
    encodings.command("no encoding", [](ServerSubject& server, Instant) {
        auto& machine = server.machine;
        const ByteBuffer time(11);
        xdlms::DataNotification push;
        push.date_time = time;
        BOOST_CHECK(machine.notify(push).error().code == ErrorCode::out_of_range);
        const xdlms::EventNotification event{ByteView(), energy, {}};
        BOOST_CHECK(machine.notify(event).error().code == ErrorCode::out_of_range);
    });
    encodings.expect_no_transmit();
    holds_every_way(encodings);

    ServerTalk uneven = associated_server({.conformance = "1C1BA0", .short_names = true});
    uneven.command("uneven lists", [](ServerSubject& server, Instant) {
        const xdlms::VariableAccessSpecification name = xdlms::VariableName{8};
        xdlms::InformationReport report;
        report.specifications =
            xdlms::List<xdlms::VariableAccessSpecification>(std::span(&name, 1));
        BOOST_CHECK(server.machine.notify(report).error().code == ErrorCode::out_of_range);
    });
    uneven.expect_no_transmit();
    holds_every_way(uneven);

    ServerTalk small = associated_server({.conformance = "00FE9F", .client_size = "0010"});
    small.command("too long", refuses(long_push, ErrorCode::request_too_long)).expect_no_transmit();
    holds_every_way(small);
}

BOOST_AUTO_TEST_CASE(a_long_notification_goes_in_general_blocks) {
    ServerTalk server = associated_server(with_general_blocks);
    server.command("notify", notify(long_push))
        .expect_transmit("E00100010000090F0000000700091D00")
        .command("not two at once", refuses(long_push, ErrorCode::request_too_long))
        .deliver("E0810001000100")
        .expect_transmit("E0010002000109010203040506070809")
        .deliver("E0810002000200")
        .expect_transmit("E00100030002090A0B0C0D0E0F101112")
        .deliver("E0810003000300")
        .expect_transmit("E0010004000309131415161718191A1B")
        .deliver("E0810004000400")
        .expect_transmit("E08100050004011C")
        .deliver("E0810005000500")
        .command("and another", notify(long_push))
        .expect_transmit("E00100010000090F0000000700091D00");
    holds_every_way(server);

    ClientTalk client = associated_client(with_general_blocks);
    client.deliver("E00100010000090F0000000700090900")
        .expect_transmit("E0810001000100")
        .deliver("E08100020001080102030405060708")
        .expect_event("data-notification 7  0909000102030405060708")
        .expect_transmit("E0810002000200")  // there is no answer that would acknowledge it
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101");
    holds_every_way(client);
}

BOOST_AUTO_TEST_CASE(a_notification_that_stalls_or_ends_is_no_requests_affair) {
    ClientTalk stalled = associated_client(with_general_blocks);
    stalled.deliver("E00100010000090F0000000700090900")
        .expect_transmit("E0810001000100")
        .at(2s)
        .expect_transmit("E0810001000100")  // asks for the rest, three times
        .at(4s)
        .expect_transmit("E0810001000100")
        .at(5s)
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .at(6s)
        .expect_transmit("E0810001000100")
        .at(12s)
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101");
    holds_every_way(stalled);

    ClientTalk aborted = associated_client(with_general_blocks);
    aborted.deliver("E00100010000090F0000000700090900")
        .expect_transmit("E0810001000100")
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("E0810002000100")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101");
    holds_every_way(aborted);
}

BOOST_AUTO_TEST_CASE(requests_that_meet_a_long_notification) {
    // A whole request is answered beside it.
    ServerTalk whole = associated_server(with_general_blocks);
    whole.command("notify", notify(long_push))
        .expect_transmit("E00100010000090F0000000700091D00")
        .deliver("C001C100030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("090C000102030405060708090A0B"))
        .expect_transmit("C402C100000000010006090C00010203")  // the service's own blocks
        .deliver("E0810001000100")
        .expect_transmit("E0010002000109010203040506070809")
        .deliver("C002C100000001")
        .expect_transmit("C402C100000000020006040506070809");
    holds_every_way(whole);

    // A request in blocks waits until the notification is through, and repeats it meanwhile.
    ServerTalk blocks = associated_server(with_general_blocks);
    blocks.command("notify", notify(long_push))
        .expect_transmit("E00100010000090F0000000700091D00")
        .deliver("E081000100000DC001C100030100010800FF0200")
        .expect_transmit("E00100010000090F0000000700091D00")
        .deliver("E081000100010DC001C100030100010800FF0200")
        .expect_transmit("E0010002000009010203040506070809");
    holds_every_way(blocks);

    // A client that asks twice and says nothing of the notification does not want it.
    ServerTalk deaf = associated_server(with_general_blocks);
    deaf.command("notify", notify(long_push))
        .expect_transmit("E00100010000090F0000000700091D00")
        .deliver("E081000100000DC001C100030100010800FF0200")
        .expect_transmit("E00100010000090F0000000700091D00")
        .deliver("E081000100000DC001C100030100010800FF0200")
        .command("counted",
                 [](ServerSubject& subject, Instant) {
                     BOOST_TEST(subject.machine.block_counters().abandoned_transfers == 1u);
                 })
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("E0810001000106C401C1001101");
    holds_every_way(deaf);

    // A client that has forgotten the notification begins anew, and so does the server.
    ServerTalk forgotten = associated_server(with_general_blocks);
    forgotten.command("notify", notify(long_push))
        .expect_transmit("E00100010000090F0000000700091D00")
        .deliver("E0810001000100")
        .expect_transmit("E0010002000109010203040506070809")
        .deliver("E081000100000DC001C100030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("E0810001000106C401C1001101");
    holds_every_way(forgotten);
}

BOOST_AUTO_TEST_SUITE_END()
