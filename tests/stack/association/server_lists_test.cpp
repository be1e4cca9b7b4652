// GET, SET and ACTION with list, as the server speaks them.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using cosem::ActionResult;
using cosem::DataAccessResult;

namespace {

// xdlms-0067 (u9n/dlms-cosem), which xdlms-0091 answers.
constexpr auto get_name_and_clock = "C003C102000100002A0000FF020000080000010000FF0200";

void still_works(ServerTalk& script) {
    script.deliver("C001CF00030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401CF001101");
    holds_every_way(script);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(server_lists)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_16_a_recorded_get_with_list) {
    ServerTalk script = associated_server({});
    script.deliver(get_name_and_clock)
        .expect_event("get 1/0-0:42.0.0.255/2")
        .command("first", answer("091049534B31303330373737373634333636"))
        .expect_event("get 8/0-0:1.0.0.255/2")
        .command("second", answer("090C07E50603040E091700FFC400"))
        .expect_transmit(
            "C403C10200091049534B3130333037373737363433363600090C07E50603040E091700FFC400");
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_16_get_with_list_item_by_item) {
    ServerTalk script = associated_server({.conformance = "005E1F"});
    script
        .deliver(
            "C003C10300030100010800FF020000030100010800FF0000"
            "00070100630100FF020102020406000000010600000002120001120000")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("refused", answer_with(DataAccessResult::read_write_denied))
        // attribute 0 is the association's own refusal (its bit is not negotiated)
        .expect_event("get 7/1-0:99.1.0.255/2 selector 2 020406000000010600000002120001120000")
        .command("empty", answer("0100"))
        .expect_transmit("C403C10301030103000100");
    still_works(script);

    ServerTalk all_refused = associated_server({.conformance = "005E1F"});
    all_refused.deliver("C003C10100030100010800FF0000").expect_transmit("C403C1010103");
    still_works(all_refused);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_17_list_limits) {
    for (const auto* none : {"C003C100", "C003C102000100002A0000FF0200", "C003C184FFFFFFFF",
                             "C003C1020003010001", "C104C10000", "C303C10000"}) {
        ServerTalk script = associated_server({});
        script.deliver(none).expect_transmit("D80102");
        still_works(script);
    }

    std::string many = "C003C18180";
    std::string answers = "C403C18180";
    ServerTalk script = associated_server({});
    for (int i = 0; i < 128; ++i) {
        many += "00030100010800FF0200";
        answers += "001101";
    }
    script.deliver(many);
    for (int i = 0; i < 128; ++i) {
        script.expect_event("get 3/1-0:1.8.0.255/2").command("answer", answer("1101"));
    }
    script.expect_transmit(answers)
        .deliver("C001CF00030100010800FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("answer", answer("1101"))
        .expect_transmit("C401CF001101");
    script.holds();
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_17_a_list_in_blocks) {
    ServerTalk script = associated_server({.client_size = "0010"});
    script.deliver("C003C102000100002A0000FF020000080000010000FF0200")
        .expect_event("get 1/0-0:42.0.0.255/2")
        .command("first", answer("090A00010203040506070809"))
        .expect_event("get 8/0-0:1.0.0.255/2")
        .command("second", answer_with(DataAccessResult::object_undefined))
        .expect_transmit("C402C1000000000100060200090A0001")
        .deliver("C002C100000001")
        .expect_transmit("C402C100000000020006020304050607")
        .deliver("C002C100000002")
        .expect_transmit("C402C10100000003000408090104");
    still_works(script);

    // Without blocks the whole list is too long: no answer has room for that but an exception.
    ServerTalk without = associated_server({.conformance = "000210", .client_size = "0010"});
    without.deliver("C003C102000100002A0000FF020000080000010000FF0200")
        .expect_event("get 1/0-0:42.0.0.255/2")
        .command("first", answer("090A00010203040506070809"))
        .expect_event("get 8/0-0:1.0.0.255/2")
        .command("second", answer("1101"))
        .expect_transmit("D80104");
    still_works(without);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_22_a_failing_item_does_not_stop_the_others) {
    // The shape of xdlms-0139.
    ServerTalk script = associated_server({});
    script.deliver("C104C10200010000800000FF020000010000800001FF020002110A0A024142")
        .expect_event("set 1/0-0:128.0.0.255/2 110A")
        .command("first", answer_set(DataAccessResult::type_unmatched))
        .expect_event("set 1/0-0:128.0.1.255/2 0A024142")
        .command("second", answer_set())
        .expect_transmit("C505C1020C00");
    still_works(script);

    // xdlms-0140 with its second block.
    ServerTalk blocks = associated_server({});
    blocks.deliver("C105420200010000800000FF020000010000800001FF02000000000001020211")
        .expect_transmit("C5024200000001")
        .deliver("C103420100000002050A0A024142")
        .expect_event("set 1/0-0:128.0.0.255/2 110A")
        .command("first", answer_set())
        .expect_event("set 1/0-0:128.0.1.255/2 0A024142")
        .command("second", answer_set(DataAccessResult::read_write_denied))
        .expect_transmit("C5044202000300000002");
    still_works(blocks);

    // As many values as attributes, also when they come in blocks; nothing is executed.
    ServerTalk fewer = associated_server({});
    fewer.deliver("C104C10200010000800000FF020000010000800001FF020001110A")
        .expect_transmit("D80102")
        .deliver("C105420200010000800000FF020000010000800001FF0200010000000103011105")
        .expect_transmit("C503420C00000001");
    still_works(fewer);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_14_S1_a_list_whose_results_cannot_fit_is_not_executed) {
    // 12 octets: 3, the count and eight results.
    const auto repeated = [](std::string_view hex, int count) {
        std::string all;
        for (int i = 0; i < count; ++i) {
            all += hex;
        }
        return all;
    };
    const auto set_list = [&](int count) {
        return "C104C10" + std::to_string(count) + repeated("00030100010800FF0200", count) + "0" +
               std::to_string(count) + repeated("1101", count);
    };
    ServerTalk sets = associated_server({.client_size = "000C"});
    sets.deliver(set_list(9)).expect_transmit("D80104").deliver(set_list(8));
    for (int i = 0; i < 8; ++i) {
        sets.expect_event("set 3/1-0:1.8.0.255/2 1101").command("set", answer_set());
    }
    sets.expect_transmit("C505C1080000000000000000");
    still_works(sets);

    ServerTalk blocks = associated_server({.client_size = "000C"});
    blocks.deliver("C105C105" + repeated("00030100010800FF0200", 5) + "00000000010105")
        .expect_transmit("C502C100000001")
        .deliver("C103C101000000020A" + repeated("1101", 5))
        .expect_transmit("D80104");
    still_works(blocks);

    const std::string actions =
        "C303C105" + repeated("000900000A0000FF01", 5) + "05" + repeated("00", 5);
    ServerTalk action = associated_server({.conformance = "000219", .client_size = "000C"});
    action.deliver(actions).expect_transmit("D80104");
    still_works(action);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_29_what_was_executed_is_told_without_its_data) {
    ServerTalk action = associated_server({.conformance = "000219", .client_size = "000C"});
    action.deliver("C303C102000900000A0000FF01000900000A0000FF01020000")
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("first", answer_action(ActionResult::success, "0906010203040506"))
        .expect_event("action 9/0-0:10.0.0.255/1 -")
        .command("second", answer_action(ActionResult::success))
        .expect_transmit("C703C1020E000000");
    still_works(action);
}

BOOST_AUTO_TEST_CASE(codes_that_no_line_knows_become_other_reason) {
    constexpr auto code = static_cast<DataAccessResult>(77);
    ServerTalk script = associated_server({});
    script.deliver("C003C10200030100010800FF020000080000010000FF0200")
        .expect_event("get 3/1-0:1.8.0.255/2")
        .command("first", answer_with(code))
        .expect_event("get 8/0-0:1.0.0.255/2")
        .command("second", answer("1101"))
        .expect_transmit("C403C10201FA001101")
        .deliver("C104C10100030100010800FF0200011101")
        .expect_event("set 3/1-0:1.8.0.255/2 1101")
        .command("set", answer_set(code))
        .expect_transmit("C505C101FA")
        .deliver("C303C1010046000060030AFF010100")
        .expect_event("action 70/0-0:96.3.10.255/1 -")
        .command("action", answer_action(static_cast<ActionResult>(77)))
        .expect_transmit("C703C101FA00");
    still_works(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_26_action_with_list) {
    // xdlms-0151, answered like xdlms-0160.
    ServerTalk script = associated_server({});
    script.deliver("C30342020046000060030AFF01000900000A0000FF01020F00120001")
        .expect_event("action 70/0-0:96.3.10.255/1 0F00")
        .command("first", answer_action(ActionResult::success))
        .expect_event("action 9/0-0:10.0.0.255/1 120001")
        .command("second", answer_action(ActionResult::object_undefined, "1105"))
        .expect_transmit("C703420200000401001105");
    still_works(script);

    // null-data stands for no parameters; too few of them are refused.
    ServerTalk none = associated_server({});
    none.deliver("C303C1010046000060030AFF010100")
        .expect_event("action 70/0-0:96.3.10.255/1 -")
        .command("answer", answer_action(ActionResult::success))
        .expect_transmit("C703C1010000")
        .deliver("C303C1020046000060030AFF01000900000A0000FF01010F00")
        .expect_transmit("D80102");
    still_works(none);

    // In blocks up and down.
    ServerTalk blocks = associated_server({.client_size = "0010"});
    blocks.deliver("C305C1020046000060030AFF01000900000A0000FF01000000000103020F00")
        .expect_transmit("C704C100000001")
        .deliver("C306C1010000000203120001")
        .expect_event("action 70/0-0:96.3.10.255/1 0F00")
        .command("first", answer_action(ActionResult::success, "0906000102030405"))
        .expect_event("action 9/0-0:10.0.0.255/1 120001")
        .command("second", answer_action(ActionResult::other_reason))
        .expect_transmit("C702C100000000010702000100090600")
        .deliver("C302C100000001")
        .expect_transmit("C702C10100000002070102030405FA00");
    still_works(blocks);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_27_lists_and_selection_that_were_not_negotiated) {
    ServerTalk script = associated_server({.conformance = "000019"});
    for (const auto* request : {
             "C003C102000100002A0000FF020000080000010000FF0200",
             "C104C10100010000800000FF020001110A",
             "C303C1010046000060030AFF01010F00",
             "C001C100070100630100FF02010200",
             "C101C100070100630100FF020102001100",
         }) {
        script.deliver(request).expect_transmit("D80102");
    }
    still_works(script);

    ServerTalk selects = associated_server({.conformance = "000219"});
    selects.deliver("C003C10200030100010800FF020000070100630100FF02010200")
        .expect_transmit("D80102");
    still_works(selects);
}

BOOST_AUTO_TEST_SUITE_END()
