#include "stack/axdr/compact_array.hpp"

#include <algorithm>

#include "stack/axdr/data_builder.hpp"
#include "stack/axdr/length.hpp"
#include "stack/axdr/utf8.hpp"

namespace dlms::axdr {
namespace {

/// What one element of a described type takes.
struct TypeMeasure {
    std::uint64_t values = 1;       ///< the element and all inside of it
    std::uint64_t least_width = 0;  ///< octets
    bool is_fixed = true;           ///< every element takes least_width octets
};

/// Far above every limit, and no product of it with a 16-bit count overflows.
constexpr std::uint64_t saturated = std::uint64_t{1} << 32;

/// An element may have one value more for each octet of its description, up to this many.
constexpr std::size_t most_described = 128;

TypeMeasure measure_type(Reader& reader, std::size_t depth);

TypeMeasure measure_array(Reader& reader, std::size_t depth) {
    const std::uint64_t count = reader.u16();
    const TypeMeasure element = measure_type(reader, depth + 1);
    return {std::min(saturated, 1 + count * element.values),
            std::min(saturated, count * element.least_width), element.is_fixed};
}

TypeMeasure measure_structure(Reader& reader, std::size_t depth) {
    const std::size_t where = reader.offset();
    const std::uint32_t count = read_length(reader);
    if (count > reader.remaining()) {
        reader.fail_at(ErrorCode::length_beyond_buffer, where);
    }
    TypeMeasure whole;
    for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
        const TypeMeasure element = measure_type(reader, depth + 1);
        whole.values = std::min(saturated, whole.values + element.values);
        whole.least_width = std::min(saturated, whole.least_width + element.least_width);
        whole.is_fixed = whole.is_fixed && element.is_fixed;
    }
    return whole;
}

/// Checks and takes one type description that stands `depth` levels inside; the recursion is bound
/// by the limit of levels.
TypeMeasure measure_type(Reader& reader, std::size_t depth) {
    const std::size_t where = reader.offset();
    const auto tag = static_cast<Tag>(reader.u8());
    switch (info(tag).shape) {
        case Shape::fixed: return {1, info(tag).width, true};
        case Shape::counted:
        case Shape::bits:
        case Shape::text: return {1, 1, false};
        case Shape::elements:
            if (depth >= limits::max_data_depth) {
                reader.fail_at(ErrorCode::nesting_too_deep, where);
                return {};
            }
            return tag == Tag::array ? measure_array(reader, depth)
                                     : measure_structure(reader, depth);
        default: reader.fail_at(ErrorCode::unknown_tag, where); return {};
    }
}

bool is_elements(Tag tag) {
    return tag == Tag::array || tag == Tag::structure;
}

/// Takes a checked type description.
void skip_type(TypeDescriptionCursor& cursor) {
    for (std::size_t left = 1; left > 0 && !cursor.at_end(); --left) {
        const TypeDescriptionCursor::Item item = cursor.next();
        left += item.tag == Tag::array ? 1 : item.count;
    }
}

/// Reads every element of the contents, of `values` values each; returns how many there are.
std::size_t walk_contents(ByteView description, std::uint64_t values, Reader& contents) {
    TypeWalk walk(description);
    std::size_t elements = 0;
    while (contents.ok() && !(walk.at_element() && contents.at_end())) {
        elements += static_cast<std::size_t>(walk.at_element());
        if (elements * values > limits::max_data_elements) {
            contents.fail(ErrorCode::too_many_elements);
            break;
        }
        const Tag tag = walk.next().tag;
        if (is_elements(tag)) {
            continue;
        }
        const std::size_t where = contents.offset();
        Cursor::Item item;
        item.tag = tag;
        detail::read_content(contents, item);
        if (tag == Tag::utf8_string && !is_utf8(item.content)) {
            contents.fail_at(ErrorCode::invalid_utf8, where);
        }
    }
    return elements;
}

void write_content(Writer& writer, const Cursor::Item& item) {
    if (item.tag == Tag::bit_string) {
        write_length(writer, item.count);
        writer.bytes(item.content);
    } else if (fixed_width(item.tag) == detail::not_fixed) {
        write_octet_string(writer, item.content);
    } else {
        writer.bytes(item.content);
    }
}

}  // namespace

