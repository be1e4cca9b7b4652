#include "stack/security/protection.hpp"

#include <boost/test/unit_test.hpp>

#include "stack/security/keys.hpp"
#include "stack/security/system_title.hpp"
#include "tests/support/octets.hpp"
#include "tests/support/result_printing.hpp"

using namespace dlms;
using namespace dlms::testing;
using namespace dlms::security;

BOOST_AUTO_TEST_SUITE(protection)

BOOST_AUTO_TEST_CASE(policies_of_version_0_hold_for_both_directions) {
    const std::array expected{no_protection, authenticated_only, encrypted_only,
                              authenticated_encryption};
    for (std::uint8_t number = 0; number < 4; ++number) {
        const SecurityPolicy policy = SecurityPolicy::from_v0(number).value();
        BOOST_TEST((policy.for_requests() == expected[number]));
        BOOST_TEST((policy.for_responses() == expected[number]));
    }
    BOOST_TEST(outcome(SecurityPolicy::from_v0(4)) == "security/value-out-of-range@0");
}

// SYMSEC_X_POL_1
BOOST_AUTO_TEST_CASE(policies_of_version_1_are_bits_for_each_direction) {
    for (unsigned number = 0; number < 256; ++number) {
        const Result<SecurityPolicy> policy =
            SecurityPolicy::from_v1(static_cast<std::uint8_t>(number));
        BOOST_TEST(policy.has_value() == ((number & 3) == 0));
        if (policy) {
            const Protection& request = policy->for_requests();
            const Protection& response = policy->for_responses();
            const unsigned bits =
                (request.authenticated ? 0x04u : 0u) | (request.encrypted ? 0x08u : 0u) |
                (request.digitally_signed ? 0x10u : 0u) | (response.authenticated ? 0x20u : 0u) |
                (response.encrypted ? 0x40u : 0u) | (response.digitally_signed ? 0x80u : 0u);
            BOOST_TEST(bits == number);
        }
    }
}

// SYMSEC_0_SecPol_3: no weakening.
BOOST_AUTO_TEST_CASE(policies_compare_bit_by_bit) {
    const auto v0 = [](std::uint8_t number) { return SecurityPolicy::from_v0(number).value(); };
    BOOST_TEST(v0(3).is_at_least(v0(1)));
    BOOST_TEST(v0(3).is_at_least(v0(2)));
    BOOST_TEST(!v0(2).is_at_least(v0(1)));
    BOOST_TEST(!v0(1).is_at_least(v0(2)));
    BOOST_TEST(!v0(0).is_at_least(v0(3)));
    BOOST_TEST(SecurityPolicy::from_v1(0xFC).value().is_at_least(v0(3)));
    BOOST_TEST(!SecurityPolicy::from_v1(0x0C).value().is_at_least(v0(3)));
}

BOOST_AUTO_TEST_CASE(security_control_octets) {
    BOOST_TEST(make_security_control(SecuritySuite::aes_gcm_128, authenticated_encryption).raw() ==
               0x30);
    BOOST_TEST(
        make_security_control(SecuritySuite::ecdh_ecdsa_aes_gcm_256, authenticated_only).raw() ==
        0x12);
    BOOST_TEST(make_security_control(SecuritySuite::ecdh_ecdsa_aes_gcm_128, encrypted_only,
                                     KeySet::broadcast)
                   .raw() == 0x61);
    for (unsigned octet = 0; octet < 256; ++octet) {
        const xdlms::SecurityControl control(static_cast<std::uint8_t>(octet));
        const Result<Protection> parsed = protection_of(control, SecuritySuite::aes_gcm_128);
        if ((octet & 0x80) != 0) {
            BOOST_TEST(parsed.error().code == ErrorCode::unsupported_compression);
        } else if ((octet & 0x0F) != 0) {
            BOOST_TEST(parsed.error().code == ErrorCode::wrong_security_suite);
        } else {
            BOOST_TEST(
                make_security_control(SecuritySuite::aes_gcm_128, parsed.value(),
                                      (octet & 0x40) != 0 ? KeySet::broadcast : KeySet::unicast)
                    .raw() == octet);
        }
    }
}

BOOST_AUTO_TEST_CASE(suites_have_sizes) {
    BOOST_TEST(outcome(to_security_suite(3)) == "security/unknown-value@0");
    BOOST_TEST(key_size(to_security_suite(1).value()) == 16u);
    BOOST_TEST(key_size(to_security_suite(2).value()) == 32u);
    BOOST_TEST(!curve_of(SecuritySuite::aes_gcm_128).has_value());
    const MasterKey key = MasterKey::from(ByteBuffer(32, 1)).value();
    BOOST_TEST(key.fits(SecuritySuite::ecdh_ecdsa_aes_gcm_256));
    BOOST_TEST(!key.fits(SecuritySuite::ecdh_ecdsa_aes_gcm_128));
    BOOST_TEST(key.clone().matches(ByteBuffer(32, 1)));
    BOOST_TEST(!key.matches(ByteBuffer(32, 2)));
    for (const std::size_t size : {0u, 8u, 15u, 17u, 24u, 33u}) {
        BOOST_TEST(outcome(EncryptionKey::from(ByteBuffer(size))) == "security/out-of-range@0");
    }
}

BOOST_AUTO_TEST_CASE(system_titles) {
    const SystemTitle title = SystemTitle::from(octets("484558000000002A")).value();
    BOOST_TEST(title.hex() == "484558000000002A");
    BOOST_TEST((SystemTitle::from_hex("484558000000002a").value() == title));
    for (const char* text : {"", "48455800", "484558000000002", "484558000000002A00",
                             "48 45580000002A0", "0x48455800000000", "4845580000000G2A"}) {
        BOOST_TEST(outcome(SystemTitle::from_hex(text)) == "security/wrong-system-title@0");
    }
    BOOST_TEST(outcome(SystemTitle::from(ByteBuffer(7))) == "security/wrong-system-title@0");
    BOOST_TEST(outcome(SystemTitle::from(ByteBuffer(9))) == "security/wrong-system-title@0");
}

BOOST_AUTO_TEST_SUITE_END()
