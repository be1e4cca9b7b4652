#include "stack/axdr/structure_check.hpp"

#include <algorithm>
#include <array>

#include "stack/axdr/compact_array.hpp"
#include "stack/axdr/length.hpp"
#include "stack/axdr/tag.hpp"
#include "stack/axdr/utf8.hpp"
#include "stack/base/limits.hpp"

namespace dlms::axdr {
namespace {

/// Arrays and structures that are open, without recursion, so that nesting costs the peer's octets
/// and not our stack.
struct OpenElements {
    std::array<std::uint32_t, limits::max_data_depth> left{};
    std::size_t depth = 0;
    std::size_t total = 0;
};

/// Takes the count of an array or structure and opens it; returns its number of elements.
std::uint32_t open(Reader& reader, OpenElements& open_elements, std::uint32_t left) {
    const std::size_t where = reader.offset();
    const std::uint32_t count = read_length(reader);
    open_elements.total += count;
    if (count > reader.remaining()) {
        reader.fail_at(ErrorCode::length_beyond_buffer, where);
    } else if (open_elements.total > limits::max_data_elements) {
        reader.fail_at(ErrorCode::too_many_elements, where);
    } else if (open_elements.depth == open_elements.left.size()) {
        reader.fail_at(ErrorCode::nesting_too_deep, where - 1);
    } else {
        open_elements.left[open_elements.depth++] = left;
    }
    return count;
}

/// Takes what stands behind the tag of a compact-array, which is a level like an array.
void check_compact(Reader& reader, OpenElements& open_elements) {
    const std::size_t where = reader.offset() - 1;
    if (open_elements.depth == open_elements.left.size()) {
        reader.fail_at(ErrorCode::nesting_too_deep, where);
        return;
    }
    open_elements.total += check_compact_array(reader, open_elements.depth + 1);
    if (open_elements.total > limits::max_data_elements) {
        reader.fail_at(ErrorCode::too_many_elements, where);
    }
}

/// Takes the content of a Data that is neither of fixed width nor array nor structure.
void check_variable(Reader& reader, OpenElements& open_elements, Tag tag) {
    switch (info(tag).shape) {
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
        case Shape::compact: check_compact(reader, open_elements); return;
        default: reader.fail_at(ErrorCode::unknown_tag, reader.offset() - 1); return;
    }
}

/// Takes one Data, or the opening of an array or structure; returns how many elements are still to
/// come at what is then the present level.
std::uint32_t check_one(Reader& reader, OpenElements& open_elements, std::uint32_t left) {
    const auto tag = static_cast<Tag>(reader.u8());
    const std::size_t width = fixed_width(tag);
    if (tag == Tag::octet_string) {
        reader.skip(read_checked_length(reader));
    } else if (tag == Tag::array || tag == Tag::structure) {
        return open(reader, open_elements, left);
    } else if (width != detail::not_fixed) {
        reader.skip(width);
    } else {
        check_variable(reader, open_elements, tag);
    }
    return left;
}

/// Data that stand in a row at one level.
struct Run {
    std::size_t octets = 0;
    std::uint32_t items = 0;
};

/// Measures the Data at the beginning of `octets` that have the tag of the first, at most `most` of
/// them. Each takes `size` octets; the first is there.
Run measure_equal(ByteView octets, std::size_t size, std::uint32_t most) {
    const std::size_t last = std::min(octets.size(), most * size) - size;
    Run run{size, 1};
    while (run.octets <= last && octets[run.octets] == octets[0]) {
        run.octets += size;
        ++run.items;
    }
    return run;
}

/// Measures the Data of fixed width and the short octet-strings at the beginning of `octets`, at
/// most `most` of them. The one loop that long, regular values spend their time in: it stops at
/// whatever takes longer to judge, errors too.
Run measure_run(ByteView octets, std::uint32_t most) {
    Run run;
    while (run.items < most && run.octets < octets.size()) {
        const ByteView rest = octets.subspan(run.octets);
        const std::size_t width = detail::fixed_widths[rest[0]];
        if (width < rest.size()) {
            const Run equal = measure_equal(rest, width + 1, most - run.items);
            run.octets += equal.octets;
            run.items += equal.items;
            continue;
        }
        const std::size_t length = rest.size() > 1 ? rest[1] : std::size_t{0x80};
        if (static_cast<Tag>(rest[0]) != Tag::octet_string || length >= 0x80 ||
            length > rest.size() - 2) {
            break;
        }
        run.octets += 2 + length;
        ++run.items;
    }
    return run;
}

}  // namespace

void check_data(Reader& outer) {
    Reader reader = outer;
    OpenElements open_elements;
    std::uint32_t left = 1;  // elements still to come at the present level
    do {
        left = check_one(reader, open_elements, left - 1);
        const Run run = measure_run(reader.ahead(), left);
        reader.skip(run.octets);
        left -= run.items;
        while (left == 0 && open_elements.depth > 0) {
            left = open_elements.left[--open_elements.depth];
        }
    } while (left > 0 && reader.ok());
    outer = reader;
}

}  // namespace dlms::axdr
