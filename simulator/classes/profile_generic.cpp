#include "simulator/classes/profile_generic.hpp"

#include <algorithm>
#include <deque>

#include "simulator/classes/all_classes.hpp"
#include "simulator/logical_device.hpp"
#include "stack/cosem/scaler_unit.hpp"

namespace dlms::simulator {
namespace {

using axdr::DataView;
using axdr::Tag;
using cosem::ActionResult;
using cosem::DataAccessResult;

constexpr std::uint16_t profile_class = 7;
constexpr std::int8_t buffer_id = 2;
constexpr std::int8_t columns_id = 3;
constexpr std::int8_t period_id = 4;
constexpr std::int8_t sort_method_id = 5;
constexpr std::int8_t sort_object_id = 6;
constexpr std::int8_t entries_id = 8;
/// More rows than this no meter holds, whatever is written into profile_entries.
constexpr std::uint64_t most_entries = 1'000'000;
/// Of rows that are kept one by one.
constexpr std::uint64_t most_kept_entries = 65'536;

enum class SortMethod : std::uint8_t {
    fifo = 1,
    lifo,
    largest,
    smallest,
    nearest_to_zero,
    farthest_from_zero,
};

/// Rows that follow from the time, one a period.
struct Generation {
    Instant first;
    std::chrono::seconds period;
    /// Where it has ended.
    std::optional<Instant> end;
    MeterClock clock;
    /// By column: what stored values are as long as it lasts.
    std::vector<axdr::Data> values;
    std::vector<LivingOrigin> origins;

    std::size_t size(Instant now) const {
        const Instant until = end ? std::min(*end, now) : now;
        return until < first ? 0 : static_cast<std::size_t>((until - first) / period) + 1;
    }
    Instant time(std::size_t row) const { return first + static_cast<std::int64_t>(row) * period; }
};

/// A stretch of rows in the order of time.
struct Stretch {
    std::optional<Generation> generation;
    std::deque<axdr::Data> rows;  // without generation

