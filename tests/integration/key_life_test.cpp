// New keys for a meter as a transaction: wherever the line breaks or the process ends, a key that
// works is in the records.

#include "client/key_life.hpp"

#include <boost/test/unit_test.hpp>

#include "store/key_store.hpp"
#include "tests/client/client_desk.hpp"
#include "tests/integration/cutting_relay.hpp"
#include "tests/integration/keyed_scenario.hpp"
#include "tests/integration/simulated_meter.hpp"
#include "tests/support/temporary_folder.hpp"

namespace dlms::testing {
namespace {

using client::InForce;
using client::KeyLife;
using client::MeterParameters;
using client::MeterSecrets;
using client::SecretChange;
using client::SecretKind;

constexpr const char* meter_number = "000000000007";
constexpr std::array both{SecretKind::encryption, SecretKind::authentication};

MeterParameters keyed_parameters(std::uint16_t port) {
    MeterParameters made = Desk::parameters(port);
    made.response_timeout = std::chrono::seconds(5);
    made.client_sap = ClientSap(1);
    made.mechanism = acse::Mechanism::hls_gmac;
    client::MeterSecurity& security = made.security;
    security.own_title = security::SystemTitle({'D', 'L', 'M', 0, 0, 0, 0, 1});
    security.keys.unicast = *security::EncryptionKey::from(octets(first_unicast));
    security.keys.authentication = *security::AuthenticationKey::from(octets(first_authentication));
    security.keys.master = *security::MasterKey::from(octets(first_master));
    security.protect(security::authenticated_encryption);
    return made;
}

/// One process that changes keys; its records are in a file.
struct Changer {
    Changer(const TemporaryFolder& folder, std::shared_ptr<client::DurableCounters> numbers)
        : counters(std::move(numbers)) {
        std::array<Byte, store::SealingKey::size> sealing{};
        auto opened =
            store::KeyStore::open(folder.file("secrets.db"), *store::SealingKey::from(sealing));
        BOOST_REQUIRE_MESSAGE(opened.has_value(), opened.error());
        records = std::move(*opened);
    }

    template <class T>
    T wait(asio::awaitable<T> work) {
        return wait_for(io, std::move(work));
    }

    KeyLife life() {
        return {*records, meter_number, [this](MeterParameters parameters) {
                    client::ClientEnvironment environment;
                    environment.counters = counters;
                    return std::make_unique<client::NativeMeterClient>(std::move(parameters),
                                                                       std::move(environment));
                }};
    }
    KeyLife::SecretOutcome<void> change(const MeterParameters& parameters,
                                        const SecretChange& change) {
        KeyLife keys = life();
        return wait(keys.change(parameters, change, in(std::chrono::seconds(60))));
    }
    KeyLife::SecretOutcome<void> settle(const MeterParameters& parameters) {
        KeyLife keys = life();
        const SecretChange places;
        return wait(keys.settle(parameters, &places, in(std::chrono::seconds(60))));
    }
    /// Whether the meter takes the keys that the records say it has.
    bool reaches(const MeterParameters& parameters) {
        auto known = client::with_secrets(parameters, *records->current(meter_number));
        client::ClientEnvironment environment;
        environment.counters = counters;
        client::NativeMeterClient client(std::move(*known), std::move(environment));
        const auto made = wait(client.connect(in(std::chrono::seconds(20))));
        return made.has_value();
    }
    bool has_staged() { return !records->staged(meter_number)->empty(); }
    bool has_first_key() {
        const auto known = records->current(meter_number);
        const SecretBytes* key = known->find(SecretKind::encryption);
        return !key || key->matches(octets(first_unicast));
    }

