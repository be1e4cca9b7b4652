#include "render/apdu_joins.hpp"

#include <algorithm>
#include <utility>

#include "stack/hdlc/llc.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/general_block_transfer.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/read_write.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::render {
namespace {

using namespace xdlms;

std::unexpected<Error> no_apdu() {
    return fail(ErrorCode::unknown_choice, Layer::xdlms);
}

template <class Apdu>
ByteBuffer encoded(const Apdu& apdu) {
    ByteBuffer octets;
    Writer writer(octets);
    encode(writer, apdu);
    return octets;
}

/// Blocks that are one Data, or what `from_list` makes of a list of Data.
template <class Normal>
Result<ByteBuffer> with_data(ByteView joined, Normal from_data) {
    const Result<axdr::DataView> data = axdr::parse_data(joined);
    return data ? Result<ByteBuffer>(encoded(from_data(*data))) : std::unexpected(data.error());
}
template <class WithList>
Result<ByteBuffer> with_list(ByteView joined, WithList from_list) {
    const auto list = decode_list<axdr::DataView>(joined);
    return list ? Result<ByteBuffer>(encoded(from_list(*list))) : std::unexpected(list.error());
}

/// Whether the request asked for one or for a list stands elsewhere; no octets are both answers.
Result<ByteBuffer> whole(const GetResponse& first, ByteView joined) {
    const auto& block = std::get<GetResponseWithDatablock>(first);
    const auto results = decode_list<GetDataResult>(joined);
    const auto data = axdr::parse_data(joined);
    if (!data && results) {
        return encoded(GetResponseWithList{block.invoke_id_and_priority, *results});
    }
    return data
               ? Result<ByteBuffer>(encoded(GetResponseNormal{block.invoke_id_and_priority, *data}))
               : std::unexpected(data.error());
}

Result<ByteBuffer> whole(const SetRequest& first, ByteView joined) {
    if (const auto* one = std::get_if<SetRequestWithFirstDatablock>(&first)) {
        return with_data(joined, [&](const axdr::DataView& data) {
            return SetRequestNormal{one->invoke_id_and_priority, one->attribute,
                                    one->access_selection, data};
        });
    }
    if (const auto* list = std::get_if<SetRequestWithListAndFirstDatablock>(&first)) {
        return with_list(joined, [&](const List<axdr::DataView>& values) {
            return SetRequestWithList{list->invoke_id_and_priority, list->attributes, values};
        });
    }
    return no_apdu();
}

Result<ByteBuffer> whole(const ActionRequest& first, ByteView joined) {
    if (const auto* one = std::get_if<ActionRequestWithFirstPblock>(&first)) {
        return with_data(joined, [&](const axdr::DataView& data) {
            return ActionRequestNormal{one->invoke_id_and_priority, one->method, data};
        });
    }
    if (const auto* list = std::get_if<ActionRequestWithListAndFirstPblock>(&first)) {
        return with_list(joined, [&](const List<axdr::DataView>& values) {
            return ActionRequestWithList{list->invoke_id_and_priority, list->methods, values};
        });
    }
    return no_apdu();
}

/// One outcome, or a list of them, as the association takes both.
Result<ByteBuffer> whole(const ActionResponse& first, ByteView joined) {
    const auto& block = std::get<ActionResponseWithPblock>(first);
    Reader reader(joined, Layer::xdlms);
    const ActionOutcome outcome = read_action_outcome(reader);
    reader.expect_end();
    if (reader.ok()) {
        return encoded(ActionResponseNormal{block.invoke_id_and_priority, outcome});
    }
    const auto outcomes = decode_list<ActionOutcome>(joined);
    return outcomes ? Result<ByteBuffer>(
                          encoded(ActionResponseWithList{block.invoke_id_and_priority, *outcomes}))
                    : std::unexpected(outcomes.error());
}

template <class Apdu>
Result<ByteBuffer> whole_of(const Result<Apdu>& first, ByteView joined) {
    return first ? whole(*first, joined) : std::unexpected(first.error());
}

/// The APDU that the blocks are, `first` being the one with the first block.
Result<ByteBuffer> assemble(ByteView first, ByteView joined) {
    switch (static_cast<ApduTag>(first[0])) {
        case ApduTag::general_block_transfer: return to_buffer(joined);
        case ApduTag::get_response: return whole_of(decode_get_response(first), joined);
        case ApduTag::set_request: return whole_of(decode_set_request(first), joined);
        case ApduTag::action_request: return whole_of(decode_action_request(first), joined);
        case ApduTag::action_response: return whole_of(decode_action_response(first), joined);
        default: {
            // The blocks of short names hold what stands behind the tag.
            ByteBuffer apdu{first[0]};
            apdu.insert(apdu.end(), joined.begin(), joined.end());
            return apdu;
        }
    }
}

/// The tag, and the invoke-id of the services that have one.
std::uint16_t service_of(ByteView apdu) {
    const bool has_invoke_id = apdu[0] >= static_cast<Byte>(ApduTag::get_request);
    const unsigned invoke_id = has_invoke_id && apdu.size() > 2 ? apdu[2] & 0x0Fu : 0u;
    return static_cast<std::uint16_t>(unsigned{apdu[0]} << 4 | invoke_id);
}

std::uint32_t number_of(const hdlc::Address& address) {
    return std::uint32_t{address.upper} << 16 | address.lower;
}

}  // namespace

