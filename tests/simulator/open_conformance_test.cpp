// The conformance cases APPL_IDLE, APPL_OPEN and APPL_REL against a simulated meter. Client 17 has
// low level security, client 16 none.

#include "tests/simulator/meter_line.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace std::chrono_literals;

const std::string get_own_name = "C001C1000F0000280000FF0100";
const std::string own_name = "C401C10009060000280000FF";
const std::string not_associated = "D80102";
const std::string all = initiate("00FFFF", "FFFF");
const std::string good = aarq(context_ln + lls + password + all);

struct Fixture {
    std::unique_ptr<Meter> meter = make_meter(test_scenario);
    MeterLine line{*meter};

    /// A rejection leaves no association, and the next good AARQ is accepted.
    void expect_rejected(const std::string& fields, const std::string& answer,
                         std::uint16_t client = 17) {
        BOOST_TEST_CONTEXT(fields) {
            BOOST_TEST(line.ask(aarq(fields), client) == answer);
            BOOST_TEST(line.ask(get_own_name, client) == not_associated);
        }
    }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(open_conformance, Fixture)

BOOST_AUTO_TEST_CASE(APPL_IDLE_N1_data_request_without_association) {
    BOOST_TEST(line.ask(get_own_name) == not_associated);
    BOOST_TEST(line.ask("C101C100080000010000FF09001601") == not_associated);
    BOOST_TEST(line.ask("050102FA00") == not_associated);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_1_every_declared_association) {
    const auto open = [&](std::uint16_t client, const std::string& request,
                          const std::string& conformance) {
        MeterLine own(*meter);
        BOOST_TEST_CONTEXT("client " << client) {
            BOOST_TEST(own.ask(request, client) == accepted(conformance));
            BOOST_TEST(own.ask(get_own_name, client) == own_name);
            BOOST_TEST(own.ask("6203800100", client) == "6303800100");
            BOOST_TEST(own.ask(get_own_name, client) == not_associated);
        }
    };
    const std::string no_security = aarq(context_ln + all);
    open(17, good, "005018");
    open(16, no_security, "001010");
    open(32, no_security, "000018");
    open(33, no_security, "002010");
    open(34, no_security, "000018");
    open(35, no_security, "00001C");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_4_S1_protocol_version_with_version1) {
    BOOST_TEST(line.ask(aarq("80020780" + context_ln + lls + password + all)) ==
               accepted("005018"));
    BOOST_TEST(line.ask(aarq("80020284" + context_ln + lls + password + all)) ==
               accepted("005018"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_4_S2_protocol_version_without_version1) {
    expect_rejected("80020244" + context_ln + lls + password + all, rejected("A2", "02"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_5_S1_context_absent) {
    expect_rejected(lls + password + all, "");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_5_S2_unknown_context) {
    expect_rejected("A10906075F857504070203" + lls + password + all, rejected("A1", "02"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_5_S3_wrong_context) {
    for (const std::string last : {"02", "03", "04"}) {
        expect_rejected("A1090607608574050801" + last + lls + password + all, rejected("A1", "02"));
    }
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_6_S1_unused_titles_and_qualifiers_are_ignored) {
    BOOST_TEST(
        line.ask(aarq(context_ln + "A203040144A303040144A403020100A503020100A803020100" + all),
                 16) == accepted("001010"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_6_S4_calling_ae_invocation_id_is_ignored) {
    BOOST_TEST(line.ask(aarq(context_ln + "A903020101" + all), 16) == accepted("001010"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S1_authentication_where_none_is_required_is_ignored) {
    BOOST_TEST(line.ask(good, 16) == accepted("001010"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S2_mechanism_name_missing) {
    expect_rejected(context_ln + "8A020780" + password + all, rejected("A1", "0C"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S3_mechanism_unknown_or_another) {
    expect_rejected(context_ln + "8A0207808B0760857405080263" + password + all,
                    rejected("A1", "0B"));
    expect_rejected(context_ln + "8A0207808B0760857405080205" + password + all,
                    rejected("A1", "0B"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S4_authentication_value_missing) {
    expect_rejected(context_ln + lls + all, rejected("A1", "0D"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S5_wrong_password) {
    for (const std::string wrong : {"AC0A80083030303030303031", "AC09800730303030303030",
                                    "AC0B8009303030303030303030", "AC028000"}) {
        auto fresh = make_meter(test_scenario);  // not to be locked out
        MeterLine own(*fresh);
        BOOST_TEST_CONTEXT(wrong) {
            BOOST_TEST(own.ask(aarq(context_ln + lls + wrong + all)) == rejected("A1", "0D"));
            BOOST_TEST(own.ask(get_own_name) == not_associated);
            BOOST_TEST(own.ask(good) == accepted("005018"));
        }
    }
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S6_authentication_not_requested) {
    const std::string name = "8B0760857405080201";
    expect_rejected(context_ln + name + password + all, rejected("A1", "0D"));
    expect_rejected(context_ln + "8A020700" + name + password + all, rejected("A1", "0D"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_7_S7_no_authentication_where_it_is_needed) {
    expect_rejected(context_ln + all, rejected("A1", "0E"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_9_dedicated_key_in_the_clear) {
    expect_rejected(
        context_ln + "BE21041F010110000102030405060708090A0B0C0D0E0F0000065F1F0400FFFFFFFFFF",
        rejected_initiate("00"), 16);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_11_quality_of_service_is_echoed) {
    BOOST_TEST(line.ask(aarq(context_ln + "BE11040F0100000101065F1F0400FFFFFFFFFF"), 16) ==
               "612AA109060760857405080101A203020100A305A103020100BE11040F080101065F1F0400001010"
               "04000007");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_12_S1_dlms_version_too_low) {
    for (const std::string version : {"05", "00"}) {
        expect_rejected(context_ln + "BE10040E01000000" + version + "5F1F0400FFFFFFFFFF",
                        rejected_initiate("01"), 16);
    }
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_12_S2_dlms_version_higher) {
    BOOST_TEST(line.ask(aarq(context_ln + "BE10040E01000000075F1F0400FFFFFFFFFF"), 16) ==
               accepted("001010"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_13_S1_all_services_proposed) {
    BOOST_TEST(line.ask(aarq(context_ln + lls + password + initiate("FFFFFF", "FFFF"))) ==
               accepted("005018"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_13_S2_get_alone_proposed) {
    BOOST_TEST(line.ask(aarq(context_ln + lls + password + initiate("000010", "FFFF"))) ==
               accepted("000010"));
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_13_S3_nothing_in_common) {
    expect_rejected(context_ln + initiate("000000", "FFFF"), rejected_initiate("02"), 16);
    expect_rejected(context_ln + initiate("1C0320", "FFFF"), rejected_initiate("02"), 16);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_14_S1_smallest_pdu_size) {
    BOOST_TEST(line.ask(aarq(context_ln + initiate("00FFFF", "000C")), 16) == accepted("001010"));
    // An answer of 12 octets goes in one piece, a longer one in blocks of two octets.
    BOOST_TEST(line.ask(get_own_name, 16) == own_name);
    BOOST_TEST(line.ask("C001C1000100002A0000FF0200", 16) == "C402C1000000000100020910");
    for (unsigned sent = 1; sent < 8; ++sent) {
        const auto next = [&](unsigned number) { return "0000000" + std::to_string(number); };
        const std::string answer = line.ask("C002C1" + next(sent), 16);
        BOOST_TEST(answer.substr(0, 20) == "C402C100" + next(sent + 1) + "0002");
        BOOST_TEST(answer.size() == 24u);
    }
    BOOST_TEST(line.ask("C002C100000008", 16) == "C402C1010000000900023031");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_14_S2_pdu_size_too_short) {
    expect_rejected(context_ln + initiate("00FFFF", "000B"), rejected_initiate("03"), 16);
    expect_rejected(context_ln + initiate("00FFFF", "0001"), rejected_initiate("03"), 16);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_14_S3_pdu_size_without_limit) {
    for (const std::string size : {"FFFF", "0000"}) {
        BOOST_TEST(line.ask(aarq(context_ln + initiate("00FFFF", size)), 16) == accepted("001010"));
        BOOST_TEST(line.ask(get_own_name, 16) == own_name);
    }
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_5_repeated_aarq_makes_the_association_anew) {
    line.open_management();
    BOOST_TEST(line.ask(aarq(context_ln + lls + password + initiate("000010", "FFFF"))) ==
               accepted("000010"));
    // What was negotiated before is gone: SET is not served any more.
    BOOST_TEST(line.ask("C101C100010000603200FF02001101") == "D80102");
    // A repeated AARQ that is refused ends the association as well.
    BOOST_TEST(line.ask(aarq(context_ln + all)) == rejected("A1", "0E"));
    BOOST_TEST(line.ask(get_own_name) == not_associated);
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_8_unconfirmed_association) {
    BOOST_TEST(line.ask(aarq(context_ln + "BE11040F0100010000065F1F0400FFFFFFFFFF"), 32) == "");
    BOOST_CHECK(line.connection().poll_event() ==
                (MeterEvent{MeterEvent::Kind::associated, ClientSap(32), ServerSap(1)}));
    // Confirmed services are refused; an unconfirmed SET is accepted and not answered.
    BOOST_TEST(line.ask(get_own_name, 32) == not_associated);
    BOOST_TEST(line.ask("C101C100010000603200FF02001107", 32) == not_associated);
    BOOST_TEST(line.ask("C1018100010000603200FF02001109", 32) == "");
    MeterLine reader(*meter);
    reader.ask(good);
    BOOST_TEST(reader.ask("C001C100010000603200FF0200") == "C401C1001109");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_10_malformed_aarq) {
    const ByteBuffer whole = octets(good);
    for (std::size_t size = 1; size < whole.size(); ++size) {
        const std::string cut = to_hex(ByteView(whole).first(size));
        BOOST_TEST_CONTEXT(cut) {
            BOOST_TEST(line.ask(cut) == "");
        }
    }
    for (const std::string& wrong :
         {"6084FFFFFFFF" + context_ln, aarq(context_ln + context_ln + all),
          aarq(context_ln + "9F0100" + all), aarq("A17F060760857405080101" + all),
          aarq(context_ln + "BE82FFFF040E01000000065F1F0400FFFFFFFFFF"), std::string("6000")}) {
        BOOST_TEST_CONTEXT(wrong) {
            BOOST_TEST(line.ask(wrong) == "");
        }
    }
    BOOST_TEST(line.ask(good) == accepted("005018"));
}

BOOST_AUTO_TEST_CASE(APPL_REL_P1_release) {
    for (const auto& [request, answer] :
         {std::pair<std::string, std::string>{"6200", "6300"}, {"6203800100", "6303800100"}}) {
        line.open_management();
        BOOST_TEST(line.ask(request) == answer);
        BOOST_TEST(line.ask(get_own_name) == not_associated);
    }
}

BOOST_AUTO_TEST_CASE(APPL_REL_X_1_reasons) {
    for (const std::string reason : {"00", "01", "1E", "05"}) {
        line.open_management();
        BOOST_TEST(line.ask("62038001" + reason) == "6303800100");
        BOOST_TEST(line.ask(get_own_name) == not_associated);
    }
}

BOOST_AUTO_TEST_CASE(APPL_REL_X_1_user_information_is_ignored) {
    line.open_management();
    BOOST_TEST(line.ask("6215800100BE10040E01000000065F1F0400FFFFFFFFFF") == "6303800100");
    BOOST_TEST(line.ask(get_own_name) == not_associated);
}

BOOST_AUTO_TEST_CASE(APPL_REL_X_4_release_without_association) {
    BOOST_TEST(line.ask("6200") == "6300");
    BOOST_TEST(line.ask(good) == accepted("005018"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(lockout)

BOOST_AUTO_TEST_CASE(three_wrong_passwords_lock_the_client_on_every_connection) {
    auto meter = make_meter(test_scenario);
    MeterLine first(*meter);
    const std::string wrong = aarq(context_ln + lls + "AC0A80083030303030303031" + all);
    // A rejected-transient AARE says so.
    const std::string locked = "6117A109060760857405080101A203020102A305A10302010D";
    BOOST_TEST(first.ask(wrong) == rejected("A1", "0D"));
    BOOST_TEST(first.ask(wrong) == rejected("A1", "0D"));
    MeterLine second(*meter);
    BOOST_TEST(second.ask(wrong) == rejected("A1", "0D"));
    BOOST_CHECK(second.connection().poll_event() ==
                (MeterEvent{MeterEvent::Kind::locked, ClientSap(17), ServerSap(1)}));

    BOOST_TEST(second.ask(good) == locked);
    BOOST_TEST(first.ask(good) == locked);
    // Others are not touched.
    BOOST_TEST(first.ask(aarq(context_ln + all), 16) == accepted("001010"));
    // A wrong password while locked does not make it longer.
    first.advance(59s);
    BOOST_TEST(first.ask(wrong) == locked);
    first.advance(1s);
    BOOST_TEST(first.ask(good) == accepted("005018"));
}

BOOST_AUTO_TEST_CASE(a_good_password_between_starts_the_count_again) {
    auto meter = make_meter(test_scenario);
    MeterLine line(*meter);
    const std::string wrong = aarq(context_ln + lls + "AC0A80083030303030303031" + all);
    for (int round = 0; round < 3; ++round) {
        line.ask(wrong);
        line.ask(wrong);
        BOOST_TEST(line.ask(good) == accepted("005018"));
    }
}

BOOST_AUTO_TEST_CASE(zero_attempts_never_lock) {
    Lockout lockout({.attempts = 0, .duration = 60s});
    for (int i = 0; i < 100; ++i) {
        BOOST_TEST(!lockout.failed(ClientSap(1), ServerSap(1), Instant{}));
    }
    BOOST_TEST(!lockout.is_locked(ClientSap(1), ServerSap(1), Instant{}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
