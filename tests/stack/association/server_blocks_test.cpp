// Blocks of the services themselves as the server speaks them: SET and ACTION up, ACTION down (GET:
// server_association_test.cpp).

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using cosem::ActionResult;
using cosem::DataAccessResult;

namespace {

const Agreement small{.client_size = "0010"};

/// The association goes on: another request works.
void still_works(ServerTalk& script) {
    script.deliver("C001CF00030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401CF001101");
    holds_every_way(script);
}

/// The blocks of xdlms-0136 and its like: {0..6} in three blocks.
ServerTalk long_set() {
    ServerTalk script = associated_server({});
    script.deliver("C102C100030100010800FF020000000000010409070001")
        .expect_transmit("C502C100000001");
    return script;
}

ServerTalk long_action() {
    ServerTalk script = associated_server({});
    script.deliver("C304C1000900000A0000FF0100000000010409070001")
        .expect_transmit("C704C100000001");
    return script;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_blocks)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_20_set_in_blocks_is_stored_after_the_last) {
    ServerTalk clean = long_set();
    clean.deliver("C103C10000000002020203")
        .expect_transmit("C502C100000002")
        .deliver("C103C1FF0000000303040506")
        .expect_event("set 3/1-0:1.8.0.255/2 090700010203040506")
        .command("answer", answer_set())
        .expect_transmit("C503C10000000003");
    still_works(clean);

    ServerTalk refused = long_set();
    refused.deliver("C103C10100000002050203040506")
        .expect_event("set 3/1-0:1.8.0.255/2 090700010203040506")
        .command("answer", answer_set(DataAccessResult::type_unmatched))
        .expect_transmit("C503C10C00000002");
    still_works(refused);

    // One block that is the last at once.
    ServerTalk one = associated_server({});
    one.deliver("C102C100030100010800FF02000100000001021105")
        .expect_event("set 3/1-0:1.8.0.255/2 1105")
        .command("answer", answer_set())
        .expect_transmit("C503C10000000001");
    still_works(one);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_20_lists_and_their_descriptors_outlive_their_apdu) {
    // xdlms-0153's kind, for SET: two attributes, their values in the blocks.
    ServerTalk script = associated_server({});
    script.deliver("C105C10200010000800000FF020000010000800001FF02000000000001020211")
        .expect_transmit("C502C100000001")
        .deliver("C103C1010000000205010A024142")
        .expect_event("set 1/0-0:128.0.0.255/2 1101")
        .command("first", answer_set())
        .expect_event("set 1/0-0:128.0.1.255/2 0A024142")
        .command("second", answer_set(DataAccessResult::type_unmatched))
        .expect_transmit("C504C102000C00000002");
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_21_set_blocks_that_go_wrong) {
    for (const auto& [block, answer] : {
             std::pair{"C103C10000000003020203", "C503C11300000003"},  // one left out
             std::pair{"C103C10000000001020203", "C503C11300000001"},  // the same number again
             std::pair{"C103C10000000000020203", "C503C11300000000"},
             std::pair{"C103C101FFFFFFFF020203", "C503C113FFFFFFFF"},
             std::pair{"C103C101000000020402030405", "C503C10C00000002"},  // not one Data
             std::pair{"C103C1010000000206020304050607", "C503C10C00000002"},
         }) {
        BOOST_TEST_CONTEXT(block) {
            ServerTalk script = long_set();
            script.deliver(block)
                .expect_transmit(answer)
                .deliver("C103C10100000002050203040506")  // nothing to go on with
                .expect_transmit("C503C11200000002");
            still_works(script);
        }
    }
    ServerTalk none = associated_server({});
    none.deliver("C103C10100000002050203040506").expect_transmit("C503C11200000002");
    still_works(none);

    ServerTalk not_first = associated_server({});
    not_first.deliver("C102C100030100010800FF020000000000020409070001")
        .expect_transmit("C503C11300000002");
    still_works(not_first);

    // What does not decode changes nothing.
    ServerTalk damaged = long_set();
    damaged.deliver("C103C10100000002050203")
        .expect_transmit("D80102")
        .deliver("C103C10100000002050203040506")
        .expect_event("set 3/1-0:1.8.0.255/2 090700010203040506")
        .command("answer", answer_set())
        .expect_transmit("C503C10000000002");
    still_works(damaged);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_21_a_new_request_gives_up_the_blocks_of_an_old_one) {
    ServerTalk other = long_set();
    other.deliver("C001C200030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401C2001101")
        .deliver("C103C10100000002050203040506")
        .expect_transmit("C503C11200000002");
    still_works(other);

    ServerTalk anew = long_set();
    anew.deliver("C102C200030100010800FF020000000000010111")
        .expect_transmit("C502C200000001")
        .deliver("C103C201000000020105")
        .expect_event("set 3/1-0:1.8.0.255/2 1105")
        .command("answer", answer_set())
        .expect_transmit("C503C20000000002");
    still_works(anew);

    ServerTalk action = long_set();
    action.deliver("C306C10100000002050203040506").expect_transmit("C701C11000");
    still_works(action);

    ServerTalk next = long_set();
    next.deliver("C002C100000001").expect_transmit("C402C101000000010110");
    still_works(next);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_25_action_blocks_up) {
    ServerTalk script = long_action();
    script.deliver("C306C10000000002020203")
        .expect_transmit("C704C100000002")
        .deliver("C306C1010000000303040506")
        .expect_event("action 9/0-0:10.0.0.255/1 090700010203040506")
        .command("answer", answer_action(ActionResult::success, "1105"))
        .expect_transmit("C701C10001001105");
    still_works(script);
    for (const auto& [block, answer] : {
             std::pair{"C306C10000000003020203", "C701C10F00"},
             std::pair{"C306C10000000001020203", "C701C10F00"},
             std::pair{"C306C101000000020402030405", "C701C10C00"},
         }) {
        BOOST_TEST_CONTEXT(block) {
            ServerTalk wrong = long_action();
            wrong.deliver(block)
                .expect_transmit(answer)
                .deliver("C306C10100000002050203040506")
                .expect_transmit("C701C11000");
            still_works(wrong);
        }
    }
    ServerTalk none = associated_server({});
    none.deliver("C306C10100000002050203040506")
        .expect_transmit("C701C11000")
        .deliver("C302C100000001")
        .expect_transmit("C701C11000");
    still_works(none);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_25_action_blocks_down) {
    // 16 octets: seven of the answer in each block
    const auto begun = [] {
        ServerTalk script = associated_server(small);
        script.deliver("C301C1000900000A0000FF0100")
            .expect_event("action 9/0-0:10.0.0.255/1 -")
            .command("answer", answer_action(ActionResult::success, "090B000102030405060708090A"))
            .expect_transmit("C702C1000000000107000100090B0001");
        return script;
    };
    ServerTalk script = begun();
    script.deliver("C302C100000001")
        .expect_transmit("C702C100000000020702030405060708")
        .deliver("C302C100000002")
        .expect_transmit("C702C1010000000302090A")
        .deliver("C302C100000003")
        .expect_transmit("C701C11000");
    still_works(script);
    for (const auto* number : {"00000000", "00000002", "FFFFFFFF"}) {
        ServerTalk wrong = begun();
        wrong.deliver("C302C1" + std::string(number))
            .expect_transmit("C701C10F00")
            .deliver("C302C100000001")
            .expect_transmit("C701C11000");
        still_works(wrong);
    }
    ServerTalk left = begun();
    left.deliver("C002C100000001").expect_transmit("C402C101000000010110");
    still_works(left);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_25_long_both_ways) {
    ServerTalk script = associated_server(small);
    script.deliver("C304C1000900000A0000FF0100000000010409070001")
        .expect_transmit("C704C100000001")
        .deliver("C306C10100000002050203040506")
        .expect_event("action 9/0-0:10.0.0.255/1 090700010203040506")
        .command("answer", answer_action(ActionResult::success, "0909000102030405060708"))
        .expect_transmit("C702C100000000010700010009090001")
        .deliver("C302C100000001")
        .expect_transmit("C702C101000000020702030405060708");
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_29_long_answers_without_blocks) {
    ServerTalk action = associated_server({.conformance = "000019", .client_size = "0010"});
    action.deliver("C301C1000900000A0000FF0100")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("answer", answer_action(ActionResult::success, "090B000102030405060708090A"))
        .expect_transmit("C701C10E00");
    still_works(action);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_27_blocks_that_were_not_negotiated) {
    ServerTalk script = associated_server({.conformance = "000219"});
    for (const auto* request : {
             "C102C100030100010800FF020000000000010409070001",
             "C105C10100030100010800FF02000000000001020111",
             "C304C1000900000A0000FF0100000000010409070001",
             "C305C101000900000A0000FF010000000001020111",
             "C103C101000000020400010203",
             "C306C101000000020400010203",
             "C302C100000001",
             "C002C100000001",
         }) {
        script.deliver(request).expect_transmit("D80102");
    }
    still_works(script);
}

BOOST_AUTO_TEST_CASE(blocks_of_an_unconfirmed_set) {
    ServerTalk script = associated_server({});
    script.deliver("C1028100030100010800FF020000000000010111")
        .expect_transmit("C5028100000001")
        .deliver("C1038101000000020105")
        .expect_event("set 3/1-0:1.8.0.255/2 1105")
        .command("answer", answer_set())
        .expect_no_transmit();
    still_works(script);
}

BOOST_AUTO_TEST_SUITE_END()
