// The tables of contexts, mechanisms, diagnostics and reasons.

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "stack/acse/application_context.hpp"
#include "stack/acse/diagnostic.hpp"
#include "stack/acse/mechanism.hpp"
#include "stack/acse/release_reason.hpp"
#include "tests/support/octets.hpp"

using namespace dlms;
using namespace dlms::acse;
using namespace dlms::testing;

BOOST_AUTO_TEST_SUITE(acse_names)

BOOST_AUTO_TEST_CASE(the_four_application_contexts) {
    const std::pair<ApplicationContext, std::string> cases[] = {
        {ApplicationContext::ln, "LN 60857405080101"},
        {ApplicationContext::sn, "SN 60857405080102"},
        {ApplicationContext::ln_ciphered, "LN-ciphered 60857405080103"},
        {ApplicationContext::sn_ciphered, "SN-ciphered 60857405080104"},
    };
    for (const auto& [context, expected] : cases) {
        const ApplicationContextName context_name(context);
        BOOST_TEST(std::string(name(context)) + ' ' + to_hex(context_name.object_identifier()) ==
                   expected);
        BOOST_TEST((context_name.known() == context));
        BOOST_TEST((ApplicationContextName(octets(expected.substr(expected.find(' ') + 1))) ==
                    context_name));
    }
}

BOOST_AUTO_TEST_CASE(other_object_identifiers_are_no_context) {
    for (const char* hex : {"60857405080100", "60857405080105", "60857405080109", "60857405080201",
                            "6085740508010101", "608574050801", "5F857504070203", ""}) {
        const ByteBuffer identifier = octets(hex);
        const ApplicationContextName context_name{ByteView(identifier)};
        BOOST_TEST(!context_name.known().has_value());
        BOOST_TEST(to_hex(context_name.object_identifier()) == hex);
    }
    BOOST_TEST(name(static_cast<ApplicationContext>(0)).empty());
    BOOST_TEST(name(static_cast<ApplicationContext>(5)).empty());
}

BOOST_AUTO_TEST_CASE(the_eight_mechanisms) {
    const std::string_view names[] = {"lowest",   "LLS",      "HLS-manufacturer", "HLS-MD5",
                                      "HLS-SHA1", "HLS-GMAC", "HLS-SHA256",       "HLS-ECDSA"};
    for (std::uint8_t value = 0; value < 8; ++value) {
        const auto mechanism = static_cast<Mechanism>(value);
        const MechanismName mechanism_name(mechanism);
        BOOST_TEST(name(mechanism) == names[value]);
        BOOST_TEST(to_hex(mechanism_name.object_identifier()) ==
                   "6085740508020" + std::to_string(value));
        BOOST_TEST((mechanism_name.known() == mechanism));
    }
    BOOST_TEST(name(static_cast<Mechanism>(8)).empty());
    for (const char* hex : {"60857405080208", "60857405080263", "60857405080101", ""}) {
        const ByteBuffer identifier = octets(hex);
        BOOST_TEST(!MechanismName{ByteView(identifier)}.known().has_value());
    }
}

BOOST_AUTO_TEST_CASE(diagnostics_have_names_by_their_source) {
    BOOST_TEST(name(Diagnostic(UserDiagnostic::authentication_failure)) ==
               "authentication-failure");
    BOOST_TEST(name(Diagnostic(ProviderDiagnostic::no_common_acse_version)) ==
               "no-common-acse-version");
    BOOST_TEST(name(Diagnostic(UserDiagnostic::application_context_name_not_supported)) ==
               "application-context-name-not-supported");
    BOOST_TEST((Diagnostic(UserDiagnostic::null) != Diagnostic(ProviderDiagnostic::null)));
    BOOST_TEST(name(DiagnosticSource::acse_service_user) == "acse-service-user");
    BOOST_TEST(name(DiagnosticSource::acse_service_provider) == "acse-service-provider");
    std::set<std::string_view> names;
    for (std::uint8_t code = 0; code < 15; ++code) {
        names.insert(name(Diagnostic(DiagnosticSource::acse_service_user, code)));
        BOOST_TEST(name(static_cast<UserDiagnostic>(code)) ==
                   name(Diagnostic(DiagnosticSource::acse_service_user, code)));
    }
    BOOST_TEST(names.size() == 15u);
    BOOST_TEST(name(Diagnostic(DiagnosticSource::acse_service_user, 15)).empty());
    BOOST_TEST(name(Diagnostic(DiagnosticSource::acse_service_provider, 3)).empty());
}

BOOST_AUTO_TEST_CASE(results_and_reasons) {
    BOOST_TEST(name(AssociationResult::accepted) == "accepted");
    BOOST_TEST(name(AssociationResult::rejected_permanent) == "rejected-permanent");
    BOOST_TEST(name(AssociationResult::rejected_transient) == "rejected-transient");
    BOOST_TEST(name(static_cast<AssociationResult>(3)).empty());
    BOOST_TEST(name(ReleaseRequestReason::urgent) == "urgent");
    BOOST_TEST(name(ReleaseResponseReason::not_finished) == "not-finished");
    BOOST_TEST(name(ReleaseRequestReason::user_defined) == "user-defined");
    BOOST_TEST(name(static_cast<ReleaseRequestReason>(2)).empty());
    BOOST_TEST(name(static_cast<ReleaseResponseReason>(29)).empty());
}

BOOST_AUTO_TEST_SUITE_END()
