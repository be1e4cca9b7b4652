#include "stack/xdlms/read_write.hpp"

#include <algorithm>
#include <array>

#include "stack/xdlms/service_reader.hpp"

namespace dlms::xdlms {
namespace {

// Choices of Variable-Access-Specification that occur with COSEM.
enum SpecificationChoice : std::uint8_t {
    variable_name = 2,
    parameterized_access = 4,
    block_number_access = 5,
    read_data_block_access = 6,
    write_data_block_access = 7,
};

constexpr std::array<std::uint8_t, 5> specification_choices{
    variable_name, parameterized_access, block_number_access, read_data_block_access,
    write_data_block_access};

constexpr std::array<std::string_view, 5> specification_names{
    "variable-name", "parameterized-access", "block-number-access", "read-data-block-access",
    "write-data-block-access"};
constexpr std::array<std::string_view, 4> read_result_names{"data", "data-access-error",
                                                            "data-block-result", "block-number"};
constexpr std::array<std::string_view, 3> write_result_names{"success", "data-access-error",
                                                             "block-number"};

/// last-block, block-number and, where there are any, the block's octets.
template <class Block>
Block read_block(Reader& reader) {
    Block block;
    block.last_block = reader.u8() != 0;
    block.block_number = reader.u16();
    if constexpr (requires { block.raw_data; }) {
        block.raw_data = axdr::read_octet_string(reader);
    }
    return block;
}

template <class Block>
void write_block(Writer& writer, const Block& block) {
    writer.u8(block.last_block ? 1 : 0);
    writer.u16(block.block_number);
    if constexpr (requires { block.raw_data; }) {
        axdr::write_octet_string(writer, block.raw_data);
    }
}

ParameterizedAccess read_parameterized_access(Reader& reader) {
    ParameterizedAccess access;
    access.short_name = reader.u16();
    access.selector = reader.u8();
    access.parameter = axdr::read_data(reader);
    return access;
}

void write_content(Writer& writer, const VariableName& item) {
    writer.u16(item.short_name);
}
void write_content(Writer& writer, const ParameterizedAccess& item) {
    writer.u16(item.short_name);
    writer.u8(item.selector);
    writer.bytes(item.parameter.encoded());
}
void write_content(Writer& writer, const BlockNumberAccess& item) {
    writer.u16(item.block_number);
}
void write_content(Writer& writer, const ReadDataBlockAccess& item) {
    write_block(writer, item);
}
void write_content(Writer& writer, const WriteDataBlockAccess& item) {
    write_block(writer, item);
}
void write_content(Writer& writer, const axdr::DataView& item) {
    writer.bytes(item.encoded());
}
void write_content(Writer& writer, const cosem::DataAccessResult& item) {
    write(writer, item);
}
void write_content(Writer& writer, const DataBlockResult& item) {
    write_block(writer, item);
}
void write_content(Writer& writer, const BlockAcknowledged& item) {
    writer.u16(item.block_number);
}
void write_content(Writer&, const WriteSucceeded&) {}

bool is_generalized_time(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.' || c == ',' || c == 'Z';
    });
}

/// The specifications and values of the services that write or report.
template <class Apdu>
void read_variables(Reader& reader, Apdu& apdu) {
    apdu.specifications = List<VariableAccessSpecification>::read(reader);
    const std::size_t where = reader.offset();
    apdu.values = List<axdr::DataView>::read(reader);
    expect_same_count(reader, where, apdu.specifications.size(), apdu.values.size());
}

template <class Apdu>
void write_variables(Writer& writer, const Apdu& apdu) {
    expect_same_count(writer, apdu.specifications.size(), apdu.values.size());
    write(writer, apdu.specifications);
    write(writer, apdu.values);
}

}  // namespace

std::string_view name(const VariableAccessSpecification& specification) {
    return specification_names[specification.index()];
}

VariableAccessSpecification read_variable_access_specification(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case variable_name: return VariableName{reader.u16()};
        case parameterized_access: return read_parameterized_access(reader);
        case block_number_access: return BlockNumberAccess{reader.u16()};
        case read_data_block_access: return read_block<ReadDataBlockAccess>(reader);
        case write_data_block_access: return read_block<WriteDataBlockAccess>(reader);
        default: reader.fail_at(ErrorCode::unknown_choice, where); return VariableName{};
    }
}

