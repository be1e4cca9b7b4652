#pragma once
// ValueType: what the interface classes (Blue Book 4; IEC 62056-6-2) say of the form of an
// attribute or of a method's parameter: tag, names of members and codes, and what octets mean.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stack/axdr/data_view.hpp"
#include "stack/axdr/tag.hpp"

namespace dlms::cosem {

/// What a simple value stands for beyond its tag.
enum class Meaning : std::uint8_t {
    none,          ///< the number, the bits or the octets themselves
    text,          ///< octets that are characters
    obis_code,     ///< six octets
    date_time,     ///< twelve octets
    date,          ///< five octets
    time,          ///< four octets
    ipv4_address,  ///< a number of 32 bits
    ipv6_address,  ///< 16 octets
    unit,          ///< a code of the table in unit.hpp
};

/// The name of a code of an enumeration, for example 2 "ready-for-reconnection".
struct CodeName {
    std::uint8_t code = 0;
    std::string_view name;
};

struct ValueType;

/// A member of a structure, or an alternative of a CHOICE (then without a name).
struct TypeMember {
    std::string_view name;
    const ValueType* type = nullptr;
};

/// A type of the class table. All of it has static storage: pointers and views stay valid.
struct ValueType {
    enum class Form : std::uint8_t {
        any,        ///< whatever the object was made for: CHOICE of all types
        simple,     ///< one value of the type `tag`
        structure,  ///< `members` by name; without any the members are not in the table
        array,      ///< any number of `item`
        choice,     ///< one of `members`
    };

    Form form = Form::any;
    axdr::Tag tag = axdr::Tag::null_data;  ///< of a simple value
    Meaning meaning = Meaning::none;
    std::uint16_t size = 0;  ///< octets of an octet-string, bits of a bit-string; 0 for any number
    std::span<const CodeName> codes{};
    std::span<const TypeMember> members{};
    const ValueType* item = nullptr;
};

/// The tag of a value of the type; nothing where it is open.
std::optional<axdr::Tag> tag_of(const ValueType& type);

/// How well a Data agrees with a type.
enum class Fit : std::uint8_t {
    none,   ///< other members, or a list where a simple value belongs, or the reverse
    loose,  ///< the same shape, but somewhere another simple type, or null-data
    exact,  ///< as the class has it
};

Fit fit(const ValueType& type, const axdr::DataView& data);

/// The name of a code; empty for one without a name.
std::string_view name_of(std::span<const CodeName> codes, std::uint64_t code);

/// The code of a name, in any case and with '-', '_' or blanks between words; nothing for an
/// unknown name.
std::optional<std::uint8_t> code_of(std::span<const CodeName> codes, std::string_view name);

/// Whether two names are the same but for case and for '-', '_' and blanks.
bool is_same_name(std::string_view a, std::string_view b);

}  // namespace dlms::cosem
