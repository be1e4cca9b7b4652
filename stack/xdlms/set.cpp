#include "stack/xdlms/set.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

constexpr std::uint8_t normal = 1;
constexpr std::uint8_t last_choice = 5;  // with-list-and-first-datablock, and with-list

/// Takes tag and choice; any choice but normal ends in an error.
void read_normal_choice(Reader& reader, ApduTag tag) {
    const std::uint8_t choice = read_choice(reader, tag);
    if (choice != normal) {
        const bool legal = choice > normal && choice <= last_choice;
        reader.fail_at(legal ? ErrorCode::unsupported_service : ErrorCode::unknown_choice, 1);
    }
}

}  // namespace

Result<SetRequestNormal> decode_set_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_normal_choice(reader, ApduTag::set_request);
    SetRequestNormal request;
    request.invoke_id_and_priority = read_invoke_id_and_priority(reader);
    request.attribute = cosem::read_attribute_descriptor(reader);
    request.access_selection = cosem::read_selective_access(reader);
    request.value = axdr::read_data(reader);
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return request;
}

Result<SetResponseNormal> decode_set_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_normal_choice(reader, ApduTag::set_response);
    SetResponseNormal response;
    response.invoke_id_and_priority = read_invoke_id_and_priority(reader);
    response.result = read_data_access_result(reader);
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return response;
}

void encode(Writer& writer, const SetRequestNormal& request) {
    write_choice(writer, ApduTag::set_request, normal);
    writer.u8(request.invoke_id_and_priority.raw());
    cosem::write(writer, request.attribute);
    cosem::write(writer, request.access_selection);
    writer.bytes(request.value.encoded());
}

void encode(Writer& writer, const SetResponseNormal& response) {
    write_choice(writer, ApduTag::set_response, normal);
    writer.u8(response.invoke_id_and_priority.raw());
    writer.u8(static_cast<std::uint8_t>(response.result));
}

}  // namespace dlms::xdlms
