#pragma once
// GET (COSEMpdu get-request and get-response; Green Book 9.3.6, 9.4.6.3): normal, next, lists,
// and answers in blocks. Decoded views live as long as the APDU's octets.

#include <optional>
#include <variant>

#include "stack/cosem/access_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/get_data_result.hpp"
#include "stack/xdlms/invoke_id_and_priority.hpp"
#include "stack/xdlms/list_items.hpp"

namespace dlms::xdlms {

struct GetRequestNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::AttributeDescriptor attribute;
    std::optional<cosem::SelectiveAccess> access_selection;
};

struct GetRequestNext {
    InvokeIdAndPriority invoke_id_and_priority;
    std::uint32_t block_number = 0;  ///< the block last received, from 1
};

struct GetRequestWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::AttributeDescriptorWithSelection> attributes;
};

using GetRequest = std::variant<GetRequestNormal, GetRequestNext, GetRequestWithList>;

struct GetResponseNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    GetDataResult result;
};

/// A part of the encoded answer, or why there is none. The answer is one Data, or to a request with
/// list the list of Get-Data-Result.
using DataBlock = std::variant<ByteView, cosem::DataAccessResult>;

struct GetResponseWithDatablock {
    InvokeIdAndPriority invoke_id_and_priority;
    bool last_block = false;
    std::uint32_t block_number = 0;  ///< from 1
    DataBlock block;
};

/// As many results as the request has attributes, in their order.
struct GetResponseWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<GetDataResult> results;
};

using GetResponse = std::variant<GetResponseNormal, GetResponseWithDatablock, GetResponseWithList>;

/// What some clients send beside the standard; all off by default.
struct GetRequestTolerance {
    /// One to three zero octets after a request without access-selection, as the Hexcell DLL sends.
    bool trailing_zeros = false;
};

/// Decode one whole APDU. Errors: every malformed code.
Result<GetRequest> decode_get_request(ByteView apdu, GetRequestTolerance tolerance = {});
Result<GetResponse> decode_get_response(ByteView apdu);

void encode(Writer& writer, const GetRequestNormal& request);
void encode(Writer& writer, const GetRequestNext& request);
void encode(Writer& writer, const GetRequestWithList& request);
void encode(Writer& writer, const GetResponseNormal& response);
void encode(Writer& writer, const GetResponseWithDatablock& response);
void encode(Writer& writer, const GetResponseWithList& response);

/// Octets that a get-response-with-datablock adds to the block's own octets and their length field.
inline constexpr std::size_t get_datablock_overhead = 9;

}  // namespace dlms::xdlms
