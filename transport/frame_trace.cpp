#include "transport/frame_trace.hpp"

#include <algorithm>
#include <utility>

#include "stack/hdlc/llc.hpp"

namespace dlms::transport {
namespace {

using hdlc::FrameType;
using Hidden = SecretParts::Hidden;

/// A pause that ends an unfinished frame: more than any line makes, so that none of its frames is
/// cut here that the link takes.
constexpr std::chrono::seconds longest_pause{2};

constexpr std::size_t most_stations = 128;
constexpr std::size_t longest_text = 256;

constexpr Byte start_of_header = 0x01;
constexpr Byte end_of_text = 0x03;

std::string describe(const hdlc::Address& address) {
    std::string text = std::to_string(address.upper);
    if (address.has_lower()) {
        text += "/" + std::to_string(address.lower);
    }
    return text;
}

std::string describe_control(std::uint8_t octet) {
    const std::optional<hdlc::ControlField> control = hdlc::ControlField::from_octet(octet);
    if (!control) {
        return "control " + to_hex(std::array<Byte, 1>{octet});
    }
    std::string text(hdlc::name(control->type));
    if (control->type == FrameType::i) {
        text += " N(S)=" + std::to_string(control->send_sequence);
    }
    if (control->type <= FrameType::rej) {
        text += " N(R)=" + std::to_string(control->receive_sequence);
    }
    return text + (control->poll_final ? " P/F" : "");
}

Hidden all_of(ByteView octets) {
    return {0, octets.size(), true};
}

ByteBuffer stations(ByteView destination, ByteView source) {
    ByteBuffer both = to_buffer(destination);
    both.insert(both.end(), source.begin(), source.end());
    return both;
}

/// Where the first frame seems to begin: a flag and a frame format. No text has these.
ByteBuffer::const_iterator first_frame(const ByteBuffer& octets) {
    return std::ranges::adjacent_find(
        octets, [](Byte one, Byte next) { return one == hdlc::flag && (next & 0xF0) == 0xA0; });
}

/// Octets of the first message or line of a text; 0 while its end has not come. What is no text is
/// one line.
std::size_t first_line(ByteView text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] >= 0x80) {
            return text.size();
        }
        if (text[i] == '\n') {
            return i + 1;
        }
        if (text[i] == end_of_text && i + 1 < text.size()) {
            return i + 2;  // with its check
        }
    }
    return text.size() >= longest_text ? text.size() : 0;
}

std::string quoted(ByteView line) {
    // A command may be the one with the password; what has octets of no text may be anything.
    const bool is_text = std::ranges::all_of(line, [](Byte octet) { return octet < 0x7F; });
    if (!is_text || line[0] == start_of_header) {
        return "(" + std::to_string(line.size()) + " octets before any frame)";
    }
    std::string text = "\"";
    for (const Byte octet : line) {
        switch (octet) {
            case '\r': text += "\\r"; break;
            case '\n': text += "\\n"; break;
            case '"':
            case '\\': text += {'\\', static_cast<char>(octet)}; break;
            default:
                text += octet >= ' ' ? std::string(1, static_cast<char>(octet))
                                     : "\\x" + to_hex(std::array<Byte, 1>{octet});
        }
    }
    return text + '"';
}

/// What a parser dropped since `before`, in words; empty for nothing.
std::string dropped(const hdlc::FrameParser::Counters& now,
                    const hdlc::FrameParser::Counters& before) {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view what) {
        if (count > 0) {
            text += (text.empty() ? "" : ", ") + std::to_string(count) + " " + std::string(what);
        }
    };
    add(now.frame_check - before.frame_check, "wrong FCS");
    add(now.header_check - before.header_check, "wrong HCS");
    add(now.wrong_format - before.wrong_format, "wrong format");
    add(now.wrong_length - before.wrong_length, "wrong length");
    add(now.wrong_address - before.wrong_address, "wrong address");
    add(now.incomplete - before.incomplete, "not whole");
    add(now.noise_octets - before.noise_octets, "octets that are no frame");
    return text;
}

}  // namespace

std::string describe(const hdlc::RawFrame& frame) {
    return describe_control(frame.control_octet) + " from " + describe(frame.source) + " to " +
           describe(frame.destination) + (frame.segmented ? ", segment" : "") + ", " +
           std::to_string(frame.information.size()) + " octets";
}

FrameTrace::FrameTrace()
    : sides_{Side{hdlc::FrameParser({.inter_octet_timeout = longest_pause}), {}, {}},
             Side{hdlc::FrameParser({.inter_octet_timeout = longest_pause}), {}, {}}} {}

