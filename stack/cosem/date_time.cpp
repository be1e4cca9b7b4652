#include "stack/cosem/date_time.hpp"

#include <chrono>
#include <cstdlib>

#include "stack/base/reader.hpp"

namespace dlms::cosem {
namespace {

constexpr std::int64_t seconds_per_day = 86'400;

// std::chrono::year ends at 32767 and the wire's at 65534, so calendars are computed in the first
// of the 400-year cycles, which are all alike.
constexpr int years_per_cycle = 400;
constexpr std::int64_t days_per_cycle = 146'097;
constexpr std::int64_t days_to_1970 = 719'528;  // from 0000-01-01

constexpr bool within(std::uint8_t value, std::uint8_t low, std::uint8_t high) {
    return value >= low && value <= high;
}

std::uint8_t days_in(std::uint16_t year, std::uint8_t month) {
    if (year == Date::year_not_specified) {
        return month == 2 ? 29 : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
    }
    const std::chrono::year_month_day_last last{
        std::chrono::year(year % years_per_cycle),
        std::chrono::month_day_last(std::chrono::month(month))};
    return static_cast<std::uint8_t>(static_cast<unsigned>(last.day()));
}

Date take_date(Reader& reader) {
    Date date;
    date.year = reader.u16();
    std::size_t where = reader.offset();
    date.month = reader.u8();
    const bool month_is_number = within(date.month, 1, 12);
    if (!month_is_number && date.month < Date::month_daylight_savings_end) {
        reader.fail_at(ErrorCode::value_out_of_range, where);
    }
    where = reader.offset();
    date.day_of_month = reader.u8();
    const bool day_is_number = within(date.day_of_month, 1, 31);
    const bool day_fits =
        !day_is_number || !month_is_number || date.day_of_month <= days_in(date.year, date.month);
    if ((!day_is_number && date.day_of_month < Date::second_last_day) || !day_fits) {
        reader.fail_at(ErrorCode::value_out_of_range, where);
    }
    where = reader.offset();
    date.day_of_week = reader.u8();
    if (!within(date.day_of_week, 1, 7) && date.day_of_week != Date::not_specified) {
        reader.fail_at(ErrorCode::value_out_of_range, where);
    }
    return date;
}

Time take_time(Reader& reader) {
    Time time;
    const auto take = [&reader](std::uint8_t highest) {
        const std::size_t where = reader.offset();
        const std::uint8_t value = reader.u8();
        if (value > highest && value != Time::not_specified) {
            reader.fail_at(ErrorCode::value_out_of_range, where);
        }
        return value;
    };
    time.hour = take(23);
    time.minute = take(59);
    time.second = take(59);
    time.hundredths = take(99);
    return time;
}

template <class T>
Result<T> finish(Reader& reader, const T& value) {
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return value;
}

std::string padded(unsigned value, std::size_t width) {
    std::string digits = std::to_string(value);
    if (digits.size() < width) {
        digits.insert(0, width - digits.size(), '0');
    }
    return digits;
}

std::string part(std::uint8_t value) {
    return value == Date::not_specified ? "*" : padded(value, 2);
}

}  // namespace

bool DateTime::is_specified() const {
    return date.year != Date::year_not_specified && within(date.month, 1, 12) &&
           within(date.day_of_month, 1, 31) && time.hour != Time::not_specified &&
           time.minute != Time::not_specified && time.second != Time::not_specified;
}

Result<DateTime> read_date_time(ByteView octets) {
    Reader reader(octets, Layer::cosem);
    DateTime value;
    value.date = take_date(reader);
    value.time = take_time(reader);
    const std::size_t where = reader.offset();
    value.deviation = reader.i16();
    if (value.has_deviation() && (value.deviation < -840 || value.deviation > 840)) {
        reader.fail_at(ErrorCode::value_out_of_range, where);
    }
    value.status = reader.u8();
    return finish(reader, value);
}

Result<Date> read_date(ByteView octets) {
    Reader reader(octets, Layer::cosem);
    const Date value = take_date(reader);
    return finish(reader, value);
}

Result<Time> read_time(ByteView octets) {
    Reader reader(octets, Layer::cosem);
    const Time value = take_time(reader);
    return finish(reader, value);
}

std::array<Byte, 5> encode(const Date& date) {
    return {static_cast<Byte>(date.year >> 8), static_cast<Byte>(date.year & 0xFF), date.month,
            date.day_of_month, date.day_of_week};
}

std::array<Byte, 4> encode(const Time& time) {
    return {time.hour, time.minute, time.second, time.hundredths};
}

std::array<Byte, 12> encode(const DateTime& date_time) {
    const std::array<Byte, 5> date = encode(date_time.date);
    const std::array<Byte, 4> time = encode(date_time.time);
    const auto deviation = static_cast<std::uint16_t>(date_time.deviation);
    return {date[0],
            date[1],
            date[2],
            date[3],
            date[4],
            time[0],
            time[1],
            time[2],
            time[3],
            static_cast<Byte>(deviation >> 8),
            static_cast<Byte>(deviation & 0xFF),
            date_time.status};
}

std::optional<LocalSeconds> local_seconds(const DateTime& date_time) {
    if (!date_time.is_specified()) {
        return std::nullopt;
    }
    const std::chrono::year_month_day day{std::chrono::year(date_time.date.year % years_per_cycle),
                                          std::chrono::month(date_time.date.month),
                                          std::chrono::day(date_time.date.day_of_month)};
    const std::int64_t cycles = date_time.date.year / years_per_cycle;
    const std::int64_t days =
        std::chrono::sys_days(day).time_since_epoch().count() + cycles * days_per_cycle;
    return days * seconds_per_day + date_time.time.hour * 3600 + date_time.time.minute * 60 +
           date_time.time.second;
}

std::optional<std::int64_t> utc_seconds(const DateTime& date_time) {
    const std::optional<LocalSeconds> local = local_seconds(date_time);
    if (!local || !date_time.has_deviation()) {
        return std::nullopt;
    }
    return *local + date_time.deviation * 60;
}

DateTime date_time_from_local(LocalSeconds seconds, std::int16_t deviation, std::uint8_t status) {
    const std::chrono::sys_seconds instant{std::chrono::seconds(seconds)};
    const auto days = std::chrono::floor<std::chrono::days>(instant);
    const std::int64_t cycles = (days.time_since_epoch().count() + days_to_1970) / days_per_cycle;
    const std::chrono::year_month_day day(days - std::chrono::days(cycles * days_per_cycle));
    const auto second_of_day = static_cast<unsigned>((instant - days).count());
    DateTime value;
    value.date.year =
        static_cast<std::uint16_t>(static_cast<int>(day.year()) + cycles * years_per_cycle);
    value.date.month = static_cast<std::uint8_t>(static_cast<unsigned>(day.month()));
    value.date.day_of_month = static_cast<std::uint8_t>(static_cast<unsigned>(day.day()));
    value.date.day_of_week = static_cast<std::uint8_t>(std::chrono::weekday(days).iso_encoding());
    value.time.hour = static_cast<std::uint8_t>(second_of_day / 3600);
    value.time.minute = static_cast<std::uint8_t>(second_of_day / 60 % 60);
    value.time.second = static_cast<std::uint8_t>(second_of_day % 60);
    value.time.hundredths = 0;
    value.deviation = deviation;
    value.status = status;
    return value;
}

std::string iso_text(const Date& date) {
    std::string text = date.year == Date::year_not_specified ? "*" : padded(date.year, 4);
    text += '-';
    if (date.month == Date::month_daylight_savings_begin) {
        text += "dst-begin";
    } else if (date.month == Date::month_daylight_savings_end) {
        text += "dst-end";
    } else {
        text += part(date.month);
    }
    text += '-';
    if (date.day_of_month == Date::last_day) {
        text += "last";
    } else if (date.day_of_month == Date::second_last_day) {
        text += "last-1";
    } else {
        text += part(date.day_of_month);
    }
    return text;
}

std::string iso_text(const Time& time) {
    std::string text = part(time.hour) + ':' + part(time.minute) + ':' + part(time.second);
    if (time.hundredths != 0 && time.hundredths != Time::not_specified) {
        text += '.' + padded(time.hundredths, 2);
    }
    return text;
}

std::string iso_text(const DateTime& date_time) {
    std::string text = iso_text(date_time.date) + 'T' + iso_text(date_time.time);
    if (!date_time.has_deviation()) {
        return text;
    }
    if (date_time.deviation == 0) {
        return text + 'Z';
    }
    // The wire counts from local time to UTC, ISO 8601 from UTC to local time.
    const auto minutes = static_cast<unsigned>(std::abs(int{date_time.deviation}));
    text += date_time.deviation < 0 ? '+' : '-';
    return text + padded(minutes / 60, 2) + ':' + padded(minutes % 60, 2);
}

}  // namespace dlms::cosem
