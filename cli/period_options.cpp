#include "cli/period_options.hpp"

#include "render/time_zone.hpp"
#include "stack/cosem/date_time.hpp"

namespace dlms::cli {
namespace {

/// A date alone is its midnight. False for a text that is no time.
bool read_bound(const std::string& text, std::optional<cosem::DateTime>& bound) {
    constexpr std::size_t date_characters = 10;
    if (text.empty()) {
        return true;
    }
    const auto time =
        cosem::date_time_from_iso(text.size() == date_characters ? text + "T00:00" : text);
    if (!time || !cosem::local_seconds(*time)) {
        return false;
    }
    bound = *time;
    return true;
}

}  // namespace

void PeriodOptions::add_to(CLI::App& command) {
    command
        .add_option("--from", from_,
                    "Rows from this time on: 2026-03-14, 2026-03-14T08:00 (the meter's\n"
                    "local time) or 2026-03-14T08:00+01:00")
        ->option_text("TIME");
    command.add_option("--to", to_, "Rows before this time")->option_text("TIME");
    command
        .add_option("--time-zone", time_zone_,
                    "Where the meter is, if its clock states no deviation; UTC if absent")
        ->option_text("NAME");
}

std::expected<PeriodOptions::Period, std::string> PeriodOptions::period() const {
    Period period;
    if (!read_bound(from_, period.range.from) || !read_bound(to_, period.range.to)) {
        return std::unexpected(
            "--from and --to take times such as 2026-03-14 or 2026-03-14T08:00+01:00");
    }
    const auto zone = render::local_time_of(time_zone_);
    if (!zone) {
        return std::unexpected("'" + time_zone_ +
                               "' is not the name of a time zone such as Europe/Berlin");
    }
    period.zone = *zone;
    return period;
}

}  // namespace dlms::cli
