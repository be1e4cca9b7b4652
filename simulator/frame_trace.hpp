#pragma once
// FrameTrace: what goes over an HDLC line, one text a frame: type, addresses, numbers and length.
// Information is not shown, so no secret is.

#include <functional>
#include <string>

#include "stack/hdlc/frame_parser.hpp"
#include "transport/trace.hpp"

namespace dlms::simulator {

/// "I N(S)=1 N(R)=0 P/F from 16 to 1/16, 23 octets"
std::string describe(const hdlc::RawFrame& frame);

class FrameTrace {
public:
    using LineSink = std::function<void(transport::Direction, const std::string& line)>;

    explicit FrameTrace(LineSink sink) : sink_(std::move(sink)), sent_({}), received_({}) {}

    void octets(transport::Direction direction, ByteView bytes, Instant now);

private:
    LineSink sink_;
    hdlc::FrameParser sent_;
    hdlc::FrameParser received_;
};

}  // namespace dlms::simulator
