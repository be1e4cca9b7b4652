// The client association as a table; what a request goes through has a table of its own
// (client_request.cpp). An input that has no row in the present state is unexpected: it is counted
// and changes nothing. A time-out of a request gives the request up and keeps the association: the
// answer may still come, and is then dropped by its invoke-id (short names have none: their owner
// makes a new association). A time-out of AARQ or RLRQ ends in idle. The loss of the link ends
// every state in idle.

#include "stack/association/client_association.hpp"

#include <algorithm>
#include <array>

#include "stack/acse/aarq.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/transition_table.hpp"
#include "stack/base/machine.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

static_assert(Machine<ClientAssociation>);

enum class ClientAssociation::Input : std::uint8_t {
    open,      // command
    accepted,  // AARE with result 0
    refused,   // AARE with another result, or an error in its place
    release,   // command
    released,  // RLRE, or the peer's refusal of RLRQ
    timeout,   // of AARQ or RLRQ
    lost,      // the link is gone
};

struct ClientAssociation::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::idle, Input::open, State::associating},
        {State::associating, Input::accepted, State::associated},
        {State::associating, Input::refused, State::idle},
        {State::associating, Input::timeout, State::idle},

        {State::associated, Input::release, State::releasing},
        {State::releasing, Input::released, State::idle},
        {State::releasing, Input::timeout, State::idle},

        {State::associating, Input::lost, State::idle},
        {State::associated, Input::lost, State::idle},
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

BlockTransfer::Configuration block_configuration(const ClientConfiguration& client) {
    BlockTransfer::Configuration blocks;
    blocks.role = BlockTransfer::Role::client;
    blocks.window =
        std::clamp<std::uint8_t>(client.block_window, 1, xdlms::GeneralBlockTransfer::max_window);
    blocks.retry_interval = client.response_timeout / (client.block_retries + 1);
    blocks.max_retries = client.block_retries;
    return blocks;
}

/// Which services an answer may belong to.
template <class Response>
bool answers(const Response&, ClientService service) {
    using enum ClientService;
    if constexpr (std::is_same_v<Response, xdlms::GetResponse>) {
        return service == get || service == get_list;
    } else if constexpr (std::is_same_v<Response, xdlms::SetResponse>) {
        return service == set || service == set_list;
    } else if constexpr (std::is_same_v<Response, xdlms::ActionResponse>) {
        return service == action || service == action_list;
    } else if constexpr (std::is_same_v<Response, xdlms::AccessResponse>) {
        return service == access;
    } else if constexpr (std::is_same_v<Response, xdlms::ReadResponse>) {
        return service == read;
    } else {
        return service == write;
    }
}

bool is_notification(Byte tag) {
    using enum xdlms::ApduTag;
    const auto kind = static_cast<xdlms::ApduTag>(tag);
    return kind == data_notification || kind == event_notification_request ||
           kind == information_report_request;
}

RequestId request_of(const xdlms::AccessResponse& response) {
    return RequestId(response.long_invoke_id_and_priority.invoke_id());
}
/// The same of an answer that does not decode, if its octets reach so far.
std::optional<RequestId> malformed_id(ByteView apdu) {
    using enum xdlms::ApduTag;
    const auto tag = static_cast<xdlms::ApduTag>(apdu[0]);
    if (tag == access_response && apdu.size() > 4) {
        return RequestId(apdu[2] * 0x10000u + apdu[3] * 0x100u + apdu[4]);
    }
    const bool has_invoke_id = tag == get_response || tag == set_response || tag == action_response;
    if (has_invoke_id && apdu.size() > 2) {
        return RequestId(apdu[2] & 0x0Fu);
    }
    return std::nullopt;
}
RequestId request_of(const xdlms::ReadResponse&) {
    return RequestId();
}
RequestId request_of(const xdlms::WriteResponse&) {
    return RequestId();
}
/// Meters echo priority and service class loosely; the invoke-id is what identifies.
template <class... Choices>
RequestId request_of(const std::variant<Choices...>& response) {
    return std::visit(
        [](const auto& choice) {
            return RequestId(choice.invoke_id_and_priority.invoke_id().value());
        },
        response);
}

}  // namespace

