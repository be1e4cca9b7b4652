#pragma once
// InitiateRequest and InitiateResponse (COSEMpdu; sheet section 2.6), the content of an AARQ's and
// an AARE's user-information.

#include <optional>

#include "stack/base/bytes.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"
#include "stack/xdlms/conformance.hpp"

namespace dlms::xdlms {

inline constexpr std::uint8_t dlms_version = 6;
/// vaa-name of logical name referencing.
inline constexpr std::uint16_t vaa_name_logical = 0x0007;
/// vaa-name of short name referencing: the base name of the current association.
inline constexpr std::uint16_t vaa_name_short = 0xFA00;
/// The smallest max-receive-pdu-size that a peer may propose (conformance case APPL_OPEN_14);
/// 0 stands for no limit.
inline constexpr std::uint16_t least_pdu_size = 12;

struct InitiateRequest {
    std::optional<ByteView> dedicated_key;  ///< a view into the octets decoded
    bool response_allowed = true;
    std::optional<std::int8_t> proposed_quality_of_service;
    std::uint8_t proposed_dlms_version = dlms_version;
    Conformance proposed_conformance;
    std::uint16_t client_max_receive_pdu_size = 0xFFFF;  ///< octets; 0 = no limit
};

struct InitiateResponse {
    std::optional<std::int8_t> negotiated_quality_of_service;
    std::uint8_t negotiated_dlms_version = dlms_version;
    Conformance negotiated_conformance;
    std::uint16_t server_max_receive_pdu_size = 0xFFFF;  ///< octets; 0 = no limit
    std::uint16_t vaa_name = vaa_name_logical;
};

struct InitiateTolerance {
    /// Accept the conformance tag 5F without its second octet 1F, as older short-name devices
    /// send it.
    bool short_conformance_tag = false;
};

/// Decode one whole APDU. Errors: every malformed code.
Result<InitiateRequest> decode_initiate_request(ByteView apdu, InitiateTolerance tolerance = {});
Result<InitiateResponse> decode_initiate_response(ByteView apdu, InitiateTolerance tolerance = {});

void encode(Writer& writer, const InitiateRequest& request);
void encode(Writer& writer, const InitiateResponse& response);

}  // namespace dlms::xdlms
