#include "client/object_versions.hpp"

namespace dlms::client {
namespace {

constexpr std::uint16_t association_sn = 12;
constexpr std::uint16_t association_ln = 15;
constexpr std::int8_t object_list = 2;

/// Where an entry of an object list holds its class_id; version and logical_name follow it.
std::optional<std::size_t> class_id_place(const cosem::AttributeDescriptor& attribute) {
    if (attribute.attribute_id != object_list) {
        return std::nullopt;
    }
    switch (attribute.class_id) {
        case association_ln: return 0;
        case association_sn: return 1;  // behind the base_name
        default: return std::nullopt;
    }
}

/// A member of an entry as `read` takes it; its error where it is missing or of another type.
template <auto read>
auto member(const axdr::DataView& entry, std::size_t place) {
    const Result<axdr::DataView> found = entry.element(place);
    using Answer = decltype(((*found).*read)());
    return found ? ((*found).*read)() : Answer(std::unexpected(found.error()));
}

}  // namespace

void ObjectVersions::learn(const cosem::AttributeDescriptor& attribute,
                           const axdr::DataView& value) {
    const auto place = class_id_place(attribute);
    const auto entries = value.elements();
    if (!place || !entries || !value.is(axdr::Tag::array)) {
        return;
    }
    for (const axdr::DataView& entry : *entries) {
        const auto class_id = member<&axdr::DataView::unsigned_integer>(entry, *place);
        const auto version = member<&axdr::DataView::unsigned_integer>(entry, *place + 1);
        const auto name = member<&axdr::DataView::octets>(entry, *place + 2);
        if (!class_id || *class_id > 0xFFFF || !version || *version > 0xFF || !name ||
            name->size() != 6) {
            continue;
        }
        const ByteView code = *name;
        const std::pair object{
            static_cast<std::uint16_t>(*class_id),
            cosem::ObisCode{code[0], code[1], code[2], code[3], code[4], code[5]}};
        if (versions_.size() < max_objects || versions_.contains(object)) {
            versions_[object] = static_cast<std::uint8_t>(*version);
        }
    }
}

std::optional<std::uint8_t> ObjectVersions::of(const cosem::AttributeDescriptor& attribute) const {
    const auto found = versions_.find({attribute.class_id, attribute.instance});
    return found == versions_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace dlms::client
