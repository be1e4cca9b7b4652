#pragma once
// Cosem-Attribute-Descriptor, Cosem-Method-Descriptor and Selective-Access-Descriptor
// (COSEMpdu; Green Book 9.5).

#include <cstdint>
#include <optional>

#include "stack/axdr/data_view.hpp"
#include "stack/axdr/length.hpp"
#include "stack/cosem/obis_code.hpp"

namespace dlms::cosem {

/// Which attribute of which object. attribute_id 0 stands for all attributes.
struct AttributeDescriptor {
    std::uint16_t class_id = 0;
    ObisCode instance;
    std::int8_t attribute_id = 0;

    friend constexpr auto operator<=>(const AttributeDescriptor&,
                                      const AttributeDescriptor&) = default;
};

/// Which method of which object.
struct MethodDescriptor {
    std::uint16_t class_id = 0;
    ObisCode instance;
    std::int8_t method_id = 0;

    friend constexpr auto operator<=>(const MethodDescriptor&, const MethodDescriptor&) = default;
};

/// A part of an attribute: what the selector and its parameters mean is the class's affair.
/// The view lives as long as the octets that it was read from.
struct SelectiveAccess {
    std::uint8_t selector = 0;
    axdr::DataView parameters;

    friend bool operator==(const SelectiveAccess&, const SelectiveAccess&) = default;
};

/// Cosem-Attribute-Descriptor-With-Selection: an item of the services with list.
struct AttributeDescriptorWithSelection {
    AttributeDescriptor attribute;
    std::optional<SelectiveAccess> access_selection;

    friend bool operator==(const AttributeDescriptorWithSelection&,
                           const AttributeDescriptorWithSelection&) = default;
};

inline AttributeDescriptor read_attribute_descriptor(Reader& reader) {
    AttributeDescriptor descriptor;
    descriptor.class_id = reader.u16();
    descriptor.instance = read_obis_code(reader);
    descriptor.attribute_id = reader.i8();
    return descriptor;
}

namespace detail {

/// At once: a write for each field takes three times as long.
inline void write_member(Writer& writer, std::uint16_t class_id, const ObisCode& instance,
                         std::int8_t id) {
    const Byte octets[]{static_cast<Byte>(class_id >> 8),
                        static_cast<Byte>(class_id),
                        instance.a(),
                        instance.b(),
                        instance.c(),
                        instance.d(),
                        instance.e(),
                        instance.f(),
                        static_cast<Byte>(id)};
    writer.bytes(octets);
}

}  // namespace detail

inline void write(Writer& writer, const AttributeDescriptor& descriptor) {
    detail::write_member(writer, descriptor.class_id, descriptor.instance, descriptor.attribute_id);
}

inline MethodDescriptor read_method_descriptor(Reader& reader) {
    MethodDescriptor descriptor;
    descriptor.class_id = reader.u16();
    descriptor.instance = read_obis_code(reader);
    descriptor.method_id = reader.i8();
    return descriptor;
}

inline void write(Writer& writer, const MethodDescriptor& descriptor) {
    detail::write_member(writer, descriptor.class_id, descriptor.instance, descriptor.method_id);
}

/// Reads a Selective-Access-Descriptor: selector and parameters.
inline SelectiveAccess read_selective_access_descriptor(Reader& reader) {
    SelectiveAccess selection;
    selection.selector = reader.u8();
    selection.parameters = axdr::read_data(reader);
    return selection;
}

inline void write(Writer& writer, const SelectiveAccess& selection) {
    writer.u8(selection.selector);
    writer.bytes(selection.parameters.encoded());
}

/// Reads the OPTIONAL access-selection: a flag, then selector and parameters.
inline std::optional<SelectiveAccess> read_selective_access(Reader& reader) {
    if (!axdr::read_presence(reader)) {
        return std::nullopt;
    }
    return read_selective_access_descriptor(reader);
}

inline void write(Writer& writer, const std::optional<SelectiveAccess>& selection) {
    writer.u8(selection ? 1 : 0);
    if (selection) {
        write(writer, *selection);
    }
}

inline AttributeDescriptorWithSelection read_attribute_descriptor_with_selection(Reader& reader) {
    AttributeDescriptorWithSelection item;
    item.attribute = read_attribute_descriptor(reader);
    item.access_selection = read_selective_access(reader);
    return item;
}

inline void write(Writer& writer, const AttributeDescriptorWithSelection& item) {
    write(writer, item.attribute);
    write(writer, item.access_selection);
}

}  // namespace dlms::cosem
