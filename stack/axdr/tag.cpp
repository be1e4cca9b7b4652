#include "stack/axdr/tag.hpp"

namespace dlms::axdr {
namespace {

constexpr std::array<TagInfo, 256> make_table() {
    std::array<TagInfo, 256> table{};
    const auto set = [&table](Tag tag, Shape shape, std::uint8_t width, std::string_view name) {
        table[static_cast<std::size_t>(tag)] = TagInfo{shape, width, name};
    };
    set(Tag::null_data, Shape::fixed, 0, "null-data");
    set(Tag::array, Shape::elements, 0, "array");
    set(Tag::structure, Shape::elements, 0, "structure");
    set(Tag::boolean, Shape::fixed, 1, "boolean");
    set(Tag::bit_string, Shape::bits, 0, "bit-string");
    set(Tag::double_long, Shape::fixed, 4, "double-long");
    set(Tag::double_long_unsigned, Shape::fixed, 4, "double-long-unsigned");
    set(Tag::octet_string, Shape::counted, 0, "octet-string");
    set(Tag::visible_string, Shape::counted, 0, "visible-string");
    set(Tag::utf8_string, Shape::text, 0, "utf8-string");
    set(Tag::bcd, Shape::fixed, 1, "bcd");
    set(Tag::integer, Shape::fixed, 1, "integer");
    set(Tag::long_, Shape::fixed, 2, "long");
    set(Tag::unsigned_, Shape::fixed, 1, "unsigned");
    set(Tag::long_unsigned, Shape::fixed, 2, "long-unsigned");
    set(Tag::compact_array, Shape::compact, 0, "compact-array");
    set(Tag::long64, Shape::fixed, 8, "long64");
    set(Tag::long64_unsigned, Shape::fixed, 8, "long64-unsigned");
    set(Tag::enum_, Shape::fixed, 1, "enum");
    set(Tag::float32, Shape::fixed, 4, "float32");
    set(Tag::float64, Shape::fixed, 8, "float64");
    set(Tag::date_time, Shape::fixed, 12, "date-time");
    set(Tag::date, Shape::fixed, 5, "date");
    set(Tag::time, Shape::fixed, 4, "time");
    set(Tag::delta_integer, Shape::fixed, 1, "delta-integer");
    set(Tag::delta_long, Shape::fixed, 2, "delta-long");
    set(Tag::delta_double_long, Shape::fixed, 4, "delta-double-long");
    set(Tag::delta_unsigned, Shape::fixed, 1, "delta-unsigned");
    set(Tag::delta_long_unsigned, Shape::fixed, 2, "delta-long-unsigned");
    set(Tag::delta_double_long_unsigned, Shape::fixed, 4, "delta-double-long-unsigned");
    set(Tag::dont_care, Shape::fixed, 0, "dont-care");
    return table;
}

constexpr auto table = make_table();

constexpr std::array<std::size_t, 256> make_fixed_widths() {
    std::array<std::size_t, 256> widths{};
    for (std::size_t i = 0; i < widths.size(); ++i) {
        widths[i] = table[i].shape == Shape::fixed ? table[i].width : detail::not_fixed;
    }
    return widths;
}

}  // namespace

constinit const std::array<std::size_t, 256> detail::fixed_widths = make_fixed_widths();

const TagInfo& info(Tag tag) {
    return table[static_cast<std::size_t>(tag)];
}

std::optional<Tag> tag_from_name(std::string_view name) {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].shape != Shape::unknown && table[i].name == name) {
            return static_cast<Tag>(i);
        }
    }
    return std::nullopt;
}

}  // namespace dlms::axdr
