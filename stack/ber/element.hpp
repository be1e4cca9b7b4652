#pragma once
// The subset of BER that ACSE uses (ITU-T X.690 clause 8): one-octet tags, definite lengths.
// The indefinite form does not occur in DLMS/COSEM and is refused.

#include "stack/base/length.hpp"

namespace dlms::ber {

/// Universal tags that occur inside ACSE fields.
enum class UniversalTag : std::uint8_t {
    integer = 0x02,
    octet_string = 0x04,
    object_identifier = 0x06,
};

/// One tag-length-value. `content` reads the value alone; an error in it has to be taken over with
/// `outer.fail(content.error())`.
struct Element {
    std::uint8_t tag = 0;
    std::size_t offset = 0;  ///< of the tag
    Reader content;
};

/// Takes the element that is a whole APDU. Errors: truncated, unknown_tag for a tag of several
/// octets, invalid_length_encoding, length_beyond_buffer.
Element read_outer_element(Reader& reader);

/// Takes an element inside another one. Errors: as above, with inner_length_mismatch in the place
/// of length_beyond_buffer: the two lengths disagree.
Element read_inner_element(Reader& reader);

/// Takes the only element of `outer`, which must have this tag. Errors: unknown_tag for another
/// tag, trailing_octets behind it, and those of read_inner_element().
Reader read_only_element(Reader& outer, std::uint8_t tag);

/// The value of an INTEGER, from all octets of `content`. Errors: truncated when there are none,
/// value_out_of_range above 8 octets.
std::int64_t read_integer_content(Reader& content);

/// A BIT STRING: the first bit is the most significant one of the first octet.
struct BitString {
    std::uint8_t unused_bits = 0;  ///< 0-7, in the last octet
    ByteView octets;

    std::size_t size() const { return octets.size() * 8 - unused_bits; }
    /// A bit that is not sent is 0.
    bool bit(std::size_t index) const {
        return index < size() && (octets[index / 8] >> (7 - index % 8) & 1) != 0;
    }
};

/// All octets of `content` as a BIT STRING. Errors: truncated, value_out_of_range for more unused
/// bits than there are.
BitString read_bit_string_content(Reader& content);

/// Tag, length and content. The writer fails for a content that does not fit it.
void write_element(Writer& writer, std::uint8_t tag, ByteView content);
/// The shortest INTEGER, under the given tag.
void write_integer(Writer& writer, std::uint8_t tag, std::int64_t value);
void write_bit_string(Writer& writer, std::uint8_t tag, const BitString& bits);

/// Tag and length around what `write_content()` writes.
template <class WriteContent>
void write_constructed(Writer& writer, std::uint8_t tag, WriteContent&& write_content) {
    writer.u8(tag);
    const std::size_t place = writer.length_placeholder();
    write_content();
    writer.back_fill_length(place);
}

}  // namespace dlms::ber
