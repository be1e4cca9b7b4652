#pragma once
// ProfileClock: the times of a profile: how the meter's clock writes them, and which instants its
// rows and the bounds of a range are.

#include <optional>
#include <span>

#include "stack/cosem/local_time.hpp"
#include "stack/cosem/profile_table.hpp"

namespace dlms::client {

/// [from, to): with a deviation an instant, without one the meter's local time; nothing: open.
struct TimeRange {
    std::optional<cosem::DateTime> from;
    std::optional<cosem::DateTime> to;

    bool is_open() const { return !from && !to; }
};

/// Local times as the meter's own range selection takes them, both ends included.
struct LocalSpan {
    cosem::LocalSeconds from = 0;
    cosem::LocalSeconds to = 0;

    std::int64_t seconds() const { return to - from; }
};

class ProfileClock {
public:
    /// `zone` is where the meter is, `shown` what its clock showed at `utc_seconds` by our own;
    /// nothing where it cannot be read: then it is taken for one that states no deviation.
    ProfileClock(cosem::LocalFromUtc zone, std::optional<cosem::DateTime> shown,
                 std::int64_t utc_seconds);

    bool states_deviation() const { return shown_.has_deviation(); }
    /// What the meter takes for the present.
    std::int64_t now() const { return now_; }
    cosem::LocalSeconds local_at(std::int64_t instant) const;
    std::int64_t instant_of(const cosem::DateTime& bound) const;

    /// The local times that a range covers, made wider where daylight saving could shift them: who
    /// asks for them filters the rows. `earliest` stands for an open beginning.
    LocalSpan span_of(const TimeRange& range, cosem::LocalSeconds earliest) const;
    /// A local time as the meter writes it: with or without weekday, hundredths, deviation, status.
    cosem::DateTime written(cosem::LocalSeconds local) const;
    /// An instant as a row like `model` would show it.
    cosem::DateTime shown_at(std::int64_t instant, const cosem::DateTime& model) const;

    /// Gives the rows their instants; they must stand in the order in which they were captured. Of
    /// a local time that comes twice, the status tells which it is, or else the row before.
    void resolve(std::span<cosem::ProfileRow> rows) const;
    /// Whether a row with an instant lies in the range.
    bool contains(const TimeRange& range, const cosem::ProfileRow& row) const;

private:
    /// Minutes, of a meter that states it.
    std::int16_t deviation_at(std::int64_t instant) const;
    cosem::LocalSeconds local_bound(const cosem::DateTime& bound) const;

    cosem::LocalFromUtc zone_;
    cosem::DateTime shown_;
    std::int64_t now_;
    /// The zone explains the deviation that the meter states.
    bool zone_agrees_ = false;
};

/// [from, to) in seconds since 1970 UTC; no period that begins after `now` is missed.
struct InstantRange {
    std::int64_t from = 0;
    std::int64_t to = 0;
    std::int64_t now = 0;
};

/// The periods of the range of which no row is there, of rows in the order of their instants. Rows
/// beside the beat (made when the power came back, for example) stand for no period.
std::vector<cosem::MissingInterval> missing_intervals(std::span<const cosem::ProfileRow> rows,
                                                      std::uint32_t period,
                                                      const InstantRange& range,
                                                      const ProfileClock& clock);

}  // namespace dlms::client
