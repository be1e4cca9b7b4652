#pragma once

#include "server/http_message.hpp"

namespace dlms::service {

// POST /decode: what octets mean, as `dlms decode --jsonl` has it. 200 with `layer`, `valid`, and
// `decoded` or `error` (`offset`, `code`, `message`, and `accepting_option` where an option would
// accept the octets); 422 for a body that asks nothing. Needs no meter: made where it is asked.
[[nodiscard]] HttpAnswer decode_answer(const HttpRequest& request);

}  // namespace dlms::service
