// What was expected where octets do not decode, and what came.

#include <algorithm>
#include <array>

#include "render/decode.hpp"
#include "render/stream_pieces.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/limits.hpp"
#include "stack/hdlc/crc.hpp"
#include "stack/hdlc/frame.hpp"

namespace dlms::render {
namespace {

/// What an error tells of the octets.
struct Expectation {
    std::string expected;       ///< empty: nothing to add
    std::size_t octets_shown;   ///< of those that came; 0 when they say nothing
    std::string_view got = {};  ///< in their place
};

/// The check sequence that the frame around an HDLC check should have, in the order of the line.
std::string hdlc_check(std::size_t where, ByteView octets, std::size_t from) {
    PieceSplitter splitter;
    splitter.skip(from);
    splitter.receive(octets.subspan(from, std::min(octets.size(), where + 3) - from));
    std::optional<StreamPiece> piece;
    do {
        piece = splitter.next();
    } while (piece && piece->offset + piece->octets.size() <= where);
    if (!piece || piece->kind != PieceKind::hdlc_frame || where <= piece->offset) {
        return "the check of the octets before";
    }
    const std::size_t content = piece->offset + 1;
    const std::uint16_t check = hdlc::crc(octets.subspan(content, where - content));
    return to_hex(std::array{static_cast<Byte>(check), static_cast<Byte>(check >> 8)});
}

/// Of frames, M-Bus frames and negotiation parameters: what their first octet should be.
std::string format_of(const Error& error, ByteView octets) {
    if (error.layer == Layer::mbus) {
        return "68 at the start, 16 at the end";
    }
    // A frame's format stands behind a flag; all else of this kind is in an information field.
    const bool is_frame =
        error.offset == 0 || error.offset > octets.size() || octets[error.offset - 1] == hdlc::flag;
    return is_frame ? "A0 to AF" : "the format identifier 81 of negotiation parameters";
}

Expectation expectation_of_link(const Error& error, ByteView octets, std::size_t from) {
    const bool is_mbus = error.layer == Layer::mbus;
    switch (error.code) {
        case ErrorCode::no_frame: return {is_mbus ? "68" : "the flag 7E, or 0001 of a WPDU", 1};
        case ErrorCode::frame_format: return {format_of(error, octets), 1};
        case ErrorCode::frame_length_mismatch:
            return {is_mbus ? "the same length twice" : "a length that ends before a flag", 2};
        case ErrorCode::address_encoding: return {"an address of 1, 2 or 4 octets", 1};
        case ErrorCode::unsupported_control: return {"a control field of the standard", 1};
        case ErrorCode::information_not_permitted: return {"no information", 1};
        case ErrorCode::header_check_mismatch: return {hdlc_check(error.offset, octets, from), 2};
        case ErrorCode::check_mismatch:
            return error.layer == Layer::hdlc
                       ? Expectation{hdlc_check(error.offset, octets, from), 2}
                       : Expectation{"the check of the octets before", 1};
        case ErrorCode::wrong_version: return {"0001", 2};
        default: return {};
    }
}

Expectation expectation_of(const Error& error, ByteView octets, std::size_t from) {
    constexpr std::size_t several = 4;
    switch (error.code) {
        case ErrorCode::truncated: return {"more octets", 0, "the end"};
        case ErrorCode::trailing_octets: return {"the end", several};
        case ErrorCode::invalid_length_encoding: return {"a length of at most 4 octets", 1};
        case ErrorCode::length_beyond_buffer:
            return {"as many octets as the length says", 0, "fewer"};
        case ErrorCode::inner_length_mismatch: return {"a length that fits the outer one", 1};
        case ErrorCode::unknown_tag: return {"a tag of the standard", 1};
        case ErrorCode::unknown_choice: return {"a choice of the standard", 1};
        case ErrorCode::unknown_value: return {"a value of the standard", 1};
        case ErrorCode::bad_presence_flag: return {"00 or 01", 1};
        case ErrorCode::nesting_too_deep:
            return {"at most " + std::to_string(limits::max_data_depth) + " levels", 0, "more"};
        case ErrorCode::invalid_utf8: return {"UTF-8", several};
        case ErrorCode::missing_field: return {"a field that must be there", several};
        case ErrorCode::repeated_field: return {"another field", 1};
        case ErrorCode::field_order: return {"the standard's order", 1};
        case ErrorCode::unknown_object_identifier: return {"a known context or mechanism", several};
        case ErrorCode::list_count_mismatch: return {"lists of one length", 1};
        case ErrorCode::zero_width_element: return {"elements that take octets", 1};
        default: return expectation_of_link(error, octets, from);
    }
}

std::string came(const Expectation& expectation, ByteView octets, std::size_t offset) {
    if (!expectation.got.empty()) {
        return std::string(expectation.got);
    }
    if (offset >= octets.size()) {
        return "the end";
    }
    const ByteView rest = octets.subspan(offset);
    return to_hex(rest.first(std::min(rest.size(), expectation.octets_shown)));
}

}  // namespace

std::string fault_text(const Error& error, ByteView octets, std::size_t from) {
    std::string text = describe(error);
    const Expectation expectation = expectation_of(error, octets, from);
    if (expectation.expected.empty()) {
        return text;
    }
    if (error.blame() != Blame::malformed) {
        text += " at octet " + std::to_string(error.offset);
    }
    return text + ": expected " + expectation.expected + ", got " +
           came(expectation, octets, error.offset);
}

}  // namespace dlms::render
