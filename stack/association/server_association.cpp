// The association and what it sends; the table is in server_table.hpp, admission in
// server_admission.cpp, the services in server_services.cpp.

#include "stack/association/server_association.hpp"

#include <algorithm>
#include <utility>

#include "stack/association/block_size.hpp"
#include "stack/association/server_table.hpp"
#include "stack/base/machine.hpp"
#include "stack/security/service_tag.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/exception_response.hpp"

namespace dlms::association {

static_assert(Machine<ServerAssociation>);

using xdlms::ConformanceBit;

namespace {

BlockTransfer::Configuration block_configuration(const ServerConfiguration& server) {
    BlockTransfer::Configuration blocks;
    blocks.role = BlockTransfer::Role::server;
    blocks.window =
        std::clamp<std::uint8_t>(server.block_window, 1, xdlms::GeneralBlockTransfer::max_window);
    return blocks;
}

/// Whether a whole request of logical names is of high priority; nothing for other APDUs.
std::optional<bool> priority_of(ByteView apdu) {
    using enum xdlms::ApduTag;
    constexpr std::size_t priority_at = 2;
    constexpr std::size_t access_priority_at = 1;
    if (apdu.size() <= priority_at) {
        return std::nullopt;
    }
    const auto tag = static_cast<xdlms::ApduTag>(apdu[0]);
    const std::uint8_t choice = apdu[1];
    constexpr std::uint8_t normal = 1;
    const std::uint8_t with_list = tag == set_request ? 4 : 3;
    const bool has_choice = tag == get_request || tag == set_request || tag == action_request;
    if (tag != access_request && !(has_choice && (choice == normal || choice == with_list))) {
        return std::nullopt;
    }
    return (apdu[has_choice ? priority_at : access_priority_at] & 0x80) != 0;
}

/// Whether a request that was opened wants no answer.
bool is_unconfirmed(ByteView apdu) {
    using enum xdlms::ApduTag;
    constexpr Byte confirmed_bit = 0x40;
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case unconfirmed_write_request: return true;
        case set_request:
        case action_request: return apdu.size() > 2 && (apdu[2] & confirmed_bit) == 0;
        case access_request: return apdu.size() > 1 && (apdu[1] & confirmed_bit) == 0;
        default: return false;
    }
}

/// Whether a protected request, as far as it says so without being opened, gets no answer: it goes
/// to many, or is an unconfirmed Write.
bool is_for_many(ByteView apdu) {
    const auto envelope = xdlms::decode_ciphered_apdu(apdu);
    if (!envelope) {
        return false;
    }
    if (const auto* service = std::get_if<xdlms::ServiceCiphering>(&*envelope)) {
        return service->content.security_control.uses_broadcast_key() ||
               service->tag == xdlms::ApduTag::glo_unconfirmed_write_request ||
               service->tag == xdlms::ApduTag::ded_unconfirmed_write_request;
    }
    if (const auto* general = std::get_if<xdlms::GeneralGloDedCiphering>(&*envelope)) {
        return general->content.security_control.uses_broadcast_key();
    }
    const auto* ciphering = std::get_if<xdlms::GeneralCiphering>(&*envelope);
    const auto* key = ciphering && ciphering->key_info
                          ? std::get_if<xdlms::IdentifiedKey>(&*ciphering->key_info)
                          : nullptr;
    return key && *key == xdlms::IdentifiedKey::global_broadcast_encryption_key;
}

}  // namespace

ServerConfiguration ServerConfiguration::clone() const {
    ServerConfiguration copy;
    copy.referencing = referencing;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.security = security.clone();
    copy.supported_conformance = supported_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.block_window = block_window;
    copy.answer_unconfirmed = answer_unconfirmed;
    copy.pre_established = pre_established;
    copy.get_tolerance = get_tolerance;
    copy.initiate_tolerance = initiate_tolerance;
    return copy;
}

ServerAssociation::ServerAssociation(ServerConfiguration configuration)
    : configuration_(std::move(configuration)),
      block_transfer_(block_configuration(configuration_)),
      security_(configuration_.security) {
    establish_beforehand();
}

