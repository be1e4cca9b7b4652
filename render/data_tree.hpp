#pragma once
// One Data as the tree {"type": ..., "value": ...}: nothing interpreted, nothing lost.

#include <nlohmann/json.hpp>

#include "stack/axdr/data_view.hpp"

namespace dlms::render {

using Json = nlohmann::ordered_json;

/// Arrays and structures hold lists of trees; octet-string, date-time, date and time are upper-case
/// hex; a bit-string is a text of 0 and 1; integers of every width are JSON integers; a float has
/// its octets as hex in `raw`, and its value is null for NaN and infinity; a visible-string that is
/// not printable ASCII has the value null and its octets in `raw`; a bcd is its plain octet.
Json data_tree(const axdr::DataView& data);

/// A bit-string as 0 and 1, the first bit first.
std::string bit_text(const axdr::BitString& bits);

/// A float as the JSON number of its shortest decimal text, so that the float32 0.1 is 0.1; null
/// for NaN and infinity, and for a Data that is no float.
Json float_json(const axdr::DataView& data);

}  // namespace dlms::render
