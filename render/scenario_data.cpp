#include "render/scenario_data.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "stack/base/hex.hpp"

namespace dlms::render {
namespace {

using axdr::Tag;

nlohmann::json encoded(const axdr::DataView& data) {
    return {{"encoded", to_hex(data.encoded())}};
}

nlohmann::json bits_text(const axdr::BitString& bits) {
    std::string text;
    for (std::size_t i = 0; i < bits.count; ++i) {
        text += bits[i] ? '1' : '0';
    }
    return text;
}

bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
}

}  // namespace

nlohmann::json scenario_data(const axdr::DataView& data) {
    const std::string name(axdr::name(data.tag()));
    if (data.is_null()) {
        return nullptr;
    }
    if (const auto elements = data.elements()) {
        nlohmann::json list = nlohmann::json::array();
        for (const axdr::DataView element : *elements) {
            list.push_back(scenario_data(element));
        }
        return {{name, std::move(list)}};
    }
    if (const auto boolean = data.boolean()) {
        return {{name, *boolean}};
    }
    if (const auto bits = data.bit_string()) {
        return {{name, bits_text(*bits)}};
    }
    if (const auto octets = data.octets()) {
        return {{name, to_hex(*octets)}};
    }
    if (const auto text = data.text()) {
        return is_ascii(*text) ? nlohmann::json{{name, *text}} : encoded(data);
    }
    if (data.is(Tag::bcd)) {
        return {{name, data.encoded()[1]}};
    }
    if (const auto number = data.unsigned_integer()) {
        return {{name, *number}};
    }
    if (const auto number = data.signed_integer()) {
        return {{name, *number}};
    }
    if (const auto number = data.float32(); number && std::isfinite(*number)) {
        return {{name, *number}};
    }
    if (const auto number = data.float64(); number && std::isfinite(*number)) {
        return {{name, *number}};
    }
    return encoded(data);
}

}  // namespace dlms::render