ClientConfiguration ClientConfiguration::clone() const {
    ClientConfiguration copy;
    copy.referencing = referencing;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.proposed_conformance = proposed_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.response_timeout = response_timeout;
    copy.high_priority = high_priority;
    copy.max_outstanding_requests = max_outstanding_requests;
    copy.block_window = block_window;
    copy.block_retries = block_retries;
    copy.confirm_notifications = confirm_notifications;
    copy.release_without_reason = release_without_reason;
    copy.initiate_tolerance = initiate_tolerance;
    copy.notification_tolerance = notification_tolerance;
    return copy;
}

ClientAssociation::ClientAssociation(ClientConfiguration configuration)
    : configuration_(std::move(configuration)),
      block_transfer_(block_configuration(configuration_)) {}

bool ClientAssociation::advance(Input input) {
    const std::optional<State> next =
        next_state(std::span<const Table::Row>(Table::rows), state_, input);
    if (!next) {
        return false;
    }
    if (state_ == State::associating) {
        queue_.wipe();  // the AARQ may hold a password
    }
    state_ = *next;
    deadline_.reset();
    if (state_ == State::idle) {
        conformance_ = {};
        server_max_receive_pdu_size_ = 0;
        outstanding_.clear();
        block_transfer_.reset();
        queue_.clear();
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
    aarq.application_context = configuration_.referencing == Referencing::logical_name
                                   ? acse::ApplicationContext::ln
                                   : acse::ApplicationContext::sn;
    if (configuration_.mechanism == acse::Mechanism::lls) {
        aarq.sender_acse_requirements = authentication_functional_unit;
        aarq.mechanism = acse::Mechanism::lls;
        aarq.calling_authentication_value = acse::AuthenticationValue{
            acse::AuthenticationValueKind::charstring, configuration_.password.reveal()};
    }
    aarq.user_information = user_information;
    queue_.clear();
    Writer writer(queue_.push(), limits::max_apdu);
    acse::encode(writer, aarq);
    if (!writer.ok()) {
        queue_.wipe();
        return misuse(ErrorCode::out_of_range);
    }
    advance(Input::open);
    deadline_ = now + configuration_.response_timeout;
    return {};
}

Status ClientAssociation::release(Instant now) {
    if (state_ != State::associated || !outstanding_.empty()) {
        return misuse(ErrorCode::wrong_state);
    }
    acse::Rlrq rlrq;
    if (!configuration_.release_without_reason) {
        rlrq.reason = acse::ReleaseRequestReason::normal;
    }
    Writer writer(queue_.push());
    acse::encode(writer, rlrq);
    advance(Input::release);
    deadline_ = now + configuration_.response_timeout;
    return {};
}

void ClientAssociation::receive(ByteView apdu, Instant now) {
    if (!apdu.empty() &&
        static_cast<xdlms::ApduTag>(apdu[0]) == xdlms::ApduTag::general_block_transfer) {
        receive_block(apdu, now);
        return;
    }
    receive_apdu(apdu, now);
}

void ClientAssociation::receive_apdu(ByteView apdu, Instant now) {
    using enum xdlms::ApduTag;
    if (apdu.empty()) {
        unexpected();
        return;
    }
    received_.assign(apdu.begin(), apdu.end());
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case aare: receive_aare(received_); return;
        case rlre: receive_rlre(); return;
        case get_response: receive_answer(xdlms::decode_get_response(received_), now); return;
        case set_response: receive_answer(xdlms::decode_set_response(received_), now); return;
        case action_response: receive_answer(xdlms::decode_action_response(received_), now); return;
        case access_response: receive_answer(xdlms::decode_access_response(received_), now); return;
        case read_response: receive_answer(xdlms::decode_read_response(received_), now); return;
        case write_response: receive_answer(xdlms::decode_write_response(received_), now); return;
        case exception_response:
        case confirmed_service_error: receive_refusal(received_); return;
        case data_notification:
        case event_notification_request:
        case information_report_request: receive_notification(received_); return;
        default: unexpected(); return;
    }
}