    std::size_t size(Instant now) const { return generation ? generation->size(now) : rows.size(); }
};

struct ProfileState final : ObjectState {
    std::vector<Stretch> stretches;
    std::size_t dropped = 0;  // of the oldest rows
};

const ProfileBuffer* buffer_of(const MeterObject& object) {
    const Attribute* const attribute = object.attribute(buffer_id);
    return attribute ? std::get_if<ProfileBuffer>(&attribute->value) : nullptr;
}

std::vector<cosem::CaptureObject> columns_of(const OwnObject& profile) {
    return cosem::read_capture_objects(profile.stored(columns_id))
        .value_or(std::vector<cosem::CaptureObject>());
}

std::uint64_t room(const OwnObject& profile) {
    return std::min(profile.number(entries_id, most_kept_entries), most_entries);
}

SortMethod sort_method(const OwnObject& profile) {
    return static_cast<SortMethod>(profile.number(sort_method_id, 1));
}

std::chrono::seconds period_of(const OwnObject& profile) {
    return std::chrono::seconds(static_cast<std::int64_t>(profile.number(period_id)));
}

void begin_generation(const OwnObject& profile, ProfileState& state, Instant from) {
    const std::chrono::seconds period = period_of(profile);
    if (!state.stretches.empty() && state.stretches.back().generation &&
        state.stretches.back().size(profile.now) == 0) {
        state.stretches.pop_back();  // nothing came of it
    }
    if (period.count() <= 0) {
        return;
    }
    const MeterClock& clock = profile.device.meter().clock;
    Generation generation{clock.next_multiple(period, from), period, std::nullopt, clock, {}, {}};
    for (const cosem::CaptureObject& column : columns_of(profile)) {
        const auto object = profile.device.find_object(column.class_id, column.logical_name);
        generation.origins.push_back(object ? profile.device.living_origin(*object)
                                            : LivingOrigin());
        generation.values.push_back(
            object
                ? axdr::Data(LogicalDevice::part(
                      profile.device.stored({*object, column.attribute_index}), column.data_index))
                : axdr::Data());
    }
    state.stretches.push_back({std::move(generation), {}});
}

void end_generation(const OwnObject& profile, ProfileState& state) {
    if (!state.stretches.empty() && state.stretches.back().generation &&
        !state.stretches.back().generation->end) {
        state.stretches.back().generation->end = profile.now;
    }
}

/// Long periods follow local time, so a generation of them ends where daylight saving changes.
void make_history(const OwnObject& profile, ProfileState& state, Instant from) {
    constexpr std::chrono::seconds half_hour{1800};
    const MeterClock& clock = profile.device.meter().clock;
    begin_generation(profile, state, from);
    if (period_of(profile) <= half_hour) {
        return;
    }
    for (auto change = clock.next_change(from); change && *change <= profile.now;
         change = clock.next_change(*change)) {
        const OwnObject then(profile.device, profile.index, *change);
        end_generation(then, state);
        begin_generation(then, state, *change);
    }
}

ProfileState& state_of(const OwnObject& profile) {
    if (auto* const state = profile.find_state<ProfileState>()) {
        return *state;
    }
    auto& state = profile.state<ProfileState>();
    const ProfileBuffer* const buffer = buffer_of(profile.declared());
    if (buffer && !buffer->rows.empty()) {
        state.stretches.push_back({std::nullopt, {buffer->rows.begin(), buffer->rows.end()}});
    }
    if (buffer && buffer->history_days) {
        const MeterState& meter = profile.device.meter();
        make_history(profile, state, meter.start - std::chrono::hours(24) * *buffer->history_days);
    }
    return state;
}

axdr::Data captured_row(const OwnObject& profile, const Generation& generation, Instant at) {
    const std::vector<cosem::CaptureObject> columns = columns_of(profile);
    return make_data([&](axdr::DataBuilder& builder) {
        builder.structure(columns.size());
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto object =
                profile.device.find_object(columns[i].class_id, columns[i].logical_name);
            const Attribute* const attribute =
                object ? profile.device.object(*object).attribute(columns[i].attribute_index)
                       : nullptr;
            const auto* living = attribute ? std::get_if<LivingValue>(&attribute->value) : nullptr;
            const auto* computed =
                attribute ? std::get_if<ComputedValue>(&attribute->value) : nullptr;
            constexpr std::uint16_t demand_register = 5;
            axdr::Data value;
            if (computed && *computed == ComputedValue::clock_time) {
                value = make_data([&](axdr::DataBuilder& time) {
                    time.octet_string(cosem::encode(generation.clock.time(at)));
                });
            } else if (computed && *computed == ComputedValue::clock_status) {
                value = make_data([&](axdr::DataBuilder& status) {
                    status.unsigned_(generation.clock.status(at));
                });
            } else if (living && columns[i].class_id != demand_register) {
                value = profile.device.living_data(*living, generation.origins[i], at);
            } else if (attribute && std::holds_alternative<StoredValue>(attribute->value)) {
                value = generation.values[i];
            } else {
                value = profile.device.captured(columns[i], at);
            }
            builder.element(value.view());
        }
    });
}

class Rows final : public ProfileRows {
public:
    explicit Rows(const OwnObject& profile)
        : profile_(profile),
          state_(state_of(profile)),
          newest_first_(sort_method(profile) == SortMethod::lifo) {
        std::size_t all = 0;
        for (const Stretch& stretch : state_.stretches) {
            all += stretch.size(profile.now);
        }
        const auto most = static_cast<std::size_t>(room(profile));
        first_ = std::max(state_.dropped, all > most ? all - most : 0);
        size_ = all - std::min(first_, all);
    }

    std::size_t size() const override { return size_; }

    DataView row(std::size_t index, axdr::Data& space) const override {
        std::size_t rest = first_ + (newest_first_ ? size_ - 1 - index : index);
        for (const Stretch& stretch : state_.stretches) {
            const std::size_t length = stretch.size(profile_.now);
            if (rest >= length) {
                rest -= length;
            } else if (!stretch.generation) {
                return stretch.rows[rest].view();
            } else {
                space = captured_row(profile_, *stretch.generation, stretch.generation->time(rest));
                return space.view();
            }
        }
        return {};
    }

