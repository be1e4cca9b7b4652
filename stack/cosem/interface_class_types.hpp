#pragma once
// Types that several interface classes share, and the words with which the class table is written.
// Included only by the table's own parts.

#include "stack/cosem/interface_class.hpp"

namespace dlms::cosem::class_table {

using axdr::Tag;
using enum Storage;

constexpr ValueType simple(Tag tag, Meaning meaning = Meaning::none, std::uint16_t size = 0) {
    return {.form = ValueType::Form::simple, .tag = tag, .meaning = meaning, .size = size};
}
constexpr ValueType enumeration(std::span<const CodeName> codes) {
    return {.form = ValueType::Form::simple, .tag = Tag::enum_, .codes = codes};
}
constexpr ValueType structure(std::span<const TypeMember> members) {
    return {.form = ValueType::Form::structure, .members = members};
}
constexpr ValueType array_of(const ValueType& item) {
    return {.form = ValueType::Form::array, .item = &item};
}
constexpr ValueType choice(std::span<const TypeMember> alternatives) {
    return {.form = ValueType::Form::choice, .members = alternatives};
}

inline constexpr ValueType any{};
inline constexpr ValueType null_data = simple(Tag::null_data);
inline constexpr ValueType boolean = simple(Tag::boolean);
inline constexpr ValueType integer = simple(Tag::integer);
inline constexpr ValueType long_ = simple(Tag::long_);
inline constexpr ValueType double_long = simple(Tag::double_long);
inline constexpr ValueType unsigned_ = simple(Tag::unsigned_);
inline constexpr ValueType long_unsigned = simple(Tag::long_unsigned);
inline constexpr ValueType double_long_unsigned = simple(Tag::double_long_unsigned);
inline constexpr ValueType enum_ = simple(Tag::enum_);
inline constexpr ValueType bit_string = simple(Tag::bit_string);
inline constexpr ValueType octets = simple(Tag::octet_string);
inline constexpr ValueType visible_string = simple(Tag::visible_string, Meaning::text);
inline constexpr ValueType utf8_string = simple(Tag::utf8_string, Meaning::text);
inline constexpr ValueType text = simple(Tag::octet_string, Meaning::text);
inline constexpr ValueType obis_code = simple(Tag::octet_string, Meaning::obis_code, 6);
/// Octet-strings that hold a time; newer classes have the types date-time, date and time.
inline constexpr ValueType date_time = simple(Tag::octet_string, Meaning::date_time, 12);
inline constexpr ValueType date = simple(Tag::octet_string, Meaning::date, 5);
inline constexpr ValueType time = simple(Tag::octet_string, Meaning::time, 4);
inline constexpr ValueType tagged_date_time = simple(Tag::date_time, Meaning::date_time, 12);
inline constexpr ValueType ipv4_address = simple(Tag::double_long_unsigned, Meaning::ipv4_address);
inline constexpr ValueType ipv6_address = simple(Tag::octet_string, Meaning::ipv6_address, 16);

/// A structure or an array whose members are not in the table.
inline constexpr ValueType any_structure{.form = ValueType::Form::structure};
inline constexpr ValueType array_of_any = array_of(any);
inline constexpr ValueType array_of_structures = array_of(any_structure);

inline constexpr ValueType array_of_octets = array_of(octets);
inline constexpr ValueType array_of_text = array_of(text);
inline constexpr ValueType array_of_obis_codes = array_of(obis_code);
inline constexpr ValueType array_of_unsigned = array_of(unsigned_);
inline constexpr ValueType array_of_integer = array_of(integer);
inline constexpr ValueType array_of_long = array_of(long_);
inline constexpr ValueType array_of_long_unsigned = array_of(long_unsigned);
inline constexpr ValueType array_of_bit_strings = array_of(bit_string);

inline constexpr ValueType unit = simple(Tag::enum_, Meaning::unit);
inline constexpr TypeMember scaler_unit_members[] = {{"scaler", &integer}, {"unit", &unit}};
inline constexpr ValueType scaler_unit = structure(scaler_unit_members);

/// What a profile captures, and what an object is referred to by elsewhere.
inline constexpr TypeMember capture_object_members[] = {
    {"class_id", &long_unsigned},
    {"logical_name", &obis_code},
    {"attribute_index", &integer},
    {"data_index", &long_unsigned},
};
inline constexpr ValueType capture_object = structure(capture_object_members);
inline constexpr ValueType capture_objects = array_of(capture_object);

inline constexpr TypeMember attribute_reference_members[] = {
    {"class_id", &long_unsigned},
    {"logical_name", &obis_code},
    {"attribute_index", &integer},
};
inline constexpr ValueType attribute_reference = structure(attribute_reference_members);
inline constexpr ValueType attribute_references = array_of(attribute_reference);

inline constexpr TypeMember object_reference_members[] = {
    {"class_id", &long_unsigned},
    {"logical_name", &obis_code},
};
inline constexpr ValueType object_reference = structure(object_reference_members);
inline constexpr ValueType object_references = array_of(object_reference);

inline constexpr TypeMember script_reference_members[] = {
    {"script_logical_name", &obis_code},
    {"script_selector", &long_unsigned},
};
inline constexpr ValueType script_reference = structure(script_reference_members);

inline constexpr TypeMember window_members[] = {
    {"start_time", &date_time},
    {"end_time", &date_time},
};
inline constexpr ValueType window = structure(window_members);
inline constexpr ValueType windows = array_of(window);

/// Which part of an attribute is captured or pushed.
inline constexpr TypeMember date_restriction_members[] = {
    {"from_date", &date_time},
    {"to_date", &date_time},
};
inline constexpr ValueType date_restriction = structure(date_restriction_members);
inline constexpr TypeMember entry_restriction_members[] = {
    {"from_entry", &double_long_unsigned},
    {"to_entry", &double_long_unsigned},
};
inline constexpr ValueType entry_restriction = structure(entry_restriction_members);
inline constexpr TypeMember restriction_values[] = {
    {"", &null_data}, {"", &date_restriction}, {"", &entry_restriction}};
inline constexpr ValueType restriction_value = choice(restriction_values);
inline constexpr CodeName restriction_types[] = {{0, "none"}, {1, "by-date"}, {2, "by-entry"}};
inline constexpr ValueType restriction_type = enumeration(restriction_types);
inline constexpr TypeMember restriction_members[] = {
    {"restriction_type", &restriction_type},
    {"restriction_value", &restriction_value},
};
inline constexpr ValueType restriction = structure(restriction_members);
inline constexpr TypeMember restricted_object_members[] = {
    {"class_id", &long_unsigned},          {"logical_name", &obis_code},
    {"attribute_index", &integer},         {"data_index", &long_unsigned},
    {"restriction_element", &restriction},
};
inline constexpr ValueType restricted_object = structure(restricted_object_members);
inline constexpr ValueType restricted_objects = array_of(restricted_object);
inline constexpr TypeMember column_object_members[] = {
    {"class_id", &long_unsigned},          {"logical_name", &obis_code},
    {"attribute_index", &integer},         {"data_index", &long_unsigned},
    {"restriction_element", &restriction}, {"columns", &capture_objects},
};
inline constexpr ValueType column_object = structure(column_object_members);
inline constexpr ValueType column_objects = array_of(column_object);

/// How an APDU or an attribute is protected (push setup, data protection).
inline constexpr CodeName key_ids[] = {
    {0, "global-unicast-encryption-key"},
    {1, "global-broadcast-encryption-key"},
    {2, "authentication-key"},
    {3, "key-encryption-key"},
};
inline constexpr ValueType key_id = enumeration(key_ids);
inline constexpr TypeMember identified_key_members[] = {{"key_id", &enum_}};
inline constexpr ValueType identified_key = structure(identified_key_members);
inline constexpr TypeMember wrapped_key_members[] = {{"kek_id", &enum_},
                                                     {"key_ciphered_data", &octets}};
inline constexpr ValueType wrapped_key = structure(wrapped_key_members);
inline constexpr TypeMember agreed_key_members[] = {{"key_parameters", &octets},
                                                    {"key_ciphered_data", &octets}};
inline constexpr ValueType agreed_key = structure(agreed_key_members);
inline constexpr TypeMember key_infos[] = {
    {"", &identified_key}, {"", &wrapped_key}, {"", &agreed_key}};
inline constexpr ValueType key_info_options = choice(key_infos);
inline constexpr TypeMember key_info_members[] = {{"key_info_type", &enum_},
                                                  {"key_info_options", &key_info_options}};
inline constexpr ValueType key_info = structure(key_info_members);
inline constexpr TypeMember protection_option_members[] = {
    {"transaction_id", &octets},
    {"originator_system_title", &octets},
    {"recipient_system_title", &octets},
    {"other_information", &octets},
    {"key_info", &key_info},
};
inline constexpr ValueType protection_options = structure(protection_option_members);
inline constexpr TypeMember protection_parameter_members[] = {
    {"protection_type", &enum_}, {"protection_options", &protection_options}};
inline constexpr ValueType protection_parameter = structure(protection_parameter_members);
inline constexpr ValueType protection_parameters = array_of(protection_parameter);

/// Rates of serial lines.
inline constexpr CodeName baud_rates[] = {
    {0, "300-baud"},  {1, "600-baud"},   {2, "1200-baud"},  {3, "2400-baud"},  {4, "4800-baud"},
    {5, "9600-baud"}, {6, "19200-baud"}, {7, "38400-baud"}, {8, "57600-baud"}, {9, "115200-baud"},
};
inline constexpr ValueType baud_rate = enumeration(baud_rates);

inline constexpr TypeMember user_members[] = {{"user_id", &unsigned_},
                                              {"user_name", &visible_string}};
inline constexpr ValueType user = structure(user_members);
inline constexpr ValueType users = array_of(user);

/// Most methods take the integer 0.
inline constexpr ValueType zero = simple(Tag::integer);

}  // namespace dlms::cosem::class_table
