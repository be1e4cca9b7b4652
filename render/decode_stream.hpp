#pragma once
// Decodes the link pieces of a conversation one after the other, and joins what they carry into
// whole APDUs. Not for others than the decoder and captures.

#include <functional>
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
    /// What became whole since the last call, or will not any more; pieces count from 1.
    std::vector<JoinedApdu> take_reassembled() { return std::exchange(reassembled_, {}); }
    /// Octets are missing between the last piece and the next.
    void lose_octets();
    /// What has begun on a side and will not end any more, as problems.
    void finish(std::uint8_t side = 0);

private:
    ApduJoins& joins_of(Way way);
    void take_frame(const StreamPiece& piece, const Decoding& decoding, std::uint8_t side);
    void begin_link(const hdlc::Frame& frame);
    void tell_unfinished(ApduJoins& joins);
    void take_joined(ApduJoins& joins, const JoinedApdu& joined, const Decoding& decoding);
    void take_apdu(ApduJoins& joins, const std::vector<std::size_t>& from, ByteView apdu,
                   const DecodeKeys* keys, int depth);

    bool knows_sides_;
    std::map<Way, ApduJoins> ways_;
    std::size_t pieces_ = 0;
    std::vector<JoinedApdu> reassembled_;
};

/// `of`, `from`, and `octets` and `apdu` (and what is inside of that), or `problem`.
Json joined_json(const JoinedApdu& joined, Decoding& decoding);

/// Whether octets of the layer may hold whole pieces of a stream: not longer than all that may be.
bool may_be_stream(DecodeLayer layer, ByteView octets);

/// Where read_stream() goes on: not behind the first damage, or behind every one.
enum class Damage : std::uint8_t { ends, is_shown };

/// What a stream came to.
struct StreamSummary {
    std::size_t pieces = 0;
    std::size_t whole = 0;
    std::optional<Error> damage;  ///< the first
    std::vector<JoinedApdu> reassembled;
};

/// Hands the pieces out one by one, with their numbers: a document of all of them would take some
/// thousand times their octets. A damaged one has `fault` and `octets`. Ends early when most of it
/// is damage, and where the Data of the decoding are used up.
StreamSummary read_stream(ByteView octets, Decoding& decoding, Damage damage,
                          const std::function<void(Json)>& take);

/// The same, written as the JSON of stream_json(). `budget`: the values that may still be written;
/// 0 when they were too many, which is `damage` too.
StreamSummary write_stream(JsonWriter& writer, ByteView octets, Decoding& decoding, Damage damage,
                           std::size_t& budget);

/// Whole WPDUs or HDLC frames one after the other, and what they carry together.
Result<Json> stream_json(ByteView octets, Decoding& decoding);

/// The same of a stream with damage in it; null when nothing of it is whole.
Json damaged_stream_json(ByteView octets, Decoding& decoding);
/// Whether octets that are no good stream hold a whole piece, or, where they begin like one, more
/// than one damaged.
bool is_damaged_stream(ByteView octets, Decoding& decoding, bool begins_like_one);

}  // namespace dlms::render::detail
