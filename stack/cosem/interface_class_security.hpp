#pragma once
// The class table's part for security, protected data, push, and functions. Blue Book 4.4.

#include "stack/cosem/interface_class_types.hpp"

namespace dlms::cosem::class_table {

// 30 COSEM data protection
inline constexpr TypeMember protection_buffer_request_members[] = {
    {"object_list", &capture_objects},
    {"protection_parameters", &protection_parameters},
};
inline constexpr ValueType protection_buffer_request = structure(protection_buffer_request_members);
inline constexpr ClassAttribute data_protection_attributes[] = {
    {2, "protection_buffer", &octets, dynamic},
    {3, "protection_object_list", &capture_objects, fixed},
    {4, "protection_parameters_get", &protection_parameters, fixed},
    {5, "protection_parameters_set", &protection_parameters, fixed},
    {6, "required_protection", &enum_, fixed},
};
inline constexpr ClassMethod data_protection_methods[] = {
    {1, "get_protected_attributes", &protection_buffer_request},
    {2, "set_protected_attributes", &any_structure},
    {3, "invoke_protected_method", &any_structure},
};

// 40 Push setup
inline constexpr CodeName transport_services[] = {
    {0, "tcp"},
    {1, "udp"},
    {2, "ftp"},
    {3, "smtp"},
    {4, "sms"},
    {5, "hdlc"},
    {6, "m-bus"},
    {7, "zigbee"},
    {8, "dlms-gateway"},
    {9, "coap-reliable"},
    {10, "coap-unreliable"},
};
inline constexpr ValueType transport_service = enumeration(transport_services);
inline constexpr CodeName message_types[] = {{0, "a-xdr-apdu"}, {1, "xml-apdu"}};
inline constexpr ValueType message_type = enumeration(message_types);
inline constexpr TypeMember destination_members[] = {
    {"transport_service", &transport_service},
    {"destination", &text},
    {"message", &message_type},
};
inline constexpr ValueType destination = structure(destination_members);
inline constexpr TypeMember repetition_delay_members[] = {
    {"repetition_delay_min", &long_unsigned},
    {"repetition_delay_exponent", &long_unsigned},
    {"repetition_delay_max", &long_unsigned},
};
inline constexpr ValueType repetition_delay = structure(repetition_delay_members);
inline constexpr CodeName push_operation_methods[] = {
    {0, "unconfirmed-retry-on-lower-layer-failure"},
    {1, "unconfirmed-retry-on-missing-confirmation"},
    {2, "confirmed"},
};
inline constexpr ValueType push_operation_method = enumeration(push_operation_methods);
inline constexpr TypeMember confirmation_members[] = {
    {"confirmation_start_date", &date_time},
    {"confirmation_interval", &double_long_unsigned},
};
inline constexpr ValueType confirmation = structure(confirmation_members);
inline constexpr ClassAttribute push_setup_attributes_0[] = {
    {2, "push_object_list", &capture_objects, fixed},
    {3, "send_destination_and_method", &destination, fixed},
    {4, "communication_window", &windows, fixed},
    {5, "randomisation_start_interval", &long_unsigned, fixed},
    {6, "number_of_retries", &unsigned_, fixed},
    {7, "repetition_delay", &long_unsigned, fixed},
};
inline constexpr ClassAttribute push_setup_attributes_1[] = {
    {2, "push_object_list", &restricted_objects, fixed},
    {3, "send_destination_and_method", &destination, fixed},
    {4, "communication_window", &windows, fixed},
    {5, "randomisation_start_interval", &long_unsigned, fixed},
    {6, "number_of_retries", &unsigned_, fixed},
    {7, "repetition_delay", &long_unsigned, fixed},
    {8, "port_reference", &obis_code, fixed},
    {9, "push_client_SAP", &integer, fixed},
    {10, "push_protection_parameters", &protection_parameters, fixed},
};
inline constexpr ClassAttribute push_setup_attributes_2[] = {
    {2, "push_object_list", &column_objects, fixed},
    {3, "send_destination_and_method", &destination, fixed},
    {4, "communication_window", &windows, fixed},
    {5, "randomisation_start_interval", &long_unsigned, fixed},
    {6, "number_of_retries", &unsigned_, fixed},
    {7, "repetition_delay", &repetition_delay, fixed},
    {8, "port_reference", &obis_code, fixed},
    {9, "push_client_SAP", &integer, fixed},
    {10, "push_protection_parameters", &protection_parameters, fixed},
    {11, "push_operation_method", &push_operation_method, fixed},
    {12, "confirmation_parameters", &confirmation, fixed},
    {13, "last_confirmation_date_time", &tagged_date_time, dynamic},
};
inline constexpr ClassMethod push_setup_methods[] = {{1, "push", &zero}};
inline constexpr ClassMethod push_setup_methods_2[] = {{1, "push", &zero}, {2, "reset", &zero}};

// 64 Security setup
inline constexpr CodeName security_policies_0[] = {
    {0, "none"},
    {1, "authenticated"},
    {2, "encrypted"},
    {3, "authenticated-and-encrypted"},
};
inline constexpr ValueType security_policy_0 = enumeration(security_policies_0);
inline constexpr CodeName security_suites[] = {{0, "suite-0"}, {1, "suite-1"}, {2, "suite-2"}};
inline constexpr ValueType security_suite = enumeration(security_suites);
inline constexpr ClassAttribute security_setup_attributes_0[] = {
    {2, "security_policy", &security_policy_0, fixed},
    {3, "security_suite", &security_suite, fixed},
    {4, "client_system_title", &octets, dynamic},
    {5, "server_system_title", &octets, fixed},
};
inline constexpr TypeMember wrapped_key_data_members[] = {
    {"key_id", &key_id},
    {"key_wrapped", &octets},
};
inline constexpr ValueType wrapped_key_data = structure(wrapped_key_data_members);
inline constexpr ValueType wrapped_keys = array_of(wrapped_key_data);
inline constexpr ClassMethod security_setup_methods_0[] = {
    {1, "security_activate", &security_policy_0},
    {2, "global_key_transfer", &wrapped_keys},
};
inline constexpr CodeName certificate_entities[] = {
    {0, "server"},
    {1, "client"},
    {2, "certification-authority"},
    {3, "other"},
};
inline constexpr ValueType certificate_entity = enumeration(certificate_entities);
inline constexpr CodeName certificate_types[] = {
    {0, "digital-signature"},
    {1, "key-agreement"},
    {2, "tls"},
    {3, "other"},
};
inline constexpr ValueType certificate_type = enumeration(certificate_types);
inline constexpr TypeMember certificate_members[] = {
    {"certificate_entity", &certificate_entity},
    {"certificate_type", &certificate_type},
    {"serial_number", &octets},
    {"issuer", &octets},
    {"subject", &octets},
    {"subject_alt_name", &octets},
};
inline constexpr ValueType certificate = structure(certificate_members);
inline constexpr ValueType certificates = array_of(certificate);
inline constexpr ClassAttribute security_setup_attributes_1[] = {
    {2, "security_policy", &enum_, fixed},  // a set of bits
    {3, "security_suite", &security_suite, fixed}, {4, "client_system_title", &octets, dynamic},
    {5, "server_system_title", &octets, fixed},    {6, "certificates", &certificates, dynamic},
};
inline constexpr TypeMember key_agreement_members[] = {
    {"key_id", &key_id},
    {"key_data", &octets},
};
inline constexpr ValueType key_agreement_data = structure(key_agreement_members);
inline constexpr ValueType key_agreements = array_of(key_agreement_data);
inline constexpr TypeMember certificate_by_entity_members[] = {
    {"certificate_entity", &certificate_entity},
    {"certificate_type", &certificate_type},
    {"system_title", &octets},
};
inline constexpr ValueType certificate_by_entity = structure(certificate_by_entity_members);
inline constexpr TypeMember certificate_by_serial_members[] = {
    {"serial_number", &octets},
    {"issuer", &octets},
};
inline constexpr ValueType certificate_by_serial = structure(certificate_by_serial_members);
inline constexpr TypeMember certificate_identifications[] = {
    {"", &certificate_by_entity},
    {"", &certificate_by_serial},
};
inline constexpr ValueType certificate_identification = choice(certificate_identifications);
inline constexpr TypeMember certificate_reference_members[] = {
    {"certificate_identification_type", &enum_},
    {"certificate_identification_options", &certificate_identification},
};
inline constexpr ValueType certificate_reference = structure(certificate_reference_members);
inline constexpr ClassMethod security_setup_methods_1[] = {
    {1, "security_activate", &enum_},
    {2, "key_transfer", &wrapped_keys},
    {3, "key_agreement", &key_agreements},
    {4, "generate_key_pair", &certificate_type},
    {5, "generate_certificate_request", &certificate_type},
    {6, "import_certificate", &octets},
    {7, "export_certificate", &certificate_reference},
    {8, "remove_certificate", &certificate_reference},
};

// 122 Function control
inline constexpr TypeMember function_status_members[] = {
    {"function_name", &text},
    {"function_status", &boolean},
};
inline constexpr ValueType function_status = structure(function_status_members);
inline constexpr ValueType function_statuses = array_of(function_status);
inline constexpr TypeMember function_members[] = {
    {"function_name", &text},
    {"function_specifications", &object_references},
};
inline constexpr ValueType function = structure(function_members);
inline constexpr ValueType functions = array_of(function);
inline constexpr ClassAttribute function_control_attributes[] = {
    {2, "activation_status", &function_statuses, dynamic},
    {3, "function_list", &functions, fixed},
};
inline constexpr ClassMethod function_control_methods[] = {
    {1, "set_function_status", &function_statuses},
    {2, "add_function", &any},
    {3, "remove_function", &any},
};

// 123 Array manager
inline constexpr ClassAttribute array_manager_attributes[] = {
    {2, "array_object_list", &array_of_structures, fixed},
};
inline constexpr ClassMethod array_manager_methods[] = {
    {1, "retrieve_number_of_entries", &any},
    {2, "retrieve_entries", &any},
    {3, "insert_entry", &any},
    {4, "update_entry", &any},
    {5, "remove_entries", &any},
};

// 124 Communication port protection
inline constexpr CodeName protection_modes[] = {
    {0, "locked"},
    {1, "locked-on-failed-attempts"},
    {2, "unlocked"},
};
inline constexpr ValueType protection_mode = enumeration(protection_modes);
inline constexpr CodeName protection_statuses[] = {
    {0, "unlocked"},
    {1, "temporarily-locked"},
    {2, "locked"},
};
inline constexpr ValueType protection_status = enumeration(protection_statuses);
inline constexpr ClassAttribute port_protection_attributes[] = {
    {2, "protection_mode", &protection_mode, fixed},
    {3, "allowed_failed_attempts", &long_unsigned, fixed},
    {4, "initial_lockout_time", &double_long_unsigned, fixed},
    {5, "steepness_factor", &unsigned_, fixed},
    {6, "max_lockout_time", &double_long_unsigned, fixed},
    {7, "port_reference", &obis_code, fixed},
    {8, "protection_status", &protection_status, dynamic},
    {9, "failed_attempts", &double_long_unsigned, dynamic},
    {10, "cumulative_failed_attempts", &double_long_unsigned, dynamic},
};
inline constexpr ClassMethod port_protection_methods[] = {{1, "reset", &zero}};

inline constexpr InterfaceClass security_and_push[] = {
    {30, 0, "COSEM data protection", data_protection_attributes, data_protection_methods},
    {40, 0, "Push setup", push_setup_attributes_0, push_setup_methods, 0x38},
    {40, 1, "Push setup", push_setup_attributes_1, push_setup_methods},
    {40, 2, "Push setup", push_setup_attributes_2, push_setup_methods_2},
    {64, 0, "Security setup", security_setup_attributes_0, security_setup_methods_0},
    {64, 1, "Security setup", security_setup_attributes_1, security_setup_methods_1},
    {122, 0, "Function control", function_control_attributes, function_control_methods},
    {123, 0, "Array manager", array_manager_attributes, array_manager_methods},
    {124, 0, "Communication port protection", port_protection_attributes, port_protection_methods},
};

}  // namespace dlms::cosem::class_table
