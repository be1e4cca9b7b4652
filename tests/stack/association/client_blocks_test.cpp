// Blocks of the services themselves as the client speaks them: GET, SET and ACTION.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

// 28 octets of server-max-receive-pdu-size: 7 of a SET's first block, 19 of the others.
const Agreement small{.server_size = "001C"};
constexpr auto thirty = "091C000102030405060708090A0B0C0D0E0F101112131415161718191A1B";

/// The association goes on: another request works.
void still_works(ClientTalk& script, int id) {
    const Byte invoke[]{static_cast<Byte>(0xC0 | id)};
    script.command("get", get(energy))
        .expect_transmit("C001" + to_hex(invoke) + "00030100010800FF0200")
        .deliver("C401" + to_hex(invoke) + "000600003039")
        .expect_event("get " + std::to_string(id) + " data 0600003039");
    holds_every_way(script);
}

ClientTalk long_set() {
    ClientTalk script = associated_client(small);
    script.command("set", set(energy, thirty))
        .expect_transmit("C102C100030100010800FF0200000000000109091C00010203040506");
    return script;
}

ClientTalk long_action() {
    ClientTalk script = associated_client(small);
    script.command("action", action(run_script, thirty))
        .expect_transmit("C304C1000900000A0000FF0100000000010A091C0001020304050607");
    return script;
}

ClientTalk long_get() {
    ClientTalk script = associated_client({});
    script.command("get", get(clock_time))
        .expect_transmit("C001C100080000010000FF0200")
        .deliver("C402C1000000000100020906")
        .expect_transmit("C002C100000001");
    return script;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_blocks)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_20_set_in_blocks) {
    ClientTalk script = long_set();
    script.deliver("C502C100000001")
        .expect_transmit("C103C10000000002130708090A0B0C0D0E0F10111213141516171819")
        .deliver("C502C100000002")
        .expect_transmit("C103C10100000003021A1B")
        .deliver("C503C10000000003")
        .expect_event("set 1 success");
    still_works(script, 2);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_20_a_set_that_fits_goes_whole_and_one_octet_more_in_blocks) {
    ClientTalk script = associated_client(small);
    // 13 octets and the value: 15 fit
    script.command("fits", set(energy, "090D000102030405060708090A0B0C"))
        .expect_transmit("C101C100030100010800FF0200090D000102030405060708090A0B0C")
        .deliver("C501C100")
        .expect_event("set 1 success")
        .command("does not", set(energy, "090E000102030405060708090A0B0C0D"))
        .expect_transmit("C102C200030100010800FF0200000000000109090E00010203040506")
        .deliver("C502C200000001")
        .expect_transmit("C103C20100000002070708090A0B0C0D")
        .deliver("C503C20300000002")
        .expect_event("set 2 read-write-denied");
    still_works(script, 3);
}

// Done is only what has come whole: the answer names the block that came last.
BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_21_a_set_is_not_done_with_another_number_than_the_last) {
    for (const auto& [answer, event] : {
             std::pair{"C503C10000000063", "failed 1 wrong-block-number"},
             std::pair{"C503C10000000002", "failed 1 wrong-block-number"},
             std::pair{"C503C10C00000063",
                       "set 1 type-unmatched"},  // a refusal is one all the same
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = long_set();
            script.deliver("C502C100000001")
                .expect_transmit("C103C10000000002130708090A0B0C0D0E0F10111213141516171819")
                .deliver("C502C100000002")
                .expect_transmit("C103C10100000003021A1B")
                .deliver(answer)
                .expect_event(event);
            still_works(script, 2);
        }
    }
}