void FrameTrace::octets(Direction direction, ByteView bytes, Instant now, const Emit& emit) {
    if (frames_began_) {
        frames(direction, bytes, now, emit);
        return;
    }
    Side& side = sides_[static_cast<std::size_t>(direction)];
    side.text.insert(side.text.end(), bytes.begin(), bytes.end());
    const auto begin = first_frame(side.text);
    frames_began_ = begin != side.text.end();
    const ByteBuffer rest(begin, side.text.cend());
    side.text.erase(begin, side.text.cend());
    texts(side, emit);
    if (frames_began_) {
        frames(direction, rest, now, emit);
    }
}

void FrameTrace::texts(Side& side, const Emit& emit) {
    std::size_t shown = 0;
    while (const std::size_t size = first_line(ByteView(side.text).subspan(shown))) {
        emit(quoted(ByteView(side.text).subspan(shown, size)));
        shown += size;
    }
    side.text.erase(side.text.begin(), side.text.begin() + static_cast<std::ptrdiff_t>(shown));
}

void FrameTrace::frames(Direction direction, ByteView bytes, Instant now, const Emit& emit) {
    Side& side = sides_[static_cast<std::size_t>(direction)];
    // What came before the other side began to send frames.
    side.parser.receive(std::exchange(side.text, {}), now);
    side.parser.receive(bytes, now);
    while (const std::optional<hdlc::RawFrame> frame = side.parser.poll_frame()) {
        emit(show(direction, *frame));
    }
    if (const std::string text = dropped(side.parser.counters(), side.told); !text.empty()) {
        emit("(dropped: " + text + ")");
    }
    side.told = side.parser.counters();
}

std::string FrameTrace::show(Direction direction, const hdlc::RawFrame& frame) {
    constexpr std::size_t check_size = 2;
    const Hidden hidden = hidden_information(direction, frame);
    std::string hex = "7E";
    if (hidden.count == 0) {
        hex += to_hex(frame.content);
    } else {
        // With its check sequence, or a short secret could be tried out.
        const std::size_t begin = frame.content.size() - check_size - frame.information.size();
        const ByteView before = frame.content.first(begin + hidden.first);
        const ByteView behind = frame.content.subspan(begin).subspan(hidden.first + hidden.count);
        hex += to_hex(before) + std::string(hidden_octets) +
               to_hex(behind.first(behind.size() - check_size)) + std::string(hidden_octets);
    }
    return hex + "7E # " + describe(frame);
}

Hidden FrameTrace::hidden_information(Direction direction, const hdlc::RawFrame& frame) {
    const std::optional<hdlc::ControlField> control =
        hdlc::ControlField::from_octet(frame.control_octet);
    if (!control) {
        return all_of(frame.information);
    }
    switch (control->type) {
        case FrameType::i: return hidden_segment(direction, frame, control->send_sequence);
        case FrameType::ui: return hidden_apdu(direction, frame);
        case FrameType::snrm:
        case FrameType::ua:
            segments_.erase(stations(frame.octets.destination, frame.octets.source));
            segments_.erase(stations(frame.octets.source, frame.octets.destination));
            return {};
        default: return {};
    }
}

Hidden FrameTrace::hidden_segment(Direction direction, const hdlc::RawFrame& frame,
                                  std::uint8_t send_sequence) {
    ByteBuffer key = stations(frame.octets.destination, frame.octets.source);
    if (!segments_.contains(key) && segments_.size() == most_stations) {
        return all_of(frame.information);
    }
    Segments& segments = segments_[std::move(key)];
    if (send_sequence != segments.next) {
        return all_of(frame.information);
    }
    segments.next = (send_sequence + 1) & 7;
    const Hidden hidden = !segments.inside ? hidden_apdu(direction, frame)
                          : segments.hides ? all_of(frame.information)
                                           : Hidden{};
    segments.inside = frame.segmented;
    segments.hides = hidden.rest;
    return hidden;
}

Hidden FrameTrace::hidden_apdu(Direction direction, const hdlc::RawFrame& frame) {
    const auto parts = hdlc::split_llc(frame.information);
    if (!parts) {
        return all_of(frame.information);
    }
    Hidden hidden = secrets_.judge(conversation_of(frame.octets.destination, frame.octets.source),
                                   direction, parts->apdu, !frame.segmented);
    hidden.first += hdlc::llc_size;
    return hidden;
}

}  // namespace dlms::transport
