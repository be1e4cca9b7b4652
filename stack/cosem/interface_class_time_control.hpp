#pragma once
// The class table's part for time, calendars, scripts, and what supervises and switches. Blue Book
// 4.5.

#include "stack/cosem/interface_class_metering.hpp"

namespace dlms::cosem::class_table {

// 8 Clock
inline constexpr CodeName clock_bases[] = {
    {0, "not-defined"}, {1, "internal-crystal"}, {2, "mains-50-hz"}, {3, "mains-60-hz"},
    {4, "gps"},         {5, "radio-controlled"},
};
inline constexpr ValueType clock_base = enumeration(clock_bases);
inline constexpr ClassAttribute clock_attributes[] = {
    {2, "time", &date_time, dynamic},
    {3, "time_zone", &long_, fixed},
    {4, "status", &unsigned_, dynamic},
    {5, "daylight_savings_begin", &date_time, fixed},
    {6, "daylight_savings_end", &date_time, fixed},
    {7, "daylight_savings_deviation", &integer, fixed},
    {8, "daylight_savings_enabled", &boolean, fixed},
    {9, "clock_base", &clock_base, fixed},
};
inline constexpr TypeMember preset_members[] = {
    {"preset_time", &date_time},
    {"validity_interval_start", &date_time},
    {"validity_interval_end", &date_time},
};
inline constexpr ValueType preset = structure(preset_members);
inline constexpr ClassMethod clock_methods[] = {
    {1, "adjust_to_quarter", &zero},       {2, "adjust_to_measuring_period", &zero},
    {3, "adjust_to_minute", &zero},        {4, "adjust_to_preset_time", &zero},
    {5, "preset_adjusting_time", &preset}, {6, "shift_time", &long_},
};

// 9 Script table
inline constexpr CodeName service_ids[] = {{1, "write-attribute"}, {2, "execute-method"}};
inline constexpr ValueType service_id = enumeration(service_ids);
inline constexpr TypeMember script_action_members[] = {
    {"service_id", &service_id}, {"class_id", &long_unsigned}, {"logical_name", &obis_code},
    {"index", &integer},         {"parameter", &any},
};
inline constexpr ValueType script_action = structure(script_action_members);
inline constexpr ValueType script_actions = array_of(script_action);
inline constexpr TypeMember script_members[] = {
    {"script_identifier", &long_unsigned},
    {"actions", &script_actions},
};
inline constexpr ValueType script = structure(script_members);
inline constexpr ValueType scripts = array_of(script);
inline constexpr ClassAttribute script_table_attributes[] = {{2, "scripts", &scripts, fixed}};
inline constexpr ClassMethod script_table_methods[] = {{1, "execute", &long_unsigned}};

// 10 Schedule
inline constexpr TypeMember schedule_entry_members[] = {
    {"index", &long_unsigned},
    {"enable", &boolean},
    {"script_logical_name", &obis_code},
    {"script_selector", &long_unsigned},
    {"switch_time", &time},
    {"validity_window", &long_unsigned},
    {"exec_weekdays", &bit_string},
    {"exec_specdays", &bit_string},
    {"begin_date", &date},
    {"end_date", &date},
};
inline constexpr ValueType schedule_entry = structure(schedule_entry_members);
inline constexpr ValueType schedule_entries = array_of(schedule_entry);
inline constexpr ClassAttribute schedule_attributes[] = {{2, "entries", &schedule_entries, fixed}};
inline constexpr TypeMember schedule_ranges_members[] = {
    {"first_index_A", &long_unsigned},
    {"last_index_A", &long_unsigned},
    {"first_index_B", &long_unsigned},
    {"last_index_B", &long_unsigned},
};
inline constexpr ValueType schedule_ranges = structure(schedule_ranges_members);
inline constexpr TypeMember schedule_range_members[] = {
    {"first_index", &long_unsigned},
    {"last_index", &long_unsigned},
};
inline constexpr ValueType schedule_range = structure(schedule_range_members);
inline constexpr ClassMethod schedule_methods[] = {
    {1, "enable_disable", &schedule_ranges},
    {2, "insert", &schedule_entry},
    {3, "delete", &schedule_range},
};

// 11 Special days table
inline constexpr TypeMember special_day_members[] = {
    {"index", &long_unsigned},
    {"specialday_date", &date},
    {"day_id", &unsigned_},
};
inline constexpr ValueType special_day = structure(special_day_members);
inline constexpr ValueType special_days = array_of(special_day);
inline constexpr ClassAttribute special_days_attributes[] = {{2, "entries", &special_days, fixed}};
inline constexpr ClassMethod special_days_methods[] = {
    {1, "insert", &special_day},
    {2, "delete", &long_unsigned},
};

// 20 Activity calendar
inline constexpr TypeMember season_members[] = {
    {"season_profile_name", &text},
    {"season_start", &date_time},
    {"week_name", &text},
};
inline constexpr ValueType season = structure(season_members);
inline constexpr ValueType seasons = array_of(season);
inline constexpr TypeMember week_members[] = {
    {"week_profile_name", &text}, {"monday", &unsigned_},   {"tuesday", &unsigned_},
    {"wednesday", &unsigned_},    {"thursday", &unsigned_}, {"friday", &unsigned_},
    {"saturday", &unsigned_},     {"sunday", &unsigned_},
};
inline constexpr ValueType week = structure(week_members);
inline constexpr ValueType weeks = array_of(week);
inline constexpr TypeMember day_action_members[] = {
    {"start_time", &time},
    {"script_logical_name", &obis_code},
    {"script_selector", &long_unsigned},
};
inline constexpr ValueType day_action = structure(day_action_members);
inline constexpr ValueType day_actions = array_of(day_action);
inline constexpr TypeMember day_members[] = {{"day_id", &unsigned_},
                                             {"day_schedule", &day_actions}};
inline constexpr ValueType day = structure(day_members);
inline constexpr ValueType days = array_of(day);
inline constexpr ClassAttribute activity_calendar_attributes[] = {
    {2, "calendar_name_active", &text, fixed},
    {3, "season_profile_active", &seasons, fixed},
    {4, "week_profile_table_active", &weeks, fixed},
    {5, "day_profile_table_active", &days, fixed},
    {6, "calendar_name_passive", &text, fixed},
    {7, "season_profile_passive", &seasons, fixed},
    {8, "week_profile_table_passive", &weeks, fixed},
    {9, "day_profile_table_passive", &days, fixed},
    {10, "activate_passive_calendar_time", &date_time, fixed},
};
inline constexpr ClassMethod activity_calendar_methods[] = {
    {1, "activate_passive_calendar", &zero}};

// 21 Register monitor
inline constexpr ClassAttribute register_monitor_attributes[] = {
    {2, "thresholds", &array_of_any, fixed},
    {3, "monitored_value", &attribute_reference, fixed},
    {4, "actions", &threshold_actions, fixed},
};

// 22 Single action schedule
inline constexpr CodeName schedule_types[] = {
    {1, "one-time-date-with-wildcards"},   {2, "same-time-without-wildcards"},
    {3, "same-time-with-wildcards"},       {4, "different-times-without-wildcards"},
    {5, "different-times-with-wildcards"},
};
inline constexpr ValueType schedule_type = enumeration(schedule_types);
inline constexpr TypeMember execution_members[] = {{"time", &time}, {"date", &date}};
inline constexpr ValueType execution = structure(execution_members);
inline constexpr ValueType executions = array_of(execution);
inline constexpr ClassAttribute single_action_attributes[] = {
    {2, "executed_script", &script_reference, fixed},
    {3, "type", &schedule_type, fixed},
    {4, "execution_time", &executions, fixed},
};

// 65 Parameter monitor
inline constexpr TypeMember changed_parameter_members[] = {
    {"class_id", &long_unsigned},
    {"logical_name", &obis_code},
    {"attribute_index", &integer},
    {"attribute_value", &any},
};
inline constexpr ValueType changed_parameter = structure(changed_parameter_members);
inline constexpr ClassAttribute parameter_monitor_attributes[] = {
    {2, "changed_parameter", &changed_parameter, dynamic},
    {3, "capture_time", &date_time, dynamic},
    {4, "parameter_list", &attribute_references, fixed},
};
inline constexpr ClassMethod parameter_monitor_methods[] = {
    {1, "add_parameter", &attribute_reference},
    {2, "delete_parameter", &attribute_reference},
};
inline constexpr ClassAttribute parameter_monitor_attributes_1[] = {
    {2, "changed_parameter", &changed_parameter, dynamic},
    {3, "capture_time", &date_time, dynamic},
    {4, "parameter_list", &attribute_references, fixed},
    {5, "parameter_list_name", &text, fixed},
    {6, "hash_algorithm_id", &enum_, fixed},
    {7, "parameter_value_digest", &octets, dynamic},
    {8, "parameter_values", &any, dynamic},
};

// 68 Arbitrator
inline constexpr ValueType script_references = array_of(script_reference);
inline constexpr ValueType weightings = array_of(array_of_long_unsigned);
inline constexpr TypeMember arbitrator_request_members[] = {
    {"request_actor", &unsigned_},
    {"request_action_list", &bit_string},
};
inline constexpr ValueType arbitrator_request = structure(arbitrator_request_members);
inline constexpr ClassAttribute arbitrator_attributes[] = {
    {2, "actions", &script_references, fixed},
    {3, "permissions_table", &array_of_bit_strings, fixed},
    {4, "weightings_table", &weightings, fixed},
    {5, "most_recent_requests_table", &array_of_bit_strings, dynamic},
    {6, "last_outcome", &unsigned_, dynamic},
};
inline constexpr ClassMethod arbitrator_methods[] = {
    {1, "request_action", &arbitrator_request},
    {2, "reset", &zero},
};

// 70 Disconnect control
inline constexpr CodeName control_states[] = {
    {0, "disconnected"},
    {1, "connected"},
    {2, "ready-for-reconnection"},
};
inline constexpr ValueType control_state = enumeration(control_states);
inline constexpr ClassAttribute disconnect_control_attributes[] = {
    {2, "output_state", &boolean, dynamic},
    {3, "control_state", &control_state, dynamic},
    {4, "control_mode", &enum_, fixed},
};
inline constexpr ClassMethod disconnect_control_methods[] = {
    {1, "remote_disconnect", &zero},
    {2, "remote_reconnect", &zero},
};

// 71 Limiter; its thresholds have the type of what is monitored
inline constexpr TypeMember emergency_profile_members[] = {
    {"emergency_profile_id", &long_unsigned},
    {"emergency_activation_time", &date_time},
    {"emergency_duration", &double_long_unsigned},
};
inline constexpr ValueType emergency_profile = structure(emergency_profile_members);
inline constexpr TypeMember limiter_action_members[] = {
    {"action_over_threshold", &script_reference},
    {"action_under_threshold", &script_reference},
};
inline constexpr ValueType limiter_actions = structure(limiter_action_members);
inline constexpr ClassAttribute limiter_attributes[] = {
    {2, "monitored_value", &attribute_reference, fixed},
    {3, "threshold_active", &any, dynamic},
    {4, "threshold_normal", &any, fixed},
    {5, "threshold_emergency", &any, fixed},
    {6, "min_over_threshold_duration", &double_long_unsigned, fixed},
    {7, "min_under_threshold_duration", &double_long_unsigned, fixed},
    {8, "emergency_profile", &emergency_profile, fixed},
    {9, "emergency_profile_group_id_list", &array_of_long_unsigned, fixed},
    {10, "emergency_profile_active", &boolean, dynamic},
    {11, "actions", &limiter_actions, fixed},
};

inline constexpr InterfaceClass time_and_control[] = {
    {8, 0, "Clock", clock_attributes, clock_methods, 0x60},
    {9, 0, "Script table", script_table_attributes, script_table_methods, 0x20},
    {10, 0, "Schedule", schedule_attributes, schedule_methods, 0x20},
    {11, 0, "Special days table", special_days_attributes, special_days_methods, 0x10},
    {20, 0, "Activity calendar", activity_calendar_attributes, activity_calendar_methods, 0x50},
    {21, 0, "Register monitor", register_monitor_attributes},
    {22, 0, "Single action schedule", single_action_attributes},
    {65, 0, "Parameter monitor", parameter_monitor_attributes, parameter_monitor_methods},
    {65, 1, "Parameter monitor", parameter_monitor_attributes_1, parameter_monitor_methods},
    {68, 0, "Arbitrator", arbitrator_attributes, arbitrator_methods},
    {70, 0, "Disconnect control", disconnect_control_attributes, disconnect_control_methods, 0x20},
    {71, 0, "Limiter", limiter_attributes},
};

}  // namespace dlms::cosem::class_table
