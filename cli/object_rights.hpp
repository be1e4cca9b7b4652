#pragma once
// What a meter's object list tells: its objects, their attributes and methods, and what the client
// may do with them (Blue Book 4.4.3 and 4.4.4).

#include <cstdint>
#include <vector>

#include "stack/axdr/data_view.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::cli {

/// Bits of the protection that a right asks for, as later versions of the associations write them:
/// 4 authenticated, 8 encrypted, 16 signed request, and the same of the answer from 32 on.
using ProtectionBits = std::uint8_t;

struct ListedAttribute {
    std::int8_t id = 0;
    bool readable = false;
    bool writable = false;
    ProtectionBits protection = 0;
};

struct ListedMethod {
    std::int8_t id = 0;
    bool callable = false;
    ProtectionBits protection = 0;
};

struct ListedObject {
    std::uint16_t class_id = 0;
    std::uint8_t version = 0;
    cosem::ObisCode instance;
    std::uint16_t base_name = 0;  ///< of short name referencing; else 0
    /// By id, each once, without attribute 1.
    std::vector<ListedAttribute> attributes;
    std::vector<ListedMethod> methods;
};

struct ObjectList {
    /// In the list's order, each pair of class and name once.
    std::vector<ListedObject> objects;
    std::size_t unreadable = 0;  ///< entries of another form, left out
    /// Objects of which no rights are told: they have the attributes of their class, readable.
    std::size_t without_rights = 0;
};

/// From attribute 2 of the Association LN.
ObjectList read_ln_object_list(const axdr::DataView& object_list);

/// From attributes 2 and 3 of the Association SN; null-data where the meter does not tell the
/// rights.
ObjectList read_sn_object_list(const axdr::DataView& object_list,
                               const axdr::DataView& access_rights_list);

}  // namespace dlms::cli
