#include "stack/mbus/long_frame.hpp"

#include "stack/base/reader.hpp"

namespace dlms::mbus {
namespace {

/// C, A, CI and the two access points.
constexpr std::size_t header_size = 5;
constexpr std::uint8_t last_ci_field = 0x1F;

std::uint8_t checksum(ByteView octets) {
    std::uint8_t sum = 0;
    for (const Byte octet : octets) {
        sum = static_cast<std::uint8_t>(sum + octet);
    }
    return sum;
}

}  // namespace

Result<LongFrame> take_long_frame(ByteView& octets, std::size_t base_offset) {
    Reader reader(octets, Layer::mbus, base_offset);
    if (octets.empty() || reader.u8() != long_start) {
        reader.fail_at(ErrorCode::no_frame, base_offset);
    }
    const std::uint8_t length = reader.u8();
    if (reader.u8() != length || length < header_size) {
        reader.fail_at(ErrorCode::frame_length_mismatch, base_offset + 1);
    }
    if (reader.u8() != long_start) {
        reader.fail_at(ErrorCode::frame_format, base_offset + 3);
    }
    if (reader.remaining() < length) {
        reader.fail_at(ErrorCode::truncated, base_offset + octets.size());
    }
    const ByteView content = reader.bytes(length);
    const std::size_t after = reader.offset();
    const std::uint8_t sum = reader.u8();
    if (reader.u8() != stop) {
        reader.fail_at(ErrorCode::frame_format, after + 1);
    } else if (sum != checksum(content)) {
        reader.fail_at(ErrorCode::check_mismatch, after);
    }
    if (!reader.ok()) {
        return reader.failure();
    }
    Reader fields(content, Layer::mbus, base_offset + 4);
    LongFrame frame;
    frame.c_field = fields.u8();
    frame.a_field = fields.u8();
    frame.ci_field = fields.u8();
    frame.stsap = fields.u8();
    frame.dtsap = fields.u8();
    frame.payload = fields.rest();
    if (frame.ci_field > last_ci_field) {
        return fail(ErrorCode::unknown_choice, Layer::mbus, base_offset + 6);
    }
    octets = octets.subspan(length + long_frame_overhead);
    return frame;
}

void encode(Writer& writer, const LongFrame& frame) {
    const std::size_t length = header_size + frame.payload.size();
    if (length > 0xFF) {
        writer.fail();
        return;
    }
    const unsigned header =
        unsigned{frame.c_field} + frame.a_field + frame.ci_field + frame.stsap + frame.dtsap;
    writer.u8(long_start);
    writer.u8(static_cast<std::uint8_t>(length));
    writer.u8(static_cast<std::uint8_t>(length));
    writer.u8(long_start);
    writer.u8(frame.c_field);
    writer.u8(frame.a_field);
    writer.u8(frame.ci_field);
    writer.u8(frame.stsap);
    writer.u8(frame.dtsap);
    writer.bytes(frame.payload);
    writer.u8(static_cast<std::uint8_t>(header + checksum(frame.payload)));
    writer.u8(stop);
}

}  // namespace dlms::mbus
