#pragma once
// FrameTrace: the octets of an HDLC line as lines of text: one a frame, in hexadecimal and in
// words; one a text message of IEC 62056-21 that precedes the frames.
//
// APDUs come in segments, and a segment in which something is hidden hides its check sequence too:
// from it and the rest a short secret could be found. Of a frame that is not the next one (sent
// again, or too early) the information is hidden: what it belongs to is not known.

#include <array>
#include <map>

#include "stack/hdlc/frame_parser.hpp"
#include "transport/trace_lines.hpp"

namespace dlms::transport {

/// "I N(S)=1 N(R)=0 P/F from 16 to 1/16, 23 octets"
std::string describe(const hdlc::RawFrame& frame);

class FrameTrace final : public TraceLines {
public:
    FrameTrace();

    void octets(Direction direction, ByteView bytes, Instant now, const Emit& emit) override;

private:
    /// What one station sends to another, and what became of its last segment.
    struct Segments {
        std::uint8_t next = 0;  // N(S) of the next frame
        bool inside = false;    // an APDU is not at its end
        bool hides = false;     // and has its rest hidden
    };
    struct Side {
        hdlc::FrameParser parser;
        hdlc::FrameParser::Counters told;  // of what the parser dropped
        ByteBuffer text;                   // before any frame
    };

    void texts(Side& side, const Emit& emit);
    void frames(Direction direction, ByteView bytes, Instant now, const Emit& emit);
    std::string show(Direction direction, const hdlc::RawFrame& frame);
    SecretParts::Hidden hidden_information(Direction direction, const hdlc::RawFrame& frame);
    SecretParts::Hidden hidden_segment(Direction direction, const hdlc::RawFrame& frame,
                                       std::uint8_t send_sequence);
    SecretParts::Hidden hidden_apdu(Direction direction, const hdlc::RawFrame& frame);

    std::array<Side, 2> sides_;  // by direction
    bool frames_began_ = false;
    std::map<ByteBuffer, Segments> segments_;  // by the addresses of receiver and sender
    SecretParts secrets_;
};

}  // namespace dlms::transport
