// The conformance cases of the wrapper against a simulated meter.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string get_name = "C001C1000100002A0000FF0200";
const std::string name_answer = "C401C100091054535430303030303030303030303031";
const std::string not_associated = "D80102";
const std::string public_aarq = aarq(context_ln + initiate("00FFFF", "FFFF"));
const std::string public_accepted = accepted("001010");

struct Fixture {
    std::unique_ptr<Meter> meter = make_meter(test_scenario);
    MeterLine line{*meter};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wrapper_conformance, Fixture)

BOOST_AUTO_TEST_CASE(WRAPPER_X_1_valid_wpdu) {
    BOOST_TEST(line.raw("000100100001001F" + public_aarq) == "000100010010002B" + public_accepted);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_2_wrong_version_closes) {
    for (const std::string version : {"0002", "0000"}) {
        MeterLine wrong(*meter);
        BOOST_TEST(wrong.raw(version + "00100001001F" + public_aarq) == "");
        BOOST_REQUIRE(wrong.connection().failure());
        BOOST_CHECK(wrong.connection().failure()->code == ErrorCode::wrong_version);
        // Nothing is served after that.
        BOOST_TEST(wrong.raw("000100100001001F" + public_aarq) == "");
        BOOST_TEST(!wrong.connection().poll_timeout().has_value());
    }
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_3_1_length_one_too_short) {
    line.ask(public_aarq, 16);
    // The APDU lacks its last octet; that octet opens the next header, which is no header.
    BOOST_TEST(line.raw("000100100001000C" + get_name) == "0001000100100003" + not_associated);
    BOOST_TEST(!line.connection().failure().has_value());
    BOOST_TEST(line.raw("0001001000010000") == "");
    BOOST_CHECK(line.connection().state() == MeterConnection::State::failed);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_3_1_length_one_too_long_waits_until_the_time_out) {
    BOOST_TEST(line.raw("0001001000010020" + public_aarq) == "");
    line.advance(179s);
    BOOST_TEST(line.take() == "");
    BOOST_CHECK(line.connection().state() == MeterConnection::State::open);
    line.advance(1s);
    BOOST_CHECK(line.connection().state() == MeterConnection::State::failed);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_3_2_length_zero_is_ignored) {
    BOOST_TEST(line.raw("0001001000010000") == "");
    BOOST_TEST(line.ask(public_aarq, 16) == public_accepted);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_3_2_length_FFFF_is_taken_and_judged) {
    line.open_management();
    std::string apdu = "C001C1000100002A0000FF0200";
    apdu.append(2 * (0xFFFF - 13), '0');
    BOOST_TEST(line.raw("000100110001FFFF" + apdu) == "0001000100110003D80104");
    BOOST_TEST(line.ask(get_name) == name_answer);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_5_1_unknown_server_sap_is_silence) {
    BOOST_TEST(line.raw("000100100050001F" + public_aarq) == "");
    BOOST_TEST(line.connection().counters().unknown_server_sap == 1u);
    BOOST_CHECK(line.connection().poll_event() ==
                (MeterEvent{MeterEvent::Kind::unknown_server, ClientSap(0x10), ServerSap(0x50)}));
    BOOST_TEST(line.ask(public_aarq, 16) == public_accepted);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_5_2_unknown_client_sap_is_rejected) {
    BOOST_TEST(line.ask(public_aarq, 0x33) == rejected("A1", "01"));
    BOOST_TEST(line.ask(get_name, 0x33) == "");
    BOOST_TEST(line.connection().counters().unknown_client_sap == 2u);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_7_two_wpdus_in_one_segment) {
    line.ask(public_aarq, 16);
    const std::string get_priority = "C001C2000100002A0000FF0200";
    BOOST_TEST(line.raw("000100100001000D" + get_name + "000100100001000D" + get_priority) ==
               "0001000100100016" + name_answer +
                   "0001000100100016C401C200091054535430303030303030303030303031");
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_8_one_octet_a_segment) {
    line.ask(public_aarq, 16);
    const std::string request = "000100100001000D" + get_name;
    for (std::size_t i = 0; i + 2 < request.size(); i += 2) {
        BOOST_TEST(line.raw(request.substr(i, 2)) == "");
        line.advance(170s);
    }
    BOOST_TEST(line.raw(request.substr(request.size() - 2)) == "0001000100100016" + name_answer);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_9_association_is_bound_to_connection_and_ports) {
    line.ask(public_aarq, 16);
    BOOST_TEST(line.ask(get_name, 16) == name_answer);
    BOOST_TEST(line.ask(get_name, 17) == not_associated);
    MeterLine second(*meter);
    BOOST_TEST(second.ask(get_name, 16) == not_associated);
    BOOST_TEST(line.ask(get_name, 16) == name_answer);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_10_connection_loss_ends_the_association) {
    line.ask(public_aarq, 16);
    line.connection().link_lost();
    BOOST_TEST(line.raw("000100100001000D" + get_name) == "");
    MeterLine again(*meter);
    BOOST_TEST(again.ask(get_name, 16) == not_associated);
}

