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

Json joined_json(const JoinedApdu& joined, Decoding& decoding) {
    Json json;
    json["of"] = joined.of;
    json["from"] = joined.from;
    if (!joined.problem.empty()) {
        json["problem"] = joined.problem;
        return json;
    }
    json["octets"] = to_hex(joined.apdu);
    put_apdu_or_error(json, joined.apdu, decoding);
    return json;
}

}  // namespace

ApduJoins& StreamDecoder::joins_of(Way way) {
    if (!ways_.contains(way) && ways_.size() == most_ways) {
        ways_.erase(ways_.begin());
    }
    return ways_.try_emplace(way, max_decode_octets).first->second;
}

Result<Json> StreamDecoder::take(const StreamPiece& piece, Decoding& decoding) {
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
        take_frame(piece, decoding);
    } else if (const auto wpdu = wrapper::decode_wpdu(piece.octets)) {
        take_apdu(joins_of({wpdu->source_wport, wpdu->destination_wport}), {pieces_}, wpdu->apdu,
                  decoding, 0);
    }
    return shown;
}

void StreamDecoder::take_frame(const StreamPiece& piece, Decoding& decoding) {
    const auto decoded = hdlc::decode_frame(piece.octets);
    const bool carries_apdu = decoded && (decoded->frame.control.type == hdlc::FrameType::i ||
                                          decoded->frame.control.type == hdlc::FrameType::ui);
    if (!carries_apdu || decoded->frame.information.empty()) {
        return;
    }
    ApduJoins& joins = joins_of(way_of(decoded->frame));
    if (auto joined = joins.take_frame(pieces_, decoded->frame)) {
        take_joined(joins, std::move(*joined), decoding);
    }
}

void StreamDecoder::take_joined(ApduJoins& joins, JoinedApdu joined, Decoding& decoding) {
    // What came in one piece is shown there.
    if (joined.from.size() > 1) {
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

void StreamDecoder::finish() {
    for (auto& [way, joins] : ways_) {
        for (const JoinedApdu& unfinished : joins.take_unfinished()) {
            Json json;
            json["of"] = unfinished.of;
            json["from"] = unfinished.from;
            json["problem"] = unfinished.problem;
            reassembled_.push_back(std::move(json));
        }
    }
}

Result<Json> stream_json(ByteView octets, Decoding& decoding) {
    Json json;
    Json& pieces = json["pieces"] = Json::array();
    PieceSplitter splitter;
    splitter.receive(octets);
    StreamDecoder stream;
    while (const auto piece = splitter.next()) {
        const ByteView part = octets.subspan(piece->offset, piece->octets.size());
        Result<Json> shown = stream.take({piece->kind, part, piece->offset}, decoding);
        if (!shown) {
            Error error = shown.error();
            error.offset += static_cast<std::uint32_t>(piece->offset);
            return std::unexpected(error);
        }
        Json numbered;
        numbered["piece"] = pieces.size() + 1;
        numbered.update(*shown);
        pieces.push_back(std::move(numbered));
    }
    if (!splitter.rest().octets.empty() || pieces.empty()) {
        return fail(ErrorCode::truncated, Layer::base, octets.size());
    }
    stream.finish();
    json["reassembled"] = stream.take_reassembled();
    return json;
}

}  // namespace dlms::render::detail
