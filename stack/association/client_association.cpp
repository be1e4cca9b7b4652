// The association itself: how it is made, renewed and released, and time. The table is in
// client_table.hpp, the requests in client_commands.cpp, what comes in client_answers.cpp.

#include "stack/association/client_association.hpp"

#include <algorithm>
#include <array>

#include "stack/acse/aarq.hpp"
#include "stack/acse/rlrq.hpp"
#include "stack/association/client_table.hpp"
#include "stack/base/machine.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

static_assert(Machine<ClientAssociation>);

namespace {

/// sender-acse-requirements with its one bit, authentication.
constexpr std::array<Byte, 1> authentication_bit{0x80};
const ber::BitString authentication_functional_unit{7, authentication_bit};

std::unexpected<Error> misuse(ErrorCode code) {
    return fail(code, Layer::association);
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
        forget_agreement();
        outstanding_.clear();
        queue_.clear();
    }
    return true;
}

void ClientAssociation::forget_agreement() {
    conformance_ = {};
    server_max_receive_pdu_size_ = 0;
    block_transfer_.reset();
}

Status ClientAssociation::open(Instant now) {
    return state_ == State::idle ? associate(now) : misuse(ErrorCode::wrong_state);
}

Status ClientAssociation::renew(Instant now) {
    if (state_ != State::associated || !outstanding_.empty()) {
        return misuse(ErrorCode::wrong_state);
    }
    const Status sent = associate(now);
    if (sent) {
        forget_agreement();
    }
    return sent;
}

Status ClientAssociation::associate(Instant now) {
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

void ClientAssociation::receive_rlre() {
    // What the RLRE says does not matter: after it the association is gone.
    if (advance(Input::released)) {
        emit(Released{});
    } else {
        unexpected();
    }
}

}  // namespace dlms::association
