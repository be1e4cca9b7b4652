#include "client/dial_in/call_stream.hpp"

#include <algorithm>
#include <utility>

#include "stack/hdlc/frame.hpp"
#include "stack/mbus/long_frame.hpp"

namespace dlms::client::dial_in {
namespace {

constexpr Byte hdlc_format_mask = 0xF0;
constexpr Byte hdlc_format = 0xA0;
constexpr std::size_t hdlc_header = 2;  // format and length

}  // namespace

void CallStream::receive(ByteView bytes) {
    input_.erase(input_.begin(), input_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    if (!failure_) {
        input_.insert(input_.end(), bytes.begin(), bytes.end());
    }
}

std::optional<CallStream::Piece> CallStream::poll() {
    if (failure_ || rest().empty()) {
        return std::nullopt;
    }
    const Byte first = rest()[0];
    if (first == 0) {
        return poll_wpdu();
    }
    // The closing flag of a frame may be the opening one of the next.
    if (first == hdlc::flag || (is_hdlc_ && (first & hdlc_format_mask) == hdlc_format)) {
        return poll_hdlc();
    }
    if (first == mbus::long_start && !is_hdlc_) {
        return poll_mbus();
    }
    return poll_modem();
}

CallStream::Piece CallStream::take(Piece piece, std::size_t octets) {
    piece.octets = rest().first(octets);
    consumed_ += octets;
    return piece;
}

std::optional<CallStream::Piece> CallStream::poll_modem() {
    for (const Recogniser& recogniser : recognisers()) {
        Recognition seen = recogniser.at_front ? recogniser.at_front(rest()) : Recognition();
        switch (seen.verdict) {
            case Recognition::Verdict::foreign: break;
            case Recognition::Verdict::unfinished: return std::nullopt;
            case Recognition::Verdict::damaged:
                return take({Piece::Kind::damaged, recogniser.maker}, seen.octets);
            case Recognition::Verdict::whole:
                return take({Piece::Kind::modem_frame, recogniser.maker, std::move(seen.frame)},
                            seen.octets);
        }
    }
    if (is_hdlc_) {
        // Octet by octet, so that it does not matter how they come.
        return take({Piece::Kind::hdlc}, 1);
    }
    return fail(ErrorCode::frame_format);
}

std::optional<CallStream::Piece> CallStream::fail(ErrorCode code) {
    failure_ = Error{code, Layer::client, 0};
    return std::nullopt;
}

std::optional<CallStream::Piece> CallStream::poll_wpdu() {
    const ByteView octets = rest();
    if (octets.size() >= 2 && octets[1] != wrapper::version) {
        return is_hdlc_ ? std::optional(take({Piece::Kind::hdlc}, 1))
                        : fail(ErrorCode::wrong_version);
    }
    if (octets.size() < wrapper::header_size) {
        return std::nullopt;
    }
    const std::size_t length = std::size_t{octets[6]} << 8 | octets[7];
    if (length > most_octets_) {
        return is_hdlc_ ? std::optional(take({Piece::Kind::hdlc}, 1))
                        : fail(ErrorCode::pdu_too_long);
    }
    const std::size_t size = wrapper::header_size + length;
    if (octets.size() < size) {
        return std::nullopt;
    }
    const auto wpdu = wrapper::decode_wpdu(octets.first(size));
    if (!wpdu) {
        return fail(wpdu.error().code);
    }
    for (const Recogniser& recogniser : recognisers()) {
        std::optional<ModemFrame> frame =
            recogniser.in_wpdu ? recogniser.in_wpdu(*wpdu) : std::nullopt;
        if (frame) {
            return take({Piece::Kind::modem_frame, recogniser.maker, std::move(*frame)}, size);
        }
    }
    return take({Piece::Kind::wpdu}, size);
}

std::optional<CallStream::Piece> CallStream::poll_mbus() {
    const ByteView octets = rest();
    constexpr std::size_t header = 4;  // 68 L L 68
    if (octets.size() < header) {
        return std::nullopt;
    }
    if (octets[1] != octets[2] || octets[3] != mbus::long_start) {
        return fail(ErrorCode::frame_format);
    }
    const std::size_t size = octets[1] + mbus::long_frame_overhead;
    return octets.size() < size ? std::nullopt : std::optional(take({Piece::Kind::mbus}, size));
}

std::optional<CallStream::Piece> CallStream::poll_hdlc() {
    is_hdlc_ = true;
    const ByteView octets = rest();
    const std::size_t flags = octets[0] == hdlc::flag ? 1 : 0;
    if (octets.size() < flags + hdlc_header) {
        return std::nullopt;
    }
    if ((octets[flags] & hdlc_format_mask) != hdlc_format) {
        return take({Piece::Kind::hdlc}, 1);
    }
    const std::size_t length = std::size_t{octets[flags] & 0x07U} << 8 | octets[flags + 1];
    const std::size_t size = flags + length + 1;
    if (length < hdlc::least_frame_length) {
        return take({Piece::Kind::hdlc}, 1);
    }
    if (octets.size() < size) {
        return std::nullopt;
    }
    if (octets[size - 1] != hdlc::flag) {
        return take({Piece::Kind::hdlc}, 1);
    }
    return take({Piece::Kind::hdlc}, size);
}

}  // namespace dlms::client::dial_in
