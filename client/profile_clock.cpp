#include "client/profile_clock.hpp"

#include <algorithm>
#include <map>

namespace dlms::client {

using cosem::ClockStatus;
using cosem::DateTime;
using cosem::LocalSeconds;
using cosem::ProfileRow;

namespace {

constexpr std::int64_t hour = 3600;
/// No clock is put forward or back by more.
constexpr std::int64_t largest_shift = 3 * hour;

std::int64_t floor_mod(std::int64_t value, std::int64_t modulus) {
    return (value % modulus + modulus) % modulus;
}

/// The instant of a local time that may come twice. `before` is the row before it.
std::int64_t choose(const std::vector<std::int64_t>& candidates, const DateTime& time,
                    std::optional<std::int64_t> before) {
    if (candidates.size() == 1) {
        return candidates.front();
    }
    if (time.status != ClockStatus::not_specified) {
        const bool summer = (time.status & ClockStatus::daylight_saving_active) != 0;
        return summer ? candidates.front() : candidates.back();
    }
    const auto later = std::ranges::find_if(
        candidates, [&](std::int64_t candidate) { return !before || candidate > *before; });
    return later != candidates.end() ? *later : candidates.back();
}

}  // namespace

ProfileClock::ProfileClock(cosem::LocalFromUtc zone, std::optional<DateTime> shown,
                           std::int64_t utc_seconds)
    : zone_(std::move(zone)), now_(utc_seconds) {
    if (!shown) {
        return;
    }
    shown_ = *shown;
    const auto local = cosem::local_seconds(shown_);
    if (!local) {
        return;
    }
    if (shown_.has_deviation()) {
        now_ = *local + shown_.deviation * 60;
        zone_agrees_ = cosem::local_at(zone_, now_) == *local;
    } else {
        const auto candidates = cosem::instants_of(*local, zone_);
        now_ = *std::ranges::min_element(candidates, {}, [&](std::int64_t candidate) {
            return std::abs(candidate - utc_seconds);
        });
    }
}

std::int16_t ProfileClock::deviation_at(std::int64_t instant) const {
    if (!zone_agrees_) {
        return shown_.deviation;
    }
    return static_cast<std::int16_t>((instant - cosem::local_at(zone_, instant)) / 60);
}

LocalSeconds ProfileClock::local_at(std::int64_t instant) const {
    return shown_.has_deviation() ? instant - deviation_at(instant) * 60
                                  : cosem::local_at(zone_, instant);
}

std::int64_t ProfileClock::instant_of(const DateTime& bound) const {
    if (const auto instant = cosem::utc_seconds(bound)) {
        return *instant;
    }
    const LocalSeconds local = cosem::local_seconds(bound).value_or(0);
    if (shown_.has_deviation() && !zone_agrees_) {
        return local + shown_.deviation * 60;
    }
    return cosem::instants_of(local, zone_).front();
}

LocalSeconds ProfileClock::local_bound(const DateTime& bound) const {
    const auto instant = cosem::utc_seconds(bound);
    return instant ? local_at(*instant) : cosem::local_seconds(bound).value_or(0);
}

LocalSpan ProfileClock::span_of(const TimeRange& range, LocalSeconds earliest) const {
    LocalSpan span{earliest, local_at(now_) + 24 * hour};
    if (range.from) {
        span.from = local_bound(*range.from);
        // A clock that is put back during the range shows earlier times than at its beginning.
        if (const auto instant = cosem::utc_seconds(*range.from)) {
            span.from = std::min(span.from, local_at(*instant + largest_shift) - largest_shift);
        }
    }
    if (range.to) {
        span.to = local_bound(*range.to);
        if (const auto instant = cosem::utc_seconds(*range.to)) {
            span.to = std::max(span.to, local_at(*instant - largest_shift) + largest_shift);
        }
    }
    if (shown_.has_deviation()) {
        // Some meters compare their local times, and that of a row may have another deviation.
        span.from -= range.from ? hour : 0;
        span.to += range.to ? hour : 0;
    }
    return span;
}

DateTime ProfileClock::written(LocalSeconds local) const {
    std::int16_t deviation = shown_.deviation;
    std::uint8_t status = shown_.status;
    if (shown_.has_deviation() && zone_agrees_) {
        deviation = deviation_at(cosem::instants_of(local, zone_).front());
    }
    if (status != ClockStatus::not_specified) {
        status &= ClockStatus::daylight_saving_active;
        status ^= deviation != shown_.deviation ? ClockStatus::daylight_saving_active : 0;
    }
    DateTime time = cosem::date_time_from_local(local, deviation, status);
    if (shown_.date.day_of_week == cosem::Date::not_specified) {
        time.date.day_of_week = cosem::Date::not_specified;
    }
    if (shown_.time.hundredths == cosem::Time::not_specified) {
        time.time.hundredths = cosem::Time::not_specified;
    }
    return time;
}

DateTime ProfileClock::shown_at(std::int64_t instant, const DateTime& model) const {
    if (!model.has_deviation()) {
        return cosem::date_time_from_local(cosem::local_at(zone_, instant));
    }
    const std::int16_t deviation = zone_agrees_ ? deviation_at(instant) : model.deviation;
    return cosem::date_time_from_local(instant - deviation * 60, deviation);
}

void ProfileClock::resolve(std::span<ProfileRow> rows) const {
    std::optional<std::int64_t> before;
    for (ProfileRow& row : rows) {
        if (!row.time) {
            continue;
        }
        row.instant = cosem::utc_seconds(*row.time);
        if (!row.instant) {
            const LocalSeconds local = cosem::local_seconds(*row.time).value_or(0);
            row.instant = choose(cosem::instants_of(local, zone_), *row.time, before);
        }
        before = row.instant;
    }
}

bool ProfileClock::contains(const TimeRange& range, const ProfileRow& row) const {
    // Whether the row's time comes before a bound: instants with instants, local with local times.
    const auto precedes = [&](const DateTime& bound) {
        const auto instant = cosem::utc_seconds(bound);
        return instant ? *row.instant < *instant
                       : cosem::local_seconds(*row.time) < cosem::local_seconds(bound);
    };
    return (!range.from || !precedes(*range.from)) && (!range.to || precedes(*range.to));
}

std::vector<cosem::MissingInterval> missing_intervals(std::span<const ProfileRow> rows,
                                                      std::uint32_t period,
                                                      const InstantRange& range,
                                                      const ProfileClock& clock) {
    // The beat of most rows; local time, since a daily profile is captured at local midnight.
    std::map<std::int64_t, std::size_t> beats;
    const auto beat_of = [&](const ProfileRow& row) {
        return floor_mod(cosem::local_seconds(*row.time).value_or(0), period);
    };
    for (const ProfileRow& row : rows) {
        if (row.instant) {
            ++beats[beat_of(row)];
        }
    }
    const auto most =
        std::ranges::max_element(beats, {}, [](const auto& beat) { return beat.second; });
    const std::int64_t beat = most != beats.end() ? most->first : 0;
    const std::int64_t tolerance = period / 10;
    DateTime model = clock.written(clock.local_at(range.from));
    // The first period that begins in the range.
    std::int64_t expected = range.from + floor_mod(beat - clock.local_at(range.from), period);
    std::vector<cosem::MissingInterval> missing;
    const auto note_until = [&](std::int64_t found, const DateTime& like) {
        // Less than a half is a clock that was put right, or a day of 23 hours.
        if (found - expected > period / 2) {
            missing.push_back({clock.shown_at(expected, like), clock.shown_at(found, like)});
        }
    };
    for (const ProfileRow& row : rows) {
        if (!row.instant) {
            continue;
        }
        const std::int64_t off = floor_mod(beat_of(row) - beat, period);
        if (std::min(off, std::int64_t{period} - off) > tolerance) {
            continue;
        }
        note_until(*row.instant, *row.time);
        expected = *row.instant + period;
        model = *row.time;
    }
    const std::int64_t due = std::min(range.to, range.now + 1);
    if (expected < due) {
        const std::int64_t periods = (due - 1 - expected) / period + 1;
        const std::int64_t end = std::min(expected + periods * period, range.to);
        missing.push_back({clock.shown_at(expected, model), clock.shown_at(end, model)});
    }
    return missing;
}

}  // namespace dlms::client
