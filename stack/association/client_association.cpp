// The client association as a table. An input that has no row in the present state is unexpected:
// it is counted and changes nothing. A time-out of a request gives the request up and keeps the
// association: the answer may still come, and is then dropped by its invoke-id. A time-out of AARQ
// or RLRQ ends in idle. The loss of the link ends every state in idle.

#include "stack/association/client_association.hpp"

#include "stack/acse/aarq.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/transition_table.hpp"
#include "stack/base/limits.hpp"
#include "stack/base/machine.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::association {

static_assert(Machine<ClientAssociation>);

enum class ClientAssociation::Input : std::uint8_t {
    open,            // command
    accepted,        // AARE with result 0
    refused,         // AARE with another result, or an error in its place
    get,             // command
    set,             // command
    answer,          // the whole answer, or the peer's refusal of it
    block,           // one block, more to come
    request_failed,  // an answer that cannot be used
    release,         // command
    released,        // RLRE, or the peer's refusal of RLRQ
    timeout,
    lost,  // the link is gone
};

struct ClientAssociation::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::open, State::associating},
        {State::associating, Input::accepted, State::associated},
        {State::associating, Input::refused, State::idle},
        {State::associating, Input::timeout, State::idle},

        {State::associated, Input::get, State::getting},
        {State::getting, Input::answer, State::associated},
        {State::getting, Input::block, State::getting_long},
        {State::getting, Input::request_failed, State::associated},
        {State::getting, Input::timeout, State::associated},
        {State::getting_long, Input::block, State::getting_long},
        {State::getting_long, Input::answer, State::associated},
        {State::getting_long, Input::request_failed, State::associated},
        {State::getting_long, Input::timeout, State::associated},

        {State::associated, Input::set, State::setting},
        {State::setting, Input::answer, State::associated},
        {State::setting, Input::request_failed, State::associated},
        {State::setting, Input::timeout, State::associated},

        {State::associated, Input::release, State::releasing},
        {State::releasing, Input::released, State::idle},
        {State::releasing, Input::timeout, State::idle},

        {State::associating, Input::lost, State::idle},
        {State::associated, Input::lost, State::idle},
        {State::getting, Input::lost, State::idle},
        {State::getting_long, Input::lost, State::idle},
        {State::setting, Input::lost, State::idle},
        {State::releasing, Input::lost, State::idle},
    };
};

namespace {

/// sender-acse-requirements with its one bit, authentication.
constexpr std::array<Byte, 1> authentication_bit{0x80};
const ber::BitString authentication_functional_unit{7, authentication_bit};

std::unexpected<Error> misuse(ErrorCode code) {
    return fail(code, Layer::association);
}

Error error_of(ErrorCode code) {
    return Error{code, Layer::association, 0};
}

}  // namespace

ClientConfiguration ClientConfiguration::clone() const {
    ClientConfiguration copy;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.proposed_conformance = proposed_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.response_timeout = response_timeout;
    copy.high_priority = high_priority;
    copy.release_without_reason = release_without_reason;
    copy.initiate_tolerance = initiate_tolerance;
    return copy;
}

ClientAssociation::ClientAssociation(ClientConfiguration configuration)
    : configuration_(std::move(configuration)) {}

bool ClientAssociation::advance(Input input) {
    const std::optional<State> next =
        next_state(std::span<const Table::Row>(Table::rows), state_, input);
    if (!next) {
        return false;
    }
    if (state_ == State::associating) {
        wipe(transmit_);  // the AARQ may hold a password
    }
    state_ = *next;
    if (state_ == State::idle || state_ == State::associated) {
        deadline_.reset();
    }
    if (state_ == State::idle) {
        conformance_ = {};
        server_max_receive_pdu_size_ = 0;
        transmit_pending_ = false;
    }
    return true;
}

Status ClientAssociation::open(Instant now) {
    if (state_ != State::idle) {
        return misuse(ErrorCode::wrong_state);
    }
    if (configuration_.mechanism != acse::Mechanism::lowest &&
        configuration_.mechanism != acse::Mechanism::lls) {
        return misuse(ErrorCode::unsupported_mechanism);
    }
    xdlms::InitiateRequest initiate;
    initiate.proposed_conformance = configuration_.proposed_conformance;
    initiate.client_max_receive_pdu_size = configuration_.max_receive_pdu_size;
    ByteBuffer user_information;
    Writer initiate_writer(user_information);
    xdlms::encode(initiate_writer, initiate);

    acse::Aarq aarq;
    aarq.application_context = acse::ApplicationContext::ln;
    if (configuration_.mechanism == acse::Mechanism::lls) {
        aarq.sender_acse_requirements = authentication_functional_unit;
        aarq.mechanism = acse::Mechanism::lls;
        aarq.calling_authentication_value = acse::AuthenticationValue{
            acse::AuthenticationValueKind::charstring, configuration_.password.reveal()};
    }
    aarq.user_information = user_information;
    transmit_.clear();
    Writer writer(transmit_, limits::max_apdu);
    acse::encode(writer, aarq);
    if (!writer.ok()) {
        return misuse(ErrorCode::out_of_range);
    }
    advance(Input::open);
    transmit_ready();
    await_answer(now);
    return {};
}

