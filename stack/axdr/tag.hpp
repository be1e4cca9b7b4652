#pragma once
// Tags of the Data type (Green Book 9.5, COSEMpdu "Data"; delta types from later editions).

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace dlms::axdr {

enum class Tag : std::uint8_t {
    null_data = 0x00,
    array = 0x01,
    structure = 0x02,
    boolean = 0x03,
    bit_string = 0x04,
    double_long = 0x05,
    double_long_unsigned = 0x06,
    octet_string = 0x09,
    visible_string = 0x0A,
    utf8_string = 0x0C,
    bcd = 0x0D,
    integer = 0x0F,
    long_ = 0x10,
    unsigned_ = 0x11,
    long_unsigned = 0x12,
    compact_array = 0x13,
    long64 = 0x14,
    long64_unsigned = 0x15,
    enum_ = 0x16,
    float32 = 0x17,
    float64 = 0x18,
    date_time = 0x19,
    date = 0x1A,
    time = 0x1B,
    delta_integer = 0x1C,
    delta_long = 0x1D,
    delta_double_long = 0x1E,
    delta_unsigned = 0x1F,
    delta_long_unsigned = 0x20,
    delta_double_long_unsigned = 0x21,
    dont_care = 0xFF,
};

/// How the octets after a tag are counted.
enum class Shape : std::uint8_t {
    unknown,   ///< not a tag of the standard
    fixed,     ///< a fixed number of octets
    counted,   ///< a length, then as many octets
    bits,      ///< a number of bits, then as many octets as hold them
    text,      ///< like counted, and must be UTF-8
    elements,  ///< a count, then as many Data
    compact,   ///< compact-array
};

struct TagInfo {
    Shape shape = Shape::unknown;
    std::uint8_t width = 0;   ///< octets after the tag, for Shape::fixed
    std::string_view name{};  ///< the standard's name, for example "double-long-unsigned"
};

/// Always answers; an unknown tag has Shape::unknown.
const TagInfo& info(Tag tag);

namespace detail {

/// info(tag).width alone, for the walks over long values; `not_fixed`, which no buffer can hold,
/// for every tag that has no fixed width.
inline constexpr std::size_t not_fixed = std::numeric_limits<std::size_t>::max();
extern const std::array<std::size_t, 256> fixed_widths;

}  // namespace detail

/// Octets after the tag when their number is fixed, else detail::not_fixed.
inline std::size_t fixed_width(Tag tag) {
    return detail::fixed_widths[static_cast<std::size_t>(tag)];
}

inline std::string_view name(Tag tag) {
    return info(tag).name;
}

/// The tag of a name such as "long-unsigned"; nothing for another text.
std::optional<Tag> tag_from_name(std::string_view name);

}  // namespace dlms::axdr
