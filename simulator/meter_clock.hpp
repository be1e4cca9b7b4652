#pragma once
// MeterClock: the clock of a simulated meter. It runs with the monotonic time that is handed in,
// and can be set. Daylight saving is not simulated (docs/simulator.md).

#include <chrono>
#include <cstdint>
#include <optional>

#include "stack/base/time.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::simulator {

/// Milliseconds since 1970-01-01T00:00:00 UTC.
using UtcTime = std::chrono::milliseconds;

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
    /// What the meter takes for UTC.
    UtcTime utc(Instant now) const;
    cosem::LocalSeconds local(Instant now) const;
    /// A date-time in this clock's local time, which it is in where it has no deviation; nothing
    /// when a part is missing.
    std::optional<cosem::LocalSeconds> local(const cosem::DateTime& time) const;

private:
    ClockParameters parameters_;
    Instant set_at_;
    UtcTime utc_then_;
};

}  // namespace dlms::simulator
