// What a server does with a request: its items are handed to the owner one by one, and their
// results put together. Answers that are too long go in general blocks where these were negotiated,
// else in the blocks of their service.

#include <algorithm>

#include "stack/association/block_size.hpp"
#include "stack/association/server_table.hpp"
#include "stack/base/limits.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::association {

using cosem::DataAccessResult;
using xdlms::ConformanceBit;
using xdlms::InvokeIdAndPriority;
using xdlms::RawDataBlock;

namespace {

/// tag, choice, invoke-id and the block's own fields.
constexpr std::size_t pblock_overhead = 3 + xdlms::raw_data_block_overhead;
/// tag, count, choice, last-block, number.
constexpr std::size_t read_block_overhead = 6;
/// Short names number their blocks with two octets.
constexpr std::size_t max_read_blocks = 0xFFFF;

template <class T>
xdlms::List<T> list_of(const T& item) {
    return xdlms::List<T>(std::span<const T>(&item, 1));
}

/// Results of one kind with their count in front, as a list goes over the line.
ByteBuffer counted(std::size_t count, const ByteBuffer& results) {
    ByteBuffer list;
    Writer writer(list);
    axdr::write_length(writer, count);
    writer.bytes(results);
    return list;
}

xdlms::ApduTag answer_tag(ServerService service) {
    switch (service) {
        case ServerService::get: return xdlms::ApduTag::get_response;
        case ServerService::set: return xdlms::ApduTag::set_response;
        case ServerService::action: return xdlms::ApduTag::action_response;
        case ServerService::access: return xdlms::ApduTag::access_response;
        case ServerService::read: return xdlms::ApduTag::read_response;
        case ServerService::write: return xdlms::ApduTag::write_response;
    }
    return xdlms::ApduTag::exception_response;
}

/// Results that we encoded ourselves, so they decode.
template <class T>
xdlms::List<T> decoded(const ByteBuffer& list) {
    return *xdlms::decode_list<T>(list);
}

}  // namespace

void ServerAssociation::take(ServerRequest request) {
    advance(Input::request);  // blocks under way are given up for the new request
    request.results.swap(request_.results);
    request.results.clear();
    request_ = std::move(request);
    request_.confirmed = request_.confirmed && !security_.opened_by_broadcast_key();
    begin_serving();
}

void ServerAssociation::take_first_block(ServerRequest request, const RawDataBlock& block) {
    if (!may_use_blocks(request.service)) {
        return;
    }
    advance(Input::first_block);
    request_ = std::move(request);
    request_.confirmed = request_.confirmed && !security_.opened_by_broadcast_key();
    request_.is_long = true;
    request_.first_apdu.swap(received_);  // the views of the items stay with their octets
    take_block(request_.service, request_.invoke, block);
}

void ServerAssociation::take_block(ServerService service, InvokeIdAndPriority invoke,
                                   const RawDataBlock& block) {
    if (!may_use_blocks(service)) {
        return;
    }
    if (state_ != State::receiving_blocks || request_.service != service ||
        request_.invoke.invoke_id() != invoke.invoke_id()) {
        // The answer goes out in the form of the service that was asked for.
        if (state_ != State::associated) {
            advance(Input::blocks_end);
        }
        request_ = ServerRequest(service, invoke);
        answer_block(DataAccessResult::no_long_set_in_progress, block.block_number);
        return;
    }
    request_.invoke = invoke;
    const bool fits = block.raw_data.size() <= limits::max_long_answer - request_.assembled.size();
    if (block.block_number != request_.last_block + 1 || !fits) {
        advance(Input::blocks_end);
        answer_block(
            fits ? DataAccessResult::data_block_number_invalid : DataAccessResult::long_set_aborted,
            block.block_number);
        return;
    }
    request_.last_block = block.block_number;
    request_.assembled.insert(request_.assembled.end(), block.raw_data.begin(),
                              block.raw_data.end());
    if (block.last_block) {
        take_whole();
    } else {
        acknowledge_block();
    }
}

void ServerAssociation::take_whole() {
    if (!request_.take_assembled()) {
        ++counters_.malformed_apdus;
        advance(Input::blocks_end);
        answer_block(DataAccessResult::type_unmatched, request_.last_block);
        return;
    }
    if (request_.service == ServerService::read || request_.service == ServerService::write) {
        Reader reader(request_.assembled, Layer::xdlms);
        if (!may_name(xdlms::List<xdlms::VariableAccessSpecification>::read(reader))) {
            advance(Input::blocks_end);
            return;
        }
    }
    advance(Input::request);
    begin_serving();
}

