#include "stack/axdr/structure_check.hpp"

#include <array>

#include "stack/axdr/length.hpp"
#include "stack/axdr/tag.hpp"
#include "stack/axdr/utf8.hpp"
#include "stack/base/limits.hpp"

namespace dlms::axdr {
namespace {

/// Takes the content of a Data that is neither array nor structure.
void check_simple(Reader& reader, const TagInfo& tag_info, std::size_t tag_offset) {
    switch (tag_info.shape) {
        case Shape::fixed: reader.skip(tag_info.width); return;
        case Shape::counted: reader.skip(read_checked_length(reader)); return;
        case Shape::bits: {
            const std::uint32_t bits = read_length(reader);
            reader.skip(bits / 8 + (bits % 8 != 0 ? 1 : 0));
            return;
        }
        case Shape::text: {
            const std::size_t where = reader.offset();
            if (!is_utf8(read_octet_string(reader))) {
                reader.fail_at(ErrorCode::invalid_utf8, where);
            }
            return;
        }
        case Shape::compact: reader.fail_at(ErrorCode::unsupported_type, tag_offset); return;
        case Shape::elements:
        case Shape::unknown: reader.fail_at(ErrorCode::unknown_tag, tag_offset); return;
    }
}

}  // namespace

void check_data(Reader& reader) {
    // Elements still to come, for each open array or structure; no recursion, so that nesting
    // costs the peer's octets and not our stack.
    std::array<std::uint32_t, limits::max_data_depth> open{};
    std::size_t depth = 0;
    std::size_t elements = 0;
    std::uint32_t left = 1;
    for (;;) {
        const std::size_t tag_offset = reader.offset();
        const TagInfo& tag_info = info(static_cast<Tag>(reader.u8()));
        --left;
        if (tag_info.shape == Shape::fixed) [[likely]] {
            reader.skip(tag_info.width);
        } else if (tag_info.shape == Shape::elements) {
            const std::size_t where = reader.offset();
            const std::uint32_t count = read_length(reader);
            elements += count;
            if (count > reader.remaining()) {
                reader.fail_at(ErrorCode::length_beyond_buffer, where);
            } else if (elements > limits::max_data_elements) {
                reader.fail_at(ErrorCode::too_many_elements, where);
            } else if (depth == open.size()) {
                reader.fail_at(ErrorCode::nesting_too_deep, tag_offset);
            } else {
                open[depth++] = left;
                left = count;
            }
        } else {
            check_simple(reader, tag_info, tag_offset);
        }
        if (!reader.ok()) [[unlikely]] {
            return;
        }
        while (left == 0) {
            if (depth == 0) {
                return;
            }
            left = open[--depth];
        }
    }
}

}  // namespace dlms::axdr