void ServerAssociation::establish_beforehand() {
    if (!configuration_.pre_established) {
        return;
    }
    advance(Input::accepted);
    conformance_ = configuration_.supported_conformance;
    client_max_receive_pdu_size_ = configuration_.max_receive_pdu_size;
    confirmed_ = true;
    (void)security_.agree(has(ConformanceBit::general_protection),
                          std::nullopt);  // no key, no error
}

acse::ApplicationContext ServerAssociation::context() const {
    using enum acse::ApplicationContext;
    const bool logical = configuration_.referencing == Referencing::logical_name;
    if (configuration_.security.ciphered) {
        return logical ? ln_ciphered : sn_ciphered;
    }
    return logical ? ln : sn;
}

void ServerAssociation::set_policy(const security::SecurityPolicy& policy) {
    configuration_.security.requests.protection = policy.for_requests();
    configuration_.security.responses = policy.for_responses();
}

bool ServerAssociation::advance(Input input) {
    const std::optional<State> next =
        next_state(std::span<const Table::Row>(Table::rows), state_, input);
    if (next) {
        state_ = *next;
    }
    return next.has_value();
}

void ServerAssociation::receive(ByteView apdu, Instant now) {
    if (apdu.empty()) {
        ++counters_.dropped_apdus;
    } else if (!is_ready() || has_event() || !waiting_.empty()) {
        wait(apdu, now);
    } else {
        receive_in_turn(apdu, now);
    }
}

void ServerAssociation::wait(ByteView apdu, Instant now) {
    std::size_t octets = apdu.size();
    for (const Waiting& waiting : waiting_) {
        octets += waiting.apdu.size();
    }
    if (waiting_.size() == max_waiting_apdus || octets > limits::max_apdu) {
        ++counters_.dropped_apdus;
        return;
    }
    waiting_.push_back({to_buffer(apdu), now});
}

std::optional<std::size_t> ServerAssociation::urgent() const {
    if (!has(ConformanceBit::priority_mgmt_supported)) {
        return std::nullopt;
    }
    for (std::size_t i = 0; i < waiting_.size(); ++i) {
        const std::optional<bool> high = priority_of(waiting_[i].apdu);
        if (!high) {
            break;  // blocks, AARQ, RLRQ: nothing goes before them that came behind
        }
        if (*high) {
            return i;
        }
    }
    return std::nullopt;
}

bool ServerAssociation::may_set_aside() const {
    // What was opened is not put back among what is to be opened.
    return state_ == State::serving && event_ && request_.index == 0 && !request_.is_long &&
           !security_.in_force() && !in_general_blocks_ && priority_of(received_) == false;
}

void ServerAssociation::set_aside() {
    advance(Input::set_aside);
    waiting_.insert(waiting_.begin(), {std::move(received_), Instant{}});
    request_ = ServerRequest();
    event_.reset();
}

void ServerAssociation::take_waiting() {
    const auto next = waiting_.begin() + static_cast<std::ptrdiff_t>(urgent().value_or(0));
    const Waiting waiting = std::move(*next);
    waiting_.erase(next);
    receive_in_turn(waiting.apdu, waiting.came);
}

void ServerAssociation::receive_in_turn(ByteView apdu, Instant now) {
    service_tag_ = apdu[0];
    in_general_blocks_ = false;
    security_.forget_opened();
    least_of_answer_ = {};
    const std::size_t limit = configuration_.max_receive_pdu_size;
    if (is_associated() && limit != 0 && apdu.size() > limit) {
        refuse(xdlms::ServiceError::pdu_too_long);
        return;
    }
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::general_block_transfer: receive_general_block(apdu, now); return;
        case xdlms::ApduTag::aarq: receive_aarq(apdu); return;
        case xdlms::ApduTag::rlrq: receive_rlrq(apdu); return;
        default: break;
    }
    if (!open_received(apdu)) {
        return;
    }
    // A whole request shows that the exchange before it is over: a request in blocks that is like
    // an earlier one is then not its repetition.
    const bool confirms =
        static_cast<xdlms::ApduTag>(apdu[0]) == xdlms::ApduTag::data_notification_confirm;
    if (!confirms && !notifies_in_blocks()) {
        block_transfer_.reset();
    }
    receive_whole(apdu);
}

