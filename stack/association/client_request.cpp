// One request as a table. What has no row is a step out of turn; it ends the request with
// unexpected_apdu and leaves the association as it was, since every later answer to this request is
// dropped by its invoke-id.

#include "stack/association/client_request.hpp"

#include <algorithm>

#include "stack/base/limits.hpp"
#include "stack/base/transition_table.hpp"

namespace dlms::association {

enum class ClientRequest::Input : std::uint8_t {
    answer,       // the whole answer, a refusal, or a failure
    block,        // one block of the answer, more to come
    send_blocks,  // the request is longer than an APDU
    next_block,   // the peer took a block, more to be sent
    last_block,   // the peer took a block, the last one is sent now
};

struct ClientRequest::Table {
    using Row = Transition<State, Input>;
    static constexpr Row rows[] = {
        {State::awaiting, Input::answer, State::ended},
        {State::awaiting, Input::block, State::receiving},
        {State::awaiting, Input::send_blocks, State::sending},

        {State::sending, Input::next_block, State::sending},
        {State::sending, Input::last_block, State::awaiting},
        {State::sending, Input::answer, State::ended},  // refused before its end

        {State::receiving, Input::block, State::receiving},
        {State::receiving, Input::answer, State::ended},
    };
};

namespace {

using xdlms::RawDataBlock;

/// What a block of an answer counts at least towards the longest answer, in octets.
constexpr std::size_t least_charge = 1024;

Error error_of(ErrorCode code) {
    return Error{code, Layer::association, 0};
}

/// A list of one item, which must outlive it.
template <class T>
xdlms::List<T> list_of(const T& item) {
    return xdlms::List<T>(std::span<const T>(&item, 1));
}

}  // namespace

bool ClientRequest::advance(Input input) {
    const std::optional<State> next =
        next_state(std::span<const Table::Row>(Table::rows), state_, input);
    if (next) {
        state_ = *next;
    }
    return next.has_value();
}

void ClientRequest::send_rest(ByteBuffer payload, std::size_t first_block, std::size_t block_size) {
    payload_ = std::move(payload);
    sent_ = first_block;
    block_size_ = block_size;
    block_sent_ = 1;
    if (sent_ < payload_.size()) {
        advance(Input::send_blocks);
    }
}

ClientRequest::Step ClientRequest::complete(ClientEvent event) {
    advance(Input::answer);
    return {false, std::move(event)};
}

ClientRequest::Step ClientRequest::fail(RequestFailure reason) {
    return complete(RequestFailed{id_, std::move(reason)});
}

ClientRequest::Step ClientRequest::fail(ErrorCode code) {
    return fail(RequestFailure(error_of(code)));
}

std::optional<ClientRequest::Step> ClientRequest::take_block(ByteView octets, std::uint32_t number,
                                                             bool last) {
    if (state_ == State::sending) {
        return fail(ErrorCode::unexpected_apdu);
    }
    if (duplicates_possible && number != 0 && number == block_received_) {
        return Step();
    }
    if (number != block_received_ + 1) {
        return fail(ErrorCode::wrong_block_number);
    }
    // A block costs a round trip however little it holds: so endless small ones end in time too.
    charged_ += std::max(octets.size(), least_charge);
    if (charged_ > max_answer) {
        return fail(ErrorCode::answer_too_long);
    }
    block_received_ = number;
    assembled_.insert(assembled_.end(), octets.begin(), octets.end());
    if (!last) {
        advance(Input::block);
    }
    return std::nullopt;
}

std::optional<ClientRequest::Step> ClientRequest::next_block(std::uint32_t number,
                                                             RawDataBlock& block) {
    if (duplicates_possible && number != 0 && number + 1 == block_sent_) {
        return Step();
    }
    if (state_ != State::sending) {
        return fail(ErrorCode::unexpected_apdu);
    }
    if (number != block_sent_) {
        return fail(ErrorCode::wrong_block_number);
    }
    const std::size_t size = std::min(block_size_, payload_.size() - sent_);
    block.block_number = ++block_sent_;
    block.raw_data = ByteView(payload_).subspan(sent_, size);
    sent_ += size;
    block.last_block = sent_ == payload_.size();
    advance(block.last_block ? Input::last_block : Input::next_block);
    return std::nullopt;
}

ClientRequest::Step ClientRequest::take(const xdlms::GetResponse& response, ByteBuffer& out,
                                        ByteBuffer& received) {
    if (const auto* normal = std::get_if<xdlms::GetResponseNormal>(&response)) {
        if (service_ == ClientService::get) {
            return complete(GetCompleted{id_, normal->result});
        }
        const auto* refusal = std::get_if<cosem::DataAccessResult>(&normal->result);
        return refusal ? fail(RequestFailure(*refusal)) : fail(ErrorCode::unexpected_apdu);
    }
    if (const auto* list = std::get_if<xdlms::GetResponseWithList>(&response)) {
        if (service_ != ClientService::get_list) {
            return fail(ErrorCode::unexpected_apdu);
        }
        if (list->results.size() != count_) {
            return fail(ErrorCode::list_count_mismatch);
        }
        return complete(GetListCompleted{id_, list->results});
    }
    const auto& part = std::get<xdlms::GetResponseWithDatablock>(response);
    if (const auto* refusal = std::get_if<cosem::DataAccessResult>(&part.block)) {
        if (service_ != ClientService::get) {
            return fail(RequestFailure(*refusal));
        }
        return complete(GetCompleted{id_, *refusal});
    }
    if (auto failed =
            take_block(std::get<ByteView>(part.block), part.block_number, part.last_block)) {
        return *failed;
    }
    if (part.last_block) {
        return complete_get(received);
    }
    Writer writer(out);
    xdlms::encode(writer, xdlms::GetRequestNext{invoke_, block_received_});
    return {true, std::nullopt};
}

ClientRequest::Step ClientRequest::complete_get(ByteBuffer& received) {
    received.swap(assembled_);
    if (service_ == ClientService::get) {
        const Result<axdr::DataView> data = axdr::parse_data(received);
        if (!data) {
            return fail(RequestFailure(data.error()));
        }
        return complete(GetCompleted{id_, *data});
    }
    const auto results = xdlms::decode_list<xdlms::GetDataResult>(received);
    if (!results) {
        return fail(RequestFailure(results.error()));
    }
    if (results->size() != count_) {
        return fail(ErrorCode::list_count_mismatch);
    }
    return complete(GetListCompleted{id_, *results});
}

ClientRequest::Step ClientRequest::take(const xdlms::SetResponse& response, ByteBuffer& out) {
    const bool is_list = service_ == ClientService::set_list;
    if (const auto* taken = std::get_if<xdlms::SetResponseDatablock>(&response)) {
        RawDataBlock block;
        if (auto ended = next_block(taken->block_number, block)) {
            return *ended;
        }
        Writer writer(out);
        xdlms::encode(writer, xdlms::SetRequestWithDatablock{invoke_, block});
        return {true, std::nullopt};
    }
    const auto* normal = std::get_if<xdlms::SetResponseNormal>(&response);
    const auto* last = std::get_if<xdlms::SetResponseLastDatablock>(&response);
    if (normal || last) {
        const cosem::DataAccessResult result = normal ? normal->result : last->result;
        if (result == cosem::DataAccessResult::success && (is_list || state_ == State::sending)) {
            return fail(ErrorCode::unexpected_apdu);
        }
        // Done is only what the peer has whole (protocol: the response carries the number that came
        // last); a refusal counts whatever its number.
        if (result == cosem::DataAccessResult::success && last &&
            last->block_number != block_sent_) {
            return fail(ErrorCode::wrong_block_number);
        }
        return is_list ? fail(RequestFailure(result)) : complete(SetCompleted{id_, result});
    }
    const auto* list = std::get_if<xdlms::SetResponseWithList>(&response);
    const auto* last_of_list = std::get_if<xdlms::SetResponseLastDatablockWithList>(&response);
    const auto& results = list ? list->results : last_of_list->results;
    if (!is_list || state_ == State::sending) {
        return fail(ErrorCode::unexpected_apdu);
    }
    if (last_of_list && last_of_list->block_number != block_sent_) {
        return fail(ErrorCode::wrong_block_number);
    }
    if (results.size() != count_) {
        return fail(ErrorCode::list_count_mismatch);
    }
    return complete(SetListCompleted{id_, results});
}

ClientRequest::Step ClientRequest::take(const xdlms::ActionResponse& response, ByteBuffer& out,
                                        ByteBuffer& received) {
    const bool is_list = service_ == ClientService::action_list;
    if (const auto* normal = std::get_if<xdlms::ActionResponseNormal>(&response)) {
        const cosem::ActionResult result = normal->outcome.result;
        if (result == cosem::ActionResult::success && (is_list || state_ == State::sending)) {
            return fail(ErrorCode::unexpected_apdu);
        }
        // The codes of both services are the same.
        return is_list ? fail(RequestFailure(static_cast<cosem::DataAccessResult>(result)))
                       : complete(ActionCompleted{id_, normal->outcome});
    }
    if (const auto* list = std::get_if<xdlms::ActionResponseWithList>(&response)) {
        if (!is_list || state_ == State::sending) {
            return fail(ErrorCode::unexpected_apdu);
        }
        if (list->outcomes.size() != count_) {
            return fail(ErrorCode::list_count_mismatch);
        }
        return complete(ActionListCompleted{id_, list->outcomes});
    }
    if (const auto* taken = std::get_if<xdlms::ActionResponseNextPblock>(&response)) {
        RawDataBlock block;
        if (auto failed = next_block(taken->block_number, block)) {
            return *failed;
        }
        Writer writer(out);
        xdlms::encode(writer, xdlms::ActionRequestWithPblock{invoke_, block});
        return {true, std::nullopt};
    }
    const RawDataBlock& block = std::get<xdlms::ActionResponseWithPblock>(response).block;
    if (auto failed = take_block(block.raw_data, block.block_number, block.last_block)) {
        return *failed;
    }
    if (block.last_block) {
        return complete_action(received);
    }
    Writer writer(out);
    xdlms::encode(writer, xdlms::ActionRequestNextPblock{invoke_, block_received_});
    return {true, std::nullopt};
}

ClientRequest::Step ClientRequest::complete_action(ByteBuffer& received) {
    received.swap(assembled_);
    const auto outcomes = xdlms::decode_list<xdlms::ActionOutcome>(received);
    if (service_ == ClientService::action_list) {
        if (!outcomes) {
            return fail(RequestFailure(outcomes.error()));
        }
        if (outcomes->size() != count_) {
            return fail(ErrorCode::list_count_mismatch);
        }
        return complete(ActionListCompleted{id_, *outcomes});
    }
    // What the blocks of one method's answer hold is written down nowhere: its outcome, or a list
    // of that one. Not both can be read from the same octets, so both are taken.
    Reader reader(received, Layer::xdlms);
    const xdlms::ActionOutcome outcome = xdlms::read_action_outcome(reader);
    reader.expect_end();
    if (reader.ok()) {
        return complete(ActionCompleted{id_, outcome});
    }
    if (outcomes && outcomes->size() == 1) {
        return complete(ActionCompleted{id_, *outcomes->begin()});
    }
    return fail(RequestFailure(reader.failure().error()));
}

ClientRequest::Step ClientRequest::take(const xdlms::AccessResponse& response) {
    if (response.results.size() != count_) {
        return fail(ErrorCode::list_count_mismatch);
    }
    return complete(AccessCompleted{id_, response});
}

ClientRequest::Step ClientRequest::take(const xdlms::ReadResponse& response, ByteBuffer& out,
                                        ByteBuffer& received) {
    const bool single = response.results.size() == 1;
    const xdlms::ReadResult first =
        single ? *response.results.begin() : xdlms::ReadResult(axdr::DataView());
    if (const auto* part = std::get_if<xdlms::DataBlockResult>(&first)) {
        if (auto failed = take_block(part->raw_data, part->block_number, part->last_block)) {
            return *failed;
        }
        if (!part->last_block) {
            const xdlms::VariableAccessSpecification next =
                xdlms::BlockNumberAccess{part->block_number};
            Writer writer(out);
            xdlms::encode(writer, xdlms::ReadRequest{list_of(next)});
            return {true, std::nullopt};
        }
        received.swap(assembled_);
        const auto results = xdlms::decode_list<xdlms::ReadResult>(received);
        if (!results) {
            return fail(RequestFailure(results.error()));
        }
        return complete_read(*results);
    }
    if (const auto* taken = std::get_if<xdlms::BlockAcknowledged>(&first)) {
        RawDataBlock block;
        if (auto failed = next_block(taken->block_number, block)) {
            return *failed;
        }
        const xdlms::VariableAccessSpecification next = xdlms::ReadDataBlockAccess{
            block.last_block, static_cast<std::uint16_t>(block.block_number), block.raw_data};
        Writer writer(out);
        xdlms::encode(writer, xdlms::ReadRequest{list_of(next)});
        return {true, std::nullopt};
    }
    const auto* refusal = single ? std::get_if<cosem::DataAccessResult>(&first) : nullptr;
    if (refusal && count_ != 1) {
        return fail(RequestFailure(*refusal));
    }
    return complete_read(response.results);
}

ClientRequest::Step ClientRequest::complete_read(const xdlms::List<xdlms::ReadResult>& results) {
    const bool answers = std::all_of(results.begin(), results.end(),
                                     [](const auto& item) { return item.index() <= 1; });
    const bool refused =
        results.size() == 1 && std::holds_alternative<cosem::DataAccessResult>(*results.begin());
    if (!answers || (state_ == State::sending && !refused)) {
        return fail(ErrorCode::unexpected_apdu);
    }
    if (results.size() != count_) {
        return fail(ErrorCode::list_count_mismatch);
    }
    return complete(ReadCompleted{id_, results});
}

ClientRequest::Step ClientRequest::take(const xdlms::WriteResponse& response, ByteBuffer& out) {
    bool refused = false;
    if (response.results.size() == 1) {
        const xdlms::WriteResult first = *response.results.begin();
        if (const auto* taken = std::get_if<xdlms::BlockAcknowledged>(&first)) {
            RawDataBlock block;
            if (auto failed = next_block(taken->block_number, block)) {
                return *failed;
            }
            Writer writer(out);
            encode_write_block(writer, block);
            return {true, std::nullopt};
        }
        const auto* refusal = std::get_if<cosem::DataAccessResult>(&first);
        if (refusal && count_ != 1) {
            return fail(RequestFailure(*refusal));
        }
        refused = refusal != nullptr;
    }
    const bool answers = std::all_of(response.results.begin(), response.results.end(),
                                     [](const auto& item) { return item.index() <= 1; });
    if (!answers || (state_ == State::sending && !refused)) {
        return fail(ErrorCode::unexpected_apdu);
    }
    if (response.results.size() != count_) {
        return fail(ErrorCode::list_count_mismatch);
    }
    return complete(WriteCompleted{id_, response.results});
}

void encode_write_block(Writer& writer, const RawDataBlock& block) {
    ByteBuffer value{static_cast<Byte>(axdr::Tag::octet_string)};
    Writer value_writer(value);
    axdr::write_octet_string(value_writer, block.raw_data);
    const xdlms::VariableAccessSpecification announced = xdlms::WriteDataBlockAccess{
        block.last_block, static_cast<std::uint16_t>(block.block_number)};
    // We wrote the octet-string, so it reads.
    const axdr::DataView data = *axdr::parse_data(value);
    xdlms::encode(writer, xdlms::WriteRequest{list_of(announced), list_of(data)});
}

}  // namespace dlms::association
