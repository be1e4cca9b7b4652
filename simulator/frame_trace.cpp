#include "simulator/frame_trace.hpp"

#include "stack/base/hex.hpp"

namespace dlms::simulator {
namespace {

std::string describe(const hdlc::Address& address) {
    std::string text = std::to_string(address.upper);
    if (address.has_lower()) {
        text += "/" + std::to_string(address.lower);
    }
    return text;
}

std::string describe_control(std::uint8_t octet) {
    using hdlc::FrameType;
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

}  // namespace

std::string describe(const hdlc::RawFrame& frame) {
    return describe_control(frame.control_octet) + " from " + describe(frame.source) + " to " +
           describe(frame.destination) + (frame.segmented ? ", segment" : "") + ", " +
           std::to_string(frame.information.size()) + " octets";
}

void FrameTrace::octets(transport::Direction direction, ByteView bytes, Instant now) {
    hdlc::FrameParser& parser = direction == transport::Direction::sent ? sent_ : received_;
    const std::uint64_t before = parser.counters().frames;
    parser.receive(bytes, now);
    while (const std::optional<hdlc::RawFrame> frame = parser.poll_frame()) {
        sink_(direction, describe(*frame));
    }
    if (parser.counters().frames == before) {
        sink_(direction, std::to_string(bytes.size()) + " octets");
    }
}

}  // namespace dlms::simulator
