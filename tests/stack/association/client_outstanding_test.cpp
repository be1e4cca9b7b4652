// Several requests of a client at once, and what comes between a request and its answer.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

ClientTalk three_outstanding() {
    ClientTalk script = associated_client(
        {}, [](association::ClientConfiguration& client) { client.max_outstanding_requests = 3; });
    script.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .at(1s)
        .command("set", set(energy, "1101"))
        .expect_transmit("C101C200030100010800FF02001101")
        .at(2s)
        .command("action", action(disconnect, "0F00"))
        .expect_transmit("C301C30046000060030AFF01010F00");
    return script;
}

void is_full(ClientSubject& client, Instant now) {
    BOOST_TEST(client.machine.outstanding_requests() == 3u);
    BOOST_TEST(!client.machine.is_ready());
    const auto refused = client.machine.get(energy, std::nullopt, now);
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == ErrorCode::wrong_state);
    BOOST_CHECK(client.machine.release(now).error().code == ErrorCode::wrong_state);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_outstanding)

BOOST_AUTO_TEST_CASE(answers_in_any_order) {
    ClientTalk script = three_outstanding();
    script.command("no fourth", is_full)
        .expect_no_transmit()
        .deliver("C701C30000")
        .expect_event("action 3 success")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101")
        .deliver("C501C200")
        .expect_event("set 2 success")
        .command("release", release)
        .expect_transmit("6203800100")
        .deliver("6303800100")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_4_each_has_its_own_deadline_and_late_answers_are_dropped) {
    ClientTalk script = three_outstanding();
    script.at(8s)
        .expect_event("failed 1 timeout")
        .deliver("C401C1001101")  // late
        .deliver("C501C200")
        .expect_event("set 2 success")
        .deliver("C501C200")  // twice
        .at(10s)
        .expect_event("failed 3 timeout")
        .deliver("C701C30000")
        .command("counted", [](ClientSubject& client, Instant) {
            BOOST_TEST(client.machine.counters().late_answers == 3u);
        });
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(an_exception_is_the_oldest_ones) {
    ClientTalk script = three_outstanding();
    script.deliver("D80103")
        .expect_event("failed 1 exception service-not-allowed other-reason")
        .deliver("0E050502")
        .expect_event("failed 2 service-error access object-access-violated")
        .deliver("D802")  // not even an exception, and yet an answer
        .expect_event("failed 3 truncated")
        .deliver("D80103");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(an_answer_that_does_not_decode_is_its_own_requests) {
    ClientTalk script = three_outstanding();
    script.deliver("C501C2")
        .expect_event("failed 2 truncated")
        .deliver("C701CF")  // of no request
        .deliver("C4")      // of nobody knows which
        .expect_event("failed 1 truncated")
        .deliver("C701C30000")
        .expect_event("action 3 success");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(an_answer_of_another_service_with_the_same_id_is_dropped) {
    ClientTalk script = three_outstanding();
    script.deliver("C501C100")
        .deliver("C401C2001101")
        .deliver("C401C3001101")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101")
        .deliver("C501C200")
        .expect_event("set 2 success")
        .deliver("C701C30000")
        .expect_event("action 3 success");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(blocks_of_one_do_not_mix_with_answers_of_others) {
    ClientTalk script = three_outstanding();
    script.deliver("C402C1000000000100020902")
        .expect_transmit("C002C100000001")
        .deliver("C701C30000")
        .expect_event("action 3 success")
        .command("nothing new while blocks are under way",
                 [](ClientSubject& client, Instant now) {
                     BOOST_TEST(!client.machine.is_ready());
                     BOOST_TEST(!client.machine.get(energy, std::nullopt, now).has_value());
                 })
        .deliver("C402C1010000000200024142")
        .expect_event("get 1 data 09024142")
        .deliver("C501C200")
        .expect_event("set 2 success");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(the_loss_of_the_link_ends_each) {
    ClientTalk script = three_outstanding();
    script.command("lost", [](ClientSubject& client, Instant) { client.connection_lost(); })
        .expect_event("failed 1 connection-lost")
        .expect_event("failed 2 connection-lost")
        .expect_event("failed 3 connection-lost")
        .expect_event("aborted connection-lost")
        .expect_no_transmit();
    script.holds();
}

BOOST_AUTO_TEST_CASE(ids_that_are_outstanding_are_not_given_again) {
    association::ClientConfiguration configuration = client_of({});
    configuration.max_outstanding_requests = 99;  // taken as 15
    association::ClientAssociation client(std::move(configuration));
    BOOST_REQUIRE(client.open({}));
    client.poll_transmit();
    client.receive(octets(Agreement().aare()), {});
    BOOST_REQUIRE(client.poll_event());
    const auto first = client.get(energy, std::nullopt, {});
    BOOST_REQUIRE(first);
    for (int round = 0; round < 3; ++round) {
        std::vector<association::RequestId> ids;
        while (client.is_ready()) {
            const auto id = client.get(energy, std::nullopt, {});
            BOOST_REQUIRE(id);
            BOOST_REQUIRE(*id != *first);
            BOOST_REQUIRE(std::ranges::find(ids, *id) == ids.end());
            ids.push_back(*id);
        }
        BOOST_REQUIRE_EQUAL(ids.size(), 14u);
        for (const association::RequestId id : ids) {
            client.receive(ByteBuffer{0xC4, 0x01, static_cast<Byte>(0xC0 | id.value()), 0, 0}, {});
            BOOST_REQUIRE(client.poll_event());
        }
    }
}

BOOST_AUTO_TEST_CASE(one_at_a_time_with_general_blocks_and_short_names) {
    for (const Agreement& agreement : {Agreement{.conformance = "207E1F"},
                                       Agreement{.conformance = "1C1B20", .short_names = true}}) {
        ClientTalk script = associated_client(
            agreement,
            [](association::ClientConfiguration& client) { client.max_outstanding_requests = 8; });
        script.command("two", [&](ClientSubject& client, Instant now) {
            const std::vector<xdlms::VariableAccessSpecification> name{xdlms::VariableName{1}};
            BOOST_REQUIRE(agreement.short_names ? client.machine.read(name, now)
                                                : client.machine.get(energy, std::nullopt, now));
            BOOST_TEST(!client.machine.is_ready());
        });
        script.expect_transmit(agreement.short_names ? "0501020001" : "C001C100030100010800FF0200");
        holds_every_way(script);
    }
}

BOOST_AUTO_TEST_SUITE_END()
