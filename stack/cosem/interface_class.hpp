#pragma once
// The interface classes (Blue Book 4; IEC 62056-6-2) as one table: names, attributes with their
// types, methods with their parameters. Everything it hands out has static storage.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stack/cosem/value_type.hpp"

namespace dlms::cosem {

/// Whether an object changes the value by itself or only when it is configured.
enum class Storage : std::uint8_t { fixed, dynamic };

struct ClassAttribute {
    std::int8_t id = 0;
    std::string_view name;
    const ValueType* type = nullptr;
    Storage storage = Storage::fixed;
    /// The attribute that holds the scaler_unit of this value; 0 where none does.
    std::int8_t scaler_unit = 0;
};

struct ClassMethod {
    std::int8_t id = 0;
    std::string_view name;
    const ValueType* parameter = nullptr;
};

/// One version of a class.
struct InterfaceClass {
    std::uint16_t id = 0;
    std::uint8_t version = 0;
    std::string_view name;
    /// By id, without attribute 1, which is the logical_name of every class. Empty for a class
    /// that the table only names.
    std::span<const ClassAttribute> attributes{};
    std::span<const ClassMethod> methods{};
    /// Where method 1 stands behind an object's base name (SN referencing), each next one 8
    /// further; 0 where it is not known.
    std::uint16_t first_method_offset = 0;
};

/// Every row, ordered by id and version.
std::span<const InterfaceClass> interface_classes();

/// The versions of a class, the oldest first; empty for an unknown class.
std::span<const InterfaceClass> versions_of_class(std::uint16_t class_id);

/// Exactly this version; nullptr when it is not in the table.
const InterfaceClass* find_class(std::uint16_t class_id, std::uint8_t version);
/// The latest version in the table; nullptr for an unknown class.
const InterfaceClass* find_class(std::uint16_t class_id);

/// An attribute by number or by name (in any case, with '-', '_' or blanks); nullptr if there is
/// none. Attribute 1 is found in every class.
const ClassAttribute* find_attribute(const InterfaceClass& row, std::int8_t id);
const ClassAttribute* find_attribute(const InterfaceClass& row, std::string_view name);

const ClassMethod* find_method(const InterfaceClass& row, std::int8_t id);
const ClassMethod* find_method(const InterfaceClass& row, std::string_view name);

/// The attribute in the latest version that has it; nullptr if none has.
const ClassAttribute* find_attribute(std::uint16_t class_id, std::int8_t id);
const ClassMethod* find_method(std::uint16_t class_id, std::int8_t id);

/// The attribute that holds the scaler_unit of this attribute; nothing where none does.
std::optional<std::int8_t> scaler_unit_of(std::uint16_t class_id, std::int8_t attribute_id);

/// Octets from an object's base name to its attribute (SN referencing): 0 for attribute 1.
constexpr std::optional<std::uint16_t> attribute_offset(std::int8_t attribute_id) {
    return attribute_id >= 1 ? std::optional(static_cast<std::uint16_t>(8 * (attribute_id - 1)))
                             : std::nullopt;
}

/// Octets from an object's base name to its method; nothing where the class or its offset is not
/// known.
std::optional<std::uint16_t> method_offset(const InterfaceClass& row, std::int8_t method_id);

/// The base names that Green Book 9.5 reserves (SN referencing).
namespace base_names {
inline constexpr std::uint16_t current_association = 0xFA00;
inline constexpr std::uint16_t script_table = 0xFB00;
inline constexpr std::uint16_t sap_assignment = 0xFC00;
inline constexpr std::uint16_t logical_device_name = 0xFD00;
}  // namespace base_names

}  // namespace dlms::cosem
