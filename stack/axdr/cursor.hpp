#pragma once
// Cursor: reads checked Data item by item in the order of the octets, without building anything.
// For long, regular values such as profile buffers, where every octet is looked at once.

#include "stack/axdr/data_view.hpp"
#include "stack/axdr/length.hpp"

namespace dlms::axdr {

class Cursor {
public:
    /// One item: a simple value, or the opening of an array or structure whose `count` elements
    /// are the items that follow.
    /// A compact-array is one item too: CompactArrayView::from_checked(content) reads it.
    struct Item {
        Tag tag{};
        std::uint32_t count = 0;  ///< elements of an array or structure, bits of a bit-string
        ByteView content;         ///< octets of a simple value, without tag and length

        /// The value of an unsigned integer, enum or bcd; 0 for any other tag.
        std::uint64_t unsigned_integer() const;
        /// The value of a signed integer, and of an unsigned one of up to four octets; 0 for any
        /// other tag.
        std::int64_t signed_integer() const;
    };

    /// Starts at the beginning of a checked Data, whose octets must outlive the cursor.
    explicit Cursor(const DataView& data) : rest_(data.encoded()) {}

    bool at_end() const { return rest_.empty(); }

    /// Takes the next item; null-data at the end.
    Item next();

private:
    /// Where an item's content lies among octets, and where the item ends.
    struct Place {
        std::size_t begin = 0;
        std::size_t size = 0;
        std::size_t end = 0;
        std::uint32_t count = 0;
    };
    /// The place of an item of any kind at the beginning of `octets`. Apart from next(), whose
    /// cursor can so stay in registers.
    [[gnu::noinline]] static Place place_of(ByteView octets);

    ByteView rest_;
};

namespace detail {

/// Takes what stands behind the tag of a checked compact-array.
ByteView take_compact_array(Reader& reader);

/// Takes the content of an item that is neither array nor structure; `item.tag` is set.
void read_content(Reader& reader, Cursor::Item& item);

}  // namespace detail

inline Cursor::Item Cursor::next() {
    if (rest_.empty()) {
        return {};
    }
    const ByteView octets = rest_;
    const auto tag = static_cast<Tag>(octets[0]);
    const std::size_t width = fixed_width(tag);
    if (width < octets.size()) [[likely]] {
        rest_ = octets.subspan(1 + width);
        return {tag, 0, octets.subspan(1, width)};
    }
    const std::size_t length = octets.size() > 1 ? octets[1] : std::size_t{0x80};
    if (length < 0x80 && (tag == Tag::array || tag == Tag::structure)) {
        rest_ = octets.subspan(2);
        return {tag, static_cast<std::uint32_t>(length), {}};
    }
    if (length < 0x80 && tag == Tag::octet_string && length <= octets.size() - 2) {
        rest_ = octets.subspan(2 + length);
        return {tag, 0, octets.subspan(2, length)};
    }
    const Place place = place_of(octets);
    rest_ = octets.subspan(place.end);
    return {tag, place.count, octets.subspan(place.begin, place.size)};
}

inline std::uint64_t Cursor::Item::unsigned_integer() const {
    switch (tag) {
        case Tag::unsigned_:
        case Tag::delta_unsigned:
        case Tag::bcd:
        case Tag::enum_: return content[0];
        case Tag::long_unsigned:
        case Tag::delta_long_unsigned: return big_endian<2>(content);
        case Tag::double_long_unsigned:
        case Tag::delta_double_long_unsigned: return big_endian<4>(content);
        case Tag::long64_unsigned: return big_endian<8>(content);
        default: return 0;
    }
}

inline std::int64_t Cursor::Item::signed_integer() const {
    switch (tag) {
        case Tag::integer:
        case Tag::delta_integer: return static_cast<std::int8_t>(content[0]);
        case Tag::long_:
        case Tag::delta_long: return static_cast<std::int16_t>(big_endian<2>(content));
        case Tag::double_long:
        case Tag::delta_double_long: return static_cast<std::int32_t>(big_endian<4>(content));
        case Tag::long64: return static_cast<std::int64_t>(big_endian<8>(content));
        case Tag::long64_unsigned: return 0;
        default: return static_cast<std::int64_t>(unsigned_integer());
    }
}

}  // namespace dlms::axdr