std::size_t check_compact_array(Reader& reader, std::size_t depth) {
    const std::size_t start = reader.offset();
    const TypeMeasure type = measure_type(reader, depth);
    if (type.least_width == 0) {
        reader.fail_at(ErrorCode::zero_width_element, start);
    }
    const std::size_t described = std::min(reader.offset() - start, most_described);
    if (type.values > limits::max_compact_values_per_octet * type.least_width + described) {
        reader.fail_at(ErrorCode::too_many_elements, start);
    }
    if (!reader.ok()) {
        return 0;
    }
    const ByteView description = reader.between(start, reader.offset());
    Reader contents = reader.sub_reader(read_checked_length(reader));
    if (!type.is_fixed) {
        const std::size_t elements = walk_contents(description, type.values, contents);
        if (!contents.ok()) {
            reader.fail(contents.error());
        }
        return elements * static_cast<std::size_t>(type.values);
    }
    if (contents.remaining() % type.least_width != 0) {
        reader.fail(ErrorCode::truncated);
    }
    return static_cast<std::size_t>(contents.remaining() / type.least_width * type.values);
}

TypeDescriptionCursor::Item TypeDescriptionCursor::next() {
    Item item;
    item.tag = static_cast<Tag>(reader_.u8());
    if (item.tag == Tag::array) {
        item.count = reader_.u16();
    } else if (item.tag == Tag::structure) {
        item.count = read_length(reader_);
    }
    return item;
}

TypeDescriptionCursor::Item TypeWalk::next() {
    if (depth_ == 0) {
        position_ = 0;
    } else {
        Open& open = open_[depth_ - 1];
        --open.left;
        position_ = open.is_array ? open.element : position_;
    }
    TypeDescriptionCursor cursor(description_.subspan(position_));
    const TypeDescriptionCursor::Item item = cursor.next();
    const bool is_array = item.tag == Tag::array;
    if (is_array && item.count == 0) {
        skip_type(cursor);
    }
    position_ += cursor.offset();
    if (is_elements(item.tag) && item.count > 0) {
        open_[depth_++] = Open{item.count, position_, is_array};
    }
    close_finished();
    return item;
}

void TypeWalk::close_finished() {
    while (depth_ > 0 && open_[depth_ - 1].left == 0) {
        --depth_;
    }
}

Cursor::Item CompactCursor::next() {
    if (at_end()) {
        return {};
    }
    const TypeDescriptionCursor::Item type = walk_.next();
    Cursor::Item item{type.tag, type.count, {}};
    if (!is_elements(type.tag)) {
        detail::read_content(contents_, item);
    }
    return item;
}

ByteView detail::take_compact_array(Reader& reader) {
    const std::size_t start = reader.offset();
    Reader behind = reader;
    TypeDescriptionCursor cursor(behind.rest());
    skip_type(cursor);
    reader.skip(cursor.offset());
    read_octet_string(reader);
    return reader.between(start, reader.offset());
}

CompactArrayView CompactArrayView::from_checked(ByteView content) {
    TypeDescriptionCursor cursor(content);
    skip_type(cursor);
    Reader contents(content.subspan(cursor.offset()), Layer::axdr);
    return {content.first(cursor.offset()), read_octet_string(contents)};
}

std::size_t CompactArrayView::size() const {
    Reader reader(description_, Layer::axdr);
    const TypeMeasure type = measure_type(reader, 1);
    if (type.is_fixed) {
        return static_cast<std::size_t>(contents_.size() / type.least_width);
    }
    Reader contents(contents_, Layer::axdr);
    return walk_contents(description_, type.values, contents);
}

