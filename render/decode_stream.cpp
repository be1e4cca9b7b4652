// Streams of WPDUs and HDLC frames as JSON.

#include "render/decode_stream.hpp"

#include "stack/base/hex.hpp"
#include "stack/wrapper/wpdu.hpp"

namespace dlms::render::detail {
namespace {

/// The most conversations in one stream that are told apart; what others send is not joined.
constexpr std::size_t most_ways = 32;
/// General block transfer in a ciphered APDU in general block transfer, and no deeper.
constexpr int deepest_join = 4;
/// The most damaged pieces that are shown: octets of another kind look like nothing else.
constexpr std::size_t most_faults = 1000;
/// The document of the smallest piece takes as much room as so many Data: 8 KiB.
constexpr std::size_t data_of_a_piece = 40;

Json joined_json(const JoinedApdu& joined, Decoding& decoding) {
    Json json;
    json["of"] = joined.of;
    json["from"] = joined.from;
    if (!joined.problem.empty()) {
        json["problem"] = joined.problem;
        return json;
    }
    json["octets"] = to_hex(joined.apdu);
    const ByteView counted_from = decoding.count_from(joined.apdu);
    put_apdu_or_error(json, joined.apdu, decoding);
    decoding.count_from(counted_from);
    return json;
}

}  // namespace

ApduJoins& StreamDecoder::joins_of(Way way) {
    if (!ways_.contains(way) && ways_.size() == most_ways) {
        ways_.erase(ways_.begin());
    }
    // In a capture the sides are known.
    const bool both_ways = way.from == way.to && !knows_sides_;
    return ways_.try_emplace(way, max_decode_octets, both_ways).first->second;
}

Result<Json> StreamDecoder::take(const StreamPiece& piece, Decoding& decoding, std::uint8_t side) {
    ++pieces_;
    if (piece.kind == PieceKind::other) {
        return fail(ErrorCode::no_frame, Layer::hdlc);
    }
    Result<Json> shown = piece.kind == PieceKind::wpdu ? wrapper_json(piece.octets, decoding)
                                                       : hdlc_json(piece.octets, decoding);
    if (!shown) {
        return shown;
    }
    if (piece.kind == PieceKind::hdlc_frame) {
        take_frame(piece, decoding, side);
    } else if (const auto wpdu = wrapper::decode_wpdu(piece.octets)) {
        take_apdu(joins_of({wpdu->source_wport, wpdu->destination_wport, side}), {pieces_},
                  wpdu->apdu, decoding, 0);
    }
    return shown;
}

void StreamDecoder::take_frame(const StreamPiece& piece, Decoding& decoding, std::uint8_t side) {
    using enum hdlc::FrameType;
    const auto decoded = hdlc::decode_frame(piece.octets);
    if (!decoded) {
        return;
    }
    const hdlc::FrameType type = decoded->frame.control.type;
    if (type == snrm || type == ua || type == disc || type == dm) {
        begin_link(decoded->frame);
    }
    if ((type != i && type != ui) || decoded->frame.information.empty()) {
        return;
    }
    ApduJoins& joins = joins_of(way_of(decoded->frame, side));
    if (auto joined = joins.take_frame(pieces_, decoded->frame)) {
        take_joined(joins, std::move(*joined), decoding);
    }
}

/// A link begins or ends: nothing of before goes on behind it, either way.
void StreamDecoder::begin_link(const hdlc::Frame& frame) {
    const Way way = way_of(frame);
    for (auto& [of, joins] : ways_) {
        const bool is_of_link =
            (of.from == way.from && of.to == way.to) || (of.from == way.to && of.to == way.from);
        if (is_of_link) {
            tell_unfinished(joins);
        }
    }
}

void StreamDecoder::tell_unfinished(ApduJoins& joins) {
    for (const JoinedApdu& unfinished : joins.take_unfinished()) {
        Json json;
        json["of"] = unfinished.of;
        json["from"] = unfinished.from;
        json["problem"] = unfinished.problem;
        reassembled_.push_back(std::move(json));
    }
}

void StreamDecoder::take_joined(ApduJoins& joins, JoinedApdu joined, Decoding& decoding) {
    // What came in one piece is shown there.
    if (joined.from.size() > 1 || !joined.problem.empty()) {
        reassembled_.push_back(joined_json(joined, decoding));
    }
    take_apdu(joins, joined.from, joined.apdu, decoding, 0);
}

void StreamDecoder::take_apdu(ApduJoins& joins, const std::vector<std::size_t>& from, ByteView apdu,
                              Decoding& decoding, int depth) {
    if (apdu.empty() || depth == deepest_join) {
        return;
    }
    const std::optional<ByteBuffer> plaintext = plaintext_of(apdu, decoding.keys());
    const auto joined = joins.take_apdu(from, plaintext ? ByteView(*plaintext) : apdu);
    if (joined) {
        reassembled_.push_back(joined_json(*joined, decoding));
        take_apdu(joins, joined->from, joined->apdu, decoding, depth + 1);
    }
}

void StreamDecoder::lose_octets() {
    for (auto& [way, joins] : ways_) {
        joins.lose_octets();
    }
}

void StreamDecoder::finish(std::uint8_t side) {
    for (auto& [way, joins] : ways_) {
        if (way.side == side) {
            tell_unfinished(joins);
        }
    }
}

namespace {

Error moved(Error error, std::size_t offset) {
    error.offset += static_cast<std::uint32_t>(offset);
    return error;
}

/// Takes the pieces of octets that are there as a whole, and shows each.
class StreamReading {
public:
    StreamReading(ByteView octets, Decoding& decoding) : octets_(octets), decoding_(decoding) {
        splitter_.receive(octets);
    }

