#include "stack/xdlms/set.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

enum RequestChoice : std::uint8_t {
    normal = 1,
    with_first_datablock = 2,
    with_datablock = 3,
    with_list = 4,
    with_list_and_first_datablock = 5,
};

enum ResponseChoice : std::uint8_t {
    response_normal = 1,
    datablock = 2,
    last_datablock = 3,
    last_datablock_with_list = 4,
    response_with_list = 5,
};

using Attributes = List<cosem::AttributeDescriptorWithSelection>;
using Results = List<cosem::DataAccessResult>;

/// A request whose choice has been read.
template <class Request>
Request begin(Reader& reader) {
    Request request;
    request.invoke_id_and_priority = read_invoke_id_and_priority(reader);
    return request;
}

Result<SetRequest> decode_normal(Reader& reader) {
    auto request = begin<SetRequestNormal>(reader);
    request.attribute = cosem::read_attribute_descriptor(reader);
    request.access_selection = cosem::read_selective_access(reader);
    request.value = axdr::read_data(reader);
    return finish<SetRequest>(reader, request);
}

Result<SetRequest> decode_with_first_datablock(Reader& reader) {
    auto request = begin<SetRequestWithFirstDatablock>(reader);
    request.attribute = cosem::read_attribute_descriptor(reader);
    request.access_selection = cosem::read_selective_access(reader);
    request.block = read_raw_data_block(reader);
    return finish<SetRequest>(reader, request);
}

Result<SetRequest> decode_with_datablock(Reader& reader) {
    auto request = begin<SetRequestWithDatablock>(reader);
    request.block = read_raw_data_block(reader);
    return finish<SetRequest>(reader, request);
}

Result<SetRequest> decode_with_list(Reader& reader) {
    auto request = begin<SetRequestWithList>(reader);
    request.attributes = Attributes::read(reader);
    const std::size_t where = reader.offset();
    request.values = List<axdr::DataView>::read(reader);
    expect_same_count(reader, where, request.attributes.size(), request.values.size());
    return finish<SetRequest>(reader, request);
}

Result<SetRequest> decode_with_list_and_first_datablock(Reader& reader) {
    auto request = begin<SetRequestWithListAndFirstDatablock>(reader);
    request.attributes = Attributes::read(reader);
    request.block = read_raw_data_block(reader);
    return finish<SetRequest>(reader, request);
}

}  // namespace

Result<SetRequest> decode_set_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    switch (read_choice(reader, ApduTag::set_request)) {
        case normal: return decode_normal(reader);
        case with_first_datablock: return decode_with_first_datablock(reader);
        case with_datablock: return decode_with_datablock(reader);
        case with_list: return decode_with_list(reader);
        case with_list_and_first_datablock: return decode_with_list_and_first_datablock(reader);
        default: return refuse_choice(reader);
    }
}

Result<SetResponse> decode_set_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    switch (read_choice(reader, ApduTag::set_response)) {
        case response_normal: {
            auto response = begin<SetResponseNormal>(reader);
            response.result = read_data_access_result(reader);
            return finish<SetResponse>(reader, response);
        }
        case datablock: {
            auto response = begin<SetResponseDatablock>(reader);
            response.block_number = reader.u32();
            return finish<SetResponse>(reader, response);
        }
        case last_datablock: {
            auto response = begin<SetResponseLastDatablock>(reader);
            response.result = read_data_access_result(reader);
            response.block_number = reader.u32();
            return finish<SetResponse>(reader, response);
        }
        case last_datablock_with_list: {
            auto response = begin<SetResponseLastDatablockWithList>(reader);
            response.results = Results::read(reader);
            response.block_number = reader.u32();
            return finish<SetResponse>(reader, response);
        }
        case response_with_list: {
            auto response = begin<SetResponseWithList>(reader);
            response.results = Results::read(reader);
            return finish<SetResponse>(reader, response);
        }
        default: return refuse_choice(reader);
    }
}

void encode(Writer& writer, const SetRequestNormal& request) {
    write_service(writer, ApduTag::set_request, normal, request.invoke_id_and_priority);
    cosem::write(writer, request.attribute);
    cosem::write(writer, request.access_selection);
    writer.bytes(request.value.encoded());
}

void encode(Writer& writer, const SetRequestWithFirstDatablock& request) {
    write_service(writer, ApduTag::set_request, with_first_datablock,
                  request.invoke_id_and_priority);
    cosem::write(writer, request.attribute);
    cosem::write(writer, request.access_selection);
    write(writer, request.block);
}

void encode(Writer& writer, const SetRequestWithDatablock& request) {
    write_service(writer, ApduTag::set_request, with_datablock, request.invoke_id_and_priority);
    write(writer, request.block);
}

void encode(Writer& writer, const SetRequestWithList& request) {
    write_service(writer, ApduTag::set_request, with_list, request.invoke_id_and_priority);
    expect_same_count(writer, request.attributes.size(), request.values.size());
    write(writer, request.attributes);
    write(writer, request.values);
}

void encode(Writer& writer, const SetRequestWithListAndFirstDatablock& request) {
    write_service(writer, ApduTag::set_request, with_list_and_first_datablock,
                  request.invoke_id_and_priority);
    write(writer, request.attributes);
    write(writer, request.block);
}

void encode(Writer& writer, const SetResponseNormal& response) {
    write_service(writer, ApduTag::set_response, response_normal, response.invoke_id_and_priority);
    write(writer, response.result);
}

void encode(Writer& writer, const SetResponseDatablock& response) {
    write_service(writer, ApduTag::set_response, datablock, response.invoke_id_and_priority);
    writer.u32(response.block_number);
}

void encode(Writer& writer, const SetResponseLastDatablock& response) {
    write_service(writer, ApduTag::set_response, last_datablock, response.invoke_id_and_priority);
    write(writer, response.result);
    writer.u32(response.block_number);
}

void encode(Writer& writer, const SetResponseLastDatablockWithList& response) {
    write_service(writer, ApduTag::set_response, last_datablock_with_list,
                  response.invoke_id_and_priority);
    write(writer, response.results);
    writer.u32(response.block_number);
}

void encode(Writer& writer, const SetResponseWithList& response) {
    write_service(writer, ApduTag::set_response, response_with_list,
                  response.invoke_id_and_priority);
    write(writer, response.results);
}

}  // namespace dlms::xdlms
