#include "simulator/meter_clock.hpp"

#include "simulator/date_pattern.hpp"

namespace dlms::simulator {
namespace {

constexpr std::uint16_t first_year = 1970;
constexpr std::uint16_t last_year = 2199;

}  // namespace

MeterClock::MeterClock(const ClockParameters& parameters, Instant start, UtcTime utc_at_start)
    : parameters_(parameters), set_at_(start), utc_then_(utc_at_start) {}

UtcTime MeterClock::utc(Instant now) const {
    return utc_then_ + std::chrono::floor<UtcTime>(now - set_at_);
}

bool MeterClock::is_daylight_saving(std::int64_t utc) const {
    if (!daylight_saving_.enabled) {
        return false;
    }
    const std::int64_t standard = utc - std::int64_t{parameters_.time_zone} * 60;
    const std::uint16_t year = cosem::date_time_from_local(standard).date.year;
    const auto begin = first_match(daylight_saving_.begin, year);
    const auto end = first_match(daylight_saving_.end, year);
    if (!begin || !end) {
        return false;
    }
    const std::int64_t standard_end = *end - std::int64_t{daylight_saving_.deviation} * 60;
    // South of the equator summer spans the new year.
    return *begin < standard_end ? standard >= *begin && standard < standard_end
                                 : standard >= *begin || standard < standard_end;
}

std::int16_t MeterClock::deviation(std::int64_t utc) const {
    return static_cast<std::int16_t>(parameters_.time_zone -
                                     (is_daylight_saving(utc) ? daylight_saving_.deviation : 0));
}

std::optional<Instant> MeterClock::next_change(Instant now) const {
    const std::int64_t from = seconds_utc(now);
    const std::int64_t standard = from - std::int64_t{parameters_.time_zone} * 60;
    const int year = cosem::date_time_from_local(standard).date.year;
    std::optional<std::int64_t> next;
    const auto consider = [&](const std::optional<cosem::LocalSeconds>& local, int ahead) {
        if (!local) {
            return;
        }
        const std::int64_t utc = *local + (std::int64_t{parameters_.time_zone} - ahead) * 60;
        if (utc > from && (!next || utc < *next)) {
            next = utc;
        }
    };
    for (int later = 0; daylight_saving_.enabled && later < 3; ++later) {
        const auto in = static_cast<std::uint16_t>(year + later);
        consider(first_match(daylight_saving_.begin, in), 0);
        consider(first_match(daylight_saving_.end, in), daylight_saving_.deviation);
    }
    return next ? std::optional(set_at_ + (UtcTime(std::chrono::seconds(*next)) - utc_then_))
                : std::nullopt;
}

cosem::LocalSeconds MeterClock::local(Instant now) const {
    const std::int64_t utc = seconds_utc(now);
    return utc - cosem::LocalSeconds{deviation(utc)} * 60;
}

std::int64_t MeterClock::to_utc(cosem::LocalSeconds local, std::uint8_t status) const {
    const std::int64_t standard = local + std::int64_t{parameters_.time_zone} * 60;
    const std::int64_t summer = standard - std::int64_t{daylight_saving_.deviation} * 60;
    const bool fits_summer = is_daylight_saving(summer);
    const bool fits_standard = !is_daylight_saving(standard);
    if (fits_summer && fits_standard && status != cosem::ClockStatus::not_specified) {
        // The hour that comes twice: the status tells which.
        return (status & cosem::ClockStatus::daylight_saving_active) != 0 ? summer : standard;
    }
    return fits_summer ? summer : standard;
}

Instant MeterClock::instant_of(cosem::LocalSeconds local) const {
    const std::int64_t utc = to_utc(local, cosem::ClockStatus::daylight_saving_active);
    return set_at_ + (UtcTime(std::chrono::seconds(utc)) - utc_then_);
}

Instant MeterClock::next_multiple(std::chrono::seconds period, Instant now) const {
    constexpr std::int64_t day = 86400;
    const std::int64_t length = std::max<std::int64_t>(period.count(), 1);
    const cosem::LocalSeconds here = local(now);
    const cosem::LocalSeconds anchor = day % length == 0 ? here - here % day : 0;
    const cosem::LocalSeconds next = anchor + ((here - anchor) / length + 1) * length;
    Instant found = instant_of(next);
    // Where local time jumped on the way.
    for (int tries = 0; found <= now && tries < 4; ++tries) {
        found += std::chrono::seconds(std::min<std::int64_t>(length, 3600));
    }
    return std::max(found, now + std::chrono::milliseconds(1));
}

std::optional<cosem::LocalSeconds> MeterClock::local(const cosem::DateTime& time) const {
    const std::optional<cosem::LocalSeconds> seconds = cosem::local_seconds(time);
    if (!seconds || !time.has_deviation()) {
        return seconds;
    }
    const std::int64_t utc = *seconds + std::int64_t{time.deviation} * 60;
    return utc - std::int64_t{deviation(utc)} * 60;
}

void MeterClock::round_to(std::chrono::seconds period, Instant now) {
    const UtcTime local = utc(now) - std::chrono::minutes(deviation(seconds_utc(now)));
    const UtcTime past = local - local / UtcTime(period) * UtcTime(period);
    shift(past * 2 < period ? -past : UtcTime(period) - past);
}

cosem::DateTime MeterClock::time(Instant now) const {
    cosem::DateTime time = cosem::date_time_from_local(
        local(now),
        parameters_.deviation ? deviation(seconds_utc(now))
                              : cosem::DateTime::deviation_not_specified,
        parameters_.status ? status(now) : cosem::ClockStatus::not_specified);
    if (!parameters_.day_of_week) {
        time.date.day_of_week = cosem::Date::not_specified;
    }
    const UtcTime instant = utc(now);
    const auto part = instant - std::chrono::floor<std::chrono::seconds>(instant);
    time.time.hundredths = parameters_.hundredths ? static_cast<std::uint8_t>(part.count() / 10)
                                                  : cosem::Time::not_specified;
    return time;
}

bool MeterClock::set_time(const cosem::DateTime& time, Instant now) {
    const std::optional<cosem::LocalSeconds> seconds = cosem::local_seconds(time);
    if (!seconds || time.date.year < first_year || time.date.year > last_year) {
        return false;
    }
    const std::uint8_t day_of_week = cosem::date_time_from_local(*seconds).date.day_of_week;
    if (time.date.day_of_week != cosem::Date::not_specified &&
        time.date.day_of_week != day_of_week) {
        return false;
    }
    const std::int64_t utc = time.has_deviation() ? *seconds + std::int64_t{time.deviation} * 60
                                                  : to_utc(*seconds, time.status);
    const bool has_hundredths = time.time.hundredths != cosem::Time::not_specified;
    utc_then_ = std::chrono::seconds(utc) + UtcTime(has_hundredths ? time.time.hundredths * 10 : 0);
    set_at_ = now;
    return true;
}

bool MeterClock::set_time_zone(std::int64_t minutes) {
    if (minutes < -max_time_zone || minutes > max_time_zone) {
        return false;
    }
    parameters_.time_zone = static_cast<std::int16_t>(minutes);
    return true;
}

}  // namespace dlms::simulator
