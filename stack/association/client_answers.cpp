// What comes to a client: answers and refusals, whose request is found by its invoke-id, blocks,
// and what the meter sends by itself.

#include <algorithm>

#include "stack/association/client_table.hpp"
#include "stack/security/service_tag.hpp"

namespace dlms::association {

namespace {

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

/// Also in a service-specific envelope; in a general one it does not show.
bool is_notification(Byte tag) {
    using enum xdlms::ApduTag;
    auto kind = static_cast<xdlms::ApduTag>(tag);
    if (const auto service = security::ciphered_service(kind)) {
        kind = service->service;
    }
    return kind == data_notification || kind == event_notification_request ||
           kind == information_report_request;
}

RequestId request_of(const xdlms::AccessResponse& response) {
    return RequestId(response.long_invoke_id_and_priority.invoke_id());
}
/// The same of an answer that does not decode, if its octets reach so far.
std::optional<RequestId> written_id(ByteView apdu) {
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

void ClientAssociation::receive_apdu(ByteView apdu, Instant now) {
    using enum xdlms::ApduTag;
    if (apdu.empty()) {
        received_.clear();
        unexpected();
        return;
    }
    if (!security_.in_force()) {
        received_.assign(apdu.begin(), apdu.end());
    } else if (!open_received(apdu)) {
        return;
    }
    switch (static_cast<xdlms::ApduTag>(received_[0])) {
        case aare: receive_aare(received_, now); return;
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

/// Puts what an APDU holds into received_, if it may be looked at.
bool ClientAssociation::open_received(ByteView apdu) {
    using enum xdlms::ApduTag;
    received_.clear();
    answered_transaction_.reset();
    security_.forget_opened();
    const auto stands_outside = [](Byte octet) {
        const auto tag = static_cast<xdlms::ApduTag>(octet);
        return tag == aare || tag == rlre || tag == general_block_transfer;
    };
    const auto tag = static_cast<xdlms::ApduTag>(apdu[0]);
    if (stands_outside(apdu[0]) || tag == exception_response || tag == confirmed_service_error) {
        received_.assign(apdu.begin(), apdu.end());
        return true;
    }
    if (!may_open()) {
        refuse(error_of(ErrorCode::wrong_system_title));
        return false;
    }
    const Result<security::Opened> opened = security_.open(apdu, configuration_.security.responses);
    if (!opened) {
        refuse(opened.error());
        return false;
    }
    const bool is_general = opened->kind >= security::ProtectionKind::unnamed_key ||
                            opened->protection.digitally_signed;
    answered_transaction_ =
        is_general ? std::optional(to_buffer(opened->transaction_id)) : std::nullopt;
    if (stands_outside(opened->apdu[0])) {
        refuse(error_of(ErrorCode::unexpected_apdu));
        return false;
    }
    received_.assign(opened->apdu.begin(), opened->apdu.end());
    return true;
}

void ClientAssociation::unexpected() {
    ++counters_.unexpected_apdus;
    note_stray();
}

void ClientAssociation::note_stray() {
    if (received_.empty()) {
        return;
    }
    Stray stray{received_[0], {}};
    if (const std::optional<RequestId> id = written_id(received_)) {
        stray.invoke_id = static_cast<std::uint8_t>(id->value());
    }
    stray_ = stray;
}

/// Whether it is known whose numbers count, where they are known from before.
bool ClientAssociation::may_open() const {
    return !configuration_.recall_received || security_.protection()->peer_title();
}

/// Whether what was opened last may answer the request: a transaction-id comes back as it was sent,
/// so that an answer of before answers nothing.
bool ClientAssociation::is_of_transaction(const ClientRequest& request) const {
    return !answered_transaction_ || request.transaction_id.empty() ||
           *answered_transaction_ == request.transaction_id;
}

void ClientAssociation::refuse(const Error& error) {
    ++counters_.refused_apdus;
    refusal_ = error;
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
        counters_.answers += outstanding_.empty() ? 0u : 1u;
        for (ClientRequest& request : outstanding_) {
            request.deadline = now + configuration_.response_timeout;
        }
    }
    switch (received) {
        case BlockTransfer::Received::apdu:
            receive_apdu(block_transfer_.apdu(), now);
            if (!received_.empty() && is_notification(received_[0])) {
                block_transfer_.acknowledge();
            }
            return;
        case BlockTransfer::Received::aborted:
            notifies ? unexpected() : fail_oldest(error_of(ErrorCode::transfer_aborted));
            return;
        case BlockTransfer::Received::too_long:
            notifies ? unexpected() : fail_oldest(error_of(ErrorCode::answer_too_long));
            return;
        case BlockTransfer::Received::repeated:
            if (notifies || is_notification(block_transfer_.apdu()[0])) {
                block_transfer_.acknowledge();  // its sender may not know that it came
            }
            return;
        case BlockTransfer::Received::nothing:
        case BlockTransfer::Received::part: return;
    }
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
        if (state_ == State::associated || state_ == State::authenticating) {
            ++counters_.late_answers;
            note_stray();
        } else {
            unexpected();
        }
        return;
    }
    if (!is_of_transaction(*found)) {
        refuse(error_of(ErrorCode::unexpected_apdu));
        return;
    }
    ++counters_.answers;
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
        if (const Status sealed = seal(next, *found); !sealed) {
            fail_request(*found, sealed.error());
            return;
        }
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
    finish(std::move(event));
}

void ClientAssociation::finish(ClientEvent event) {
    if (state_ == State::authenticating) {
        take_pass_4(event);
    } else {
        emit(std::move(event));
    }
}

void ClientAssociation::fail_request(ClientRequest& request, RequestFailure reason, bool unproven) {
    ClientRequest::Step step = request.fail(std::move(reason));
    std::get<RequestFailed>(*step.event).unproven = unproven;
    end_failed(request, std::move(*step.event));
}

void ClientAssociation::fail_unanswered(ClientRequest& request) {
    ClientRequest::Step step = request.fail(refusal_.value_or(error_of(ErrorCode::timeout)));
    std::get<RequestFailed>(*step.event).out_of_time = true;
    end_failed(request, std::move(*step.event));
}

void ClientAssociation::end_failed(const ClientRequest& request, ClientEvent event) {
    outstanding_.erase(outstanding_.begin() + (&request - outstanding_.data()));
    if (outstanding_.empty()) {
        block_transfer_.reset();
    }
    finish(std::move(event));
}

void ClientAssociation::fail_oldest(RequestFailure reason, bool unproven) {
    if (outstanding_.empty()) {
        unexpected();
        return;
    }
    fail_request(outstanding_.front(), std::move(reason), unproven);
}

void ClientAssociation::fail_malformed(const Error& error) {
    // The invoke-id stands where it always stands, so the request is known all the same.
    const std::optional<RequestId> id = written_id(received_);
    if (!id) {
        fail_oldest(error);
        return;
    }
    const auto found = std::ranges::find(outstanding_, *id, &ClientRequest::id);
    if (found != outstanding_.end()) {
        fail_request(*found, error);
    } else {
        ++counters_.late_answers;
        note_stray();
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
    if (!outstanding_.empty() && !is_of_transaction(outstanding_.front())) {
        refuse(error_of(ErrorCode::unexpected_apdu));
    } else if (state_ == State::releasing) {
        advance(Input::released);
        emit(Released{});
    } else if (state_ == State::associating && (exception || service_error)) {
        advance(Input::refused);
        emit(AssociationRefused{std::nullopt, std::nullopt, service_error, exception});
    } else if (state_ == State::associating) {
        abort(error);
    } else if (exception || service_error) {
        // It names no request; meters answer in order, so it is the oldest one's.
        const bool unproven = security_.in_force() && !security_.opened_protection().is_at_least(
                                                          configuration_.security.responses);
        fail_oldest(exception ? RequestFailure(*exception) : RequestFailure(*service_error),
                    unproven);
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
        prepared_.clear();
        Writer writer(prepared_);
        xdlms::encode(
            writer, xdlms::DataNotificationConfirm{notification->long_invoke_id_and_priority, {}});
        const auto how = protection_for(prepared_);
        // Without a number or an envelope for it the meter hears nothing, and sends it again.
        if (how && security_.seal(prepared_, *how)) {
            queue_.push().swap(prepared_);
        }
    }
}

bool ClientAssociation::receives_notification() const {
    const ByteView first = block_transfer_.first_block();
    if (block_transfer_.is_sending() || first.empty()) {
        return false;
    }
    return is_notification(first[0]) ||
           (outstanding_.empty() && xdlms::is_ciphered_apdu(static_cast<xdlms::ApduTag>(first[0])));
}

}  // namespace dlms::association
