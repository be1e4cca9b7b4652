#pragma once
// ISO 8601 text as the octets of a date-time, date or time, in the convention of the meter that
// they are written to.

#include <functional>
#include <optional>
#include <string_view>

#include <nlohmann/json.hpp>

#include "stack/base/result.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/value_type.hpp"

namespace dlms::render {

/// Which of the three forms of time octets hold: 12, 5 or 4 of them.
enum class ClockForm : std::uint8_t { date_time, date, time };

/// The form of time that a meaning stands for; nothing for every other meaning.
std::optional<ClockForm> clock_form(cosem::Meaning meaning);

/// The local time of an instant, in seconds since 1970 UTC, where the meter is.
using LocalFromUtc = std::function<cosem::LocalSeconds(std::int64_t utc_seconds)>;

/// An example of the text that clock_from_iso() takes, for messages.
std::string_view clock_example(ClockForm form);

/// The 12, 5 or 4 octets of "2026-11-23T09:30:00+01:00", "2026-11-23" or "09:30:00"; "*" and
/// "last" stand for parts as in cosem::iso_text().
///
/// `present` are the octets that the meter shows now. A date-time takes its deviation and status
/// from them, and leaves weekday and hundredths unspecified where they do. A text with an offset is
/// an instant: it is converted to the meter's deviation, or with `local_from_utc` (UTC without it)
/// when the meter states none. A text without an offset, or with parts that are not specified, is
/// the meter's local time. Without `present` a date-time keeps the offset of the text. Errors:
/// those of cosem::date_time_from_text().
Result<ByteBuffer> clock_from_iso(std::string_view text, ClockForm form,
                                  const std::optional<ByteView>& present,
                                  const LocalFromUtc& local_from_utc);

/// The octets of a clock as JSON from which clock_from_json() makes the same octets: their text, or
/// where that does not say all an object of the text and of what differs from what it stands for:
/// {"date_time": "2026-11-23T09:30:00", "day_of_week": null, "status": 255}; null is "not
/// specified". Nothing for octets that are no time.
std::optional<nlohmann::ordered_json> exact_clock_json(ByteView octets, ClockForm form);

/// The octets of such an object. Errors: those of clock_from_iso(); value_out_of_range and
/// invalid_text for other members.
Result<ByteBuffer> clock_from_parts(const nlohmann::ordered_json& parts, ClockForm form);

}  // namespace dlms::render
