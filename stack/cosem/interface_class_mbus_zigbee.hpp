#pragma once
// The class table's part for M-Bus and ZigBee. Blue Book 4.8 and 4.12.

#include "stack/cosem/interface_class_communication.hpp"

namespace dlms::cosem::class_table {

// 72 M-Bus client
inline constexpr TypeMember mbus_capture_members[] = {
    {"data_information_block", &octets},
    {"value_information_block", &octets},
};
inline constexpr ValueType mbus_capture = structure(mbus_capture_members);
inline constexpr ValueType mbus_captures = array_of(mbus_capture);
inline constexpr CodeName mbus_key_statuses[] = {
    {0, "no-encryption-key"},          {1, "encryption-key-set"},
    {2, "encryption-key-transferred"}, {3, "encryption-key-set-and-transferred"},
    {4, "encryption-key-in-use"},
};
inline constexpr ValueType mbus_key_status = enumeration(mbus_key_statuses);
inline constexpr ClassAttribute mbus_client_attributes_0[] = {
    {2, "mbus_port_reference", &obis_code, fixed},
    {3, "capture_definition", &mbus_captures, fixed},
    {4, "capture_period", &double_long_unsigned, fixed},
    {5, "primary_address", &unsigned_, fixed},
    {6, "identification_number", &double_long_unsigned, fixed},
    {7, "manufacturer_id", &long_unsigned, fixed},
    {8, "version", &unsigned_, fixed},
    {9, "device_type", &unsigned_, fixed},
    {10, "access_number", &unsigned_, dynamic},
    {11, "status", &unsigned_, dynamic},
    {12, "alarm", &unsigned_, dynamic},
};
inline constexpr ClassAttribute mbus_client_attributes_1[] = {
    {2, "mbus_port_reference", &obis_code, fixed},
    {3, "capture_definition", &mbus_captures, fixed},
    {4, "capture_period", &double_long_unsigned, fixed},
    {5, "primary_address", &unsigned_, fixed},
    {6, "identification_number", &double_long_unsigned, fixed},
    {7, "manufacturer_id", &long_unsigned, fixed},
    {8, "version", &unsigned_, fixed},
    {9, "device_type", &unsigned_, fixed},
    {10, "access_number", &unsigned_, dynamic},
    {11, "status", &unsigned_, dynamic},
    {12, "alarm", &unsigned_, dynamic},
    {13, "configuration", &long_unsigned, fixed},
    {14, "encryption_key_status", &mbus_key_status, dynamic},
};
inline constexpr TypeMember mbus_data_members[] = {
    {"data_information_block", &octets},
    {"value_information_block", &octets},
    {"data", &any},
};
inline constexpr ValueType mbus_data = structure(mbus_data_members);
inline constexpr ValueType mbus_datas = array_of(mbus_data);
inline constexpr ClassMethod mbus_client_methods[] = {
    {1, "slave_install", &unsigned_},
    {2, "slave_deinstall", &zero},
    {3, "capture", &zero},
    {4, "reset_alarm", &zero},
    {5, "synchronize_clock", &zero},
    {6, "data_send", &mbus_datas},
    {7, "set_encryption_key", &octets},
    {8, "transfer_key", &octets},
};

// 73 Wireless Mode Q channel
inline constexpr ClassAttribute wireless_mode_q_attributes[] = {
    {2, "addr_state", &address_state, fixed},
    {3, "device_address", &octets, fixed},
    {4, "address_mask", &octets, fixed},
};

// 74 M-Bus master port setup
inline constexpr ClassAttribute mbus_master_attributes[] = {{2, "comm_speed", &baud_rate, fixed}};

// 76 DLMS server M-Bus port setup
inline constexpr ClassAttribute mbus_port_attributes[] = {
    {2, "M-Bus_profile_selection", &octets, fixed},
    {3, "M-Bus_port_communication_state", &enum_, dynamic},
    {4, "M-Bus_Data_Header_Type", &enum_, fixed},
    {5, "primary_address", &unsigned_, fixed},
    {6, "identification_number", &double_long_unsigned, fixed},
    {7, "manufacturer_id", &long_unsigned, fixed},
    {8, "version", &unsigned_, fixed},
    {9, "device_type", &unsigned_, fixed},
    {10, "max_pdu_size", &long_unsigned, fixed},
    {11, "listening_window", &windows, fixed},
};

// 77 M-Bus diagnostic
inline constexpr ClassAttribute mbus_diagnostic_attributes[] = {
    {2, "received_signal_strength", &unsigned_, dynamic},
    {3, "channel_id", &unsigned_, dynamic},
    {4, "link_status", &enum_, dynamic},
    {5, "broadcast_frames_counter", &array_of_structures, dynamic},
    {6, "transmissions_counter", &double_long_unsigned, dynamic},
    {7, "FCS_OK_frames_counter", &double_long_unsigned, dynamic},
    {8, "FCS_NOK_frames_counter", &double_long_unsigned, dynamic},
    {9, "capture_time", &any_structure, dynamic},
};
inline constexpr ClassMethod mbus_diagnostic_methods[] = {{1, "reset", &zero}};

// 101 ZigBee SAS startup
inline constexpr ClassAttribute zigbee_startup_attributes[] = {
    {2, "short_address", &long_unsigned, fixed},
    {3, "extended_pan_id", &octets, fixed},
    {4, "pan_id", &long_unsigned, fixed},
    {5, "channel_mask", &double_long_unsigned, fixed},
    {6, "protocol_version", &unsigned_, fixed},
    {7, "stack_profile", &unsigned_, fixed},
    {8, "start_up_control", &unsigned_, fixed},
    {9, "trust_centre_address", &octets, fixed},
    {10, "link_key", &octets, fixed},
    {11, "network_key", &octets, fixed},
    {12, "use_insecure_join", &boolean, fixed},
};
// 102 ZigBee SAS join
inline constexpr ClassAttribute zigbee_join_attributes[] = {
    {2, "scan_attempts", &unsigned_, fixed},
    {3, "time_between_scans", &long_unsigned, fixed},
    {4, "rejoin_interval", &long_unsigned, fixed},
    {5, "rejoin_retry_interval", &long_unsigned, fixed},
};
// 103 ZigBee SAS APS fragmentation
inline constexpr ClassAttribute zigbee_fragmentation_attributes[] = {
    {2, "aps_interframe_delay", &long_unsigned, fixed},
    {3, "aps_max_window_size", &long_unsigned, fixed},
};
// 104 ZigBee network control
inline constexpr ClassAttribute zigbee_network_attributes[] = {
    {2, "enable_disable_joining", &boolean, fixed},
    {3, "join_timeout", &long_unsigned, fixed},
    {4, "active_devices", &array_of_structures, dynamic},
};
// 105 ZigBee tunnel setup
inline constexpr ClassAttribute zigbee_tunnel_attributes[] = {
    {2, "max_incoming_transfer_size", &long_unsigned, fixed},
    {3, "max_outgoing_transfer_size", &long_unsigned, fixed},
    {4, "protocol_address", &octets, fixed},
    {5, "close_tunnel_timeout", &long_unsigned, fixed},
};

inline constexpr InterfaceClass mbus_and_zigbee[] = {
    {72, 0, "M-Bus client", mbus_client_attributes_0, mbus_client_methods, 0x60},
    {72, 1, "M-Bus client", mbus_client_attributes_1, mbus_client_methods},
    {73, 1, "Wireless Mode Q channel", wireless_mode_q_attributes},
    {74, 0, "M-Bus master port setup", mbus_master_attributes},
    {76, 0, "DLMS server M-Bus port setup", mbus_port_attributes},
    {77, 0, "M-Bus diagnostic", mbus_diagnostic_attributes, mbus_diagnostic_methods},
    {101, 0, "ZigBee SAS startup", zigbee_startup_attributes},
    {102, 0, "ZigBee SAS join", zigbee_join_attributes},
    {103, 0, "ZigBee SAS APS fragmentation", zigbee_fragmentation_attributes},
    {104, 0, "ZigBee network control", zigbee_network_attributes},
    {105, 0, "ZigBee tunnel setup", zigbee_tunnel_attributes},
};

}  // namespace dlms::cosem::class_table