Result<InvokeId> ClientAssociation::get(const cosem::AttributeDescriptor& attribute,
                                        const std::optional<cosem::SelectiveAccess>& selection,
                                        Instant now) {
    if (state_ != State::associated) {
        return misuse(ErrorCode::wrong_state);
    }
    const bool negotiated =
        conformance_.has(xdlms::ConformanceBit::get) &&
        (!selection || conformance_.has(xdlms::ConformanceBit::selective_access)) &&
        (attribute.attribute_id != 0 ||
         conformance_.has(xdlms::ConformanceBit::attribute0_supported_with_get));
    if (!negotiated) {
        return misuse(ErrorCode::not_negotiated);
    }
    const auto invoke = next_invoke_id_and_priority();
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, xdlms::GetRequestNormal{invoke, attribute, selection});
    if (!request_fits()) {
        return misuse(ErrorCode::request_too_long);
    }
    advance(Input::get);
    assembled_.clear();
    next_block_ = 1;
    transmit_request(invoke, now);
    return invoke.invoke_id();
}

Result<InvokeId> ClientAssociation::set(const cosem::AttributeDescriptor& attribute,
                                        const std::optional<cosem::SelectiveAccess>& selection,
                                        const axdr::DataView& value, Instant now) {
    if (state_ != State::associated) {
        return misuse(ErrorCode::wrong_state);
    }
    const bool negotiated =
        conformance_.has(xdlms::ConformanceBit::set) &&
        (!selection || conformance_.has(xdlms::ConformanceBit::selective_access)) &&
        (attribute.attribute_id != 0 ||
         conformance_.has(xdlms::ConformanceBit::attribute0_supported_with_set));
    if (!negotiated) {
        return misuse(ErrorCode::not_negotiated);
    }
    const auto invoke = next_invoke_id_and_priority();
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, xdlms::SetRequestNormal{invoke, attribute, selection, value});
    if (!request_fits()) {
        return misuse(ErrorCode::request_too_long);
    }
    advance(Input::set);
    transmit_request(invoke, now);
    return invoke.invoke_id();
}

Status ClientAssociation::release(Instant now) {
    if (state_ != State::associated) {
        return misuse(ErrorCode::wrong_state);
    }
    acse::Rlrq rlrq;
    if (!configuration_.release_without_reason) {
        rlrq.reason = acse::ReleaseRequestReason::normal;
    }
    transmit_.clear();
    Writer writer(transmit_);
    acse::encode(writer, rlrq);
    advance(Input::release);
    transmit_ready();
    await_answer(now);
    return {};
}

void ClientAssociation::receive(ByteView apdu, Instant now) {
    if (apdu.empty()) {
        unexpected();
        return;
    }
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::aare: receive_aare(apdu); return;
        case xdlms::ApduTag::rlre: receive_rlre(); return;
        case xdlms::ApduTag::get_response: receive_get_response(apdu, now); return;
        case xdlms::ApduTag::set_response: receive_set_response(apdu); return;
        case xdlms::ApduTag::exception_response:
        case xdlms::ApduTag::confirmed_service_error: receive_refusal(apdu); return;
        case xdlms::ApduTag::data_notification:
        case xdlms::ApduTag::event_notification_request:
        case xdlms::ApduTag::information_report_request: ++counters_.notifications_dropped; return;
        default: unexpected(); return;
    }
}

void ClientAssociation::handle_timeout(Instant now) {
    if (!deadline_ || now < *deadline_) {
        return;
    }
    const State before = state_;
    advance(Input::timeout);
    switch (before) {
        case State::getting:
        case State::getting_long:
        case State::setting:
            emit(RequestFailed{outstanding_.invoke_id(), error_of(ErrorCode::timeout)});
            return;
        case State::releasing: emit(Released{}); return;
        default: emit(Aborted{error_of(ErrorCode::timeout)}); return;
    }
}

