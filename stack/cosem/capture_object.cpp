#include "stack/cosem/capture_object.hpp"

#include "stack/cosem/interface_class.hpp"

namespace dlms::cosem {

using axdr::DataView;
using axdr::Tag;

namespace detail {

Result<axdr::ElementRange> members_of(const DataView& data, std::size_t count) {
    const auto elements = data.elements();
    if (!data.is(Tag::structure) || !elements) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    if (elements->size() != count) {
        return fail(
            elements->size() < count ? ErrorCode::element_missing : ErrorCode::trailing_octets,
            Layer::cosem);
    }
    return *elements;
}

Result<std::uint32_t> number_of(const DataView& data, std::uint32_t most) {
    const auto number = data.unsigned_integer();
    if (!number) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    if (*number > most) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem);
    }
    return static_cast<std::uint32_t>(*number);
}

Result<ObisCode> obis_code_of(const DataView& data) {
    const auto octets = data.octets();
    if (!data.is(Tag::octet_string) || !octets) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    if (octets->size() != 6) {
        return fail(ErrorCode::value_out_of_range, Layer::cosem);
    }
    return ObisCode::from_octets(octets->first<6>());
}

}  // namespace detail

Result<CaptureObject> read_capture_object(const DataView& data) {
    const auto members = detail::members_of(data, 4);
    if (!members) {
        return std::unexpected(members.error());
    }
    auto member = members->begin();
    const auto class_id = detail::number_of(*member, UINT16_MAX);
    const auto logical_name = detail::obis_code_of(*++member);
    const auto attribute_index = (*++member).signed_integer();
    const auto data_index = detail::number_of(*++member, UINT16_MAX);
    if (!class_id || !logical_name || !data_index) {
        return std::unexpected(!class_id       ? class_id.error()
                               : !logical_name ? logical_name.error()
                                               : data_index.error());
    }
    if (!attribute_index || *attribute_index < INT8_MIN || *attribute_index > INT8_MAX) {
        return fail(attribute_index ? ErrorCode::value_out_of_range : ErrorCode::type_mismatch,
                    Layer::cosem);
    }
    return CaptureObject{static_cast<std::uint16_t>(*class_id), *logical_name,
                         static_cast<std::int8_t>(*attribute_index),
                         static_cast<std::uint16_t>(*data_index)};
}

Result<std::vector<CaptureObject>> read_capture_objects(const DataView& data) {
    const auto elements = data.elements();
    if (!data.is(Tag::array) || !elements) {
        return fail(ErrorCode::type_mismatch, Layer::cosem);
    }
    std::vector<CaptureObject> objects;
    objects.reserve(elements->size());
    for (const DataView element : *elements) {
        const Result<CaptureObject> object = read_capture_object(element);
        if (!object) {
            return std::unexpected(object.error());
        }
        objects.push_back(*object);
    }
    return objects;
}

void write(axdr::DataBuilder& builder, const CaptureObject& object) {
    builder.structure(4)
        .long_unsigned(object.class_id)
        .octet_string(object.logical_name.octets())
        .integer(object.attribute_index)
        .long_unsigned(object.data_index);
}

bool is_clock(const CaptureObject& object) {
    return object.class_id == 8 && object.attribute_index == 2;
}

bool holds_date_time(const CaptureObject& object) {
    const ClassAttribute* attribute = find_attribute(object.class_id, object.attribute_index);
    return attribute != nullptr && attribute->type->meaning == Meaning::date_time;
}

}  // namespace dlms::cosem
