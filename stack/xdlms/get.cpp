#include "stack/xdlms/get.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

enum Choice : std::uint8_t { normal = 1, next = 2, with_datablock = 2, with_list = 3 };

void skip_trailing_zeros(Reader& reader) {
    for (int i = 0; i < 3 && !reader.at_end() && reader.peek() == 0; ++i) {
        reader.u8();
    }
}

DataBlock read_data_block(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case 0: return axdr::read_octet_string(reader);
        case 1: return read_data_access_result(reader);
        default: reader.fail_at(ErrorCode::unknown_choice, where); return ByteView();
    }
}

}  // namespace

Result<GetRequest> decode_get_request(ByteView apdu, GetRequestTolerance tolerance) {
    Reader reader(apdu, Layer::xdlms);
    switch (read_choice(reader, ApduTag::get_request)) {
        case normal: {
            GetRequestNormal request;
            request.invoke_id_and_priority = read_invoke_id_and_priority(reader);
            request.attribute = cosem::read_attribute_descriptor(reader);
            request.access_selection = cosem::read_selective_access(reader);
            if (tolerance.trailing_zeros && !request.access_selection) {
                skip_trailing_zeros(reader);
            }
            return finish<GetRequest>(reader, request);
        }
        case next: {
            GetRequestNext request;
            request.invoke_id_and_priority = read_invoke_id_and_priority(reader);
            request.block_number = reader.u32();
            return finish<GetRequest>(reader, request);
        }
        case with_list: {
            GetRequestWithList request;
            request.invoke_id_and_priority = read_invoke_id_and_priority(reader);
            request.attributes = List<cosem::AttributeDescriptorWithSelection>::read(reader);
            return finish<GetRequest>(reader, request);
        }
        default: return refuse_choice(reader);
    }
}

Result<GetResponse> decode_get_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    switch (read_choice(reader, ApduTag::get_response)) {
        case normal: {
            GetResponseNormal response;
            response.invoke_id_and_priority = read_invoke_id_and_priority(reader);
            response.result = read_get_data_result(reader);
            return finish<GetResponse>(reader, response);
        }
        case with_datablock: {
            GetResponseWithDatablock response;
            response.invoke_id_and_priority = read_invoke_id_and_priority(reader);
            response.last_block = reader.u8() != 0;
            response.block_number = reader.u32();
            response.block = read_data_block(reader);
            return finish<GetResponse>(reader, response);
        }
        case with_list: {
            GetResponseWithList response;
            response.invoke_id_and_priority = read_invoke_id_and_priority(reader);
            response.results = List<GetDataResult>::read(reader);
            return finish<GetResponse>(reader, response);
        }
        default: return refuse_choice(reader);
    }
}

void encode(Writer& writer, const GetRequestNormal& request) {
    write_service(writer, ApduTag::get_request, normal, request.invoke_id_and_priority);
    cosem::write(writer, request.attribute);
    cosem::write(writer, request.access_selection);
}

void encode(Writer& writer, const GetRequestNext& request) {
    write_service(writer, ApduTag::get_request, next, request.invoke_id_and_priority);
    writer.u32(request.block_number);
}

void encode(Writer& writer, const GetRequestWithList& request) {
    write_service(writer, ApduTag::get_request, with_list, request.invoke_id_and_priority);
    write(writer, request.attributes);
}

void encode(Writer& writer, const GetResponseNormal& response) {
    write_service(writer, ApduTag::get_response, normal, response.invoke_id_and_priority);
    write(writer, response.result);
}

void encode(Writer& writer, const GetResponseWithDatablock& response) {
    write_service(writer, ApduTag::get_response, with_datablock, response.invoke_id_and_priority);
    writer.u8(response.last_block ? 1 : 0);
    writer.u32(response.block_number);
    if (const auto* octets = std::get_if<ByteView>(&response.block)) {
        writer.u8(0);
        axdr::write_octet_string(writer, *octets);
    } else {
        writer.u8(1);
        write(writer, std::get<cosem::DataAccessResult>(response.block));
    }
}

void encode(Writer& writer, const GetResponseWithList& response) {
    write_service(writer, ApduTag::get_response, with_list, response.invoke_id_and_priority);
    write(writer, response.results);
}

}  // namespace dlms::xdlms
