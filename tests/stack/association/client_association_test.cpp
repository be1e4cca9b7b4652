#include "stack/association/client_association.hpp"

#include "stack/axdr/data_builder.hpp"
#include "tests/support/association_subjects.hpp"

using namespace dlms;
using namespace dlms::cosem::literals;
using namespace std::chrono_literals;
using testing::ClientSubject;

namespace {

const cosem::AttributeDescriptor clock_time{8, "0-0:1.0.0.255"_obis, 2};
const cosem::AttributeDescriptor energy{3, "1-0:1.8.0.255"_obis, 2};

// The two AARQs are those of other implementations (acse vectors 0009 and of the Hexcell library).
constexpr auto aarq_plain = "601DA109060760857405080101BE10040E01000000065F1F0400007E1FFFFF";
constexpr auto aarq_lls =
    "6036A1090607608574050801018A0207808B0760857405080201AC0A80083030303030303030"
    "BE10040E01000000065F1F0400007E1FFFFF";
constexpr auto aare_accepted =
    "6129A109060760857405080101A203020100A305A103020100BE10040E0800065F1F0400001E1D04C80007";

association::ClientConfiguration configuration() {
    association::ClientConfiguration client;
    client.response_timeout = 5s;
    return client;
}

using Talk = testing::Conversation<ClientSubject>;

Talk talk(association::ClientConfiguration (*make)() = configuration) {
    return Talk([make] { return std::make_unique<ClientSubject>(16, 1, make()); });
}

void holds_every_way(const Talk& script) {
    script.holds();
    script.holds_when_fed_in_chunks();
    script.holds_under_every_io_failure();
}

void open(ClientSubject& client, Instant now) {
    BOOST_REQUIRE(client.machine.open(now));
}

auto get(const cosem::AttributeDescriptor& attribute) {
    return [attribute](ClientSubject& client, Instant now) {
        BOOST_REQUIRE(client.machine.get(attribute, std::nullopt, now));
    };
}

void set_energy(ClientSubject& client, Instant now) {
    const ByteBuffer value = testing::octets("0600003039");
    BOOST_REQUIRE(client.machine.set(energy, std::nullopt, *axdr::parse_data(value), now));
}

void release(ClientSubject& client, Instant now) {
    BOOST_REQUIRE(client.machine.release(now));
}

Talk associated(association::ClientConfiguration (*make)() = configuration) {
    Talk script = talk(make);
    script.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver(aare_accepted)
        .expect_event("associated 001E1D 1224");
    return script;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(client_association)

BOOST_AUTO_TEST_CASE(APPL_OPEN_1_opens_reads_and_releases) {
    Talk script = associated();
    script.command("get", get(clock_time))
        .expect_transmit("C001C100080000010000FF0200")
        .deliver("C401C100090C07E50118FF0E303950FFC400")
        .expect_event("get 1 data 090C07E50118FF0E303950FFC400")
        .command("get", get(energy))
        .expect_transmit("C001C200030100010800FF0200")
        .deliver("C401C20004")
        .expect_event("failed 2 truncated")
        .command("release", release)
        .expect_transmit("6203800100")
        .deliver("6303800100")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(low_level_security_sends_the_password) {
    Talk script = talk([] {
        association::ClientConfiguration client = configuration();
        client.mechanism = acse::Mechanism::lls;
        client.password = SecretBytes(as_bytes("00000000"));
        client.release_without_reason = true;
        return client;
    });
    script.command("open", open)
        .expect_transmit(aarq_lls)
        .deliver(aare_accepted)
        .expect_event("associated 001E1D 1224")
        .command("release", release)
        .expect_transmit("6200")
        .deliver("6300")
        .expect_event("released");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_1_refusal_without_user_information) {
    Talk script = talk();
    script.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver("6117A109060760857405080101A203020101A305A10302010D")
        .expect_event("refused rejected-permanent authentication-failure");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(refusals_in_their_other_forms) {
    Talk with_service_error = talk();
    with_service_error.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver("611FA109060760857405080101A203020101A305A103020101BE0604040E010602")
        .expect_event(
            "refused rejected-permanent no-reason-given service-error initiate "
            "incompatible-conformance");
    holds_every_way(with_service_error);

    // Seen from a real meter: accepted, and yet an initiate error inside.
    Talk accepted_with_error = talk();
    accepted_with_error.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver("611FA109060760857405080101A203020100A305A103020101BE0604040E010600")
        .expect_event("refused accepted no-reason-given service-error initiate other");
    holds_every_way(accepted_with_error);

    Talk exception = talk();
    exception.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver("D80102")
        .expect_event("refused exception service-not-allowed service-not-supported");
    holds_every_way(exception);
}

BOOST_AUTO_TEST_CASE(an_aare_that_cannot_be_used_ends_the_attempt) {
    Talk garbage = talk();
    garbage.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver("6103A10502")
        .expect_event("aborted inner-length-mismatch");
    holds_every_way(garbage);

    Talk silent = talk();
    silent.command("open", open)
        .expect_transmit(aarq_plain)
        .at(5s)
        .expect_event("aborted timeout")
        .command("open", open)
        .expect_transmit(aarq_plain);
    silent.holds();

    Talk without_initiate = talk();
    without_initiate.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver("6117A109060760857405080101A203020100A305A103020100")
        .expect_event("aborted missing-field");
    holds_every_way(without_initiate);

    // It accepts a context that was not proposed: short names.
    Talk other_context = talk();
    other_context.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver(
            "6129A109060760857405080102A203020100A305A103020100"
            "BE10040E0800065F1F0400001E1D04C80007")
        .expect_event("aborted unsupported-context");
    holds_every_way(other_context);

    Talk old_version = talk();
    old_version.command("open", open)
        .expect_transmit(aarq_plain)
        .deliver(
            "6129A109060760857405080101A203020100A305A103020100"
            "BE10040E0800055F1F0400001E1D04C80007")
        .expect_event("aborted conformance-violation");
    holds_every_way(old_version);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_12_answer_in_blocks) {
    Talk script = associated();
    script.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C402C100000000010003060000")
        .expect_transmit("C002C100000001")
        .deliver("C402C10000000002000130")
        .expect_transmit("C002C100000002")
        .deliver("C402C1FF00000003000139")
        .expect_event("get 1 data 0600003039");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(block_errors_end_the_request_and_keep_the_association) {
    Talk wrong_number = associated();
    wrong_number.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C402C100000000010003060000")
        .expect_transmit("C002C100000001")
        .deliver("C402C10000000003000130")
        .expect_event("failed 1 wrong-block-number")
        .command("get", get(energy))
        .expect_transmit("C001C200030100010800FF0200")
        .deliver("C401C2000600003039")
        .expect_event("get 2 data 0600003039");
    holds_every_way(wrong_number);

    Talk refused_block = associated();
    refused_block.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C402C100000000010003060000")
        .expect_transmit("C002C100000001")
        .deliver("C402C101000000020113")
        .expect_event("get 1 data-block-number-invalid");
    holds_every_way(refused_block);

    Talk not_data = associated();
    not_data.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C402C101000000010003060000")
        .expect_event("failed 1 truncated");
    holds_every_way(not_data);
}

BOOST_AUTO_TEST_CASE(set_and_its_refusal) {
    Talk script = associated();
    script.command("set", set_energy)
        .expect_transmit("C101C100030100010800FF02000600003039")
        .deliver("C501C100")
        .expect_event("set 1 success")
        .command("set", set_energy)
        .expect_transmit("C101C200030100010800FF02000600003039")
        .deliver("C501C203")
        .expect_event("set 2 read-write-denied");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_4_a_late_answer_is_dropped_by_its_invoke_id) {
    Talk script = associated();
    script.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .at(5s)
        .expect_event("failed 1 timeout")
        .command("get", get(clock_time))
        .expect_transmit("C001C200080000010000FF0200")
        .deliver("C401C1000600003039")
        .deliver("C401C2001101")
        .expect_event("get 2 data 1101");
    script.holds();
    script.holds_when_fed_in_chunks();
}

BOOST_AUTO_TEST_CASE(CLIENT_X_5_a_notification_does_not_disturb_a_request) {
    Talk script = associated();
    script.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("0F00000001000600000001")
        .expect_event("data-notification 1  0600000001")
        .deliver("C401C1000600003039")
        .expect_event("get 1 data 0600003039");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_32_exception_response_fails_the_request_only) {
    for (const auto& [hex, words] : {
             std::pair{"D80101", "operation-not-possible"},
             std::pair{"D80102", "service-not-supported"},
             std::pair{"D80103", "other-reason"},
             std::pair{"D80104", "pdu-too-long"},
             std::pair{"D80105", "deciphering-error"},
             std::pair{"D8010600001234", "invocation-counter-error"},
         }) {
        Talk script = associated();
        script.command("get", get(energy))
            .expect_transmit("C001C100030100010800FF0200")
            .deliver(hex)
            .expect_event(std::string("failed 1 exception service-not-allowed ") + words)
            .command("get", get(energy))
            .expect_transmit("C001C200030100010800FF0200")
            .deliver("C401C2000600003039")
            .expect_event("get 2 data 0600003039");
        holds_every_way(script);
    }
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_what_was_not_negotiated_is_refused_locally) {
    Talk script = talk();
    script.command("open", open)
        .expect_transmit(aarq_plain)
        // get alone, and 16 octets of server-max-receive-pdu-size
        .deliver(
            "6129A109060760857405080101A203020100A305A103020100"
            "BE10040E0800065F1F040000001000100007")
        .expect_event("associated 000010 16")
        .command("set",
                 [](ClientSubject& client, Instant now) {
                     const auto refused =
                         client.machine.set(energy, std::nullopt, axdr::DataView(), now);
                     BOOST_REQUIRE(!refused);
                     BOOST_CHECK(refused.error().code == ErrorCode::not_negotiated);
                 })
        .command("get with selection",
                 [](ClientSubject& client, Instant now) {
                     const cosem::SelectiveAccess selection{2, axdr::DataView()};
                     const auto refused = client.machine.get(energy, selection, now);
                     BOOST_REQUIRE(!refused);
                     BOOST_CHECK(refused.error().code == ErrorCode::not_negotiated);
                 })
        .expect_no_transmit()
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C401C1000600003039")
        .expect_event("get 1 data 0600003039");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(CLIENT_X_6_a_request_above_the_servers_size_is_refused_without_blocks) {
    Talk script = talk();
    script.command("open", open)
        .expect_transmit(aarq_plain)
        // get and set alone
        .deliver(
            "6129A109060760857405080101A203020100A305A103020100"
            "BE10040E0800065F1F040000001804C80007")
        .expect_event("associated 000018 1224")
        .command("set", [](ClientSubject& client, Instant now) {
            axdr::DataBuilder builder;
            const auto value = builder.octet_string(ByteBuffer(1300)).finish();
            const auto refused = client.machine.set(energy, std::nullopt, value->view(), now);
            BOOST_REQUIRE(!refused);
            BOOST_CHECK(refused.error().code == ErrorCode::request_too_long);
            BOOST_CHECK(client.machine.state() ==
                        association::ClientAssociation::State::associated);
        });
    // The refusal took no invoke-id.
    script.expect_no_transmit()
        .command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .deliver("C401C1000600003039")
        .expect_event("get 1 data 0600003039");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(commands_are_refused_by_state) {
    ClientSubject client(16, 1, configuration());
    const Instant now{};
    BOOST_CHECK(client.machine.get(energy, std::nullopt, now).error().code ==
                ErrorCode::wrong_state);
    BOOST_CHECK(client.machine.release(now).error().code == ErrorCode::wrong_state);
    BOOST_REQUIRE(client.machine.open(now));
    BOOST_CHECK(client.machine.open(now).error().code == ErrorCode::wrong_state);
    BOOST_CHECK(client.machine.set(energy, std::nullopt, axdr::DataView(), now).error().code ==
                ErrorCode::wrong_state);
}

BOOST_AUTO_TEST_CASE(an_association_that_the_meter_has_ended_is_made_anew) {
    Talk script = associated();
    script.command("get", get(energy))
        .expect_transmit("C001C100030100010800FF0200")
        .command("not during a request",
                 [](ClientSubject& client, Instant now) {
                     BOOST_CHECK(client.machine.renew(now).error().code == ErrorCode::wrong_state);
                 })
        .deliver("D80102")
        .expect_event("failed 1 exception service-not-allowed service-not-supported")
        .command("anew",
                 [](ClientSubject& client, Instant now) {
                     BOOST_REQUIRE(client.machine.renew(now));
                     BOOST_TEST(client.machine.conformance().empty());
                     BOOST_CHECK(client.machine.renew(now).error().code == ErrorCode::wrong_state);
                 })
        .expect_transmit(aarq_plain)
        .deliver(aare_accepted)
        .expect_event("associated 001E1D 1224")
        .command("get", get(energy))
        .expect_transmit("C001C200030100010800FF0200")
        .deliver("C401C2000600003039")
        .expect_event("get 2 data 0600003039");
    holds_every_way(script);
}

BOOST_AUTO_TEST_CASE(apdus_that_nobody_asked_for_change_nothing) {
    for (const auto* hex : {"6303800100", "C401C1000600003039", "C501C100", aare_accepted, "FF00",
                            "C001C100030100010800FF0200"}) {
        Talk script = associated();
        script.deliver(hex)
            .command("get", get(energy))
            .expect_transmit("C001C100030100010800FF0200")
            .deliver("C401C1000600003039")
            .expect_event("get 1 data 0600003039");
        // An exception with nothing outstanding is counted and dropped as well.
        script.deliver("D80102");
        holds_every_way(script);
    }
}

BOOST_AUTO_TEST_CASE(APPL_REL_X_5_release_without_an_answer_ends_all_the_same) {
    Talk script = associated();
    script.command("release", release)
        .expect_transmit("6203800100")
        .at(5s)
        .expect_event("released")
        .command("open", open)
        .expect_transmit(aarq_plain);
    script.holds();

    Talk refused = associated();
    refused.command("release", release)
        .expect_transmit("6203800100")
        .deliver("D80102")
        .expect_event("released");
    holds_every_way(refused);
}

BOOST_AUTO_TEST_SUITE_END()
