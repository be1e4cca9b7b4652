// Lines that fail, and answers that leave open what was done: nothing crashes, nothing is sent
// twice, and what was read is kept.

#include <boost/test/unit_test.hpp>

#include "client/register_reader.hpp"
#include "client/wrapper_session.hpp"
#include "stack/axdr/data_builder.hpp"
#include "tests/client/client_scripts.hpp"

using namespace dlms;
using namespace dlms::client;
using namespace dlms::testing;
using namespace dlms::client::testing_scripts;

namespace {

/// An APDU, and behind it in the same segment what no wrapper begins with.
Send says_and_breaks(std::string_view apdu) {
    return Send{wpdu("00010010", apdu) + "FFFFFFFFFFFFFFFF"};
}

std::string write_two(Desk& desk) {
    std::vector<WriteRequest> requests;
    requests.push_back({{3, {1, 0, 0, 8, 0, 255}, 2}, data("1101")});
    requests.push_back({{3, {1, 0, 1, 8, 0, 255}, 2}, data("1102")});
    return text(desk.wait(desk.client.write_list(std::move(requests), in(20s))));
}

constexpr auto set_of_two = "C104C102 00030100000800FF0200 00030100010800FF0200 02 1101 1102";

}  // namespace

BOOST_AUTO_TEST_SUITE(failing_line)

BOOST_AUTO_TEST_CASE(a_line_that_breaks_behind_an_answer_keeps_it) {
    ScriptedMeter meter({asks(aarq), says(aare_without_lists), asks("C001C100030100000800FF0200"),
                         says_and_breaks("C401C1001101"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 2) == "1101 connection-lost");
}

BOOST_AUTO_TEST_CASE(a_line_that_breaks_behind_the_aare_is_a_failure) {
    ScriptedMeter meter({asks(aarq), says_and_breaks(aare), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 1) == "failed connection-lost");
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_a_meter_that_floods_loses_its_connection_and_the_next_call_works) {
    int floods_told = 0;
    int notifications = 0;
    ClientEnvironment environment;
    environment.flooded = [&] { ++floods_told; };
    environment.notification = [&](const association::Notification&) { ++notifications; };
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C100030100010800FF0200"),
                         Flood{wpdu("00010010", "0F00000001000200")}, asks(aarq), says(aare),
                         asks("C001C100030100010800FF0200"), says("C401C1001101"), Silence{}});
    Desk desk(meter.port(), std::move(environment));
    const auto flooded = desk.read();
    BOOST_TEST(text(flooded) == "protocol-violation");
    BOOST_TEST(describe(flooded.error()).find("nobody had asked for") != std::string::npos);
    BOOST_TEST(floods_told == 1);
    BOOST_TEST(notifications > 1000);
    BOOST_TEST(text(desk.read()) == "1101");
}

