#include "simulator/meter_clock.hpp"

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

cosem::LocalSeconds MeterClock::local(Instant now) const {
    return std::chrono::floor<std::chrono::seconds>(utc(now)).count() -
           cosem::LocalSeconds{parameters_.time_zone} * 60;
}

std::optional<cosem::LocalSeconds> MeterClock::local(const cosem::DateTime& time) const {
    const std::optional<cosem::LocalSeconds> seconds = cosem::local_seconds(time);
    if (!seconds || !time.has_deviation()) {
        return seconds;
    }
    return *seconds + (std::int64_t{time.deviation} - parameters_.time_zone) * 60;
}

void MeterClock::round_to(std::chrono::seconds period, Instant now) {
    const UtcTime local = utc(now) - std::chrono::minutes(parameters_.time_zone);
    const UtcTime past = local - local / UtcTime(period) * UtcTime(period);
    shift(past * 2 < period ? -past : UtcTime(period) - past);
}

cosem::DateTime MeterClock::time(Instant now) const {
    cosem::DateTime time = cosem::date_time_from_local(
        local(now),
        parameters_.deviation ? parameters_.time_zone : cosem::DateTime::deviation_not_specified,
        parameters_.status ? std::uint8_t{0} : cosem::ClockStatus::not_specified);
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
    const std::int16_t deviation = time.has_deviation() ? time.deviation : parameters_.time_zone;
    const bool has_hundredths = time.time.hundredths != cosem::Time::not_specified;
    utc_then_ = std::chrono::seconds(*seconds + std::int64_t{deviation} * 60) +
                UtcTime(has_hundredths ? time.time.hundredths * 10 : 0);
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
