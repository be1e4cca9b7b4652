// ACTION with one method, as the client speaks it (its blocks: client_blocks_test.cpp).

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;
using association::ServiceClass;

BOOST_AUTO_TEST_SUITE(client_action)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_23_action_with_and_without_parameters) {
    ClientTalk script = associated_client({});
    script.command("disconnect", action(disconnect, "0F00"))
        .expect_transmit("C301C10046000060030AFF01010F00")
        .deliver("C701C10000")
        .expect_event("action 1 success")
        .command("no parameters", action(run_script))
        .expect_transmit("C301C2000900000A0000FF0100")
        .deliver("C701C20001001105")
        .expect_event("action 2 success data 1105")
        .command("refused", action(run_script, "120001"))
        .expect_transmit("C301C3000900000A0000FF0101120001")
        .deliver("C701C30C00")
        .expect_event("action 3 type-unmatched")
        .command("data refused", action(run_script, "120001"))
        .expect_transmit("C301C4000900000A0000FF0101120001")
        .deliver("C701C400010101")
        .expect_event("action 4 success hardware-fault")
        .command("release", release)
        .expect_transmit("6203800100")
        .deliver("6303800100")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_23_a_recorded_reply_to_hls) {
    // xdlms-0008 (u9n/dlms-cosem) and xdlms-0018 (jDLMS), with the invoke-ids of a first request.
    ClientTalk script = associated_client(
        {}, [](association::ClientConfiguration& client) { client.high_priority = true; });
    script
        .command("reply",
                 action({15, {0, 0, 40, 0, 0, 255}, 1}, "09111000001A90E6D2221FA2FD85EED61ACC22"))
        .expect_transmit("C301C1000F0000280000FF010109111000001A90E6D2221FA2FD85EED61ACC22")
        .deliver("C701C10001000911101A9190BC0A587217BCD2BCD4FDDB7143")
        .expect_event("action 1 success data 0911101A9190BC0A587217BCD2BCD4FDDB7143");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(an_unconfirmed_request_has_no_answer_and_no_deadline) {
    ClientTalk script = associated_client({});
    script.command("action", action(disconnect, "0F00", ServiceClass::unconfirmed))
        .expect_transmit("C301810046000060030AFF01010F00")
        .command("set", set(energy, "1101", ServiceClass::unconfirmed))
        .expect_transmit("C1018200030100010800FF02001101")
        .at(20s)
        .command("get", get(energy))
        .expect_transmit("C001C300030100010800FF0200")
        .deliver("C701810000")  // a meter that answers all the same
        .deliver("C501820C")
        .deliver("C401C3001101")
        .expect_event("get 3 data 1101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(answers_that_do_not_decode_fail_the_request_and_keep_the_association) {
    for (const auto* answer : {"C701C1", "C701C100", "C701C10002", "C701C10001", "C701C1000102",
                               "C701C107", "C705C1", "C701C1000000"}) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = associated_client({});
            script.command("action", action(disconnect, "0F00"))
                .expect_transmit("C301C10046000060030AFF01010F00")
                .deliver(answer);
            const std::string event = [answer] {
                const ByteBuffer apdu = octets(answer);
                return "failed 1 " +
                       std::string(name(xdlms::decode_action_response(apdu).error().code));
            }();
            script.expect_event(event)
                .command("again", action(disconnect, "0F00"))
                .expect_transmit("C301C20046000060030AFF01010F00")
                .deliver("C701C20000")
                .expect_event("action 2 success");
            holds_every_way(script);
        }
    }
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_action_that_was_not_negotiated) {
    ClientTalk script = associated_client({.conformance = "000018"});
    script
        .command("action",
                 [](ClientSubject& client, Instant now) {
                     for (const ServiceClass service_class :
                          {ServiceClass::confirmed, ServiceClass::unconfirmed}) {
                         const auto refused =
                             client.machine.action(disconnect, std::nullopt, now, service_class);
                         BOOST_REQUIRE(!refused);
                         BOOST_CHECK(refused.error().code == ErrorCode::not_negotiated);
                     }
                 })
        .expect_no_transmit();
    holds_every_way(script);
}

BOOST_AUTO_TEST_SUITE_END()
