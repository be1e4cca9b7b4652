#include "stack/axdr/cursor.hpp"

namespace dlms::axdr {

Cursor::Place Cursor::place_of(ByteView octets) {
    Reader reader(octets, Layer::axdr);
    Item item;
    item.tag = static_cast<Tag>(reader.u8());
    if (item.tag == Tag::array || item.tag == Tag::structure) {
        item.count = read_length(reader);
    } else {
        detail::read_content(reader, item);
    }
    const std::size_t end = octets.size() - reader.remaining();
    return {end - item.content.size(), item.content.size(), end, item.count};
}

void detail::read_content(Reader& reader, Cursor::Item& item) {
    const std::size_t width = fixed_width(item.tag);
    if (width != not_fixed) {
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

}  // namespace dlms::axdr
