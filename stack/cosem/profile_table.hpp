#pragma once
// ProfileTable: what was read of a profile generic (class 7): its columns, and rows in the order of
// their times.

#include <optional>
#include <vector>

#include "stack/axdr/data.hpp"
#include "stack/cosem/capture_object.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/cosem/scaler_unit.hpp"

namespace dlms::cosem {

struct ProfileColumn {
    CaptureObject object;
    /// Of the values of registers; nothing where there is none, or the meter refuses it.
    std::optional<ScalerUnit> scaler_unit{};
    /// The scaler_unit is what the brand's documents say of this column, and not the register's.
    bool is_scaled_by_brand = false;
};

struct ProfileRow {
    /// From the first column that is a clock; nothing without one, and for octets that are no
    /// complete time.
    std::optional<DateTime> time;
    /// Of `time`, in seconds since 1970 UTC.
    std::optional<std::int64_t> instant;
    /// A structure of one value a column; what the meter left out of a row is filled in.
    axdr::Data values;
};

/// [from, to), as the meter's clock shows them.
struct MissingInterval {
    DateTime from;
    DateTime to;
};

struct ProfileTable {
    std::uint32_t capture_period = 0;  ///< seconds; 0: not captured periodically
    std::vector<ProfileColumn> columns;
    std::vector<ProfileRow> rows;
    /// Whether there is a row for every capture period that was asked for and is over; nothing
    /// where that cannot be said.
    std::optional<bool> complete;
    std::vector<MissingInterval> missing;
};

}  // namespace dlms::cosem