BOOST_AUTO_TEST_CASE(what_was_not_sent_is_not_unknown) {
    ScriptedMeter meter({asks(aarq), says(aare_without_lists),
                         asks("C101C100030100000800FF02001101"), says_and_breaks("C501C100"),
                         Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(write_two(desk) == "written connection-lost");
}

BOOST_AUTO_TEST_CASE(a_list_that_may_have_been_written_is_not_sent_again) {
    // One result for two, one verdict for all, and an answer that was too long: each may come
    // after the work.
    for (const auto* answer : {"C505C10100", "C501C103", "C501C100", "D80104"}) {
        ScriptedMeter meter({asks(aarq), says(aare), asks(set_of_two), says(answer), Silence{}});
        std::string outcome;
        {
            Desk desk(meter.port());
            outcome = write_two(desk);
        }
        BOOST_TEST(outcome == "outcome-unknown outcome-unknown", answer << ": " << outcome);
        BOOST_TEST(meter.finish() == "", answer);
    }
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_a_write_that_was_not_negotiated_is_not_unknown) {
    constexpr auto aare_get_only =
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000001004C80007";
    ScriptedMeter meter({asks(aarq), says(aare_get_only), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(write_two(desk) == "unsupported unsupported");
}

BOOST_AUTO_TEST_CASE(an_item_that_spoils_the_answer_to_a_list_fails_alone) {
    // A data-access-result that does not exist.
    ScriptedMeter meter(
        {asks(aarq), says(aare), asks("C003C102 00030100000800FF0200 00030100010800FF0200"),
         says("C403C102 00 1101 01 05"), asks("C001C200030100000800FF0200"), says("C401C2001101"),
         asks("C001C300030100010800FF0200"), says("C401C30105"), Silence{}});
    Desk desk(meter.port());
    BOOST_TEST(read_list(desk, 2) == "1101 malformed-answer");
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_a_meter_that_never_answers_lists_is_asked_singly) {
    // It stays so: the next list is not tried.
    ScriptedMeter meter(
        {asks(aarq), says(aare), asks("C003C102 00030100000800FF0200 00030100010800FF0200"),
         Silence{}, asks(aarq), says(aare), asks("C001C100030100000800FF0200"),
         says("C401C1001101"), asks("C001C200030100010800FF0200"), says("C401C2001102"),
         asks("C001C300030100000800FF0200"), says("C401C3001103"),
         asks("C001C400030100010800FF0200"), says("C401C4001104"), Silence{}});
    std::string first;
    std::string second;
    {
        MeterParameters parameters = Desk::parameters(meter.port());
        parameters.response_timeout = std::chrono::milliseconds(300);
        Desk desk(std::move(parameters));
        first = read_list(desk, 2);
        second = read_list(desk, 2);
    }
    BOOST_TEST(first == "1101 1102");
    BOOST_TEST(second == "1103 1104");
    BOOST_TEST(meter.finish() == "");
}

std::string read_list_with_silence(const ScriptedMeter& meter, std::uint8_t count) {
    MeterParameters parameters = Desk::parameters(meter.port());
    parameters.response_timeout = std::chrono::milliseconds(300);
    Desk desk(std::move(parameters));
    return read_list(desk, count);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_11_an_item_that_is_never_answered_fails_alone) {
    ScriptedMeter meter({asks(aarq), says(aare_without_lists), asks("C001C100030100000800FF0200"),
                         says("C401C1001101"), asks("C001C200030100010800FF0200"), Silence{},
                         asks(aarq), says(aare_without_lists), asks("C001C100030100020800FF0200"),
                         says("C401C1001103"), asks("C001C200030100030800FF0200"),
                         says("C401C2001104"), Silence{}});
    BOOST_TEST(read_list_with_silence(meter, 4) == "1101 timeout 1103 1104");
    BOOST_TEST(meter.finish() == "");
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_did_not_time_out) {
    // An association for each try, until it is the meter that is silent.
    ScriptedMeter meter({asks(aarq), says(aare_without_lists), asks("C001C100030100000800FF0200"),
                         Silence{}, asks(aarq), says(aare_without_lists),
                         asks("C001C100030100010800FF0200"), Silence{}, asks(aarq),
                         says(aare_without_lists), asks("C001C100030100020800FF0200"), Silence{}});
    BOOST_TEST(read_list_with_silence(meter, 5) ==
               "timeout timeout timeout connection-lost connection-lost");
    BOOST_TEST(meter.finish() == "");
}

BOOST_AUTO_TEST_CASE(values_too_long_for_a_list_leave_lists_that_are_read) {
    // 40 octets, and no blocks of SET.
    constexpr auto narrow =
        "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F040000761F00280007";
    ScriptedMeter meter(
        {asks(aarq), says(narrow), asks("C101C1 00030100000800FF0200 090A00000000000000000000"),
         says("C501C100"), asks("C101C2 00030100010800FF0200 090A00000000000000000000"),
         says("C501C200"), asks("C003C302 00030100000800FF0200 00030100010800FF0200"),
         says("C403C302 001101 001102"), Silence{}});
    Desk desk(meter.port());
    std::vector<WriteRequest> requests;
    for (const std::uint8_t group : {std::uint8_t{0}, std::uint8_t{1}}) {
        requests.push_back({{3, {1, 0, group, 8, 0, 255}, 2}, data("090A00000000000000000000")});
    }
    BOOST_TEST(text(desk.wait(desk.client.write_list(std::move(requests), in(20s)))) ==
               "written written");
    BOOST_TEST(read_list(desk, 2) == "1101 1102");
}

BOOST_AUTO_TEST_CASE(a_scaler_unit_that_cannot_be_read_is_not_none) {
    ScriptedMeter meter({asks(aarq), says(aare), asks("C001C100030100000800FF0200"),
                         says("C401C1000600000001"), asks("C001C200030100000800FF0300"),
                         says("C401C200 0202 0F01 12001E"), asks("C001C300030100000800FF0200"),
                         says("C401C3000600000001"), asks("C001C400030100000800FF0300"),
                         says("C401C400 0202 0F01 161E"), Silence{}});
    Desk desk(meter.port());
    RegisterReader reader(desk.client);
    const auto read = [&] {
        return desk.wait(reader.read(std::move(first_registers(1).front()), in(20s)));
    };
    BOOST_TEST(code_text(read().error()) == "malformed-answer");
    BOOST_TEST(read().value().scaler_unit.has_value());
}

BOOST_AUTO_TEST_CASE(GBT_X_1_a_window_of_large_blocks_goes_out_in_pieces) {
    association::ClientConfiguration configuration;
    configuration.proposed_conformance =
        xdlms::Conformance{0x00007C}.with(xdlms::ConformanceBit::general_block_transfer);
    configuration.max_receive_pdu_size = 0xFFFF;
    std::vector<std::string> events;
    MeterSession::Sinks sinks;
    sinks.event = [&](const association::ClientEvent& event) {
        events.push_back(std::holds_alternative<association::Associated>(event) ? "associated"
                                                                                : "other");
    };
    WrapperSession session({ClientSap(16), ServerSap(1)}, std::move(configuration),
                           std::move(sinks));
    const Instant begin{};
    const auto transmitted = [&session] {
        std::size_t octets = 0;
        while (const auto bytes = session.poll_transmit()) {
            octets += bytes->size();
        }
        return octets;
    };
    BOOST_TEST(session.association().open(begin).has_value());
    BOOST_TEST(transmitted() > 0u);
    session.receive(octets(says("6129A109060760857405080101A203020100A305A103020100"
                                "BE10040E0800065F1F040020007CFFFF0007")
                               .hex),
                    begin);
    const axdr::Data value = [] {
        axdr::DataBuilder builder;
        builder.octet_string(ByteBuffer(3 << 20));
        return *builder.finish();
    }();
    BOOST_TEST(session.association()
                   .set({1, {0, 0, 96, 50, 0, 255}, 2}, std::nullopt, value.view(), begin)
                   .has_value());
    BOOST_TEST(transmitted() < 0x10000u + wrapper::header_size);
    // The meter takes 63 blocks at once: all the rest.
    session.receive(octets(says("E0 BF 0001 0001 00").hex), begin);
    BOOST_TEST(transmitted() > (3u << 20) - 0x10000u);
    BOOST_TEST(events == std::vector<std::string>{"associated"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
