#pragma once
// MeterClock: the clock of a simulated meter (Blue Book 4.5.1). It runs with the monotonic time
// that is handed in, can be set, and follows daylight saving: UTC goes on, local time jumps.

#include <chrono>
#include <cstdint>
#include <optional>

#include "stack/base/time.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::simulator {

/// Milliseconds since 1970-01-01T00:00:00 UTC.
using UtcTime = std::chrono::milliseconds;

/// When local time is ahead: attributes 5 to 8 of the clock.
struct DaylightSaving {
    cosem::DateTime begin;        ///< in standard time, with wildcards
    cosem::DateTime end;          ///< in summer time
    std::int16_t deviation = 60;  ///< minutes that are added
    bool enabled = false;
};

struct ClockParameters {
    /// Minutes from local time to UTC, as in cosem::DateTime::deviation.
    std::int16_t time_zone = 0;
    // What the meter states of its time; the rest is "not specified".
    bool day_of_week = true;
    bool hundredths = true;
    bool deviation = true;
    bool status = true;
};

class MeterClock {
public:
    static constexpr std::int16_t max_time_zone = 840;  ///< minutes, in both directions

    MeterClock(const ClockParameters& parameters, Instant start, UtcTime utc_at_start);

    cosem::DateTime time(Instant now) const;
    /// Sets the clock. False for a time that lacks a part from the year to the second, names a day
    /// of the week that is not its own, or lies outside 1970 to 2199.
    bool set_time(const cosem::DateTime& time, Instant now);

    /// Sets the clock forward, or back where `by` is negative.
    void shift(std::chrono::milliseconds by) { utc_then_ += by; }
    /// Sets the clock to the nearest multiple of `period` in local time.
    void round_to(std::chrono::seconds period, Instant now);

    std::int16_t time_zone() const { return parameters_.time_zone; }
    /// UTC goes on, local time follows. False outside -840 to 840.
    bool set_time_zone(std::int64_t minutes);
    void set_daylight_saving(const DaylightSaving& rule) { daylight_saving_ = rule; }
    bool is_daylight_saving(Instant now) const { return is_daylight_saving(seconds_utc(now)); }
    /// The instant at which daylight saving begins or ends next; nothing where it does neither
    /// within two years.
    std::optional<Instant> next_change(Instant now) const;
    std::uint8_t status(Instant now) const {
        return is_daylight_saving(now) ? cosem::ClockStatus::daylight_saving_active
                                       : std::uint8_t{0};
    }
    /// What the meter takes for UTC.
    UtcTime utc(Instant now) const;
    /// When the clock shows, or showed, this local time; of an hour that comes twice the first.
    Instant instant_of(cosem::LocalSeconds local) const;
    /// The first instant after `now` at which local time is a multiple of `period`, counted from
    /// midnight where a day has a whole number of them.
    Instant next_multiple(std::chrono::seconds period, Instant now) const;
    cosem::LocalSeconds local(Instant now) const;
    /// A date-time in this clock's local time, which it is in where it has no deviation; nothing
    /// when a part is missing.
    std::optional<cosem::LocalSeconds> local(const cosem::DateTime& time) const;

private:
    std::int64_t seconds_utc(Instant now) const {
        return std::chrono::floor<std::chrono::seconds>(utc(now)).count();
    }
    bool is_daylight_saving(std::int64_t utc) const;
    std::int64_t to_utc(cosem::LocalSeconds local, std::uint8_t status) const;
    /// Minutes from local time to UTC.
    std::int16_t deviation(std::int64_t utc) const;

    ClockParameters parameters_;
    Instant set_at_;
    UtcTime utc_then_;
    DaylightSaving daylight_saving_;
};

}  // namespace dlms::simulator