    /// Takes the next piece. Nothing at the end.
    std::optional<Result<Json>> next() {
        std::optional<StreamPiece> piece = splitter_.next();
        if (!piece) {
            piece = splitter_.give_up();
            if (!piece) {
                return std::nullopt;
            }
            at_ = {PieceKind::other, octets_.subspan(piece->offset, piece->octets.size()),
                   piece->offset};
            return cut();
        }
        at_ = {piece->kind, octets_.subspan(piece->offset, piece->octets.size()), piece->offset};
        Result<Json> shown = stream_.take(at_, decoding_);
        decoding_.spend(data_of_a_piece);
        if (!shown) {
            return std::unexpected(moved(shown.error(), at_.offset));
        }
        return shown;
    }

    /// The piece that next() took.
    const StreamPiece& at() const { return at_; }

    /// Goes on behind a piece that was none. A damaged length may have swallowed good frames.
    void resume() {
        stream_.lose_octets();
        if (at_.kind != PieceKind::hdlc_frame) {
            return;
        }
        for (std::size_t i = 1; i + 1 < at_.octets.size(); ++i) {
            if (at_.octets[i] == hdlc::flag && begins_frame(octets_.subspan(at_.offset + i))) {
                // The closing flag was kept.
                splitter_.rewind(at_.octets.size() - 1 - i);
                at_.octets = at_.octets.first(i);
                return;
            }
        }
    }

    Json reassembled() {
        stream_.finish();
        return stream_.take_reassembled();
    }

private:
    static bool begins_frame(ByteView octets) {
        return hdlc::FrameSequence(octets).next().has_value();
    }

    /// What is wrong with a piece whose end is not there.
    Result<Json> cut() const {
        if (at_.octets[0] == hdlc::flag) {
            const auto frame = hdlc::FrameSequence(octets_.subspan(at_.offset)).next();
            if (!frame) {
                return std::unexpected(moved(frame.error(), at_.offset));
            }
        }
        return fail(ErrorCode::truncated, Layer::base, octets_.size());
    }

    ByteView octets_;
    Decoding& decoding_;
    PieceSplitter splitter_;
    StreamDecoder stream_;
    StreamPiece at_;
};

Json numbered(std::size_t number, Json shown) {
    Json json;
    json["piece"] = number;
    json.update(shown);
    return json;
}

}  // namespace

Result<Json> stream_json(ByteView octets, Decoding& decoding) {
    Json json;
    Json& pieces = json["pieces"] = Json::array();
    StreamReading reading(octets, decoding);
    while (std::optional<Result<Json>> shown = reading.next()) {
        if (!*shown) {
            return std::unexpected(shown->error());
        }
        if (decoding.exhausted()) {
            return fail(ErrorCode::too_many_elements, Layer::base, reading.at().offset);
        }
        pieces.push_back(numbered(pieces.size() + 1, std::move(**shown)));
    }
    if (pieces.empty()) {
        return fail(ErrorCode::truncated, Layer::base, octets.size());
    }
    json["reassembled"] = reading.reassembled();
    return json;
}

DamagedStream damaged_stream(ByteView octets, Decoding& decoding) {
    DamagedStream stream;
    Json& pieces = stream.json["pieces"] = Json::array();
    StreamReading reading(octets, decoding);
    while (std::optional<Result<Json>> shown = reading.next()) {
        if (decoding.exhausted()) {
            break;
        }
        if (*shown) {
            ++stream.whole;
            pieces.push_back(numbered(pieces.size() + 1, std::move(**shown)));
            continue;
        }
        if (pieces.size() - stream.whole == most_faults) {
            break;
        }
        reading.resume();
        Json damaged = decoding.object_at(reading.at().octets);
        damaged["fault"] = fault_text(shown->error(), octets, reading.at().offset);
        damaged["octets"] = to_hex(reading.at().octets);
        pieces.push_back(numbered(pieces.size() + 1, std::move(damaged)));
    }
    stream.json["reassembled"] = reading.reassembled();
    return stream;
}

bool is_damaged_stream(ByteView octets, Decoding& decoding, bool begins_like_one) {
    StreamReading reading(octets, decoding);
    std::size_t damaged = 0;
    while (const std::optional<Result<Json>> shown = reading.next()) {
        if (*shown) {
            return true;
        }
        reading.resume();
        ++damaged;
    }
    return begins_like_one && damaged > 1;
}

}  // namespace dlms::render::detail
