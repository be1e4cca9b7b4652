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
    };

    /// Starts at the beginning of a checked Data, whose octets must outlive the cursor.
    explicit Cursor(const DataView& data) : reader_(data.encoded(), Layer::axdr) {}

    bool at_end() const { return reader_.at_end(); }

    /// Takes the next item; null-data at the end.
    Item next();

private:
    Reader reader_;
};

namespace detail {

/// Takes what stands behind the tag of a checked compact-array.
ByteView take_compact_array(Reader& reader);

/// Takes the content of an item that is neither array nor structure; `item.tag` is set.
inline void read_content(Reader& reader, Cursor::Item& item) {
    const std::uint8_t width = fixed_width(item.tag);
    if (width != not_fixed) [[likely]] {
        item.content = reader.bytes(width);
    } else if (item.tag == Tag::bit_string) {
        item.count = read_length(reader);
        item.content = reader.bytes(item.count / 8 + (item.count % 8 != 0 ? 1 : 0));
    } else if (item.tag == Tag::compact_array) {
        item.content = take_compact_array(reader);
    } else {
        item.content = read_octet_string(reader);
    }
}

}  // namespace detail

inline Cursor::Item Cursor::next() {
    Item item;
    item.tag = static_cast<Tag>(reader_.u8());
    if (item.tag == Tag::array || item.tag == Tag::structure) [[unlikely]] {
        item.count = read_length(reader_);
    } else {
        detail::read_content(reader_, item);
    }
    return item;
}

}  // namespace dlms::axdr
