#include "render/stream_pieces.hpp"

#include <algorithm>

#include "stack/hdlc/frame.hpp"
#include "stack/iec62056_21/message.hpp"
#include "stack/iec62056_21/message_collector.hpp"
#include "stack/wrapper/wpdu.hpp"

namespace dlms::render {
namespace {

/// Octets between the flags by the format field; nothing when it is none of format type 3.
std::optional<std::size_t> frame_length(ByteView frame) {
    if ((frame[1] & 0xF0) != 0xA0) {
        return std::nullopt;
    }
    const std::size_t length = (frame[1] & 0x07u) << 8 | frame[2];
    return length >= hdlc::least_frame_length ? std::optional(length) : std::nullopt;
}

using namespace iec62056_21::control;
using iec62056_21::MessageCollector;

/// Whether messages of IEC 62056-21 have such characters between their first and their last.
bool is_character(Byte octet) {
    return octet == '\r' || octet == '\n' || octet == stx || (octet >= 0x20 && octet < 0x7F);
}

/// Octets up to and with the first of `ends`, which `behind` octets follow: 0 when they have not
/// come, nothing when other octets than characters come before.
std::optional<std::size_t> size_up_to(ByteView octets, std::initializer_list<Byte> ends,
                                      std::size_t behind, std::size_t most) {
    for (std::size_t i = 1; i < std::min(octets.size(), most); ++i) {
        if (std::ranges::find(ends, octets[i]) != ends.end()) {
            return octets.size() > i + behind ? i + 1 + behind : 0;
        }
        if (!is_character(octets[i])) {
            return std::nullopt;
        }
    }
    return octets.size() < most ? std::optional<std::size_t>(0) : std::nullopt;
}

/// A line that begins with "/"; all of a telegram where an empty line follows the first.
std::optional<std::size_t> opening_size(ByteView octets) {
    const auto line = size_up_to(octets, {'\n'}, 0, MessageCollector::max_opening);
    const bool is_telegram =
        line && *line > 0 && octets.size() > *line + 1 && octets[*line] == '\r';
    if (!is_telegram) {
        return line;
    }
    const auto body = size_up_to(octets, {'!'}, 0, MessageCollector::max_block);
    if (!body || *body == 0) {
        return body;
    }
    const auto last =
        size_up_to(octets.subspan(*body - 1), {'\n'}, 0, MessageCollector::max_opening);
    return last && *last > 0 ? *body - 1 + *last : last;
}

/// ACK, three characters and the end of the line.
std::optional<std::size_t> option_select_size(ByteView octets) {
    constexpr std::size_t size = 6;
    constexpr std::size_t end = 4;
    for (std::size_t i = 1; i < std::min(octets.size(), size); ++i) {
        const bool fits =
            i < end ? octets[i] > ' ' && octets[i] < 0x7F : octets[i] == (i == end ? '\r' : '\n');
        if (!fits) {
            return std::nullopt;
        }
    }
    return octets.size() < size ? 0 : size;
}

/// Octets of the message that begins here: 0 when its end has not come, nothing when none does.
std::optional<std::size_t> message_size(ByteView octets, bool is_among_messages) {
    if (octets[0] == '/') {
        return opening_size(octets);
    }
    if (octets[0] == ack) {
        const auto size = option_select_size(octets);
        return size || !is_among_messages ? size : 1;
    }
    if (!is_among_messages) {
        return std::nullopt;
    }
    switch (octets[0]) {
        case nak: return 1;
        case soh:
        case stx: return size_up_to(octets, {etx, eot}, 1, MessageCollector::max_block);
        default: return std::nullopt;
    }
}

}  // namespace

void PieceSplitter::receive(ByteView octets) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(consumed_));
    consumed_ = 0;
    buffer_.insert(buffer_.end(), octets.begin(), octets.end());
}

void PieceSplitter::skip(std::size_t missing) {
    offset_ += kept().size() + missing;
    buffer_.clear();
    consumed_ = 0;
}

