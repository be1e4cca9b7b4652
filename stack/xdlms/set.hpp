#pragma once
// SET (COSEMpdu set-request and set-response; Green Book 9.3.7, 9.4.6.4): normal. Decoded views
// live as long as the APDU's octets.

#include <optional>

#include "stack/cosem/access_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/invoke_id_and_priority.hpp"

namespace dlms::xdlms {

struct SetRequestNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
    axdr::DataView value;
};

struct SetResponseNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::DataAccessResult result = cosem::DataAccessResult::success;
};

/// Decode one whole APDU. Errors: every malformed code; unsupported_service for the choices with
/// blocks and lists.
Result<SetRequestNormal> decode_set_request(ByteView apdu);
Result<SetResponseNormal> decode_set_response(ByteView apdu);

void encode(Writer& writer, const SetRequestNormal& request);
void encode(Writer& writer, const SetResponseNormal& response);

}  // namespace dlms::xdlms
