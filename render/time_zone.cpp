#include "render/time_zone.hpp"

#include <chrono>
#include <date/tz.h>
#include <stdexcept>

namespace dlms::render {

std::optional<cosem::LocalFromUtc> local_time_of(const std::string& zone) {
    if (zone == "UTC") {
        return [](std::int64_t utc_seconds) { return cosem::LocalSeconds{utc_seconds}; };
    }
    const date::time_zone* found = nullptr;
    try {
        found = date::locate_zone(zone);
    } catch (const std::runtime_error&) {
        return std::nullopt;
    }
    // The zones live as long as the program.
    return [found](std::int64_t utc_seconds) {
        const date::sys_seconds instant{std::chrono::seconds(utc_seconds)};
        return cosem::LocalSeconds{found->to_local(instant).time_since_epoch().count()};
    };
}

}  // namespace dlms::render