BOOST_AUTO_TEST_CASE(WRAPPER_X_10_idle_connection_is_closed) {
    line.open_management();
    // inactivity_time_out of the TCP-UDP setup becomes 30 s.
    BOOST_TEST(line.ask("C101C100290000190000FF060012001E") == "C501C100");
    line.advance(29s);
    BOOST_TEST(line.ask(get_name) == name_answer);
    line.advance(29s);
    BOOST_CHECK(line.connection().state() == MeterConnection::State::open);
    line.advance(1s);
    BOOST_REQUIRE(line.connection().failure());
    BOOST_CHECK(line.connection().failure()->code == ErrorCode::timeout);
}

BOOST_AUTO_TEST_CASE(an_inactivity_time_out_of_0_never_closes) {
    line.open_management();
    BOOST_TEST(line.ask("C101C100290000190000FF0600120000") == "C501C100");
    line.advance(100h);
    BOOST_TEST(line.ask(get_name) == name_answer);
}

BOOST_AUTO_TEST_CASE(a_delayed_answer_holds_later_requests_back) {
    line.open_management();
    meter->set_answer_delay(500ms);
    const std::string second = "C001C2000100002A0000FF0200";
    BOOST_TEST(line.raw("000100110001000D" + get_name + "000100110001000D" + second) == "");
    line.advance(499ms);
    BOOST_TEST(line.take() == "");
    line.advance(1ms);
    BOOST_TEST(line.take() == "0001000100110016" + name_answer);
    // The public client's request waits behind them too.
    BOOST_TEST(line.raw("000100100001001F" + public_aarq) == "");
    line.advance(500ms);
    BOOST_TEST(line.take() == "0001000100110016C401C200091054535430303030303030303030303031" +
                                  std::string("000100010010002B") + public_accepted);
}

BOOST_AUTO_TEST_CASE(a_client_that_never_waits_for_answers_is_cut_off) {
    line.open_management();
    meter->set_answer_delay(500ms);
    std::string many;
    for (int i = 0; i < 1000; ++i) {
        many += "000100110001000D" + get_name;
    }
    std::size_t rounds = 0;
    while (line.connection().state() == MeterConnection::State::open && rounds < 100) {
        line.raw(many);
        ++rounds;
    }
    // 21000 octets a round: the 13th passes the limit of 262144.
    BOOST_TEST(rounds == 13u);
    BOOST_CHECK(line.connection().failure()->code == ErrorCode::unexpected_apdu);
}

BOOST_AUTO_TEST_CASE(answers_nobody_takes_stop_the_service_until_they_are_taken) {
    line.open_management();
    // Each answer of the object list takes more than 700 octets.
    const std::string get_list = "000100110001000DC001C1000F0000280000FF0200";
    ByteBuffer requests;
    for (int i = 0; i < 1000; ++i) {
        const ByteBuffer one = octets(get_list);
        requests.insert(requests.end(), one.begin(), one.end());
    }
    MeterConnection& connection = line.connection();
    connection.receive(requests, line.now());
    BOOST_TEST(connection.counters().gets < 1000u);
    BOOST_TEST(!(connection.poll_timeout() == line.now()));
    std::size_t longest = 0;
    while (const auto sent = connection.poll_transmit()) {
        longest = std::max(longest, sent->size());
        if (connection.poll_timeout() == line.now()) {
            connection.handle_timeout(line.now());
        }
    }
    BOOST_TEST(connection.counters().gets == 1000u);
    BOOST_TEST(longest < MeterConnection::transmit_high_water + 1024);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
