#pragma once
// Frames as tests write them: the control field and the information, in hexadecimal digits, with
// "s" before a frame that is segmented and " | " between frames. "93" is SNRM with P, and
// "s10 E6E600C0" the first segment of an APDU.

#include <string>

#include "stack/hdlc/crc.hpp"
#include "stack/hdlc/frame_parser.hpp"
#include "tests/support/octets.hpp"

namespace dlms::testing {

/// The octets of one frame with its flags; any control octet, known or not.
inline ByteBuffer frame_octets(const hdlc::Address& destination, const hdlc::Address& source,
                               std::string_view text) {
    const bool segmented = text.starts_with('s');
    const ByteBuffer control_and_information = octets(segmented ? text.substr(1) : text);
    hdlc::Frame frame;
    frame.segmented = segmented;
    frame.destination = destination;
    frame.source = source;
    frame.information = ByteView(control_and_information).subspan(1);
    ByteBuffer buffer;
    Writer writer(buffer);
    encode(writer, frame);
    // The control octet as it is written, and the checks over it.
    const std::size_t control = 3u + destination.octets + source.octets;
    buffer[control] = control_and_information[0];
    const auto put_check = [&buffer](std::size_t end) {
        const std::uint16_t check = hdlc::crc(ByteView(buffer).first(end).subspan(1));
        buffer[end] = static_cast<Byte>(check);
        buffer[end + 1] = static_cast<Byte>(check >> 8);
    };
    if (!frame.information.empty()) {
        put_check(control + 1);
    }
    put_check(buffer.size() - 3);
    return buffer;
}

inline std::string frame_text(const hdlc::RawFrame& frame) {
    const Byte control = frame.control_octet;
    std::string text = (frame.segmented ? "s" : "") + to_hex(ByteView(&control, 1));
    if (!frame.information.empty()) {
        text += ' ' + to_hex(frame.information);
    }
    return text;
}

/// All frames of a stream, which holds nothing else.
inline std::string frames_text(ByteView stream) {
    hdlc::FrameParser parser({hdlc::ErrorMode::close, std::nullopt});
    parser.receive(stream, Instant{});
    std::string text;
    while (const auto frame = parser.poll_frame()) {
        text += (text.empty() ? "" : " | ") + frame_text(*frame);
    }
    return parser.failure() ? "not only frames" : text;
}

}  // namespace dlms::testing
