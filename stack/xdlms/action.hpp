#pragma once
// ACTION (COSEMpdu action-request and action-response; Green Book 9.3.8, 9.4.6.5): normal, in
// blocks and with lists. Decoded views live as long as the APDU's octets.

#include <optional>
#include <variant>

#include "stack/cosem/action_result.hpp"
#include "stack/cosem/descriptor.hpp"
#include "stack/xdlms/get_data_result.hpp"
#include "stack/xdlms/invoke_id_and_priority.hpp"
#include "stack/xdlms/list_items.hpp"
#include "stack/xdlms/raw_data_block.hpp"

namespace dlms::xdlms {

struct ActionRequestNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::MethodDescriptor method;
    std::optional<axdr::DataView> parameters;
};

/// Asks for the block after `block_number` of a long answer.
struct ActionRequestNextPblock {
    InvokeIdAndPriority invoke_id_and_priority;
    std::uint32_t block_number = 0;  ///< the block last received, from 1
};

/// As many parameters as methods; null-data where a method takes none.
struct ActionRequestWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::MethodDescriptor> methods;
    List<axdr::DataView> parameters;
};

/// The blocks together are one Data.
struct ActionRequestWithFirstPblock {
    InvokeIdAndPriority invoke_id_and_priority;
    cosem::MethodDescriptor method;
    RawDataBlock block;
};

/// The blocks together are a list of Data, as long as that of the methods.
struct ActionRequestWithListAndFirstPblock {
    InvokeIdAndPriority invoke_id_and_priority;
    List<cosem::MethodDescriptor> methods;
    RawDataBlock block;
};

struct ActionRequestWithPblock {
    InvokeIdAndPriority invoke_id_and_priority;
    RawDataBlock block;
};

using ActionRequest = std::variant<ActionRequestNormal, ActionRequestNextPblock,
                                   ActionRequestWithList, ActionRequestWithFirstPblock,
                                   ActionRequestWithListAndFirstPblock, ActionRequestWithPblock>;

/// Action-Response-With-Optional-Data: the verdict on one method, and what it returned.
struct ActionOutcome {
    cosem::ActionResult result = cosem::ActionResult::success;
    std::optional<GetDataResult> return_parameters;
};

/// Errors, in the reader: unknown_value, bad_presence_flag and those of Get-Data-Result.
ActionOutcome read_action_outcome(Reader& reader);
void write(Writer& writer, const ActionOutcome& outcome);

template <>
struct ItemCodec<ActionOutcome> {
    static ActionOutcome read(Reader& reader) { return read_action_outcome(reader); }
    static void write(Writer& writer, const ActionOutcome& outcome) {
        xdlms::write(writer, outcome);
    }
};

struct ActionResponseNormal {
    InvokeIdAndPriority invoke_id_and_priority;
    ActionOutcome outcome;
};

/// A block of a long answer.
struct ActionResponseWithPblock {
    InvokeIdAndPriority invoke_id_and_priority;
    RawDataBlock block;
};

struct ActionResponseWithList {
    InvokeIdAndPriority invoke_id_and_priority;
    List<ActionOutcome> outcomes;
};

/// Asks for the block after `block_number` of a long request.
struct ActionResponseNextPblock {
    InvokeIdAndPriority invoke_id_and_priority;
    std::uint32_t block_number = 0;  ///< the block just received
};

using ActionResponse = std::variant<ActionResponseNormal, ActionResponseWithPblock,
                                    ActionResponseWithList, ActionResponseNextPblock>;

/// Decode one whole APDU. Errors: every malformed code; list_count_mismatch when there are not as
/// many parameters as methods.
Result<ActionRequest> decode_action_request(ByteView apdu);
Result<ActionResponse> decode_action_response(ByteView apdu);

void encode(Writer& writer, const ActionRequestNormal& request);
void encode(Writer& writer, const ActionRequestNextPblock& request);
void encode(Writer& writer, const ActionRequestWithList& request);
void encode(Writer& writer, const ActionRequestWithFirstPblock& request);
void encode(Writer& writer, const ActionRequestWithListAndFirstPblock& request);
void encode(Writer& writer, const ActionRequestWithPblock& request);
void encode(Writer& writer, const ActionResponseNormal& response);
void encode(Writer& writer, const ActionResponseWithPblock& response);
void encode(Writer& writer, const ActionResponseWithList& response);
void encode(Writer& writer, const ActionResponseNextPblock& response);

}  // namespace dlms::xdlms
