#pragma once
// Association result and result-source-diagnostic of an AARE (Green Book 9.4.2.4).

#include <cstdint>
#include <string_view>

namespace dlms::acse {

enum class AssociationResult : std::uint8_t {
    accepted = 0,
    rejected_permanent = 1,
    rejected_transient = 2,
};

/// Who speaks in the diagnostic; the values are the BER tags of the CHOICE.
enum class DiagnosticSource : std::uint8_t {
    acse_service_user = 0xA1,
    acse_service_provider = 0xA2,
};

enum class UserDiagnostic : std::uint8_t {
    null = 0,
    no_reason_given = 1,
    application_context_name_not_supported = 2,
    calling_ap_title_not_recognised = 3,
    calling_ap_invocation_id_not_recognised = 4,
    calling_ae_qualifier_not_recognised = 5,
    calling_ae_invocation_id_not_recognised = 6,
    called_ap_title_not_recognised = 7,
    called_ap_invocation_id_not_recognised = 8,
    called_ae_qualifier_not_recognised = 9,
    called_ae_invocation_id_not_recognised = 10,
    authentication_mechanism_name_not_recognised = 11,
    authentication_mechanism_name_required = 12,
    authentication_failure = 13,
    authentication_required = 14,  ///< with result accepted: HLS, passes 3 and 4 are to come
};

enum class ProviderDiagnostic : std::uint8_t {
    null = 0,
    no_reason_given = 1,
    no_common_acse_version = 2,
};

/// The diagnostic: a source and a code of that source's table. Codes outside the table occur only
/// where the decoder was told to keep them.
struct Diagnostic {
    DiagnosticSource source = DiagnosticSource::acse_service_user;
    std::uint8_t code = 0;

    constexpr Diagnostic() = default;
    constexpr Diagnostic(DiagnosticSource from, std::uint8_t value) : source(from), code(value) {}
    constexpr Diagnostic(UserDiagnostic value)
        : source(DiagnosticSource::acse_service_user), code(static_cast<std::uint8_t>(value)) {}
    constexpr Diagnostic(ProviderDiagnostic value)
        : source(DiagnosticSource::acse_service_provider), code(static_cast<std::uint8_t>(value)) {}

    friend constexpr bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

/// The standard's names with hyphens, for example "authentication-failure"; empty for a value that
/// is not in the standard's table.
std::string_view name(AssociationResult result);
std::string_view name(DiagnosticSource source);
std::string_view name(UserDiagnostic diagnostic);
std::string_view name(ProviderDiagnostic diagnostic);
std::string_view name(const Diagnostic& diagnostic);

}  // namespace dlms::acse
