#pragma once
// Dates and times with wildcards (Blue Book 4.1.6.1), as schedules, calendars and daylight saving
// use them: does a day match, and when next.

#include <cstdint>
#include <optional>

#include "stack/cosem/date_time.hpp"

namespace dlms::simulator {

/// Days since 1970-01-01 of local time.
inline std::int64_t day_of(cosem::LocalSeconds local) {
    return local >= 0 ? local / 86400 : -((-local + 86399) / 86400);
}

/// Whether a local day matches. What is not specified agrees with everything; the last day with a
/// day of the week is the last such day of the month; a day of the month with a day of the week is
/// the first such day on it or after it. A full date that is wrong about its weekday matches never.
bool matches(const cosem::Date& pattern, std::int64_t day);

/// The first local time of a year that matches; parts of the time that are not specified are 0.
std::optional<cosem::LocalSeconds> first_match(const cosem::DateTime& pattern, std::uint16_t year);

/// The first local time after `after` that matches both, within four years. An hour or minute that
/// is not specified is every one; a second that is not is 0.
std::optional<cosem::LocalSeconds> next_match(const cosem::Date& date, const cosem::Time& time,
                                              cosem::LocalSeconds after);

/// Whether a pattern has wildcards.
bool has_wildcard(const cosem::Date& pattern);

}  // namespace dlms::simulator