void ServerAssociation::begin_serving() {
    // What changes something is refused before, not after it is done.
    if (request_.confirmed && !certain_answer_fits()) {
        refuse_long_answer();
    } else {
        serve_next();
    }
}

bool ServerAssociation::certain_answer_fits() const {
    const bool blocks = in_general_blocks_ ||
                        (has(ConformanceBit::general_block_transfer) && !notifies_in_blocks()) ||
                        (request_.service == ServerService::action &&
                         has(ConformanceBit::block_transfer_with_action));
    return blocks || request_.certain_answer() <= answer_room(answer_tag(request_.service));
}

bool ServerAssociation::is_refused_here(const ServerEvent& item) const {
    if (const auto* get = std::get_if<GetIndication>(&item)) {
        return get->attribute.attribute_id == 0 &&
               !has(ConformanceBit::attribute0_supported_with_get);
    }
    if (const auto* set = std::get_if<SetIndication>(&item)) {
        return set->attribute.attribute_id == 0 &&
               !has(ConformanceBit::attribute0_supported_with_set);
    }
    return false;
}

void ServerAssociation::serve_next() {
    while (!request_.is_done()) {
        if (request_.failed && request_.long_invoke.breaks_on_error()) {
            request_.record_refusal(DataAccessResult::other_reason);
            continue;
        }
        if (request_.results.size() + request_.access_data.size() > limits::max_long_answer) {
            refuse_long_answer();
            return;
        }
        ServerEvent item = request_.indication();
        if (!is_refused_here(item)) {
            emit(std::move(item));
            return;
        }
        request_.record_refusal(DataAccessResult::read_write_denied);
    }
    answer();
}

Status ServerAssociation::answer_get(const xdlms::GetDataResult& result) {
    const bool awaited = state_ == State::serving && !request_.is_done();
    const ServerEvent item = awaited ? request_.indication() : ServerEvent();
    if (!std::holds_alternative<GetIndication>(item) &&
        !std::holds_alternative<ReadIndication>(item)) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    event_.reset();  // it may not have been taken
    request_.record_get(result);
    serve_next();
    return {};
}

Status ServerAssociation::answer_set(DataAccessResult result) {
    const bool awaited = state_ == State::serving && !request_.is_done();
    const ServerEvent item = awaited ? request_.indication() : ServerEvent();
    if (!std::holds_alternative<SetIndication>(item) &&
        !std::holds_alternative<WriteIndication>(item)) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    event_.reset();  // it may not have been taken
    request_.record_set(result);
    serve_next();
    return {};
}

Status ServerAssociation::answer_action(const xdlms::ActionOutcome& outcome) {
    const bool awaited = state_ == State::serving && !request_.is_done();
    const ServerEvent item = awaited ? request_.indication() : ServerEvent();
    if (!std::holds_alternative<ActionIndication>(item)) {
        return fail(ErrorCode::wrong_state, Layer::association);
    }
    event_.reset();  // it may not have been taken
    request_.record_action(outcome);
    serve_next();
    return {};
}

void ServerAssociation::acknowledge_block() {
    const std::uint32_t number = request_.last_block;
    const xdlms::BlockAcknowledged taken_block{static_cast<std::uint16_t>(number)};
    switch (request_.service) {
        case ServerService::set:
            transmit(xdlms::SetResponseDatablock{request_.invoke, number});
            return;
        case ServerService::action:
            transmit(xdlms::ActionResponseNextPblock{request_.invoke, number});
            return;
        case ServerService::read:
            transmit(xdlms::ReadResponse{list_of(xdlms::ReadResult(taken_block))});
            return;
        default: transmit(xdlms::WriteResponse{list_of(xdlms::WriteResult(taken_block))}); return;
    }
}