Way way_of(const hdlc::Frame& frame, std::uint8_t side) {
    return {number_of(frame.source), number_of(frame.destination), side};
}

std::optional<ApduJoins::Block> ApduJoins::block_in(ByteView apdu) {
    const auto raw = [](const RawDataBlock& block) {
        return Block{block.block_number, block.last_block, block.raw_data};
    };
    const auto any = [&](const auto& decoded) -> std::optional<Block> {
        return decoded ? std::visit(
                             [&](const auto& choice) -> std::optional<Block> {
                                 if constexpr (requires { raw(choice.block); }) {
                                     return raw(choice.block);
                                 }
                                 return std::nullopt;
                             },
                             *decoded)
                       : std::nullopt;
    };
    switch (static_cast<ApduTag>(apdu[0])) {
        case ApduTag::set_request: return any(decode_set_request(apdu));
        case ApduTag::action_request: return any(decode_action_request(apdu));
        case ApduTag::action_response: return any(decode_action_response(apdu));
        case ApduTag::get_response: {
            const auto response = decode_get_response(apdu);
            const auto* part =
                response ? std::get_if<GetResponseWithDatablock>(&*response) : nullptr;
            const auto* octets = part ? std::get_if<ByteView>(&part->block) : nullptr;
            return octets ? std::optional(Block{part->block_number, part->last_block, *octets})
                          : std::nullopt;
        }
        case ApduTag::read_response: {
            const auto response = decode_read_response(apdu);
            if (!response || response->results.size() != 1) {
                return std::nullopt;
            }
            const ReadResult result = *response->results.begin();
            const auto* part = std::get_if<DataBlockResult>(&result);
            return part ? std::optional(Block{part->block_number, part->last_block, part->raw_data})
                        : std::nullopt;
        }
        case ApduTag::read_request: {
            const auto request = decode_read_request(apdu);
            if (!request || request->specifications.size() != 1) {
                return std::nullopt;
            }
            const VariableAccessSpecification item = *request->specifications.begin();
            const auto* part = std::get_if<ReadDataBlockAccess>(&item);
            return part ? std::optional(Block{part->block_number, part->last_block, part->raw_data})
                        : std::nullopt;
        }
        case ApduTag::write_request: {
            const auto request = decode_write_request(apdu);
            if (!request || request->specifications.size() != 1) {
                return std::nullopt;
            }
            const VariableAccessSpecification item = *request->specifications.begin();
            const auto* part = std::get_if<WriteDataBlockAccess>(&item);
            const axdr::DataView value = *request->values.begin();
            const auto octets = value.octets();
            return part && octets
                       ? std::optional(Block{part->block_number, part->last_block, *octets})
                       : std::nullopt;
        }
        default: return std::nullopt;
    }
}

ApduJoins::Parts& ApduJoins::parts_of(std::uint16_t service) {
    constexpr std::size_t most_at_once = 4;
    if (!services_.contains(service) && services_.size() == most_at_once) {
        services_.erase(services_.begin());
    }
    return services_[service];
}

void ApduJoins::add(Parts& parts, ByteView octets) const {
    if (parts.octets.size() + octets.size() > most_) {
        parts.problem = "longer than " + std::to_string(most_) + " octets";
        parts.octets.clear();
        return;
    }
    parts.octets.insert(parts.octets.end(), octets.begin(), octets.end());
}

