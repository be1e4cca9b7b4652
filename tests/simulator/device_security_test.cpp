// The keys and counters of a simulated device, which outlive its associations.

#include "simulator/device_security.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/acse/aare.hpp"
#include "stack/association/client_association.hpp"
#include "stack/security/key_wrap.hpp"
#include "tests/simulator/meter_line.hpp"
#include "tests/stack/security/protection_pair.hpp"

namespace dlms::simulator::testing {
namespace {

using namespace dlms::testing;

DeviceSecurity device() {
    constexpr SecuritySuite suite = SecuritySuite::aes_gcm_128;
    DeclaredSecurity declared;
    declared.suite = suite;
    declared.system_title = meter_title;
    declared.keys.unicast = key_of<EncryptionKey>(suite, 0x00);
    declared.keys.broadcast = key_of<EncryptionKey>(suite, 0x20);
    declared.keys.authentication = key_of<AuthenticationKey>(suite, 0xD0);
    declared.keys.master = key_of<MasterKey>(suite, 0x40);
    return DeviceSecurity(std::move(declared));
}

/// What an association of its own makes of an APDU; it ends with the call.
std::optional<ErrorCode> received(DeviceSecurity& device, ByteView apdu) {
    auto protection = device.protection();
    BOOST_REQUIRE(protection != nullptr);
    BOOST_REQUIRE(protection->set_peer_title(client_title).has_value());
    device.prepare(*protection);
    const auto opened = protection->open(apdu, authenticated_encryption);
    device.settle(*protection);
    return opened ? std::nullopt : std::optional(opened.error().code);
}

/// A parameter of key_transfer: keys by their ids.
axdr::Data transferred(std::initializer_list<std::pair<std::uint8_t, Byte>> keys) {
    constexpr SecuritySuite suite = SecuritySuite::aes_gcm_128;
    const auto master = key_of<MasterKey>(suite, 0x40);
    axdr::DataBuilder builder;
    builder.array(keys.size());
    for (const auto& [id, first] : keys) {
        const auto key = key_of<EncryptionKey>(suite, first);
        builder.structure(2).enumerated(id).octet_string(
            *aes_key_wrap(master.reveal(), key.reveal()));
    }
    return *builder.finish();
}

/// With the keys of ProtectionPair; its client 1 needs no authentication.
constexpr std::string_view ciphered_scenario = R"({
 "name": "ciphered",
 "logical_devices": [{
  "sap": 1, "name": "TST0000000000001",
  "security": {"system_title": "4D4D4D0000BC614E",
               "unicast_key": "000102030405060708090A0B0C0D0E0F",
               "authentication_key": "D0D1D2D3D4D5D6D7D8D9DADBDCDDDEDF"},
  "associations": [{"client_sap": 1, "name": "ciphered", "mechanism": "lowest",
                    "security": "authenticated_encryption", "conformance": ["get", "set"]}],
  "objects": [{"obis": "0-0:96.50.0.255", "class": 1, "attributes": [
    {"id": 2, "access": "rw", "value": null, "any_type": true}]}]}]
})";

