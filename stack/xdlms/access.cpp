#include "stack/xdlms/access.hpp"

#include <array>

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

// Choices of Access-Request-Specification, and the first three of Access-Response-Specification.
enum Choice : std::uint8_t {
    get = 1,
    set = 2,
    action = 3,
    get_with_selection = 4,
    set_with_selection = 5,
};

constexpr std::array<std::string_view, 5> choice_names{"get", "set", "action", "get-with-selection",
                                                       "set-with-selection"};

void write_content(Writer& writer, const AccessGet& item) {
    cosem::write(writer, item.attribute);
}
void write_content(Writer& writer, const AccessSet& item) {
    cosem::write(writer, item.attribute);
}
void write_content(Writer& writer, const AccessAction& item) {
    cosem::write(writer, item.method);
}
void write_content(Writer& writer, const AccessGetWithSelection& item) {
    cosem::write(writer, item.attribute);
    cosem::write(writer, item.access_selection);
}
void write_content(Writer& writer, const AccessSetWithSelection& item) {
    cosem::write(writer, item.attribute);
    cosem::write(writer, item.access_selection);
}

}  // namespace

std::string_view name(const AccessSpecification& specification) {
    return choice_names[specification.index()];
}

AccessSpecification read_access_specification(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case get: return AccessGet{cosem::read_attribute_descriptor(reader)};
        case set: return AccessSet{cosem::read_attribute_descriptor(reader)};
        case action: return AccessAction{cosem::read_method_descriptor(reader)};
        case get_with_selection: {
            const cosem::AttributeDescriptor attribute = cosem::read_attribute_descriptor(reader);
            return AccessGetWithSelection{attribute,
                                          cosem::read_selective_access_descriptor(reader)};
        }
        case set_with_selection: {
            const cosem::AttributeDescriptor attribute = cosem::read_attribute_descriptor(reader);
            return AccessSetWithSelection{attribute,
                                          cosem::read_selective_access_descriptor(reader)};
        }
        default: reader.fail_at(ErrorCode::unknown_choice, where); return AccessGet{};
    }
}

void write(Writer& writer, const AccessSpecification& specification) {
    writer.u8(static_cast<std::uint8_t>(specification.index() + 1));
    std::visit([&writer](const auto& item) { write_content(writer, item); }, specification);
}

std::string_view name(const AccessResult& result) {
    return choice_names[result.index()];
}

AccessResult read_access_result(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case get: return AccessGetResult{read_data_access_result(reader)};
        case set: return AccessSetResult{read_data_access_result(reader)};
        case action: return AccessActionResult{read_action_result(reader)};
        default: reader.fail_at(ErrorCode::unknown_choice, where); return AccessGetResult{};
    }
}

void write(Writer& writer, const AccessResult& result) {
    writer.u8(static_cast<std::uint8_t>(result.index() + 1));
    std::visit([&writer](const auto& item) { write(writer, item.result); }, result);
}

Result<AccessRequest> decode_access_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::access_request);
    AccessRequest request;
    request.long_invoke_id_and_priority = LongInvokeIdAndPriority(reader.u32());
    request.date_time = read_date_time_octets(reader);
    request.specifications = List<AccessSpecification>::read(reader);
    const std::size_t where = reader.offset();
    request.data = List<axdr::DataView>::read(reader);
    expect_same_count(reader, where, request.specifications.size(), request.data.size());
    return finish<AccessRequest>(reader, request);
}

Result<AccessResponse> decode_access_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::access_response);
    AccessResponse response;
    response.long_invoke_id_and_priority = LongInvokeIdAndPriority(reader.u32());
    response.date_time = read_date_time_octets(reader);
    if (axdr::read_presence(reader)) {
        response.request_specifications = List<AccessSpecification>::read(reader);
    }
    const std::size_t data_at = reader.offset();
    response.data = List<axdr::DataView>::read(reader);
    if (response.request_specifications) {
        expect_same_count(reader, data_at, response.request_specifications->size(),
                          response.data.size());
    }
    const std::size_t results_at = reader.offset();
    response.results = List<AccessResult>::read(reader);
    expect_same_count(reader, results_at, response.data.size(), response.results.size());
    return finish<AccessResponse>(reader, response);
}

void encode(Writer& writer, const AccessRequest& request) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::access_request));
    writer.u32(request.long_invoke_id_and_priority.raw());
    write_date_time_octets(writer, request.date_time);
    expect_same_count(writer, request.specifications.size(), request.data.size());
    write(writer, request.specifications);
    write(writer, request.data);
}

void encode(Writer& writer, const AccessResponse& response) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::access_response));
    writer.u32(response.long_invoke_id_and_priority.raw());
    write_date_time_octets(writer, response.date_time);
    writer.u8(response.request_specifications ? 1 : 0);
    if (response.request_specifications) {
        expect_same_count(writer, response.request_specifications->size(), response.data.size());
        write(writer, *response.request_specifications);
    }
    expect_same_count(writer, response.data.size(), response.results.size());
    write(writer, response.data);
    write(writer, response.results);
}

}  // namespace dlms::xdlms
