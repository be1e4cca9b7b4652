#include "stack/cosem/local_time.hpp"

namespace dlms::cosem {

LocalSeconds local_at(const LocalFromUtc& zone, std::int64_t utc_seconds) {
    return zone ? zone(utc_seconds) : LocalSeconds{utc_seconds};
}

std::vector<std::int64_t> instants_of(LocalSeconds local, const LocalFromUtc& zone) {
    // No zone is further from UTC than this, and none changes its offset twice within it.
    constexpr std::int64_t day = 86'400;
    const std::int64_t offset_before = local_at(zone, local - day) - (local - day);
    const std::int64_t offset_after = local_at(zone, local + day) - (local + day);
    std::vector<std::int64_t> instants;
    // A clock put back shows the time first with the larger offset.
    for (const std::int64_t offset : {offset_before, offset_after}) {
        const std::int64_t instant = local - offset;
        if (local_at(zone, instant) == local && (instants.empty() || instants.back() != instant)) {
            instants.push_back(instant);
        }
    }
    if (instants.empty()) {
        instants.push_back(local - offset_before);
    }
    return instants;
}

}  // namespace dlms::cosem
