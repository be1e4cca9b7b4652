// ACTION with one method, as the server speaks it (its blocks: server_blocks_test.cpp).

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using cosem::ActionResult;

BOOST_AUTO_TEST_SUITE(server_action)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_23_action_with_and_without_parameters_and_data) {
    // xdlms-0147, 0149, 0008 (u9n/dlms-cosem), and the answer 0018 (jDLMS)
    ServerTalk script = associated_server({});
    script.deliver("C301420046000060030AFF01010F00")
        .expect_event("action 70/0-0:96.3.10.255/1 0F00")
        .command("done", answer_action(ActionResult::success))
        .expect_transmit("C701420000")
        .deliver("C30142000900000A0000FF0100")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("denied", answer_action(ActionResult::read_write_denied))
        .expect_transmit("C701420300")
        .deliver("C301C1000F0000280000FF010109111000001A90E6D2221FA2FD85EED61ACC22")
        .expect_event("action 15/0-0:40.0.0.255/1 09111000001A90E6D2221FA2FD85EED61ACC22")
        .command("reply",
                 answer_action(ActionResult::success, "0911101A9190BC0A587217BCD2BCD4FDDB7143"))
        .expect_transmit("C701C10001000911101A9190BC0A587217BCD2BCD4FDDB7143")
        .deliver("6203800100")
        .expect_transmit("6303800100")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_24_what_is_wrong_with_the_request) {
    for (const auto* hex : {"C301C1", "C301C1000900000A0000FF01", "C301C1000900000A0000FF0102",
                            "C301C1000900000A0000FF0101", "C301C1000900000A0000FF010000", "C307C1",
                            "C300C1000900000A0000FF0100"}) {
        BOOST_TEST_CONTEXT(hex) {
            ServerTalk script = associated_server({});
            script.deliver(hex)
                .expect_transmit("D80102")
                .deliver("C301C1000900000A0000FF0100")
                .expect_event("action 9/0-0:10.0.0.255/1 -")
                .command("wrong parameters", answer_action(ActionResult::type_unmatched))
                .expect_transmit("C701C10C00");
            holds_every_way(script);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_2_an_unconfirmed_action_is_answered_by_option_only) {
    ServerTalk silent = associated_server({});
    silent.deliver("C30181000900000A0000FF0100")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("done", answer_action(ActionResult::success))
        .expect_no_transmit()
        .deliver("C301C1000900000A0000FF0100")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("done", answer_action(ActionResult::success))
        .expect_transmit("C701C10000");
    holds_every_way(silent);

    ServerTalk answered = associated_server(
        {}, [](association::ServerConfiguration& server) { server.answer_unconfirmed = true; });
    answered.deliver("C30181000900000A0000FF0100")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("done", answer_action(ActionResult::success))
        .expect_transmit("C701810000");
    holds_every_way(answered);
}

BOOST_AUTO_TEST_CASE(answers_of_another_kind_are_refused_and_change_nothing) {
    ServerTalk script = associated_server({});
    script.deliver("C301C1000900000A0000FF0100")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("others",
                 [](ServerSubject& server, Instant) {
                     auto& machine = server.machine;
                     const auto get = machine.answer_get(cosem::DataAccessResult::success);
                     const auto set = machine.answer_set(cosem::DataAccessResult::success);
                     BOOST_REQUIRE(!get && !set);
                     BOOST_CHECK(get.error().code == ErrorCode::wrong_state);
                     BOOST_CHECK(set.error().code == ErrorCode::wrong_state);
                 })
        .deliver("C001C200030100010800FF0200")  // held back by nobody: waits
        .expect_no_transmit()
        .command("done", answer_action(ActionResult::success))
        .expect_transmit("C701C10000")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("again",
                 [](ServerSubject& server, Instant) {
                     BOOST_CHECK(!server.machine.answer_action({}));
                     BOOST_TEST(server.machine.counters().dropped_apdus == 0u);
                 })
        .command("answer", answer("1101"))
        .expect_transmit("C401C2001101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_27_action_that_was_not_negotiated) {
    ServerTalk script = associated_server({.conformance = "000018"});
    for (const auto* request : {"C301C1000900000A0000FF0100", "C302C100000001",
                                "C303C101000900000A0000FF010100", "C306C101000000010100"}) {
        script.deliver(request).expect_transmit("D80102");
    }
    holds_every_way(script);
}

BOOST_AUTO_TEST_SUITE_END()
