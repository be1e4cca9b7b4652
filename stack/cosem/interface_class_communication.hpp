#pragma once
// The class table's part for local ports, modems, networks and M-Bus. Blue Book 4.7 to 4.9.

#include "stack/cosem/interface_class_types.hpp"

namespace dlms::cosem::class_table {

// 19 IEC local port setup
inline constexpr CodeName local_port_modes[] = {
    {0, "iec-62056-21"},
    {1, "hdlc"},
    {2, "not-specified"},
};
inline constexpr ValueType local_port_mode = enumeration(local_port_modes);
inline constexpr CodeName response_times[] = {{0, "20-ms"}, {1, "200-ms"}};
inline constexpr ValueType response_time = enumeration(response_times);
inline constexpr ClassAttribute local_port_attributes[] = {
    {2, "default_mode", &local_port_mode, fixed},
    {3, "default_baud", &baud_rate, fixed},
    {4, "prop_baud", &baud_rate, fixed},
    {5, "response_time", &response_time, fixed},
    {6, "device_addr", &text, fixed},
    {7, "pass_p1", &text, fixed},
    {8, "pass_p2", &text, fixed},
    {9, "pass_w5", &text, fixed},
};

// 23 IEC HDLC setup
inline constexpr ClassAttribute hdlc_setup_attributes_0[] = {
    {2, "comm_speed", &baud_rate, fixed},
    {3, "window_size_transmit", &unsigned_, fixed},
    {4, "window_size_receive", &unsigned_, fixed},
    {5, "max_info_field_length_transmit", &unsigned_, fixed},
    {6, "max_info_field_length_receive", &unsigned_, fixed},
    {7, "inter_octet_time_out", &long_unsigned, fixed},
    {8, "inactivity_time_out", &long_unsigned, fixed},
    {9, "device_address", &long_unsigned, fixed},
};
inline constexpr ClassAttribute hdlc_setup_attributes_1[] = {
    {2, "comm_speed", &baud_rate, fixed},
    {3, "window_size_transmit", &unsigned_, fixed},
    {4, "window_size_receive", &unsigned_, fixed},
    {5, "max_info_field_length_transmit", &long_unsigned, fixed},
    {6, "max_info_field_length_receive", &long_unsigned, fixed},
    {7, "inter_octet_time_out", &long_unsigned, fixed},
    {8, "inactivity_time_out", &long_unsigned, fixed},
    {9, "device_address", &long_unsigned, fixed},
};

// 24 IEC twisted pair (1) setup
inline constexpr ClassAttribute twisted_pair_attributes[] = {
    {2, "mode", &enum_, fixed},
    {3, "comm_speed", &enum_, fixed},
    {4, "primary_address_list", &array_of_unsigned, fixed},
    {5, "tabi_list", &array_of_integer, fixed},
};

// 25 M-Bus slave port setup
inline constexpr CodeName address_states[] = {{0, "not-assigned"}, {1, "assigned"}};
inline constexpr ValueType address_state = enumeration(address_states);
inline constexpr ClassAttribute mbus_slave_attributes[] = {
    {2, "default_baud", &baud_rate, fixed},
    {3, "avail_baud", &baud_rate, fixed},
    {4, "addr_state", &address_state, fixed},
    {5, "bus_address", &unsigned_, fixed},
};

// 27 Modem configuration
inline constexpr TypeMember initialization_members_0[] = {
    {"request", &text},
    {"response", &text},
};
inline constexpr ValueType initialization_0 = structure(initialization_members_0);
inline constexpr ValueType initializations_0 = array_of(initialization_0);
inline constexpr ClassAttribute modem_attributes_0[] = {
    {2, "comm_speed", &baud_rate, fixed},
    {3, "initialization_string", &initializations_0, fixed},
    {4, "modem_profile", &array_of_text, fixed},
};
inline constexpr TypeMember initialization_members_1[] = {
    {"request", &text},
    {"response", &text},
    {"delay_after_response", &long_unsigned},
};
inline constexpr ValueType initialization_1 = structure(initialization_members_1);
inline constexpr ValueType initializations_1 = array_of(initialization_1);
inline constexpr ClassAttribute modem_attributes_1[] = {
    {2, "comm_speed", &baud_rate, fixed},
    {3, "initialization_string", &initializations_1, fixed},
    {4, "modem_profile", &array_of_text, fixed},
};

// 28 Auto answer
inline constexpr CodeName answer_statuses[] = {{0, "inactive"}, {1, "active"}, {2, "locked"}};
inline constexpr ValueType answer_status = enumeration(answer_statuses);
inline constexpr TypeMember rings_members[] = {
    {"nr_rings_in_window", &unsigned_},
    {"nr_rings_out_of_window", &unsigned_},
};
inline constexpr ValueType rings = structure(rings_members);
inline constexpr ClassAttribute auto_answer_attributes_0[] = {
    {2, "mode", &enum_, fixed},
    {3, "listening_window", &windows, fixed},
    {4, "status", &answer_status, dynamic},
    {5, "number_of_calls", &unsigned_, fixed},
    {6, "number_of_rings", &rings, fixed},
};
inline constexpr TypeMember caller_members[] = {{"caller_id", &text}, {"call_type", &enum_}};
inline constexpr ValueType caller = structure(caller_members);
inline constexpr ValueType callers = array_of(caller);
inline constexpr ClassAttribute auto_answer_attributes_2[] = {
    {2, "mode", &enum_, fixed},
    {3, "listening_window", &windows, fixed},
    {4, "status", &answer_status, dynamic},
    {5, "number_of_calls", &unsigned_, fixed},
    {6, "number_of_rings", &rings, fixed},
    {7, "list_of_allowed_callers", &callers, fixed},
};

// 29 Auto connect
inline constexpr CodeName connect_modes[] = {
    {0, "off"},
    {1, "anytime"},
    {2, "within-window"},
    {3, "regular-in-window"},
    {4, "sms-plmn"},
    {5, "sms-pstn"},
    {6, "e-mail"},
    {101, "permanent"},
    {102, "permanent-in-window"},
    {103, "invoked"},
    {104, "invoked-variant"},
};
inline constexpr ValueType connect_mode = enumeration(connect_modes);
inline constexpr ClassAttribute auto_connect_attributes[] = {
    {2, "mode", &connect_mode, fixed},
    {3, "repetitions", &unsigned_, fixed},
    {4, "repetition_delay", &long_unsigned, fixed},
    {5, "calling_window", &windows, fixed},
    {6, "destination_list", &array_of_text, fixed},
};
inline constexpr ClassMethod auto_connect_methods[] = {{1, "connect", &zero}};

// 41 TCP-UDP setup
inline constexpr ClassAttribute tcp_udp_attributes[] = {
    {2, "TCP_UDP_port", &long_unsigned, fixed},
    {3, "IP_reference", &obis_code, fixed},
    {4, "MSS", &long_unsigned, fixed},
    {5, "nb_of_sim_conn", &unsigned_, fixed},
    {6, "inactivity_time_out", &long_unsigned, fixed},
};

// 42 IPv4 setup
inline constexpr ValueType ipv4_addresses = array_of(ipv4_address);
inline constexpr TypeMember ip_option_members[] = {
    {"IP_option_type", &unsigned_},
    {"IP_option_length", &unsigned_},
    {"IP_option_data", &octets},
};
inline constexpr ValueType ip_option = structure(ip_option_members);
inline constexpr ValueType ip_options = array_of(ip_option);
inline constexpr ClassAttribute ipv4_attributes[] = {
    {2, "DL_reference", &obis_code, fixed},
    {3, "IP_address", &ipv4_address, fixed},
    {4, "multicast_IP_address", &ipv4_addresses, fixed},
    {5, "IP_options", &ip_options, fixed},
    {6, "subnet_mask", &ipv4_address, fixed},
    {7, "gateway_IP_address", &ipv4_address, fixed},
    {8, "use_DHCP_flag", &boolean, fixed},
    {9, "primary_DNS_address", &ipv4_address, fixed},
    {10, "secondary_DNS_address", &ipv4_address, fixed},
};
inline constexpr ClassMethod ipv4_methods[] = {
    {1, "add_mc_IP_address", &ipv4_address},
    {2, "delete_mc_IP_address", &ipv4_address},
    {3, "get_nbof_mc_IP_addresses", &zero},
};

// 43 MAC address setup
inline constexpr ClassAttribute mac_address_attributes[] = {{2, "MAC_address", &octets, fixed}};

// 44 PPP setup
inline constexpr TypeMember lcp_option_members[] = {
    {"LCP_option_type", &unsigned_},
    {"LCP_option_length", &unsigned_},
    {"LCP_option_data", &any},
};
inline constexpr ValueType lcp_option = structure(lcp_option_members);
inline constexpr ValueType lcp_options = array_of(lcp_option);
inline constexpr TypeMember ipcp_option_members[] = {
    {"IPCP_option_type", &unsigned_},
    {"IPCP_option_length", &unsigned_},
    {"IPCP_option_data", &any},
};
inline constexpr ValueType ipcp_option = structure(ipcp_option_members);
inline constexpr ValueType ipcp_options = array_of(ipcp_option);
inline constexpr TypeMember pap_login_members[] = {{"user_name", &text}, {"PAP_password", &text}};
inline constexpr ValueType pap_login = structure(pap_login_members);
inline constexpr TypeMember chap_algorithm_members[] = {
    {"user_name", &text},
    {"algorithm_id", &unsigned_},
};
inline constexpr ValueType chap_algorithm = structure(chap_algorithm_members);
inline constexpr TypeMember ppp_authentications[] = {
    {"", &null_data},
    {"", &pap_login},
    {"", &chap_algorithm},
};
inline constexpr ValueType ppp_authentication = choice(ppp_authentications);
inline constexpr ClassAttribute ppp_attributes[] = {
    {2, "PHY_reference", &obis_code, fixed},
    {3, "LCP_options", &lcp_options, fixed},
    {4, "IPCP_options", &ipcp_options, fixed},
    {5, "PPP_authentication", &ppp_authentication, fixed},
};

// 45 GPRS modem setup
inline constexpr TypeMember quality_of_service_members[] = {
    {"precedence", &unsigned_},      {"delay", &unsigned_},           {"reliability", &unsigned_},
    {"peak_throughput", &unsigned_}, {"mean_throughput", &unsigned_},
};
inline constexpr ValueType quality_of_service = structure(quality_of_service_members);
inline constexpr TypeMember qualities_members[] = {
    {"default", &quality_of_service},
    {"requested", &quality_of_service},
};
inline constexpr ValueType qualities = structure(qualities_members);
inline constexpr ClassAttribute gprs_attributes[] = {
    {2, "APN", &text, fixed},
    {3, "PIN_code", &long_unsigned, fixed},
    {4, "quality_of_service", &qualities, fixed},
};

// 46 SMTP setup
inline constexpr ClassAttribute smtp_attributes[] = {
    {2, "server_port", &long_unsigned, fixed}, {3, "user_name", &text, fixed},
    {4, "login_password", &text, fixed},       {5, "server_address", &text, fixed},
    {6, "sender_address", &text, fixed},
};

// 47 GSM diagnostic
inline constexpr CodeName gsm_statuses[] = {
    {0, "not-registered"}, {1, "registered-home-network"},
    {2, "searching"},      {3, "registration-denied"},
    {4, "unknown"},        {5, "registered-roaming"},
};
inline constexpr ValueType gsm_status = enumeration(gsm_statuses);
inline constexpr CodeName cs_attachments[] = {{0, "inactive"}, {1, "incoming-call"}, {2, "active"}};
inline constexpr ValueType cs_attachment = enumeration(cs_attachments);
inline constexpr CodeName ps_statuses[] = {
    {0, "inactive"}, {1, "gprs"}, {2, "edge"}, {3, "umts"}, {4, "hsdpa"}, {5, "lte"}, {6, "cdma"},
};
inline constexpr ValueType ps_status = enumeration(ps_statuses);
inline constexpr TypeMember cell_members_0[] = {
    {"cell_ID", &long_unsigned},
    {"location_ID", &long_unsigned},
    {"signal_quality", &unsigned_},
    {"ber", &unsigned_},
};
inline constexpr ValueType cell_0 = structure(cell_members_0);
inline constexpr TypeMember neighbour_cell_members_0[] = {
    {"cell_ID", &long_unsigned},
    {"signal_quality", &unsigned_},
};
inline constexpr ValueType neighbour_cell_0 = structure(neighbour_cell_members_0);
inline constexpr ValueType neighbour_cells_0 = array_of(neighbour_cell_0);
inline constexpr ClassAttribute gsm_attributes_0[] = {
    {2, "operator", &visible_string, dynamic},
    {3, "status", &gsm_status, dynamic},
    {4, "cs_attachment", &cs_attachment, dynamic},
    {5, "ps_status", &ps_status, dynamic},
    {6, "cell_info", &cell_0, dynamic},
    {7, "adjacent_cells", &neighbour_cells_0, dynamic},
    {8, "capture_time", &tagged_date_time, dynamic},
};
inline constexpr TypeMember cell_members_1[] = {
    {"cell_ID", &double_long_unsigned},
    {"location_ID", &long_unsigned},
    {"signal_quality", &unsigned_},
    {"ber", &unsigned_},
    {"mcc", &long_unsigned},
    {"mnc", &long_unsigned},
    {"channel_number", &double_long_unsigned},
};
inline constexpr ValueType cell_1 = structure(cell_members_1);
inline constexpr TypeMember neighbour_cell_members_1[] = {
    {"cell_ID", &double_long_unsigned},
    {"signal_quality", &unsigned_},
};
inline constexpr ValueType neighbour_cell_1 = structure(neighbour_cell_members_1);
inline constexpr ValueType neighbour_cells_1 = array_of(neighbour_cell_1);
inline constexpr ClassAttribute gsm_attributes_1[] = {
    {2, "operator", &visible_string, dynamic},
    {3, "status", &gsm_status, dynamic},
    {4, "cs_attachment", &cs_attachment, dynamic},
    {5, "ps_status", &ps_status, dynamic},
    {6, "cell_info", &cell_1, dynamic},
    {7, "adjacent_cells", &neighbour_cells_1, dynamic},
    {8, "capture_time", &tagged_date_time, dynamic},
};

// 48 IPv6 setup
inline constexpr CodeName ipv6_modes[] = {
    {0, "auto-configuration"},
    {1, "dhcpv6"},
    {2, "manual"},
    {3, "neighbour-discovery"},
};
inline constexpr ValueType ipv6_mode = enumeration(ipv6_modes);
inline constexpr ValueType ipv6_addresses = array_of(ipv6_address);
inline constexpr TypeMember neighbor_discovery_members[] = {
    {"RS_max_retry", &unsigned_},
    {"RS_retry_wait_time", &long_unsigned},
    {"RA_send_period", &double_long_unsigned},
};
inline constexpr ValueType neighbor_discovery = structure(neighbor_discovery_members);
inline constexpr ValueType neighbor_discoveries = array_of(neighbor_discovery);
inline constexpr ClassAttribute ipv6_attributes[] = {
    {2, "DL_reference", &obis_code, fixed},
    {3, "address_config_mode", &ipv6_mode, fixed},
    {4, "unicast_IPv6_addresses", &ipv6_addresses, fixed},
    {5, "multicast_IPv6_addresses", &ipv6_addresses, fixed},
    {6, "gateway_IPv6_addresses", &ipv6_addresses, fixed},
    {7, "primary_DNS_address", &ipv6_address, fixed},
    {8, "secondary_DNS_address", &ipv6_address, fixed},
    {9, "traffic_class", &unsigned_, fixed},
    {10, "neighbor_discovery_setup", &neighbor_discoveries, fixed},
};
inline constexpr CodeName ipv6_address_types[] = {
    {0, "unicast"},
    {1, "multicast"},
    {2, "gateway"},
};
inline constexpr ValueType ipv6_address_type = enumeration(ipv6_address_types);
inline constexpr TypeMember typed_ipv6_members[] = {
    {"IPv6_address_type", &ipv6_address_type},
    {"IPv6_address", &ipv6_address},
};
inline constexpr ValueType typed_ipv6 = structure(typed_ipv6_members);
inline constexpr ClassMethod ipv6_methods[] = {
    {1, "add_IPv6_address", &typed_ipv6},
    {2, "remove_IPv6_address", &typed_ipv6},
};

// 100 NTP setup
inline constexpr TypeMember ntp_key_members[] = {
    {"key_id", &double_long_unsigned},
    {"key", &octets},
};
inline constexpr ValueType ntp_key = structure(ntp_key_members);
inline constexpr ValueType ntp_keys = array_of(ntp_key);
inline constexpr ClassAttribute ntp_attributes[] = {
    {2, "activated", &boolean, fixed},
    {3, "server_address", &text, fixed},
    {4, "server_port", &long_unsigned, fixed},
    {5, "authentication_method", &enum_, fixed},
    {6, "authentication_keys", &ntp_keys, fixed},
    {7, "client_key", &octets, fixed},
};
inline constexpr ClassMethod ntp_methods[] = {
    {1, "synchronize", &zero},
    {2, "add_authentication_key", &ntp_key},
    {3, "delete_authentication_key", &double_long_unsigned},
};

// 151 LTE monitoring
inline constexpr ClassAttribute lte_attributes[] = {
    {2, "network_parameters", &any_structure, dynamic},
    {3, "quality_of_service", &any_structure, dynamic},
};

// 153 CoAP diagnostic
inline constexpr ClassMethod coap_diagnostic_methods[] = {{1, "reset", &zero}};

inline constexpr InterfaceClass communication[] = {
    {19, 0, "IEC local port setup", local_port_attributes},
    {19, 1, "IEC local port setup", local_port_attributes},
    {23, 0, "IEC HDLC setup", hdlc_setup_attributes_0},
    {23, 1, "IEC HDLC setup", hdlc_setup_attributes_1},
    {24, 0, "IEC twisted pair (1) setup", twisted_pair_attributes},
    {24, 1, "IEC twisted pair (1) setup", twisted_pair_attributes},
    {25, 0, "M-Bus slave port setup", mbus_slave_attributes},
    {27, 0, "Modem configuration", modem_attributes_0},
    {27, 1, "Modem configuration", modem_attributes_1},
    {28, 0, "Auto answer", auto_answer_attributes_0},
    {28, 2, "Auto answer", auto_answer_attributes_2},
    {29, 0, "Auto connect", auto_connect_attributes, auto_connect_methods},
    {29, 1, "Auto connect", auto_connect_attributes, auto_connect_methods},
    {29, 2, "Auto connect", auto_connect_attributes, auto_connect_methods},
    {41, 0, "TCP-UDP setup", tcp_udp_attributes},
    {42, 0, "IPv4 setup", ipv4_attributes, ipv4_methods, 0x60},
    {43, 0, "MAC address setup", mac_address_attributes},
    {44, 0, "PPP setup", ppp_attributes},
    {45, 0, "GPRS modem setup", gprs_attributes},
    {46, 0, "SMTP setup", smtp_attributes},
    {47, 0, "GSM diagnostic", gsm_attributes_0},
    {47, 1, "GSM diagnostic", gsm_attributes_1},
    {47, 2, "GSM diagnostic", gsm_attributes_1},
    {48, 0, "IPv6 setup", ipv6_attributes, ipv6_methods},
    {100, 0, "NTP setup", ntp_attributes, ntp_methods},
    {151, 0, "LTE monitoring", lte_attributes},
    {151, 1, "LTE monitoring", lte_attributes},
    {152, 0, "CoAP setup"},
    {153, 0, "CoAP diagnostic", {}, coap_diagnostic_methods},
};

}  // namespace dlms::cosem::class_table