StreamPiece PieceSplitter::rest() const {
    const ByteView octets = kept();
    const bool is_flag = octets.size() == 1 && octets[0] == hdlc::flag;
    return {PieceKind::other, is_flag ? ByteView{} : octets, offset_};
}

std::optional<StreamPiece> PieceSplitter::give_up() {
    return rest().octets.empty() ? std::nullopt : next_other();
}

void PieceSplitter::rewind(std::size_t count) {
    consumed_ -= count;
    offset_ -= count;
}

std::optional<StreamPiece> PieceSplitter::next() {
    // The closing flag of a frame is kept: it may open the next.
    while (kept().size() > 1 && kept()[0] == hdlc::flag && kept()[1] == hdlc::flag) {
        ++consumed_;
        ++offset_;
    }
    const ByteView octets = kept();
    if (octets.empty()) {
        return std::nullopt;
    }
    if (octets[0] == hdlc::flag) {
        return next_frame();
    }
    // A version of 1, as far as it has come.
    if (octets[0] == 0 && (octets.size() < 2 || octets[1] == wrapper::version)) {
        return next_wpdu();
    }
    return next_message();
}

std::optional<StreamPiece> PieceSplitter::next_frame() {
    const ByteView octets = kept();
    if (octets.size() < 3) {
        return std::nullopt;
    }
    const std::optional<std::size_t> length = frame_length(octets);
    if (!length) {
        // A closing flag, behind which something else begins.
        ++consumed_;
        ++offset_;
        return next();
    }
    if (octets.size() < *length + 2) {
        return std::nullopt;
    }
    const bool is_closed = octets[*length + 1] == hdlc::flag;
    return is_closed ? take(PieceKind::hdlc_frame, *length + 2, *length + 1) : next_other();
}

std::optional<StreamPiece> PieceSplitter::next_wpdu() {
    const ByteView octets = kept();
    if (octets.size() < wrapper::header_size) {
        return std::nullopt;
    }
    const std::size_t size =
        wrapper::header_size + static_cast<std::size_t>(big_endian<2>(octets.subspan(6)));
    if (octets.size() < size) {
        return std::nullopt;
    }
    has_wpdus_ = true;
    std::ranges::copy(octets.subspan(2, ports_.size()), ports_.begin());
    return take(PieceKind::wpdu, size, size);
}

std::optional<StreamPiece> PieceSplitter::next_message() {
    const auto size = message_size(kept(), has_messages_);
    if (!size) {
        return next_other();
    }
    return *size == 0 ? std::nullopt : take(PieceKind::iec62056_21, *size, *size);
}

/// Behind damage: a flag; among WPDUs a header with the ports of the last, either way.
bool PieceSplitter::may_begin_piece(ByteView octets) const {
    if (!has_wpdus_) {
        return octets[0] == hdlc::flag;
    }
    if (octets.size() < 2 + ports_.size() || octets[0] != 0 || octets[1] != wrapper::version) {
        return false;
    }
    std::array<Byte, 4> swapped = ports_;
    std::ranges::rotate(swapped, swapped.begin() + 2);
    const ByteView ports = octets.subspan(2, ports_.size());
    return std::ranges::equal(ports, ports_) || std::ranges::equal(ports, swapped);
}

std::optional<StreamPiece> PieceSplitter::next_other() {
    const ByteView octets = kept();
    std::size_t size = 1;
    while (size < octets.size() && !may_begin_piece(octets.subspan(size))) {
        ++size;
    }
    return take(PieceKind::other, size, size);
}

std::optional<StreamPiece> PieceSplitter::take(PieceKind kind, std::size_t size,
                                               std::size_t consumed) {
    if (kind == PieceKind::hdlc_frame) {
        has_wpdus_ = false;
    }
    has_messages_ = kind == PieceKind::iec62056_21;
    const StreamPiece piece{kind, kept().first(size), offset_};
    consumed_ += consumed;
    offset_ += consumed;
    return piece;
}

}  // namespace dlms::render
