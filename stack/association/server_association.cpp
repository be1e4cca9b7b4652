// The association and what it sends; the table is in server_table.hpp, admission in
// server_admission.cpp, the services in server_services.cpp.

#include "stack/association/server_association.hpp"

#include <algorithm>
#include <utility>

#include "stack/association/block_size.hpp"
#include "stack/association/server_table.hpp"
#include "stack/base/machine.hpp"
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

}  // namespace

ServerConfiguration ServerConfiguration::clone() const {
    ServerConfiguration copy;
    copy.referencing = referencing;
    copy.mechanism = mechanism;
    copy.password = password.clone();
    copy.supported_conformance = supported_conformance;
    copy.max_receive_pdu_size = max_receive_pdu_size;
    copy.block_window = block_window;
    copy.answer_unconfirmed = answer_unconfirmed;
    copy.get_tolerance = get_tolerance;
    copy.initiate_tolerance = initiate_tolerance;
    return copy;
}

ServerAssociation::ServerAssociation(ServerConfiguration configuration)
    : configuration_(std::move(configuration)),
      block_transfer_(block_configuration(configuration_)) {}

acse::ApplicationContext ServerAssociation::context() const {
    return configuration_.referencing == Referencing::logical_name ? acse::ApplicationContext::ln
                                                                   : acse::ApplicationContext::sn;
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
    if (!is_ready() || apdu.empty()) {
        ++counters_.dropped_apdus;
        return;
    }
    service_tag_ = apdu[0];
    in_general_blocks_ = false;
    const std::size_t limit = configuration_.max_receive_pdu_size;
    if (is_associated() && limit != 0 && apdu.size() > limit) {
        refuse(xdlms::ServiceError::pdu_too_long);
        return;
    }
    switch (static_cast<xdlms::ApduTag>(apdu[0])) {
        case xdlms::ApduTag::general_block_transfer: receive_general_block(apdu, now); return;
        case xdlms::ApduTag::aarq: receive_aarq(apdu); return;
        case xdlms::ApduTag::rlrq: receive_rlrq(apdu); return;
        case xdlms::ApduTag::data_notification_confirm:
            received_.assign(apdu.begin(), apdu.end());
            receive_notification_confirm();
            return;
        default:
            // A whole request shows that the exchange before it is over: a request in blocks that
            // is like an earlier one is then not its repetition.
            if (!notifies_in_blocks()) {
                block_transfer_.reset();
            }
            receive_service(apdu);
            return;
    }
}

void ServerAssociation::receive_general_block(ByteView apdu, Instant now) {
    using Received = BlockTransfer::Received;
    if (!is_associated() || !has(ConformanceBit::general_block_transfer)) {
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
        // another, so what takes several blocks is sent again as it was.
        if (request_.service != ServerService::get || !block_transfer_.is_one_block()) {
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
        const ByteView whole = block_transfer_.apdu();
        service_tag_ = whole[0];
        receive_service(whole);
    } else if (received == Received::too_long) {
        in_general_blocks_ = true;
        refuse(xdlms::ServiceError::pdu_too_long);
    }
}

bool ServerAssociation::notifies_in_blocks() const {
    return notifying_ && block_transfer_.is_sending();
}

void ServerAssociation::link_lost() {
    end_association();
    queue_.clear();
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
    if (std::exchange(released_, false)) {
        return AssociationReleased{};
    }
    return std::exchange(event_, std::nullopt);
}

std::size_t ServerAssociation::answer_limit() const {
    return pdu_limit(client_max_receive_pdu_size_);
}

void ServerAssociation::send_prepared() {
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
    if (configuration_.referencing == Referencing::logical_name) {
        transmit(xdlms::ExceptionResponse{xdlms::StateError::service_not_allowed, error, 0});
        return;
    }
    // Short names have errors of their own (conformance cases APPL_DATA_SN_N1 to N3, and
    // APPL_IDLE_N1 without an association).
    const auto tag = static_cast<xdlms::ApduTag>(service_tag_);
    const bool reads = is_associated() && tag == xdlms::ApduTag::read_request;
    const bool writes = is_associated() && tag == xdlms::ApduTag::write_request;
    xdlms::ConfirmedServiceError refusal;
    refusal.service = reads    ? xdlms::ConfirmedService::read
                      : writes ? xdlms::ConfirmedService::write
                               : xdlms::ConfirmedService::initiate_error;
    refusal.group = xdlms::ServiceErrorGroup::service;
    constexpr std::uint8_t other = 0;
    constexpr std::uint8_t pdu_size = 1;
    constexpr std::uint8_t service_unsupported = 2;
    refusal.value = error == xdlms::ServiceError::pdu_too_long            ? pdu_size
                    : error == xdlms::ServiceError::service_not_supported ? service_unsupported
                                                                          : other;
    transmit(refusal);
}

Status ServerAssociation::notify(const xdlms::DataNotification& notification) {
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, notification);
    return send_unasked(ConformanceBit::data_notification);
}

Status ServerAssociation::notify(const xdlms::EventNotification& notification) {
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, notification);
    return send_unasked(ConformanceBit::event_notification);
}

Status ServerAssociation::notify(const xdlms::InformationReport& report) {
    prepared_.clear();
    Writer writer(prepared_);
    xdlms::encode(writer, report);
    return send_unasked(ConformanceBit::information_report);
}

Status ServerAssociation::send_unasked(ConformanceBit bit) {
    if (!is_associated()) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    if (!has(bit)) {
        return fail(ErrorCode::not_negotiated, Layer::association);
    }
    if (prepared_.size() <= answer_limit()) {
        queue_.push().swap(prepared_);
        return {};
    }
    const bool blocks_are_free = has(ConformanceBit::general_block_transfer) &&
                                 !block_transfer_.is_receiving() && block_transfer_.all_sent() &&
                                 !notifies_in_blocks() && state_ != State::serving;
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

}  // namespace dlms::association
