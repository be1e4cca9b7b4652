#include "render/attribute_table.hpp"

#include <algorithm>
#include <array>

namespace dlms::render {
namespace {

using axdr::Tag;

struct TypeRow {
    std::uint16_t class_id;
    std::int8_t attribute_id;
    Tag type;
};

constexpr TypeRow types[] = {
    // Register, extended register, demand register
    {3, 3, Tag::structure},
    {4, 3, Tag::structure},
    {4, 5, Tag::octet_string},
    {5, 4, Tag::structure},
    {5, 6, Tag::octet_string},
    {5, 7, Tag::octet_string},
    {5, 8, Tag::double_long_unsigned},
    {5, 9, Tag::long_unsigned},
    // Profile generic
    {7, 3, Tag::array},
    {7, 4, Tag::double_long_unsigned},
    {7, 5, Tag::enum_},
    {7, 6, Tag::structure},
    {7, 7, Tag::double_long_unsigned},
    {7, 8, Tag::double_long_unsigned},
    // Clock
    {8, 2, Tag::octet_string},
    {8, 3, Tag::long_},
    {8, 4, Tag::unsigned_},
    {8, 5, Tag::octet_string},
    {8, 6, Tag::octet_string},
    {8, 7, Tag::integer},
    {8, 8, Tag::boolean},
    {8, 9, Tag::enum_},
    // Script table, schedule, special days table
    {9, 2, Tag::array},
    {10, 2, Tag::array},
    {11, 2, Tag::array},
    // Activity calendar
    {20, 2, Tag::octet_string},
    {20, 3, Tag::array},
    {20, 4, Tag::array},
    {20, 5, Tag::array},
    {20, 6, Tag::octet_string},
    {20, 7, Tag::array},
    {20, 8, Tag::array},
    {20, 9, Tag::array},
    {20, 10, Tag::octet_string},
    // Single action schedule
    {22, 2, Tag::structure},
    {22, 3, Tag::enum_},
    {22, 4, Tag::array},
    // Disconnect control
    {70, 2, Tag::boolean},
    {70, 3, Tag::enum_},
    {70, 4, Tag::enum_},
    // Limiter; its thresholds have the type of what is monitored
    {71, 6, Tag::double_long_unsigned},
    {71, 7, Tag::double_long_unsigned},
    {71, 8, Tag::structure},
    {71, 10, Tag::boolean},
};

constexpr std::size_t deepest_path = 2;

struct ClockRow {
    std::uint16_t class_id;
    std::int8_t attribute_id;
    ClockForm form;
    std::size_t path_length = 0;
    std::array<std::size_t, deepest_path> path{};
};

constexpr ClockRow clocks[] = {
    {4, 5, ClockForm::date_time},           // capture_time
    {5, 6, ClockForm::date_time},           // capture_time
    {5, 7, ClockForm::date_time},           // start_time_current
    {8, 2, ClockForm::date_time},           // time
    {8, 5, ClockForm::date_time},           // daylight_savings_begin
    {8, 6, ClockForm::date_time},           // daylight_savings_end
    {10, 2, ClockForm::time, 1, {4}},       // entries: switch_time
    {10, 2, ClockForm::date, 1, {8}},       // entries: begin_date
    {10, 2, ClockForm::date, 1, {9}},       // entries: end_date
    {11, 2, ClockForm::date, 1, {1}},       // entries: specialday_date
    {20, 3, ClockForm::date_time, 1, {1}},  // season_profile_active: season_start
    {20, 5, ClockForm::time, 2, {1, 0}},    // day_profile_table_active: start_time
    {20, 7, ClockForm::date_time, 1, {1}},  // season_profile_passive: season_start
    {20, 9, ClockForm::time, 2, {1, 0}},    // day_profile_table_passive: start_time
    {20, 10, ClockForm::date_time},         // activate_passive_calendar_time
    {22, 4, ClockForm::time, 1, {0}},       // execution_time: time
    {22, 4, ClockForm::date, 1, {1}},       // execution_time: date
    {71, 8, ClockForm::date_time, 1, {1}},  // emergency_profile: activation_time
};

}  // namespace

bool is_register_value(std::uint16_t class_id, std::int8_t attribute_id) {
    return ((class_id == 3 || class_id == 4) && attribute_id == 2) ||
           (class_id == 5 && (attribute_id == 2 || attribute_id == 3));
}

std::optional<axdr::Tag> attribute_type(std::uint16_t class_id, std::int8_t attribute_id) {
    if (attribute_id == 1) {
        return Tag::octet_string;  // logical_name, of every class
    }
    for (const TypeRow& row : types) {
        if (row.class_id == class_id && row.attribute_id == attribute_id) {
            return row.type;
        }
    }
    return std::nullopt;
}

std::optional<ClockForm> clock_form(std::uint16_t class_id, std::int8_t attribute_id,
                                    std::span<const std::size_t> path) {
    for (const ClockRow& row : clocks) {
        if (row.class_id == class_id && row.attribute_id == attribute_id &&
            std::ranges::equal(std::span(row.path).first(row.path_length), path)) {
            return row.form;
        }
    }
    return std::nullopt;
}

}  // namespace dlms::render
