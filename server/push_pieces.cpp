#include "server/push_pieces.hpp"

#include "stack/mbus/long_frame.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::service {

std::optional<PushedApdu> PushPieces::take(client::dial_in::CallStream::Piece::Kind kind,
                                           ByteView octets) {
    using Kind = client::dial_in::CallStream::Piece::Kind;
    std::optional<ByteBuffer> whole;
    PushedApdu pushed;
    if (kind == Kind::hdlc) {
        whole = take_frame(octets);
    } else if (kind == Kind::mbus) {
        whole = take_long_frame(octets);
    } else if (const auto wpdu = wrapper::decode_wpdu(octets)) {
        pushed.source_wport = wpdu->source_wport;
        pushed.destination_wport = wpdu->destination_wport;
        whole = take_apdu(wpdu->apdu);
    } else {
        ++damaged_;
    }
    if (!whole) {
        return std::nullopt;
    }
    pushed.apdu = std::move(*whole);
    return pushed;
}

std::optional<ByteBuffer> PushPieces::take_frame(ByteView octets) {
    const auto decoded = hdlc::decode_frame(octets);
    if (!decoded) {
        ++damaged_;
        return std::nullopt;
    }
    const hdlc::FrameType type = decoded->frame.control.type;
    if (type != hdlc::FrameType::ui && type != hdlc::FrameType::i) {
        return std::nullopt;
    }
    const auto joined = joins_.take_frame(++pieces_, decoded->frame);
    return joined && !joined->apdu.empty() ? take_apdu(joined->apdu) : std::nullopt;
}

std::optional<ByteBuffer> PushPieces::take_long_frame(ByteView octets) {
    const auto frame = mbus::take_long_frame(octets);
    if (!frame) {
        ++damaged_;
        return std::nullopt;
    }
    if (frame->segment() == 0) {
        joins_.drop_segments();
    }
    const auto joined = joins_.take_segment(++pieces_, frame->payload, frame->is_last_segment());
    return joined && !joined->apdu.empty() ? take_apdu(joined->apdu) : std::nullopt;
}

std::optional<ByteBuffer> PushPieces::take_apdu(ByteView apdu) {
    if (apdu.empty()) {
        return std::nullopt;
    }
    if (apdu[0] != static_cast<Byte>(xdlms::ApduTag::general_block_transfer)) {
        return to_buffer(apdu);
    }
    auto joined = joins_.take_apdu({++pieces_}, apdu);
    if (!joined || joined->apdu.empty()) {
        return std::nullopt;
    }
    return std::move(joined->apdu);
}

}  // namespace dlms::service