void ClientAssociation::receive_block(ByteView apdu, Instant now) {
    const auto block = xdlms::decode_general_block_transfer(apdu);
    if (!block) {
        ++counters_.malformed_apdus;
        return;  // a block that is damaged is a block that is lost
    }
    const BlockTransfer::Received received = block_transfer_.receive(*block, now);
    const bool notifies = receives_notification();
    // A meter that says nothing new of it does not keep a request alive.
    if (!notifies && received != BlockTransfer::Received::nothing &&
        received != BlockTransfer::Received::repeated) {
        for (ClientRequest& request : outstanding_) {
            request.deadline = now + configuration_.response_timeout;
        }
    }
    switch (received) {
        case BlockTransfer::Received::apdu:
            if (is_notification(block_transfer_.apdu()[0])) {
                block_transfer_.acknowledge();
            }
            receive_apdu(block_transfer_.apdu(), now);
            return;
        case BlockTransfer::Received::aborted:
            notifies ? unexpected() : fail_oldest(error_of(ErrorCode::conformance_violation));
            return;
        case BlockTransfer::Received::too_long:
            notifies ? unexpected() : fail_oldest(error_of(ErrorCode::answer_too_long));
            return;
        case BlockTransfer::Received::repeated:
            if (is_notification(block_transfer_.apdu()[0])) {
                block_transfer_.acknowledge();  // its sender may not know that it came
            }
            return;
        case BlockTransfer::Received::nothing:
        case BlockTransfer::Received::part: return;
    }
}

std::optional<Instant> ClientAssociation::poll_timeout() const {
    std::optional<Instant> next = deadline_;
    const auto sooner = [&next](Instant candidate) {
        next = next ? std::min(*next, candidate) : candidate;
    };
    for (const ClientRequest& request : outstanding_) {
        sooner(request.deadline);
    }
    if (const std::optional<Instant> blocks = block_transfer_.poll_timeout()) {
        sooner(*blocks);
    }
    return next;
}

void ClientAssociation::handle_timeout(Instant now) {
    if (deadline_ && now >= *deadline_) {
        const State before = state_;
        advance(Input::timeout);
        if (before == State::releasing) {
            emit(Released{});
        } else {
            emit(Aborted{error_of(ErrorCode::timeout)});
        }
        return;
    }
    for (std::size_t i = 0; i < outstanding_.size();) {
        if (now >= outstanding_[i].deadline) {
            fail_request(outstanding_[i], error_of(ErrorCode::timeout));
        } else {
            ++i;
        }
    }
    const bool notifies = block_transfer_.is_receiving() && receives_notification();
    if (!block_transfer_.handle_timeout(now)) {
        notifies ? unexpected() : fail_oldest(error_of(ErrorCode::timeout));
    }
}

bool ClientAssociation::receives_notification() const {
    const ByteView first = block_transfer_.first_block();
    return !block_transfer_.is_sending() && !first.empty() && is_notification(first[0]);
}

void ClientAssociation::link_lost(const Error& error) {
    abort(error);
}

std::optional<ByteView> ClientAssociation::poll_transmit() {
    if (const std::optional<ByteView> apdu = queue_.poll()) {
        return apdu;
    }
    prepared_.clear();
    if (block_transfer_.poll_transmit(prepared_)) {
        return ByteView(prepared_);
    }
    return std::nullopt;
}

std::optional<ClientEvent> ClientAssociation::poll_event() {
    if (events_taken_ == events_.size()) {
        events_.clear();
        events_taken_ = 0;
        return std::nullopt;
    }
    return std::move(events_[events_taken_++]);
}

