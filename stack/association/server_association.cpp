// The server association as a table. An APDU that the state does not serve is answered with an
// exception-response and changes nothing. An AARQ in an association ends it and is judged anew
// (APPL_OPEN_X_5). The loss of the link ends every state in idle.

#include "stack/association/server_association.hpp"

#include <algorithm>
#include <utility>

#include "stack/acse/rlre.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/transition_table.hpp"
#include "stack/base/limits.hpp"
#include "stack/base/machine.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"

namespace dlms::association {

static_assert(Machine<ServerAssociation>);

enum class ServerAssociation::Input : std::uint8_t {
    accepted,     // AARQ that was accepted
    get,          // GET handed to the owner
    set,          // SET handed to the owner
    answered,     // the answer fits one APDU
    long_answer,  // the answer needs blocks
    block,        // one block sent, more to come
    last_block,   // the last block sent, or the transfer aborted
    ended,        // released, or the link is gone, or a new AARQ came
};

struct ServerAssociation::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::accepted, State::associated},

        {State::associated, Input::get, State::serving_get},
        {State::serving_get, Input::answered, State::associated},
        {State::serving_get, Input::long_answer, State::sending_long_get},
        {State::sending_long_get, Input::block, State::sending_long_get},
        {State::sending_long_get, Input::last_block, State::associated},
        {State::sending_long_get, Input::get, State::serving_get},
        {State::sending_long_get, Input::set, State::serving_set},

        {State::associated, Input::set, State::serving_set},
        {State::serving_set, Input::answered, State::associated},

        {State::associated, Input::ended, State::idle},
        {State::serving_get, Input::ended, State::idle},
        {State::serving_set, Input::ended, State::idle},
        {State::sending_long_get, Input::ended, State::idle},
    };
};

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

ServerConfiguration ServerConfiguration::clone() const {
    ServerConfiguration copy;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.supported_conformance = supported_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.answer_unconfirmed = answer_unconfirmed;
    copy.get_tolerance = get_tolerance;
    copy.initiate_tolerance = initiate_tolerance;
    return copy;
}

ServerAssociation::ServerAssociation(ServerConfiguration configuration)
    : configuration_(std::move(configuration)) {}

bool ServerAssociation::advance(Input input) {
    const std::optional<State> next =
        next_state(std::span<const Table::Row>(Table::rows), state_, input);
    if (next) {
        state_ = *next;
    }
    return next.has_value();
}

template <class Apdu>
void ServerAssociation::transmit(const Apdu& apdu) {
    transmit_.clear();
    Writer writer(transmit_);
    encode(writer, apdu);
    transmit_pending_ = true;
}

void ServerAssociation::receive(ByteView apdu, Instant) {
    if (!is_ready() || apdu.empty()) {
        ++counters_.dropped_apdus;
        return;
    }
    const std::size_t limit = configuration_.max_receive_pdu_size;
    if (is_associated() && limit != 0 && apdu.size() > limit) {
        ++counters_.refused_apdus;
        transmit(xdlms::ExceptionResponse{xdlms::StateError::service_not_allowed,
                                          xdlms::ServiceError::pdu_too_long, 0});
        return;
    }
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::aarq: receive_aarq(apdu); return;
        case xdlms::ApduTag::rlrq: receive_rlrq(apdu); return;
        case xdlms::ApduTag::get_request: receive_get(apdu); return;
        case xdlms::ApduTag::set_request: receive_set(apdu); return;
        default: refuse_apdu(); return;
    }
}

void ServerAssociation::link_lost() {
    end_association();
    transmit_pending_ = false;
}

void ServerAssociation::end_association() {
    advance(Input::ended);
    conformance_ = {};
    client_max_receive_pdu_size_ = 0;
    long_answer_.clear();
    event_.reset();
}

std::optional<ByteView> ServerAssociation::poll_transmit() {
    if (!transmit_pending_) {
        return std::nullopt;
    }
    transmit_pending_ = false;
    return ByteView(transmit_);
}

std::optional<ServerEvent> ServerAssociation::poll_event() {
    return std::exchange(event_, std::nullopt);
}

void ServerAssociation::refuse_apdu() {
    ++counters_.refused_apdus;
    transmit(xdlms::ExceptionResponse{xdlms::StateError::service_not_allowed,
                                      xdlms::ServiceError::service_not_supported, 0});
}

void ServerAssociation::receive_aarq(ByteView apdu) {
    // Unknown names are answered with the diagnostic that is theirs, so they are kept.
    const Result<acse::Aarq> aarq = acse::decode_aarq(apdu, {.keep_unknown_names = true});
    if (!aarq) {
        ++counters_.malformed_apdus;  // silence: there is nothing to trust in it
        return;
    }
    end_association();
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
    }
    if (!accepted || confirmed_) {
        answer_aarq(verdict);
    }
}

