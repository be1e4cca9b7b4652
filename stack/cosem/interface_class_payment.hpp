#pragma once
// The class table's part for payment metering. Blue Book 4.6; IEC 62055-41.

#include "stack/cosem/interface_class_types.hpp"

namespace dlms::cosem::class_table {

// 111 Account
inline constexpr CodeName payment_modes[] = {{1, "credit"}, {2, "prepayment"}};
inline constexpr ValueType payment_mode = enumeration(payment_modes);
inline constexpr CodeName account_statuses[] = {{1, "new"}, {2, "active"}, {3, "closed"}};
inline constexpr ValueType account_status = enumeration(account_statuses);
inline constexpr TypeMember account_mode_members[] = {
    {"payment_mode", &payment_mode},
    {"account_status", &account_status},
};
inline constexpr ValueType account_mode = structure(account_mode_members);
inline constexpr TypeMember credit_charge_members[] = {
    {"credit_reference", &obis_code},
    {"charge_reference", &obis_code},
    {"collection_configuration", &bit_string},
};
inline constexpr ValueType credit_charge = structure(credit_charge_members);
inline constexpr ValueType credit_charges = array_of(credit_charge);
inline constexpr TypeMember token_proportion_members[] = {
    {"credit_reference", &obis_code},
    {"token_proportion", &unsigned_},
};
inline constexpr ValueType token_proportion = structure(token_proportion_members);
inline constexpr ValueType token_proportions = array_of(token_proportion);
inline constexpr CodeName currency_units[] = {{0, "time"}, {1, "consumption"}, {2, "monetary"}};
inline constexpr ValueType currency_unit = enumeration(currency_units);
inline constexpr TypeMember currency_members[] = {
    {"currency_name", &utf8_string},
    {"currency_scale", &integer},
    {"currency_unit", &currency_unit},
};
inline constexpr ValueType currency = structure(currency_members);
inline constexpr ClassAttribute account_attributes[] = {
    {2, "account_mode_and_status", &account_mode, dynamic},
    {3, "current_credit_in_use", &unsigned_, dynamic},
    {4, "current_credit_status", &bit_string, dynamic},
    {5, "available_credit", &double_long, dynamic},
    {6, "amount_to_clear", &double_long, dynamic},
    {7, "clearance_threshold", &double_long, fixed},
    {8, "aggregated_debt", &double_long, dynamic},
    {9, "credit_reference_list", &array_of_obis_codes, fixed},
    {10, "charge_reference_list", &array_of_obis_codes, fixed},
    {11, "credit_charge_configuration", &credit_charges, fixed},
    {12, "token_gateway_configuration", &token_proportions, fixed},
    {13, "account_activation_time", &date_time, fixed},
    {14, "account_closure_time", &date_time, fixed},
    {15, "currency", &currency, fixed},
    {16, "low_credit_threshold", &double_long, fixed},
    {17, "next_credit_available_threshold", &double_long, fixed},
    {18, "max_provision", &long_unsigned, fixed},
    {19, "max_provision_period", &double_long, fixed},
};
inline constexpr ClassMethod account_methods[] = {
    {1, "activate_account", &zero},
    {2, "close_account", &zero},
    {3, "reset_account", &zero},
};

// 112 Credit
inline constexpr CodeName credit_types[] = {
    {0, "token-credit"},      {1, "reserved-credit"},          {2, "emergency-credit"},
    {3, "time-based-credit"}, {4, "consumption-based-credit"},
};
inline constexpr ValueType credit_type = enumeration(credit_types);
inline constexpr CodeName credit_statuses[] = {
    {0, "enabled"}, {1, "selectable"}, {2, "selected-invoked"}, {3, "in-use"}, {4, "exhausted"},
};
inline constexpr ValueType credit_status = enumeration(credit_statuses);
inline constexpr ClassAttribute credit_attributes[] = {
    {2, "current_credit_amount", &double_long, dynamic},
    {3, "credit_type", &credit_type, fixed},
    {4, "priority", &unsigned_, fixed},
    {5, "warning_threshold", &double_long, fixed},
    {6, "limit", &double_long, fixed},
    {7, "credit_configuration", &bit_string, fixed},
    {8, "credit_status", &credit_status, dynamic},
    {9, "preset_credit_amount", &double_long, fixed},
    {10, "credit_available_threshold", &double_long, fixed},
    {11, "period", &date_time, fixed},
};
inline constexpr ClassMethod credit_methods[] = {
    {1, "update_amount", &double_long},
    {2, "set_amount_to_value", &double_long},
    {3, "invoke_credit", &zero},
};

// 113 Charge
inline constexpr CodeName charge_types[] = {
    {0, "consumption-based-collection"},
    {1, "time-based-collection"},
    {2, "payment-event-based-collection"},
};
inline constexpr ValueType charge_type = enumeration(charge_types);
inline constexpr TypeMember charge_scaling_members[] = {
    {"commodity_scale", &integer},
    {"price_scale", &integer},
};
inline constexpr ValueType charge_scaling = structure(charge_scaling_members);
inline constexpr TypeMember charge_table_members[] = {
    {"index", &octets},
    {"charge_per_unit", &long_},
};
inline constexpr ValueType charge_table_element = structure(charge_table_members);
inline constexpr ValueType charge_table = array_of(charge_table_element);
inline constexpr TypeMember unit_charge_members[] = {
    {"charge_per_unit_scaling", &charge_scaling},
    {"commodity_reference", &attribute_reference},
    {"charge_table", &charge_table},
};
inline constexpr ValueType unit_charge = structure(unit_charge_members);
inline constexpr ClassAttribute charge_attributes[] = {
    {2, "total_amount_paid", &double_long, dynamic},
    {3, "charge_type", &charge_type, fixed},
    {4, "priority", &unsigned_, fixed},
    {5, "unit_charge_active", &unit_charge, fixed},
    {6, "unit_charge_passive", &unit_charge, fixed},
    {7, "unit_charge_activation_time", &date_time, fixed},
    {8, "period", &double_long_unsigned, fixed},
    {9, "charge_configuration", &bit_string, fixed},
    {10, "last_collection_time", &tagged_date_time, dynamic},
    {11, "last_collection_amount", &double_long, dynamic},
    {12, "total_amount_remaining", &double_long, dynamic},
    {13, "proportion", &long_unsigned, fixed},
};
inline constexpr ClassMethod charge_methods[] = {
    {1, "update_unit_charge", &charge_table},
    {2, "activate_passive_unit_charge", &zero},
    {3, "collect", &zero},
    {4, "update_total_amount_remaining", &double_long},
    {5, "set_total_amount_remaining", &double_long},
};

// 115 Token gateway
inline constexpr CodeName token_delivery_methods[] = {{0, "remote"}, {1, "local"}, {2, "manual"}};
inline constexpr ValueType token_delivery_method = enumeration(token_delivery_methods);
inline constexpr CodeName token_statuses[] = {
    {0, "format-ok"},          {1, "authentication-ok"}, {2, "validation-ok"},
    {3, "execution-ok"},       {4, "format-failure"},    {5, "authentication-failure"},
    {6, "validation-failure"}, {7, "execution-failure"}, {8, "received-not-yet-processed"},
};
inline constexpr ValueType token_status_code = enumeration(token_statuses);
inline constexpr TypeMember token_status_members[] = {
    {"status_code", &token_status_code},
    {"data_value", &bit_string},
};
inline constexpr ValueType token_status = structure(token_status_members);
inline constexpr ClassAttribute token_gateway_attributes[] = {
    {2, "token", &text, dynamic},
    {3, "token_time", &date_time, dynamic},
    {4, "token_description", &array_of_text, dynamic},
    {5, "token_delivery_method", &token_delivery_method, dynamic},
    {6, "token_status", &token_status, dynamic},
};
inline constexpr ClassMethod token_gateway_methods[] = {{1, "enter", &text}};

// 116 IEC 62055-41 attributes
inline constexpr ClassAttribute sts_attributes[] = {
    {2, "meter_PAN", &any_structure, fixed},
    {3, "commodity", &visible_string, fixed},
    {4, "token_carrier_types", &array_of_any, fixed},
    {5, "encryption_algorithm", &unsigned_, fixed},
    {6, "supply_group_code", &double_long_unsigned, fixed},
    {7, "tariff_index", &unsigned_, fixed},
    {8, "key_revision_number", &unsigned_, fixed},
    {9, "key_type", &unsigned_, fixed},
    {10, "key_expiry_number", &unsigned_, fixed},
    {11, "no_of_kct_supported", &unsigned_, fixed},
    {12, "STS_certificate_no", &visible_string, fixed},
};

inline constexpr InterfaceClass payment[] = {
    {111, 0, "Account", account_attributes, account_methods},
    {112, 0, "Credit", credit_attributes, credit_methods},
    {113, 0, "Charge", charge_attributes, charge_methods},
    {115, 0, "Token gateway", token_gateway_attributes, token_gateway_methods},
    {116, 0, "IEC 62055-41 attributes", sts_attributes},
};

}  // namespace dlms::cosem::class_table
