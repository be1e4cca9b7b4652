// General block transfer under the services, in both roles (the transfer itself:
// block_transfer_test.cpp).

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

// 22 octets for the server: 15 in a block; 16 for the client: 9.
const Agreement blocks{.conformance = "207E1F", .server_size = "0016", .client_size = "0010"};
constexpr auto get_energy = "C001C100030100010800FF0200";

void still_works(ClientTalk& script, int id) {
    const Byte invoke[]{static_cast<Byte>(0xC0 | id)};
    script.command("get", get(energy))
        .expect_transmit("C001" + to_hex(invoke) + "00030100010800FF0200")
        .deliver("C401" + to_hex(invoke) + "000600003039")
        .expect_event("get " + std::to_string(id) + " data 0600003039");
    holds_every_way(script);
}
void still_works(ServerTalk& script) {
    script.deliver("C001CF00030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401CF001101");
    holds_every_way(script);
}

/// A GET of which the first block of two came.
ClientTalk half_an_answer() {
    ClientTalk script = associated_client(blocks);
    script.command("get", get(energy))
        .expect_transmit(get_energy)
        .deliver("E0010001000009C401C1000908000102")
        .expect_transmit("E0810001000100");
    return script;
}

ClientTalk long_set() {
    ClientTalk script = associated_client(blocks);
    script.command("set", set(energy, "09080001020304050607"))
        .expect_transmit("E001000100000FC101C100030100010800FF02000908");
    return script;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(general_blocks)

BOOST_AUTO_TEST_CASE(GBT_X_1_a_long_answer_with_window_one) {
    ClientTalk client = half_an_answer();
    client.deliver("E08100020001050304050607")
        .expect_event("get 1 data 09080001020304050607")
        .expect_no_transmit();
    still_works(client, 2);

    for (const bool in_blocks : {false, true}) {
        ServerTalk server = associated_server(blocks);
        server.deliver(in_blocks ? std::string("E080000100000D") + get_energy : get_energy)
            .expect_event("get 3/1-0:1.8.0.255/2")
            .command("answer", answer("090B000102030405060708090A"));
        if (in_blocks) {
            server.expect_transmit("E0010001000109C401C100090B000102")
                .deliver("E0810002000100")
                .expect_transmit("E0810002000208030405060708090A");
        } else {
            server.expect_transmit("E0010001000009C401C100090B000102")
                .deliver("E0810001000100")
                .expect_transmit("E0810002000108030405060708090A");
        }
        still_works(server);
    }
}

BOOST_AUTO_TEST_CASE(GBT_X_7_once_in_blocks_the_answer_is_too) {
    ServerTalk server = associated_server(blocks);
    server.deliver("E081000100000DC001C100030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("E0810001000106C401C1001101")
        .deliver("E08100010000027F00")  // a refusal as well
        .expect_transmit("E0810001000103D80102");
    still_works(server);
}

BOOST_AUTO_TEST_CASE(GBT_X_7_a_long_set_both_ways) {
    ClientTalk client = long_set();
    client.deliver("E0010001000100")
        .expect_transmit("E08100020001080001020304050607")
        .deliver("E0810002000204C501C100")
        .expect_event("set 1 success");
    still_works(client, 2);

    ServerTalk server = associated_server(blocks);
    server.deliver("E001000100000FC101C100030100010800FF02000908")
        .expect_transmit("E0010001000100")
        .deliver("E08100020001080001020304050607")
        .expect_event("set 3/1-0:1.8.0.255/2 09080001020304050607")
        .command("answer", answer_set())
        .expect_transmit("E0810002000204C501C100");
    still_works(server);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_every_long_request_goes_in_general_blocks_first) {
    // Also a GET, which has no blocks of its own; and a plain answer ends it all the same.
    const ByteBuffer entries = octets("020406000000010600000002120001120000");
    ClientTalk client = associated_client(blocks);
    client
        .command("get",
                 [&](ClientSubject& subject, Instant now) {
                     const cosem::SelectiveAccess selection{2, data(entries)};
                     BOOST_REQUIRE(subject.machine.get(energy, selection, now));
                 })
        .expect_transmit("E001000100000FC001C100030100010800FF02010202")
        .deliver("E0010001000100")
        .expect_transmit("E001000200010F040600000001060000000212000112")
        .deliver("E0010002000200")
        .expect_transmit("E08100030002020000")
        .deliver("C401C1000100")
        .expect_event("get 1 data 0100")
        .at(20s);  // and nothing more is sent for it
    still_works(client, 2);
}

BOOST_AUTO_TEST_CASE(GBT_X_6_lost_blocks_are_asked_for_and_sent_again) {
    ClientTalk answer_lost = half_an_answer();
    answer_lost.at(2s)
        .expect_transmit("E0810001000100")
        .at(4s)
        .expect_transmit("E0810001000100")
        .deliver("E08100020001050304050607")
        .expect_event("get 1 data 09080001020304050607");
    still_works(answer_lost, 2);

    ClientTalk request_lost = long_set();
    request_lost.at(2s)
        .expect_transmit("E001000100000FC101C100030100010800FF02000908")
        .deliver("E0010001000100")
        .expect_transmit("E08100020001080001020304050607")
        .at(4s)
        .expect_transmit("E08100020001080001020304050607")
        .deliver("E0810002000204C501C100")
        .expect_event("set 1 success");
    still_works(request_lost, 2);

    // The SET is not executed again, the GET is.
    ServerTalk once = associated_server(blocks);
    once.deliver("E081000100000FC101C100030100010800FF02001105")
        .expect_event("set 3/1-0:1.8.0.255/2 1105")
        .command("answer", answer_set())
        .expect_transmit("E0810001000104C501C100")
        .deliver("E081000100000FC101C100030100010800FF02001105")
        .expect_transmit("E0810001000104C501C100")
        .deliver("E081000100000DC001C100030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("E0810001000106C401C1001101")
        .deliver("E081000100000DC001C100030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1102"))
        .expect_transmit("E0810001000106C401C1001102");
    still_works(once);
}

BOOST_AUTO_TEST_CASE(GBT_X_4_a_late_copy_of_a_request_does_not_disturb_its_answer) {
    constexpr auto value = "0910000102030405060708090A0B0C0D0E0F";  // three blocks, the last short
    const std::string whole = std::string("E081000100000D") + get_energy;
    ServerTalk one = associated_server(blocks);
    one.deliver(whole)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer(value))
        .expect_transmit("E0010001000109C401C1000910000102")
        .deliver(whole)
        .expect_transmit("E0010001000109C401C1000910000102")
        .deliver("E0810002000100")
        .expect_transmit("E0010002000209030405060708090A0B")
        .deliver(whole)  // read once, so that no half of another reading can come in
        .expect_transmit("E0010001000209C401C1000910000102")
        .deliver("E0810003000200")
        .expect_transmit("E08100030003040C0D0E0F");
    still_works(one);

    // A request of two blocks: the copy of the first is acknowledged with a number of before.
    const std::string first = "E001000100000FC001C100070100630100FF02010202";
    ServerTalk two =
        associated_server({.conformance = "207E1F", .server_size = "0020", .client_size = "0010"});
    two.deliver(first)
        .expect_transmit("E0010001000100")
        .deliver("E08100020001110406000000010600000002120001120000")
        .expect_event("get 7/1-0:99.1.0.255/2 selector 2 020406000000010600000002120001120000")
        .command("answer", answer(value))
        .expect_transmit("E0010002000209C401C1000910000102")
        .deliver(first)
        .expect_transmit("E0010001000100")
        .deliver("E0810003000200")
        .expect_transmit("E0010003000309030405060708090A0B")
        .deliver(first)
        .expect_transmit("E0010001000100")
        .deliver("E0810004000300")
        .expect_transmit("E08100040004040C0D0E0F");
    still_works(two);
}

BOOST_AUTO_TEST_CASE(GBT_X_6_a_read_that_may_be_a_method_is_done_once) {
    ServerTalk server = associated_server({.conformance = "3C1B20",
                                           .server_size = "0016",
                                           .client_size = "0010",
                                           .short_names = true});
    constexpr auto request = "E08100010000080501041234010F01";
    server.deliver(request)
        .expect_event("read 4660 selector 1 0F01")
        .command("answer", answer("1101"))
        .expect_transmit("E08100010001050C01001101")
        .deliver(request)
        .expect_transmit("E08100010001050C01001101");
    holds_every_way(server);
}

BOOST_AUTO_TEST_CASE(the_same_write_after_another_request_is_another_write) {
    ServerTalk server = associated_server(blocks);
    for (int i = 0; i < 2; ++i) {
        server.deliver("E081000100000FC101C100030100010800FF02001105")
            .expect_event("set 3/1-0:1.8.0.255/2 1105")
            .command("answer", answer_set())
            .expect_transmit("E0810001000104C501C100")
            .deliver(get_energy)
            .expect_event("get 3/1-0:1.8.0.255/2")
            .command("answer", answer("1101"))
            .expect_transmit("C401C1001101");
    }
    still_works(server);
}

BOOST_AUTO_TEST_CASE(GBT_X_8_transfers_that_end_without_a_result) {
    ClientTalk aborted = half_an_answer();
    aborted.deliver("E0810002000100").expect_event("failed 1 transfer-aborted");
    still_works(aborted, 2);

    ClientTalk silent = half_an_answer();
    silent.at(2s)
        .expect_transmit("E0810001000100")
        .at(4s)
        .expect_transmit("E0810001000100")
        .at(6s)
        .expect_transmit("E0810001000100")
        .at(8s)
        .expect_event("failed 1 timeout")
        .deliver("E08100020001050304050607")  // too late
        .at(20s);
    still_works(silent, 2);

    ClientTalk refused = long_set();
    refused.deliver("D80104").expect_event("failed 1 exception service-not-allowed pdu-too-long");
    still_works(refused, 2);

    ClientTalk unanswered = long_set();
    for (const auto time : {2s, 4s, 6s}) {
        unanswered.at(time).expect_transmit("E001000100000FC101C100030100010800FF02000908");
    }
    unanswered.at(8s).expect_event("failed 1 timeout");
    still_works(unanswered, 2);

    ClientTalk malformed = half_an_answer();
    malformed.deliver("E081000200010403040506").expect_event("failed 1 length-beyond-buffer");
    still_works(malformed, 2);

    ServerTalk half = associated_server(blocks);
    half.deliver("E001000100000FC101C100030100010800FF02000908")
        .expect_transmit("E0010001000100")
        .deliver("E0810002000100")  // given up
        .expect_no_transmit();
    still_works(half);

    ServerTalk again = associated_server(blocks);
    again.deliver("E001000100000FC101C100030100010800FF02000908")
        .expect_transmit("E0010001000100")
        .deliver("E0810002000100")
        .deliver("E001000100000FC101C100030100010800FF02000908")  // the same once more
        .expect_transmit("E0010001000100")
        .deliver("E0810002000108 0001020304050607")
        .expect_event("set 3/1-0:1.8.0.255/2 09080001020304050607")
        .command("answer", answer_set())
        .expect_transmit("E0810002000204C501C100");
    still_works(again);

    ServerTalk replaced = associated_server(blocks);
    replaced.deliver("E001000100000FC101C100030100010800FF02000908")
        .expect_transmit("E0010001000100")
        .deliver("E081000100000DC001C200030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("E0810001000106C401C2001101");
    still_works(replaced);

    ServerTalk left = associated_server(blocks);
    left.deliver(get_energy)
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("090B000102030405060708090A"))
        .expect_transmit("E0010001000009C401C100090B000102")
        .deliver("6200")
        .expect_transmit("6300")
        .expect_event("released")
        .deliver("E0810001000100")
        .expect_transmit("D80102");
    holds_every_way(left);
}

BOOST_AUTO_TEST_CASE(GBT_X_8_not_negotiated_damaged_and_too_long) {
    ServerTalk without = associated_server({});
    without.deliver("E081000100000DC001C100030100010800FF0200").expect_transmit("D80102");
    still_works(without);

    ServerTalk server = associated_server(blocks);
    server.deliver("E0").expect_no_transmit();                   // xdlms-0247
    server.deliver("E081000000000DC001C100030100010800FF0200");  // number 0
    server.deliver("E0810001FFFF0DC001C100030100010800FF0200");  // acknowledges the unsent
    server.deliver("E081FFFF00000DC001C100030100010800FF0200");  // far beyond
    server.expect_transmit("E0010001000000");
    server.deliver("E08100010000110000000000000000000000000000000000").expect_transmit("D80104");
    still_works(server);
}

BOOST_AUTO_TEST_CASE(GBT_X_8_a_ciphered_apdu_is_the_same_in_blocks_as_whole) {
    // cipher-0033 (Green Book). Without ciphers it is refused, in the form in which it came.
    const std::string apdu = "C81E3001234567411312FF935A47566827C467BC7D825C3BE4A77C3FCC056B6B";
    ServerTalk whole = associated_server({.conformance = "207E1F", .client_size = "0010"});
    whole.deliver(apdu).expect_transmit("D80102");
    still_works(whole);

    ServerTalk in_blocks = associated_server(blocks);
    in_blocks.deliver("E001000100000F" + apdu.substr(0, 30))
        .expect_transmit("E0010001000100")
        .deliver("E001000200010F" + apdu.substr(30, 30))
        .expect_transmit("E0010002000200")
        .deliver("E0810003000202" + apdu.substr(60))
        .expect_transmit("E0810003000303D80102");
    still_works(in_blocks);

    // cipher-0065: an answer that the client has no key for is nobody's, in either form.
    const std::string answer = "CC13200000004EF0A5F175DC8AD9A9B461AD9D0387";
    const auto uncalled_for = [](ClientSubject& client, Instant) {
        BOOST_TEST(client.machine.counters().unexpected_apdus == 1u);
        BOOST_TEST(client.machine.outstanding_requests() == 1u);
    };
    ClientTalk plain = associated_client(blocks);
    plain.command("get", get(energy))
        .expect_transmit(get_energy)
        .deliver(answer)
        .command("dropped", uncalled_for)
        .deliver("C401C1000600003039")
        .expect_event("get 1 data 0600003039");
    still_works(plain, 2);
    ClientTalk blockwise = associated_client(blocks);
    blockwise.command("get", get(energy))
        .expect_transmit(get_energy)
        .deliver("E0010001000009" + answer.substr(0, 18))
        .expect_transmit("E0810001000100")
        .deliver("E0010002000109" + answer.substr(18, 18))
        .expect_transmit("E0810002000200")
        .deliver("E0810003000203" + answer.substr(36))
        .command("dropped", uncalled_for)
        .deliver("C401C1000600003039")
        .expect_event("get 1 data 0600003039");
    still_works(blockwise, 2);
}

BOOST_AUTO_TEST_CASE(GBT_X_2_X_3_streaming_down_with_a_lost_block) {
    ClientTalk client = associated_client(
        blocks,
        [](association::ClientConfiguration& configuration) { configuration.block_window = 5; });
    client.command("get", get(energy))
        .expect_transmit(get_energy)
        .deliver("E0010001000009C401C1000908000102")
        .expect_transmit("E0850001000100")
        .deliver("E041000200010103")
        .deliver("E001000400010105")
        .expect_transmit("E0810002000200")
        .deliver("E001000300020104")
        .expect_transmit("E0850003000400")
        .deliver("E08100050003020607")
        .expect_event("get 1 data 09080001020304050607");
    still_works(client, 2);
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_request_in_blocks_is_acknowledged) {
    ServerTalk server = associated_server(blocks);
    server.deliver("E081000100000FC1018100030100010800FF02001105")
        .expect_event("set 3/1-0:1.8.0.255/2 1105")
        .command("answer", answer_set())
        .expect_transmit("E0010001000100")
        .deliver("E081000100000FC1018100030100010800FF02001105")  // that was lost
        .expect_transmit("E0010001000100");
    still_works(server);
}

BOOST_AUTO_TEST_CASE(a_request_above_the_limit_is_refused_and_passed_over) {
    association::ServerConfiguration configuration = server_of({.conformance = "207E1F"});
    association::ServerAssociation server(std::move(configuration));
    server.receive(octets(Agreement{.conformance = "207E1F"}.aarq()), {});
    server.poll_event();
    server.poll_transmit();
    const ByteBuffer octets(60'000, Byte{0xC1});
    bool refused = false;
    for (std::uint16_t number = 1; number < 700; ++number) {
        xdlms::GeneralBlockTransfer block;
        block.window = 1;
        block.block_number = number;
        block.last_block = number == 699;
        block.block_data = octets;
        ByteBuffer apdu;
        Writer writer(apdu);
        xdlms::encode(writer, block);
        server.receive(apdu, {});
        BOOST_REQUIRE(!server.poll_event());
        const auto answer = server.poll_transmit();
        BOOST_REQUIRE(answer || block.last_block || refused);
        refused = refused || (answer && answer->size() == 10 && (*answer)[7] == 0xD8);
    }
    BOOST_TEST(refused);
    BOOST_TEST(server.counters().refused_apdus == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
