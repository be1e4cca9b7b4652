#include "client/number_supply.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/base/random.hpp"
#include "tests/support/octets.hpp"

namespace dlms::client {
namespace {

using security::ApduProtection;
using security::InvocationCounter;
using security::KeySlot;
using security::SystemTitle;

const SystemTitle ours({'D', 'L', 'M', 0, 0, 0, 0, 1});
const SystemTitle meter_a({'T', 'S', 'T', 0, 0, 0, 0, 1});
const SystemTitle meter_b({'T', 'S', 'T', 0, 0, 0, 0, 2});
constexpr std::array slots{KeySlot::unicast, KeySlot::broadcast, KeySlot::message};

/// A key for each slot that has numbers of its own.
MeterSecurity keyed() {
    MeterSecurity security;
    security.own_title = ours;
    security.keys.unicast = *security::EncryptionKey::from(ByteBuffer(16, 0x11));
    security.keys.broadcast = *security::EncryptionKey::from(ByteBuffer(16, 0x12));
    security.keys.authentication = *security::AuthenticationKey::from(ByteBuffer(16, 0x13));
    security.keys.master = *security::MasterKey::from(ByteBuffer(16, 0x14));
    return security;
}

/// What one association with a meter receives.
struct Session {
    Session(DurableCounters& counters, const SystemTitle& meter)
        : supply(counters, keyed(), NumberSupply::Freshness::by_challenge),
          protection(*ApduProtection::create(security::SecuritySuite::aes_gcm_128, ours,
                                             std::move(keyed().keys), random)) {
        BOOST_REQUIRE(supply.begin(protection).has_value());
        BOOST_REQUIRE(protection.set_peer_title(meter).has_value());
        BOOST_REQUIRE(supply.recall(protection).has_value());
    }
    void receive(std::uint32_t number) {
        for (const KeySlot slot : slots) {
            protection.receive_counter(slot).accept(InvocationCounter(number));
        }
        BOOST_REQUIRE(supply.save(protection).has_value());
    }

    SystemRandom random;
    NumberSupply supply;
    ApduProtection protection;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(number_supply)

BOOST_AUTO_TEST_CASE(what_each_meter_has_used_of_each_key_is_known_again) {
    ProcessCounters counters;
    Session(counters, meter_a).receive(100);
    Session(counters, meter_b).receive(7);  // of the same keys
    Session(counters, meter_b).receive(5);  // never lowers
    for (const KeySlot slot : slots) {
        Session a(counters, meter_a);
        Session b(counters, meter_b);
        BOOST_TEST_CONTEXT("slot " << static_cast<int>(slot)) {
            BOOST_TEST(a.protection.receive_counter(slot).highest()->value() == 100U);
            BOOST_TEST(b.protection.receive_counter(slot).highest()->value() == 7U);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::client
