#include "client/short_names.hpp"

#include "stack/cosem/interface_class.hpp"

namespace dlms::client {
namespace {

std::optional<std::uint16_t> sum(std::uint16_t base_name, std::optional<std::uint16_t> offset) {
    if (!offset || *offset > 0xFFFF - base_name) {
        return std::nullopt;
    }
    return static_cast<std::uint16_t>(base_name + *offset);
}

}  // namespace

Result<ShortNames> ShortNames::from_object_list(const axdr::DataView& object_list) {
    const auto entries = object_list.elements();
    if (!entries || !object_list.is(axdr::Tag::array)) {
        return fail(ErrorCode::type_mismatch, Layer::client);
    }
    ShortNames names;
    for (const axdr::DataView& entry : *entries) {
        const auto members = entry.elements();
        if (!members || members->size() != 4) {
            continue;
        }
        // base_name is a signed long by the book and unsigned in some meters: the bits are meant.
        const auto base_name = entry.element(0)->signed_integer();
        const auto class_id = entry.element(1)->unsigned_integer();
        const auto version = entry.element(2)->unsigned_integer();
        const auto instance = entry.element(3)->octets();
        if (!base_name || *base_name < -0x8000 || *base_name > 0xFFFF || !class_id ||
            *class_id > 0xFFFF || !version || *version > 0xFF || !instance ||
            instance->size() != 6) {
            continue;
        }
        const ByteView code = *instance;
        const cosem::ObisCode obis{code[0], code[1], code[2], code[3], code[4], code[5]};
        names.objects_.insert_or_assign(
            {static_cast<std::uint16_t>(*class_id), obis},
            Object{static_cast<std::uint16_t>(*base_name), static_cast<std::uint8_t>(*version)});
    }
    return names;
}

const ShortNames::Object* ShortNames::find(std::uint16_t class_id,
                                           const cosem::ObisCode& instance) const {
    const auto found = objects_.find({class_id, instance});
    return found == objects_.end() ? nullptr : &found->second;
}

std::optional<std::uint16_t> ShortNames::attribute(
    const cosem::AttributeDescriptor& attribute) const {
    const Object* object = find(attribute.class_id, attribute.instance);
    if (object == nullptr) {
        return std::nullopt;
    }
    return sum(object->base_name, cosem::attribute_offset(attribute.attribute_id));
}

std::optional<std::uint16_t> ShortNames::method(const cosem::MethodDescriptor& method) const {
    const Object* object = find(method.class_id, method.instance);
    if (object == nullptr) {
        return std::nullopt;
    }
    const cosem::InterfaceClass* row = cosem::find_class(method.class_id, object->version);
    if (row == nullptr) {
        row = cosem::find_class(method.class_id);
    }
    return row == nullptr ? std::nullopt
                          : sum(object->base_name, cosem::method_offset(*row, method.method_id));
}

}  // namespace dlms::client
