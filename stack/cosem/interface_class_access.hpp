#pragma once
// The class table's part for associations, security, images and the transport of messages. Blue
// Book 4.4.

#include "stack/cosem/interface_class_metering.hpp"

namespace dlms::cosem::class_table {

// 12 Association SN
inline constexpr TypeMember sn_object_members[] = {
    {"base_name", &long_},
    {"class_id", &long_unsigned},
    {"version", &unsigned_},
    {"logical_name", &obis_code},
};
inline constexpr ValueType sn_object = structure(sn_object_members);
inline constexpr ValueType sn_object_list = array_of(sn_object);

/// Up to version 2 of the Association LN; later versions have a set of bits.
inline constexpr CodeName attribute_access_modes[] = {
    {0, "no-access"},
    {1, "read-only"},
    {2, "write-only"},
    {3, "read-and-write"},
    {4, "authenticated-read-only"},
    {5, "authenticated-write-only"},
    {6, "authenticated-read-and-write"},
};
inline constexpr ValueType attribute_access_mode = enumeration(attribute_access_modes);
inline constexpr CodeName method_access_modes[] = {
    {0, "no-access"},
    {1, "access"},
    {2, "authenticated-access"},
};
inline constexpr ValueType method_access_enum = enumeration(method_access_modes);
/// From version 3 on; what stands for itself without a set of bits has the same code as before.
inline constexpr CodeName attribute_access_bits_names[] = {
    {0, "no-access"},
    {1, "read-only"},
    {2, "write-only"},
    {3, "read-and-write"},
};
inline constexpr ValueType attribute_access_flags = enumeration(attribute_access_bits_names);
inline constexpr CodeName method_access_bits_names[] = {{0, "no-access"}, {1, "access"}};
inline constexpr ValueType method_access_flags = enumeration(method_access_bits_names);
inline constexpr TypeMember access_selector_alternatives[] = {
    {"", &null_data},
    {"", &array_of_integer},
};
inline constexpr ValueType access_selectors = choice(access_selector_alternatives);
inline constexpr TypeMember attribute_access_members[] = {
    {"attribute_id", &integer},
    {"access_mode", &attribute_access_mode},
    {"access_selectors", &access_selectors},
};
inline constexpr ValueType attribute_access = structure(attribute_access_members);
inline constexpr ValueType attribute_accesses = array_of(attribute_access);
inline constexpr TypeMember attribute_access_bits_members[] = {
    {"attribute_id", &integer},
    {"access_mode", &attribute_access_flags},
    {"access_selectors", &access_selectors},
};
inline constexpr ValueType attribute_access_bits = structure(attribute_access_bits_members);
inline constexpr ValueType attribute_accesses_bits = array_of(attribute_access_bits);
inline constexpr TypeMember method_access_boolean_members[] = {
    {"method_id", &integer},
    {"access_mode", &boolean},
};
inline constexpr ValueType method_access_boolean = structure(method_access_boolean_members);
inline constexpr ValueType method_accesses_boolean = array_of(method_access_boolean);
inline constexpr TypeMember method_access_members[] = {
    {"method_id", &integer},
    {"access_mode", &method_access_enum},
};
inline constexpr ValueType method_access = structure(method_access_members);
inline constexpr ValueType method_accesses = array_of(method_access);
inline constexpr TypeMember method_access_bits_members[] = {
    {"method_id", &integer},
    {"access_mode", &method_access_flags},
};
inline constexpr ValueType method_access_bits = structure(method_access_bits_members);
inline constexpr ValueType method_accesses_bits = array_of(method_access_bits);

inline constexpr TypeMember sn_access_right_members[] = {
    {"base_name", &long_},
    {"attribute_access", &attribute_accesses},
    {"method_access", &method_accesses},
};
inline constexpr ValueType sn_access_right = structure(sn_access_right_members);
inline constexpr ValueType sn_access_rights = array_of(sn_access_right);

inline constexpr ClassAttribute association_sn_attributes_0[] = {
    {2, "object_list", &sn_object_list, fixed},
};
inline constexpr ClassAttribute association_sn_attributes_1[] = {
    {2, "object_list", &sn_object_list, fixed},
    {3, "access_rights_list", &sn_access_rights, fixed},
};
inline constexpr ClassAttribute association_sn_attributes_2[] = {
    {2, "object_list", &sn_object_list, fixed},
    {3, "access_rights_list", &sn_access_rights, fixed},
    {4, "security_setup_reference", &obis_code, fixed},
};
inline constexpr ClassAttribute association_sn_attributes_3[] = {
    {2, "object_list", &sn_object_list, fixed},
    {3, "access_rights_list", &sn_access_rights, fixed},
    {4, "security_setup_reference", &obis_code, fixed},
    {5, "user_list", &users, fixed},
    {6, "current_user", &user, dynamic},
};
inline constexpr TypeMember sn_access_right_bits_members[] = {
    {"base_name", &long_},
    {"attribute_access", &attribute_accesses_bits},
    {"method_access", &method_accesses_bits},
};
inline constexpr ValueType sn_access_right_bits = structure(sn_access_right_bits_members);
inline constexpr ValueType sn_access_rights_bits = array_of(sn_access_right_bits);
inline constexpr ClassAttribute association_sn_attributes_4[] = {
    {2, "object_list", &sn_object_list, fixed},
    {3, "access_rights_list", &sn_access_rights_bits, fixed},
    {4, "security_setup_reference", &obis_code, fixed},
    {5, "user_list", &users, fixed},
    {6, "current_user", &user, dynamic},
};
inline constexpr ClassMethod association_sn_methods[] = {
    {3, "read_by_logicalname", &attribute_references},
    {5, "change_secret", &octets},
    {8, "reply_to_HLS_authentication", &octets},
};
inline constexpr ClassMethod association_sn_methods_3[] = {
    {3, "read_by_logicalname", &attribute_references},
    {5, "change_secret", &octets},
    {8, "reply_to_HLS_authentication", &octets},
    {9, "add_user", &user},
    {10, "remove_user", &user},
};

// 15 Association LN
inline constexpr TypeMember access_right_members_0[] = {
    {"attribute_access", &attribute_accesses},
    {"method_access", &method_accesses_boolean},
};
inline constexpr ValueType access_right_0 = structure(access_right_members_0);
inline constexpr TypeMember access_right_members_1[] = {
    {"attribute_access", &attribute_accesses},
    {"method_access", &method_accesses},
};
inline constexpr ValueType access_right_1 = structure(access_right_members_1);
inline constexpr TypeMember access_right_members_3[] = {
    {"attribute_access", &attribute_accesses_bits},
    {"method_access", &method_accesses_bits},
};
inline constexpr ValueType access_right_3 = structure(access_right_members_3);
inline constexpr TypeMember ln_object_members_0[] = {
    {"class_id", &long_unsigned},
    {"version", &unsigned_},
    {"logical_name", &obis_code},
    {"access_rights", &access_right_0},
};
inline constexpr ValueType ln_object_0 = structure(ln_object_members_0);
inline constexpr ValueType ln_object_list_0 = array_of(ln_object_0);
inline constexpr TypeMember ln_object_members_1[] = {
    {"class_id", &long_unsigned},
    {"version", &unsigned_},
    {"logical_name", &obis_code},
    {"access_rights", &access_right_1},
};
inline constexpr ValueType ln_object_1 = structure(ln_object_members_1);
inline constexpr ValueType ln_object_list_1 = array_of(ln_object_1);
inline constexpr TypeMember ln_object_members_3[] = {
    {"class_id", &long_unsigned},
    {"version", &unsigned_},
    {"logical_name", &obis_code},
    {"access_rights", &access_right_3},
};
inline constexpr ValueType ln_object_3 = structure(ln_object_members_3);
inline constexpr ValueType ln_object_list_3 = array_of(ln_object_3);

inline constexpr TypeMember associated_partners_members[] = {
    {"client_SAP", &integer},
    {"server_SAP", &long_unsigned},
};
inline constexpr ValueType associated_partners = structure(associated_partners_members);
inline constexpr TypeMember context_name_members[] = {
    {"joint_iso_ctt_element", &unsigned_},    {"country_element", &unsigned_},
    {"country_name_element", &long_unsigned}, {"identified_organization_element", &unsigned_},
    {"DLMS_UA_element", &unsigned_},          {"application_context_element", &unsigned_},
    {"context_id_element", &unsigned_},
};
inline constexpr ValueType context_name_structure = structure(context_name_members);
inline constexpr TypeMember context_name_alternatives[] = {
    {"", &octets},
    {"", &context_name_structure},
};
inline constexpr ValueType context_name = choice(context_name_alternatives);
inline constexpr TypeMember mechanism_name_members[] = {
    {"joint_iso_ctt_element", &unsigned_},    {"country_element", &unsigned_},
    {"country_name_element", &long_unsigned}, {"identified_organization_element", &unsigned_},
    {"DLMS_UA_element", &unsigned_},          {"authentication_mechanism_name_element", &unsigned_},
    {"mechanism_id_element", &unsigned_},
};
inline constexpr ValueType mechanism_name_structure = structure(mechanism_name_members);
inline constexpr TypeMember mechanism_name_alternatives[] = {
    {"", &octets},
    {"", &mechanism_name_structure},
};
inline constexpr ValueType mechanism_name = choice(mechanism_name_alternatives);
inline constexpr ValueType conformance_bits{
    .form = ValueType::Form::simple, .tag = Tag::bit_string, .size = 24};
inline constexpr TypeMember xdlms_context_members[] = {
    {"conformance", &conformance_bits},    {"max_receive_pdu_size", &long_unsigned},
    {"max_send_pdu_size", &long_unsigned}, {"dlms_version_number", &unsigned_},
    {"quality_of_service", &integer},      {"cyphering_info", &octets},
};
inline constexpr ValueType xdlms_context = structure(xdlms_context_members);
inline constexpr CodeName association_statuses[] = {
    {0, "non-associated"},
    {1, "association-pending"},
    {2, "associated"},
};
inline constexpr ValueType association_status = enumeration(association_statuses);
inline constexpr ClassAttribute association_ln_attributes_0[] = {
    {2, "object_list", &ln_object_list_0, fixed},
    {3, "associated_partners_id", &associated_partners, fixed},
    {4, "application_context_name", &context_name, fixed},
    {5, "xDLMS_context_info", &xdlms_context, fixed},
    {6, "authentication_mechanism_name", &mechanism_name, fixed},
    {7, "secret", &octets, fixed},
    {8, "association_status", &association_status, dynamic},
};
inline constexpr ClassAttribute association_ln_attributes_1[] = {
    {2, "object_list", &ln_object_list_1, fixed},
    {3, "associated_partners_id", &associated_partners, fixed},
    {4, "application_context_name", &context_name, fixed},
    {5, "xDLMS_context_info", &xdlms_context, fixed},
    {6, "authentication_mechanism_name", &mechanism_name, fixed},
    {7, "secret", &octets, fixed},
    {8, "association_status", &association_status, dynamic},
    {9, "security_setup_reference", &obis_code, fixed},
};
inline constexpr ClassAttribute association_ln_attributes_2[] = {
    {2, "object_list", &ln_object_list_1, fixed},
    {3, "associated_partners_id", &associated_partners, fixed},
    {4, "application_context_name", &context_name, fixed},
    {5, "xDLMS_context_info", &xdlms_context, fixed},
    {6, "authentication_mechanism_name", &mechanism_name, fixed},
    {7, "secret", &octets, fixed},
    {8, "association_status", &association_status, dynamic},
    {9, "security_setup_reference", &obis_code, fixed},
    {10, "user_list", &users, fixed},
    {11, "current_user", &user, dynamic},
};
inline constexpr ClassAttribute association_ln_attributes_3[] = {
    {2, "object_list", &ln_object_list_3, fixed},
    {3, "associated_partners_id", &associated_partners, fixed},
    {4, "application_context_name", &context_name, fixed},
    {5, "xDLMS_context_info", &xdlms_context, fixed},
    {6, "authentication_mechanism_name", &mechanism_name, fixed},
    {7, "secret", &octets, fixed},
    {8, "association_status", &association_status, dynamic},
    {9, "security_setup_reference", &obis_code, fixed},
    {10, "user_list", &users, fixed},
    {11, "current_user", &user, dynamic},
};
inline constexpr ClassMethod association_ln_methods_0[] = {
    {1, "reply_to_HLS_authentication", &octets},
    {2, "change_HLS_secret", &octets},
    {3, "add_object", &ln_object_0},
    {4, "remove_object", &ln_object_0},
};
inline constexpr ClassMethod association_ln_methods_1[] = {
    {1, "reply_to_HLS_authentication", &octets},
    {2, "change_HLS_secret", &octets},
    {3, "add_object", &ln_object_1},
    {4, "remove_object", &ln_object_1},
};
inline constexpr ClassMethod association_ln_methods_2[] = {
    {1, "reply_to_HLS_authentication", &octets},
    {2, "change_HLS_secret", &octets},
    {3, "add_object", &ln_object_1},
    {4, "remove_object", &ln_object_1},
    {5, "add_user", &user},
    {6, "remove_user", &user},
};
inline constexpr ClassMethod association_ln_methods_3[] = {
    {1, "reply_to_HLS_authentication", &octets},
    {2, "change_HLS_secret", &octets},
    {3, "add_object", &ln_object_3},
    {4, "remove_object", &ln_object_3},
    {5, "add_user", &user},
    {6, "remove_user", &user},
};

// 17 SAP assignment
inline constexpr TypeMember sap_assignment_members[] = {
    {"SAP", &long_unsigned},
    {"logical_device_name", &text},
};
inline constexpr ValueType sap_assignment = structure(sap_assignment_members);
inline constexpr ValueType sap_assignments = array_of(sap_assignment);
inline constexpr ClassAttribute sap_assignment_attributes[] = {
    {2, "SAP_assignment_list", &sap_assignments, fixed},
};
inline constexpr ClassMethod sap_assignment_methods[] = {
    {1, "connect_logical_device", &sap_assignment},
};

// 18 Image transfer
inline constexpr CodeName image_statuses[] = {
    {0, "not-initiated"},           {1, "initiated"},           {2, "verification-initiated"},
    {3, "verification-successful"}, {4, "verification-failed"}, {5, "activation-initiated"},
    {6, "activation-successful"},   {7, "activation-failed"},
};
inline constexpr ValueType image_status = enumeration(image_statuses);
inline constexpr TypeMember image_info_members[] = {
    {"image_to_activate_size", &double_long_unsigned},
    {"image_to_activate_identification", &text},
    {"image_to_activate_signature", &octets},
};
inline constexpr ValueType image_info = structure(image_info_members);
inline constexpr ValueType image_infos = array_of(image_info);
inline constexpr ClassAttribute image_transfer_attributes[] = {
    {2, "image_block_size", &double_long_unsigned, fixed},
    {3, "image_transferred_blocks_status", &bit_string, dynamic},
    {4, "image_first_not_transferred_block_number", &double_long_unsigned, dynamic},
    {5, "image_transfer_enabled", &boolean, fixed},
    {6, "image_transfer_status", &image_status, dynamic},
    {7, "image_to_activate_info", &image_infos, dynamic},
};
inline constexpr TypeMember image_initiation_members[] = {
    {"image_identifier", &text},
    {"image_size", &double_long_unsigned},
};
inline constexpr ValueType image_initiation = structure(image_initiation_members);
inline constexpr TypeMember image_block_members[] = {
    {"image_block_number", &double_long_unsigned},
    {"image_block_value", &octets},
};
inline constexpr ValueType image_block = structure(image_block_members);
inline constexpr ClassMethod image_transfer_methods[] = {
    {1, "image_transfer_initiate", &image_initiation},
    {2, "image_block_transfer", &image_block},
    {3, "image_verify", &zero},
    {4, "image_activate", &zero},
};

inline constexpr InterfaceClass associations[] = {
    {12, 0, "Association SN", association_sn_attributes_0, association_sn_methods, 0x20},
    {12, 1, "Association SN", association_sn_attributes_1, association_sn_methods, 0x20},
    {12, 2, "Association SN", association_sn_attributes_2, association_sn_methods, 0x20},
    {12, 3, "Association SN", association_sn_attributes_3, association_sn_methods_3, 0x20},
    {12, 4, "Association SN", association_sn_attributes_4, association_sn_methods_3, 0x20},
    {15, 0, "Association LN", association_ln_attributes_0, association_ln_methods_0},
    {15, 1, "Association LN", association_ln_attributes_1, association_ln_methods_1},
    {15, 2, "Association LN", association_ln_attributes_2, association_ln_methods_2},
    {15, 3, "Association LN", association_ln_attributes_3, association_ln_methods_3},
    {17, 0, "SAP assignment", sap_assignment_attributes, sap_assignment_methods, 0x20},
    {18, 0, "Image transfer", image_transfer_attributes, image_transfer_methods, 0x40},
};

}  // namespace dlms::cosem::class_table
