#pragma once
// Decoded xDLMS APDUs as the vector files write them; one overload a struct.

#include <nlohmann/json.hpp>

#include "stack/xdlms/access.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/ciphered_apdu.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/gateway.hpp"
#include "stack/xdlms/general_block_transfer.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/initiate.hpp"
#include "stack/xdlms/read_write.hpp"
#include "stack/xdlms/set.hpp"
#include "tests/support/data_tree.hpp"

namespace dlms::testing {

using Json = nlohmann::json;

// Parts that several services share.

template <class Code>
Json code_json(Code code) {
    const std::string_view text = name(code);
    return {{"code", static_cast<unsigned>(code)}, {"name", text.empty() ? Json() : Json(text)}};
}

Json invoke_json(xdlms::InvokeIdAndPriority value);
Json invoke_json(xdlms::LongInvokeIdAndPriority value);
Json octets_or_null(ByteView octets);
Json data_list(const xdlms::List<axdr::DataView>& list);
/// Adds class_id, obis and attribute or method.
void put(Json& json, const cosem::AttributeDescriptor& attribute);
void put(Json& json, const cosem::MethodDescriptor& method);
/// Adds last_block, block_number and raw_data.
void put(Json& json, const xdlms::RawDataBlock& block);
Json selection_json(const std::optional<cosem::SelectiveAccess>& selection);

// initiate and the two error APDUs
Json to_json(const xdlms::InitiateRequest& request);
Json to_json(const xdlms::InitiateResponse& response);
Json to_json(const xdlms::ExceptionResponse& response);
Json to_json(const xdlms::ConfirmedServiceError& error);

// GET, SET, ACTION
Json to_json(const xdlms::GetRequestNormal& request);
Json to_json(const xdlms::GetRequestNext& request);
Json to_json(const xdlms::GetRequestWithList& request);
Json to_json(const xdlms::GetResponseNormal& response);
Json to_json(const xdlms::GetResponseWithDatablock& response);
Json to_json(const xdlms::GetResponseWithList& response);
Json to_json(const xdlms::SetRequestNormal& request);
Json to_json(const xdlms::SetRequestWithFirstDatablock& request);
Json to_json(const xdlms::SetRequestWithDatablock& request);
Json to_json(const xdlms::SetRequestWithList& request);
Json to_json(const xdlms::SetRequestWithListAndFirstDatablock& request);
Json to_json(const xdlms::SetResponseNormal& response);
Json to_json(const xdlms::SetResponseDatablock& response);
Json to_json(const xdlms::SetResponseLastDatablock& response);
Json to_json(const xdlms::SetResponseLastDatablockWithList& response);
Json to_json(const xdlms::SetResponseWithList& response);
Json to_json(const xdlms::ActionRequestNormal& request);
Json to_json(const xdlms::ActionRequestNextPblock& request);
Json to_json(const xdlms::ActionRequestWithList& request);
Json to_json(const xdlms::ActionRequestWithFirstPblock& request);
Json to_json(const xdlms::ActionRequestWithListAndFirstPblock& request);
Json to_json(const xdlms::ActionRequestWithPblock& request);
Json to_json(const xdlms::ActionResponseNormal& response);
Json to_json(const xdlms::ActionResponseWithPblock& response);
Json to_json(const xdlms::ActionResponseWithList& response);
Json to_json(const xdlms::ActionResponseNextPblock& response);

// ACCESS, notifications, general block transfer, gateway
Json to_json(const xdlms::AccessRequest& request);
Json to_json(const xdlms::AccessResponse& response);
Json to_json(const xdlms::DataNotification& notification);
Json to_json(const xdlms::DataNotificationConfirm& confirm);
Json to_json(const xdlms::EventNotification& notification);
Json to_json(const xdlms::GeneralBlockTransfer& block);
Json to_json(const xdlms::GatewayApdu& gateway);

// short names
Json to_json(const xdlms::ReadRequest& request);
Json to_json(const xdlms::ReadResponse& response);
Json to_json(const xdlms::WriteRequest& request);
Json to_json(const xdlms::WriteResponse& response);
Json to_json(const xdlms::UnconfirmedWriteRequest& request);
Json to_json(const xdlms::InformationReport& report);

// envelopes
Json to_json(const xdlms::ServiceCiphering& apdu);
Json to_json(const xdlms::GeneralGloDedCiphering& apdu);
Json to_json(const xdlms::GeneralCiphering& apdu);
Json to_json(const xdlms::GeneralSigning& apdu);

}  // namespace dlms::testing
