// ACCESS, as the server speaks it.

#include "tests/support/association_scripts.hpp"
#include "tests/support/vectors.hpp"

using namespace dlms;
using namespace dlms::testing;
using cosem::ActionResult;
using cosem::DataAccessResult;

namespace {

const Agreement with_access{.conformance = "00005F"};
constexpr auto specifications = "030100030100010800FF020200080000010000FF02030046000060030AFF01";
constexpr auto values = "030011010F00";

std::string request(std::string_view invoke) {
    return "D9" + std::string(invoke) + "00" + specifications + values;
}

void still_works(ServerTalk& script) {
    script.deliver("C001CF00030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401CF001101");
    holds_every_way(script);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_access)

BOOST_AUTO_TEST_CASE(ACCESS_X_1_get_set_and_action_in_one) {
    ServerTalk script = associated_server(with_access);
    script.deliver(request("C0000010"))
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("get", answer("0600003039"))
        .expect_event("set 8/0-0:1.0.0.255/2 1101")
        .command("set", answer_set())
        .expect_event("action 70/0-0:96.3.10.255/1 0F00")
        .command("action", answer_action(ActionResult::success, "1105"))
        .expect_transmit(
            "DAC000001000000306000030390011050301000200"
            "0300");
    still_works(script);

    // Self-descriptive: the specifications come back. The third is executed though others failed.
    ServerTalk described = associated_server(with_access);
    described.deliver(request("D0ABCDEF"))
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("get", answer_with(DataAccessResult::object_undefined))
        .expect_event("set 8/0-0:1.0.0.255/2 1101")
        .command("set", answer_set(DataAccessResult::type_unmatched))
        .expect_event("action 70/0-0:96.3.10.255/1 0F00")
        .command("action", answer_action(ActionResult::success))
        .expect_transmit("DAD0ABCDEF0001" + std::string(specifications) +
                         "03000000"
                         "030104020C0300");
    still_works(described);
}

BOOST_AUTO_TEST_CASE(ACCESS_X_2_break_on_error) {
    ServerTalk goes_on = associated_server(with_access);
    goes_on.deliver(request("C0000010"))
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("get", answer("1101"))
        .expect_event("set 8/0-0:1.0.0.255/2 1101")
        .command("set", answer_set(DataAccessResult::read_write_denied))
        .expect_event("action 70/0-0:96.3.10.255/1 0F00")
        .command("action", answer_action(ActionResult::success))
        .expect_transmit("DAC00000100000031101000003010002030300");
    still_works(goes_on);

    ServerTalk breaks = associated_server(with_access);
    breaks.deliver(request("E0000010"))
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("get", answer("1101"))
        .expect_event("set 8/0-0:1.0.0.255/2 1101")
        .command("set", answer_set(DataAccessResult::read_write_denied))
        .expect_transmit("DAE000001000000311010000030100020303FA");
    still_works(breaks);

    // xdlms-0211's results (GBCS): success would stop nothing, the failure is the last item's.
    ServerTalk first = associated_server(with_access);
    first.deliver(request("E0000010"))
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("get", answer_with(DataAccessResult::hardware_fault))
        .expect_transmit("DAE000001000000300000003010102FA03FA");
    still_works(first);
}

BOOST_AUTO_TEST_CASE(ACCESS_X_3_counts_and_choices_that_are_wrong) {
    for (const auto* wrong : {
             "D9C000001000020100030100010800FF020100080000010000FF020100",
             "D9C000001000010600030100010800FF020100",
             "D9C0000010000000",
             "D9C000001000010100030100010800FF02020000",
             "D9C000001005010100030100010800FF020100",
             "D9C00000",
         }) {
        BOOST_TEST_CONTEXT(wrong) {
            ServerTalk script = associated_server(with_access);
            script.deliver(wrong).expect_transmit("D80102");
            still_works(script);
        }
    }
}

BOOST_AUTO_TEST_CASE(ACCESS_X_3_unconfirmed_and_with_selection) {
    const std::string selected =
        "D98000001000020400070100630100FF0202020406000000010600000002120001120000"
        "0500070100630100FF04010002001105";
    ServerTalk silent = associated_server(with_access);
    silent.deliver(selected)
        .expect_event("get 7/1-0:99.1.0.255/2 selector 2 020406000000010600000002120001120000")
        .command("get", answer("0100"))
        .expect_event("set 7/1-0:99.1.0.255/4 1105")
        .command("set", answer_set())
        .expect_no_transmit();
    still_works(silent);

    ServerTalk answered = associated_server(
        with_access,
        [](association::ServerConfiguration& server) { server.answer_unconfirmed = true; });
    answered.deliver(selected)
        .expect_event("get 7/1-0:99.1.0.255/2 selector 2 020406000000010600000002120001120000")
        .command("get", answer("0100"))
        .expect_event("set 7/1-0:99.1.0.255/4 1105")
        .command("set", answer_set())
        .expect_transmit("DA800000100000020100000201000200");
    still_works(answered);
}

BOOST_AUTO_TEST_CASE(requests_that_real_meters_took) {
    // Every access-request of the vectors is asked item by item and answered with as many results.
    // (Those of GBCS say unconfirmed, and are answered all the same.)
    std::size_t requests = 0;
    for (const Vector& vector : load_vectors("xdlms")) {
        if (!vector.valid || vector.octets[0] != 0xD9) {
            continue;
        }
        BOOST_TEST_CONTEXT(vector.id) {
            association::ServerConfiguration configuration = server_of(with_access);
            configuration.answer_unconfirmed = true;
            association::ServerAssociation server(std::move(configuration));
            server.receive(octets(with_access.aarq()), {});
            BOOST_REQUIRE(server.poll_event());
            BOOST_REQUIRE(server.poll_transmit());
            server.receive(vector.octets, {});
            const std::size_t count = vector.expect.at("specifications").size();
            std::size_t asked = 0;
            while (const auto event = server.poll_event()) {
                ++asked;
                if (std::holds_alternative<association::GetIndication>(*event)) {
                    BOOST_REQUIRE(server.answer_get(axdr::DataView()));
                } else if (std::holds_alternative<association::SetIndication>(*event)) {
                    BOOST_REQUIRE(server.answer_set(DataAccessResult::success));
                } else {
                    BOOST_REQUIRE(server.answer_action({ActionResult::success, std::nullopt}));
                }
            }
            BOOST_TEST(asked == count);
            const auto answer = server.poll_transmit();
            BOOST_REQUIRE(answer);
            const auto decoded = xdlms::decode_access_response(*answer);
            BOOST_REQUIRE(decoded);
            BOOST_TEST(decoded->results.size() == count);
            BOOST_TEST(decoded->data.size() == count);
            ++requests;
        }
    }
    BOOST_TEST(requests >= 8u);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_27_access_that_was_not_negotiated_and_answers_too_long) {
    ServerTalk script = associated_server({});
    script.deliver(request("C0000010")).expect_transmit("D80102");
    still_works(script);

    ServerTalk small = associated_server({.conformance = "00005F", .client_size = "0018"});
    small.deliver("D9C000001000010100030100010800FF020100")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("get", answer("0910000102030405060708090A0B0C0D0E0F"))
        .expect_transmit("DAC00000100000010001010E");
    still_works(small);

    // What could not be told is not done.
    ServerTalk smallest = associated_server({.conformance = "00005F", .client_size = "000F"});
    smallest.deliver(request("C0000010")).expect_transmit("D80104");
    still_works(smallest);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_18_X_27_access_with_selection_that_was_not_negotiated) {
    ServerTalk script = associated_server({.conformance = "00005B"});
    script.deliver("D9C000001000010400070100630100FF020102000100")
        .expect_transmit("D80102")
        .deliver("D9C000001000010500070100630100FF02010200011101")
        .expect_transmit("D80102");
    still_works(script);
}

BOOST_AUTO_TEST_SUITE_END()