void ClientAssociation::link_lost(const Error& error) {
    abort(error);
}

std::optional<ByteView> ClientAssociation::poll_transmit() {
    if (!transmit_pending_) {
        return std::nullopt;
    }
    transmit_pending_ = false;
    return ByteView(transmit_);
}

std::optional<ClientEvent> ClientAssociation::poll_event() {
    std::optional<ClientEvent> event = std::move(events_[0]);
    events_[0] = std::move(events_[1]);
    events_[1].reset();
    return event;
}

void ClientAssociation::emit(ClientEvent event) {
    events_[events_[0] ? 1 : 0] = std::move(event);
}

xdlms::InvokeIdAndPriority ClientAssociation::next_invoke_id_and_priority() const {
    const auto id = static_cast<std::uint8_t>((outstanding_.invoke_id().value() + 1) & 0x0F);
    return xdlms::InvokeIdAndPriority::confirmed(InvokeId(id), configuration_.high_priority);
}

void ClientAssociation::transmit_request(xdlms::InvokeIdAndPriority invoke, Instant now) {
    outstanding_ = invoke;
    transmit_.swap(prepared_);
    transmit_ready();
    await_answer(now);
}

bool ClientAssociation::request_fits() const {
    const std::size_t limit = server_max_receive_pdu_size_ == 0
                                  ? limits::max_apdu
                                  : std::size_t{server_max_receive_pdu_size_};
    return prepared_.size() <= limit;
}

void ClientAssociation::fail_request(RequestFailure reason) {
    if (advance(Input::request_failed)) {
        emit(RequestFailed{outstanding_.invoke_id(), reason});
    } else {
        unexpected();
    }
}

void ClientAssociation::abort(const Error& error) {
    const State before = state_;
    if (!advance(Input::lost)) {
        return;
    }
    if (before == State::getting || before == State::getting_long || before == State::setting) {
        emit(RequestFailed{outstanding_.invoke_id(), error});
    }
    if (before == State::releasing) {
        emit(Released{});
    } else {
        emit(Aborted{error});
    }
}

void ClientAssociation::unexpected() {
    ++counters_.unexpected_apdus;
}

bool ClientAssociation::is_outstanding(xdlms::InvokeIdAndPriority received) {
    // Meters echo priority and service class loosely; the invoke-id is what identifies.
    if (received.invoke_id() == outstanding_.invoke_id()) {
        return true;
    }
    ++counters_.late_answers;
    return false;
}

void ClientAssociation::receive_aare(ByteView apdu) {
    if (state_ != State::associating) {
        unexpected();
        return;
    }
    // Rejections of some firmware carry codes of its own; they are shown, not refused.
    const Result<acse::Aare> aare =
        acse::decode_aare(apdu, {.keep_unknown_names = true, .keep_unknown_codes = true});
    if (!aare) {
        ++counters_.malformed_apdus;
        abort(aare.error());
        return;
    }
    std::optional<xdlms::ConfirmedServiceError> service_error;
    if (aare->user_information) {
        if (const auto decoded = xdlms::decode_confirmed_service_error(*aare->user_information)) {
            service_error = *decoded;
        }
    }
    const bool pending = aare->diagnostic == acse::UserDiagnostic::authentication_required;
    if (aare->result != acse::AssociationResult::accepted || service_error || pending) {
        advance(Input::refused);
        emit(AssociationRefused{aare->result, aare->diagnostic, service_error, std::nullopt});
        return;
    }
    if (!aare->user_information) {
        ++counters_.malformed_apdus;
        abort(error_of(ErrorCode::missing_field));
        return;
    }
    accept(*aare->user_information);
}

void ClientAssociation::accept(ByteView user_information) {
    const auto initiate =
        xdlms::decode_initiate_response(user_information, configuration_.initiate_tolerance);
    if (!initiate) {
        ++counters_.malformed_apdus;
        abort(initiate.error());
        return;
    }
    if (initiate->negotiated_dlms_version != xdlms::dlms_version) {
        abort(error_of(ErrorCode::conformance_violation));
        return;
    }
    advance(Input::accepted);
    conformance_ = initiate->negotiated_conformance & configuration_.proposed_conformance;
    server_max_receive_pdu_size_ = initiate->server_max_receive_pdu_size;
    emit(Associated{conformance_, server_max_receive_pdu_size_});
}

