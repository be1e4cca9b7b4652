// Special days table and activity calendar (classes 11 and 20; Blue Book 4.5.4, 4.5.5): which
// script holds on which day from what time on.

#include <algorithm>

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/special_days.hpp"
#include "simulator/date_pattern.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;

constexpr std::uint16_t special_days_class = 11;
constexpr std::int64_t seconds_per_day = 86400;

// Special days.

ActionResult insert(const OwnObject& table, const MethodCall& call) {
    constexpr std::size_t most_entries = 200;
    const auto date = member(call.parameter, 1).octets();
    if (call.parameter.elements()->size() != 3 || !date || !cosem::read_date(*date)) {
        return ActionResult::type_unmatched;
    }
    std::vector<axdr::Data> entries = elements_of(table.stored(2));
    // An entry of the same index or of the same date is overwritten.
    std::erase_if(entries, [&](const axdr::Data& entry) {
        return member(entry.view(), 0) == member(call.parameter, 0) ||
               member(entry.view(), 1) == member(call.parameter, 1);
    });
    if (entries.size() >= most_entries) {
        return ActionResult::other_reason;
    }
    entries.emplace_back(call.parameter);
    table.store(2, make_array(entries));
    return ActionResult::success;
}

ActionResult remove(const OwnObject& table, const MethodCall& call) {
    std::vector<axdr::Data> entries = elements_of(table.stored(2));
    const auto count = std::erase_if(entries, [&](const axdr::Data& entry) {
        return member(entry.view(), 0) == call.parameter;
    });
    if (count == 0) {
        return ActionResult::other_reason;
    }
    table.store(2, make_array(entries));
    return ActionResult::success;
}

class SpecialDays final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::structure, insert},
                                                  {2, Tag::long_unsigned, remove}};
        return all;
    }
};

// Activity calendar: attributes 2 to 5 are in force, 6 to 9 wait.

struct CalendarState final : ObjectState {
    std::optional<Instant> activated_for;  // the time of attribute 10 that has been served
};

cosem::DateTime date_time_of(const DataView& value) {
    const auto octets = value.octets();
    return octets ? cosem::read_date_time(*octets).value_or(cosem::DateTime()) : cosem::DateTime();
}

