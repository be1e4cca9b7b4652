#pragma once
// SET (COSEMpdu set-request and set-response; Green Book 9.3.7, 9.4.6.4): normal, in blocks and
// with lists. Decoded views live as long as the APDU's octets.

#include <optional>
#include <variant>

#include "stack/cosem/access_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/invoke_id_and_priority.hpp"
#include "stack/xdlms/list_items.hpp"
#include "stack/xdlms/raw_data_block.hpp"

namespace dlms::xdlms {

struct SetRequestNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
    axdr::DataView value;
};

/// The blocks together are one Data.
struct SetRequestWithFirstDatablock {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
    RawDataBlock block;
};

struct SetRequestWithDatablock {
    InvokeIdAndPriority invoke_id_and_priority;
    RawDataBlock block;
};

/// As many values as attributes.
struct SetRequestWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::AttributeDescriptorWithSelection> attributes;
    List<axdr::DataView> values;
};

/// The blocks together are a list of Data, as long as that of the attributes.
struct SetRequestWithListAndFirstDatablock {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::AttributeDescriptorWithSelection> attributes;
    RawDataBlock block;
};

using SetRequest =
    std::variant<SetRequestNormal, SetRequestWithFirstDatablock, SetRequestWithDatablock,
                 SetRequestWithList, SetRequestWithListAndFirstDatablock>;

struct SetResponseNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::DataAccessResult result = cosem::DataAccessResult::success;
};

struct SetResponseDatablock {
    InvokeIdAndPriority invoke_id_and_priority;
    std::uint32_t block_number = 0;  ///< the block just received
};

struct SetResponseLastDatablock {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::DataAccessResult result = cosem::DataAccessResult::success;
    std::uint32_t block_number = 0;
};

struct SetResponseLastDatablockWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::DataAccessResult> results;
    std::uint32_t block_number = 0;
};

struct SetResponseWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::DataAccessResult> results;
};

using SetResponse = std::variant<SetResponseNormal, SetResponseDatablock, SetResponseLastDatablock,
                                 SetResponseLastDatablockWithList, SetResponseWithList>;

/// Decode one whole APDU. Errors: every malformed code; list_count_mismatch when there are not as
/// many values as attributes.
Result<SetRequest> decode_set_request(ByteView apdu);
Result<SetResponse> decode_set_response(ByteView apdu);

void encode(Writer& writer, const SetRequestNormal& request);
void encode(Writer& writer, const SetRequestWithFirstDatablock& request);
void encode(Writer& writer, const SetRequestWithDatablock& request);
void encode(Writer& writer, const SetRequestWithList& request);
void encode(Writer& writer, const SetRequestWithListAndFirstDatablock& request);
void encode(Writer& writer, const SetResponseNormal& response);
void encode(Writer& writer, const SetResponseDatablock& response);
void encode(Writer& writer, const SetResponseLastDatablock& response);
void encode(Writer& writer, const SetResponseLastDatablockWithList& response);
void encode(Writer& writer, const SetResponseWithList& response);

}  // namespace dlms::xdlms