    std::pair<std::size_t, std::size_t> candidates(const DataView& from,
                                                   const DataView& to) const override {
        // Of a generation the rows can be counted; of captured ones all are looked at.
        std::size_t begin = size_;
        std::size_t end = 0;
        std::size_t before = 0;  // rows of the stretches before, dropped ones included
        for (const Stretch& stretch : state_.stretches) {
            const std::size_t length = stretch.size(profile_.now);
            const auto [low, high] = stretch.generation
                                         ? rows_between(*stretch.generation, length, from, to)
                                         : std::pair(std::size_t{0}, length);
            if (low < high && before + high > first_) {
                begin = std::min(begin, std::max(before + low, first_) - first_);
                end = std::max(end, before + high - first_);
            }
            before += length;
        }
        if (begin >= end) {
            return {0, 0};
        }
        return newest_first_ ? std::pair(size_ - end, size_ - begin) : std::pair(begin, end);
    }

private:
    /// A little more on both sides, for the hour that comes twice; all where the bounds are no
    /// complete times.
    static std::pair<std::size_t, std::size_t> rows_between(const Generation& generation,
                                                            std::size_t length,
                                                            const DataView& from,
                                                            const DataView& to) {
        const auto place = [&](const DataView& bound) -> std::optional<std::int64_t> {
            const auto octets = bound.octets();
            const auto time =
                octets ? cosem::read_date_time(*octets)
                       : Result<cosem::DateTime>(fail(ErrorCode::type_mismatch, Layer::cosem));
            const auto local = time ? generation.clock.local(*time) : std::nullopt;
            return local ? std::optional((generation.clock.instant_of(*local) - generation.first) /
                                         generation.period)
                         : std::nullopt;
        };
        const auto low = place(from);
        const auto high = place(to);
        if (!low || !high) {
            return {0, length};
        }
        const std::int64_t margin = 7200 / generation.period.count() + 2;
        const auto limit = [&](std::int64_t row) {
            return static_cast<std::size_t>(
                std::clamp<std::int64_t>(row, 0, static_cast<std::int64_t>(length)));
        };
        return {limit(*low - margin), limit(*high + margin + 1)};
    }

