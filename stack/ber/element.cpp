#include "stack/ber/element.hpp"

namespace dlms::ber {
namespace {

Element read_element(Reader& reader, ErrorCode too_long) {
    const std::size_t offset = reader.offset();
    const std::uint8_t tag = reader.u8();
    if ((tag & 0x1F) == 0x1F) {
        reader.fail_at(ErrorCode::unknown_tag, offset);
    }
    const std::size_t length_offset = reader.offset();
    const std::uint32_t length = read_length(reader);
    if (length > reader.remaining()) {
        reader.fail_at(too_long, length_offset);
    }
    // After a failure the length may be anything; the sub-reader then only carries the error.
    return {tag, offset, reader.sub_reader(reader.ok() ? length : 0)};
}

}  // namespace

Element read_outer_element(Reader& reader) {
    return read_element(reader, ErrorCode::length_beyond_buffer);
}

Element read_inner_element(Reader& reader) {
    return read_element(reader, ErrorCode::inner_length_mismatch);
}

Reader read_only_element(Reader& outer, std::uint8_t tag) {
    Element element = read_inner_element(outer);
    if (outer.ok() && element.tag != tag) {
        outer.fail_at(ErrorCode::unknown_tag, element.offset);
    }
    outer.expect_end();
    if (!outer.ok()) {
        element.content.fail(outer.error());
    }
    return element.content;
}

std::int64_t read_integer_content(Reader& content) {
    if (content.remaining() > 8) {
        content.fail(ErrorCode::value_out_of_range);
    }
    const std::uint8_t first = content.u8();
    std::uint64_t value = (first & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    value = value << 8 | first;
    while (!content.at_end()) {
        value = value << 8 | content.u8();
    }
    return static_cast<std::int64_t>(value);
}

BitString read_bit_string_content(Reader& content) {
    const std::size_t where = content.offset();
    BitString bits;
    bits.unused_bits = content.u8();
    bits.octets = content.rest();
    if (bits.unused_bits > 7 || (bits.octets.empty() && bits.unused_bits != 0)) {
        content.fail_at(ErrorCode::value_out_of_range, where);
        return {};
    }
    return bits;
}

void write_element(Writer& writer, std::uint8_t tag, ByteView content) {
    writer.u8(tag);
    write_length(writer, content.size());
    writer.bytes(content);
}

void write_integer(Writer& writer, std::uint8_t tag, std::int64_t value) {
    std::size_t octets = 1;
    // The first octet carries the sign: stop as soon as its own top bit says the same as the rest.
    while (octets < 8 && value >> (8 * octets - 1) != 0 && value >> (8 * octets - 1) != -1) {
        ++octets;
    }
    writer.u8(tag);
    write_length(writer, octets);
    for (std::size_t i = octets; i-- > 0;) {
        writer.u8(static_cast<std::uint8_t>(value >> (8 * i)));
    }
}

void write_bit_string(Writer& writer, std::uint8_t tag, const BitString& bits) {
    if (bits.unused_bits > 7 || (bits.octets.empty() && bits.unused_bits != 0)) {
        writer.fail();
    }
    writer.u8(tag);
    write_length(writer, bits.octets.size() + 1);
    writer.u8(bits.unused_bits);
    writer.bytes(bits.octets);
}

}  // namespace dlms::ber
