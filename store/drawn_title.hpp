#pragma once
// System titles that are drawn for a store of invocation counters: three letters of a maker that is
// none, and five octets at random. Whoever has such a title counts by his own store; another one
// with the same title would use numbers twice.

#include "stack/base/random.hpp"
#include "stack/security/system_title.hpp"

namespace dlms::store {

/// Errors: defect without randomness.
Result<security::SystemTitle> draw_title(Random& random);

bool is_drawn_title(const security::SystemTitle& title);

}  // namespace dlms::store
