#pragma once
// ISO 8601 text as the octets of a date-time, date or time, in the convention of the meter that
// they are written to.

#include <functional>
#include <optional>
#include <string_view>

#include "render/attribute_table.hpp"
#include "stack/base/result.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::render {

/// The local time of an instant, in seconds since 1970 UTC, where the meter is.
using LocalFromUtc = std::function<cosem::LocalSeconds(std::int64_t utc_seconds)>;

/// An example of the text that clock_from_iso() takes, for messages.
std::string_view clock_example(ClockForm form);

/// The 12, 5 or 4 octets of "2026-11-23T09:30:00+01:00", "2026-11-23" or "09:30:00".
///
/// `present` are the octets that the meter shows now. A date-time takes its deviation and status
/// from them, and leaves weekday and hundredths unspecified where they do. A text with an offset is
/// an instant: it is converted to the meter's deviation, or with `local_from_utc` (UTC without it)
/// when the meter states none. A text without an offset is the meter's local time. Without
/// `present` a date-time keeps the offset of the text. Errors: those of date_time_from_iso();
/// parts that are not specified have no text here.
Result<ByteBuffer> clock_from_iso(std::string_view text, ClockForm form,
                                  const std::optional<ByteView>& present,
                                  const LocalFromUtc& local_from_utc);

}  // namespace dlms::render