bool ServerAssociation::open_received(ByteView& apdu) {
    if (!security_.in_force() || state_ == State::idle) {
        return true;
    }
    const Result<security::Opened> opened =
        security_.open(apdu, configuration_.security.requests.protection);
    if (!opened) {
        refuse_protection(apdu, opened.error());
        return false;
    }
    apdu = opened->apdu;
    service_tag_ = apdu[0];
    if (security_.opened_by_broadcast_key() && !is_unconfirmed(apdu)) {
        ++counters_.refused_apdus;  // in silence: many heard it
        return false;
    }
    return true;
}

void ServerAssociation::receive_whole(ByteView apdu) {
    if (static_cast<xdlms::ApduTag>(apdu[0]) == xdlms::ApduTag::data_notification_confirm) {
        received_.assign(apdu.begin(), apdu.end());
        receive_notification_confirm();
    } else {
        receive_service(apdu);
    }
}

void ServerAssociation::receive_general_block(ByteView apdu, Instant now) {
    using Received = BlockTransfer::Received;
    if (state_ == State::idle || !has(ConformanceBit::general_block_transfer)) {
        refuse();
        return;
    }
    const auto block = xdlms::decode_general_block_transfer(apdu);
    if (!block) {
        ++counters_.malformed_apdus;
        return;  // a block that is damaged is a block that is lost
    }
    const bool begins = block->block_number == 1 && !block->block_data.empty();
    const bool asked_before =
        std::exchange(asked_meanwhile_, begins && block->block_number_ack == 0);
    if (notifies_in_blocks() && !block->block_data.empty()) {
        // First the notification; what the client sends meanwhile it sends again. A client that
        // then still knows nothing of it, or not any more, does not want it.
        if (asked_meanwhile_ && (asked_before || block_transfer_.is_acknowledged_in_part())) {
            block_transfer_.give_up();
        } else {
            block_transfer_.receive_acknowledgement(*block, now);
            if (notifies_in_blocks()) {
                return;
            }
        }
    }
    if (begins && block_transfer_.is_sending() && !block_transfer_.has_received()) {
        block_transfer_.reset();  // who asks anew has done with the answer to a plain request
    }
    Received received = block_transfer_.receive(*block, now);
    if (received == Received::repeated) {
        // The answer was lost, a copy of the request came late, or a client that never changes its
        // invoke-id asks again. To GET twice does no harm and gives the present value; everything
        // else is done once (a Read may invoke a method). Nor may half of one answer meet half of
        // another, so what takes several blocks is sent again as it was; so is the answer to a
        // protected request, which cannot be made again with the same number.
        if (request_.service != ServerService::get || !block_transfer_.is_one_block() ||
            security_.in_force()) {
            block_transfer_.resend();
            if (!block_transfer_.is_sending()) {
                block_transfer_.acknowledge();  // there was no answer
            }
            return;
        }
        if (block->block_number == 1) {
            block_transfer_.reset();
            received = block_transfer_.receive(*block, now);
        } else {
            block_transfer_.take_back();
            received = Received::apdu;
        }
    }
    if (received == Received::apdu) {
        in_general_blocks_ = true;
        ByteView whole = block_transfer_.apdu();
        service_tag_ = whole[0];
        if (open_received(whole)) {
            receive_service(whole);
        }
    } else if (received == Received::too_long) {
        in_general_blocks_ = true;
        refuse(xdlms::ServiceError::pdu_too_long);
    }
}

bool ServerAssociation::notifies_in_blocks() const {
    return notifying_ && block_transfer_.is_sending();
}

void ServerAssociation::link_lost() {
    waiting_.clear();
    end_association();
    queue_.clear();
    establish_beforehand();
}

void ServerAssociation::end_association() {
    advance(Input::ended);
    conformance_ = {};
    client_max_receive_pdu_size_ = 0;
    request_ = ServerRequest();
    block_transfer_.reset();
    in_general_blocks_ = false;
    released_ = false;
    event_.reset();
    security_.forget_agreement();
    least_of_answer_ = {};
    hls_ = HlsExchange();
    user_id_.reset();
}

