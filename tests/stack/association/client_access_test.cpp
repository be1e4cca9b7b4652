// ACCESS, as the client speaks it.

#include "tests/support/association_scripts.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

const Agreement with_access{.conformance = "00005F"};
const std::vector<xdlms::AccessSpecification> get_set_action{
    xdlms::AccessGet{energy}, xdlms::AccessSet{clock_time}, xdlms::AccessAction{disconnect}};
const Values get_set_action_data{"00", "1101", "0F00"};
constexpr auto specifications_hex =
    "030100030100010800FF020200080000010000FF02030046000060030AFF01";
constexpr auto data_hex = "030011010F00";

std::string request(std::string_view invoke) {
    return "D9" + std::string(invoke) + "00" + specifications_hex + data_hex;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_access)

BOOST_AUTO_TEST_CASE(ACCESS_X_1_get_set_and_action_in_one) {
    ClientTalk script = associated_client(with_access);
    script.command("access", access(get_set_action, get_set_action_data))
        .expect_transmit(request("C0000010"))
        .deliver("DAC000001000000306000030390000030100020C0300")
        .expect_event("access 16 get success 0600003039 set type-unmatched 00 action success 00")
        .command("self-descriptive, break on error",
                 access(get_set_action, get_set_action_data,
                        {.self_descriptive = true, .break_on_error = true}))
        .expect_transmit(request("F0000011"))
        .deliver("DAF00000110001" + std::string(specifications_hex) + "0300000003010402FA03FA")
        .expect_event(
            "access 17 [get] [set] [action] get object-undefined 00 set other-reason 00 "
            "action other-reason 00")
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(ACCESS_X_3_unconfirmed_and_with_selection) {
    const ByteBuffer entries = octets("020406000000010600000002120001120000");
    ClientTalk script = associated_client(with_access);
    script
        .command("unconfirmed", access(get_set_action, get_set_action_data,
                                       {.service_class = association::ServiceClass::unconfirmed}))
        .expect_transmit(request("80000010"))
        .at(20s)
        .command(
            "with selection",
            [&](ClientSubject& client, Instant now) {
                const std::vector<xdlms::AccessSpecification> one{xdlms::AccessGetWithSelection{
                    {7, {1, 0, 99, 1, 0, 255}, 2}, {2, data(entries)}}};
                const Values none{"00"};
                const auto views = none.views();
                BOOST_REQUIRE(client.machine.access(one, views, {}, now));
            })
        .expect_transmit(
            "D9C000001100010400070100630100FF0202020406000000010600000002120001120000"
            "0100")
        .deliver("DAC00000110000010100010100")
        .expect_event("access 17 get success 0100");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(ACCESS_X_3_answers_of_another_length_or_id) {
    for (const auto& [answer, event] : {
             std::pair{"DAC000001000000100010100", "failed 16 list-count-mismatch"},
             std::pair{"DAC00000100000030000000201000200", "failed 16 list-count-mismatch"},
             std::pair{"DAC000001000000000", "failed 16 list-count-mismatch"},
             std::pair{"DAC00000100000030000", "failed 16 length-beyond-buffer"},
             std::pair{"DAC000", "failed 16 truncated"},
             std::pair{"D80102", "failed 16 exception service-not-allowed service-not-supported"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = associated_client(with_access);
            script.command("access", access(get_set_action, get_set_action_data))
                .expect_transmit(request("C0000010"))
                .deliver(answer)
                .expect_event(event)
                .command("again", access(get_set_action, get_set_action_data))
                .expect_transmit(request("C0000011"))
                .deliver("DAC000001000000300000003010002000300")  // late
                .deliver("DAC00000100000030000")                  // late and damaged
                .deliver("DAC000001100000300000003010002000300")
                .expect_event("access 17 get success 00 set success 00 action success 00");
            holds_every_way(script);
        }
    }
}

BOOST_AUTO_TEST_CASE(answers_that_real_head_ends_received) {
    // Every access-response of the vectors ends a request of as many items with its results.
    std::size_t answers = 0;
    for (const Vector& vector : load_vectors("xdlms")) {
        if (!vector.valid || vector.octets[0] != 0xDA) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id) {
            ByteBuffer answer = vector.octets;
            const auto decoded = xdlms::decode_access_response(vector.octets);
            BOOST_REQUIRE(decoded);
            // the long-invoke-id of the first request
            answer[2] = answer[3] = 0;
            answer[4] = 0x10;
            const std::size_t count = decoded->results.size();
            association::ClientAssociation client(client_of(with_access));
            BOOST_REQUIRE(client.open({}));
            client.poll_transmit();
            client.receive(octets(with_access.aare()), {});
            BOOST_REQUIRE(client.poll_event());
            const std::vector<xdlms::AccessSpecification> names(count, xdlms::AccessGet{energy});
            const std::vector<axdr::DataView> none(count);
            BOOST_REQUIRE(client.access(names, none, {}, {}));
            client.poll_transmit();
            client.receive(answer, {});
            const auto event = client.poll_event();
            BOOST_REQUIRE(event);
            const auto* completed = std::get_if<association::AccessCompleted>(&*event);
            BOOST_REQUIRE(completed);
            BOOST_TEST(completed->response.results.size() == count);
            ByteBuffer again;
            Writer writer(again);
            xdlms::encode(writer, completed->response);
            BOOST_TEST(to_hex(again) == to_hex(answer));
            ++answers;
        }
    }
    BOOST_TEST(answers >= 10u);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_access_that_may_not_be_asked) {
    ClientTalk script = associated_client({});
    script
        .command("access",
                 [](ClientSubject& client, Instant now) {
                     const auto refused = client.machine.access(
                         get_set_action, get_set_action_data.views(), {}, now);
                     BOOST_REQUIRE(!refused);
                     BOOST_CHECK(refused.error().code == ErrorCode::not_negotiated);
                 })
        .expect_no_transmit();
    holds_every_way(script);

    ClientTalk small = associated_client({.conformance = "00005F", .server_size = "0020"});
    small
        .command("access",
                 [](ClientSubject& client, Instant now) {
                     const auto views = get_set_action_data.views();
                     const auto long_one = client.machine.access(get_set_action, views, {}, now);
                     const auto odd =
                         client.machine.access(get_set_action, std::span(views).first(2), {}, now);
                     const auto none = client.machine.access({}, {}, {}, now);
                     BOOST_REQUIRE(!long_one && !odd && !none);
                     BOOST_CHECK(long_one.error().code == ErrorCode::request_too_long);
                     BOOST_CHECK(odd.error().code == ErrorCode::out_of_range);
                     BOOST_CHECK(none.error().code == ErrorCode::out_of_range);
                 })
        .expect_no_transmit()
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C401C1001101")
        .expect_event("get 1 data 1101");
    holds_every_way(small);
}

BOOST_AUTO_TEST_SUITE_END()
