#include "stack/acse/diagnostic.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace dlms::acse {
namespace {

constexpr std::array<std::string_view, 3> result_names{"accepted", "rejected-permanent",
                                                       "rejected-transient"};

constexpr std::array<std::string_view, 15> user_names{
    "null",
    "no-reason-given",
    "application-context-name-not-supported",
    "calling-AP-title-not-recognised",
    "calling-AP-invocation-identifier-not-recognised",
    "calling-AE-qualifier-not-recognised",
    "calling-AE-invocation-identifier-not-recognised",
    "called-AP-title-not-recognised",
    "called-AP-invocation-identifier-not-recognised",
    "called-AE-qualifier-not-recognised",
    "called-AE-invocation-identifier-not-recognised",
    "authentication-mechanism-name-not-recognised",
    "authentication-mechanism-name-required",
    "authentication-failure",
    "authentication-required",
};

constexpr std::array<std::string_view, 3> provider_names{"null", "no-reason-given",
                                                         "no-common-acse-version"};

std::string_view look_up(std::span<const std::string_view> names, std::size_t index) {
    return index < names.size() ? names[index] : std::string_view{};
}

}  // namespace

std::string_view name(AssociationResult result) {
    return look_up(result_names, static_cast<std::size_t>(result));
}

std::string_view name(DiagnosticSource source) {
    switch (source) {
        case DiagnosticSource::acse_service_user: return "acse-service-user";
        case DiagnosticSource::acse_service_provider: return "acse-service-provider";
    }
    return {};
}

std::string_view name(UserDiagnostic diagnostic) {
    return look_up(user_names, static_cast<std::size_t>(diagnostic));
}

std::string_view name(ProviderDiagnostic diagnostic) {
    return look_up(provider_names, static_cast<std::size_t>(diagnostic));
}

std::string_view name(const Diagnostic& diagnostic) {
    return diagnostic.source == DiagnosticSource::acse_service_user
               ? look_up(user_names, diagnostic.code)
               : look_up(provider_names, diagnostic.code);
}

}  // namespace dlms::acse
