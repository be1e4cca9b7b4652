#include "render/data_stream.hpp"

#include <array>
#include <bit>

#include "render/text_encoding.hpp"
#include "stack/axdr/compact_array.hpp"

namespace dlms::render {
namespace {

using axdr::Cursor;
using axdr::Tag;

bool is_elements(Tag tag) {
    return tag == Tag::array || tag == Tag::structure;
}

using Beginnings = std::array<JsonPiece, 256>;

Beginnings make_beginnings() {
    Beginnings pieces;
    for (std::size_t i = 0; i < pieces.size(); ++i) {
        pieces[i] =
            JsonPiece(R"({"type":")" + std::string(name(static_cast<Tag>(i))) + R"(","value":)");
    }
    return pieces;
}

/// What stands before the value of a tree, for each tag.
const Beginnings& tree_beginnings() {
    static const Beginnings beginnings = make_beginnings();
    return beginnings;
}

[[gnu::noinline]] void begin_on_lines(JsonWriter& writer, Tag tag) {
    writer.begin_object();
    writer.key("type");
    writer.plain(name(tag));
    writer.key("value");
}

[[gnu::noinline]] void write_bits(JsonWriter& writer, const Cursor::Item& item) {
    writer.plain(bit_text(axdr::BitString{item.content, item.count}));
}

[[gnu::noinline]] void write_float(JsonWriter& writer, const Cursor::Item& item) {
    Reader reader(item.content, Layer::axdr);
    writer.number(item.tag == Tag::float32 ? double{std::bit_cast<float>(reader.u32())}
                                           : std::bit_cast<double>(reader.u64()));
    writer.key("raw");
    writer.hex(item.content);
}

[[gnu::noinline]] void write_text(JsonWriter& writer, const Cursor::Item& item) {
    const std::string_view text = as_text(item.content);
    if (item.tag == Tag::utf8_string || is_printable(text)) {
        writer.text(text);
        return;
    }
    writer.null();
    writer.key("raw");
    writer.hex(item.content);
}

/// Writes the value of an item that is neither array, structure nor compact array, and what stands
/// beside it.
void write_simple(JsonWriter& writer, const Cursor::Item& item) {
    switch (item.tag) {
        case Tag::null_data:
        case Tag::dont_care: writer.null(); break;
        case Tag::boolean: writer.boolean(item.content[0] != 0); break;
        case Tag::bit_string: write_bits(writer, item); break;
        case Tag::octet_string:
        case Tag::date_time:
        case Tag::date:
        case Tag::time: writer.hex(item.content); break;
        case Tag::visible_string:
        case Tag::utf8_string: write_text(writer, item); break;
        case Tag::float32:
        case Tag::float64: write_float(writer, item); break;
        case Tag::integer:
        case Tag::long_:
        case Tag::double_long:
        case Tag::long64:
        case Tag::delta_integer:
        case Tag::delta_long:
        case Tag::delta_double_long: writer.integer(item.signed_integer()); break;
        default: writer.integer(item.unsigned_integer()); break;
    }
}

/// The same of an unsigned or signed integer with what begins and ends its object; false, and
/// nothing written, for any other item.
[[gnu::always_inline]] inline bool write_integer(JsonWriter& writer, const JsonPiece& beginning,
                                                 const Cursor::Item& item) {
    switch (item.tag) {
        case Tag::double_long_unsigned:
        case Tag::long_unsigned:
        case Tag::unsigned_:
        case Tag::long64_unsigned: writer.integer_with(beginning, item.unsigned_integer()); break;
        case Tag::double_long:
        case Tag::long_:
        case Tag::integer:
        case Tag::long64: writer.integer_with(beginning, item.signed_integer()); break;
        default: return false;
    }
    return true;
}

/// Writes one type description; the recursion is bound by the depth that a checked one may have.
void write_type(JsonWriter& writer, axdr::TypeDescriptionCursor& cursor) {
    const axdr::TypeDescriptionCursor::Item item = cursor.next();
    writer.begin_object();
    writer.key("type");
    writer.plain(name(item.tag));
    if (item.tag == Tag::array) {
        writer.key("count");
        writer.integer(item.count);
        writer.key("of");
        write_type(writer, cursor);
    } else if (item.tag == Tag::structure) {
        writer.key("of");
        writer.begin_array();
        for (std::uint32_t i = 0; i < item.count; ++i) {
            write_type(writer, cursor);
        }
        writer.end_array();
    }
    writer.end_object();
}

bool write_compact_array(JsonWriter& writer, ByteView content, std::size_t& budget);

/// Writes the items that a cursor gives, each whole with what is inside of it.
template <class ItemCursor>
bool write_items(JsonWriter& writer, ItemCursor& cursor, std::size_t& budget) {
    std::array<std::uint32_t, limits::max_data_depth> left{};  // elements to come, each level
    std::size_t depth = 0;
    const Beginnings& beginnings = tree_beginnings();
    while (!cursor.at_end()) {
        if (budget == 0) {
            return false;
        }
        --budget;
        const Cursor::Item item = cursor.next();
        const JsonPiece& beginning = beginnings[static_cast<std::size_t>(item.tag)];
        if (!writer.is_compact() || !write_integer(writer, beginning, item)) {
            if (writer.is_compact()) {
                writer.begin_with(beginning);
            } else {
                begin_on_lines(writer, item.tag);
            }
            if (is_elements(item.tag)) {
                writer.begin_array();
                if (item.count > 0) {
                    left[depth++] = item.count;
                    continue;
                }
                writer.end_array();
            } else if (item.tag != Tag::compact_array) {
                write_simple(writer, item);
            } else if (!write_compact_array(writer, item.content, budget)) {
                return false;
            }
            writer.end_object();
        }
        while (depth > 0 && --left[depth - 1] == 0) {
            writer.end_array();
            writer.end_object();
            --depth;
        }
    }
    return true;
}

bool write_compact_array(JsonWriter& writer, ByteView content, std::size_t& budget) {
    const auto compact = axdr::CompactArrayView::from_checked(content);
    axdr::CompactCursor elements = compact.cursor();
    writer.begin_array();
    if (!write_items(writer, elements, budget)) {
        return false;
    }
    writer.end_array();
    writer.key("description");
    axdr::TypeDescriptionCursor description(compact.description());
    write_type(writer, description);
    writer.key("contents");
    writer.hex(compact.contents());
    return true;
}

}  // namespace

bool write_data_tree(JsonWriter& writer, const axdr::DataView& data, std::size_t& budget) {
    Cursor cursor(data);
    return write_items(writer, cursor, budget);
}

}  // namespace dlms::render
