#pragma once
// ShortNames: which base name each object of a meter has (short name referencing; Blue Book 4.1.3,
// Green Book 9.5), from the object list of its association.

#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include "stack/axdr/data_view.hpp"
#include "stack/cosem/descriptor.hpp"

namespace dlms::client {

class ShortNames {
public:
    /// From attribute 2 of the current Association SN object: an array of {base_name, class_id,
    /// version, logical_name}. Entries of another form are left out. Errors: type_mismatch when it
    /// is no array.
    static Result<ShortNames> from_object_list(const axdr::DataView& object_list);

    /// Nothing for an object that is not in the list, and for attribute 0.
    std::optional<std::uint16_t> attribute(const cosem::AttributeDescriptor& attribute) const;
    /// Nothing for an object that is not in the list, and where the class table does not say where
    /// the class has its methods.
    std::optional<std::uint16_t> method(const cosem::MethodDescriptor& method) const;

    std::size_t size() const { return objects_.size(); }

private:
    struct Object {
        std::uint16_t base_name = 0;
        std::uint8_t version = 0;
    };

    const Object* find(std::uint16_t class_id, const cosem::ObisCode& instance) const;

    std::map<std::pair<std::uint16_t, cosem::ObisCode>, Object> objects_;
};

}  // namespace dlms::client