void ServerAssociation::answer_block(DataAccessResult refusal, std::uint32_t number) {
    switch (request_.service) {
        case ServerService::get:
            transmit(xdlms::GetResponseWithDatablock{request_.invoke, true, number, refusal});
            return;
        case ServerService::set:
            transmit(xdlms::SetResponseLastDatablock{request_.invoke, refusal, number});
            return;
        case ServerService::action: {
            // Actions know two words for what the other services have four for.
            const bool none = refusal == DataAccessResult::no_long_set_in_progress ||
                              refusal == DataAccessResult::no_long_get_in_progress;
            const auto result = none ? cosem::ActionResult::no_long_action_in_progress
                                : refusal == DataAccessResult::type_unmatched
                                    ? cosem::ActionResult::type_unmatched
                                    : cosem::ActionResult::long_action_aborted;
            transmit(xdlms::ActionResponseNormal{request_.invoke, {result, std::nullopt}});
            return;
        }
        case ServerService::read:
            transmit(xdlms::ReadResponse{list_of(xdlms::ReadResult(refusal))});
            return;
        default: transmit(xdlms::WriteResponse{list_of(xdlms::WriteResult(refusal))}); return;
    }
}

void ServerAssociation::answer() {
    if (!request_.confirmed) {
        advance(Input::answered);
        if (in_general_blocks_) {
            block_transfer_.acknowledge();  // there is no answer that would
        }
        return;
    }
    encode_answer();
    const bool fits = sealed_size() <= answer_limit();
    const bool blocks =
        in_general_blocks_ ||
        (!fits && has(ConformanceBit::general_block_transfer) && !notifies_in_blocks());
    if (fits || blocks) {
        seal_prepared();
    }
    if (blocks && send_in_general_blocks()) {
        advance(Input::answered);
    } else if (fits) {
        advance(Input::answered);
        queue_.push().swap(prepared_);
    } else if (in_general_blocks_) {
        refuse_long_answer();
    } else {
        begin_long_answer();
    }
}

void ServerAssociation::encode_answer() {
    prepared_.clear();
    Writer writer(prepared_);
    const ServerRequest& request = request_;
    const ByteBuffer list =
        request.with_list ? counted(request.count, request.results) : ByteBuffer();
    Reader single(request.results, Layer::xdlms);
    switch (request.service) {
        case ServerService::get:
            if (request.with_list) {
                xdlms::encode(writer, xdlms::GetResponseWithList{
                                          request.invoke, decoded<xdlms::GetDataResult>(list)});
            } else {
                xdlms::encode(writer, xdlms::GetResponseNormal{
                                          request.invoke, xdlms::read_get_data_result(single)});
            }
            return;
        case ServerService::set:
            if (request.with_list && request.is_long) {
                xdlms::encode(writer, xdlms::SetResponseLastDatablockWithList{
                                          request.invoke, decoded<DataAccessResult>(list),
                                          request.last_block});
            } else if (request.with_list) {
                xdlms::encode(writer, xdlms::SetResponseWithList{request.invoke,
                                                                 decoded<DataAccessResult>(list)});
            } else if (request.is_long) {
                xdlms::encode(writer, xdlms::SetResponseLastDatablock{
                                          request.invoke, xdlms::read_data_access_result(single),
                                          request.last_block});
            } else {
                xdlms::encode(writer, xdlms::SetResponseNormal{
                                          request.invoke, xdlms::read_data_access_result(single)});
            }
            return;
        case ServerService::action:
            if (request.with_list) {
                xdlms::encode(writer, xdlms::ActionResponseWithList{
                                          request.invoke, decoded<xdlms::ActionOutcome>(list)});
            } else {
                xdlms::encode(writer, xdlms::ActionResponseNormal{
                                          request.invoke, xdlms::read_action_outcome(single)});
            }
            return;
        case ServerService::access: {
            const ByteBuffer data = counted(request.count, request.access_data);
            xdlms::AccessResponse response;
            response.long_invoke_id_and_priority = request.long_invoke;
            if (request.long_invoke.is_self_descriptive()) {
                response.request_specifications = request.specifications;
            }
            response.data = decoded<axdr::DataView>(data);
            response.results = decoded<xdlms::AccessResult>(list);
            xdlms::encode(writer, response);
            return;
        }
        case ServerService::read:
            xdlms::encode(writer, xdlms::ReadResponse{decoded<xdlms::ReadResult>(list)});
            return;
        case ServerService::write:
            xdlms::encode(writer, xdlms::WriteResponse{decoded<xdlms::WriteResult>(list)});
            return;
    }
}