void write(Writer& writer, const VariableAccessSpecification& specification) {
    writer.u8(specification_choices[specification.index()]);
    std::visit([&writer](const auto& item) { write_content(writer, item); }, specification);
}

std::string_view name(const ReadResult& result) {
    return read_result_names[result.index()];
}

ReadResult read_read_result(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case 0: return axdr::read_data(reader);
        case 1: return read_data_access_result(reader);
        case 2: return read_block<DataBlockResult>(reader);
        case 3: return BlockAcknowledged{reader.u16()};
        default: reader.fail_at(ErrorCode::unknown_choice, where); return axdr::DataView();
    }
}

void write(Writer& writer, const ReadResult& result) {
    writer.u8(static_cast<std::uint8_t>(result.index()));
    std::visit([&writer](const auto& item) { write_content(writer, item); }, result);
}

std::string_view name(const WriteResult& result) {
    return write_result_names[result.index()];
}

WriteResult read_write_result(Reader& reader) {
    const std::size_t where = reader.offset();
    switch (reader.u8()) {
        case 0: return WriteSucceeded{};
        case 1: return read_data_access_result(reader);
        case 2: return BlockAcknowledged{reader.u16()};
        default: reader.fail_at(ErrorCode::unknown_choice, where); return WriteSucceeded{};
    }
}

void write(Writer& writer, const WriteResult& result) {
    writer.u8(static_cast<std::uint8_t>(result.index()));
    std::visit([&writer](const auto& item) { write_content(writer, item); }, result);
}

Result<ReadRequest> decode_read_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::read_request);
    ReadRequest request;
    request.specifications = List<VariableAccessSpecification>::read(reader);
    return finish<ReadRequest>(reader, request);
}

Result<ReadResponse> decode_read_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::read_response);
    ReadResponse response;
    response.results = List<ReadResult>::read(reader);
    return finish<ReadResponse>(reader, response);
}

Result<WriteRequest> decode_write_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::write_request);
    WriteRequest request;
    read_variables(reader, request);
    return finish<WriteRequest>(reader, request);
}

Result<WriteResponse> decode_write_response(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::write_response);
    WriteResponse response;
    response.results = List<WriteResult>::read(reader);
    return finish<WriteResponse>(reader, response);
}

Result<UnconfirmedWriteRequest> decode_unconfirmed_write_request(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::unconfirmed_write_request);
    UnconfirmedWriteRequest request;
    read_variables(reader, request);
    return finish<UnconfirmedWriteRequest>(reader, request);
}

Result<InformationReport> decode_information_report(ByteView apdu) {
    Reader reader(apdu, Layer::xdlms);
    read_tag(reader, ApduTag::information_report_request);
    InformationReport report;
    if (axdr::read_presence(reader)) {
        const std::size_t where = reader.offset();
        report.current_time = as_text(axdr::read_octet_string(reader));
        if (!is_generalized_time(*report.current_time)) {
            reader.fail_at(ErrorCode::invalid_text, where);
        }
    }
    read_variables(reader, report);
    return finish<InformationReport>(reader, report);
}

void encode(Writer& writer, const ReadRequest& request) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::read_request));
    write(writer, request.specifications);
}

void encode(Writer& writer, const ReadResponse& response) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::read_response));
    write(writer, response.results);
}

void encode(Writer& writer, const WriteRequest& request) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::write_request));
    write_variables(writer, request);
}

void encode(Writer& writer, const WriteResponse& response) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::write_response));
    write(writer, response.results);
}

void encode(Writer& writer, const UnconfirmedWriteRequest& request) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::unconfirmed_write_request));
    write_variables(writer, request);
}

void encode(Writer& writer, const InformationReport& report) {
    writer.u8(static_cast<std::uint8_t>(ApduTag::information_report_request));
    writer.u8(report.current_time ? 1 : 0);
    if (report.current_time) {
        if (!is_generalized_time(*report.current_time)) {
            writer.fail();
        }
        axdr::write_octet_string(writer, as_bytes(*report.current_time));
    }
    write_variables(writer, report);
}

}  // namespace dlms::xdlms
