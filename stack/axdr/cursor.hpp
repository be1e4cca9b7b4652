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
    struct Item {
        Tag tag{};
        std::uint32_t count = 0;  ///< elements of an array or structure, bits of a bit-string
        ByteView content;         ///< octets of a simple value, without tag and length
    };

    /// Starts at the beginning of a checked Data, whose octets must outlive the cursor.
    explicit Cursor(const DataView& data) : reader_(data.encoded(), Layer::axdr) {}

    bool at_end() const { return reader_.at_end(); }

    /// Takes the next item; null-data at the end.
    Item next() {
        Item item;
        item.tag = static_cast<Tag>(reader_.u8());
        const std::uint8_t width = fixed_width(item.tag);
        if (width != detail::not_fixed) [[likely]] {
            item.content = reader_.bytes(width);
        } else if (item.tag == Tag::array || item.tag == Tag::structure) {
            item.count = read_length(reader_);
        } else if (item.tag == Tag::bit_string) {
            item.count = read_length(reader_);
            item.content = reader_.bytes(item.count / 8 + (item.count % 8 != 0 ? 1 : 0));
        } else {
            item.content = read_octet_string(reader_);
        }
        return item;
    }

private:
    Reader reader_;
};

}  // namespace dlms::axdr
