#pragma once
// Small helpers for tests that write octets as hexadecimal text.

#include <string_view>

#include "stack/base/hex.hpp"
#include "stack/base/writer.hpp"

namespace dlms::testing {

/// Octets of a hexadecimal text; the text is the test's own, so a wrong one ends the test.
inline ByteBuffer octets(std::string_view hex) {
    return from_hex(hex).value();
}

/// What `write(Writer&)` appends, as hexadecimal text; "failed" when the writer fails.
template <class Write>
std::string written(Write&& write) {
    ByteBuffer buffer;
    Writer writer(buffer);
    write(writer);
    return writer.ok() ? to_hex(buffer) : "failed";
}

}  // namespace dlms::testing