    asio::io_context io;
    std::shared_ptr<client::DurableCounters> counters;
    std::unique_ptr<store::KeyStore> records;
};

SecretChange drawn(std::span<const SecretKind> kinds) {
    SystemRandom random;
    SecretChange change;
    change.fresh = *client::draw_keys(kinds, security::SecuritySuite::aes_gcm_128, random);
    return change;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(key_life)

BOOST_AUTO_TEST_CASE(new_keys_are_drawn_transferred_proven_and_recorded) {
    const SimulatedMeter meter(keyed_scenario(1));
    const TemporaryFolder folder;
    Changer changer(folder, std::make_shared<client::ProcessCounters>());
    const MeterParameters parameters = keyed_parameters(meter.wrapper_port());
    for (int round = 0; round < 3; ++round) {
        const auto known =
            client::with_secrets(parameters, *changer.records->current(meter_number));
        const auto changed = changer.change(*known, drawn(both));
        BOOST_TEST(changed.has_value());
        BOOST_TEST(!changer.has_staged());
        BOOST_TEST(!changer.has_first_key());
        BOOST_TEST(changer.reaches(parameters));
    }
    // The first ones, and one of each round.
    BOOST_TEST(changer.records->history(meter_number)->size() == 2 * 4);
    BOOST_TEST(*changer.records->was_replaced(meter_number, SecretKind::encryption,
                                              octets(first_unicast)));
}

BOOST_AUTO_TEST_CASE(what_the_meter_refuses_changes_nothing) {
    const SimulatedMeter meter(keyed_scenario(1));
    const TemporaryFolder folder;
    Changer changer(folder, std::make_shared<client::ProcessCounters>());
    MeterParameters parameters = keyed_parameters(meter.wrapper_port());
    parameters.security.keys.master = *security::MasterKey::from(octets(first_unicast));
    const auto changed = changer.change(parameters, drawn(both));
    BOOST_REQUIRE(!changed);
    BOOST_TEST((changed.error().in_force == InForce::former));
    BOOST_TEST(client::code_text(changed.error().failure) == "other-reason");
    BOOST_TEST(!changer.has_staged());
    BOOST_TEST(changer.has_first_key());
    BOOST_TEST(changer.reaches(parameters));
}

BOOST_AUTO_TEST_CASE(a_master_key_is_changed_and_wraps_the_next_keys) {
    const SimulatedMeter meter(keyed_scenario(1));
    const TemporaryFolder folder;
    Changer changer(folder, std::make_shared<client::ProcessCounters>());
    const MeterParameters parameters = keyed_parameters(meter.wrapper_port());
    constexpr std::array master{SecretKind::master};
    BOOST_TEST(changer.change(parameters, drawn(master)).has_value());
    BOOST_TEST(!changer.change(parameters, drawn(both)).has_value());  // wrapped with the old one
    const auto known = client::with_secrets(parameters, *changer.records->current(meter_number));
    BOOST_TEST(changer.change(*known, drawn(both)).has_value());
    BOOST_TEST(changer.reaches(parameters));
}

// Every message of a change is the last one to pass, once delivered and once not; for good, as when
// this process is killed, or once. Afterwards another process finds out what the meter has.
BOOST_AUTO_TEST_CASE(wherever_the_line_breaks_a_key_that_works_is_known) {
    int runs = 0;
    int took_effect = 0;
    for (const bool for_good : {true, false}) {
        for (const bool delivered : {true, false}) {
            bool has_cut = true;
            for (int message = 1; has_cut; ++message) {
                const SimulatedMeter meter(keyed_scenario(1));
                const TemporaryFolder folder;
                const auto counters = std::make_shared<client::ProcessCounters>();
                const MeterParameters direct = keyed_parameters(meter.wrapper_port());
                {
                    const CuttingRelay relay(meter.wrapper_port(), {message, delivered, for_good});
                    Changer changer(folder, counters);
                    const auto changed =
                        changer.change(keyed_parameters(relay.port()), drawn(both));
                    has_cut = relay.has_cut();
                    BOOST_TEST((has_cut || changed.has_value()));
                    BOOST_TEST((!changed || !changer.has_staged()));
                }
                Changer another(folder, counters);
                BOOST_TEST_CONTEXT("message " << message << ", delivered " << delivered
                                              << ", for good " << for_good) {
                    BOOST_TEST(another.settle(direct).has_value());
                    BOOST_TEST(!another.has_staged());
                    BOOST_TEST(another.reaches(direct));
                }
                ++runs;
                took_effect += another.has_first_key() ? 0 : 1;
            }
        }
    }
    BOOST_TEST_MESSAGE(runs << " runs, new keys in " << took_effect);
    BOOST_TEST(runs > 20);
    BOOST_TEST(took_effect > 4);
    BOOST_TEST(took_effect < runs - 4);
}

// Anybody on the line can say no in the meter's place; what the meter did is not said thereby.
BOOST_AUTO_TEST_CASE(a_forged_refusal_loses_no_key_that_the_meter_has) {
    constexpr int transfer = 3;  // behind AARQ and the reply to the challenge
    for (const char* const refusal : {"D80105", "D80101", "D80102", "D80103", "0E010302"}) {
        const SimulatedMeter meter(keyed_scenario(1));
        const TemporaryFolder folder;
        const auto counters = std::make_shared<client::ProcessCounters>();
        const CuttingRelay relay(
            meter.wrapper_port(),
            {.message = transfer, .delivered = true, .for_good = false, .forged = octets(refusal)});
        Changer changer(folder, counters);
        BOOST_TEST_CONTEXT(refusal) {
            const auto changed = changer.change(keyed_parameters(relay.port()), drawn(both));
            BOOST_TEST(relay.has_cut());
            BOOST_TEST(changed.has_value());
            BOOST_TEST(!changer.has_staged());
            BOOST_TEST(!changer.has_first_key());
            BOOST_TEST(changer.reaches(keyed_parameters(meter.wrapper_port())));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_forged_refusal_of_what_no_association_proves_leaves_it_open) {
    constexpr std::array master{SecretKind::master};
    const SimulatedMeter meter(keyed_scenario(1));
    const TemporaryFolder folder;
    const auto counters = std::make_shared<client::ProcessCounters>();
    const CuttingRelay relay(
        meter.wrapper_port(),
        {.message = 3, .delivered = true, .for_good = false, .forged = octets("D80105")});
    Changer changer(folder, counters);
    const auto changed = changer.change(keyed_parameters(relay.port()), drawn(master));
    BOOST_REQUIRE(!changed);
    BOOST_TEST((changed.error().in_force == InForce::unknown));
    BOOST_TEST(changer.has_staged());
    BOOST_TEST(changer.settle(keyed_parameters(meter.wrapper_port())).has_value());
    BOOST_TEST(!changer.has_staged());
}

BOOST_AUTO_TEST_CASE(a_cut_off_change_of_the_master_key_is_sent_again) {
    constexpr std::array master{SecretKind::master};
    for (const bool delivered : {true, false}) {
        const SimulatedMeter meter(keyed_scenario(1));
        const TemporaryFolder folder;
        const auto counters = std::make_shared<client::ProcessCounters>();
        const MeterParameters direct = keyed_parameters(meter.wrapper_port());
        constexpr int transfer = 3;  // behind AARQ and the reply to the challenge
        {
            const CuttingRelay relay(meter.wrapper_port(), {transfer, delivered, true});
            Changer changer(folder, counters);
            const auto changed = changer.change(keyed_parameters(relay.port()), drawn(master));
            BOOST_REQUIRE(!changed);
            BOOST_TEST((changed.error().in_force == InForce::unknown));
            BOOST_TEST(changer.has_staged());
        }
        Changer another(folder, counters);
        BOOST_TEST(another.settle(direct).has_value());
        const auto known = client::with_secrets(direct, *another.records->current(meter_number));
        BOOST_TEST(!known->security.keys.master->matches(octets(first_master)));
        BOOST_TEST(another.change(*known, drawn(both)).has_value());
    }
}

BOOST_AUTO_TEST_CASE(what_a_cut_off_change_left_waits_for_who_can_settle_it) {
    constexpr int transfer = 3;  // behind AARQ and the reply to the challenge
    for (const bool is_master : {true, false}) {
        const SimulatedMeter meter(keyed_scenario(1));
        const MeterParameters direct = keyed_parameters(meter.wrapper_port());
        const TemporaryFolder folder;
        const auto counters = std::make_shared<client::ProcessCounters>();
        Changer changer(folder, counters);
        {
            const CuttingRelay relay(meter.wrapper_port(), {transfer, false, true});
            constexpr std::array master{SecretKind::master};
            const SecretChange change = is_master ? drawn(master) : drawn(both);
            BOOST_TEST(!changer.change(keyed_parameters(relay.port()), change));
            BOOST_TEST(changer.has_staged());
        }
        // A public association proves no key.
        MeterParameters open = direct.clone();
        open.client_sap = ClientSap(16);
        open.mechanism = acse::Mechanism::lowest;
        open.security = client::MeterSecurity();
        KeyLife life = changer.life();
        BOOST_TEST(
            changer.wait(life.settle(open, nullptr, in(std::chrono::seconds(20)))).has_value());
        BOOST_TEST(changer.has_staged());
        if (is_master) {
            // Without places nothing is sent; without a master key nothing can be.
            BOOST_TEST(changer.wait(life.settle(direct, nullptr, in(std::chrono::seconds(20))))
                           .has_value());
            BOOST_TEST(changer.has_staged());
            MeterParameters unknown = direct.clone();
            unknown.security.keys.master.reset();
            BOOST_TEST(!changer.settle(unknown));
            BOOST_TEST(changer.has_staged());
            // A meter that refuses it does not make us forget it; whoever knows better may.
            MeterParameters wrong = direct.clone();
            wrong.security.keys.master = *security::MasterKey::from(octets(first_unicast));
            const auto refused = changer.settle(wrong);
            BOOST_REQUIRE(!refused);
            BOOST_TEST((refused.error().in_force == InForce::unknown));
            BOOST_TEST(changer.has_staged());
            MeterSecrets known;
            known.set(SecretKind::master, octets(first_master));
            BOOST_TEST(changer.records->keep(meter_number, known).has_value());
        } else {
            BOOST_TEST(changer.settle(direct).has_value());
        }
        BOOST_TEST(!changer.has_staged());
        BOOST_TEST(changer.reaches(direct));
    }
}

BOOST_AUTO_TEST_CASE(passwords_and_secrets_of_hls_are_changed) {
    const SimulatedMeter meter(keyed_scenario(1));
    const TemporaryFolder folder;
    const auto counters = std::make_shared<client::ProcessCounters>();
    Changer changer(folder, counters);
    for (const auto& [sap, mechanism] :
         {std::pair(2, acse::Mechanism::lls), std::pair(3, acse::Mechanism::hls_sha256),
          std::pair(4, acse::Mechanism::hls_md5)}) {
        MeterParameters parameters = keyed_parameters(meter.wrapper_port());
        parameters.client_sap = ClientSap(static_cast<std::uint16_t>(sap));
        parameters.mechanism = mechanism;
        parameters.password = SecretBytes(as_bytes(std::string_view(first_password)));
        SecretChange change;
        change.fresh.set(SecretKind::password, as_bytes(std::string_view("second password")));
        BOOST_TEST_CONTEXT("client " << sap) {
            const auto changed = changer.change(parameters, change);
            BOOST_TEST(changed.has_value());
            BOOST_TEST(changer.reaches(parameters));
            // The first one is refused by now.
            const auto again = changer.change(parameters, change);
            BOOST_REQUIRE(!again);
            BOOST_TEST((again.error().failure.code == client::FailureCode::authentication_failed));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_cut_off_change_of_a_password_is_settled) {
    for (const bool delivered : {true, false}) {
        for (int message = 1; message <= 5; ++message) {
            const SimulatedMeter meter(keyed_scenario(1));
            const TemporaryFolder folder;
            const auto counters = std::make_shared<client::ProcessCounters>();
            const auto with_password = [](std::uint16_t port) {
                MeterParameters parameters = keyed_parameters(port);
                parameters.client_sap = ClientSap(2);
                parameters.mechanism = acse::Mechanism::lls;
                parameters.password = SecretBytes(as_bytes(std::string_view(first_password)));
                return parameters;
            };
            {
                const CuttingRelay relay(meter.wrapper_port(), {message, delivered, true});
                Changer changer(folder, counters);
                SecretChange change;
                change.fresh.set(SecretKind::password, as_bytes(std::string_view("another")));
                static_cast<void>(changer.change(with_password(relay.port()), change));
                BOOST_TEST(relay.has_cut());
            }
            Changer another(folder, counters);
            BOOST_TEST(another.settle(with_password(meter.wrapper_port())).has_value());
            BOOST_TEST(another.reaches(with_password(meter.wrapper_port())));
            const auto known = another.records->current(meter_number);
            const SecretBytes* password = known->find(SecretKind::password);
            const bool is_new =
                password && !password->matches(as_bytes(std::string_view(first_password)));
            constexpr int set = 2;  // behind the AARQ
            BOOST_TEST(is_new == (message > set || (message == set && delivered)));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_changed_is_told_before_anything_is_sent) {
    const SecretChange keys = drawn(both);
    MeterParameters parameters = keyed_parameters(1);
    BOOST_TEST(client::obstacle(parameters, keys) == "");
    BOOST_TEST(client::obstacle(parameters, SecretChange()) != "");
    SecretChange short_key;
    short_key.fresh.set(SecretKind::encryption, ByteBuffer(32));
    BOOST_TEST(client::obstacle(parameters, short_key).find("16 octets") != std::string::npos);
    SecretChange password;
    password.fresh.set(SecretKind::password, octets("3132"));
    BOOST_TEST(client::obstacle(parameters, password).find("no password") != std::string::npos);
    SecretChange mixed{keys.fresh.clone(), {}, {}};
    mixed.fresh.set(SecretKind::password, octets("3132"));
    BOOST_TEST(client::obstacle(parameters, mixed).find("one after the other") !=
               std::string::npos);
    parameters.security.protect(security::authenticated_only);
    BOOST_TEST(client::obstacle(parameters, keys).find("authenticated encryption") !=
               std::string::npos);
    parameters = keyed_parameters(1);
    parameters.security.keys.master.reset();
    BOOST_TEST(client::obstacle(parameters, keys).find("master key") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
