// Requests that came together, and which of them is served first.

#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;
using association::Priority;
using association::ServiceClass;

namespace {

constexpr auto all_services = "00FEDF";  // with ACCESS and priority management
constexpr auto no_priority = "003E1F";

/// A meter that is given several APDUs before it is asked for events.
class Meter {
public:
    explicit Meter(const Agreement& agreement) : machine_(server_of(agreement)) {
        receive(agreement.aarq());
        BOOST_TEST(event().starts_with("established"));
        sent();
    }

    association::ServerAssociation& machine() { return machine_; }
    void receive(std::string_view hex) {
        // An own allocation, so that a view kept too long is seen.
        const ByteBuffer apdu = octets(hex);
        machine_.receive(apdu, Instant{});
    }
    std::string event() {
        const auto event = machine_.poll_event();
        return event ? std::visit(ServerEventText(), *event) : std::string();
    }
    std::string sent() {
        std::string words;
        while (const auto apdu = machine_.poll_transmit()) {
            words += (words.empty() ? "" : " ") + to_hex(*apdu);
        }
        return words;
    }
    /// The next indication, answered with 17 1, and what it brought.
    std::string serve() {
        const std::string words = event();
        if (words.starts_with("get")) {
            BOOST_REQUIRE(machine_.answer_get(data(one_)));
        } else if (words.starts_with("set")) {
            BOOST_REQUIRE(machine_.answer_set(cosem::DataAccessResult::success));
        } else if (words.starts_with("action")) {
            BOOST_REQUIRE(machine_.answer_action({cosem::ActionResult::success, std::nullopt}));
        }
        return sent();
    }

private:
    association::ServerAssociation machine_;
    const ByteBuffer one_ = octets("1101");
};

std::string get_request(std::string_view invoke) {
    return "C001" + std::string(invoke) + "00030100010800FF0200";
}
std::string set_request(std::string_view invoke) {
    return "C101" + std::string(invoke) + "00030100010800FF02001105";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(priority)

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_3_high_goes_before_normal) {
    Meter meter({});
    meter.receive(get_request("41"));
    meter.receive(set_request("42"));
    meter.receive(get_request("C3"));
    meter.receive(set_request("C4"));
    meter.receive("C301450046000060030AFF010100");
    meter.receive("C301C60046000060030AFF010100");
    BOOST_TEST(meter.serve() == "C401C3001101");
    BOOST_TEST(meter.serve() == "C501C400");
    BOOST_TEST(meter.serve() == "C701C60000");
    BOOST_TEST(meter.serve() == "C40141001101");
    BOOST_TEST(meter.serve() == "C5014200");
    BOOST_TEST(meter.serve() == "C701450000");
    BOOST_TEST(meter.event() == "");
    BOOST_TEST(meter.machine().counters().dropped_apdus == 0u);
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_3_without_the_bit_they_go_in_their_order) {
    Meter meter({.conformance = no_priority});
    meter.receive(get_request("41"));
    meter.receive(get_request("C2"));
    BOOST_TEST(meter.serve() == "C40141001101");
    BOOST_TEST(meter.serve() == "C401C2001101");
    BOOST_TEST(meter.event() == "");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_3_what_is_being_served_is_served_to_its_end) {
    Meter meter({});
    meter.receive(
        "C00341 02 0003 0100010800FF 02 00"
        "0003 0100020800FF 02 00");
    BOOST_TEST(meter.event() == "get 3/1-0:1.8.0.255/2");
    meter.receive(get_request("42"));
    meter.receive(get_request("C3"));
    BOOST_TEST(meter.event() == "");
    const ByteBuffer one = octets("1101");
    BOOST_REQUIRE(meter.machine().answer_get(data(one)));
    BOOST_TEST(meter.event() == "get 3/1-0:2.8.0.255/2");
    BOOST_TEST(meter.machine().waiting_apdus() == 2u);
    BOOST_REQUIRE(meter.machine().answer_get(data(one)));
    BOOST_TEST(meter.sent() ==
               "C403410200110100"
               "1101");
    BOOST_TEST(meter.serve() == "C401C3001101");
    BOOST_TEST(meter.serve() == "C40142001101");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_3_an_access_has_its_priority_elsewhere) {
    Meter meter({.conformance = all_services});
    const std::string access = "0000 01 00 01 01 0003 0100010800FF 02 01 00";
    meter.receive("D9 40" + access);
    meter.receive("D9 C0" + access);
    BOOST_TEST(meter.serve() == "DAC00000010000011101010100");
    BOOST_TEST(meter.serve() == "DA400000010000011101010100");
}

BOOST_AUTO_TEST_CASE(nothing_goes_before_what_is_no_whole_request) {
    Meter released({});
    released.receive(get_request("41"));
    released.receive("6203800100");
    released.receive(get_request("C2"));
    BOOST_TEST(released.serve() == "C40141001101");
    BOOST_TEST(released.event() == "released");
    BOOST_TEST(released.event() == "");
    BOOST_TEST(released.sent() == "6303800100 D80102");

    // A long SET stays together.
    Meter blocks({});
    blocks.receive(get_request("41"));
    blocks.receive("C10242 0003 0100010800FF 02 00 00 00000001 01 11");
    blocks.receive("C10342 01 00000002 01 05");
    blocks.receive(get_request("C3"));
    BOOST_TEST(blocks.serve() == "C40141001101");
    BOOST_TEST(blocks.event() == "set 3/1-0:1.8.0.255/2 1105");
    BOOST_REQUIRE(blocks.machine().answer_set(cosem::DataAccessResult::success));
    BOOST_TEST(blocks.event() == "get 3/1-0:1.8.0.255/2");
    BOOST_TEST(blocks.sent() == "C5024200000001 C503420000000002");

    // Nor does anything get into the association before its own.
    Meter anew({});
    anew.receive(get_request("41"));
    anew.receive(Agreement{.conformance = no_priority}.aarq());
    anew.receive(get_request("42"));
    anew.receive(get_request("C3"));
    BOOST_TEST(anew.serve() == "C40141001101");
    BOOST_TEST(anew.event() == "established 003E1F 65535");
    anew.sent();
    BOOST_TEST(anew.serve() == "C40142001101");
    BOOST_TEST(anew.serve() == "C401C3001101");

    // Answers that were not sent before it would be of another size than is agreed now.
    Meter smaller({});
    smaller.receive(get_request("41"));
    smaller.receive(Agreement{.client_size = "000C"}.aarq());
    BOOST_TEST(smaller.event().starts_with("get"));
    const ByteBuffer value = octets("0920" + std::string(64, '0'));
    BOOST_REQUIRE(smaller.machine().answer_get(data(value)));
    BOOST_TEST(smaller.event() == "established 007E1F 12");
    BOOST_TEST(smaller.sent() == Agreement{}.aare());
}

BOOST_AUTO_TEST_CASE(errors_take_their_turn_too) {
    Meter meter({.server_size = "0040"});
    meter.receive(get_request("41"));
    meter.receive(std::string(200, '0'));           // above the size
    meter.receive("C00342" + std::string(2, '0'));  // an empty list
    meter.receive(get_request("C3"));
    BOOST_TEST(meter.serve() == "C40141001101");
    BOOST_TEST(meter.serve() == "D80104 C401C3001101");
    BOOST_TEST(meter.serve() == "D80102");
}

BOOST_AUTO_TEST_CASE(what_an_indication_shows_outlives_what_comes_behind) {
    Meter meter({});
    meter.receive(set_request("41"));
    const auto event = meter.machine().poll_event();
    BOOST_REQUIRE(event);
    meter.receive(set_request("C2"));
    meter.receive(get_request("C3"));
    BOOST_TEST(std::visit(ServerEventText(), *event) == "set 3/1-0:1.8.0.255/2 1105");
}

BOOST_AUTO_TEST_CASE(only_so_many_wait) {
    constexpr std::size_t most = association::ServerAssociation::max_waiting_apdus;
    Meter many({});
    for (std::size_t i = 0; i < most + 3; ++i) {
        many.receive(get_request("41"));
    }
    BOOST_TEST(many.machine().waiting_apdus() == most);
    BOOST_TEST(many.machine().counters().dropped_apdus == 2u);
    for (std::size_t i = 0; i < most + 1; ++i) {
        BOOST_TEST(many.serve() == "C40141001101");
    }
    BOOST_TEST(many.event() == "");

    Meter large({});
    large.receive(get_request("41"));
    const std::string half = "C10141000301000108 00FF0200 09828000" + std::string(0x8000 * 2, '0');
    large.receive(half);
    large.receive(half);
    BOOST_TEST(large.machine().waiting_apdus() == 1u);
    BOOST_TEST(large.machine().counters().dropped_apdus == 1u);

    large.machine().link_lost();
    BOOST_TEST(large.machine().waiting_apdus() == 0u);
    BOOST_TEST(large.event() == "");
    BOOST_TEST(large.sent() == "");
}

BOOST_AUTO_TEST_CASE(APPL_DATA_LN_X_2_a_client_says_how_urgent_a_request_is) {
    ClientTalk script = associated_client({.conformance = all_services});
    const auto ends = [&script](std::string_view answer, std::string event) {
        script.deliver(answer).expect_event(std::move(event));
    };
    script
        .command("get",
                 [](ClientSubject& client, Instant now) {
                     BOOST_REQUIRE(client.machine.get(energy, std::nullopt, now, Priority::normal));
                 })
        .expect_transmit(get_request("41"));
    ends("C40141001101", "get 1 data 1101");
    script
        .command(
            "list",
            [](ClientSubject& client, Instant now) {
                const cosem::AttributeDescriptorWithSelection item{energy, std::nullopt};
                BOOST_REQUIRE(client.machine.get_list(std::span(&item, 1), now, Priority::high));
            })
        .expect_transmit("C003C20100030100010800FF0200");
    ends("C403C201001101", "get-list 2 data 1101");
    script
        .command(
            "set",
            [](ClientSubject& client, Instant now) {
                const ByteBuffer value = octets("1105");
                BOOST_REQUIRE(client.machine.set(energy, std::nullopt, data(value), now,
                                                 {ServiceClass::unconfirmed, Priority::normal}));
            })
        .expect_transmit(set_request("03"));
    script
        .command("access",
                 [](ClientSubject& client, Instant now) {
                     const xdlms::AccessSpecification one = xdlms::AccessGet{energy};
                     const axdr::DataView none;
                     association::AccessOptions options;
                     options.priority = Priority::normal;
                     BOOST_REQUIRE(client.machine.access(std::span(&one, 1), std::span(&none, 1),
                                                         options, now));
                 })
        .expect_transmit("D9400000100001010003 0100010800FF020100");
    ends("DA40000010000001110101 0100", "access 16 get success 1101");
    script.command("as configured", get(energy)).expect_transmit(get_request("C4"));
    ends("C401C4001101", "get 4 data 1101");
    holds_every_way(script);
}

BOOST_AUTO_TEST_SUITE_END()