std::optional<JoinedApdu> ApduJoins::take_segment(std::size_t piece, ByteView part, bool ends) {
    return add_segment(numbered_, piece, part, ends);
}

std::optional<JoinedApdu> ApduJoins::add_segment(Segments& segments, std::size_t piece,
                                                 ByteView part, bool ends) const {
    Parts& parts = segments.parts;
    parts.from.push_back(piece);
    add(parts, part);
    segments.last_size = part.size();
    segments.out_of_turn = 0;
    if (!ends) {
        return std::nullopt;
    }
    JoinedApdu joined{"segments", std::move(parts.from), std::move(parts.octets),
                      std::move(parts.problem)};
    if (!joined.problem.empty()) {
        joined.apdu.clear();
    }
    parts = {};
    return joined;
}

bool ApduJoins::is_left_out(Segments& segments, std::size_t piece, const hdlc::Frame& frame,
                            ByteView part) const {
    constexpr unsigned most_out_of_turn = 6;  // a window of 7, its first frame lost
    Parts& parts = segments.parts;
    const std::size_t size = segments.last_size;
    const ByteView last = ByteView(parts.octets).last(std::min(size, parts.octets.size()));
    const bool is_repeated =
        frame.control.send_sequence == *segments.sequence &&
        (std::ranges::equal(part, last) || std::ranges::equal(frame.information, last));
    const bool has_llc = part.size() != frame.information.size();
    const bool is_first_again = has_llc && part.size() <= parts.octets.size() &&
                                std::ranges::equal(part, ByteView(parts.octets).first(part.size()));
    const bool is_first_of_another = has_llc && !is_first_again;
    const bool comes_again =
        !is_first_of_another && frame.segmented && ++segments.out_of_turn <= most_out_of_turn;
    if (is_repeated || comes_again) {
        parts.from.push_back(piece);
        return true;
    }
    if (!is_first_of_another && !frame.segmented) {
        segments.spoilt = parts;
    }
    return false;
}

std::optional<JoinedApdu> ApduJoins::take_frame(std::size_t piece, const hdlc::Frame& frame) {
    const bool is_numbered = frame.control.type == hdlc::FrameType::i;
    Segments& segments = is_numbered ? numbered_ : unnumbered_;
    const std::uint8_t number = frame.control.send_sequence;
    const auto split = hdlc::split_llc(frame.information);
    const ByteView without_llc = split ? split->apdu : frame.information;
    const auto follows = [&] { return number == ((*segments.sequence + 1) & 7); };
    if (!segments.spoilt.from.empty()) {
        if (!split && !is_in_segments(frame.control.type) && follows()) {
            segments.parts = std::exchange(segments.spoilt, {});
        } else {
            segments.spoilt = {};
        }
    }
    const bool continues = is_in_segments(frame.control.type);
    if (is_numbered && continues && segments.sequence && !follows()) {
        if (is_left_out(segments, piece, frame, without_llc)) {
            return std::nullopt;
        }
        spoil(segments);
        if (split) {
            // Another APDU begins, or is there as a whole: this one ends here.
            JoinedApdu ended{
                "segments", std::move(segments.parts.from), {}, std::move(segments.parts.problem)};
            segments = {};
            segments.sequence = number;
            if (frame.segmented) {
                static_cast<void>(add_segment(segments, piece, without_llc, false));
            }
            return ended;
        }
        // What the lost ones follow stays the last in order.
        const std::size_t last_size = segments.last_size;
        auto joined = add_segment(segments, piece, frame.information, !frame.segmented);
        segments.last_size = last_size;
        return joined;
    }
    if (is_numbered) {
        segments.sequence = number;
    }
    // Only the first segment has an LLC header, whatever others look like.
    return add_segment(segments, piece, continues ? frame.information : without_llc,
                       !frame.segmented);
}

void ApduJoins::lose_octets() {
    for (Segments* segments : {&numbered_, &unnumbered_}) {
        if (!segments->parts.from.empty()) {
            spoil(*segments);
        }
    }
}

void ApduJoins::spoil(Segments& segments) {
    segments.parts.problem = "octets between the segments are missing";
}