    const OwnObject& profile_;
    const ProfileState& state_;
    bool newest_first_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

/// The value that a row is sorted by; nothing where the sort object is no column.
std::optional<double> sort_value(const OwnObject& profile, const DataView& row) {
    const auto by = cosem::read_capture_object(profile.stored(sort_object_id));
    const std::vector<cosem::CaptureObject> columns = columns_of(profile);
    const auto place = by ? std::ranges::find(columns, *by) : columns.end();
    if (place == columns.end()) {
        return std::nullopt;
    }
    const DataView value = member(row, static_cast<std::size_t>(place - columns.begin()));
    if (const auto number = value.signed_integer()) {
        return static_cast<double>(*number);
    }
    if (const auto number = value.float64()) {
        return *number;
    }
    if (const auto number = value.float32()) {
        return *number;
    }
    const auto octets = value.octets();
    const auto time = octets
                          ? cosem::read_date_time(*octets)
                          : Result<cosem::DateTime>(fail(ErrorCode::type_mismatch, Layer::cosem));
    const auto local = time ? profile.device.meter().clock.local(*time) : std::nullopt;
    return local ? std::optional(static_cast<double>(*local)) : std::nullopt;
}

/// Whether `a` stands before `b`.
bool precedes(SortMethod method, double a, double b) {
    switch (method) {
        case SortMethod::largest: return a > b;
        case SortMethod::smallest: return a < b;
        case SortMethod::nearest_to_zero: return std::abs(a) < std::abs(b);
        case SortMethod::farthest_from_zero: return std::abs(a) > std::abs(b);
        default: return false;
    }
}

/// At its place; the least interesting row drops out, which may be the new one.
void insert_sorted(const OwnObject& profile, std::deque<axdr::Data>& rows, axdr::Data row) {
    const SortMethod method = sort_method(profile);
    const auto value = sort_value(profile, row.view());
    auto place = rows.end();
    if (value) {
        place = std::ranges::find_if(rows, [&](const axdr::Data& other) {
            const auto theirs = sort_value(profile, other.view());
            return theirs && precedes(method, *value, *theirs);
        });
    }
    rows.insert(place, std::move(row));
    while (rows.size() > room(profile)) {
        rows.pop_back();
    }
}

void add_row(const OwnObject& profile, axdr::Data row) {
    ProfileState& state = state_of(profile);
    const bool has_history = !state.stretches.empty() && state.stretches.back().generation;
    end_generation(profile, state);
    if (state.stretches.empty() || has_history) {
        state.stretches.push_back({});
    }
    std::deque<axdr::Data>& rows = state.stretches.back().rows;
    const SortMethod method = sort_method(profile);
    if (method != SortMethod::fifo && method != SortMethod::lifo &&
        profile.stored(sort_object_id).is(Tag::structure) && state.stretches.size() == 1 &&
        sort_value(profile, row.view())) {
        insert_sorted(profile, rows, std::move(row));
    } else {
        rows.push_back(std::move(row));
        const std::uint64_t most = std::min(room(profile), most_kept_entries);
        while (rows.size() > most) {
            rows.pop_front();
        }
    }
    if (has_history) {
        begin_generation(profile, state, profile.now);
    }
}

void clear(const OwnObject& profile, int depth = 0) {
    profile.forget_state();
    auto& state = profile.state<ProfileState>();
    const ProfileBuffer* const buffer = buffer_of(profile.declared());
    if (buffer && buffer->history_days) {
        begin_generation(profile, state, profile.now);
    }
    // Profiles that hold this buffer begin anew too (their rows would name what is gone).
    constexpr int most_nested = 4;
    const cosem::ObisCode& own = profile.declared().instance;
    for (const std::size_t other : profile.device.model().active()) {
        const OwnObject dependent(profile.device, other, profile.now);
        if (other == profile.index || dependent.declared().class_id != profile_class ||
            depth >= most_nested) {
            continue;
        }
        const auto columns = columns_of(dependent);
        const bool holds_it = std::ranges::any_of(columns, [&](const cosem::CaptureObject& column) {
            return column.class_id == profile_class && column.logical_name == own &&
                   column.attribute_index == buffer_id;
        });
        if (holds_it) {
            clear(dependent, depth + 1);
        }
    }
}

ActionResult reset(const OwnObject& profile, const MethodCall&) {
    if (!buffer_of(profile.declared())) {
        return ActionResult::other_reason;
    }
    clear(profile);
    return ActionResult::success;
}

/// Rows that a scenario gives are a recording: nothing comes after them by itself, until a client
/// gives the profile another period.
bool is_recording(const OwnObject& profile, const ProfileBuffer& buffer) {
    const Attribute* const period = profile.declared().attribute(period_id);
    const auto* declared = period ? std::get_if<StoredValue>(&period->value) : nullptr;
    return !buffer.rows.empty() && declared && profile.stored(period_id) == declared->data.view();
}

class ProfileGeneric final : public ClassBehaviour {
public:
    std::span<const MethodBehaviour> methods() const override {
        static constexpr MethodBehaviour all[] = {
            {1, Tag::integer, reset},
            {2, Tag::integer,
             [](const OwnObject& profile, const MethodCall&) { return capture(profile); }}};
        return all;
    }
    bool is_active(const MeterObject& object) const override {
        return buffer_of(object) != nullptr;
    }
    void start(const OwnObject& profile) const override { prepare_history(profile); }

