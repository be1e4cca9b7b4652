// GET, SET and ACTION with list, as the client speaks them.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace std::chrono_literals;

namespace {

// The list of xdlms-0067 (u9n/dlms-cosem): two attributes, answered by xdlms-0091.
const std::vector<cosem::AttributeDescriptorWithSelection> name_and_clock{
    {{1, {0, 0, 42, 0, 0, 255}, 2}, std::nullopt}, {clock_time, std::nullopt}};
constexpr auto get_name_and_clock = "C003C102000100002A0000FF020000080000010000FF0200";

const std::vector<cosem::AttributeDescriptorWithSelection> two_values{{energy, std::nullopt},
                                                                      {clock_time, std::nullopt}};
const std::vector<cosem::MethodDescriptor> two_methods{disconnect, run_script};

void still_works(ClientTalk& script, int id) {
    const Byte invoke[]{static_cast<Byte>(0xC0 | id)};
    script.command("get", get(energy))
        .expect_transmit("C001" + to_hex(invoke) + "00030100010800FF0200")
        .deliver("C401" + to_hex(invoke) + "000600003039")
        .expect_event("get " + std::to_string(id) + " data 0600003039");
    holds_every_way(script);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_lists)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_16_a_recorded_get_with_list) {
    ClientTalk script = associated_client({});
    script.command("get", get_list(name_and_clock))
        .expect_transmit(get_name_and_clock)
        .deliver("C403C10200091049534B3130333037373737363433363600090C07E50603040E091700FFC400")
        .expect_event(
            "get-list 1 data 091049534B31303330373737373634333636 "
            "data 090C07E50603040E091700FFC400");
    still_works(script, 2);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_16_get_with_list_and_its_refusals) {
    ClientTalk script = associated_client({});
    const ByteBuffer parameters = octets("020406000000010600000002120001120000");
    const cosem::SelectiveAccess selection{2, data(parameters)};
    script
        .command("get",
                 [&](ClientSubject& client, Instant now) {
                     const std::vector<cosem::AttributeDescriptorWithSelection> list{
                         {energy, std::nullopt}, {{7, {1, 0, 99, 1, 0, 255}, 2}, selection}};
                     BOOST_REQUIRE(client.machine.get_list(list, now));
                 })
        .expect_transmit(
            "C003C10200030100010800FF020000070100630100FF0201020204060000000106000000021200"
            "01120000")
        .deliver("C403C1020103000100")
        .expect_event("get-list 1 read-write-denied data 0100");
    still_works(script, 2);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_17_a_list_in_blocks) {
    ClientTalk script = associated_client({});
    script.command("get", get_list(name_and_clock))
        .expect_transmit(get_name_and_clock)
        .deliver("C402C100000000010006020009024142")
        .expect_transmit("C002C100000001")
        .deliver("C402C1010000000200020104")
        .expect_event("get-list 1 data 09024142 object-undefined");
    still_works(script, 2);

    ClientTalk refused = associated_client({});
    refused.command("get", get_list(name_and_clock))
        .expect_transmit(get_name_and_clock)
        .deliver("C402C10100000001010E")
        .expect_event("failed 1 data-block-unavailable");
    still_works(refused, 2);
}

