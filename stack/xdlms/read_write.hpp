#pragma once
// The services of short name referencing (COSEMpdu; Green Book 9.3.12-9.3.16, 9.4.6.9; sheet
// section 6): Read, Write, UnconfirmedWrite and InformationReport. Decoded views live as long as
// the APDU's octets. Block numbers have two octets here.

#include <optional>
#include <string_view>
#include <variant>

#include "stack/cosem/access_result.hpp"
#include "stack/xdlms/list_items.hpp"

namespace dlms::xdlms {

/// Variable-Access-Specification, choice 2.
struct VariableName {
    std::uint16_t short_name = 0;
};
/// Choice 4: selective access.
struct ParameterizedAccess {
    std::uint16_t short_name = 0;
    std::uint8_t selector = 0;
    axdr::DataView parameter;
};
/// Choice 5: asks for the block after `block_number` of a long answer.
struct BlockNumberAccess {
    std::uint16_t block_number = 0;
};
/// Choice 6: a block of a long Read request.
struct ReadDataBlockAccess {
    bool last_block = false;
    std::uint16_t block_number = 0;
    ByteView raw_data;
};
/// Choice 7: announces the block of a long Write request that the values carry.
struct WriteDataBlockAccess {
    bool last_block = false;
    std::uint16_t block_number = 0;
};

using VariableAccessSpecification =
    std::variant<VariableName, ParameterizedAccess, BlockNumberAccess, ReadDataBlockAccess,
                 WriteDataBlockAccess>;

/// "variable-name", "parameterized-access", "block-number-access", "read-data-block-access" or
/// "write-data-block-access".
std::string_view name(const VariableAccessSpecification& specification);

VariableAccessSpecification read_variable_access_specification(Reader& reader);
void write(Writer& writer, const VariableAccessSpecification& specification);

template <>
struct ItemCodec<VariableAccessSpecification> {
    static VariableAccessSpecification read(Reader& reader) {
        return read_variable_access_specification(reader);
    }
    static void write(Writer& writer, const VariableAccessSpecification& item) {
        xdlms::write(writer, item);
    }
};

/// The item of a ReadResponse that is a block of a long answer (choice 2).
struct DataBlockResult {
    bool last_block = false;
    std::uint16_t block_number = 0;
    ByteView raw_data;
};
/// The acknowledgement of one block of a long request.
struct BlockAcknowledged {
    std::uint16_t block_number = 0;
};

/// Choices 0 to 3: data, data-access-error, data-block-result, block-number.
using ReadResult =
    std::variant<axdr::DataView, cosem::DataAccessResult, DataBlockResult, BlockAcknowledged>;

/// "data", "data-access-error", "data-block-result" or "block-number".
std::string_view name(const ReadResult& result);

ReadResult read_read_result(Reader& reader);
void write(Writer& writer, const ReadResult& result);

template <>
struct ItemCodec<ReadResult> {
    static ReadResult read(Reader& reader) { return read_read_result(reader); }
    static void write(Writer& writer, const ReadResult& item) { xdlms::write(writer, item); }
};

struct WriteSucceeded {};

/// Choices 0 to 2: success, data-access-error, block-number.
using WriteResult = std::variant<WriteSucceeded, cosem::DataAccessResult, BlockAcknowledged>;

/// "success", "data-access-error" or "block-number".
std::string_view name(const WriteResult& result);

WriteResult read_write_result(Reader& reader);
void write(Writer& writer, const WriteResult& result);

template <>
struct ItemCodec<WriteResult> {
    static WriteResult read(Reader& reader) { return read_write_result(reader); }
    static void write(Writer& writer, const WriteResult& item) { xdlms::write(writer, item); }
};

struct ReadRequest {
    List<VariableAccessSpecification> specifications;
};
struct ReadResponse {
    List<ReadResult> results;
};
/// As many values as specifications.
struct WriteRequest {
    List<VariableAccessSpecification> specifications;
    List<axdr::DataView> values;
};
struct WriteResponse {
    List<WriteResult> results;
};
/// As many values as specifications.
struct UnconfirmedWriteRequest {
    List<VariableAccessSpecification> specifications;
    List<axdr::DataView> values;
};
/// As many values as specifications.
struct InformationReport {
    /// GeneralizedTime, for example "20240102101112": digits, sign, point, comma and Z only.
    std::optional<std::string_view> current_time;
    List<VariableAccessSpecification> specifications;
    List<axdr::DataView> values;
};

/// Decode one whole APDU. Errors: every malformed code; list_count_mismatch when there are not as
/// many values as specifications; invalid_text for a time of other characters.
Result<ReadRequest> decode_read_request(ByteView apdu);
Result<ReadResponse> decode_read_response(ByteView apdu);
Result<WriteRequest> decode_write_request(ByteView apdu);
Result<WriteResponse> decode_write_response(ByteView apdu);
Result<UnconfirmedWriteRequest> decode_unconfirmed_write_request(ByteView apdu);
Result<InformationReport> decode_information_report(ByteView apdu);

void encode(Writer& writer, const ReadRequest& request);
void encode(Writer& writer, const ReadResponse& response);
void encode(Writer& writer, const WriteRequest& request);
void encode(Writer& writer, const WriteResponse& response);
void encode(Writer& writer, const UnconfirmedWriteRequest& request);
void encode(Writer& writer, const InformationReport& report);

}  // namespace dlms::xdlms