    DataAccessResult judge(const OwnObject& profile, std::int8_t id,
                           const DataView& value) const override {
        using enum DataAccessResult;
        const std::uint64_t number = value.unsigned_integer().value_or(0);
        if (id == sort_method_id) {
            return number >= 1 && number <= 6 ? success : other_reason;
        }
        if (id == entries_id) {
            const bool has_history =
                buffer_of(profile.declared()) && buffer_of(profile.declared())->history_days;
            return number <= (has_history ? most_entries : most_kept_entries) ? success
                                                                              : other_reason;
        }
        return success;
    }
    void written(const OwnObject& profile, std::int8_t id) const override {
        const bool rules_the_buffer =
            (id >= columns_id && id <= sort_object_id) || id == entries_id;
        if (rules_the_buffer && buffer_of(profile.declared())) {
            clear(profile);
        }
    }
    void clock_changed(const OwnObject& profile) const override {
        if (profile.find_state<ProfileState>() && buffer_of(profile.declared())->history_days) {
            ProfileState& state = state_of(profile);
            end_generation(profile, state);
            begin_generation(profile, state, profile.now);
        }
    }
    std::optional<Instant> next_due(const OwnObject& profile) const override {
        const std::chrono::seconds period = period_of(profile);
        const ProfileBuffer* const buffer = buffer_of(profile.declared());
        const bool is_captured =
            period.count() > 0 && room(profile) > 0 && !is_recording(profile, *buffer);
        if (!buffer->history_days) {
            return is_captured ? std::optional(profile.device.meter().clock.next_multiple(
                                     period, profile.now))
                               : std::nullopt;
        }
        // Rows of a history need nobody; but what they were made of must be known.
        constexpr std::chrono::seconds half_hour{1800};
        return period > half_hour ? profile.device.meter().clock.next_change(profile.now)
                                  : std::nullopt;
    }
    void run(const OwnObject& profile) const override {
        if (buffer_of(profile.declared())->history_days) {
            clock_changed(profile);
        } else {
            capture(profile);
        }
    }

    bool observes(const MeterObject& object) const override {
        return buffer_of(object) && buffer_of(object)->history_days.has_value();
    }
    void observed(const OwnObject& profile, std::size_t object, std::int8_t) const override {
        close_history(profile, object);
    }
};

}  // namespace

std::expected<axdr::Data, DataAccessResult> read_profile_of(
    const OwnObject& profile, const std::optional<cosem::SelectiveAccess>& selection) {
    const Rows rows(profile);
    return read_profile({.rows = rows,
                         .columns = columns_of(profile),
                         .capture_period = static_cast<std::uint32_t>(profile.number(period_id)),
                         .encoding = buffer_of(profile.declared())->encoding},
                        selection);
}

std::uint32_t entries_in_use(const OwnObject& profile) {
    return buffer_of(profile.declared()) ? static_cast<std::uint32_t>(Rows(profile).size()) : 0;
}

ActionResult capture(const OwnObject& profile) {
    if (!buffer_of(profile.declared()) || !profile.stored(columns_id).is(Tag::array) ||
        !cosem::read_capture_objects(profile.stored(columns_id))) {
        return ActionResult::other_reason;
    }
    const std::vector<cosem::CaptureObject> columns = columns_of(profile);
    add_row(profile, make_data([&](axdr::DataBuilder& builder) {
                builder.structure(columns.size());
                for (const cosem::CaptureObject& column : columns) {
                    const axdr::Data value = profile.device.captured(column, profile.now);
                    builder.element(value.view());
                }
            }));
    return ActionResult::success;
}

void prepare_history(const OwnObject& profile) {
    const ProfileBuffer* const buffer = buffer_of(profile.declared());
    if (buffer && buffer->history_days) {
        (void)state_of(profile);
    }
}

void close_history(const OwnObject& profile, std::size_t object) {
    const ProfileBuffer* const buffer = buffer_of(profile.declared());
    const MeterObject& changed = profile.device.object(object);
    if (!buffer || !buffer->history_days || object == profile.index) {
        return;
    }
    const auto columns = columns_of(profile);
    const bool holds_it = std::ranges::any_of(columns, [&](const cosem::CaptureObject& column) {
        return column.class_id == changed.class_id && column.logical_name == changed.instance;
    });
    if (holds_it) {
        ProfileState& state = state_of(profile);
        end_generation(profile, state);
        begin_generation(profile, state, profile.now);
    }
}

const ClassBehaviour& profile_generic_behaviour() {
    static const ProfileGeneric behaviour;
    return behaviour;
}

}  // namespace dlms::simulator
