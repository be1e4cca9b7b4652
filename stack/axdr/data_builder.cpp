#include "stack/axdr/data_builder.hpp"

#include <bit>

#include "stack/axdr/length.hpp"

namespace dlms::axdr {
namespace {

/// Octets and signedness of an integer type; width 0 for every other tag.
struct IntegerType {
    std::size_t width = 0;
    bool is_signed = false;
};

constexpr IntegerType integer_type(Tag tag) {
    switch (tag) {
        case Tag::integer:
        case Tag::delta_integer: return {1, true};
        case Tag::long_:
        case Tag::delta_long: return {2, true};
        case Tag::double_long:
        case Tag::delta_double_long: return {4, true};
        case Tag::long64: return {8, true};
        case Tag::unsigned_:
        case Tag::delta_unsigned:
        case Tag::bcd:
        case Tag::enum_: return {1, false};
        case Tag::long_unsigned:
        case Tag::delta_long_unsigned: return {2, false};
        case Tag::double_long_unsigned:
        case Tag::delta_double_long_unsigned: return {4, false};
        case Tag::long64_unsigned: return {8, false};
        default: return {};
    }
}

constexpr bool fits(IntegerType type, std::int64_t value) {
    if (type.width == 0) {
        return false;
    }
    if (type.width == 8) {
        return type.is_signed || value >= 0;
    }
    const auto bits = static_cast<int>(8 * type.width);
    if (type.is_signed) {
        const std::int64_t half = std::int64_t{1} << (bits - 1);
        return value >= -half && value < half;
    }
    return value >= 0 && value < (std::int64_t{1} << bits);
}

}  // namespace

DataBuilder& DataBuilder::null() {
    tag(Tag::null_data);
    return *this;
}

DataBuilder& DataBuilder::array(std::size_t count) {
    tag(Tag::array);
    write_length(writer_, count);
    return *this;
}

DataBuilder& DataBuilder::structure(std::size_t count) {
    tag(Tag::structure);
    write_length(writer_, count);
    return *this;
}

DataBuilder& DataBuilder::boolean(bool value) {
    tag(Tag::boolean);
    writer_.u8(value ? 1 : 0);
    return *this;
}

DataBuilder& DataBuilder::bit_string(ByteView octets, std::size_t count) {
    const std::size_t width = count / 8 + (count % 8 != 0 ? 1 : 0);
    if (octets.size() != width) {
        out_of_range_ = true;
        return *this;
    }
    tag(Tag::bit_string);
    write_length(writer_, count);
    writer_.bytes(octets);
    if (count % 8 != 0) {
        octets_.back() &= static_cast<Byte>(0xFF << (8 - count % 8));
    }
    return *this;
}

DataBuilder& DataBuilder::double_long(std::int32_t value) {
    tag(Tag::double_long);
    writer_.u32(static_cast<std::uint32_t>(value));
    return *this;
}

DataBuilder& DataBuilder::double_long_unsigned(std::uint32_t value) {
    tag(Tag::double_long_unsigned);
    writer_.u32(value);
    return *this;
}

DataBuilder& DataBuilder::octet_string(ByteView octets) {
    tag(Tag::octet_string);
    write_octet_string(writer_, octets);
    return *this;
}

DataBuilder& DataBuilder::visible_string(std::string_view text) {
    tag(Tag::visible_string);
    write_octet_string(writer_, as_bytes(text));
    return *this;
}

DataBuilder& DataBuilder::utf8_string(std::string_view text) {
    tag(Tag::utf8_string);
    write_octet_string(writer_, as_bytes(text));
    return *this;
}

DataBuilder& DataBuilder::bcd(std::uint8_t value) {
    tag(Tag::bcd);
    writer_.u8(value);
    return *this;
}

DataBuilder& DataBuilder::integer(std::int8_t value) {
    tag(Tag::integer);
    writer_.u8(static_cast<std::uint8_t>(value));
    return *this;
}

DataBuilder& DataBuilder::long_(std::int16_t value) {
    tag(Tag::long_);
    writer_.u16(static_cast<std::uint16_t>(value));
    return *this;
}

DataBuilder& DataBuilder::unsigned_(std::uint8_t value) {
    tag(Tag::unsigned_);
    writer_.u8(value);
    return *this;
}

DataBuilder& DataBuilder::long_unsigned(std::uint16_t value) {
    tag(Tag::long_unsigned);
    writer_.u16(value);
    return *this;
}

DataBuilder& DataBuilder::long64(std::int64_t value) {
    tag(Tag::long64);
    writer_.u64(static_cast<std::uint64_t>(value));
    return *this;
}

DataBuilder& DataBuilder::long64_unsigned(std::uint64_t value) {
    tag(Tag::long64_unsigned);
    writer_.u64(value);
    return *this;
}

DataBuilder& DataBuilder::enumerated(std::uint8_t value) {
    tag(Tag::enum_);
    writer_.u8(value);
    return *this;
}

DataBuilder& DataBuilder::float32(float value) {
    tag(Tag::float32);
    writer_.u32(std::bit_cast<std::uint32_t>(value));
    return *this;
}

DataBuilder& DataBuilder::float64(double value) {
    tag(Tag::float64);
    writer_.u64(std::bit_cast<std::uint64_t>(value));
    return *this;
}

DataBuilder& DataBuilder::date_time(std::span<const Byte, 12> octets) {
    tag(Tag::date_time);
    writer_.bytes(octets);
    return *this;
}

DataBuilder& DataBuilder::date(std::span<const Byte, 5> octets) {
    tag(Tag::date);
    writer_.bytes(octets);
    return *this;
}

DataBuilder& DataBuilder::time(std::span<const Byte, 4> octets) {
    tag(Tag::time);
    writer_.bytes(octets);
    return *this;
}

DataBuilder& DataBuilder::dont_care() {
    tag(Tag::dont_care);
    return *this;
}

DataBuilder& DataBuilder::compact_array(ByteView description, ByteView contents) {
    tag(Tag::compact_array);
    writer_.bytes(description);
    write_octet_string(writer_, contents);
    return *this;
}

DataBuilder& DataBuilder::integer_of(Tag type, std::int64_t value) {
    const IntegerType integer = integer_type(type);
    if (!fits(integer, value)) {
        out_of_range_ = true;
        return *this;
    }
    tag(type);
    for (std::size_t i = integer.width; i-- > 0;) {
        writer_.u8(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
    return *this;
}

DataBuilder& DataBuilder::element(const DataView& data) {
    writer_.bytes(data.encoded());
    return *this;
}

Result<Data> DataBuilder::finish() {
    if (out_of_range_) {
        return fail(ErrorCode::out_of_range, Layer::axdr);
    }
    return Data::parse(std::move(octets_));
}

}  // namespace dlms::axdr