association::ClientConfiguration with_dedicated_key(ApduProtection protection, Random& random) {
    association::ClientConfiguration configuration;
    configuration.proposed_conformance = xdlms::Conformance(0x00001F);
    configuration.security.ciphered = true;
    configuration.security.dedicated_key = true;
    configuration.security.requests.protection = authenticated_encryption;
    configuration.security.responses = authenticated_encryption;
    configuration.security.random = &random;
    configuration.security.protection = std::make_unique<ApduProtection>(std::move(protection));
    return configuration;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(device_security)

BOOST_AUTO_TEST_CASE(a_session_is_a_replay_on_a_connection_that_was_there_before_it_too) {
    const auto meter = make_meter(ciphered_scenario);
    MeterLine earlier(*meter);
    BOOST_TEST(earlier.ask("C001C100010000603200FF0200", 1).starts_with("D8"));

    MeterLine line(*meter);
    SeededRandom random(5);
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    association::ClientAssociation client(with_dedicated_key(std::move(pair.client), random));
    std::vector<std::string> sent;
    const auto run = [&] {
        while (const auto apdu = client.poll_transmit()) {
            sent.push_back(to_hex(*apdu));
            client.receive(octets(line.ask(sent.back(), 1)), Instant{});
            while (client.poll_event()) {
            }
        }
    };
    BOOST_REQUIRE(client.open(Instant{}));
    run();
    BOOST_REQUIRE(client.state() == association::ClientAssociation::State::associated);
    const ByteBuffer value = octets("1107");
    BOOST_REQUIRE(
        client.set({1, {0, 0, 96, 50, 0, 255}, 2}, {}, *axdr::parse_data(value), Instant{}));
    run();
    BOOST_REQUIRE(sent.size() == 2U);
    BOOST_TEST(sent[1].starts_with("D1"));

    const ByteBuffer answer = octets(earlier.ask(sent[0], 1));
    const auto aare = acse::decode_aare(answer);
    BOOST_REQUIRE(aare.has_value());
    BOOST_TEST(!(aare->result == acse::AssociationResult::accepted));
    BOOST_TEST(earlier.ask(sent[1], 1).starts_with("D8"));
}

BOOST_AUTO_TEST_CASE(what_one_association_has_accepted_is_a_replay_in_every_later_one) {
    for (const ProtectionKind kind :
         {ProtectionKind::service_global, ProtectionKind::general_broadcast,
          ProtectionKind::wrapped_key}) {
        ProtectionPair pair(SecuritySuite::aes_gcm_128);
        DeviceSecurity meter = device();
        const ByteBuffer first = sealed(pair.client, request, wanted(kind));
        const ByteBuffer second = sealed(pair.client, request, wanted(kind));
        BOOST_TEST_CONTEXT("kind " << static_cast<int>(kind)) {
            BOOST_TEST(!received(meter, first).has_value());
            BOOST_TEST((received(meter, first) == ErrorCode::counter_too_low));
            BOOST_TEST(!received(meter, second).has_value());
            BOOST_TEST((received(meter, first) == ErrorCode::counter_too_low));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_transferred_once_more_opens_nothing_of_before) {
    constexpr Byte first = 0x00;
    constexpr Byte other = 0x60;
    ProtectionPair pair(SecuritySuite::aes_gcm_128);
    DeviceSecurity meter = device();
    const ByteBuffer recorded =
        sealed(pair.client, request, wanted(ProtectionKind::service_global));
    BOOST_TEST(!received(meter, recorded).has_value());
    const axdr::Data same = transferred({{0, first}});
    BOOST_REQUIRE(meter.transfer(same.view()));
    BOOST_TEST((received(meter, recorded) == ErrorCode::counter_too_low));
    // Another one, whose numbers begin anew, and back.
    const axdr::Data another = transferred({{0, other}});
    BOOST_REQUIRE(meter.transfer(another.view()));
    BOOST_TEST((received(meter, recorded) == ErrorCode::tag_mismatch));
    BOOST_REQUIRE(meter.transfer(same.view()));
    BOOST_TEST((received(meter, recorded) == ErrorCode::counter_too_low));
    BOOST_TEST(
        !received(meter, sealed(pair.client, request, wanted(ProtectionKind::service_global)))
             .has_value());
}

BOOST_AUTO_TEST_CASE(a_key_id_that_comes_twice_transfers_nothing) {
    DeviceSecurity meter = device();
    const std::uint64_t before = meter.generation();
    const axdr::Data twice = transferred({{0, 0x60}, {0, 0x70}});
    BOOST_TEST(!meter.transfer(twice.view()));
    BOOST_TEST(meter.generation() == before);
}

BOOST_AUTO_TEST_CASE(associations_that_seal_nothing_use_up_no_numbers) {
    DeviceSecurity meter = device();
    for (int i = 0; i < 1000; ++i) {
        auto protection = meter.protection();
        BOOST_REQUIRE(protection != nullptr);
        meter.prepare(*protection);
    }
    auto protection = meter.protection();
    BOOST_REQUIRE(protection->set_peer_title(client_title).has_value());
    BOOST_TEST(protection->send_counter(KeySlot::unicast).take().value().value() == 1u);
    // The next association goes on behind its range.
    auto next = meter.protection();
    BOOST_TEST(next->send_counter(KeySlot::unicast).take().value().value() > 1u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
