// Schedule and single action schedule (classes 10 and 22; Blue Book 4.5.3, 4.5.7): scripts that run
// at a time.

#include <algorithm>
#include <array>

#include "simulator/classes/all_classes.hpp"
#include "simulator/classes/special_days.hpp"
#include "simulator/date_pattern.hpp"
#include "simulator/logical_device.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;
using cosem::DataAccessResult;

std::optional<cosem::Date> date_of(const DataView& value) {
    const auto octets = value.octets();
    const auto date = octets ? cosem::read_date(*octets)
                             : Result<cosem::Date>(fail(ErrorCode::type_mismatch, Layer::cosem));
    return date ? std::optional(*date) : std::nullopt;
}

std::optional<cosem::Time> time_of(const DataView& value) {
    const auto octets = value.octets();
    const auto time = octets ? cosem::read_time(*octets)
                             : Result<cosem::Time>(fail(ErrorCode::type_mismatch, Layer::cosem));
    return time ? std::optional(*time) : std::nullopt;
}

/// Scripts that are due at the same local time run in the order of their entries.
struct ScheduleState final : ObjectState {
    std::optional<cosem::LocalSeconds> last;  // local time that has been served
};

// Single action schedule.

constexpr std::int8_t execution_time_id = 4;

bool is_right_for(std::uint64_t type, const DataView& times) {
    const std::vector<axdr::Data> entries = elements_of(times);
    std::optional<cosem::Time> first;
    bool same = true;
    bool wild = false;
    for (const axdr::Data& entry : entries) {
        const auto time = time_of(member(entry.view(), 0));
        const auto date = date_of(member(entry.view(), 1));
        if (!time || !date) {
            continue;  // a time that never comes
        }
        wild = wild || has_wildcard(*date);
        same = same && (!first || *first == *time);
        first = first.value_or(*time);
    }
    switch (type) {
        case 1: return entries.size() <= 1;
        case 2: return same && !wild;
        case 3: return same;
        case 4: return !wild;
        default: return true;
    }
}

class SingleActionSchedule final : public ClassBehaviour {
public:
    bool is_active(const MeterObject&) const override { return true; }

    DataAccessResult judge(const OwnObject& schedule, std::int8_t id,
                           const DataView& value) const override {
        const bool fits = id == execution_time_id ? is_right_for(schedule.number(3), value)
                          : id == 3               ? value.unsigned_integer().value_or(0) <= 5
                                                  : true;
        return fits ? DataAccessResult::success : DataAccessResult::other_reason;
    }
    std::optional<Instant> next_due(const OwnObject& schedule) const override {
        const MeterClock& clock = schedule.device.meter().clock;
        const cosem::LocalSeconds here = clock.local(schedule.now);
        std::optional<Instant> next;
        for (const axdr::Data& entry : elements_of(schedule.stored(execution_time_id))) {
            const auto time = time_of(member(entry.view(), 0));
            const auto date = date_of(member(entry.view(), 1));
            const auto local = time && date ? next_match(*date, *time, here) : std::nullopt;
            const auto at = local ? std::optional(clock.instant_of(*local)) : std::nullopt;
            if (at && *at > schedule.now && (!next || *at < *next)) {
                next = at;
            }
        }
        return next;
    }
    void run(const OwnObject& schedule) const override {
        const DataView script = schedule.stored(2);
        if (const auto table = obis_of(member(script, 0))) {
            schedule.device.run_script(*table, member_number(script, 1), Instigator::remote,
                                       schedule.now);
        }
    }
};

// Schedule: an entry is {index, enable, script, selector, switch_time, validity_window,
// exec_weekdays, exec_specdays, begin_date, end_date}.

constexpr std::int8_t entries_id = 2;

bool bit(const DataView& bits, std::size_t place) {
    const auto value = bits.bit_string();
    return value && place < value->count && (*value)[place];
}

bool is_within(const DataView& entry, std::int64_t day) {
    const auto number = [](const cosem::Date& date) {
        return cosem::local_seconds({.date = date, .time = {0, 0, 0, 0}});
    };
    const auto begin = date_of(member(entry, 8));
    const auto end = date_of(member(entry, 9));
    const auto from = begin ? number(*begin) : std::nullopt;
    const auto to = end ? number(*end) : std::nullopt;
    return (!from || day * 86400 >= *from) && (!to || day * 86400 <= *to);
}

/// A special day is ruled by its own bits, any other by the day of the week.
bool is_on(const OwnObject& schedule, const DataView& entry, std::int64_t day) {
    if (!member(entry, 1).boolean().value_or(false) || !is_within(entry, day)) {
        return false;
    }
    const std::uint8_t weekday = cosem::date_time_from_local(day * 86400).date.day_of_week;
    if (const auto special = special_day(schedule.device, day)) {
        return bit(member(entry, 7), special->place);
    }
    return bit(member(entry, 6), weekday - 1u);
}

std::optional<cosem::LocalSeconds> next_switch(const OwnObject& schedule, const DataView& entry,
                                               cosem::LocalSeconds after) {
    constexpr std::int64_t farthest = 400;  // days
    const auto time = time_of(member(entry, 4));
    if (!time || time->hour > 23) {
        return std::nullopt;
    }
    const std::int64_t second = time->hour * 3600 + (time->minute <= 59 ? time->minute : 0) * 60 +
                                (time->second <= 59 ? time->second : 0);
    const std::int64_t today = day_of(after);
    for (std::int64_t day = today; day < today + farthest; ++day) {
        if (day * 86400 + second > after && is_on(schedule, entry, day)) {
            return day * 86400 + second;
        }
    }
    return std::nullopt;
}

