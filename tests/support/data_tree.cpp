#include "tests/support/data_tree.hpp"

#include <cmath>

#include "stack/axdr/compact_array.hpp"
#include "stack/base/hex.hpp"

namespace dlms::testing {
namespace {

using axdr::Tag;
using Json = nlohmann::json;

Json elements(const axdr::DataView& data) {
    Json list = Json::array();
    const axdr::ElementRange range = data.elements().value();
    for (const axdr::DataView element : range) {
        list.push_back(data_tree(element));
    }
    return list;
}

std::string bits(const axdr::BitString& bit_string) {
    std::string text;
    for (std::size_t i = 0; i < bit_string.count; ++i) {
        text += bit_string[i] ? '1' : '0';
    }
    return text;
}

Json number(const axdr::DataView& data) {
    if (const auto value = data.signed_integer()) {
        return *value;
    }
    return data.unsigned_integer().value();
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

Json description_tree(axdr::TypeDescriptionCursor& cursor) {
    const axdr::TypeDescriptionCursor::Item item = cursor.next();
    Json tree{{"type", name(item.tag)}};
    if (item.tag == Tag::array) {
        tree["count"] = item.count;
        tree["of"] = description_tree(cursor);
    } else if (item.tag == Tag::structure) {
        tree["of"] = Json::array();
        for (std::uint32_t i = 0; i < item.count; ++i) {
            tree["of"].push_back(description_tree(cursor));
        }
    }
    return tree;
}

void put_compact_array(Json& tree, const axdr::CompactArrayView& compact) {
    axdr::TypeDescriptionCursor description(compact.description());
    tree["description"] = description_tree(description);
    tree["contents"] = to_hex(compact.contents());
    const axdr::Data array = compact.to_array().value();
    tree["value"] = elements(array.view());
}

void put_float(Json& tree, double value, const axdr::DataView& data) {
    tree["value"] = std::isfinite(value) ? Json(value) : Json();
    tree["raw"] = to_hex(data.encoded().subspan(1));
}

}  // namespace

Json data_tree(const axdr::DataView& data) {
    Json tree{{"type", name(data.tag())}, {"value", nullptr}};
    switch (data.tag()) {
        case Tag::null_data:
        case Tag::dont_care: break;
        case Tag::array:
        case Tag::structure: tree["value"] = elements(data); break;
        case Tag::compact_array: put_compact_array(tree, data.compact_array().value()); break;
        case Tag::boolean: tree["value"] = data.boolean().value(); break;
        case Tag::bit_string: tree["value"] = bits(data.bit_string().value()); break;
        case Tag::octet_string:
        case Tag::date_time:
        case Tag::date:
        case Tag::time: tree["value"] = to_hex(data.octets().value()); break;
        case Tag::visible_string:
            if (is_printable(data.text().value())) {
                tree["value"] = data.text().value();
            } else {
                tree["raw"] = to_hex(as_bytes(data.text().value()));
            }
            break;
        case Tag::utf8_string: tree["value"] = data.text().value(); break;
        case Tag::float32: put_float(tree, data.float32().value(), data); break;
        case Tag::float64: put_float(tree, data.float64().value(), data); break;
        default: tree["value"] = number(data); break;
    }
    return tree;
}

}  // namespace dlms::testing
