// Who is admitted: AARQ and what it deserves (conformance cases APPL_OPEN_1 to APPL_OPEN_14), and
// the release. The passes 3 and 4 of an authentication are in server_authentication.cpp.

#include <algorithm>
#include <array>
#include <utility>

#include "stack/acse/aare.hpp"
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
    std::optional<xdlms::ConfirmedServiceError> error;
    xdlms::InitiateRequest initiate;  ///< its views look into what was opened
    xdlms::Conformance conformance;
    std::optional<security::DedicatedKey> dedicated_key;
    ByteBuffer initiate_response;  ///< sealed if it must be

    static Verdict reject(acse::Diagnostic diagnostic) {
        Verdict verdict;
        verdict.diagnostic = diagnostic;
        return verdict;
    }
    static Verdict reject(xdlms::InitiateError error) {
        Verdict verdict;
        verdict.error = {xdlms::ConfirmedService::initiate_error,
                         xdlms::ServiceErrorGroup::initiate, static_cast<std::uint8_t>(error)};
        return verdict;
    }
    bool accepts() const { return result == acse::AssociationResult::accepted; }
    static Verdict later(acse::Diagnostic diagnostic) {
        Verdict verdict = reject(diagnostic);
        verdict.result = acse::AssociationResult::rejected_transient;
        return verdict;
    }
};

namespace {

/// responder-acse-requirements with its one bit, authentication.
constexpr std::array<Byte, 1> authentication_bit{0x80};
const ber::BitString authentication_functional_unit{7, authentication_bit};

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
    if (configuration_.pre_established) {
        // It is there without an AARQ, and none replaces it (Green Book 9.4.4).
        ++counters_.refused_associations;
        if (allows_response(*aarq, configuration_.initiate_tolerance)) {
            answer_aarq(Verdict::reject(acse::UserDiagnostic::no_reason_given));
        }
        return;
    }
    // Where APDUs are ciphered an AARQ that is refused may be anybody's, or a good one that was
    // changed on its way: the association stays as it was. Elsewhere every AARQ ends it.
    const bool is_guarded = state_ != State::idle && security_.in_force();
    const bool was_associated = is_associated();
    const auto end = [this] {
        end_association();
        queue_.clear();  // what was not sent yet keeps to an agreement that is over
    };
    if (!is_guarded) {
        end();
    }
    HlsExchange before = std::exchange(hls_, HlsExchange());
    security::ApduProtection* protection = security_.protection();
    const auto known_title = protection ? protection->peer_title() : std::nullopt;
    Verdict verdict = judge(*aarq);
    if (verdict.accepts() && !seal_initiate(verdict)) {
        ++counters_.unsealed_answers;
        verdict = Verdict::later(acse::UserDiagnostic::no_reason_given);
    }
    if (verdict.accepts()) {
        before = std::exchange(hls_, HlsExchange());
        end();
        if (!security_.agree(verdict.conformance.has(xdlms::ConformanceBit::general_protection),
                             verdict.dedicated_key)) {
            verdict = Verdict::reject(xdlms::InitiateError::other);
        }
    }
    hls_ = std::move(before);
    const bool answers = allows_response(*aarq, configuration_.initiate_tolerance) &&
                         verdict.initiate.response_allowed;
    if (verdict.accepts()) {
        admit(*aarq, verdict);
    } else {
        ++counters_.refused_associations;
        released_ = was_associated && !is_associated();
        if (known_title) {
            (void)protection->set_peer_title(*known_title);  // it was good before
        }
    }
    if (answers) {
        answer_aarq(verdict);
    }
}

void ServerAssociation::admit(const acse::Aarq& aarq, const Verdict& verdict) {
    conformance_ = verdict.conformance;
    client_max_receive_pdu_size_ = verdict.initiate.client_max_receive_pdu_size;
    confirmed_ = verdict.initiate.response_allowed;
    user_id_ = aarq.calling_ae_invocation_id;
    peer_certificate_ =
        aarq.calling_ae_qualifier ? to_buffer(*aarq.calling_ae_qualifier) : ByteBuffer();
    if (is_hls(configuration_.mechanism)) {
        advance(Input::challenged);
    } else {
        advance(Input::accepted);
        emit(AssociationEstablished{conformance_, client_max_receive_pdu_size_, confirmed_,
                                    user_id_});
    }
}

ServerAssociation::Verdict ServerAssociation::judge(const acse::Aarq& aarq) {
    if (!aarq.proposes_version1()) {
        return Verdict::reject(acse::ProviderDiagnostic::no_common_acse_version);
    }
    if (aarq.application_context.known() != context()) {
        return Verdict::reject(acse::UserDiagnostic::application_context_name_not_supported);
    }
    if (std::optional<Verdict> refusal = judge_caller(aarq)) {
        return std::move(*refusal);
    }
    if (std::optional<Verdict> refusal = judge_authentication(aarq)) {
        return std::move(*refusal);
    }
    if (!aarq.user_information) {
        return Verdict::reject(acse::UserDiagnostic::no_reason_given);
    }
    return security_.in_force() ? judge_sealed_initiate(*aarq.user_information)
                                : judge_initiate(*aarq.user_information);
}

