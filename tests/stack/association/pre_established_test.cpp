// Associations that are there without an AARQ.

#include "stack/association/server_association.hpp"
#include "tests/support/association_scripts.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

constexpr std::string_view get_energy = "C001C100030100010800FF0200";
constexpr std::string_view not_associated = "D80102";

struct Fixture {
    Fixture() : machine(configuration()) {}

    static association::ServerConfiguration configuration() {
        association::ServerConfiguration configured;
        configured.supported_conformance = xdlms::Conformance{0x000010};  // GET alone
        configured.max_receive_pdu_size = 200;
        configured.pre_established = true;
        return configured;
    }
    /// What the meter says to an APDU; a GET is answered with 17 1.
    std::string ask(std::string_view hex) {
        const ByteBuffer apdu = octets(hex);
        const ByteBuffer one = octets("1101");
        machine.receive(apdu, Instant{});
        while (const auto event = machine.poll_event()) {
            if (association::awaits_answer(*event)) {
                BOOST_REQUIRE(machine.answer_get(data(one)));
            }
        }
        const auto answer = machine.poll_transmit();
        return answer ? to_hex(*answer) : std::string();
    }
    association::ServerAssociation machine;
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pre_established, Fixture)

BOOST_AUTO_TEST_CASE(it_serves_what_is_configured_without_an_AARQ) {
    BOOST_TEST(machine.is_associated());
    BOOST_TEST(!machine.poll_event());
    BOOST_TEST(machine.client_max_receive_pdu_size() == 200);
    BOOST_TEST(ask(get_energy) == "C401C1001101");
    BOOST_TEST(ask("C101C100030100010800FF02001105") == not_associated);  // SET is not there
}

BOOST_AUTO_TEST_CASE(a_release_ends_it_until_the_next_link) {
    BOOST_TEST(ask("6203800100") == "6303800100");
    BOOST_TEST(!machine.is_associated());
    BOOST_TEST(ask(get_energy) == not_associated);
    machine.link_lost();
    BOOST_TEST(machine.is_associated());
    BOOST_TEST(ask(get_energy) == "C401C1001101");
}

BOOST_AUTO_TEST_CASE(APPL_OPEN_X_9_an_AARQ_is_refused_and_changes_nothing) {
    BOOST_TEST(ask("601DA109060760857405080101BE10040E01000000065F1F0400000010FFFF") ==
               "6117A109060760857405080101A203020101A305A103020101");
    BOOST_TEST(machine.is_associated());
    BOOST_TEST(machine.client_max_receive_pdu_size() == 200);
    BOOST_TEST(ask(get_energy) == "C401C1001101");
}

BOOST_AUTO_TEST_SUITE_END()
