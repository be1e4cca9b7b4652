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

}  // namespace

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
    if (piece.kind == PieceKind::iec62056_21) {
        return line_json(piece.octets, decoding);
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
                  wpdu->apdu, decoding.keys(), 0);
    }
    return shown;
}

void StreamDecoder::take_frame(const StreamPiece& piece, const Decoding& decoding,
                               std::uint8_t side) {
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
        take_joined(joins, *joined, decoding);
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
    for (JoinedApdu& unfinished : joins.take_unfinished()) {
        reassembled_.push_back(std::move(unfinished));
    }
}

void StreamDecoder::take_joined(ApduJoins& joins, const JoinedApdu& joined,
                                const Decoding& decoding) {
    // What came in one piece is shown there.
    if (joined.from.size() > 1 || !joined.problem.empty()) {
        reassembled_.push_back(joined);
    }
    take_apdu(joins, joined.from, joined.apdu, decoding.keys(), 0);
}

void StreamDecoder::take_apdu(ApduJoins& joins, const std::vector<std::size_t>& from, ByteView apdu,
                              const DecodeKeys* keys, int depth) {
    if (apdu.empty() || depth == deepest_join) {
        return;
    }
    const std::optional<ByteBuffer> plaintext = plaintext_of(apdu, keys);
    const auto joined = joins.take_apdu(from, plaintext ? ByteView(*plaintext) : apdu);
    if (joined) {
        reassembled_.push_back(*joined);
        take_apdu(joins, joined->from, joined->apdu, keys, depth + 1);
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

    std::vector<JoinedApdu> reassembled() {
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

bool may_be_stream(DecodeLayer layer, ByteView octets) {
    if (octets.size() > max_decode_octets) {
        return false;
    }
    const bool is_mbus = !octets.empty() && octets[0] == 0x68;
    return layer == DecodeLayer::stream || layer == DecodeLayer::hdlc ||
           layer == DecodeLayer::wrapper || (layer == DecodeLayer::push && !is_mbus);
}

StreamSummary read_stream(ByteView octets, Decoding& decoding, Damage damage,
                          const std::function<void(Json)>& take) {
    StreamSummary summary;
    StreamReading reading(octets, decoding);
    const auto fail_with = [&](const Error& error) {
        summary.damage = summary.damage ? summary.damage : error;
    };
    while (std::optional<Result<Json>> shown = reading.next()) {
        if (decoding.exhausted()) {
            fail_with(Error{ErrorCode::too_many_elements, Layer::axdr,
                            static_cast<std::uint32_t>(reading.at().offset)});
            break;
        }
        if (*shown) {
            ++summary.whole;
            take(numbered(++summary.pieces, std::move(**shown)));
            continue;
        }
        fail_with(shown->error());
        if (damage == Damage::ends || summary.pieces - summary.whole == most_faults) {
            break;
        }
        reading.resume();
        Json damaged = decoding.object_at(reading.at().octets);
        damaged["fault"] = fault_text(shown->error(), octets, reading.at().offset);
        damaged["octets"] = to_hex(reading.at().octets);
        take(numbered(++summary.pieces, std::move(damaged)));
    }
    if (summary.pieces == 0) {
        fail_with(
            Error{ErrorCode::truncated, Layer::base, static_cast<std::uint32_t>(octets.size())});
    }
    summary.reassembled = reading.reassembled();
    return summary;
}

namespace {

struct Collected {
    Json json;
    StreamSummary summary;
};

Collected collect(ByteView octets, Decoding& decoding, Damage damage) {
    Collected collected;
    Json& pieces = collected.json["pieces"] = Json::array();
    collected.summary = read_stream(octets, decoding, damage, [&](Json piece) {
        decoding.spend(data_of_a_piece);
        pieces.push_back(std::move(piece));
    });
    Json& reassembled = collected.json["reassembled"] = Json::array();
    for (const JoinedApdu& joined : collected.summary.reassembled) {
        reassembled.push_back(joined_json(joined, decoding));
    }
    return collected;
}

}  // namespace

Result<Json> stream_json(ByteView octets, Decoding& decoding) {
    Collected collected = collect(octets, decoding, Damage::ends);
    if (collected.summary.damage) {
        return std::unexpected(*collected.summary.damage);
    }
    return std::move(collected.json);
}

Json damaged_stream_json(ByteView octets, Decoding& decoding) {
    Collected collected = collect(octets, decoding, Damage::is_shown);
    return collected.summary.whole == 0 ? Json() : std::move(collected.json);
}

StreamSummary write_stream(JsonWriter& writer, ByteView octets, Decoding& decoding, Damage damage,
                           std::size_t& budget) {
    bool fits = true;
    const auto write = [&](const Json& json) {
        fits = fits && write_document(writer, json, budget);
    };
    writer.begin_object();
    writer.key("pieces");
    writer.begin_array();
    StreamSummary summary = read_stream(octets, decoding, damage, write);
    writer.end_array();
    writer.key("reassembled");
    writer.begin_array();
    for (const JoinedApdu& joined : summary.reassembled) {
        write(joined_json(joined, decoding));
    }
    writer.end_array();
    writer.end_object();
    if ((!fits || decoding.exhausted()) && !summary.damage) {
        summary.damage = Error{ErrorCode::too_many_elements, Layer::axdr, 0};
    }
    budget = fits ? budget : 0;
    return summary;
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