void ClientAssociation::receive_get_response(ByteView apdu, Instant now) {
    if (state_ != State::getting && state_ != State::getting_long) {
        unexpected();
        return;
    }
    received_.assign(apdu.begin(), apdu.end());
    const Result<xdlms::GetResponse> response = xdlms::decode_get_response(received_);
    if (!response) {
        ++counters_.malformed_apdus;
        fail_request(response.error());
        return;
    }
    if (const auto* block = std::get_if<xdlms::GetResponseWithDatablock>(&*response)) {
        if (is_outstanding(block->invoke_id_and_priority)) {
            receive_block(*block, now);
        }
        return;
    }
    const auto* normal = std::get_if<xdlms::GetResponseNormal>(&*response);
    if (!normal) {
        fail_request(Error{ErrorCode::unsupported_service, Layer::xdlms, 1});
        return;
    }
    if (!is_outstanding(normal->invoke_id_and_priority)) {
        return;
    }
    advance(Input::answer);
    emit(GetCompleted{outstanding_.invoke_id(), normal->result});
}

void ClientAssociation::receive_block(const xdlms::GetResponseWithDatablock& response,
                                      Instant now) {
    if (const auto* refusal = std::get_if<cosem::DataAccessResult>(&response.block)) {
        advance(Input::answer);
        emit(GetCompleted{outstanding_.invoke_id(), *refusal});
        return;
    }
    if (response.block_number != next_block_) {
        fail_request(error_of(ErrorCode::wrong_block_number));
        return;
    }
    const ByteView octets = std::get<ByteView>(response.block);
    // Blocks count too, so that endless empty ones end as well.
    if (assembled_.size() + octets.size() + next_block_ > limits::max_long_answer) {
        fail_request(error_of(ErrorCode::answer_too_long));
        return;
    }
    assembled_.insert(assembled_.end(), octets.begin(), octets.end());
    if (response.last_block) {
        receive_last_block();
        return;
    }
    advance(Input::block);
    transmit_.clear();
    Writer writer(transmit_);
    xdlms::encode(writer, xdlms::GetRequestNext{outstanding_, next_block_});
    ++next_block_;
    transmit_ready();
    await_answer(now);
}

void ClientAssociation::receive_last_block() {
    received_.swap(assembled_);
    const Result<axdr::DataView> data = axdr::parse_data(received_);
    if (!data) {
        ++counters_.malformed_apdus;
        fail_request(data.error());
        return;
    }
    advance(Input::answer);
    emit(GetCompleted{outstanding_.invoke_id(), *data});
}

void ClientAssociation::receive_set_response(ByteView apdu) {
    if (state_ != State::setting) {
        unexpected();
        return;
    }
    const Result<xdlms::SetResponse> decoded = xdlms::decode_set_response(apdu);
    if (!decoded) {
        ++counters_.malformed_apdus;
        fail_request(decoded.error());
        return;
    }
    const auto* response = std::get_if<xdlms::SetResponseNormal>(&*decoded);
    if (!response) {
        fail_request(Error{ErrorCode::unsupported_service, Layer::xdlms, 1});
        return;
    }
    if (is_outstanding(response->invoke_id_and_priority)) {
        advance(Input::answer);
        emit(SetCompleted{outstanding_.invoke_id(), response->result});
    }
}

void ClientAssociation::receive_refusal(ByteView apdu) {
    std::optional<xdlms::ExceptionResponse> exception;
    std::optional<xdlms::ConfirmedServiceError> service_error;
    Error error;
    if (const auto decoded = xdlms::decode_exception_response(apdu)) {
        exception = *decoded;
    } else if (const auto other = xdlms::decode_confirmed_service_error(apdu)) {
        service_error = *other;
    } else {
        ++counters_.malformed_apdus;
        const bool is_exception =
            static_cast<xdlms::ApduTag>(apdu[0]) == xdlms::ApduTag::exception_response;
        error = is_exception ? decoded.error() : other.error();
    }
    if (state_ == State::releasing) {
        advance(Input::released);
        emit(Released{});
    } else if (state_ == State::associating && (exception || service_error)) {
        advance(Input::refused);
        emit(AssociationRefused{std::nullopt, std::nullopt, service_error, exception});
    } else if (state_ == State::associating) {
        abort(error);
    } else if (exception) {
        fail_request(*exception);
    } else if (service_error) {
        fail_request(*service_error);
    } else {
        fail_request(error);
    }
}

void ClientAssociation::receive_rlre() {
    // What the RLRE says does not matter: after it the association is gone.
    if (advance(Input::released)) {
        emit(Released{});
    } else {
        unexpected();
    }
}

}  // namespace dlms::association