/// The last time a season has begun until a day; nothing where it has not in two years.
std::optional<cosem::LocalSeconds> last_begin(const DataView& season, std::int64_t day) {
    const cosem::DateTime start = date_time_of(member(season, 1));
    const auto year = cosem::date_time_from_local(day * seconds_per_day).date.year;
    for (int back = 0; back < 2; ++back) {
        const auto begin = first_match(start, static_cast<std::uint16_t>(year - back));
        if (begin && day_of(*begin) <= day) {
            return begin;
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> day_id_of(const OwnObject& calendar, std::int64_t day) {
    if (const auto special = special_day(calendar.device, day)) {
        return special->day_id;
    }
    std::optional<cosem::LocalSeconds> latest;
    axdr::Data week_name;
    for (const axdr::Data& season : elements_of(calendar.stored(3))) {
        const auto begin = last_begin(season.view(), day);
        if (begin && (!latest || *begin > *latest)) {
            latest = begin;
            week_name = axdr::Data(member(season.view(), 2));
        }
    }
    const std::uint8_t weekday =
        cosem::date_time_from_local(day * seconds_per_day).date.day_of_week;
    for (const axdr::Data& week : elements_of(calendar.stored(4))) {
        if (latest && member(week.view(), 0) == week_name.view()) {
            return member_number(week.view(), weekday);
        }
    }
    return std::nullopt;
}

struct DayAction {
    std::int64_t second;
    axdr::Data action;  // {start_time, script, selector}
};

std::vector<DayAction> actions_of(const OwnObject& calendar, std::int64_t day) {
    std::vector<DayAction> actions;
    const auto id = day_id_of(calendar, day);
    for (const axdr::Data& profile : elements_of(calendar.stored(5))) {
        if (!id || member_number(profile.view(), 0) != *id) {
            continue;
        }
        for (axdr::Data& action : elements_of(member(profile.view(), 1))) {
            const auto octets = member(action.view(), 0).octets();
            const auto time =
                octets ? cosem::read_time(*octets).value_or(cosem::Time()) : cosem::Time();
            if (time.hour <= 23) {
                actions.push_back({time.hour * 3600 + (time.minute <= 59 ? time.minute : 0) * 60 +
                                       (time.second <= 59 ? time.second : 0),
                                   std::move(action)});
            }
        }
        break;
    }
    std::ranges::stable_sort(actions, {}, &DayAction::second);
    return actions;
}

void perform(const OwnObject& calendar, const axdr::Data& action) {
    if (const auto table = obis_of(member(action.view(), 1))) {
        calendar.device.run_script(*table, member_number(action.view(), 2), Instigator::remote,
                                   calendar.now);
    }
}

/// The action that holds now: today's last one, or that of a day before.
void apply(const OwnObject& calendar) {
    const cosem::LocalSeconds here = calendar.device.meter().clock.local(calendar.now);
    for (std::int64_t day = day_of(here); day > day_of(here) - 8; --day) {
        const std::vector<DayAction> actions = actions_of(calendar, day);
        const DayAction* holds = nullptr;
        for (const DayAction& action : actions) {
            if (day * seconds_per_day + action.second <= here) {
                holds = &action;
            }
        }
        if (holds) {
            perform(calendar, holds->action);
            return;
        }
    }
}

void activate(const OwnObject& calendar) {
    for (std::int8_t id = 2; id <= 5; ++id) {
        calendar.store(id, axdr::Data(calendar.stored(static_cast<std::int8_t>(id + 4))));
    }
    calendar.device.happened(MeterHappening::calendar_activated, calendar.now);
    apply(calendar);
}

/// When the passive calendar comes into force; nothing where the time is not complete.
std::optional<Instant> activation(const OwnObject& calendar) {
    const MeterClock& clock = calendar.device.meter().clock;
    const auto local = clock.local(date_time_of(calendar.stored(10)));
    return local ? std::optional(clock.instant_of(*local)) : std::nullopt;
}

class ActivityCalendar final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::integer, [](const OwnObject& calendar, const MethodCall&) {
                 activate(calendar);
                 return ActionResult::success;
             }}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }
    void start(const OwnObject& calendar) const override {
        auto& state = calendar.state<CalendarState>();
        const auto at = activation(calendar);
        if (at && *at <= calendar.now && state.activated_for != at &&
            *at > calendar.device.meter().start) {
            state.activated_for = at;  // it came while there was no power
            activate(calendar);
        }
        apply(calendar);
    }
    void clock_changed(const OwnObject& calendar) const override { apply(calendar); }
    void written(const OwnObject& calendar, std::int8_t id) const override {
        constexpr std::int8_t activation_time_id = 10;
        const auto at = activation(calendar);
        if (id == activation_time_id && at && *at <= calendar.now) {
            activate(calendar);  // a time that has passed means now
        }
    }
    std::optional<Instant> next_due(const OwnObject& calendar) const override {
        const MeterClock& clock = calendar.device.meter().clock;
        const cosem::LocalSeconds here = clock.local(calendar.now);
        const std::int64_t today = day_of(here);
        std::optional<Instant> next = activation(calendar);
        if (next && *next <= calendar.now) {
            next.reset();
        }
        for (std::int64_t day = today; day < today + 8; ++day) {
            for (const DayAction& action : actions_of(calendar, day)) {
                const cosem::LocalSeconds at = day * seconds_per_day + action.second;
                if (at > here) {
                    const Instant due =
                        std::max(clock.instant_of(at), calendar.now + std::chrono::seconds(1));
                    return next && *next < due ? next : std::optional(due);
                }
            }
        }
        return next;
    }
    void run(const OwnObject& calendar) const override {
        const auto at = activation(calendar);
        auto& state = calendar.state<CalendarState>();
        if (at && *at <= calendar.now && state.activated_for != at &&
            calendar.now - *at < std::chrono::seconds(1)) {
            state.activated_for = at;
            activate(calendar);
            return;
        }
        apply(calendar);
    }
};

}  // namespace

std::optional<SpecialDay> special_day(LogicalDevice& device, std::int64_t day) {
    const auto table = device.first_of_class(special_days_class, 2);
    if (!table) {
        return std::nullopt;
    }
    std::size_t place = 0;
    for (const axdr::Data& entry : elements_of(device.stored(*table))) {
        const auto octets = member(entry.view(), 1).octets();
        const auto date = octets
                              ? cosem::read_date(*octets)
                              : Result<cosem::Date>(fail(ErrorCode::type_mismatch, Layer::cosem));
        if (date && matches(*date, day)) {
            return SpecialDay{place, static_cast<std::uint8_t>(member_number(entry.view(), 2))};
        }
        ++place;
    }
    return std::nullopt;
}

const ClassBehaviour& special_days_behaviour() {
    static const SpecialDays behaviour;
    return behaviour;
}

const ClassBehaviour& activity_calendar_behaviour() {
    static const ActivityCalendar behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
