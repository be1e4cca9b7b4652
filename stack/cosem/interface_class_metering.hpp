#pragma once
// The class table's part for measured values: registers, profiles, tables and compact data.
// Blue Book 4.3.

#include "stack/cosem/interface_class_types.hpp"

namespace dlms::cosem::class_table {

inline constexpr ClassMethod reset_only[] = {{1, "reset", &zero}};
inline constexpr ClassMethod reset_and_capture[] = {{1, "reset", &zero}, {2, "capture", &zero}};

// 1 Data
inline constexpr ClassAttribute data_attributes[] = {{2, "value", &any, dynamic}};

// 3 Register
inline constexpr ClassAttribute register_attributes[] = {
    {2, "value", &any, dynamic, 3},
    {3, "scaler_unit", &scaler_unit, fixed},
};

// 4 Extended register
inline constexpr ClassAttribute extended_register_attributes[] = {
    {2, "value", &any, dynamic, 3},
    {3, "scaler_unit", &scaler_unit, fixed},
    {4, "status", &any, dynamic},
    {5, "capture_time", &date_time, dynamic},
};

// 5 Demand register
inline constexpr ClassAttribute demand_register_attributes[] = {
    {2, "current_average_value", &any, dynamic, 4}, {3, "last_average_value", &any, dynamic, 4},
    {4, "scaler_unit", &scaler_unit, fixed},        {5, "status", &any, dynamic},
    {6, "capture_time", &date_time, dynamic},       {7, "start_time_current", &date_time, dynamic},
    {8, "period", &double_long_unsigned, fixed},    {9, "number_of_periods", &long_unsigned, fixed},
};
inline constexpr ClassMethod demand_register_methods[] = {
    {1, "reset", &zero},
    {2, "next_period", &zero},
};

// 6 Register activation
inline constexpr TypeMember register_mask_members[] = {
    {"mask_name", &text},
    {"index_list", &array_of_unsigned},
};
inline constexpr ValueType register_mask = structure(register_mask_members);
inline constexpr ValueType register_masks = array_of(register_mask);
inline constexpr ClassAttribute register_activation_attributes[] = {
    {2, "register_assignment", &object_references, fixed},
    {3, "mask_list", &register_masks, fixed},
    {4, "active_mask", &text, dynamic},
};
inline constexpr ClassMethod register_activation_methods[] = {
    {1, "add_register", &object_reference},
    {2, "add_mask", &register_mask},
    {3, "delete_mask", &text},
};

// 7 Profile generic
inline constexpr CodeName sort_methods[] = {
    {1, "fifo"},
    {2, "lifo"},
    {3, "largest"},
    {4, "smallest"},
    {5, "nearest-to-zero"},
    {6, "farthest-from-zero"},
};
inline constexpr ValueType sort_method = enumeration(sort_methods);
inline constexpr ClassAttribute profile_generic_attributes[] = {
    {2, "buffer", &any, dynamic},  // an array or a compact-array of rows
    {3, "capture_objects", &capture_objects, fixed},
    {4, "capture_period", &double_long_unsigned, fixed},
    {5, "sort_method", &sort_method, fixed},
    {6, "sort_object", &capture_object, fixed},
    {7, "entries_in_use", &double_long_unsigned, dynamic},
    {8, "profile_entries", &double_long_unsigned, fixed},
};

// 26 Utility tables
inline constexpr ClassAttribute utility_tables_attributes[] = {
    {2, "table_ID", &long_unsigned, fixed},
    {3, "length", &double_long_unsigned, fixed},
    {4, "buffer", &octets, dynamic},
};

// 61 Register table
inline constexpr TypeMember table_cell_definition_members[] = {
    {"class_id", &long_unsigned},
    {"logical_name", &obis_code},
    {"group_E_values", &array_of_unsigned},
    {"attribute_index", &integer},
};
inline constexpr ValueType table_cell_definition = structure(table_cell_definition_members);
inline constexpr ClassAttribute register_table_attributes[] = {
    {2, "table_cell_values", &array_of_any, dynamic, 4},
    {3, "table_cell_definition", &table_cell_definition, fixed},
    {4, "scaler_unit", &scaler_unit, fixed},
};

// 62 Compact data
inline constexpr CodeName compact_capture_methods[] = {{0, "on-invocation"}, {1, "on-reading"}};
inline constexpr ValueType compact_capture_method = enumeration(compact_capture_methods);
inline constexpr ClassAttribute compact_data_attributes_0[] = {
    {2, "compact_buffer", &octets, dynamic},
    {3, "capture_objects", &capture_objects, fixed},
    {4, "template_id", &unsigned_, fixed},
    {5, "template_description", &octets, dynamic},
    {6, "capture_method", &compact_capture_method, fixed},
};
inline constexpr ClassAttribute compact_data_attributes_1[] = {
    {2, "compact_buffer", &octets, dynamic},
    {3, "capture_objects", &column_objects, fixed},
    {4, "template_id", &unsigned_, fixed},
    {5, "template_description", &octets, dynamic},
    {6, "capture_method", &compact_capture_method, fixed},
};

// 63 Status mapping
inline constexpr TypeMember table_entries_alternatives[] = {
    {"", &long_unsigned},
    {"", &array_of_long_unsigned},
};
inline constexpr ValueType table_entries = choice(table_entries_alternatives);
inline constexpr TypeMember mapping_table_members[] = {
    {"ref_table_id", &unsigned_},
    {"ref_table_mapping", &table_entries},
};
inline constexpr ValueType mapping_table = structure(mapping_table_members);
inline constexpr ClassAttribute status_mapping_attributes[] = {
    {2, "status_word", &any, dynamic},
    {3, "mapping_table", &mapping_table, fixed},
};

// 67 Sensor manager
inline constexpr TypeMember processed_value_members[] = {
    {"class_id", &long_unsigned},
    {"logical_name", &obis_code},
    {"attribute_index", &integer},
};
inline constexpr ValueType processed_value = structure(processed_value_members);
inline constexpr TypeMember threshold_action_members[] = {
    {"action_up", &script_reference},
    {"action_down", &script_reference},
};
inline constexpr ValueType threshold_action = structure(threshold_action_members);
inline constexpr ValueType threshold_actions = array_of(threshold_action);
inline constexpr ClassAttribute sensor_manager_attributes[] = {
    {2, "serial_number", &text, fixed},
    {3, "metrological_identification", &text, fixed},
    {4, "output_type", &enum_, fixed},
    {5, "adjustment_method", &text, fixed},
    {6, "sealing_method", &enum_, fixed},
    {7, "raw_value", &any, dynamic, 8},
    {8, "scaler_unit", &scaler_unit, fixed},
    {9, "status", &any, dynamic},
    {10, "capture_time", &date_time, dynamic},
    {11, "raw_value_thresholds", &array_of_any, fixed},
    {12, "raw_value_actions", &threshold_actions, fixed},
    {13, "processed_value", &processed_value, fixed},
    {14, "processed_value_thresholds", &array_of_any, fixed},
    {15, "processed_value_actions", &threshold_actions, fixed},
};

inline constexpr InterfaceClass metering[] = {
    {1, 0, "Data", data_attributes},
    {3, 0, "Register", register_attributes, reset_only, 0x28},
    {4, 0, "Extended register", extended_register_attributes, reset_only, 0x38},
    {5, 0, "Demand register", demand_register_attributes, demand_register_methods, 0x48},
    {6, 0, "Register activation", register_activation_attributes, register_activation_methods,
     0x30},
    {7, 1, "Profile generic", profile_generic_attributes, reset_and_capture, 0x58},
    {26, 0, "Utility tables", utility_tables_attributes},
    {61, 0, "Register table", register_table_attributes, reset_and_capture, 0x28},
    {62, 0, "Compact data", compact_data_attributes_0, reset_and_capture},
    {62, 1, "Compact data", compact_data_attributes_1, reset_and_capture},
    {63, 0, "Status mapping", status_mapping_attributes},
    {66, 0, "Measurement data monitoring"},  // only its name is public
    {67, 0, "Sensor manager", sensor_manager_attributes, reset_only},
};

}  // namespace dlms::cosem::class_table
