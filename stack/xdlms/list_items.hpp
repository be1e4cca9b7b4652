#pragma once
// The items of lists that come from stack/cosem.

#include "stack/cosem/access_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/list.hpp"
#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {

template <>
struct ItemCodec<cosem::AttributeDescriptorWithSelection> {
    static cosem::AttributeDescriptorWithSelection read(Reader& reader) {
        return cosem::read_attribute_descriptor_with_selection(reader);
    }
    static void write(Writer& writer, const cosem::AttributeDescriptorWithSelection& item) {
        cosem::write(writer, item);
    }
};

template <>
struct ItemCodec<cosem::MethodDescriptor> {
    static cosem::MethodDescriptor read(Reader& reader) {
        return cosem::read_method_descriptor(reader);
    }
    static void write(Writer& writer, const cosem::MethodDescriptor& item) {
        cosem::write(writer, item);
    }
};

template <>
struct ItemCodec<cosem::DataAccessResult> {
    static cosem::DataAccessResult read(Reader& reader) { return read_data_access_result(reader); }
    static void write(Writer& writer, cosem::DataAccessResult result) {
        xdlms::write(writer, result);
    }
};

}  // namespace dlms::xdlms