std::optional<ByteView> ServerAssociation::poll_transmit() {
    if (const std::optional<ByteView> apdu = queue_.poll()) {
        return apdu;
    }
    prepared_.clear();
    if (block_transfer_.poll_transmit(prepared_)) {
        return ByteView(prepared_);
    }
    return std::nullopt;
}

std::optional<ServerEvent> ServerAssociation::poll_event() {
    if (may_set_aside() && urgent()) {
        set_aside();
    }
    while (is_ready() && !has_event() && !waiting_.empty()) {
        take_waiting();
    }
    if (std::exchange(released_, false)) {
        return AssociationReleased{};
    }
    return std::exchange(event_, std::nullopt);
}

std::size_t ServerAssociation::answer_limit() const {
    return pdu_limit(client_max_receive_pdu_size_);
}

Result<security::ProtectionRequest> ServerAssociation::answer_protection(xdlms::ApduTag tag) const {
    // Before there is an association nothing is asked of answers.
    return security_.answer(tag, state_ == State::idle
                                     ? security::no_protection
                                     : configuration_.security.responses | least_of_answer_);
}

std::size_t ServerAssociation::sealed_size() const {
    const auto how = answer_protection(static_cast<xdlms::ApduTag>(prepared_[0]));
    return how ? security_.sealed_size(prepared_.size(), *how) : prepared_.size();
}

std::size_t ServerAssociation::answer_room(xdlms::ApduTag tag) const {
    const auto how = answer_protection(tag);
    return how ? security_.room(answer_limit(), *how) : answer_limit();
}

void ServerAssociation::seal_prepared() {
    const auto tag = static_cast<xdlms::ApduTag>(prepared_[0]);
    const bool refuses =
        tag == xdlms::ApduTag::exception_response || tag == xdlms::ApduTag::confirmed_service_error;
    const auto how = answer_protection(tag);
    const Status sealed =
        how ? security_.seal(prepared_, *how) : Status(std::unexpected(how.error()));
    if (sealed || refuses) {
        return;
    }
    ++counters_.unsealed_answers;
    prepared_.clear();
    Writer writer(prepared_);
    encode_refusal(writer, xdlms::ServiceError::operation_not_possible);
}

void ServerAssociation::send_prepared() {
    seal_prepared();
    if (in_general_blocks_ && send_in_general_blocks()) {
        return;
    }
    queue_.push().swap(prepared_);
}

bool ServerAssociation::send_in_general_blocks() {
    // An answer in the exchange that the client began goes on with its numbers; else blocks begin.
    if (!in_general_blocks_) {
        block_transfer_.reset();
    }
    notifying_ = false;
    const std::size_t size = block_octets(
        answer_limit() - std::min(answer_limit(), xdlms::general_block_transfer_overhead));
    return size != 0 && block_transfer_.send(prepared_, size, Instant{});
}

void ServerAssociation::refuse(xdlms::ServiceError error) {
    ++counters_.refused_apdus;
    if (security_.opened_by_broadcast_key()) {
        return;  // many heard it, and none answers
    }
    prepared_.clear();
    Writer writer(prepared_);
    encode_refusal(writer, error);
    send_prepared();
}

void ServerAssociation::encode_refusal(Writer& writer, xdlms::ServiceError error) const {
    if (configuration_.referencing == Referencing::logical_name) {
        encode(writer, xdlms::ExceptionResponse{xdlms::StateError::service_not_allowed, error, 0});
        return;
    }
    // Short names have errors of their own (conformance cases APPL_DATA_SN_N1 to N3, and
    // APPL_IDLE_N1 without an association).
    constexpr std::uint8_t other = 0;
    constexpr std::uint8_t pdu_size = 1;
    constexpr std::uint8_t service_unsupported = 2;
    xdlms::ConfirmedServiceError refusal;
    refusal.service = refused_service();
    refusal.group = xdlms::ServiceErrorGroup::service;
    refusal.value = error == xdlms::ServiceError::pdu_too_long            ? pdu_size
                    : error == xdlms::ServiceError::service_not_supported ? service_unsupported
                                                                          : other;
    encode(writer, refusal);
}