/// The client's system title, where it is needed, and its user.
std::optional<ServerAssociation::Verdict> ServerAssociation::judge_caller(const acse::Aarq& aarq) {
    const SecurityTerms& terms = configuration_.security;
    const bool needs_title = terms.ciphered || needs_titles(configuration_.mechanism);
    if (needs_title && !security_.protection()) {
        return Verdict::reject(acse::UserDiagnostic::no_reason_given);
    }
    if (needs_title) {
        std::optional<security::SystemTitle> title = terms.peer_title;
        if (aarq.calling_ap_title) {
            const auto named = security::SystemTitle::from(*aarq.calling_ap_title);
            const bool good = named && (!title || *title == *named);
            title = good ? std::optional(*named) : std::nullopt;
        }
        if (!title || !security_.protection()->set_peer_title(*title)) {
            return Verdict::reject(acse::UserDiagnostic::calling_ap_title_not_recognised);
        }
    }
    const auto is_user = [&](std::uint8_t user) { return aarq.calling_ae_invocation_id == user; };
    if (!terms.users.empty() && std::ranges::none_of(terms.users, is_user)) {
        return Verdict::reject(acse::UserDiagnostic::calling_ae_invocation_id_not_recognised);
    }
    return std::nullopt;
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
        return Verdict::later(authentication_failure);
    }
    if (is_hls(configuration_.mechanism)) {
        const bool taken = value->kind == acse::AuthenticationValueKind::charstring &&
                           begin_challenge(value->octets);
        return taken ? std::nullopt : std::optional(Verdict::reject(authentication_failure));
    }
    const bool right = value->kind == acse::AuthenticationValueKind::charstring &&
                       configuration_.password.matches(value->octets);
    if (!right) {
        emit(AuthenticationFailed{});
        return Verdict::reject(authentication_failure);
    }
    return std::nullopt;
}

/// Takes the client's challenge and draws ours, which must be another one.
bool ServerAssociation::begin_challenge(ByteView challenge) {
    if (!configuration_.security.random) {
        return false;
    }
    for (int attempt = 0; attempt < 2; ++attempt) {
        Result<HlsExchange> begun =
            HlsExchange::begin(configuration_.mechanism, *configuration_.security.random,
                               configuration_.security.challenge_size);
        if (!begun) {
            return false;
        }
        hls_ = std::move(*begun);
        if (hls_.take(challenge)) {
            return true;
        }
    }
    return false;
}

ServerAssociation::Verdict ServerAssociation::judge_sealed_initiate(ByteView user_information) {
    security::Protection least = configuration_.security.requests.protection;
    least.digitally_signed = false;
    const Result<security::Opened> opened = security_.open(user_information, least);
    // A context with ciphering has no Initiate in plain (APPL_OPEN_X_6).
    if (!opened || opened->protection == security::no_protection) {
        ++counters_.refused_protections;
        constexpr std::uint8_t deciphering_error = 6;
        Verdict verdict = Verdict::reject(acse::UserDiagnostic::authentication_failure);
        verdict.error = {xdlms::ConfirmedService::initiate_error,
                         xdlms::ServiceErrorGroup::application_reference, deciphering_error};
        return verdict;
    }
    return judge_initiate(opened->apdu);
}

