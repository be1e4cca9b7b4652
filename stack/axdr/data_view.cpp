#include "stack/axdr/data_view.hpp"

#include <array>
#include <bit>

#include "stack/axdr/compact_array.hpp"
#include "stack/axdr/length.hpp"
#include "stack/axdr/structure_check.hpp"

namespace dlms::axdr {
namespace {

constexpr std::array<Byte, 1> null_octets{static_cast<Byte>(Tag::null_data)};

std::unexpected<Error> type_mismatch() {
    return fail(ErrorCode::type_mismatch, Layer::axdr);
}

/// An integer of any of the standard's types: the value and whether it is below zero.
struct Integer {
    std::int64_t signed_value = 0;
    std::uint64_t unsigned_value = 0;
    bool is_unsigned = false;
};

Result<Integer> read_integer(Tag tag, Reader content) {
    const auto negative_or_not = [](std::int64_t value) {
        return Integer{value, static_cast<std::uint64_t>(value), false};
    };
    const auto not_negative = [](std::uint64_t value) {
        return Integer{static_cast<std::int64_t>(value), value, true};
    };
    switch (tag) {
        case Tag::integer:
        case Tag::delta_integer: return negative_or_not(content.i8());
        case Tag::long_:
        case Tag::delta_long: return negative_or_not(content.i16());
        case Tag::double_long:
        case Tag::delta_double_long: return negative_or_not(content.i32());
        case Tag::long64: return negative_or_not(content.i64());
        case Tag::unsigned_:
        case Tag::delta_unsigned:
        case Tag::bcd:
        case Tag::enum_: return not_negative(content.u8());
        case Tag::long_unsigned:
        case Tag::delta_long_unsigned: return not_negative(content.u16());
        case Tag::double_long_unsigned:
        case Tag::delta_double_long_unsigned: return not_negative(content.u32());
        case Tag::long64_unsigned: return not_negative(content.u64());
        default: return type_mismatch();
    }
}

}  // namespace

DataView::DataView() : encoded_(null_octets) {}

Result<bool> DataView::boolean() const {
    if (!is(Tag::boolean)) {
        return type_mismatch();
    }
    return encoded_[1] != 0;
}

Result<std::uint64_t> DataView::unsigned_integer() const {
    const Result<Integer> value = read_integer(tag(), content());
    if (!value) {
        return std::unexpected(value.error());
    }
    if (!value->is_unsigned && value->signed_value < 0) {
        return type_mismatch();
    }
    return value->unsigned_value;
}

Result<std::int64_t> DataView::signed_integer() const {
    const Result<Integer> value = read_integer(tag(), content());
    if (!value) {
        return std::unexpected(value.error());
    }
    if (value->is_unsigned && value->signed_value < 0) {
        return type_mismatch();
    }
    return value->signed_value;
}

Result<float> DataView::float32() const {
    if (!is(Tag::float32)) {
        return type_mismatch();
    }
    return std::bit_cast<float>(content().u32());
}

Result<double> DataView::float64() const {
    if (!is(Tag::float64)) {
        return type_mismatch();
    }
    return std::bit_cast<double>(content().u64());
}

Result<ByteView> DataView::octets() const {
    switch (tag()) {
        case Tag::octet_string: {
            Reader reader = content();
            return read_octet_string(reader);
        }
        case Tag::date_time:
        case Tag::date:
        case Tag::time: return encoded_.subspan(1);
        default: return type_mismatch();
    }
}

Result<std::string_view> DataView::text() const {
    if (!is(Tag::visible_string) && !is(Tag::utf8_string)) {
        return type_mismatch();
    }
    Reader reader = content();
    return as_text(read_octet_string(reader));
}

Result<BitString> DataView::bit_string() const {
    if (!is(Tag::bit_string)) {
        return type_mismatch();
    }
    Reader reader = content();
    const std::size_t bits = read_length(reader);
    return BitString{reader.rest(), bits};
}

Result<ElementRange> DataView::elements() const {
    if (!is(Tag::array) && !is(Tag::structure)) {
        return type_mismatch();
    }
    Reader reader = content();
    const std::uint32_t count = read_length(reader);
    return ElementRange(reader.rest(), count);
}

Result<DataView> DataView::element(std::size_t index) const {
    const Result<ElementRange> range = elements();
    if (!range) {
        return std::unexpected(range.error());
    }
    if (index >= range->size()) {
        return fail(ErrorCode::element_missing, Layer::axdr);
    }
    auto position = range->begin();
    for (std::size_t i = 0; i < index; ++i) {
        ++position;
    }
    return *position;
}

Result<CompactArrayView> DataView::compact_array() const {
    if (!is(Tag::compact_array)) {
        return type_mismatch();
    }
    return CompactArrayView::from_checked(encoded_.subspan(1));
}

void ElementRange::Iterator::measure() {
    if (left_ == 0) {
        length_ = 0;
        return;
    }
    Reader reader(rest_, Layer::axdr);
    check_data(reader);
    length_ = reader.offset();
}

Result<DataView> parse_data(ByteView octets) {
    Reader reader(octets, Layer::axdr);
    check_data(reader);
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return DataView(octets);
}

DataView read_data(Reader& reader) {
    const std::size_t start = reader.offset();
    check_data(reader);
    if (!reader.ok()) {
        return {};
    }
    return DataView(reader.between(start, reader.offset()));
}

}  // namespace dlms::axdr