BOOST_AUTO_TEST_CASE(lists_of_another_length_or_kind_are_no_answer) {
    for (const auto& [answer, event] : {
             std::pair{"C403C101001101", "failed 1 list-count-mismatch"},
             std::pair{"C403C103001101001102001103", "failed 1 list-count-mismatch"},
             std::pair{"C403C100", "failed 1 list-count-mismatch"},
             std::pair{"C401C1001101", "failed 1 unexpected-apdu"},
             std::pair{"C401C10104", "failed 1 object-undefined"},
             std::pair{"C402C101000000010003010011", "failed 1 truncated"},
             std::pair{"C402C10100000001000401001101", "failed 1 list-count-mismatch"},
             std::pair{"C403C102001101", "failed 1 truncated"},
             std::pair{"D80102", "failed 1 exception service-not-allowed service-not-supported"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk script = associated_client({});
            script.command("get", get_list(name_and_clock))
                .expect_transmit(get_name_and_clock)
                .deliver(answer)
                .expect_event(event);
            still_works(script, 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_22_set_with_list) {
    ClientTalk script = associated_client({});
    script.command("set", set_list(two_values, {"1101", "0A024142"}))
        .expect_transmit("C104C10200030100010800FF020000080000010000FF02000211010A024142")
        .deliver("C505C1020003")
        .expect_event("set-list 1 success read-write-denied");
    still_works(script, 2);
    for (const auto& [answer, event] : {
             std::pair{"C505C10100", "failed 1 list-count-mismatch"},
             std::pair{"C501C100", "failed 1 unexpected-apdu"},
             std::pair{"C501C10C", "failed 1 type-unmatched"},
             // It names a block where none was sent.
             std::pair{"C504C102000000000001", "failed 1 wrong-block-number"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk other = associated_client({});
            other.command("set", set_list(two_values, {"1101", "0A024142"}))
                .expect_transmit(
                    "C104C10200030100010800FF020000080000010000FF0200021101"
                    "0A024142")
                .deliver(answer)
                .expect_event(event);
            still_works(other, 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_22_set_with_list_in_blocks) {
    // 34 octets: four of the values in the first block
    ClientTalk script = associated_client({.server_size = "0022"});
    script.command("set", set_list(two_values, {"09050102030405", "0A024142"}))
        .expect_transmit(
            "C105C10200030100010800FF020000080000010000FF0200000000000104"
            "02090501")
        .deliver("C502C100000001")
        .expect_transmit("C103C1010000000208020304050A024142")
        .deliver("C504C102000C00000002")
        .expect_event("set-list 1 success type-unmatched");
    still_works(script, 2);

    // Refused as a whole before its end.
    ClientTalk refused = associated_client({.server_size = "0022"});
    refused.command("set", set_list(two_values, {"09050102030405", "0A024142"}))
        .expect_transmit(
            "C105C10200030100010800FF020000080000010000FF0200000000000104"
            "02090501")
        .deliver("C503C11100000001")
        .expect_event("failed 1 long-set-aborted");
    still_works(refused, 2);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_26_action_with_list) {
    // The shape of xdlms-0151, and an answer of xdlms-0160's.
    ClientTalk script = associated_client({});
    script.command("action", action_list(two_methods, {"0F00", "120001"}))
        .expect_transmit("C303C1020046000060030AFF01000900000A0000FF01020F00120001")
        .deliver("C703C10200000001001105")
        .expect_event("action-list 1 success success data 1105");
    still_works(script, 2);
    for (const auto& [answer, event] : {
             std::pair{"C703C1010000", "failed 1 list-count-mismatch"},
             std::pair{"C701C10000", "failed 1 unexpected-apdu"},
             std::pair{"C701C10300", "failed 1 read-write-denied"},
             std::pair{"C702C10100000001050200000300", "action-list 1 success read-write-denied"},
             std::pair{"C702C10100000001020000", "failed 1 trailing-octets"},
         }) {
        BOOST_TEST_CONTEXT(answer) {
            ClientTalk other = associated_client({});
            other.command("action", action_list(two_methods, {"0F00", "120001"}))
                .expect_transmit("C303C1020046000060030AFF01000900000A0000FF01020F00120001")
                .deliver(answer)
                .expect_event(event);
            still_works(other, 2);
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_26_action_with_list_in_blocks) {
    // 31 octets: three of the parameters in the first block
    ClientTalk script = associated_client({.server_size = "001F"});
    script.command("action", action_list(two_methods, {"0F00", "09050102030405"}))
        .expect_transmit("C305C1020046000060030AFF01000900000A0000FF01000000000103020F00")
        .deliver("C704C100000001")
        .expect_transmit("C306C101000000020709050102030405")
        .deliver("C703C1020000FA00")
        .expect_event("action-list 1 success other-reason");
    still_works(script, 2);

    ClientTalk aborted = associated_client({.server_size = "001F"});
    aborted.command("action", action_list(two_methods, {"0F00", "09050102030405"}))
        .expect_transmit("C305C1020046000060030AFF01000900000A0000FF01000000000103020F00")
        .deliver("C701C10F00")
        .expect_event("failed 1 long-get-aborted");  // code 15 of both enumerations
    still_works(aborted, 2);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_lists_that_may_not_be_asked) {
    ClientTalk script = associated_client({.conformance = "000019"});
    script
        .command("lists",
                 [](ClientSubject& client, Instant now) {
                     const Values values{"1101", "1102"};
                     const auto views = values.views();
                     auto& machine = client.machine;
                     const auto get = machine.get_list(two_values, now);
                     const auto set = machine.set_list(two_values, views, now);
                     const auto action = machine.action_list(two_methods, views, now);
                     for (const auto& refused : {get, set, action}) {
                         BOOST_REQUIRE(!refused);
                         BOOST_CHECK(refused.error().code == ErrorCode::not_negotiated);
                     }
                 })
        .expect_no_transmit();
    still_works(script, 1);

    ClientTalk odd = associated_client({});
    odd.command("lists of no or another length",
                [](ClientSubject& client, Instant now) {
                    const Values values{"1101"};
                    const auto views = values.views();
                    auto& machine = client.machine;
                    const auto none = machine.get_list({}, now);
                    const auto set = machine.set_list(two_values, views, now);
                    const auto action = machine.action_list(two_methods, views, now);
                    for (const auto& refused : {none, set, action}) {
                        BOOST_REQUIRE(!refused);
                        BOOST_CHECK(refused.error().code == ErrorCode::out_of_range);
                    }
                })
        .expect_no_transmit();
    still_works(odd, 1);

    // A list is refused when the meter takes no APDU so long: a GET has no blocks on its way up.
    ClientTalk small = associated_client({.server_size = "0014"});
    small
        .command("list",
                 [](ClientSubject& client, Instant now) {
                     const auto refused = client.machine.get_list(two_values, now);
                     BOOST_REQUIRE(!refused);
                     BOOST_CHECK(refused.error().code == ErrorCode::request_too_long);
                 })
        .expect_no_transmit();
    still_works(small, 1);
}

BOOST_AUTO_TEST_SUITE_END()
