// The association itself: its states, its end, and time. The table is in client_table.hpp; how it
// is made is in client_opening.cpp, the requests in client_commands.cpp, what comes in
// client_answers.cpp.

#include "stack/association/client_association.hpp"

#include <algorithm>

#include "stack/association/client_table.hpp"
#include "stack/base/machine.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

static_assert(Machine<ClientAssociation>);

namespace {

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
    blocks.max_apdu = client.max_answer;
    return blocks;
}

}  // namespace

ClientConfiguration ClientConfiguration::clone() const {
    ClientConfiguration copy;
    copy.referencing = referencing;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.security = security.clone();
    copy.proposed_conformance = proposed_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.max_answer = max_answer;
    copy.duplicates_possible = duplicates_possible;
    copy.response_timeout = response_timeout;
    copy.high_priority = high_priority;
    copy.max_outstanding_requests = max_outstanding_requests;
    copy.block_window = block_window;
    copy.block_retries = block_retries;
    copy.confirm_notifications = confirm_notifications;
    copy.release_without_reason = release_without_reason;
    copy.initiate_tolerance = initiate_tolerance;
    copy.notification_tolerance = notification_tolerance;
    copy.recall_received = recall_received;
    return copy;
}

ClientAssociation::ClientAssociation(ClientConfiguration configuration)
    : configuration_(std::move(configuration)),
      security_(configuration_.security),
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
    security_.forget_agreement();
    pre_established_ = false;
}

Status ClientAssociation::open(Instant now) {
    return state_ == State::idle ? associate(now) : misuse(ErrorCode::wrong_state);
}

Status ClientAssociation::open_pre_established() {
    if (state_ != State::idle) {
        return misuse(ErrorCode::wrong_state);
    }
    if (configuration_.security.ciphered && !security_.in_force()) {
        return misuse(ErrorCode::key_missing);
    }
    if (const Status recalled = recall_received(); !recalled) {
        return recalled;
    }
    conformance_ = configuration_.proposed_conformance;
    server_max_receive_pdu_size_ = configuration_.max_receive_pdu_size;
    // Without a dedicated key there is nothing in it that could fail.
    (void)security_.agree(conformance_.has(xdlms::ConformanceBit::general_protection),
                          std::nullopt);
    pre_established_ = true;
    advance(Input::established);
    emit(Associated{conformance_, server_max_receive_pdu_size_});
    return {};
}

Status ClientAssociation::renew(Instant now) {
    if (state_ != State::associated || !outstanding_.empty() || pre_established_) {
        return misuse(ErrorCode::wrong_state);
    }
    return associate(now);
}

Status ClientAssociation::release(Instant now) {
    if (state_ != State::associated || !outstanding_.empty()) {
        return misuse(ErrorCode::wrong_state);
    }
    if (pre_established_) {
        advance(Input::forget);
        emit(Released{});
        return {};
    }
    Result<ByteBuffer> rlrq = encode_release();
    if (!rlrq) {
        return std::unexpected(rlrq.error());
    }
    queue_.push().swap(*rlrq);
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
            fail_unanswered(outstanding_[i]);
        } else {
            ++i;
        }
    }
    const bool notifies = block_transfer_.is_receiving() && receives_notification();
    if (!block_transfer_.handle_timeout(now)) {
        if (notifies || outstanding_.empty()) {
            unexpected();
        } else {
            fail_unanswered(outstanding_.front());
        }
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
        if (before != State::authenticating) {  // pass 3 is no request of the owner's
            emit(*request.fail(error).event);
        }
    }
    if (before == State::releasing) {
        emit(Released{});
    } else {
        emit(Aborted{error});
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