// Datagrams come twice; over streams the same number again is a fault of the meter's.
BOOST_AUTO_TEST_CASE(WRAPPER_X_11_doubled_blocks_are_dropped_where_datagrams_are_below) {
    const auto over_datagrams = [](association::ClientConfiguration& client) {
        client.duplicates_possible = true;
    };
    ClientTalk reads = associated_client({}, over_datagrams);
    reads.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C402C10000000001000109")
        .expect_transmit("C002C100000001")
        .deliver("C402C10000000001000109")
        .deliver("C402C10100000002000201AA")
        .expect_event("get 1 data 0901AA")
        .deliver("C402C10100000002000201AA");
    still_works(reads, 2);

    ClientTalk writes = associated_client(small, over_datagrams);
    writes.command("set", set(energy, thirty))
        .expect_transmit("C102C100030100010800FF0200000000000109091C00010203040506")
        .deliver("C502C100000001")
        .expect_transmit("C103C10000000002130708090A0B0C0D0E0F10111213141516171819")
        .deliver("C502C100000001")
        .deliver("C502C100000002")
        .expect_transmit("C103C10100000003021A1B")
        .deliver("C502C100000002")
        .deliver("C503C10000000003")
        .expect_event("set 1 success");
    still_works(writes, 2);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_21_set_blocks_that_go_wrong) {
    for (const auto& [answer, event] : {
             std::pair{"C502C100000002", "failed 1 wrong-block-number"},
             std::pair{"C502C100000000", "failed 1 wrong-block-number"},
             std::pair{"C503C11300000001", "set 1 data-block-number-invalid"},
             std::pair{"C503C11100000001", "set 1 long-set-aborted"},
             std::pair{"C501C10C", "set 1 type-unmatched"},
             std::pair{"C501C100", "failed 1 unexpected-apdu"},  // before the last block
             std::pair{"C503C10000000001", "failed 1 unexpected-apdu"},
             std::pair{"C504C1010000000001", "failed 1 unexpected-apdu"},
             std::pair{"C505C10100", "failed 1 unexpected-apdu"},
             std::pair{"C502C1000001", "failed 1 truncated"},
             std::pair{"D80104", "failed 1 exception service-not-allowed pdu-too-long"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = long_set();
            script.deliver(answer).expect_event(event);
            still_works(script, 2);
        }
    }
    // An acknowledgement that comes when nothing more is to be sent.
    ClientTalk late = associated_client({});
    late.command("set", set(energy, "1101"))
        .expect_transmit("C101C100030100010800FF02001101")
        .deliver("C502C100000001")
        .expect_event("failed 1 unexpected-apdu");
    still_works(late, 2);
}

BOOST_AUTO_TEST_CASE(a_time_out_between_blocks_ends_the_request_and_its_blocks) {
    ClientTalk script = long_set();
    script.at(4s)
        .deliver("C502C100000001")
        .expect_transmit("C103C10000000002130708090A0B0C0D0E0F10111213141516171819")
        .at(11s)
        .at(12s)
        .expect_event("failed 1 timeout")
        .deliver("C502C100000002")  // too late: no block is sent for it
        .expect_no_transmit();
    still_works(script, 2);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_neither_blocks_nor_general_blocks) {
    ClientTalk script = associated_client({.conformance = "000019", .server_size = "0030"});
    script
        .command("set",
                 [](ClientSubject& client, Instant now) {
                     const ByteBuffer value = octets("0922" + std::string(68, '0'));
                     const auto refused =
                         client.machine.set(energy, std::nullopt, data(value), now);
                     BOOST_REQUIRE(!refused);
                     BOOST_CHECK(refused.error().code == ErrorCode::request_too_long);
                 })
        .command("action",
                 [](ClientSubject& client, Instant now) {
                     const ByteBuffer value = octets("0922" + std::string(68, '0'));
                     const auto refused = client.machine.action(run_script, data(value), now);
                     BOOST_REQUIRE(!refused);
                     BOOST_CHECK(refused.error().code == ErrorCode::request_too_long);
                 })
        .expect_no_transmit();
    still_works(script, 1);
}

BOOST_AUTO_TEST_CASE(a_meter_too_small_for_any_request) {
    ClientTalk script = associated_client({.server_size = "000C"});
    script
        .command("requests of 13 octets",
                 [](ClientSubject& client, Instant now) {
                     const ByteBuffer value = octets("1101");
                     const auto get = client.machine.get(energy, std::nullopt, now);
                     const auto set = client.machine.set(energy, std::nullopt, data(value), now);
                     const auto action = client.machine.action(run_script, std::nullopt, now);
                     for (const auto& refused : {get, set, action}) {
                         BOOST_REQUIRE(!refused);
                         BOOST_CHECK(refused.error().code == ErrorCode::request_too_long);
                     }
                 })
        .expect_no_transmit();
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_25_action_with_long_parameters_and_a_long_answer) {
    ClientTalk script = long_action();
    script.deliver("C704C100000001")
        .expect_transmit("C306C100000000021308090A0B0C0D0E0F101112131415161718191A")
        .deliver("C704C100000002")
        .expect_transmit("C306C10100000003011B")
        .deliver("C702C100000000010400010009")
        .expect_transmit("C302C100000001")
        .deliver("C702C1010000000203024142")
        .expect_event("action 1 success data 09024142");
    still_works(script, 2);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_25_action_blocks_that_go_wrong) {
    for (const auto& [answer, event] : {
             std::pair{"C704C100000002", "failed 1 wrong-block-number"},
             std::pair{"C701C10F00", "action 1 long-action-aborted"},
             std::pair{"C701C11000", "action 1 no-long-action-in-progress"},
             std::pair{"C701C10000", "failed 1 unexpected-apdu"},  // before the last block
             std::pair{"C702C10100000001020000", "failed 1 unexpected-apdu"},
             std::pair{"C703C1010000", "failed 1 unexpected-apdu"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = long_action();
            script.deliver(answer).expect_event(event);
            still_works(script, 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(get_blocks_that_go_wrong) {
    for (const auto& [answer, event] : {
             std::pair{"C402C1000000000100020906", "failed 1 wrong-block-number"},
             std::pair{"C402C1000000000300020906", "failed 1 wrong-block-number"},
             std::pair{"C402C101000000020101", "get 1 hardware-fault"},
             std::pair{"C402C101000000020113", "get 1 data-block-number-invalid"},
             std::pair{"C402C101000000020110", "get 1 no-long-get-in-progress"},
             std::pair{"C402C1010000000200020000", "failed 1 length-beyond-buffer"},
             std::pair{"C401C1010F", "get 1 long-get-aborted"},
             std::pair{"C403C1010F", "failed 1 unknown-choice"},
             std::pair{"C403C101010F", "failed 1 unexpected-apdu"},
             std::pair{"D80101", "failed 1 exception service-not-allowed operation-not-possible"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = long_get();
            script.deliver(answer).expect_event(event);
            still_works(script, 2);
        }
    }
    ClientTalk silent = long_get();
    silent.at(8s)
        .expect_event("failed 1 timeout")
        .deliver("C402C1000000000200020000")
        .expect_no_transmit();
    still_works(silent, 2);
}

BOOST_AUTO_TEST_CASE(every_block_gives_the_meter_its_time) {
    ClientTalk script = long_get();
    script.at(7s)
        .deliver("C402C1000000000200020001")
        .expect_transmit("C002C100000002")
        .at(14s)
        .deliver("C402C10100000003000402030405")
        .expect_event("get 1 data 0906000102030405");
    still_works(script, 2);
}

void endless_blocks_stop_at(std::size_t limit, std::size_t block_size,
                            association::ClientConfiguration configuration) {
    association::ClientAssociation client(std::move(configuration));
    BOOST_REQUIRE(client.open({}));
    client.receive(octets(Agreement().aare()), {});
    while (client.poll_event()) {
    }
    client.poll_transmit();
    BOOST_REQUIRE(client.get(energy, std::nullopt, {}));
    client.poll_transmit();
    const ByteBuffer octets(block_size, Byte{0x09});
    std::uint32_t number = 0;
    std::optional<association::ClientEvent> event;
    while (!event && number < 100'000) {
        xdlms::GetResponseWithDatablock block;
        block.invoke_id_and_priority = xdlms::InvokeIdAndPriority(0xC1);
        block.block_number = ++number;
        block.block = ByteView(octets);
        ByteBuffer apdu;
        Writer writer(apdu);
        xdlms::encode(writer, block);
        client.receive(apdu, {});
        event = client.poll_event();
        client.poll_transmit();
    }
    BOOST_REQUIRE(event);
    const auto* failed = std::get_if<association::RequestFailed>(&*event);
    BOOST_REQUIRE(failed);
    BOOST_CHECK(std::get<Error>(failed->reason).code == ErrorCode::answer_too_long);
    BOOST_TEST(number == limit / std::max<std::size_t>(block_size, 1024) + 1);
    BOOST_TEST(client.counters().answers == number);
    BOOST_CHECK(client.is_ready());
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_endless_blocks_stop_at_the_limit) {
    endless_blocks_stop_at(limits::max_long_answer, 60'000, client_of({}));
    association::ClientConfiguration smaller = client_of({});
    smaller.max_answer = 1u << 20;
    for (const std::size_t block_size : std::array<std::size_t, 3>{60'000, 1, 0}) {
        endless_blocks_stop_at(smaller.max_answer, block_size, smaller.clone());
    }
}

BOOST_AUTO_TEST_SUITE_END()