void run_entry(const OwnObject& schedule, const DataView& entry) {
    if (const auto table = obis_of(member(entry, 2))) {
        schedule.device.run_script(*table, member_number(entry, 3), Instigator::remote,
                                   schedule.now);
    }
}

/// Enables or disables the entries from one index to another; 0 to 0 means none.
void enable(std::vector<axdr::Data>& entries, std::uint64_t first, std::uint64_t last, bool on) {
    for (axdr::Data& entry : entries) {
        const std::uint64_t index = member_number(entry.view(), 0);
        if (index < first || index > last || index == 0) {
            continue;
        }
        const std::vector<axdr::Data> members = elements_of(entry.view());
        entry = make_data([&](axdr::DataBuilder& builder) {
            builder.structure(members.size());
            for (std::size_t i = 0; i < members.size(); ++i) {
                i == 1 ? builder.boolean(on) : builder.element(members[i].view());
            }
        });
    }
}

ActionResult enable_disable(const OwnObject& schedule, const MethodCall& call) {
    if (call.parameter.elements()->size() != 4) {
        return ActionResult::type_unmatched;
    }
    std::vector<axdr::Data> entries = elements_of(schedule.stored(entries_id));
    enable(entries, member_number(call.parameter, 0), member_number(call.parameter, 1), false);
    enable(entries, member_number(call.parameter, 2), member_number(call.parameter, 3), true);
    schedule.store(entries_id, make_array(entries));
    return ActionResult::success;
}

ActionResult insert(const OwnObject& schedule, const MethodCall& call) {
    constexpr std::size_t most_entries = 100;
    if (call.parameter.elements()->size() != 10 || !obis_of(member(call.parameter, 2)) ||
        !time_of(member(call.parameter, 4))) {
        return ActionResult::type_unmatched;
    }
    std::vector<axdr::Data> entries = elements_of(schedule.stored(entries_id));
    const std::uint64_t index = member_number(call.parameter, 0);
    std::erase_if(entries,
                  [&](const axdr::Data& entry) { return member_number(entry.view(), 0) == index; });
    if (entries.size() >= most_entries) {
        return ActionResult::other_reason;
    }
    const auto place = std::ranges::find_if(
        entries, [&](const axdr::Data& entry) { return member_number(entry.view(), 0) > index; });
    entries.emplace(place, call.parameter);
    schedule.store(entries_id, make_array(entries));
    return ActionResult::success;
}

ActionResult remove(const OwnObject& schedule, const MethodCall& call) {
    if (call.parameter.elements()->size() != 2) {
        return ActionResult::type_unmatched;
    }
    std::vector<axdr::Data> entries = elements_of(schedule.stored(entries_id));
    const auto count = std::erase_if(entries, [&](const axdr::Data& entry) {
        const std::uint64_t index = member_number(entry.view(), 0);
        return index >= member_number(call.parameter, 0) &&
               index <= member_number(call.parameter, 1);
    });
    if (count == 0) {
        return ActionResult::other_reason;
    }
    schedule.store(entries_id, make_array(entries));
    return ActionResult::success;
}

class Schedule final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {{1, Tag::structure, enable_disable},
                                                  {2, Tag::structure, insert},
                                                  {3, Tag::structure, remove}};
        return all;
    }
    bool is_active(const MeterObject&) const override { return true; }

    void start(const OwnObject& schedule) const override {
        // What the meter slept through is done where its window has not closed.
        auto& state = schedule.state<ScheduleState>();
        const cosem::LocalSeconds here = schedule.device.meter().clock.local(schedule.now);
        const auto slept_from = std::exchange(state.last, std::nullopt);
        if (!slept_from) {
            return;
        }
        for (const axdr::Data& entry : elements_of(schedule.stored(entries_id))) {
            const std::uint64_t window = member_number(entry.view(), 5);
            const auto missed = next_switch(schedule, entry.view(), *slept_from);
            constexpr std::uint64_t always = 0xFFFF;
            if (missed && *missed <= here &&
                (window == always || here - *missed <= static_cast<std::int64_t>(window) * 60)) {
                run_entry(schedule, entry.view());
            }
        }
    }
    void power_lost(const OwnObject& schedule) const override {
        schedule.state<ScheduleState>().last = schedule.device.meter().clock.local(schedule.now);
    }
    std::optional<Instant> next_due(const OwnObject& schedule) const override {
        const MeterClock& clock = schedule.device.meter().clock;
        const cosem::LocalSeconds here = clock.local(schedule.now);
        std::optional<cosem::LocalSeconds> next;
        for (const axdr::Data& entry : elements_of(schedule.stored(entries_id))) {
            const auto at = next_switch(schedule, entry.view(), here);
            if (at && (!next || *at < *next)) {
                next = at;
            }
        }
        return next ? std::optional(
                          std::max(clock.instant_of(*next), schedule.now + std::chrono::seconds(1)))
                    : std::nullopt;
    }
    void run(const OwnObject& schedule) const override {
        const cosem::LocalSeconds here = schedule.device.meter().clock.local(schedule.now);
        for (const axdr::Data& entry : elements_of(schedule.stored(entries_id))) {
            if (next_switch(schedule, entry.view(), here - 1) == here) {
                run_entry(schedule, entry.view());
            }
        }
    }
};

}  // namespace

const ClassBehaviour& schedule_behaviour() {
    static const Schedule behaviour;
    return behaviour;
}

const ClassBehaviour& single_action_schedule_behaviour() {
    static const SingleActionSchedule behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
