// Security setup (class 64): new keys and a stronger policy, client against simulated meter.

#include "client/key_transfer.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/client/client_desk.hpp"
#include "tests/integration/keyed_scenario.hpp"
#include "tests/integration/simulated_meter.hpp"

namespace dlms::testing {
namespace {

using client::MeterParameters;
using client::NewKey;
using security::KeyId;
using security::Protection;

const cosem::MethodDescriptor security_activate{64, {0, 0, 43, 0, 0, 255}, 1};
const cosem::MethodDescriptor key_transfer{64, {0, 0, 43, 0, 0, 255}, 2};
const cosem::AttributeDescriptor security_policy{64, {0, 0, 43, 0, 0, 255}, 2};

struct KeyDesk : Desk {
    KeyDesk(const SimulatedMeter& meter, const char* unicast, const char* authentication,
            const Protection& protection = security::authenticated_encryption,
            std::shared_ptr<client::DurableCounters> counters =
                std::make_shared<client::ProcessCounters>())
        : Desk(with_keys(meter, unicast, authentication, protection), in(std::move(counters))) {}

    std::string result_of(const cosem::MethodDescriptor& method, const axdr::Data& parameter) {
        const auto done =
            wait(client.invoke(method, parameter, testing::in(std::chrono::seconds(20))));
        return done ? "done" : std::string(client::code_text(done.error()));
    }
    std::string transfer(const char* master, const std::vector<NewKey>& keys) {
        const auto key = security::MasterKey::from(octets(master));
        return result_of(key_transfer, *client::wrapped_keys(*key, keys));
    }
    std::string value_of(const cosem::AttributeDescriptor& attribute) {
        client::ReadRequest request;
        request.attribute = attribute;
        return text(wait(client.read(std::move(request), testing::in(std::chrono::seconds(20)))));
    }

private:
    static client::ClientEnvironment in(std::shared_ptr<client::DurableCounters> counters) {
        client::ClientEnvironment environment;
        environment.counters = std::move(counters);
        return environment;
    }
    static MeterParameters with_keys(const SimulatedMeter& meter, const char* unicast,
                                     const char* authentication, const Protection& protection) {
        MeterParameters made = parameters(meter.wrapper_port());
        made.response_timeout = std::chrono::seconds(3);
        made.client_sap = ClientSap(1);
        made.mechanism = acse::Mechanism::hls_gmac;
        client::MeterSecurity& security = made.security;
        security.own_title = security::SystemTitle({'D', 'L', 'M', 0, 0, 0, 0, 1});
        security.keys.unicast = *security::EncryptionKey::from(octets(unicast));
        security.keys.authentication = *security::AuthenticationKey::from(octets(authentication));
        security.protect(protection);
        return made;
    }
};

constexpr const char* energy_value = "0600003039";

}  // namespace

BOOST_AUTO_TEST_SUITE(security_setup)

BOOST_AUTO_TEST_CASE(SYMSEC_0_Key_Tx_P1_to_P3_new_keys_are_in_force_behind_the_answer) {
    for (const int which : {1, 2, 3}) {  // unicast, authentication, both
        const SimulatedMeter meter(keyed_scenario(1));
        auto counters = std::make_shared<client::ProcessCounters>();
        const ByteBuffer unicast = octets(second_unicast);
        const ByteBuffer authentication = octets(second_authentication);
        std::vector<NewKey> keys;
        if ((which & 1) != 0) {
            keys.push_back({KeyId::unicast, unicast});
        }
        if ((which & 2) != 0) {
            keys.push_back({KeyId::authentication, authentication});
        }
        {
            KeyDesk desk(meter, first_unicast, first_authentication,
                         security::authenticated_encryption, counters);
            BOOST_TEST(desk.value_of(energy) == energy_value);
            BOOST_TEST(desk.transfer(first_master, keys) == "done");
        }
        KeyDesk anew(meter, (which & 1) != 0 ? second_unicast : first_unicast,
                     (which & 2) != 0 ? second_authentication : first_authentication,
                     security::authenticated_encryption, counters);
        BOOST_TEST(anew.value_of(energy) == energy_value);
        anew.release();
        KeyDesk old(meter, first_unicast, first_authentication, security::authenticated_encryption,
                    counters);
        BOOST_TEST(old.value_of(energy) != energy_value);
        // And back again.
        const ByteBuffer before_unicast = octets(first_unicast);
        const ByteBuffer before_authentication = octets(first_authentication);
        BOOST_TEST(anew.transfer(first_master, {{KeyId::unicast, before_unicast},
                                                {KeyId::authentication, before_authentication}}) ==
                   "done");
        KeyDesk restored(meter, first_unicast, first_authentication,
                         security::authenticated_encryption, counters);
        BOOST_TEST(restored.value_of(energy) == energy_value);
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_0_Key_Tx_N1_N2_what_does_not_unwrap_changes_nothing) {
    const SimulatedMeter meter(keyed_scenario(1));
    KeyDesk desk(meter, first_unicast, first_authentication);
    const ByteBuffer unicast = octets(second_unicast);
    BOOST_TEST(desk.transfer(first_unicast, {{KeyId::unicast, unicast}}) == "other-reason");
    const auto raw = [&](const std::string& hex) {
        return desk.result_of(key_transfer, *axdr::Data::parse(octets(hex)));
    };
    BOOST_TEST(raw("0101020216000910" + std::string(second_unicast)) == "other-reason");
    BOOST_TEST(raw("0101020216000917" + std::string(46, '5')) == "other-reason");
    BOOST_TEST(raw("0100") == "other-reason");
    // One bad key of two: none is taken.
    const auto good = client::wrapped_keys(*security::MasterKey::from(octets(first_master)),
                                           std::vector<NewKey>{{KeyId::unicast, unicast}});
    const std::string element = to_hex(good->encoded()).substr(4);
    BOOST_TEST(raw("0102" + element + "0202166309182" + std::string(47, '5')) == "other-reason");
    BOOST_TEST(desk.value_of(energy) == energy_value);
    desk.release();
    BOOST_TEST(desk.value_of(energy) == energy_value);
}

BOOST_AUTO_TEST_CASE(keys_are_taken_under_full_protection_only) {
    const SimulatedMeter meter(keyed_scenario(1));
    KeyDesk desk(meter, first_unicast, first_authentication, security::authenticated_only);
    const ByteBuffer unicast = octets(second_unicast);
    BOOST_TEST(desk.transfer(first_master, {{KeyId::unicast, unicast}}) == "read-write-denied");
    BOOST_TEST(desk.value_of(energy) == energy_value);
}

BOOST_AUTO_TEST_CASE(a_secret_is_taken_under_full_protection_only_and_never_told) {
    const SimulatedMeter meter(keyed_scenario(1));
    const cosem::AttributeDescriptor secret{15, {0, 0, 40, 0, 0, 255}, 7};
    const cosem::MethodDescriptor change_hls_secret{15, {0, 0, 40, 0, 0, 255}, 2};
    const axdr::Data fresh = *axdr::Data::parse(octets("0903616263"));
    const auto counters = std::make_shared<client::ProcessCounters>();
    for (const Protection& protection :
         {security::authenticated_only, security::authenticated_encryption}) {
        KeyDesk desk(meter, first_unicast, first_authentication, protection, counters);
        const auto written =
            desk.wait(desk.client.write(secret, fresh, testing::in(std::chrono::seconds(20))));
        BOOST_REQUIRE(!written);
        // The association of HLS-GMAC has no such secret.
        const bool full = protection.encrypted;
        // Without full protection our own client does not send it.
        BOOST_TEST(client::code_text(written.error()) ==
                   (full ? "type-unmatched" : "invalid-request"));
        BOOST_TEST(desk.result_of(change_hls_secret, fresh) ==
                   (full ? "other-reason" : "invalid-request"));
        BOOST_TEST(desk.value_of(secret) == "read-write-denied");
        desk.release();
    }
}

BOOST_AUTO_TEST_CASE(SYMSEC_0_SecPol_1_to_3_a_policy_is_kept_and_never_weakened) {
    // The object's version, a policy, a stronger one, a weaker one.
    struct Case {
        int version;
        const char* first;
        const char* stronger;
        const char* weaker;
    };
    for (const Case& one : {Case{0, "1601", "1603", "1602"}, Case{1, "1624", "166C", "1624"}}) {
        const SimulatedMeter meter(keyed_scenario(one.version));
        KeyDesk desk(meter, first_unicast, first_authentication, security::authenticated_only);
        const auto activate = [&](KeyDesk& with, const char* hex) {
            return with.result_of(security_activate, *axdr::Data::parse(octets(hex)));
        };
        BOOST_TEST(activate(desk, one.first) == "done");
        BOOST_TEST(desk.value_of(security_policy) == one.first);
        BOOST_TEST(activate(desk, one.stronger) == "done");
        // What was enough is no more.
        BOOST_TEST(desk.value_of(energy) != energy_value);
        const auto counters_from = [](std::uint32_t least) {
            auto counters = std::make_shared<client::ProcessCounters>();
            const auto id = client::counter_id(
                octets(first_unicast), security::SystemTitle({'D', 'L', 'M', 0, 0, 0, 0, 1}));
            BOOST_REQUIRE(counters->reserve(id, 1, least).has_value());
            return counters;
        };
        KeyDesk strong(meter, first_unicast, first_authentication,
                       security::authenticated_encryption, counters_from(10'000));
        BOOST_TEST(strong.value_of(energy) == energy_value);
        BOOST_TEST(activate(strong, one.weaker) == "other-reason");
        BOOST_TEST(strong.value_of(security_policy) == one.stronger);
        // Nor is it enough on a connection that is made later.
        KeyDesk weak(meter, first_unicast, first_authentication, security::authenticated_only,
                     counters_from(20'000));
        BOOST_TEST(weak.value_of(energy) != energy_value);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace dlms::testing
