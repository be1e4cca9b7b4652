#include "stack/xdlms/action.hpp"

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

enum RequestChoice : std::uint8_t {
    normal = 1,
    next_pblock = 2,
    with_list = 3,
    with_first_pblock = 4,
    with_list_and_first_pblock = 5,
    with_pblock = 6,
};

enum ResponseChoice : std::uint8_t {
    response_normal = 1,
    response_with_pblock = 2,
    response_with_list = 3,
    response_next_pblock = 4,
};

/// An APDU whose choice has been read.
template <class Apdu>
Apdu begin(Reader& reader) {
    Apdu apdu;
    apdu.invoke_id_and_priority = read_invoke_id_and_priority(reader);
    return apdu;
}

Result<ActionRequest> decode_normal(Reader& reader) {
    auto request = begin<ActionRequestNormal>(reader);
    request.method = cosem::read_method_descriptor(reader);
    if (axdr::read_presence(reader)) {
        request.parameters = axdr::read_data(reader);
    }
    return finish<ActionRequest>(reader, request);
}

Result<ActionRequest> decode_next_pblock(Reader& reader) {
    auto request = begin<ActionRequestNextPblock>(reader);
    request.block_number = reader.u32();
    return finish<ActionRequest>(reader, request);
}

Result<ActionRequest> decode_with_list(Reader& reader) {
    auto request = begin<ActionRequestWithList>(reader);
    request.methods = List<cosem::MethodDescriptor>::read(reader);
    const std::size_t where = reader.offset();
    request.parameters = List<axdr::DataView>::read(reader);
    expect_same_count(reader, where, request.methods.size(), request.parameters.size());
    return finish<ActionRequest>(reader, request);
}

Result<ActionRequest> decode_with_first_pblock(Reader& reader) {
    auto request = begin<ActionRequestWithFirstPblock>(reader);
    request.method = cosem::read_method_descriptor(reader);
    request.block = read_raw_data_block(reader);
    return finish<ActionRequest>(reader, request);
}

Result<ActionRequest> decode_with_list_and_first_pblock(Reader& reader) {
    auto request = begin<ActionRequestWithListAndFirstPblock>(reader);
    request.methods = List<cosem::MethodDescriptor>::read(reader);
    request.block = read_raw_data_block(reader);
    return finish<ActionRequest>(reader, request);
}

Result<ActionRequest> decode_with_pblock(Reader& reader) {
    auto request = begin<ActionRequestWithPblock>(reader);
    request.block = read_raw_data_block(reader);
    return finish<ActionRequest>(reader, request);
}

}  // namespace

ActionOutcome read_action_outcome(Reader& reader) {
    ActionOutcome outcome;
    outcome.result = read_action_result(reader);
    if (axdr::read_presence(reader)) {
        outcome.return_parameters = read_get_data_result(reader);
    }
    return outcome;
}

void write(Writer& writer, const ActionOutcome& outcome) {
    write(writer, outcome.result);
    writer.u8(outcome.return_parameters ? 1 : 0);
    if (outcome.return_parameters) {
        write(writer, *outcome.return_parameters);
    }
}

Result<ActionRequest> decode_action_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    switch (read_choice(reader, ApduTag::action_request)) {
        case normal: return decode_normal(reader);
        case next_pblock: return decode_next_pblock(reader);
        case with_list: return decode_with_list(reader);
        case with_first_pblock: return decode_with_first_pblock(reader);
        case with_list_and_first_pblock: return decode_with_list_and_first_pblock(reader);
        case with_pblock: return decode_with_pblock(reader);
        default: return refuse_choice(reader);
    }
}

Result<ActionResponse> decode_action_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    switch (read_choice(reader, ApduTag::action_response)) {
        case response_normal: {
            auto response = begin<ActionResponseNormal>(reader);
            response.outcome = read_action_outcome(reader);
            return finish<ActionResponse>(reader, response);
        }
        case response_with_pblock: {
            auto response = begin<ActionResponseWithPblock>(reader);
            response.block = read_raw_data_block(reader);
            return finish<ActionResponse>(reader, response);
        }
        case response_with_list: {
            auto response = begin<ActionResponseWithList>(reader);
            response.outcomes = List<ActionOutcome>::read(reader);
            return finish<ActionResponse>(reader, response);
        }
        case response_next_pblock: {
            auto response = begin<ActionResponseNextPblock>(reader);
            response.block_number = reader.u32();
            return finish<ActionResponse>(reader, response);
        }
        default: return refuse_choice(reader);
    }
}

void encode(Writer& writer, const ActionRequestNormal& request) {
    write_service(writer, ApduTag::action_request, normal, request.invoke_id_and_priority);
    cosem::write(writer, request.method);
    writer.u8(request.parameters ? 1 : 0);
    if (request.parameters) {
        writer.bytes(request.parameters->encoded());
    }
}

void encode(Writer& writer, const ActionRequestNextPblock& request) {
    write_service(writer, ApduTag::action_request, next_pblock, request.invoke_id_and_priority);
    writer.u32(request.block_number);
}

void encode(Writer& writer, const ActionRequestWithList& request) {
    write_service(writer, ApduTag::action_request, with_list, request.invoke_id_and_priority);
    expect_same_count(writer, request.methods.size(), request.parameters.size());
    write(writer, request.methods);
    write(writer, request.parameters);
}

void encode(Writer& writer, const ActionRequestWithFirstPblock& request) {
    write_service(writer, ApduTag::action_request, with_first_pblock,
                  request.invoke_id_and_priority);
    cosem::write(writer, request.method);
    write(writer, request.block);
}

void encode(Writer& writer, const ActionRequestWithListAndFirstPblock& request) {
    write_service(writer, ApduTag::action_request, with_list_and_first_pblock,
                  request.invoke_id_and_priority);
    write(writer, request.methods);
    write(writer, request.block);
}

void encode(Writer& writer, const ActionRequestWithPblock& request) {
    write_service(writer, ApduTag::action_request, with_pblock, request.invoke_id_and_priority);
    write(writer, request.block);
}

void encode(Writer& writer, const ActionResponseNormal& response) {
    write_service(writer, ApduTag::action_response, response_normal,
                  response.invoke_id_and_priority);
    write(writer, response.outcome);
}

void encode(Writer& writer, const ActionResponseWithPblock& response) {
    write_service(writer, ApduTag::action_response, response_with_pblock,
                  response.invoke_id_and_priority);
    write(writer, response.block);
}

void encode(Writer& writer, const ActionResponseWithList& response) {
    write_service(writer, ApduTag::action_response, response_with_list,
                  response.invoke_id_and_priority);
    write(writer, response.outcomes);
}

void encode(Writer& writer, const ActionResponseNextPblock& response) {
    write_service(writer, ApduTag::action_response, response_next_pblock,
                  response.invoke_id_and_priority);
    writer.u32(response.block_number);
}

}  // namespace dlms::xdlms
