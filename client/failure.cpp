#include "client/failure.hpp"

#include "transport/flood_budget.hpp"

namespace dlms::client {
namespace {

FailureCode code_of(const Error& error) {
    switch (error.code) {
        case ErrorCode::timeout: return FailureCode::timeout;
        case ErrorCode::connect_refused: return FailureCode::connect_refused;
        case ErrorCode::connect_timeout: return FailureCode::connect_timeout;
        case ErrorCode::host_unreachable: return FailureCode::host_unreachable;
        case ErrorCode::not_allowed_target: return FailureCode::not_allowed_target;
        case ErrorCode::port_missing:
        case ErrorCode::port_busy:
        case ErrorCode::port_denied:
        case ErrorCode::port_settings_refused:
        case ErrorCode::unsupported_baud_rate: return FailureCode::serial_unavailable;
        case ErrorCode::certificate_expired:
            // Of TLS, or of the association's keys.
            return error.layer == Layer::transport ? FailureCode::link_rejected
                                                   : FailureCode::authentication_failed;
        case ErrorCode::link_refused:
        case ErrorCode::frame_rejected:
        case ErrorCode::tls_failed:
        case ErrorCode::tls_not_spoken:
        case ErrorCode::tls_no_common_terms:
        case ErrorCode::certificate_untrusted:
        case ErrorCode::certificate_name_mismatch:
        case ErrorCode::certificate_rejected:
        case ErrorCode::own_certificate_rejected: return FailureCode::link_rejected;
        case ErrorCode::connection_lost:
        case ErrorCode::association_lost: return FailureCode::connection_lost;
        case ErrorCode::cancelled: return FailureCode::cancelled;
        case ErrorCode::transfer_aborted: return FailureCode::service_refused;
        case ErrorCode::authentication_failed:
        case ErrorCode::reflected_challenge: return FailureCode::authentication_failed;
        case ErrorCode::tag_mismatch:
        case ErrorCode::insufficient_protection:
        case ErrorCode::wrong_system_title:
        case ErrorCode::wrong_security_suite:
        case ErrorCode::unknown_key:
        case ErrorCode::key_missing:
        case ErrorCode::signature_mismatch: return FailureCode::deciphering_failed;
        case ErrorCode::counter_too_low:
        case ErrorCode::counter_not_reserved:
        case ErrorCode::counter_exhausted: return FailureCode::counter_rejected;
        // What the association did not negotiate the meter does not offer.
        case ErrorCode::not_negotiated:
        case ErrorCode::request_too_long: return FailureCode::unsupported;
        // So long an answer is legal, and more than we take.
        case ErrorCode::answer_too_long: return FailureCode::unsupported;
        default: break;
    }
    switch (error.blame()) {
        case Blame::malformed: return FailureCode::malformed_answer;
        case Blame::peer_misbehaved: return FailureCode::protocol_violation;
        case Blame::unsupported: return FailureCode::unsupported;
        case Blame::misuse: return FailureCode::invalid_request;
        case Blame::transport: return FailureCode::connection_lost;
        case Blame::internal: break;
    }
    return FailureCode::internal;
}

std::string_view sentence(FailureCode code) {
    switch (code) {
        case FailureCode::connect_refused:
            return "the meter's address refused the connection: is the port right and the meter "
                   "up?";
        case FailureCode::connect_timeout:
            return "no connection within the time-out: is the address right and the meter "
                   "reachable?";
        case FailureCode::host_unreachable:
            return "the host was not found or there is no way to it";
        case FailureCode::not_allowed_target:
            return "the configuration does not allow connections to this address";
        case FailureCode::serial_unavailable: return "the serial port cannot be used";
        case FailureCode::line_busy:
            return "other meters on the same line were served until the time-out";
        case FailureCode::link_rejected: return "the link to the meter was refused";
        case FailureCode::association_rejected: return "the meter rejected the association";
        case FailureCode::authentication_failed: return "the meter rejected the authentication";
        case FailureCode::deciphering_failed:
            return "what the meter sent could not be deciphered, or is not trusted";
        case FailureCode::counter_rejected: return "an invocation counter was refused";
        case FailureCode::timeout: return "the meter did not answer within the time-out";
        case FailureCode::connection_lost: return "the connection to the meter was lost";
        case FailureCode::cancelled: return "the work was cancelled";
        case FailureCode::malformed_answer: return "the meter's answer could not be decoded";
        case FailureCode::protocol_violation: return "the meter broke a rule of the protocol";
        case FailureCode::unsupported: return "the request is not supported";
        case FailureCode::service_refused: return "the meter refused the request as a whole";
        case FailureCode::access_refused: return "the meter refused access";
        case FailureCode::invalid_request: return "the request is not valid";
        case FailureCode::outcome_unknown:
            return "the meter did not confirm: the command may or may not have been carried out";
        case FailureCode::internal: return "an internal error";
    }
    return "an internal error";
}

/// Of an exception-response.
FailureCode code_of(const xdlms::ExceptionResponse& exception, FailureCode otherwise) {
    switch (exception.service_error) {
        case xdlms::ServiceError::deciphering_error: return FailureCode::deciphering_failed;
        case xdlms::ServiceError::invocation_counter_error: return FailureCode::counter_rejected;
        default: return otherwise;
    }
}

/// Where the code covers what is ours and what is the meter's, or needs another word; else empty.
std::string_view exact_sentence(const Failure& failure) {
    if (failure.code == FailureCode::outcome_unknown) {
        return {};
    }
    if (failure.exception && failure.code == FailureCode::deciphering_failed) {
        return "the meter could not decipher the request";
    }
    if (failure.exception && failure.code == FailureCode::counter_rejected) {
        return "the meter refused our invocation counter";
    }
    if (failure.refusal && failure.code == FailureCode::deciphering_failed) {
        return "the meter could not decipher our request for an association, or does not take its "
               "protection or its invocation counter";
    }
    if (!failure.error) {
        return {};
    }
    switch (failure.error->code) {
        case ErrorCode::counter_too_low:
            return "the meter's invocation counter did not rise: a message of before was sent "
                   "again, or the meter has begun to count anew";
        case ErrorCode::counter_exhausted:
            return "our invocation counter of the key is at its end: with our system title nothing "
                   "can be sent under this key any more";
        case ErrorCode::counter_not_reserved:
            return "our invocation counters could not be written, so that nothing is sent";
        case ErrorCode::tls_failed: return "the TLS handshake failed";
        case ErrorCode::tls_not_spoken:
            return "what the peer sent is no TLS: is the port right, and does it expect TLS?";
        case ErrorCode::tls_no_common_terms:
            return "the peer and we have no TLS version or cipher in common";
        case ErrorCode::authentication_failed:
            return "the meter did not prove that it has the secret or key";
        case ErrorCode::reflected_challenge:
            return "the meter sent our own challenge back, and proved nothing";
        case ErrorCode::answer_too_long: return "the meter's answer is longer than is taken here";
        default: return {};
    }
}

void append_refusal(std::string& text, const association::AssociationRefused& refusal) {
    if (refusal.diagnostic) {
        const std::string_view known = acse::name(*refusal.diagnostic);
        text += " (";
        text += known.empty() ? "diagnostic " + std::to_string(refusal.diagnostic->code)
                              : std::string(known);
        text += ')';
    }
    if (refusal.service_error) {
        text += " (";
        text += xdlms::name(refusal.service_error->group);
        text += ": ";
        text +=
            xdlms::service_error_name(refusal.service_error->group, refusal.service_error->value);
        text += ')';
    }
    if (refusal.exception) {
        text += " (exception-response ";
        text += xdlms::name(refusal.exception->service_error);
        text += ')';
    }
}

}  // namespace

std::string_view name(FailureCode code) {
    switch (code) {
        case FailureCode::connect_refused: return "connect-refused";
        case FailureCode::connect_timeout: return "connect-timeout";
        case FailureCode::host_unreachable: return "host-unreachable";
        case FailureCode::not_allowed_target: return "not-allowed-target";
        case FailureCode::serial_unavailable: return "serial-unavailable";
        case FailureCode::line_busy: return "meter-busy";
        case FailureCode::link_rejected: return "link-rejected";
        case FailureCode::association_rejected: return "association-rejected";
        case FailureCode::authentication_failed: return "authentication-failed";
        case FailureCode::deciphering_failed: return "deciphering-failed";
        case FailureCode::counter_rejected: return "counter-rejected";
        case FailureCode::timeout: return "timeout";
        case FailureCode::connection_lost: return "connection-lost";
        case FailureCode::cancelled: return "cancelled";
        case FailureCode::malformed_answer: return "malformed-answer";
        case FailureCode::protocol_violation: return "protocol-violation";
        case FailureCode::unsupported: return "unsupported";
        case FailureCode::service_refused: return "service-refused";
        case FailureCode::access_refused: return "access-refused";
        case FailureCode::invalid_request: return "invalid-request";
        case FailureCode::outcome_unknown: return "outcome-unknown";
        case FailureCode::internal: return "internal";
    }
    return "internal";
}

Blame Failure::blame() const {
    if (error) {
        return error->blame();
    }
    switch (code) {
        case FailureCode::invalid_request: return Blame::misuse;
        case FailureCode::unsupported: return Blame::unsupported;
        case FailureCode::internal: return Blame::internal;
        case FailureCode::outcome_unknown: return Blame::transport;
        default: return Blame::peer_misbehaved;
    }
}

bool is_refusal(const Failure& failure) {
    if (failure.code == FailureCode::outcome_unknown || failure.unproven) {
        return false;
    }
    return failure.code == FailureCode::access_refused ||
           failure.code == FailureCode::service_refused || failure.exception.has_value();
}

bool concerns_the_item(const Failure& failure) {
    if (failure.exception) {
        return true;
    }
    switch (failure.code) {
        case FailureCode::malformed_answer:
        case FailureCode::protocol_violation:
        case FailureCode::unsupported:
        case FailureCode::service_refused:
        case FailureCode::access_refused:
        case FailureCode::invalid_request: return true;
        default: return false;
    }
}

std::string_view code_text(const Failure& failure) {
    if (failure.access_result) {
        return cosem::name(*failure.access_result);
    }
    if (failure.action_result) {
        return cosem::name(*failure.action_result);
    }
    return name(failure.code);
}

std::string describe(const Failure& failure) {
    const std::string_view exact = exact_sentence(failure);
    std::string text{exact.empty() ? sentence(failure.code) : exact};
    if (failure.access_result) {
        text += ": ";
        text += cosem::name(*failure.access_result);
    }
    if (failure.action_result) {
        text += ": ";
        text += cosem::name(*failure.action_result);
    }
    if (failure.refusal) {
        append_refusal(text, *failure.refusal);
    }
    if (failure.exception) {
        text += ": ";
        text += xdlms::name(failure.exception->state_error);
        text += ", ";
        text += xdlms::name(failure.exception->service_error);
    }
    if (failure.service_error) {
        text += ": ";
        text += xdlms::name(failure.service_error->group);
        text += ", ";
        text +=
            xdlms::service_error_name(failure.service_error->group, failure.service_error->value);
    }
    if (failure.unproven) {
        text += ", in plain where answers are protected";
    }
    // Of these the code says it all.
    const bool is_flood = failure.error == transport::flooded;
    if (is_flood) {
        text = "the meter sent without end what nobody had asked for, and lost its connection";
    }
    const bool is_plain = failure.error && failure.error->blame() == Blame::transport &&
                          failure.code != FailureCode::serial_unavailable &&
                          failure.code != FailureCode::link_rejected;
    std::string cause =
        failure.error && !is_plain && !is_flood ? describe(*failure.error) : std::string();
    if (!failure.detail.empty()) {
        cause += (cause.empty() ? "" : ": ") + failure.detail;
    }
    return cause.empty() ? text : text + " (" + cause + ')';
}

Failure from_error(const Error& error) {
    Failure failure;
    failure.code = code_of(error);
    failure.error = error;
    return failure;
}

Failure from_refusal(const association::AssociationRefused& refusal) {
    using enum acse::UserDiagnostic;
    Failure failure;
    const auto& diagnostic = refusal.diagnostic;
    const bool authentication =
        diagnostic &&
        (*diagnostic == authentication_failure || *diagnostic == authentication_required ||
         *diagnostic == authentication_mechanism_name_required ||
         *diagnostic == authentication_mechanism_name_not_recognised);
    failure.code =
        authentication ? FailureCode::authentication_failed : FailureCode::association_rejected;
    // Meters tell nothing finer: key, suite, title, protection and number look alike from outside.
    constexpr std::uint8_t deciphering_error = 6;
    if (refusal.service_error &&
        refusal.service_error->group == xdlms::ServiceErrorGroup::application_reference &&
        refusal.service_error->value == deciphering_error) {
        failure.code = FailureCode::deciphering_failed;
    }
    if (refusal.exception) {
        failure.code = code_of(*refusal.exception, failure.code);
    }
    failure.refusal = refusal;
    return failure;
}

Failure from_access_result(cosem::DataAccessResult result) {
    if (result == cosem::DataAccessResult::success) {  // where a value should stand
        return from_error(Error{ErrorCode::unexpected_apdu, Layer::association, 0});
    }
    Failure failure;
    failure.code = FailureCode::access_refused;
    failure.access_result = result;
    return failure;
}

Failure from_action_result(cosem::ActionResult result) {
    if (result == cosem::ActionResult::success) {
        return from_error(Error{ErrorCode::unexpected_apdu, Layer::association, 0});
    }
    Failure failure;
    failure.code = FailureCode::access_refused;
    failure.action_result = result;
    return failure;
}

Failure from_request_failure(const association::RequestFailure& reason) {
    if (const auto* error = std::get_if<Error>(&reason)) {
        return from_error(*error);
    }
    if (const auto* refusal = std::get_if<cosem::DataAccessResult>(&reason)) {
        return from_access_result(*refusal);
    }
    Failure failure;
    failure.code = FailureCode::service_refused;
    if (const auto* exception = std::get_if<xdlms::ExceptionResponse>(&reason)) {
        failure.exception = *exception;
        failure.code = code_of(*exception, failure.code);
    } else {
        failure.service_error = std::get<xdlms::ConfirmedServiceError>(reason);
    }
    return failure;
}

}  // namespace dlms::client
