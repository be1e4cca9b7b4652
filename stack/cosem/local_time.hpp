#pragma once
// Local time where a meter is, for meters that state no deviation from UTC.

#include <functional>
#include <vector>

#include "stack/cosem/date_time.hpp"

namespace dlms::cosem {

/// The local time of an instant (seconds since 1970 UTC) in some zone; an empty function is UTC.
using LocalFromUtc = std::function<LocalSeconds(std::int64_t utc_seconds)>;

LocalSeconds local_at(const LocalFromUtc& zone, std::int64_t utc_seconds);

/// The instants at which a clock of the zone shows this local time, ascending: mostly one, two in
/// an hour that is repeated. In an hour that is skipped, the one that a clock which was not put
/// forward would show. Never empty.
std::vector<std::int64_t> instants_of(LocalSeconds local, const LocalFromUtc& zone);

}  // namespace dlms::cosem
