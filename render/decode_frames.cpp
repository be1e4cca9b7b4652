// WPDUs, HDLC frames, wired M-Bus frames and what meters push in them, as JSON.

#include "render/decode_parts.hpp"
#include "stack/base/hex.hpp"
#include "stack/hdlc/llc.hpp"
#include "stack/hdlc/parameters.hpp"
#include "stack/mbus/long_frame.hpp"
#include "stack/wrapper/wpdu.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/general_block_transfer.hpp"

namespace dlms::render::detail {
namespace {

using hdlc::DecodedFrame;
using hdlc::FrameType;

std::string hex16(std::uint16_t value) {
    return to_hex(std::array{static_cast<Byte>(value >> 8), static_cast<Byte>(value)});
}

Json address_json(const hdlc::Address& address, ByteView raw) {
    Json json;
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

Result<Json> frame_json(const DecodedFrame& decoded, const Decoding& decoding) {
    const hdlc::Frame& frame = decoded.frame;
    Json json = decoding.object_at(decoded.octets.destination);
    json["segmented"] = frame.segmented;
    json["length"] = decoded.octets.length;
    json["destination"] = address_json(frame.destination, decoded.octets.destination);
    json["source"] = address_json(frame.source, decoded.octets.source);
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
    if (split && carries_apdu(frame.control.type)) {
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

/// The octets of an APDU, or of a part of one, that the frame carries.
ByteView payload(const hdlc::Frame& frame) {
    const auto split = hdlc::split_llc(frame.information);
    return split ? split->apdu : frame.information;
}

/// Puts together what several frames or blocks hold, and decodes it.
class Reassembly {
public:
    explicit Reassembly(Decoding& decoding) : decoding_(decoding) {}

    /// Takes the next part of an APDU; `ends` when no segment of it follows.
    void add(ByteView part, bool ends) {
        ++parts_;
        present_.insert(present_.end(), part.begin(), part.end());
        if (ends) {
            finish_apdu();
        }
    }
    /// No whole APDU can come of the parts.
    void spoil() { spoiled_ = true; }

    /// Puts `general_block_transfer`, `reassembled` and `apdu`, or a null `apdu`.
    void put(Json& json) {
        if (spoiled_ || !present_.empty() || apdus_.empty()) {
            json["apdu"] = nullptr;
            return;
        }
        ByteBuffer whole = std::move(apdus_.front());
        const bool blocks = is_block(whole) && (parts_ > 1 || apdus_.size() > 1);
        if (blocks) {
            apdus_.front() = std::move(whole);
            whole = join_blocks(json);
        }
        if (parts_ > 1 && !whole.empty()) {
            json["reassembled"] = to_hex(whole);
        }
        // An APDU that does not decode leaves its frames valid.
        put_apdu_or_error(json, whole, decoding_);
        if (!blocks && apdus_.size() > 1) {
            put_others(json);
        }
    }

private:
    static bool is_block(ByteView apdu) {
        return !apdu.empty() &&
               apdu[0] == static_cast<std::uint8_t>(xdlms::ApduTag::general_block_transfer);
    }

    void finish_apdu() {
        apdus_.push_back(std::move(present_));
        present_.clear();
    }

    /// The data of the blocks in their order; empty when one is missing.
    ByteBuffer join_blocks(Json& json) {
        Json& list = json["general_block_transfer"] = Json::array();
        ByteBuffer whole;
        bool in_order = true;
        bool ended = false;
        std::uint16_t expected = 1;
        for (const ByteBuffer& apdu : apdus_) {
            const auto block = xdlms::decode_general_block_transfer(apdu);
            const Result<Json> shown = xdlms_json(apdu, decoding_);
            if (!block || !shown) {
                return {};
            }
            list.push_back(*shown);
            in_order = in_order && !ended && block->block_number == expected;
            ended = ended || block->last_block;
            ++expected;
            whole.insert(whole.end(), block->block_data.begin(), block->block_data.end());
        }
        return in_order && ended ? whole : ByteBuffer{};
    }

    void put_others(Json& json) {
        Json& list = json["further_apdus"] = Json::array();
        for (std::size_t i = 1; i < apdus_.size(); ++i) {
            const Result<Json> decoded = apdu_json(apdus_[i], decoding_);
            list.push_back(decoded ? *decoded : Json());
        }
    }

    Decoding& decoding_;
    std::vector<ByteBuffer> apdus_;
    ByteBuffer present_;
    std::size_t parts_ = 0;
    bool spoiled_ = false;
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
        Result<Json> frame = frame_json(*decoded, decoding);
        if (!frame) {
            return frame;
        }
        frames.push_back(std::move(*frame));
        if (carries_apdu(decoded->frame.control.type)) {
            reassembly.add(payload(decoded->frame), !decoded->frame.segmented);
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
    std::uint8_t expected = 0;
    ByteView rest = octets;
    while (!rest.empty()) {
        const ByteView start = rest;
        const auto frame = mbus::take_long_frame(rest, octets.size() - rest.size());
        if (!frame) {
            return std::unexpected(frame.error());
        }
        Json shown = decoding.object_at(start);
        shown["c_field"] = frame->c_field;
        shown["a_field"] = frame->a_field;
        shown["ci_field"] = frame->ci_field;
        shown["stsap"] = frame->stsap;
        shown["dtsap"] = frame->dtsap;
        shown["payload"] = to_hex(frame->payload);
        frames.push_back(std::move(shown));
        if (frame->segment() != expected) {
            reassembly.spoil();
        }
        expected = frame->is_last_segment() ? std::uint8_t{0}
                                            : static_cast<std::uint8_t>((expected + 1) & 0x0F);
        reassembly.add(frame->payload, frame->is_last_segment());
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
