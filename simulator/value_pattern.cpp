#include "simulator/value_pattern.hpp"

#include "stack/axdr/data_builder.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;

bool is_like(const DataView& pattern, const DataView& offered);

bool structure_is_like(const DataView& pattern, const DataView& offered) {
    const axdr::ElementRange wanted = *pattern.elements();
    const axdr::ElementRange given = *offered.elements();
    if (wanted.empty()) {
        return true;
    }
    return std::equal(wanted.begin(), wanted.end(), given.begin(), given.end(), is_like);
}

bool array_is_like(const DataView& pattern, const DataView& offered) {
    const axdr::ElementRange wanted = *pattern.elements();
    const axdr::ElementRange given = *offered.elements();
    if (given.empty()) {
        return true;
    }
    const DataView example = wanted.empty() ? *given.begin() : *wanted.begin();
    for (const DataView& element : given) {
        if (!is_like(example, element)) {
            return false;
        }
    }
    return true;
}

bool is_like(const DataView& pattern, const DataView& offered) {
    if (pattern.tag() != offered.tag()) {
        return false;
    }
    switch (pattern.tag()) {
        case Tag::structure: return structure_is_like(pattern, offered);
        case Tag::array: return array_is_like(pattern, offered);
        default: return true;
    }
}

bool is_time_in_octets(const DataView& pattern, const DataView& offered) {
    if (!pattern.is(Tag::octet_string) || offered.is(Tag::octet_string)) {
        return false;
    }
    const Result<ByteView> octets = offered.octets();
    return octets && octets->size() == pattern.octets()->size();
}

}  // namespace

std::optional<axdr::Data> value_like(const DataView& pattern, const DataView& offered) {
    if (is_like(pattern, offered)) {
        return axdr::Data(offered);
    }
    if (is_time_in_octets(pattern, offered)) {
        axdr::DataBuilder builder;
        builder.octet_string(*offered.octets());
        return std::move(builder.finish()).value();
    }
    return std::nullopt;
}

}  // namespace dlms::simulator
