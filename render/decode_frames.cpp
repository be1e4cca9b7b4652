// WPDUs, HDLC frames, wired M-Bus frames and what meters push in them, as JSON.

#include <map>

#include "render/apdu_joins.hpp"
#include "render/decode_parts.hpp"
#include "stack/base/hex.hpp"
#include "stack/hdlc/llc.hpp"
#include "stack/hdlc/parameters.hpp"
#include "stack/mbus/long_frame.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::render::detail {
namespace {

using hdlc::DecodedFrame;
using hdlc::FrameType;

std::string hex16(std::uint16_t value) {
    return to_hex(std::array{static_cast<Byte>(value >> 8), static_cast<Byte>(value)});
}

Json address_json(const hdlc::Address& address, ByteView raw, const Decoding& decoding) {
    Json json = decoding.object_at(raw);
    json["octets"] = address.octets;
    json["raw"] = to_hex(raw);
    json["upper"] = address.upper;
    if (address.has_lower()) {
        json["lower"] = address.lower;
    }
    return json;
}

bool is_opening(FrameType type) {
    return type == FrameType::snrm || type == FrameType::ua;
}

/// Information that is negotiation parameters must be right; what else it may be is bytes here.
Status put_negotiation(Json& json, const DecodedFrame& decoded) {
    const hdlc::Frame& frame = decoded.frame;
    if (!is_opening(frame.control.type) || frame.information.empty()) {
        return {};
    }
    const auto parameters =
        hdlc::decode_parameters(frame.information, decoded.octets.information_offset);
    if (!parameters) {
        return std::unexpected(parameters.error());
    }
    Json& negotiation = json["negotiation"];
    negotiation["max_information_field_length_transmit"] = parameters->max_information_transmit;
    negotiation["max_information_field_length_receive"] = parameters->max_information_receive;
    negotiation["window_size_transmit"] = parameters->window_transmit;
    negotiation["window_size_receive"] = parameters->window_receive;
    return {};
}

bool carries_apdu(FrameType type) {
    return type == FrameType::i || type == FrameType::ui;
}

/// `continues`: the frame holds a segment that is not the first, and so no LLC header.
Result<Json> frame_json(const DecodedFrame& decoded, const Decoding& decoding,
                        bool continues = false) {
    const hdlc::Frame& frame = decoded.frame;
    // Flag and format stand before the destination, each address says where it ends.
    constexpr std::size_t flag_and_format = 3;
    const ByteView destination = decoded.octets.destination;
    const ByteView after_source = decoded.octets.source.last(0);
    Json json = Json::object();
    if (const auto offset = decoding.offset_of(destination)) {
        json["@"] = *offset - flag_and_format;
        json["@of"]["fcs"] = *offset - flag_and_format + 1 + decoded.octets.length - 2;
    }
    decoding.mark(json, "segmented", destination, 2);
    decoding.mark(json, "length", destination, 2);
    decoding.mark(json, "control", after_source);
    if (decoded.octets.hcs) {
        decoding.mark(json, "hcs", frame.information, 2);
        decoding.mark(json, "information", frame.information);
    }
    json["segmented"] = frame.segmented;
    json["length"] = decoded.octets.length;
    json["destination"] = address_json(frame.destination, destination, decoding);
    json["source"] = address_json(frame.source, decoded.octets.source, decoding);
    json["control"] = "0x" + to_hex(std::array{frame.control.octet()});
    json["poll_final"] = frame.control.poll_final;
    json["frame_type"] = name(frame.control.type);
    if (frame.control.type == FrameType::i) {
        json["ns"] = frame.control.send_sequence;
    }
    if (frame.control.type <= FrameType::rej) {
        json["nr"] = frame.control.receive_sequence;
    }
    if (decoded.octets.hcs) {
        json["hcs"] = hex16(*decoded.octets.hcs);
    }
    json["information"] = to_hex(frame.information);
    const auto split = hdlc::split_llc(frame.information);
    if (split && !continues && carries_apdu(frame.control.type)) {
        decoding.mark(json, "llc", split->llc);
        decoding.mark(json, "apdu", split->apdu);
        json["llc"] = to_hex(split->llc);
        json["apdu"] = to_hex(split->apdu);
    }
    const Status negotiation = put_negotiation(json, decoded);
    if (!negotiation) {
        return std::unexpected(negotiation.error());
    }
    json["fcs"] = hex16(decoded.octets.fcs);
    return json;
}

/// Puts together what several frames or blocks of a push hold, and decodes it.
class Reassembly {
public:
    explicit Reassembly(Decoding& decoding) : decoding_(decoding) {}

