#include "render/data_tree.hpp"

#include <cmath>
#include <functional>

#include "render/float_text.hpp"
#include "render/text_encoding.hpp"
#include "stack/axdr/compact_array.hpp"
#include "stack/base/hex.hpp"

namespace dlms::render {
namespace {

using axdr::DataView;
using axdr::Tag;

void put_elements(Json& tree, const DataView& data, TreeBuild& build) {
    Json list = Json::array();
    if (const auto elements = data.elements()) {
        for (const DataView element : *elements) {
            if (build.budget == 0) {
                break;
            }
            list.push_back(data_tree(element, build));
        }
    }
    tree["value"] = std::move(list);
}

Json description_json(axdr::TypeDescriptionCursor& cursor) {
    const axdr::TypeDescriptionCursor::Item item = cursor.next();
    Json json;
    json["type"] = name(item.tag);
    if (item.tag == Tag::array) {
        json["count"] = item.count;
        json["of"] = description_json(cursor);
    } else if (item.tag == Tag::structure) {
        Json list = Json::array();
        for (std::uint32_t i = 0; i < item.count; ++i) {
            list.push_back(description_json(cursor));
        }
        json["of"] = std::move(list);
    }
    return json;
}

void put_compact_array(Json& tree, const DataView& data, TreeBuild& build) {
    const auto compact = data.compact_array();
    const auto elements = compact ? compact->to_array() : fail(ErrorCode::defect, Layer::axdr);
    if (!elements) {
        return;
    }
    axdr::TypeDescriptionCursor cursor(compact->description());
    tree["description"] = description_json(cursor);
    tree["contents"] = to_hex(compact->contents());
    put_elements(tree, elements->view(), build);
}

Json integer_json(const DataView& data) {
    if (const auto value = data.unsigned_integer()) {
        return *value;
    }
    const auto value = data.signed_integer();
    return value ? Json(*value) : Json();
}

void put_float(Json& tree, const DataView& data) {
    // The exact value: a float32 is written as the double of the same value.
    const auto narrow = data.float32();
    const double value = narrow ? double{*narrow} : data.float64().value_or(0);
    tree["value"] = std::isfinite(value) ? Json(value) : Json();
    tree["raw"] = to_hex(data.encoded().subspan(1));
}

void put_text(Json& tree, const DataView& data) {
    const auto text = data.text();
    if (text && (data.is(Tag::utf8_string) || is_printable(*text))) {
        tree["value"] = *text;
    } else if (text) {
        tree["raw"] = to_hex(as_bytes(*text));
    }
}

}  // namespace

std::string bit_text(const axdr::BitString& bits) {
    std::string text;
    text.reserve(bits.count);
    for (std::size_t i = 0; i < bits.count; ++i) {
        text += bits[i] ? '1' : '0';
    }
    return text;
}

Json float_json(const DataView& data) {
    std::optional<std::string> text;
    if (const auto narrow = data.float32()) {
        text = float_text(*narrow);
    } else if (const auto wide = data.float64()) {
        text = float_text(*wide);
    }
    const std::optional<double> number = text ? float64_from_text(*text) : std::nullopt;
    return number ? Json(*number) : Json();
}

std::optional<std::size_t> offset_in(ByteView origin, ByteView part) {
    // std::less orders pointers of different arrays too.
    const std::less<const Byte*> before;
    const Byte* const end = origin.data() + origin.size();
    if (origin.empty() || before(part.data(), origin.data()) || before(end, part.data())) {
        return std::nullopt;
    }
    return static_cast<std::size_t>(part.data() - origin.data());
}

Json data_tree(const DataView& data) {
    TreeBuild build;
    return data_tree(data, build);
}

Json data_tree(const DataView& data, TreeBuild& build) {
    Json tree;
    if (build.budget == 0) {
        return tree;
    }
    --build.budget;
    if (const auto offset = offset_in(build.origin, data.encoded())) {
        tree["@"] = *offset;
    }
    tree["type"] = name(data.tag());
    tree["value"] = nullptr;
    switch (data.tag()) {
        case Tag::null_data:
        case Tag::dont_care: break;
        case Tag::array:
        case Tag::structure: put_elements(tree, data, build); break;
        case Tag::compact_array: put_compact_array(tree, data, build); break;
        case Tag::boolean: tree["value"] = data.boolean().value_or(false); break;
        case Tag::bit_string:
            tree["value"] = bit_text(data.bit_string().value_or(axdr::BitString{}));
            break;
        case Tag::octet_string:
        case Tag::date_time:
        case Tag::date:
        case Tag::time: tree["value"] = to_hex(data.octets().value_or(ByteView{})); break;
        case Tag::visible_string:
        case Tag::utf8_string: put_text(tree, data); break;
        case Tag::float32:
        case Tag::float64: put_float(tree, data); break;
        default: tree["value"] = integer_json(data); break;
    }
    return tree;
}

}  // namespace dlms::render
