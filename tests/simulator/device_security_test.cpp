// The keys and counters of a simulated device, which outlive its associations.

#include "simulator/device_security.hpp"

#include <boost/test/unit_test.hpp>

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
    BOOST_REQUIRE(protection.has_value());
    BOOST_REQUIRE(protection->set_peer_title(client_title).has_value());
    device.prepare(*protection);
    const auto opened = protection->open(apdu, authenticated_encryption);
    device.settle(*protection);
    return opened ? std::nullopt : std::optional(opened.error().code);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(device_security)

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

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::simulator::testing
