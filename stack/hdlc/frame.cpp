#include "stack/hdlc/frame.hpp"

#include <array>

#include "stack/hdlc/crc.hpp"

namespace dlms::hdlc {
namespace {

constexpr std::uint16_t format_type = 0xA000;
constexpr std::uint16_t format_mask = 0xF000;
constexpr std::uint16_t segmentation_bit = 0x0800;

/// Check sequences travel low octet first; read big endian they are swapped.
constexpr std::uint16_t on_the_line(std::uint16_t crc_value) {
    return static_cast<std::uint16_t>(crc_value << 8 | crc_value >> 8);
}

/// Takes the information and the header check sequence before it.
void read_information(Reader& reader, ByteView content, std::size_t base, DecodedFrame& decoded) {
    const std::size_t where = reader.offset();
    if (reader.remaining() == 0) {
        decoded.octets.information_offset = where;
        return;
    }
    decoded.octets.hcs = reader.u16();
    if (reader.ok() && *decoded.octets.hcs != on_the_line(crc(content.first(where - base)))) {
        reader.fail_at(ErrorCode::header_check_mismatch, where);
    }
    decoded.octets.information_offset = reader.offset();
    decoded.frame.information = reader.rest();
    if (reader.ok() && !may_carry_information(decoded.frame.control.type)) {
        reader.fail_at(ErrorCode::information_not_permitted, where);
    }
}

ControlField read_control(Reader& reader) {
    const std::size_t where = reader.offset();
    const std::uint8_t octet = reader.u8();
    const std::optional<ControlField> control = ControlField::from_octet(octet);
    if (!control || control->type == FrameType::rej) {
        reader.fail_at(ErrorCode::unsupported_control, where);
        return {};
    }
    return *control;
}

}  // namespace

Result<DecodedFrame> decode_frame_content(ByteView content, std::size_t base_offset) {
    Reader whole(content, Layer::hdlc, base_offset);
    const std::uint16_t format = whole.u16();
    if (whole.ok() && (format & format_mask) != format_type) {
        whole.fail_at(ErrorCode::frame_format, base_offset);
    }
    DecodedFrame decoded;
    decoded.frame.segmented = (format & segmentation_bit) != 0;
    decoded.octets.length = format & max_frame_length;
    if (whole.ok() &&
        (decoded.octets.length != content.size() || content.size() < least_frame_length)) {
        whole.fail_at(ErrorCode::frame_length_mismatch, base_offset);
    }
    if (!whole.ok()) {
        return whole.failure();
    }
    // The check comes first: octets that arrived damaged mean nothing.
    const ByteView checked = content.first(content.size() - 2);
    Reader check(content.last(2), Layer::hdlc, base_offset + checked.size());
    decoded.octets.fcs = check.u16();
    if (decoded.octets.fcs != on_the_line(crc(checked))) {
        return fail(ErrorCode::check_mismatch, Layer::hdlc, base_offset + checked.size());
    }
    Reader reader(checked.subspan(2), Layer::hdlc, base_offset + 2);
    const std::size_t destination = reader.offset();
    decoded.frame.destination = read_address(reader);
    const std::size_t source = reader.offset();
    decoded.frame.source = read_address(reader);
    const std::size_t control = reader.offset();
    decoded.frame.control = read_control(reader);
    if (reader.ok()) {
        decoded.octets.destination = reader.between(destination, source);
        decoded.octets.source = reader.between(source, control);
        read_information(reader, content, base_offset, decoded);
    }
    if (!reader.ok()) {
        return reader.failure();
    }
    return decoded;
}

Result<DecodedFrame> decode_frame(ByteView octets) {
    if (octets.empty() || octets.front() != flag) {
        return fail(ErrorCode::no_frame, Layer::hdlc);
    }
    FrameSequence sequence(octets);
    const Result<DecodedFrame> decoded = sequence.next();
    if (decoded && octets.size() != std::size_t{decoded->octets.length} + 2) {
        return fail(ErrorCode::trailing_octets, Layer::hdlc,
                    std::size_t{decoded->octets.length} + 2);
    }
    return decoded;
}

bool FrameSequence::at_end() const {
    for (std::size_t i = position_; i < octets_.size(); ++i) {
        if (octets_[i] != flag) {
            return false;
        }
    }
    return true;
}

Result<DecodedFrame> FrameSequence::next() {
    if (position_ == octets_.size() || octets_[position_] != flag) {
        // The closing flag of the frame before may be the opening one of this.
        if (position_ == 0 || octets_[position_ - 1] != flag) {
            return fail(ErrorCode::no_frame, Layer::hdlc, position_);
        }
    }
    while (position_ < octets_.size() && octets_[position_] == flag) {
        ++position_;
    }
    const ByteView rest = octets_.subspan(position_);
    if (rest.empty()) {
        return fail(ErrorCode::no_frame, Layer::hdlc, position_);
    }
    Reader reader(rest, Layer::hdlc, position_);
    const std::uint16_t format = reader.u16();
    const std::size_t length = format & max_frame_length;
    if (reader.ok() && (format & format_mask) != format_type) {
        reader.fail_at(ErrorCode::frame_format, position_);
    } else if (reader.ok() && length >= rest.size()) {
        // One octet more than the frame has to follow: the flag. Where one stands at the end, the
        // frame was closed and its length is wrong; else it breaks off.
        const bool closed = rest.size() > 2 && rest.back() == flag;
        reader.fail_at(closed ? ErrorCode::frame_length_mismatch : ErrorCode::truncated,
                       closed ? position_ : position_ + rest.size());
    } else if (reader.ok() && (length < least_frame_length || rest[length] != flag)) {
        reader.fail_at(ErrorCode::frame_length_mismatch, position_);
    }
    if (!reader.ok()) {
        return reader.failure();
    }
    const std::size_t start = position_;
    position_ += length + 1;
    return decode_frame_content(rest.first(length), start);
}

void encode(Writer& writer, const Frame& frame) {
    const bool has_information = !frame.information.empty();
    const std::size_t header = 2u + frame.destination.octets + frame.source.octets + 1u;
    const std::size_t length = header + (has_information ? frame.information.size() + 2 : 0) + 2;
    if (length > max_frame_length) {
        writer.fail();
        return;
    }
    ByteBuffer head;
    head.reserve(header);
    Writer head_writer(head);
    head_writer.u16(static_cast<std::uint16_t>(format_type |
                                               (frame.segmented ? segmentation_bit : 0u) | length));
    write_address(head_writer, frame.destination);
    write_address(head_writer, frame.source);
    head_writer.u8(frame.control.octet());
    if (!head_writer.ok()) {
        writer.fail();
        return;
    }
    Crc sum;
    sum.update(head);
    writer.u8(flag);
    writer.bytes(head);
    if (has_information) {
        const std::uint16_t hcs = on_the_line(sum.value());
        sum.update(std::array{static_cast<Byte>(hcs >> 8), static_cast<Byte>(hcs)});
        sum.update(frame.information);
        writer.u16(hcs);
        writer.bytes(frame.information);
    }
    writer.u16(on_the_line(sum.value()));
    writer.u8(flag);
}

}  // namespace dlms::hdlc
