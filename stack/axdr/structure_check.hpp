#pragma once
// The one walk over the structure of a Data: lengths, counts, depth, tags, UTF-8.

#include "stack/base/reader.hpp"

namespace dlms::axdr {

/// Checks one Data and takes it from the reader; the reader carries the error.
void check_data(Reader& reader);

}  // namespace dlms::axdr