ServerAssociation::Verdict ServerAssociation::judge_initiate(ByteView user_information) {
    using enum xdlms::InitiateError;
    const auto initiate =
        xdlms::decode_initiate_request(user_information, configuration_.initiate_tolerance);
    if (!initiate) {
        ++counters_.malformed_apdus;
        return Verdict::reject(other);
    }
    std::optional<security::DedicatedKey> key;
    if (initiate->dedicated_key) {
        // A key in the clear is no key (APPL_OPEN_9).
        auto given = security::DedicatedKey::from(*initiate->dedicated_key);
        if (!security_.opened_protection().encrypted || !given ||
            !given->fits(security_.protection()->suite())) {
            return Verdict::reject(other);
        }
        key = std::move(*given);
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
    if (size != 0 && size < least_size()) {
        return Verdict::reject(pdu_size_too_short);
    }
    if (!initiate->response_allowed && is_hls(configuration_.mechanism)) {
        return Verdict::reject(acse::UserDiagnostic::authentication_required);  // pass 2 is one
    }
    verdict.result = acse::AssociationResult::accepted;
    verdict.diagnostic = acse::UserDiagnostic::null;
    verdict.initiate = *initiate;
    verdict.dedicated_key = std::move(key);
    return verdict;
}

/// The least size of the APDUs that a client takes: what has room for a block in an envelope.
std::size_t ServerAssociation::least_size() const {
    if (!security_.in_force()) {
        return xdlms::least_pdu_size;
    }
    const security::ProtectionRequest how;
    return security_.sealed_size(xdlms::least_pdu_size, how);
}

/// Encodes the InitiateResponse, sealed as the request was and as the policy wants it at least.
bool ServerAssociation::seal_initiate(Verdict& verdict) {
    xdlms::InitiateResponse response;
    response.negotiated_quality_of_service = verdict.initiate.proposed_quality_of_service;
    response.negotiated_conformance = verdict.conformance;
    response.server_max_receive_pdu_size = configuration_.max_receive_pdu_size;
    if (configuration_.referencing == Referencing::short_name) {
        response.vaa_name = xdlms::vaa_name_short;
    }
    Writer writer(verdict.initiate_response);
    xdlms::encode(writer, response);
    return seal_user_information(verdict.initiate_response);
}

bool ServerAssociation::seal_user_information(ByteBuffer& initiate) {
    if (!security_.in_force()) {
        return true;
    }
    security::ProtectionRequest how;
    how.protection =
        initiate_protection(security_.opened_protection() | configuration_.security.responses);
    return security_.seal(initiate, how).has_value();
}

template <class Apdu>
void ServerAssociation::transmit_acse(const Apdu& apdu) {
    Writer writer(queue_.push());
    acse::encode(writer, apdu);
}

void ServerAssociation::answer_aarq(const Verdict& verdict) {
    ByteBuffer user_information = verdict.initiate_response;
    if (verdict.error) {
        user_information.clear();
        Writer writer(user_information);
        xdlms::encode(writer, *verdict.error);
    }
    const SecurityTerms& terms = configuration_.security;
    acse::Aare aare;
    aare.application_context = context();
    aare.result = verdict.result;
    aare.diagnostic = verdict.diagnostic;
    if (verdict.accepts() && terms.sends_title &&
        (terms.ciphered || needs_titles(configuration_.mechanism))) {
        aare.responding_ap_title = security_.protection()->own_title().octets();
    }
    if (verdict.accepts() && !terms.certificate.empty()) {
        aare.responding_ae_qualifier = terms.certificate;
    }
    if (verdict.accepts() && is_hls(configuration_.mechanism)) {
        aare.diagnostic = acse::UserDiagnostic::authentication_required;
        aare.responder_acse_requirements = authentication_functional_unit;
        aare.mechanism = configuration_.mechanism;
        aare.responding_authentication_value = acse::AuthenticationValue{
            acse::AuthenticationValueKind::charstring, hls_.own_challenge()};
    }
    if (!user_information.empty()) {
        aare.user_information = user_information;
    }
    transmit_acse(aare);
}

/// In a ciphered context a release is as well protected as a request must be, or anybody could send
/// it (SYMSEC_REL_N1).
bool ServerAssociation::may_release(const acse::Rlrq& rlrq) {
    const SecurityTerms& terms = configuration_.security;
    if (!security_.in_force() || state_ == State::idle) {
        return true;
    }
    security::Protection least = terms.requests.protection;
    least.digitally_signed = false;
    const bool needed = terms.protected_release && least != security::no_protection;
    if (!rlrq.user_information) {
        return !needed;
    }
    const Result<security::Opened> opened =
        security_.open(*rlrq.user_information, needed ? least : security::no_protection);
    return opened &&
           static_cast<xdlms::ApduTag>(opened->apdu[0]) == xdlms::ApduTag::initiate_request;
}

void ServerAssociation::receive_rlrq(ByteView apdu) {
    const Result<acse::Rlrq> rlrq = acse::decode_rlrq(apdu, {.keep_unknown_codes = true});
    if (!rlrq) {
        ++counters_.malformed_apdus;
        refuse();
        return;
    }
    acse::Rlre rlre;
    if (!may_release(*rlrq)) {
        ++counters_.refused_apdus;
        ++counters_.refused_protections;
        rlre.reason = acse::ReleaseResponseReason::not_finished;
        transmit_acse(rlre);
        return;
    }
    ByteBuffer user_information;
    if (security_.opened_protection() != security::no_protection) {
        xdlms::InitiateResponse response;
        response.negotiated_conformance = conformance_;
        response.server_max_receive_pdu_size = configuration_.max_receive_pdu_size;
        if (configuration_.referencing == Referencing::short_name) {
            response.vaa_name = xdlms::vaa_name_short;
        }
        Writer writer(user_information);
        xdlms::encode(writer, response);
        if (seal_user_information(user_information)) {
            rlre.user_information = user_information;
        } else {
            ++counters_.unsealed_answers;
        }
    }
    const bool was_associated = is_associated();
    end_association();
    if (rlrq->reason) {
        rlre.reason = acse::ReleaseResponseReason::normal;
    }
    transmit_acse(rlre);
    if (was_associated) {
        emit(AssociationReleased{});
    }
}

}  // namespace dlms::association
