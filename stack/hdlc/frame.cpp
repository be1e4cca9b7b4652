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

/// The octets of a frame from its format to its control field.
class FrameHead {
public:
    FrameHead(const Frame& frame, std::size_t length) {
        const unsigned segmentation = frame.segmented ? segmentation_bit : 0u;
        put(static_cast<unsigned>(format_type >> 8 | segmentation >> 8 | length >> 8));
        put(static_cast<unsigned>(length));
        put(frame.destination);
        put(frame.source);
        put(frame.control.octet());
    }
    ByteView octets() const { return ByteView(octets_).first(size_); }

private:
    void put(unsigned octet) { octets_[size_++] = static_cast<Byte>(octet); }
    void put(const Address& address) {
        const AddressOctets encoded = encode_address(address);
        for (std::size_t i = 0; i < address.octets; ++i) {
            put(encoded[i]);
        }
    }

    std::array<Byte, 2 + 4 + 4 + 1> octets_{};
    std::size_t size_ = 0;
};

/// Takes the information and the header check sequence before it.
void read_information(Reader& reader, ByteView content, std::size_t base, RawFrame& frame) {
    const std::size_t where = reader.offset();
    frame.octets.information_offset = where;
    if (!reader.ok() || reader.remaining() == 0) {
        return;
    }
    frame.octets.hcs = reader.u16();
    if (reader.ok() && *frame.octets.hcs != on_the_line(crc(content.first(where - base)))) {
        reader.fail_at(ErrorCode::header_check_mismatch, where);
    }
    frame.octets.information_offset = reader.offset();
    frame.information = reader.rest();
}

/// The format field: type, segmentation and a length that counts exactly the content.
Status read_format(RawFrame& frame, ByteView content, std::size_t base) {
    Reader reader(content, Layer::hdlc, base);
    const std::uint16_t format = reader.u16();
    if (reader.ok() && (format & format_mask) != format_type) {
        reader.fail_at(ErrorCode::frame_format, base);
    }
    frame.segmented = (format & segmentation_bit) != 0;
    frame.octets.length = format & max_frame_length;
    if (reader.ok() &&
        (frame.octets.length != content.size() || content.size() < least_frame_length)) {
        reader.fail_at(ErrorCode::frame_length_mismatch, base);
    }
    return reader.ok() ? Status() : reader.failure();
}

}  // namespace

Result<RawFrame> decode_raw_frame(ByteView content, std::size_t base_offset) {
    RawFrame frame;
    frame.content = content;
    if (const Status format = read_format(frame, content, base_offset); !format) {
        return std::unexpected(format.error());
    }
    // The check comes first: octets that arrived damaged mean nothing.
    const ByteView checked = content.first(content.size() - 2);
    frame.octets.fcs = static_cast<std::uint16_t>(big_endian<2>(content.last(2)));
    if (frame.octets.fcs != on_the_line(crc(checked))) {
        return fail(ErrorCode::check_mismatch, Layer::hdlc, base_offset + checked.size());
    }
    Reader reader(checked, Layer::hdlc, base_offset);
    reader.skip(2);
    const std::size_t destination = reader.offset();
    frame.destination = read_address(reader);
    const std::size_t source = reader.offset();
    frame.source = read_address(reader);
    const std::size_t control = reader.offset();
    frame.control_octet = reader.u8();
    if (reader.ok()) {
        frame.octets.destination = reader.between(destination, source);
        frame.octets.source = reader.between(source, control);
        read_information(reader, content, base_offset, frame);
    }
    if (!reader.ok()) {
        return reader.failure();
    }
    return frame;
}

Result<DecodedFrame> decode_frame_content(ByteView content, std::size_t base_offset) {
    const Result<RawFrame> raw = decode_raw_frame(content, base_offset);
    if (!raw) {
        return std::unexpected(raw.error());
    }
    const std::size_t before_control =
        base_offset + 2 + raw->octets.destination.size() + raw->octets.source.size();
    const std::optional<ControlField> control = ControlField::from_octet(raw->control_octet);
    if (!control || control->type == FrameType::rej) {
        return fail(ErrorCode::unsupported_control, Layer::hdlc, before_control);
    }
    if (raw->octets.hcs && !may_carry_information(control->type)) {
        return fail(ErrorCode::information_not_permitted, Layer::hdlc, before_control + 1);
    }
    DecodedFrame decoded;
    decoded.frame = {raw->segmented, raw->destination, raw->source, *control, raw->information};
    decoded.octets = raw->octets;
    return decoded;
}

Result<DecodedFrame> decode_frame(ByteView octets) {
    if (octets.empty() || octets.front() != flag) {
        return fail(ErrorCode::no_frame, Layer::hdlc);
    }
    FrameSequence sequence(octets);
    const Result<DecodedFrame> decoded = sequence.next();
    if (decoded && sequence.position() != octets.size()) {
        return fail(ErrorCode::trailing_octets, Layer::hdlc, sequence.position());
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
        // One octet more than the frame has to follow: the flag. Where one stands at the end of
        // what could be a frame, it was closed and its length is wrong; else it breaks off.
        const bool closed = rest.size() > least_frame_length && rest.back() == flag;
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
    if (length > max_frame_length || !frame.destination.is_valid() || !frame.source.is_valid()) {
        writer.fail();
        return;
    }
    const FrameHead head(frame, length);
    Crc sum;
    sum.update(head.octets());
    writer.u8(flag);
    writer.bytes(head.octets());
    if (has_information) {
        // What the frame check covers goes over the header check too: one pass does for both.
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
