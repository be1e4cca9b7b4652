#pragma once
// The class table's part for power line and other neighbourhood networks. Blue Book 4.10, 4.11,
// 4.13 and later ones; of the last only the names are public.

#include "stack/cosem/interface_class_types.hpp"

namespace dlms::cosem::class_table {

inline constexpr ClassMethod reset_counters[] = {{1, "reset", &zero}};

// 50 S-FSK Phy&MAC set-up
inline constexpr TypeMember frequencies_members[] = {
    {"mark_frequency", &double_long_unsigned},
    {"space_frequency", &double_long_unsigned},
};
inline constexpr ValueType frequencies = structure(frequencies_members);
inline constexpr ClassAttribute sfsk_mac_setup_attributes[] = {
    {2, "initiator_electrical_phase", &enum_, fixed},
    {3, "delta_electrical_phase", &enum_, dynamic},
    {4, "max_receiving_gain", &unsigned_, fixed},
    {5, "max_transmitting_gain", &unsigned_, fixed},
    {6, "search_initiator_threshold", &unsigned_, fixed},
    {7, "frequencies", &frequencies, fixed},
    {8, "mac_address", &long_unsigned, dynamic},
    {9, "mac_group_addresses", &array_of_long_unsigned, fixed},
    {10, "repeater", &enum_, fixed},
    {11, "repeater_status", &boolean, dynamic},
    {12, "min_delta_credit", &unsigned_, dynamic},
    {13, "initiator_mac_address", &long_unsigned, dynamic},
    {14, "synchronization_locked", &boolean, dynamic},
    {15, "transmission_speed", &enum_, fixed},
};

// 51 S-FSK active initiator
inline constexpr TypeMember active_initiator_members[] = {
    {"system_title", &octets},
    {"MAC_address", &long_unsigned},
    {"L_SAP_selector", &unsigned_},
};
inline constexpr ValueType active_initiator = structure(active_initiator_members);
inline constexpr ClassAttribute sfsk_initiator_attributes[] = {
    {2, "active_initiator", &active_initiator, dynamic},
};
inline constexpr ClassMethod sfsk_initiator_methods[] = {
    {1, "reset_NEW_not_synchronized", &long_unsigned},
};

// 52 S-FSK MAC synchronization timeouts
inline constexpr ClassAttribute sfsk_timeouts_attributes[] = {
    {2, "search_initiator_timeout", &long_unsigned, fixed},
    {3, "synchronization_confirmation_timeout", &long_unsigned, fixed},
    {4, "time_out_not_addressed", &long_unsigned, fixed},
    {5, "time_out_frame_not_OK", &long_unsigned, fixed},
};

// 53 S-FSK MAC counters
inline constexpr TypeMember synchronization_members[] = {
    {"mac_address", &long_unsigned},
    {"synchronizations_counter", &double_long_unsigned},
};
inline constexpr ValueType synchronization = structure(synchronization_members);
inline constexpr ValueType synchronizations = array_of(synchronization);
inline constexpr TypeMember desynchronization_members[] = {
    {"nb_physical_layer_desynchronization", &double_long_unsigned},
    {"nb_time_out_not_addressed_desynchronization", &double_long_unsigned},
    {"nb_time_out_frame_not_OK_desynchronization", &double_long_unsigned},
    {"nb_write_request_desynchronization", &double_long_unsigned},
    {"nb_wrong_initiator_desynchronization", &double_long_unsigned},
};
inline constexpr ValueType desynchronization = structure(desynchronization_members);
inline constexpr TypeMember broadcast_frames_members[] = {
    {"mac_address", &long_unsigned},
    {"broadcast_frames", &double_long_unsigned},
};
inline constexpr ValueType broadcast_frames = structure(broadcast_frames_members);
inline constexpr ValueType broadcast_frames_counter = array_of(broadcast_frames);
inline constexpr ClassAttribute sfsk_counters_attributes[] = {
    {2, "synchronization_register", &synchronizations, dynamic},
    {3, "desynchronization_listing", &desynchronization, dynamic},
    {4, "broadcast_frames_counter", &broadcast_frames_counter, dynamic},
    {5, "repetitions_counter", &double_long_unsigned, dynamic},
    {6, "transmissions_counter", &double_long_unsigned, dynamic},
    {7, "CRC_OK_frames_counter", &double_long_unsigned, dynamic},
    {8, "CRC_NOK_frames_counter", &double_long_unsigned, dynamic},
};

// 55 IEC 61334-4-32 LLC setup
inline constexpr TypeMember reply_status_members[] = {
    {"L_SAP_selector", &unsigned_},
    {"length_of_waiting_L_SDU", &unsigned_},
};
inline constexpr ValueType reply_status = structure(reply_status_members);
inline constexpr ValueType reply_statuses = array_of(reply_status);
inline constexpr ClassAttribute llc_setup_attributes[] = {
    {2, "max_frame_length", &unsigned_, fixed},
    {3, "reply_status_list", &reply_statuses, dynamic},
};

// 56 S-FSK reporting system list
inline constexpr ClassAttribute reporting_system_attributes[] = {
    {2, "reporting_system_list", &array_of_octets, dynamic},
};

// 57 to 59 ISO/IEC 8802-2 LLC
inline constexpr ClassAttribute llc_type_1_attributes[] = {
    {2, "max_octets_ui_pdu", &long_unsigned, fixed},
};
inline constexpr ClassAttribute llc_type_2_attributes[] = {
    {2, "transmit_window_size_k", &unsigned_, fixed},
    {3, "receive_window_size_rw", &unsigned_, fixed},
    {4, "max_octets_i_pdu_n1", &long_unsigned, fixed},
    {5, "max_nb_transmissions_n2", &unsigned_, fixed},
    {6, "acknowledgement_timer", &long_unsigned, fixed},
    {7, "p_bit_timer", &long_unsigned, fixed},
    {8, "reject_timer", &long_unsigned, fixed},
    {9, "busy_state_timer", &long_unsigned, fixed},
};
inline constexpr ClassAttribute llc_type_3_attributes[] = {
    {2, "max_octets_acn_pdu", &long_unsigned, fixed},
    {3, "max_nb_transmissions_n4", &unsigned_, fixed},
    {4, "acknowledgement_time_t1", &long_unsigned, fixed},
    {5, "receive_lifetime_t2", &long_unsigned, fixed},
    {6, "transmit_lifetime_t3", &long_unsigned, fixed},
};

// 80 61334-4-32 LLC SSCS setup, 81 to 86 PRIME NB OFDM PLC
inline constexpr ClassAttribute prime_llc_attributes[] = {
    {2, "service_node_address", &long_unsigned, dynamic},
    {3, "base_node_address", &long_unsigned, dynamic},
};
inline constexpr ClassAttribute prime_phy_counters_attributes[] = {
    {2, "phy_stats_crc_incorrect_count", &long_unsigned, dynamic},
    {3, "phy_stats_crc_fail_count", &long_unsigned, dynamic},
    {4, "phy_stats_tx_drop_count", &long_unsigned, dynamic},
    {5, "phy_stats_rx_drop_count", &long_unsigned, dynamic},
};
inline constexpr ClassAttribute prime_mac_setup_attributes[] = {
    {2, "mac_min_switch_search_time", &unsigned_, fixed},
    {3, "mac_max_promotion_pdu", &unsigned_, fixed},
    {4, "mac_promotion_pdu_tx_period", &unsigned_, fixed},
    {5, "mac_beacons_per_frame", &unsigned_, fixed},
    {6, "mac_scp_max_tx_attempts", &unsigned_, fixed},
    {7, "mac_ctl_re_tx_timer", &unsigned_, fixed},
    {8, "mac_max_ctl_re_tx", &unsigned_, fixed},
};
inline constexpr ClassAttribute prime_mac_parameters_attributes[] = {
    {2, "mac_LNID", &long_, dynamic},
    {3, "mac_LSID", &unsigned_, dynamic},
    {4, "mac_SID", &unsigned_, dynamic},
    {5, "mac_SNA", &octets, dynamic},
    {6, "mac_state", &enum_, dynamic},
    {7, "mac_scp_length", &long_, dynamic},
    {8, "mac_node_hierarchy_level", &unsigned_, dynamic},
    {9, "mac_beacon_slot_count", &unsigned_, dynamic},
    {10, "mac_beacon_rx_slot", &unsigned_, dynamic},
    {11, "mac_beacon_tx_slot", &unsigned_, dynamic},
    {12, "mac_beacon_rx_frequency", &unsigned_, dynamic},
    {13, "mac_beacon_tx_frequency", &unsigned_, dynamic},
    {14, "mac_capabilities", &long_unsigned, dynamic},
};
inline constexpr ClassAttribute prime_mac_counters_attributes[] = {
    {2, "mac_tx_data_pkt_count", &double_long_unsigned, dynamic},
    {3, "mac_rx_data_pkt_count", &double_long_unsigned, dynamic},
    {4, "mac_tx_ctrl_pkt_count", &double_long_unsigned, dynamic},
    {5, "mac_rx_ctrl_pkt_count", &double_long_unsigned, dynamic},
    {6, "mac_csma_fail_count", &double_long_unsigned, dynamic},
    {7, "mac_csma_ch_busy_count", &double_long_unsigned, dynamic},
};
inline constexpr ClassAttribute prime_network_attributes[] = {
    {2, "mac_list_multicast_entries", &array_of_structures, dynamic},
    {3, "mac_list_switch_table", &array_of_long, dynamic},
    {4, "mac_list_direct_table", &array_of_structures, dynamic},
    {5, "mac_list_available_switches", &array_of_structures, dynamic},
    {6, "mac_list_phy_comm", &array_of_structures, dynamic},
};
inline constexpr ClassAttribute prime_application_attributes[] = {
    {2, "firmware_version", &text, fixed},
    {3, "vendor_id", &long_unsigned, fixed},
    {4, "product_id", &long_unsigned, fixed},
};

// 90 G3-PLC MAC layer counters
inline constexpr ClassAttribute g3_counters_attributes[] = {
    {2, "mac_Tx_data_packet_count", &double_long_unsigned, dynamic},
    {3, "mac_Rx_data_packet_count", &double_long_unsigned, dynamic},
    {4, "mac_Tx_cmd_packet_count", &double_long_unsigned, dynamic},
    {5, "mac_Rx_cmd_packet_count", &double_long_unsigned, dynamic},
    {6, "mac_CSMA_fail_count", &double_long_unsigned, dynamic},
    {7, "mac_CSMA_no_ACK_count", &double_long_unsigned, dynamic},
    {8, "mac_bad_CRC_count", &double_long_unsigned, dynamic},
    {9, "mac_Tx_data_broadcast_count", &double_long_unsigned, dynamic},
    {10, "mac_Rx_data_broadcast_count", &double_long_unsigned, dynamic},
};

// 91 G3-PLC MAC setup; the same for all versions as far as they are public
inline constexpr ClassAttribute g3_mac_setup_attributes[] = {
    {2, "mac_short_address", &long_unsigned, dynamic},
    {3, "mac_RC_coord", &long_unsigned, dynamic},
    {4, "mac_PAN_id", &long_unsigned, dynamic},
    {5, "mac_key_table", &array_of_structures, dynamic},
    {6, "mac_frame_counter", &double_long_unsigned, dynamic},
    {7, "mac_tone_mask", &bit_string, fixed},
    {8, "mac_TMR_TTL", &unsigned_, fixed},
    {9, "mac_max_frame_retries", &unsigned_, fixed},
    {10, "mac_neighbour_table_entry_TTL", &unsigned_, fixed},
    {11, "mac_neighbour_table", &array_of_structures, dynamic},
};
inline constexpr ClassMethod g3_mac_setup_methods[] = {
    {1, "mac_get_neighbour_table_entry", &long_unsigned},
};
inline constexpr ClassMethod g3_mac_setup_methods_2[] = {
    {1, "mac_get_neighbour_table_entry", &long_unsigned},
    {2, "mac_get_POS_table_entry", &long_unsigned},
};

// 92 G3-PLC 6LoWPAN adaptation layer setup
inline constexpr ClassAttribute g3_adaptation_attributes[] = {
    {2, "adp_max_hops", &unsigned_, fixed},
    {3, "adp_weak_LQI_value", &unsigned_, fixed},
    {4, "adp_security_level", &unsigned_, fixed},
    {5, "adp_prefix_table", &array_of_any, dynamic},
    {6, "adp_routing_configuration", &array_of_structures, fixed},
    {7, "adp_broadcast_log_table_entry_TTL", &long_unsigned, fixed},
    {8, "adp_routing_table", &array_of_structures, dynamic},
    {9, "adp_context_information_table", &array_of_structures, dynamic},
    {10, "adp_blacklist_table", &array_of_structures, dynamic},
    {11, "adp_broadcast_log_table", &array_of_structures, dynamic},
    {12, "adp_group_table", &array_of_long_unsigned, dynamic},
    {13, "adp_max_join_wait_time", &long_unsigned, fixed},
    {14, "adp_path_discovery_time", &unsigned_, fixed},
    {15, "adp_active_key_index", &unsigned_, fixed},
    {16, "adp_metric_type", &unsigned_, fixed},
    {17, "adp_coord_short_address", &long_unsigned, fixed},
    {18, "adp_disable_default_routing", &boolean, fixed},
    {19, "adp_device_type", &enum_, fixed},
};

inline constexpr InterfaceClass power_line[] = {
    {50, 0, "S-FSK Phy&MAC set-up", sfsk_mac_setup_attributes},
    {50, 1, "S-FSK Phy&MAC set-up", sfsk_mac_setup_attributes},
    {51, 0, "S-FSK active initiator", sfsk_initiator_attributes, sfsk_initiator_methods},
    {52, 0, "S-FSK MAC synchronization timeouts", sfsk_timeouts_attributes},
    {53, 0, "S-FSK MAC counters", sfsk_counters_attributes, reset_counters},
    {55, 0, "IEC 61334-4-32 LLC setup", llc_setup_attributes},
    {55, 1, "IEC 61334-4-32 LLC setup", llc_setup_attributes},
    {56, 0, "S-FSK reporting system list", reporting_system_attributes},
    {57, 0, "ISO/IEC 8802-2 LLC type 1 setup", llc_type_1_attributes},
    {58, 0, "ISO/IEC 8802-2 LLC type 2 setup", llc_type_2_attributes},
    {59, 0, "ISO/IEC 8802-2 LLC type 3 setup", llc_type_3_attributes},
    {80, 0, "61334-4-32 LLC SSCS setup", prime_llc_attributes, reset_counters},
    {81, 0, "PRIME NB OFDM PLC physical layer counters", prime_phy_counters_attributes,
     reset_counters},
    {82, 0, "PRIME NB OFDM PLC MAC setup", prime_mac_setup_attributes},
    {83, 0, "PRIME NB OFDM PLC MAC functional parameters", prime_mac_parameters_attributes},
    {84, 0, "PRIME NB OFDM PLC MAC counters", prime_mac_counters_attributes, reset_counters},
    {85, 0, "PRIME NB OFDM PLC MAC network administration data", prime_network_attributes,
     reset_counters},
    {86, 0, "PRIME NB OFDM PLC application identification", prime_application_attributes},
    {90, 1, "G3-PLC MAC layer counters", g3_counters_attributes, reset_counters},
    {91, 1, "G3-PLC MAC setup", g3_mac_setup_attributes, g3_mac_setup_methods},
    {91, 2, "G3-PLC MAC setup", g3_mac_setup_attributes, g3_mac_setup_methods_2},
    {91, 3, "G3-PLC MAC setup", g3_mac_setup_attributes, g3_mac_setup_methods_2},
    {92, 1, "G3-PLC 6LoWPAN adaptation layer setup", g3_adaptation_attributes},
    {92, 2, "G3-PLC 6LoWPAN adaptation layer setup", g3_adaptation_attributes},
    {92, 3, "G3-PLC 6LoWPAN adaptation layer setup", g3_adaptation_attributes},
};

}  // namespace dlms::cosem::class_table