std::optional<JoinedApdu> ApduJoins::take_apdu(const std::vector<std::size_t>& from,
                                               ByteView apdu) {
    if (apdu.empty()) {
        return std::nullopt;
    }
    if (apdu[0] == static_cast<Byte>(ApduTag::general_block_transfer)) {
        const auto block = decode_general_block_transfer(apdu);
        if (!block) {
            return std::nullopt;
        }
        if (block->block_data.empty() && (general_.octets.empty() || both_ways_)) {
            acknowledged_ = block->block_number;
            return std::nullopt;
        }
        return take_block("general-block-transfer", general_,
                          {block->block_number, block->last_block, block->block_data}, from, apdu);
    }
    const std::optional<Block> block = block_in(apdu);
    if (!block) {
        return std::nullopt;
    }
    return take_block("service-blocks", parts_of(service_of(apdu)), *block, from, apdu);
}

std::optional<JoinedApdu> ApduJoins::take_block(std::string_view of, Parts& parts,
                                                const Block& block,
                                                const std::vector<std::size_t>& from,
                                                ByteView apdu) {
    const bool is_repeated =
        block.number <= parts.last && block.octets.size() <= parts.octets.size() &&
        (block.number > 1 ||
         std::ranges::equal(block.octets, ByteView(parts.octets).first(block.octets.size())));
    // Who acknowledged the blocks of a request goes on with the next number in the answer.
    const bool goes_on = &parts == &general_ && parts.first.empty() && acknowledged_ > 0 &&
                         block.number == acknowledged_ + 1;
    if ((block.number == 1 && !is_repeated) || goes_on) {
        parts = {};
        parts.first = to_buffer(apdu);
        parts.last = block.number - 1;
        acknowledged_ = 0;
    }
    parts.from.insert(parts.from.end(), from.begin(), from.end());
    if (is_repeated || parts.first.empty()) {
        return std::nullopt;
    }
    if (block.number == parts.last + 1) {
        add_block(parts, block);
    } else {
        keep_early(parts, block);
    }
    if (!parts.is_whole) {
        return std::nullopt;
    }
    JoinedApdu joined{of, std::move(parts.from), {}, {}};
    if (!parts.problem.empty()) {
        joined.problem = std::move(parts.problem);
    } else if (Result<ByteBuffer> whole = assemble(parts.first, parts.octets)) {
        joined.apdu = std::move(*whole);
    } else {
        joined.problem = describe(whole.error()) + " of the blocks together";
    }
    parts = {};
    std::erase_if(services_, [](const auto& entry) { return entry.second.from.empty(); });
    return joined;
}

void ApduJoins::add_block(Parts& parts, const Block& block) const {
    parts.last = block.number;
    parts.is_whole = block.is_last;
    add(parts, block.octets);
    for (auto next = parts.early.find(parts.last + 1); !parts.is_whole && next != parts.early.end();
         next = parts.early.find(parts.last + 1)) {
        const EarlyBlock early = std::move(next->second);
        parts.early.erase(next);
        parts.last += 1;
        parts.is_whole = early.is_last;
        add(parts, early.octets);
    }
}

void ApduJoins::keep_early(Parts& parts, const Block& block) const {
    std::size_t kept = parts.octets.size() + block.octets.size();
    for (const auto& [number, early] : parts.early) {
        kept += early.octets.size();
    }
    const bool is_in_window = block.number > parts.last &&
                              block.number - parts.last - 1 <= GeneralBlockTransfer::max_window;
    if (is_in_window && kept <= most_) {
        parts.early[block.number] = {to_buffer(block.octets), block.is_last};
    }
}

std::vector<JoinedApdu> ApduJoins::take_unfinished() {
    std::vector<JoinedApdu> unfinished;
    const auto tell = [&](std::string_view of, Parts& parts) {
        if (!parts.from.empty()) {
            unfinished.push_back(
                {of,
                 std::move(parts.from),
                 {},
                 of == "segments" ? "the last segment is not there"
                                  : "block " + std::to_string(parts.last + 1) + " is not there"});
        }
        parts = {};
    };
    tell("segments", numbered_.parts);
    tell("segments", unnumbered_.parts);
    numbered_ = {};
    unnumbered_ = {};
    acknowledged_ = 0;
    tell("general-block-transfer", general_);
    for (auto& [service, parts] : services_) {
        tell("service-blocks", parts);
    }
    services_.clear();
    return unfinished;
}

}  // namespace dlms::render
