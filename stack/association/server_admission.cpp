// Who is admitted: AARQ and what it deserves (conformance cases APPL_OPEN_1 to APPL_OPEN_14), and
// the release.

#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/server_association.hpp"
#include "stack/association/server_table.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"

namespace dlms::association {

/// What an AARQ deserves.
struct ServerAssociation::Verdict {
    acse::AssociationResult result = acse::AssociationResult::rejected_permanent;
    acse::Diagnostic diagnostic = acse::UserDiagnostic::no_reason_given;
    std::optional<xdlms::InitiateError> initiate_error;
    xdlms::InitiateRequest initiate;
    xdlms::Conformance conformance;

    static Verdict reject(acse::Diagnostic diagnostic) {
        Verdict verdict;
        verdict.diagnostic = diagnostic;
        return verdict;
    }
    static Verdict reject(xdlms::InitiateError error) {
        Verdict verdict;
        verdict.initiate_error = error;
        return verdict;
    }
};

namespace {

bool allows_response(const acse::Aarq& aarq, const xdlms::InitiateTolerance& tolerance) {
    if (!aarq.user_information) {
        return true;
    }
    const auto initiate = xdlms::decode_initiate_request(*aarq.user_information, tolerance);
    return !initiate || initiate->response_allowed;
}

}  // namespace

void ServerAssociation::receive_aarq(ByteView apdu) {
    // Unknown names are answered with the diagnostic that is theirs, so they are kept.
    const Result<acse::Aarq> aarq = acse::decode_aarq(apdu, {.keep_unknown_names = true});
    if (!aarq) {
        ++counters_.malformed_apdus;  // silence: there is nothing to trust in it
        return;
    }
    const bool was_associated = is_associated();
    end_association();
    queue_.clear();  // what was not sent yet keeps to an agreement that is over
    const Verdict verdict = judge(*aarq);
    const bool accepted = verdict.result == acse::AssociationResult::accepted;
    if (accepted) {
        advance(Input::accepted);
        conformance_ = verdict.conformance;
        client_max_receive_pdu_size_ = verdict.initiate.client_max_receive_pdu_size;
        confirmed_ = verdict.initiate.response_allowed;
        emit(AssociationEstablished{conformance_, client_max_receive_pdu_size_, confirmed_});
    } else {
        ++counters_.refused_associations;
        released_ = was_associated;
    }
    if (allows_response(*aarq, configuration_.initiate_tolerance)) {
        answer_aarq(verdict);
    }
}

ServerAssociation::Verdict ServerAssociation::judge(const acse::Aarq& aarq) {
    if (!aarq.proposes_version1()) {
        return Verdict::reject(acse::ProviderDiagnostic::no_common_acse_version);
    }
    if (aarq.application_context.known() != context()) {
        return Verdict::reject(acse::UserDiagnostic::application_context_name_not_supported);
    }
    if (const std::optional<Verdict> refusal = judge_authentication(aarq)) {
        return *refusal;
    }
    if (!aarq.user_information) {
        return Verdict::reject(acse::UserDiagnostic::no_reason_given);
    }
    return judge_initiate(*aarq.user_information);
}

std::optional<ServerAssociation::Verdict> ServerAssociation::judge_authentication(
    const acse::Aarq& aarq) {
    using enum acse::UserDiagnostic;
    if (configuration_.mechanism == acse::Mechanism::lowest) {
        return std::nullopt;  // authentication that nobody asked for is ignored (APPL_OPEN_7/S1)
    }
    const auto& value = aarq.calling_authentication_value;
    if (!aarq.sender_acse_requirements && !aarq.mechanism && !value) {
        return Verdict::reject(authentication_required);
    }
    if (!aarq.mechanism) {
        return Verdict::reject(authentication_mechanism_name_required);
    }
    if (aarq.mechanism->known() != configuration_.mechanism) {
        return Verdict::reject(authentication_mechanism_name_not_recognised);
    }
    if (!aarq.requests_authentication() || !value) {
        return Verdict::reject(authentication_failure);
    }
    if (locked_) {
        Verdict verdict = Verdict::reject(authentication_failure);
        verdict.result = acse::AssociationResult::rejected_transient;
        return verdict;
    }
    const bool right = value->kind == acse::AuthenticationValueKind::charstring &&
                       configuration_.password.matches(value->octets);
    if (!right) {
        emit(AuthenticationFailed{});
        return Verdict::reject(authentication_failure);
    }
    return std::nullopt;
}

ServerAssociation::Verdict ServerAssociation::judge_initiate(ByteView user_information) {
    using enum xdlms::InitiateError;
    const auto initiate =
        xdlms::decode_initiate_request(user_information, configuration_.initiate_tolerance);
    if (!initiate) {
        ++counters_.malformed_apdus;
        return Verdict::reject(other);
    }
    if (initiate->dedicated_key) {
        return Verdict::reject(other);  // a key in the clear is no key (APPL_OPEN_9)
    }
    if (initiate->proposed_dlms_version < xdlms::dlms_version) {
        return Verdict::reject(dlms_version_too_low);
    }
    Verdict verdict;
    verdict.conformance = initiate->proposed_conformance & configuration_.supported_conformance;
    if (verdict.conformance.empty()) {
        return Verdict::reject(incompatible_conformance);
    }
    const std::uint16_t size = initiate->client_max_receive_pdu_size;
    if (size != 0 && size < xdlms::least_pdu_size) {
        return Verdict::reject(pdu_size_too_short);
    }
    verdict.result = acse::AssociationResult::accepted;
    verdict.diagnostic = acse::UserDiagnostic::null;
    verdict.initiate = *initiate;
    return verdict;
}

void ServerAssociation::answer_aarq(const Verdict& verdict) {
    ByteBuffer user_information;
    Writer writer(user_information);
    if (verdict.result == acse::AssociationResult::accepted) {
        xdlms::InitiateResponse response;
        response.negotiated_quality_of_service = verdict.initiate.proposed_quality_of_service;
        response.negotiated_conformance = verdict.conformance;
        response.server_max_receive_pdu_size = configuration_.max_receive_pdu_size;
        if (configuration_.referencing == Referencing::short_name) {
            response.vaa_name = xdlms::vaa_name_short;
        }
        xdlms::encode(writer, response);
    } else if (verdict.initiate_error) {
        xdlms::encode(
            writer, xdlms::ConfirmedServiceError{
                        xdlms::ConfirmedService::initiate_error, xdlms::ServiceErrorGroup::initiate,
                        static_cast<std::uint8_t>(*verdict.initiate_error)});
    }
    acse::Aare aare;
    aare.application_context = context();
    aare.result = verdict.result;
    aare.diagnostic = verdict.diagnostic;
    if (!user_information.empty()) {
        aare.user_information = user_information;
    }
    transmit(aare);
}

void ServerAssociation::receive_rlrq(ByteView apdu) {
    const Result<acse::Rlrq> rlrq = acse::decode_rlrq(apdu, {.keep_unknown_codes = true});
    if (!rlrq) {
        ++counters_.malformed_apdus;
        refuse();
        return;
    }
    const bool was_associated = is_associated();
    end_association();
    acse::Rlre rlre;
    if (rlrq->reason) {
        rlre.reason = acse::ReleaseResponseReason::normal;
    }
    transmit(rlre);
    if (was_associated) {
        emit(AssociationReleased{});
    }
}

}  // namespace dlms::association
