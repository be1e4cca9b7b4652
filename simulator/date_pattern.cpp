#include "simulator/date_pattern.hpp"

namespace dlms::simulator {
namespace {

using cosem::Date;
using cosem::Time;

constexpr std::int64_t seconds_per_day = 86400;
constexpr std::int64_t farthest = 4 * 366;  // days

Date date_of(std::int64_t day) {
    return cosem::date_time_from_local(day * seconds_per_day).date;
}

/// How many days its month has after this one.
int days_left(const Date& date, std::int64_t day) {
    int left = 0;
    while (date_of(day + left + 1).month == date.month) {
        ++left;
    }
    return left;
}

bool day_matches(const Date& pattern, const Date& date, std::int64_t day) {
    const bool any_weekday = pattern.day_of_week == Date::not_specified;
    const bool weekday = any_weekday || pattern.day_of_week == date.day_of_week;
    if (pattern.day_of_month == Date::not_specified) {
        return weekday;
    }
    if (pattern.day_of_month == Date::last_day || pattern.day_of_month == Date::second_last_day) {
        if (!weekday) {
            return false;
        }
        const int left = days_left(date, day);
        const int from = pattern.day_of_month == Date::last_day ? 0 : any_weekday ? 1 : 7;
        return any_weekday ? left == from : left >= from && left < from + 7;
    }
    if (any_weekday || pattern.year != Date::year_not_specified) {
        return weekday && pattern.day_of_month == date.day_of_month;
    }
    // That weekday, on the day or in the six after it.
    return weekday && date.day_of_month >= pattern.day_of_month &&
           date.day_of_month < pattern.day_of_month + 7;
}

}  // namespace

bool matches(const Date& pattern, std::int64_t day) {
    const Date date = date_of(day);
    if (pattern.year != Date::year_not_specified && pattern.year != date.year) {
        return false;
    }
    if (pattern.month != Date::not_specified && pattern.month != date.month) {
        return false;
    }
    return day_matches(pattern, date, day);
}

std::optional<cosem::LocalSeconds> first_match(const cosem::DateTime& pattern, std::uint16_t year) {
    cosem::DateTime first;
    first.date = {year, pattern.date.month <= 12 ? pattern.date.month : std::uint8_t{1}, 1,
                  Date::not_specified};
    first.time = {0, 0, 0, 0};
    const auto begin = cosem::local_seconds(first);
    if (!begin) {
        return std::nullopt;
    }
    const std::int64_t day = day_of(*begin);
    const auto part = [](std::uint8_t value, std::uint8_t highest) {
        return value <= highest ? std::int64_t{value} : std::int64_t{0};
    };
    for (std::int64_t later = 0; later < 366 && date_of(day + later).year == year; ++later) {
        if (matches(pattern.date, day + later)) {
            return (day + later) * seconds_per_day + part(pattern.time.hour, 23) * 3600 +
                   part(pattern.time.minute, 59) * 60 + part(pattern.time.second, 59);
        }
    }
    return std::nullopt;
}

std::optional<cosem::LocalSeconds> next_match(const Date& date, const Time& time,
                                              cosem::LocalSeconds after) {
    const std::int64_t today = day_of(after);
    const std::int64_t second = time.second <= 59 ? time.second : 0;
    for (std::int64_t day = today; day < today + farthest; ++day) {
        if (!matches(date, day)) {
            continue;
        }
        for (std::int64_t hour = 0; hour < 24; ++hour) {
            if (time.hour != Time::not_specified && time.hour != hour) {
                continue;
            }
            for (std::int64_t minute = 0; minute < 60; ++minute) {
                const std::int64_t at = day * seconds_per_day + hour * 3600 + minute * 60 + second;
                if ((time.minute == Time::not_specified || time.minute == minute) && at > after) {
                    return at;
                }
            }
        }
    }
    return std::nullopt;
}

bool has_wildcard(const Date& pattern) {
    return pattern.year == Date::year_not_specified || pattern.month > 12 ||
           pattern.day_of_month > 31;
}

}  // namespace dlms::simulator
