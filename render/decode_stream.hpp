#pragma once
// Decodes the link pieces of a conversation one after the other, and joins what they carry into
// whole APDUs. Not for others than the decoder and captures.

#include <map>

#include "render/apdu_joins.hpp"
#include "render/decode_parts.hpp"
#include "render/stream_pieces.hpp"

namespace dlms::render::detail {

class StreamDecoder {
public:
    /// `knows_sides`: each piece comes with its side.
    explicit StreamDecoder(bool knows_sides = false) : knows_sides_(knows_sides) {}

    /// One piece, shown. Errors: those of its layer, offsets from the piece's beginning; no_frame
    /// for octets that are none. `side`: which end of the connection it comes from, where that is
    /// known.
    Result<Json> take(const StreamPiece& piece, Decoding& decoding, std::uint8_t side = 0);
    /// What became whole since the last call: objects with `of`, `from` (the numbers of the pieces,
    /// from 1), `octets` and `apdu` (and what is inside of that), or `problem`.
    std::vector<Json> take_reassembled() { return std::exchange(reassembled_, {}); }
    /// Octets are missing between the last piece and the next.
    void lose_octets();
    /// What has begun on a side and will not end any more, as problems.
    void finish(std::uint8_t side = 0);

private:
    ApduJoins& joins_of(Way way);
    void take_frame(const StreamPiece& piece, Decoding& decoding, std::uint8_t side);
    void begin_link(const hdlc::Frame& frame);
    void tell_unfinished(ApduJoins& joins);
    void take_joined(ApduJoins& joins, JoinedApdu joined, Decoding& decoding);
    void take_apdu(ApduJoins& joins, const std::vector<std::size_t>& from, ByteView apdu,
                   Decoding& decoding, int depth);

    bool knows_sides_;
    std::map<Way, ApduJoins> ways_;
    std::size_t pieces_ = 0;
    std::vector<Json> reassembled_;
};

/// Whole WPDUs or HDLC frames one after the other, and what they carry together.
Result<Json> stream_json(ByteView octets, Decoding& decoding);

/// A stream with damage in it.
struct DamagedStream {
    Json json;  ///< as stream_json(); what is damaged has `fault` and `octets`
    std::size_t whole = 0;
};
/// Ends early when most of it is damage.
DamagedStream damaged_stream(ByteView octets, Decoding& decoding);
/// Whether octets that are no good stream hold a whole piece, or, where they begin like one, more
/// than one damaged.
bool is_damaged_stream(ByteView octets, Decoding& decoding, bool begins_like_one);

}  // namespace dlms::render::detail
