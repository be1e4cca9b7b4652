#include "stack/cosem/value_type.hpp"

#include <algorithm>

namespace dlms::cosem {
namespace {

using axdr::DataView;
using axdr::Tag;

constexpr char folded(char c) {
    return c == '_' || c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_composite(Tag tag) {
    return tag == Tag::array || tag == Tag::structure || tag == Tag::compact_array;
}

Fit fit_simple(const ValueType& type, const DataView& data) {
    if (is_composite(data.tag())) {
        return Fit::none;
    }
    if (!data.is(type.tag)) {
        return Fit::loose;
    }
    const auto octets = data.octets();
    const auto bits = data.bit_string();
    const std::size_t size = octets ? octets->size() : bits ? bits->count : type.size;
    return type.size == 0 || size == type.size ? Fit::exact : Fit::loose;
}

Fit fit_structure(const ValueType& type, const DataView& data) {
    const auto elements = data.elements();
    if (!data.is(Tag::structure) || !elements) {
        return Fit::none;
    }
    if (type.members.empty()) {
        return Fit::exact;
    }
    if (elements->size() != type.members.size()) {
        return Fit::none;
    }
    Fit worst = Fit::exact;
    auto member = type.members.begin();
    for (const DataView element : *elements) {
        worst = std::min(worst, fit(*member->type, element));
        ++member;
    }
    return worst;
}

Fit fit_array(const ValueType& type, const DataView& data) {
    const auto elements = data.elements();
    if (!data.is(Tag::array) || !elements) {
        return Fit::none;
    }
    Fit worst = Fit::exact;
    for (const DataView element : *elements) {
        worst = std::min(worst, fit(*type.item, element));
    }
    return worst;
}

}  // namespace

std::optional<Tag> tag_of(const ValueType& type) {
    switch (type.form) {
        case ValueType::Form::simple: return type.tag;
        case ValueType::Form::structure: return Tag::structure;
        case ValueType::Form::array: return Tag::array;
        case ValueType::Form::any:
        case ValueType::Form::choice: break;
    }
    return std::nullopt;
}

Fit fit(const ValueType& type, const DataView& data) {
    Fit best = Fit::none;
    switch (type.form) {
        case ValueType::Form::any: return Fit::exact;
        case ValueType::Form::simple: return fit_simple(type, data);
        case ValueType::Form::structure: best = fit_structure(type, data); break;
        case ValueType::Form::array: best = fit_array(type, data); break;
        case ValueType::Form::choice:
            for (const TypeMember& alternative : type.members) {
                best = std::max(best, fit(*alternative.type, data));
            }
            break;
    }
    // An object without a value shows null-data for anything.
    return best == Fit::none && data.is_null() ? Fit::loose : best;
}

std::string_view name_of(std::span<const CodeName> codes, std::uint64_t code) {
    const auto found = std::ranges::find(codes, code, &CodeName::code);
    return found != codes.end() ? found->name : std::string_view();
}

bool is_same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, folded, folded);
}

std::optional<std::uint8_t> code_of(std::span<const CodeName> codes, std::string_view name) {
    for (const CodeName& row : codes) {
        if (is_same_name(row.name, name)) {
            return row.code;
        }
    }
    return std::nullopt;
}

}  // namespace dlms::cosem