Result<Data> CompactArrayView::to_array() const {
    ByteBuffer octets;
    Writer writer(octets);
    writer.u8(static_cast<std::uint8_t>(Tag::array));
    write_length(writer, size());
    for (CompactCursor elements = cursor(); !elements.at_end();) {
        const Cursor::Item item = elements.next();
        writer.u8(static_cast<std::uint8_t>(item.tag));
        if (is_elements(item.tag)) {
            write_length(writer, item.count);
        } else {
            write_content(writer, item);
        }
    }
    return Data::parse(std::move(octets));
}

CompactArrayBuilder::CompactArrayBuilder(ByteBuffer description)
    : description_(std::move(description)) {
    Reader reader(description_, Layer::axdr);
    measure_type(reader, 1);
    reader.expect_end();
    if (!reader.ok()) {
        description_is_good_ = reader.failure();
    }
}

CompactArrayBuilder& CompactArrayBuilder::element(const DataView& data) {
    if (!description_is_good_) {
        return *this;
    }
    TypeWalk walk(description_);
    Writer writer(contents_);
    for (Cursor cursor(data); !cursor.at_end();) {
        const TypeDescriptionCursor::Item type = walk.next();
        const Cursor::Item item = cursor.next();
        const bool same_count = !is_elements(item.tag) || item.count == type.count;
        if (item.tag != type.tag || !same_count) {
            type_mismatch_ = true;
            return *this;
        }
        if (!is_elements(item.tag)) {
            write_content(writer, item);
        }
    }
    return *this;
}

Result<Data> CompactArrayBuilder::finish() {
    if (!description_is_good_) {
        return std::unexpected(description_is_good_.error());
    }
    if (type_mismatch_) {
        return fail(ErrorCode::type_mismatch, Layer::axdr);
    }
    DataBuilder builder;
    builder.compact_array(description_, contents_);
    return builder.finish();
}

namespace {

/// Appends the type description of an element; the recursion is bound by the checked Data's depth.
Status describe(const DataView& element, ByteBuffer& description) {
    Writer writer(description);
    writer.u8(static_cast<std::uint8_t>(element.tag()));
    if (element.is(Tag::compact_array)) {
        return fail(ErrorCode::unsupported_type, Layer::axdr);
    }
    if (!is_elements(element.tag())) {
        return {};
    }
    const ElementRange elements = *element.elements();
    if (element.is(Tag::structure)) {
        write_length(writer, elements.size());
        for (const DataView& member : elements) {
            if (const Status described = describe(member, description); !described) {
                return described;
            }
        }
        return {};
    }
    if (elements.empty()) {
        return fail(ErrorCode::type_mismatch, Layer::axdr);
    }
    if (elements.size() > 0xFFFF) {
        return fail(ErrorCode::out_of_range, Layer::axdr);
    }
    writer.u16(static_cast<std::uint16_t>(elements.size()));
    return describe(*elements.begin(), description);
}

}  // namespace

Result<ByteBuffer> type_description_of(const DataView& element) {
    ByteBuffer description;
    if (const Status described = describe(element, description); !described) {
        return std::unexpected(described.error());
    }
    CompactArrayBuilder all_of_one_type(description);
    if (const Result<Data> packed = all_of_one_type.element(element).finish(); !packed) {
        return std::unexpected(packed.error());
    }
    return description;
}

Result<Data> to_compact_array(const DataView& array) {
    const Result<ElementRange> elements = array.elements();
    if (!elements || !array.is(Tag::array) || elements->empty()) {
        return fail(ErrorCode::type_mismatch, Layer::axdr);
    }
    Result<ByteBuffer> description = type_description_of(*elements->begin());
    if (!description) {
        return std::unexpected(description.error());
    }
    CompactArrayBuilder builder(std::move(*description));
    for (const DataView& element : *elements) {
        builder.element(element);
    }
    return builder.finish();
}

}  // namespace dlms::axdr