void ClientAssociation::abort(const Error& error) {
    const State before = state_;
    std::vector<ClientRequest> given_up = std::move(outstanding_);
    outstanding_.clear();
    if (!advance(Input::lost)) {
        block_transfer_.reset();
        return;
    }
    for (ClientRequest& request : given_up) {
        emit(*request.fail(error).event);
    }
    if (before == State::releasing) {
        emit(Released{});
    } else {
        emit(Aborted{error});
    }
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

template <class Response>
void ClientAssociation::receive_answer(const Result<Response>& response, Instant now) {
    if (!response) {
        ++counters_.malformed_apdus;
        fail_malformed(response.error());
        return;
    }
    const RequestId id = request_of(*response);
    const auto found = std::ranges::find_if(outstanding_, [&](const ClientRequest& request) {
        return request.id() == id && answers(*response, request.service());
    });
    if (found == outstanding_.end()) {
        if (state_ == State::associated) {
            ++counters_.late_answers;
        } else {
            unexpected();
        }
        return;
    }
    ByteBuffer next;
    ClientRequest::Step step;
    if constexpr (std::is_same_v<Response, xdlms::AccessResponse>) {
        step = found->take(*response);
    } else if constexpr (std::is_same_v<Response, xdlms::SetResponse> ||
                         std::is_same_v<Response, xdlms::WriteResponse>) {
        step = found->take(*response, next);
    } else {
        step = found->take(*response, next, received_);
    }
    if (step.transmit) {
        queue_.push().swap(next);
        found->deadline = now + configuration_.response_timeout;
    }
    if (step.event) {
        end_request(*found, std::move(*step.event));
    }
}

void ClientAssociation::end_request(const ClientRequest& request, ClientEvent event) {
    outstanding_.erase(outstanding_.begin() + (&request - outstanding_.data()));
    if (outstanding_.empty()) {
        block_transfer_.finish();  // what was to be repeated has done its work
    }
    if (const auto* failed = std::get_if<RequestFailed>(&event)) {
        const auto* error = std::get_if<Error>(&failed->reason);
        if (error && error->blame() == Blame::malformed) {
            ++counters_.malformed_apdus;
        }
    }
    emit(std::move(event));
}

void ClientAssociation::fail_request(ClientRequest& request, RequestFailure reason) {
    ClientRequest::Step step = request.fail(std::move(reason));
    outstanding_.erase(outstanding_.begin() + (&request - outstanding_.data()));
    if (outstanding_.empty()) {
        block_transfer_.reset();
    }
    emit(std::move(*step.event));
}

void ClientAssociation::fail_oldest(RequestFailure reason) {
    if (outstanding_.empty()) {
        unexpected();
        return;
    }
    fail_request(outstanding_.front(), std::move(reason));
}

void ClientAssociation::fail_malformed(const Error& error) {
    // The invoke-id stands where it always stands, so the request is known all the same.
    const std::optional<RequestId> id = malformed_id(received_);
    if (!id) {
        fail_oldest(error);
        return;
    }
    const auto found = std::ranges::find(outstanding_, *id, &ClientRequest::id);
    if (found != outstanding_.end()) {
        fail_request(*found, error);
    } else {
        ++counters_.late_answers;
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
        // It names no request; meters answer in order, so it is the oldest one's.
        fail_oldest(*exception);
    } else if (service_error) {
        fail_oldest(*service_error);
    } else {
        fail_oldest(error);
    }
}

void ClientAssociation::receive_notification(ByteView apdu) {
    const auto hand_on = [this](const auto& decoded) {
        if (decoded) {
            ++counters_.notifications;
            emit(NotificationReceived{*decoded});
        } else {
            ++counters_.malformed_apdus;
        }
    };
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::event_notification_request:
            hand_on(xdlms::decode_event_notification(apdu));
            return;
        case xdlms::ApduTag::information_report_request:
            hand_on(xdlms::decode_information_report(apdu));
            return;
        default: break;
    }
    const auto notification =
        xdlms::decode_data_notification(apdu, configuration_.notification_tolerance);
    hand_on(notification);
    if (notification && configuration_.confirm_notifications &&
        notification->long_invoke_id_and_priority.is_confirmed()) {
        Writer writer(queue_.push());
        xdlms::encode(
            writer, xdlms::DataNotificationConfirm{notification->long_invoke_id_and_priority, {}});
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
