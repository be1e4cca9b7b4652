// Every way to protect an APDU, in every suite.

#include <boost/test/unit_test.hpp>

#include "stack/security/apdu_protection.hpp"
#include "tests/stack/security/protection_pair.hpp"

using namespace dlms;
using namespace dlms::testing;

namespace {

/// Every way to protect an APDU in a suite.
std::vector<ProtectionRequest> every_way(SecuritySuite suite) {
    std::vector<ProtectionKind> kinds{ProtectionKind::service_global,
                                      ProtectionKind::service_broadcast,
                                      ProtectionKind::service_dedicated,
                                      ProtectionKind::general_global,
                                      ProtectionKind::general_broadcast,
                                      ProtectionKind::general_dedicated,
                                      ProtectionKind::unnamed_key,
                                      ProtectionKind::identified_unicast_key,
                                      ProtectionKind::identified_broadcast_key,
                                      ProtectionKind::wrapped_key};
    std::vector<ProtectionRequest> ways;
    const bool has_curve = curve_of(suite).has_value();
    if (has_curve) {
        kinds.push_back(ProtectionKind::one_pass_key);
        kinds.push_back(ProtectionKind::static_unified_key);
        ways.push_back(wanted(ProtectionKind::signed_only, signature));
    }
    for (const ProtectionKind kind : kinds) {
        for (const Protection& protection :
             {authenticated_only, encrypted_only, authenticated_encryption}) {
            ways.push_back(wanted(kind, protection));
            if (has_curve) {
                ways.push_back(wanted(kind, protection | signature, true));
            }
            if (has_curve && kind > ProtectionKind::service_dedicated) {
                ways.push_back(wanted(kind, protection | signature));
            }
        }
    }
    return ways;
}

std::string text(const ProtectionRequest& way) {
    return "kind " + std::to_string(static_cast<int>(way.kind)) +
           (way.protection.authenticated ? " authenticated" : "") +
           (way.protection.encrypted ? " encrypted" : "") +
           (way.protection.digitally_signed ? " signed" : "") +
           (way.signed_outside ? " outside" : "");
}

/// Every bit is changed; where that takes arithmetic on a curve each time, some are left out, but
/// not of the simplest forms on P-256. The steps hit every bit of an octet in turn.
std::size_t step_of(SecuritySuite suite, const ProtectionRequest& way) {
    const bool is_signed = way.protection.digitally_signed;
    const bool is_agreed =
        way.kind == ProtectionKind::one_pass_key || way.kind == ProtectionKind::static_unified_key;
    if (!is_signed && !is_agreed) {
        return 1;
    }
    if (suite == SecuritySuite::ecdh_ecdsa_aes_gcm_256) {
        return 127;
    }
    const bool is_simple = way.kind == ProtectionKind::signed_only ||
                           (is_agreed && !is_signed && way.protection == authenticated_encryption);
    return is_simple ? 1 : 61;
}

constexpr std::array suites{SecuritySuite::aes_gcm_128, SecuritySuite::ecdh_ecdsa_aes_gcm_128,
                            SecuritySuite::ecdh_ecdsa_aes_gcm_256};

}  // namespace

BOOST_AUTO_TEST_SUITE(every_protection)

// SYMSEC_X_TAG_1, SYMSEC_1_X_CAP_1, SYMSEC_1_X_GC_1: every way, there and back.
BOOST_AUTO_TEST_CASE(every_way_opens_to_what_was_sealed_and_is_answered_alike) {
    for (const SecuritySuite suite : suites) {
        ProtectionPair pair(suite);
        for (const ProtectionRequest& way : every_way(suite)) {
            BOOST_TEST_CONTEXT("suite " << int{number_of(suite)} << ' ' << text(way)) {
                const ByteBuffer apdu = sealed(pair.client, request, way);
                const Result<Opened> opened = pair.meter.open(apdu, way.protection);
                BOOST_REQUIRE_MESSAGE(opened.has_value(), outcome(opened));
                BOOST_TEST(to_hex(opened->apdu) == to_hex(request));
                BOOST_TEST((opened->protection == way.protection));
                BOOST_TEST((opened->kind == way.kind));
                BOOST_TEST(opened->signed_outside == way.signed_outside);
                BOOST_TEST((opened->originator == client_title));
                const ProtectionRequest back = answer_to(*opened, authenticated_only);
                const ByteBuffer answer = sealed(pair.meter, response, back);
                BOOST_TEST(opened_hex(pair.client, answer, way.protection | authenticated_only) ==
                           to_hex(response));
                if (way.protection.authenticated) {
                    BOOST_TEST(refusal(pair.meter, apdu) == ErrorCode::counter_too_low);
                }
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(every_single_bit_matters) {
    for (const SecuritySuite suite : suites) {
        for (const ProtectionRequest& way : every_way(suite)) {
            // Encrypted only, it is protected by a signature alone; and one inside does not cover
            // the header of general-ciphering around it.
            const bool is_whole =
                way.protection.authenticated || way.signed_outside ||
                way.kind == ProtectionKind::signed_only ||
                (way.protection.digitally_signed && way.kind < ProtectionKind::unnamed_key);
            if (!is_whole) {
                continue;
            }
            const std::size_t step = step_of(suite, way);
            ProtectionPair pair(suite);
            const ByteBuffer apdu = sealed(pair.client, request, way);
            BOOST_TEST_CONTEXT("suite " << int{number_of(suite)} << ' ' << text(way)) {
                std::size_t accepted = 0;
                for (std::size_t bit = 0; bit < 8 * apdu.size(); bit += step) {
                    ByteBuffer changed = apdu;
                    changed[bit / 8] = static_cast<Byte>(changed[bit / 8] ^ (1u << bit % 8));
                    accepted += pair.meter.open(changed, way.protection).has_value() ? 1u : 0u;
                }
                BOOST_TEST(accepted == 0u);
                BOOST_TEST(opened_hex(pair.meter, apdu, way.protection) == to_hex(request));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(prefixes_and_extensions_are_refused) {
    ProtectionPair pair(SecuritySuite::ecdh_ecdsa_aes_gcm_128);
    for (const ProtectionRequest& way : every_way(SecuritySuite::ecdh_ecdsa_aes_gcm_128)) {
        const ByteBuffer apdu = sealed(pair.client, request, way);
        BOOST_TEST_CONTEXT(text(way)) {
            for (std::size_t size = 0; size < apdu.size(); ++size) {
                BOOST_TEST(refusal(pair.meter, ByteView(apdu).first(size), way.protection) !=
                           ErrorCode::defect);
            }
            ByteBuffer longer = apdu;
            longer.push_back(0);
            BOOST_TEST(refusal(pair.meter, longer, way.protection) != ErrorCode::defect);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
