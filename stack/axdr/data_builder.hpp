#pragma once
// DataBuilder: writes one Data, element by element.
//
//     DataBuilder builder;
//     builder.structure(2).integer(-3).enumerated(30);
//     Result<Data> scaler_unit = builder.finish();

#include <string_view>

#include "stack/axdr/data.hpp"
#include "stack/base/writer.hpp"

namespace dlms::axdr {

class DataBuilder {
public:
    DataBuilder() = default;
    DataBuilder(const DataBuilder&) = delete;
    DataBuilder& operator=(const DataBuilder&) = delete;

    DataBuilder& null();
    /// Opens an array or structure; the next `count` elements belong to it.
    DataBuilder& array(std::size_t count);
    DataBuilder& structure(std::size_t count);
    DataBuilder& boolean(bool value);
    /// `count` bits, most significant first; unused low bits are written as 0.
    DataBuilder& bit_string(ByteView octets, std::size_t count);
    DataBuilder& double_long(std::int32_t value);
    DataBuilder& double_long_unsigned(std::uint32_t value);
    DataBuilder& octet_string(ByteView octets);
    DataBuilder& visible_string(std::string_view text);
    /// Text that is not UTF-8 makes finish() fail with invalid_utf8.
    DataBuilder& utf8_string(std::string_view text);
    DataBuilder& bcd(std::uint8_t value);
    DataBuilder& integer(std::int8_t value);
    DataBuilder& long_(std::int16_t value);
    DataBuilder& unsigned_(std::uint8_t value);
    DataBuilder& long_unsigned(std::uint16_t value);
    DataBuilder& long64(std::int64_t value);
    DataBuilder& long64_unsigned(std::uint64_t value);
    DataBuilder& enumerated(std::uint8_t value);
    DataBuilder& float32(float value);
    DataBuilder& float64(double value);
    DataBuilder& date_time(std::span<const Byte, 12> octets);
    DataBuilder& date(std::span<const Byte, 5> octets);
    DataBuilder& time(std::span<const Byte, 4> octets);
    DataBuilder& dont_care();
    /// A compact-array of a type description and packed elements, both as octets.
    DataBuilder& compact_array(ByteView description, ByteView contents);
    /// Any integer type, enum, bcd or delta type by its tag. A value outside the type's range, or
    /// another tag, makes finish() fail with out_of_range.
    DataBuilder& integer_of(Tag tag, std::int64_t value);
    /// A whole Data as one element.
    DataBuilder& element(const DataView& data);

    /// The Data, once. Errors: as named above; truncated or length_beyond_buffer when array() or
    /// structure() promised more elements than came, trailing_octets when fewer.
    Result<Data> finish();

private:
    void tag(Tag tag) { writer_.u8(static_cast<std::uint8_t>(tag)); }

    ByteBuffer octets_;
    Writer writer_{octets_};
    bool out_of_range_ = false;
};

}  // namespace dlms::axdr