ServerAssociation::Verdict ServerAssociation::judge(const acse::Aarq& aarq) {
    if (!aarq.proposes_version1()) {
        return Verdict::reject(acse::ProviderDiagnostic::no_common_acse_version);
    }
    if (aarq.application_context.known() != acse::ApplicationContext::ln) {
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
        xdlms::encode(writer, response);
    } else if (verdict.initiate_error) {
        xdlms::encode(
            writer, xdlms::ConfirmedServiceError{
                        xdlms::ConfirmedService::initiate_error, xdlms::ServiceErrorGroup::initiate,
                        static_cast<std::uint8_t>(*verdict.initiate_error)});
    }
    acse::Aare aare;
    aare.application_context = acse::ApplicationContext::ln;
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
        refuse_apdu();
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

void ServerAssociation::receive_get(ByteView apdu) {
    if (!is_associated() || !confirmed_ || !conformance_.has(xdlms::ConformanceBit::get)) {
        refuse_apdu();
        return;
    }
    received_.assign(apdu.begin(), apdu.end());
    const auto request = xdlms::decode_get_request(received_, configuration_.get_tolerance);
    if (!request) {
        ++counters_.malformed_apdus;
        refuse_apdu();
        return;
    }
    if (const auto* normal = std::get_if<xdlms::GetRequestNormal>(&*request)) {
        receive_get_normal(*normal);
    } else if (const auto* next = std::get_if<xdlms::GetRequestNext>(&*request)) {
        receive_get_next(*next);
    } else {
        refuse_apdu();
    }
}

void ServerAssociation::receive_get_normal(const xdlms::GetRequestNormal& request) {
    if (request.access_selection && !conformance_.has(xdlms::ConformanceBit::selective_access)) {
        refuse_apdu();
        return;
    }
    advance(Input::get);  // a long answer under way is given up for the new request
    long_answer_.clear();
    request_ = request.invoke_id_and_priority;
    if (request.attribute.attribute_id == 0 &&
        !conformance_.has(xdlms::ConformanceBit::attribute0_supported_with_get)) {
        // Our own answer, so it cannot be refused.
        (void)answer_get(cosem::DataAccessResult::read_write_denied);
        return;
    }
    emit(GetIndication{request.attribute, request.access_selection});
}

void ServerAssociation::receive_get_next(const xdlms::GetRequestNext& request) {
    const auto abort_with = [&](cosem::DataAccessResult result) {
        transmit(xdlms::GetResponseWithDatablock{request.invoke_id_and_priority, true,
                                                 request.block_number, result});
    };
    if (state_ != State::sending_long_get) {
        abort_with(cosem::DataAccessResult::no_long_get_in_progress);
        return;
    }
    if (request.block_number != last_block_sent_) {
        advance(Input::last_block);
        long_answer_.clear();
        abort_with(cosem::DataAccessResult::data_block_number_invalid);
        return;
    }
    request_ = request.invoke_id_and_priority;
    send_block();
}

Status ServerAssociation::answer_get(const xdlms::GetDataResult& result) {
    if (state_ != State::serving_get) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    transmit(xdlms::GetResponseNormal{request_, result});
    if (transmit_.size() <= answer_limit()) {
        advance(Input::answered);
        return {};
    }
    const auto* data = std::get_if<axdr::DataView>(&result);
    if (!data || !conformance_.has(xdlms::ConformanceBit::block_transfer_with_get_or_read)) {
        transmit(
            xdlms::GetResponseNormal{request_, cosem::DataAccessResult::data_block_unavailable});
        advance(Input::answered);
        return {};
    }
    advance(Input::long_answer);
    long_answer_ = to_buffer(data->encoded());
    long_answer_sent_ = 0;
    last_block_sent_ = 0;
    send_block();
    return {};
}

void ServerAssociation::send_block() {
    // The length of the block takes one octet up to 127, two to 255, three above.
    const std::size_t space = answer_limit() - xdlms::get_datablock_overhead;
    const std::size_t room = space <= 128 ? space - 1 : space <= 257 ? space - 2 : space - 3;
    const std::size_t left = long_answer_.size() - long_answer_sent_;
    const std::size_t size = std::min(room, left);
    const ByteView octets = ByteView(long_answer_).subspan(long_answer_sent_, size);
    const bool last = size == left;
    ++last_block_sent_;
    transmit(xdlms::GetResponseWithDatablock{request_, last, last_block_sent_, octets});
    long_answer_sent_ += size;
    advance(last ? Input::last_block : Input::block);
    if (last) {
        long_answer_.clear();
    }
}

std::size_t ServerAssociation::answer_limit() const {
    return client_max_receive_pdu_size_ == 0 ? limits::max_apdu
                                             : std::size_t{client_max_receive_pdu_size_};
}

void ServerAssociation::receive_set(ByteView apdu) {
    if (!is_associated() || !conformance_.has(xdlms::ConformanceBit::set)) {
        refuse_apdu();
        return;
    }
    received_.assign(apdu.begin(), apdu.end());
    const Result<xdlms::SetRequest> decoded = xdlms::decode_set_request(received_);
    if (!decoded) {
        ++counters_.malformed_apdus;
        refuse_apdu();
        return;
    }
    const auto* request = std::get_if<xdlms::SetRequestNormal>(&*decoded);
    if (!request) {
        refuse_apdu();
        return;
    }
    const bool confirmed = request->invoke_id_and_priority.is_confirmed();
    const bool selective = request->access_selection.has_value();
    if ((confirmed && !confirmed_) ||
        (selective && !conformance_.has(xdlms::ConformanceBit::selective_access))) {
        refuse_apdu();
        return;
    }
    advance(Input::set);
    long_answer_.clear();
    request_ = request->invoke_id_and_priority;
    if (request->attribute.attribute_id == 0 &&
        !conformance_.has(xdlms::ConformanceBit::attribute0_supported_with_set)) {
        (void)answer_set(cosem::DataAccessResult::read_write_denied);
        return;
    }
    emit(SetIndication{request->attribute, request->access_selection, request->value});
}

Status ServerAssociation::answer_set(cosem::DataAccessResult result) {
    if (state_ != State::serving_set) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    advance(Input::answered);
    if (request_.is_confirmed() || configuration_.answer_unconfirmed) {
        transmit(xdlms::SetResponseNormal{request_, result});
    }
    return {};
}

}  // namespace dlms::association