    ApduJoins& joins_of(Way way) { return ways_.try_emplace(way, max_decode_octets).first->second; }
    std::size_t next_piece() { return ++pieces_; }

    /// Takes what became whole of the segments of one way; nothing when it did not.
    void add(ApduJoins& joins, std::optional<JoinedApdu> joined) {
        if (!joined) {
            return;
        }
        if (!joined->problem.empty()) {
            take_problem(joined->problem);
            return;
        }
        const Result<Json> block = is_block(joined->apdu)
                                       ? xdlms_json(joined->apdu, decoding_)
                                       : fail(ErrorCode::unknown_tag, Layer::xdlms);
        if (!block) {
            apdus_.push_back(std::move(joined->apdu));
            return;
        }
        blocks_.push_back(*block);
        last_block_ = joined->apdu;
        pieces_of_block_ = joined->from.size();
        auto whole = joins.take_apdu(joined->from, joined->apdu);
        if (whole && whole->problem.empty()) {
            apdus_.push_back(std::move(whole->apdu));
        } else if (whole) {
            take_problem(whole->problem);
        }
    }

    /// Puts `general_block_transfer` with every block, `reassembled` and `apdu` of the first APDU
    /// that is whole, and `further_apdus`; a null `apdu`, and why in `apdu_error`, when none is.
    void put(Json& json) {
        // One block alone is shown as the APDU, in segments or not.
        const bool is_all = blocks_.size() == 1 && pieces_of_block_ == pieces_;
        if (is_all && (pieces_ == 1 || apdus_.empty())) {
            apdus_.assign(1, std::move(last_block_));
            blocks_.clear();
        }
        if (!blocks_.empty()) {
            json["general_block_transfer"] = std::move(blocks_);
        }
        if (apdus_.empty()) {
            json["apdu"] = nullptr;
            put_problem(json);
            return;
        }
        if (pieces_ > 1) {
            json["reassembled"] = to_hex(apdus_.front());
        }
        // An APDU that does not decode leaves its frames valid.
        put_apdu_or_error(json, apdus_.front(), decoding_);
        if (apdus_.size() > 1) {
            put_others(json);
        }
    }

private:
    static bool is_block(ByteView apdu) {
        return !apdu.empty() &&
               apdu[0] == static_cast<std::uint8_t>(xdlms::ApduTag::general_block_transfer);
    }

    void take_problem(const std::string& problem) {
        if (problem_.empty()) {
            problem_ = problem;
        }
    }

    void put_problem(Json& json) {
        for (auto& [way, joins] : ways_) {
            for (const JoinedApdu& unfinished : joins.take_unfinished()) {
                take_problem(unfinished.problem);
            }
        }
        if (!problem_.empty()) {
            json["apdu_error"] = problem_;
        }
    }

    void put_others(Json& json) {
        Json& list = json["further_apdus"] = Json::array();
        for (std::size_t i = 1; i < apdus_.size(); ++i) {
            const Result<Json> decoded = apdu_json(apdus_[i], decoding_);
            list.push_back(decoded ? *decoded : Json());
        }
    }