xdlms::ConfirmedService ServerAssociation::refused_service() const {
    auto tag = static_cast<xdlms::ApduTag>(service_tag_);
    if (const auto ciphered = security::ciphered_service(tag)) {
        tag = ciphered->service;
    }
    const bool reads = is_associated() && tag == xdlms::ApduTag::read_request;
    const bool writes = is_associated() && tag == xdlms::ApduTag::write_request;
    return reads    ? xdlms::ConfirmedService::read
           : writes ? xdlms::ConfirmedService::write
                    : xdlms::ConfirmedService::initiate_error;
}

void ServerAssociation::refuse_protection(ByteView apdu, const Error& error) {
    ++counters_.refused_apdus;
    ++counters_.refused_protections;
    if (is_for_many(apdu)) {
        return;
    }
    // One answer to whatever is wrong, so that it helps nobody to try; a number that is too low is
    // told, as the standard has it, and is known to everybody who listens.
    prepared_.clear();
    Writer writer(prepared_);
    if (configuration_.referencing == Referencing::short_name) {
        constexpr std::uint8_t deciphering_error = 6;
        encode(writer, xdlms::ConfirmedServiceError{refused_service(),
                                                    xdlms::ServiceErrorGroup::application_reference,
                                                    deciphering_error});
    } else if (error.code == ErrorCode::counter_too_low) {
        encode(writer, xdlms::ExceptionResponse{xdlms::StateError::service_not_allowed,
                                                xdlms::ServiceError::invocation_counter_error,
                                                security_.protection()->next_acceptable()});
    } else {
        const auto service_error = error.code == ErrorCode::insufficient_protection
                                       ? xdlms::ServiceError::operation_not_possible
                                       : xdlms::ServiceError::deciphering_error;
        encode(writer,
               xdlms::ExceptionResponse{xdlms::StateError::service_not_allowed, service_error, 0});
    }
    if (!(in_general_blocks_ && send_in_general_blocks())) {
        queue_.push().swap(prepared_);
    }
}

/// What the meter sends by itself is protected as the policy wants answers to be.
MessageProtection ServerAssociation::unasked() const {
    MessageProtection wanted = configuration_.security.requests;
    wanted.protection = configuration_.security.responses;
    return wanted;
}

template <class Apdu>
Status ServerAssociation::send_unasked(const Apdu& apdu, ConformanceBit bit) {
    if (!is_associated()) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    if (!has(bit)) {
        return fail(ErrorCode::not_negotiated, Layer::association);
    }
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, apdu);
    if (!writer.ok()) {
        return fail(ErrorCode::out_of_range, Layer::association);
    }
    const auto how = security_.protect(static_cast<xdlms::ApduTag>(prepared_[0]), unasked());
    if (!how) {
        return std::unexpected(how.error());
    }
    const bool fits = security_.sealed_size(prepared_.size(), *how) <= answer_limit();
    const bool blocks_are_free = has(ConformanceBit::general_block_transfer) &&
                                 !block_transfer_.is_receiving() && block_transfer_.all_sent() &&
                                 !notifies_in_blocks() && state_ != State::serving;
    if (fits || blocks_are_free) {
        if (const Status sealed = security_.seal(prepared_, *how); !sealed) {
            return sealed;
        }
    }
    if (fits) {
        queue_.push().swap(prepared_);
        return {};
    }
    if (blocks_are_free) {
        in_general_blocks_ = false;
        if (send_in_general_blocks()) {
            notifying_ = true;
            asked_meanwhile_ = false;
            return {};
        }
    }
    return fail(ErrorCode::request_too_long, Layer::association);
}

Status ServerAssociation::notify(const xdlms::DataNotification& notification) {
    return send_unasked(notification, ConformanceBit::data_notification);
}

Status ServerAssociation::notify(const xdlms::EventNotification& notification) {
    return send_unasked(notification, ConformanceBit::event_notification);
}

Status ServerAssociation::notify(const xdlms::InformationReport& report) {
    return send_unasked(report, ConformanceBit::information_report);
}

}  // namespace dlms::association
