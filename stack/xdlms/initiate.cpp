#include "stack/xdlms/initiate.hpp"

#include "stack/axdr/length.hpp"
#include "stack/base/reader.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::xdlms {
namespace {

void expect_tag(Reader& reader, ApduTag tag) {
    if (reader.u8() != static_cast<std::uint8_t>(tag)) {
        reader.fail_at(ErrorCode::unknown_tag, 0);
    }
}

std::optional<std::int8_t> read_optional_integer(Reader& reader) {
    if (!axdr::read_presence(reader)) {
        return std::nullopt;
    }
    return reader.i8();
}

/// [APPLICATION 31] IMPLICIT BIT STRING (SIZE(24)) in BER: 5F 1F 04 00 and three octets.
Conformance read_conformance(Reader& reader, InitiateTolerance tolerance) {
    const std::size_t where = reader.offset();
    if (reader.u8() != 0x5F) {
        reader.fail_at(ErrorCode::unknown_tag, where);
    }
    const bool short_tag = reader.peek() == 0x04 && tolerance.short_conformance_tag;
    if (!short_tag && reader.u8() != 0x1F) {
        reader.fail_at(ErrorCode::unknown_tag, where + 1);
    }
    const std::size_t length_offset = reader.offset();
    if (axdr::read_length(reader) != 4) {
        reader.fail_at(ErrorCode::inner_length_mismatch, length_offset);
    }
    const std::size_t unused_bits_offset = reader.offset();
    if (reader.u8() != 0) {
        reader.fail_at(ErrorCode::value_out_of_range, unused_bits_offset);
    }
    return Conformance(reader.u24());
}

void write_conformance(Writer& writer, Conformance conformance) {
    writer.u8(0x5F);
    writer.u8(0x1F);
    writer.u8(4);
    writer.u32(conformance.raw());  // the leading octet says that no bit is unused
}

void write_optional_integer(Writer& writer, std::optional<std::int8_t> value) {
    writer.u8(value ? 1 : 0);
    if (value) {
        writer.u8(static_cast<std::uint8_t>(*value));
    }
}

}  // namespace

Result<InitiateRequest> decode_initiate_request(ByteView apdu, InitiateTolerance tolerance) {
    Reader reader(apdu, Layer::xdlms);
    expect_tag(reader, ApduTag::initiate_request);
    InitiateRequest request;
    if (axdr::read_presence(reader)) {
        request.dedicated_key = axdr::read_octet_string(reader);
    }
    if (axdr::read_presence(reader)) {
        request.response_allowed = reader.u8() != 0;
    }
    request.proposed_quality_of_service = read_optional_integer(reader);
    request.proposed_dlms_version = reader.u8();
    request.proposed_conformance = read_conformance(reader, tolerance);
    request.client_max_receive_pdu_size = reader.u16();
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return request;
}

Result<InitiateResponse> decode_initiate_response(ByteView apdu, InitiateTolerance tolerance) {
    Reader reader(apdu, Layer::xdlms);
    expect_tag(reader, ApduTag::initiate_response);
    InitiateResponse response;
    response.negotiated_quality_of_service = read_optional_integer(reader);
    response.negotiated_dlms_version = reader.u8();
    response.negotiated_conformance = read_conformance(reader, tolerance);
    response.server_max_receive_pdu_size = reader.u16();
    response.vaa_name = reader.u16();
    reader.expect_end();
    if (!reader.ok()) {
        return reader.failure();
    }
    return response;
}

void encode(Writer& writer, const InitiateRequest& request) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::initiate_request));
    writer.u8(request.dedicated_key ? 1 : 0);
    if (request.dedicated_key) {
        axdr::write_octet_string(writer, *request.dedicated_key);
    }
    if (request.response_allowed) {
        writer.u8(0);
    } else {
        writer.u8(1);
        writer.u8(0);
    }
    write_optional_integer(writer, request.proposed_quality_of_service);
    writer.u8(request.proposed_dlms_version);
    write_conformance(writer, request.proposed_conformance);
    writer.u16(request.client_max_receive_pdu_size);
}

void encode(Writer& writer, const InitiateResponse& response) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::initiate_response));
    write_optional_integer(writer, response.negotiated_quality_of_service);
    writer.u8(response.negotiated_dlms_version);
    write_conformance(writer, response.negotiated_conformance);
    writer.u16(response.server_max_receive_pdu_size);
    writer.u16(response.vaa_name);
}

}  // namespace dlms::xdlms