void ServerAssociation::begin_long_answer() {
    const bool get_blocks = has(ConformanceBit::block_transfer_with_get_or_read);
    const bool action_blocks = has(ConformanceBit::block_transfer_with_action);
    ServerRequest& request = request_;
    switch (request.service) {
        case ServerService::get:
            // One Data goes without its choice; a refusal always fits.
            if (get_blocks && request.with_list) {
                request.answer = counted(request.count, request.results);
            } else if (get_blocks) {
                request.answer.assign(request.results.begin() + 1, request.results.end());
            }
            break;
        case ServerService::action:
            if (action_blocks) {
                request.answer =
                    request.with_list ? counted(request.count, request.results) : request.results;
            }
            break;
        case ServerService::read:
            if (get_blocks) {
                request.answer = counted(request.count, request.results);
            }
            if (request.answer.size() > max_read_blocks * block_room()) {
                request.answer.clear();
            }
            break;
        default: break;
    }
    if (request.answer.empty() || block_room() == 0) {
        refuse_long_answer();
        return;
    }
    advance(Input::long_answer);
    request.answer_sent = 0;
    request.last_block = 0;
    send_block();
}

void ServerAssociation::refuse_long_answer() {
    advance(Input::answered);
    if (!request_.confirmed) {
        return;
    }
    if (request_.is_done() && request_.leave_out_data()) {
        encode_answer();  // what was done is told, though not what it returned
        if (sealed_size() <= answer_limit()) {
            send_prepared();
            return;
        }
    }
    if (request_.service == ServerService::get && !request_.with_list) {
        transmit(
            xdlms::GetResponseNormal{request_.invoke, DataAccessResult::data_block_unavailable});
    } else if (request_.service == ServerService::action && !request_.with_list) {
        transmit(xdlms::ActionResponseNormal{
            request_.invoke, {cosem::ActionResult::data_block_unavailable, std::nullopt}});
    } else {
        refuse(xdlms::ServiceError::pdu_too_long);
    }
}

void ServerAssociation::fetch_block(ServerService service, InvokeIdAndPriority invoke,
                                    std::uint32_t number) {
    if (!may_use_blocks(service)) {
        return;
    }
    if (state_ != State::sending_blocks || request_.service != service) {
        if (state_ != State::associated) {
            advance(Input::blocks_end);
        }
        request_ = ServerRequest(service, invoke);
        answer_block(DataAccessResult::no_long_get_in_progress, number);
        return;
    }
    request_.invoke = invoke;
    if (number != request_.last_block) {
        advance(Input::blocks_end);
        answer_block(DataAccessResult::data_block_number_invalid, number);
        return;
    }
    send_block();
}

/// Octets of a block of the present answer.
std::size_t ServerAssociation::block_room() const {
    const std::size_t overhead = request_.service == ServerService::get
                                     ? xdlms::get_datablock_overhead
                                 : request_.service == ServerService::action ? pblock_overhead
                                                                             : read_block_overhead;
    const std::size_t room = answer_room(answer_tag(request_.service));
    return block_octets(room - std::min(room, overhead));
}

void ServerAssociation::send_block() {
    ServerRequest& request = request_;
    const std::size_t room = block_room();
    if (room == 0) {  // the client has chosen an envelope that leaves none
        advance(Input::blocks_end);
        answer_block(DataAccessResult::long_get_aborted, request.last_block);
        return;
    }
    const std::size_t left = request.answer.size() - request.answer_sent;
    const std::size_t size = std::min(room, left);
    const ByteView octets = ByteView(request.answer).subspan(request.answer_sent, size);
    const bool last = size == left;
    ++request.last_block;
    switch (request.service) {
        case ServerService::get:
            transmit(
                xdlms::GetResponseWithDatablock{request.invoke, last, request.last_block, octets});
            break;
        case ServerService::action:
            transmit(xdlms::ActionResponseWithPblock{request.invoke,
                                                     {last, request.last_block, octets}});
            break;
        default:
            transmit(xdlms::ReadResponse{list_of(xdlms::ReadResult(xdlms::DataBlockResult{
                last, static_cast<std::uint16_t>(request.last_block), octets}))});
            break;
    }
    request.answer_sent += size;
    advance(last ? Input::blocks_end : Input::block);
}

}  // namespace dlms::association
