#include "server/meter_setup.hpp"

#include <utility>

namespace dlms::service {

namespace {

std::optional<CallFailure> unsupported_part(const ConnectRequest& request) {
    const auto unsupported = [](std::string sentence) {
        return call_failure(error_row("unsupported"), std::move(sentence), Blame::unsupported);
    };
    if (request.connection_type != ConnectionType::tcp) {
        return unsupported("this version reaches meters by connection_type tcp only");
    }
    if (request.security != SecurityChoice::none) {
        return unsupported("this version speaks without ciphering only (security none)");
    }
    if (!request.use_logical_name) {
        return unsupported(
            "this version uses logical name referencing only (use_logical_name true)");
    }
    if (request.backend == BackendChoice::vendor) {
        return call_failure(error_row("vendor-unavailable"), "this version has no vendor backend",
                            Blame::unsupported);
    }
    const auto authentication = request.authentication.value_or(AuthenticationType::none);
    if (authentication != AuthenticationType::none && authentication != AuthenticationType::low) {
        return unsupported("this version authenticates by auth_type None or Low only");
    }
    return std::nullopt;
}

}  // namespace

CallOutcome<client::MeterParameters> meter_parameters(const ConnectRequest& request,
                                                      const MeterDefaults& defaults) {
    if (auto failure = unsupported_part(request)) {
        return std::unexpected(std::move(*failure));
    }
    client::MeterParameters parameters(client::profile_of_brand(request.brand));
    parameters.endpoint = {request.ip_address.value_or(""), request.port};
    if (const auto address =
            request.client_address ? request.client_address : defaults.client_address) {
        parameters.client_sap = ClientSap(*address);
    }
    if (const auto address =
            request.server_address ? request.server_address : defaults.server_address) {
        parameters.server_sap = ServerSap(*address);
    }
    if (request.authentication) {
        parameters.mechanism = *request.authentication == AuthenticationType::low
                                   ? acse::Mechanism::lls
                                   : acse::Mechanism::lowest;
    }
    if (request.password) {
        parameters.password = request.password->clone();
    }
    if (parameters.mechanism == acse::Mechanism::lls && parameters.password.empty()) {
        return std::unexpected(call_failure(error_row("authentication-failed"),
                                            "auth_type Low needs a password", Blame::misuse));
    }
    if (request.max_pdu_size) {
        parameters.max_receive_pdu_size = *request.max_pdu_size;
    }
    parameters.response_timeout = exchange_timeout(request, defaults);
    return parameters;
}

std::chrono::milliseconds exchange_timeout(const ConnectRequest& request,
                                           const MeterDefaults& defaults) {
    if (request.timeout) {
        return *request.timeout;
    }
    return defaults.timeout.value_or(client::profile_of_brand(request.brand).response_timeout);
}

}  // namespace dlms::service
