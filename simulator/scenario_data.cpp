#include "simulator/scenario_data.hpp"

#include <algorithm>
#include <array>

#include "stack/axdr/data_builder.hpp"
#include "stack/base/hex.hpp"
#include "stack/base/limits.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataBuilder;
using axdr::Tag;

void add(DataBuilder& builder, const ScenarioNode& node, std::size_t depth);

std::int64_t lowest_of(Tag tag) {
    switch (tag) {
        case Tag::integer:
        case Tag::delta_integer: return INT8_MIN;
        case Tag::long_:
        case Tag::delta_long: return INT16_MIN;
        case Tag::double_long:
        case Tag::delta_double_long: return INT32_MIN;
        case Tag::long64: return INT64_MIN;
        default: return 0;
    }
}

std::int64_t highest_of(Tag tag) {
    switch (tag) {
        case Tag::integer:
        case Tag::delta_integer: return INT8_MAX;
        case Tag::long_:
        case Tag::delta_long: return INT16_MAX;
        case Tag::double_long:
        case Tag::delta_double_long: return INT32_MAX;
        case Tag::unsigned_:
        case Tag::enum_:
        case Tag::bcd:
        case Tag::delta_unsigned: return UINT8_MAX;
        case Tag::long_unsigned:
        case Tag::delta_long_unsigned: return UINT16_MAX;
        case Tag::double_long_unsigned:
        case Tag::delta_double_long_unsigned: return UINT32_MAX;
        default: return INT64_MAX;
    }
}

ByteBuffer octets(const ScenarioNode& node) {
    Result<ByteBuffer> octets = from_hex(node.text());
    if (!octets) {
        node.complain("hexadecimal digits");
    }
    return *std::move(octets);
}

template <std::size_t N>
std::array<Byte, N> fixed_octets(const ScenarioNode& node) {
    const ByteBuffer given = octets(node);
    if (given.size() != N) {
        node.complain(std::to_string(N) + " octets in hexadecimal");
    }
    std::array<Byte, N> fixed;
    std::ranges::copy(given, fixed.begin());
    return fixed;
}

void add_elements(DataBuilder& builder, Tag tag, const ScenarioNode& node, std::size_t depth) {
    const std::size_t count = node.size();
    if (depth >= limits::max_data_depth) {
        node.complain("less nesting");
    }
    tag == Tag::array ? builder.array(count) : builder.structure(count);
    for (std::size_t i = 0; i < count; ++i) {
        add(builder, node.element(i), depth + 1);
    }
}

void add_bits(DataBuilder& builder, const ScenarioNode& node) {
    const std::string_view text = node.text();
    ByteBuffer bits((text.size() + 7) / 8);
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '0' && text[i] != '1') {
            node.complain("a string of 0 and 1");
        }
        if (text[i] == '1') {
            bits[i / 8] = static_cast<Byte>(bits[i / 8] | 0x80u >> i % 8);
        }
    }
    builder.bit_string(bits, text.size());
}

/// What has no form of its own here.
void add_encoded(DataBuilder& builder, const ScenarioNode& node, std::size_t depth) {
    const Result<axdr::Data> data = axdr::Data::parse(octets(node));
    if (!data || depth >= limits::max_data_depth) {
        node.complain("one A-XDR Data in hexadecimal");
    }
    builder.element(data->view());
}

void add(DataBuilder& builder, const ScenarioNode& node, std::size_t depth) {
    if (node.is_null()) {
        builder.null();
        return;
    }
    const auto [name, value] = node.only_member();
    if (name == "encoded") {
        add_encoded(builder, value, depth);
        return;
    }
    const std::optional<Tag> tag = axdr::tag_from_name(name);
    switch (tag.value_or(Tag::null_data)) {
        case Tag::array:
        case Tag::structure: add_elements(builder, *tag, value, depth); return;
        case Tag::boolean: builder.boolean(value.boolean()); return;
        case Tag::bit_string: add_bits(builder, value); return;
        case Tag::octet_string: builder.octet_string(octets(value)); return;
        case Tag::visible_string: builder.visible_string(value.text()); return;
        case Tag::utf8_string: builder.utf8_string(value.text()); return;
        case Tag::long64_unsigned: builder.long64_unsigned(value.natural()); return;
        case Tag::float32: builder.float32(static_cast<float>(value.number())); return;
        case Tag::float64: builder.float64(value.number()); return;
        case Tag::date_time: builder.date_time(fixed_octets<12>(value)); return;
        case Tag::date: builder.date(fixed_octets<5>(value)); return;
        case Tag::time: builder.time(fixed_octets<4>(value)); return;
        case Tag::null_data:
        case Tag::compact_array:
        case Tag::dont_care: node.complain("the name of a type as the key"); return;
        default: builder.integer_of(*tag, value.integer(lowest_of(*tag), highest_of(*tag))); return;
    }
}

}  // namespace

axdr::Data read_scenario_data(const ScenarioNode& node) {
    DataBuilder builder;
    add(builder, node, 0);
    Result<axdr::Data> data = builder.finish();
    if (!data) {
        node.complain("a value of the stated types");
    }
    return *std::move(data);
}

}  // namespace dlms::simulator
