#pragma once
// One Data as the tree {"type": ..., "value": ...}: nothing interpreted, nothing lost.

#include <optional>

#include <nlohmann/json.hpp>

#include "stack/axdr/data_view.hpp"
#include "stack/base/limits.hpp"

namespace dlms::render {

using Json = nlohmann::ordered_json;

/// How a tree is made, and how large it may get.
struct TreeBuild {
    /// Octets that offsets are counted from; every tree of them gets its offset as `@`. Empty for
    /// no offsets.
    ByteView origin;
    /// Trees that may still be made. When it comes to 0 what is left is null: the caller refuses
    /// the whole. It bounds what a compact array of few octets unrolls to.
    std::size_t budget = limits::max_data_elements;
};

/// Arrays and structures, and compact arrays in their elements, hold lists of trees; octet-string,
/// date-time, date and time are upper-case hex; a bit-string is a text of 0 and 1; integers of
/// every width are JSON integers; a float has its octets as hex in `raw`, and its value is null for
/// NaN and infinity; a visible-string that is not printable ASCII has the value null and its octets
/// in `raw`; a bcd is its plain octet; a compact array has its type in `description` and its packed
/// elements as hex in `contents`.
Json data_tree(const axdr::DataView& data);
Json data_tree(const axdr::DataView& data, TreeBuild& build);

/// Where octets begin in others; nothing when they are not a part of them.
std::optional<std::size_t> offset_in(ByteView origin, ByteView part);

/// A bit-string as 0 and 1, the first bit first.
std::string bit_text(const axdr::BitString& bits);

/// A float as the JSON number of its shortest decimal text, so that the float32 0.1 is 0.1; null
/// for NaN and infinity, and for a Data that is no float.
Json float_json(const axdr::DataView& data);

}  // namespace dlms::render
