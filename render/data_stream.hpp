#pragma once
// One Data written as the tree of data_tree(), item by item and without a document: for profile
// buffers, whose document would cost many times what decoding them does.

#include "render/data_tree.hpp"
#include "render/json_writer.hpp"

namespace dlms::render {

/// Writes the tree; every value takes one of `budget`, what a compact array unrolls to included.
/// False when the budget is used up: the JSON is then incomplete and to be thrown away.
bool write_data_tree(JsonWriter& writer, const axdr::DataView& data, std::size_t& budget);

}  // namespace dlms::render
