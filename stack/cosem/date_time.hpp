#pragma once
// date-time, date and time of COSEM (Blue Book 4.1.6.1; sheet section 12.1): 12, 5 and 4 octets in
// which any part may be "not specified".

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"

namespace dlms::cosem {

/// Five octets. Wildcards are kept as they stand on the wire.
struct Date {
    static constexpr std::uint16_t year_not_specified = 0xFFFF;
    static constexpr std::uint8_t not_specified = 0xFF;
    static constexpr std::uint8_t month_daylight_savings_end = 0xFD;
    static constexpr std::uint8_t month_daylight_savings_begin = 0xFE;
    static constexpr std::uint8_t second_last_day = 0xFD;
    static constexpr std::uint8_t last_day = 0xFE;

    std::uint16_t year = year_not_specified;
    std::uint8_t month = not_specified;         ///< 1-12, or a value above
    std::uint8_t day_of_month = not_specified;  ///< 1-31, or a value above
    std::uint8_t day_of_week = not_specified;   ///< 1 Monday to 7 Sunday, or not specified

    friend bool operator==(const Date&, const Date&) = default;
};

/// Four octets.
struct Time {
    static constexpr std::uint8_t not_specified = 0xFF;

    std::uint8_t hour = not_specified;        ///< 0-23
    std::uint8_t minute = not_specified;      ///< 0-59
    std::uint8_t second = not_specified;      ///< 0-59
    std::uint8_t hundredths = not_specified;  ///< 0-99

    friend bool operator==(const Time&, const Time&) = default;
};

/// The status octet of a date-time.
struct ClockStatus {
    static constexpr std::uint8_t invalid_value = 0x01;
    static constexpr std::uint8_t doubtful_value = 0x02;
    static constexpr std::uint8_t different_clock_base = 0x04;
    static constexpr std::uint8_t invalid_clock_status = 0x08;
    static constexpr std::uint8_t daylight_saving_active = 0x80;
    static constexpr std::uint8_t not_specified = 0xFF;
};

/// Twelve octets.
struct DateTime {
    static constexpr std::int16_t deviation_not_specified = INT16_MIN;

    Date date;
    Time time;
    /// Minutes from local time to UTC: UTC = local + deviation, so UTC+1 is -60. -840 to 840.
    std::int16_t deviation = deviation_not_specified;
    std::uint8_t status = ClockStatus::not_specified;

    bool has_deviation() const { return deviation != deviation_not_specified; }
    /// Whether year, month, day, hour, minute and second are all numbers.
    bool is_specified() const;

    friend bool operator==(const DateTime&, const DateTime&) = default;
};

/// Seconds since 1970-01-01T00:00:00 without regard to a time zone.
using LocalSeconds = std::int64_t;

/// Reads exactly 12, 5 or 4 octets. Errors: truncated, trailing_octets, and value_out_of_range at
/// the octet of a reserved value or of a day that its month does not have.
Result<DateTime> read_date_time(ByteView octets);
Result<Date> read_date(ByteView octets);
Result<Time> read_time(ByteView octets);

std::array<Byte, 12> encode(const DateTime& date_time);
std::array<Byte, 5> encode(const Date& date);
std::array<Byte, 4> encode(const Time& time);

/// Local seconds of a specified date-time, its deviation left out; nothing when a part is missing.
std::optional<LocalSeconds> local_seconds(const DateTime& date_time);

/// The instant in seconds since 1970 UTC; nothing when a part or the deviation is missing.
std::optional<std::int64_t> utc_seconds(const DateTime& date_time);

/// The date-time of local seconds, day of week included, hundredths 0, deviation and status as
/// given. The year must lie in 0 to 65534.
DateTime date_time_from_local(LocalSeconds seconds,
                              std::int16_t deviation = DateTime::deviation_not_specified,
                              std::uint8_t status = ClockStatus::not_specified);

/// ISO 8601 with the stated offset, for example "2026-11-23T09:30:00+01:00" or without an offset
/// where none is stated; hundredths only when they are not 0. Parts that are not specified are
/// written as "*" ("*-*-01T00:00:00"); "last" and "last-1" stand for last_day and
/// second_last_day, "dst-begin" and "dst-end" for the months.
std::string iso_text(const DateTime& date_time);
std::string iso_text(const Date& date);
std::string iso_text(const Time& time);

/// An ISO 8601 date-time "2026-11-23T09:30[:00[.25]][Z|+01:00]"; a blank instead of T is accepted.
/// Seconds that are absent are 0, hundredths that are absent too; the status is 0. The deviation
/// is that of the offset, or not specified. Errors: invalid_text or value_out_of_range at the
/// character.
Result<DateTime> date_time_from_iso(std::string_view text);

/// The reverse of iso_text(): a text in which "*", "last", "last-1", "dst-begin" and "dst-end" may
/// stand for parts. What the text does not say: the day of the week follows from a date whose parts
/// are all numbers and is not specified otherwise; hundredths are 0, or not specified where the
/// second is not; the status is 0. Errors: invalid_text or value_out_of_range at the character.
Result<Date> date_from_text(std::string_view text);
Result<Time> time_from_text(std::string_view text);
Result<DateTime> date_time_from_text(std::string_view text);

}  // namespace dlms::cosem