    Decoding& decoding_;
    std::map<Way, ApduJoins> ways_;
    std::vector<ByteBuffer> apdus_;
    Json blocks_ = Json::array();
    ByteBuffer last_block_;
    std::size_t pieces_of_block_ = 0;
    std::string problem_;  ///< why the first of those that did not come to an APDU did not
    std::size_t pieces_ = 0;
};

void put_single_frame(Json& json, const DecodedFrame& decoded, Json frame, Decoding& decoding) {
    json["frame"] = std::move(frame);
    const auto split = hdlc::split_llc(decoded.frame.information);
    if (split && carries_apdu(decoded.frame.control.type) && !decoded.frame.segmented) {
        put_apdu_or_error(json, split->apdu, decoding);
    }
}

Result<Json> hdlc_push_json(ByteView octets, Decoding& decoding) {
    Json json;
    json["framing"] = "hdlc";
    Json frames = Json::array();
    Reassembly reassembly(decoding);
    hdlc::FrameSequence sequence(octets);
    std::optional<DecodedFrame> only;
    do {
        const Result<DecodedFrame> decoded = sequence.next();
        if (!decoded) {
            return std::unexpected(decoded.error());
        }
        ApduJoins& joins = reassembly.joins_of(way_of(decoded->frame));
        Result<Json> frame =
            frame_json(*decoded, decoding, joins.is_in_segments(decoded->frame.control.type));
        if (!frame) {
            return frame;
        }
        frames.push_back(std::move(*frame));
        if (carries_apdu(decoded->frame.control.type) && !decoded->frame.information.empty()) {
            reassembly.add(joins, joins.take_frame(reassembly.next_piece(), decoded->frame));
        }
        only = *decoded;
    } while (!sequence.at_end());
    if (frames.size() == 1) {
        put_single_frame(json, *only, std::move(frames.front()), decoding);
        return json;
    }
    json["frames"] = std::move(frames);
    reassembly.put(json);
    return json;
}

Result<Json> mbus_push_json(ByteView octets, Decoding& decoding) {
    Json json;
    json["framing"] = "mbus";
    Json frames = Json::array();
    Reassembly reassembly(decoding);
    ApduJoins& joins = reassembly.joins_of({});
    std::uint8_t expected = 0;
    ByteView rest = octets;
    while (!rest.empty()) {
        const ByteView start = rest;
        const auto frame = mbus::take_long_frame(rest, octets.size() - rest.size());
        if (!frame) {
            json["frames"] = std::move(frames);
            decoding.leave(std::move(json));
            return std::unexpected(frame.error());
        }
        Json shown = decoding.object_at(start);
        for (std::size_t i = 0;
             const char* field : {"c_field", "a_field", "ci_field", "stsap", "dtsap", "payload"}) {
            decoding.mark(shown, field, start.subspan(4 + i++));
        }
        shown["c_field"] = frame->c_field;
        shown["a_field"] = frame->a_field;
        shown["ci_field"] = frame->ci_field;
        shown["stsap"] = frame->stsap;
        shown["dtsap"] = frame->dtsap;
        shown["payload"] = to_hex(frame->payload);
        frames.push_back(std::move(shown));
        if (frame->segment() != expected) {
            joins.spoil_segments();
        }
        if (frame->segment() == 0 && expected != 0) {
            joins.drop_segments();
        }
        expected = frame->is_last_segment()
                       ? std::uint8_t{0}
                       : static_cast<std::uint8_t>((frame->segment() + 1) & 0x0F);
        reassembly.add(joins, joins.take_segment(reassembly.next_piece(), frame->payload,
                                                 frame->is_last_segment()));
    }
    json["frames"] = std::move(frames);
    reassembly.put(json);
    return json;
}

}  // namespace

Result<Json> hdlc_json(ByteView octets, Decoding& decoding) {
    const Result<DecodedFrame> decoded = hdlc::decode_frame(octets);
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    Result<Json> frame = frame_json(*decoded, decoding);
    if (!frame) {
        return frame;
    }
    Json json;
    put_single_frame(json, *decoded, std::move(*frame), decoding);
    return json;
}

Result<Json> wrapper_json(ByteView octets, Decoding& decoding) {
    const Result<wrapper::Wpdu> wpdu = wrapper::decode_wpdu(octets);
    if (!wpdu) {
        return std::unexpected(wpdu.error());
    }
    Json json;
    Json& header = json["header"] = decoding.object_at(octets);
    decoding.mark(header, "version", octets);
    decoding.mark(header, "source_wport", octets.subspan(2));
    decoding.mark(header, "destination_wport", octets.subspan(4));
    decoding.mark(header, "length", octets.subspan(6));
    decoding.mark(header, "apdu", wpdu->apdu);
    header["version"] = wrapper::version;
    header["source_wport"] = wpdu->source_wport;
    header["destination_wport"] = wpdu->destination_wport;
    header["length"] = wpdu->apdu.size();
    header["apdu"] = to_hex(wpdu->apdu);
    put_apdu_or_error(json, wpdu->apdu, decoding);
    return json;
}

Result<Json> push_json(ByteView octets, Decoding& decoding) {
    decoding.set_push();
    switch (octets.empty() ? std::uint8_t{0} : octets[0]) {
        case hdlc::flag: return hdlc_push_json(octets, decoding);
        case mbus::long_start: return mbus_push_json(octets, decoding);
        default: break;
    }
    Json json;
    json["framing"] = "none";
    const Status status = put_apdu(json, octets, decoding);
    if (!status) {
        return std::unexpected(status.error());
    }
    return json;
}

}  // namespace dlms::render::detail
