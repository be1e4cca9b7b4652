#include "tests/stack/xdlms/xdlms_json.hpp"

#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/initiate.hpp"
#include "stack/xdlms/set.hpp"
#include "tests/support/data_tree.hpp"
#include "tests/support/octets.hpp"

namespace dlms::testing {
namespace {

using namespace xdlms;
using Json = nlohmann::json;

Json invoke_json(InvokeIdAndPriority value) {
    return {{"raw", value.raw()},
            {"invoke_id", value.invoke_id().value()},
            {"service_class", value.is_confirmed() ? "confirmed" : "unconfirmed"},
            {"priority", value.is_high_priority() ? "high" : "normal"}};
}

Json result_json(cosem::DataAccessResult result) {
    return {{"code", static_cast<unsigned>(result)}, {"name", name(result)}};
}

Json conformance_json(Conformance conformance) {
    Json list = Json::array();
    for (int bit = 0; bit < conformance_bits; ++bit) {
        if (conformance.has(static_cast<ConformanceBit>(bit))) {
            list.push_back(name(static_cast<ConformanceBit>(bit)));
        }
    }
    return list;
}

std::string conformance_raw(Conformance conformance) {
    return written([&](Writer& writer) { writer.u32(conformance.raw()); }).substr(2);
}

template <class T>
Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

void put(Json& json, const cosem::AttributeDescriptor& attribute) {
    json["class_id"] = attribute.class_id;
    json["obis"] = attribute.instance.dotted();
    json["attribute"] = attribute.attribute_id;
}

Json selection_json(const std::optional<cosem::SelectiveAccess>& selection) {
    return selection ? Json{{"selector", selection->selector},
                            {"parameters", data_tree(selection->parameters)}}
                     : Json();
}

Json to_json(const InitiateRequest& request) {
    return {
        {"service", "initiate-request"},
        {"dedicated_key", request.dedicated_key ? Json(to_hex(*request.dedicated_key)) : Json()},
        {"response_allowed", request.response_allowed},
        {"proposed_quality_of_service", optional_json(request.proposed_quality_of_service)},
        {"proposed_dlms_version", request.proposed_dlms_version},
        {"proposed_conformance", conformance_json(request.proposed_conformance)},
        {"proposed_conformance_raw", conformance_raw(request.proposed_conformance)},
        {"client_max_receive_pdu_size", request.client_max_receive_pdu_size}};
}

Json to_json(const InitiateResponse& response) {
    return {
        {"service", "initiate-response"},
        {"negotiated_quality_of_service", optional_json(response.negotiated_quality_of_service)},
        {"negotiated_dlms_version", response.negotiated_dlms_version},
        {"negotiated_conformance", conformance_json(response.negotiated_conformance)},
        {"negotiated_conformance_raw", conformance_raw(response.negotiated_conformance)},
        {"server_max_receive_pdu_size", response.server_max_receive_pdu_size},
        {"vaa_name", response.vaa_name}};
}

Json to_json(const GetRequestNormal& request) {
    Json json{{"service", "get-request"},
              {"choice", "normal"},
              {"invoke_id_and_priority", invoke_json(request.invoke_id_and_priority)},
              {"access_selection", selection_json(request.access_selection)}};
    put(json, request.attribute);
    return json;
}

Json to_json(const GetRequestNext& request) {
    return {{"service", "get-request"},
            {"choice", "next"},
            {"invoke_id_and_priority", invoke_json(request.invoke_id_and_priority)},
            {"block_number", request.block_number}};
}

Json to_json(const GetResponseNormal& response) {
    Json result;
    if (const auto* data = std::get_if<axdr::DataView>(&response.result)) {
        result["data"] = data_tree(*data);
    } else {
        result["data_access_result"] =
            result_json(std::get<cosem::DataAccessResult>(response.result));
    }
    return {{"service", "get-response"},
            {"choice", "normal"},
            {"invoke_id_and_priority", invoke_json(response.invoke_id_and_priority)},
            {"result", result}};
}

Json to_json(const GetResponseWithDatablock& response) {
    Json json{{"service", "get-response"},
              {"choice", "with-datablock"},
              {"invoke_id_and_priority", invoke_json(response.invoke_id_and_priority)},
              {"last_block", response.last_block},
              {"block_number", response.block_number}};
    if (const auto* octets = std::get_if<ByteView>(&response.block)) {
        json["raw_data"] = to_hex(*octets);
    } else {
        json["data_access_result"] = result_json(std::get<cosem::DataAccessResult>(response.block));
    }
    return json;
}

Json to_json(const SetRequestNormal& request) {
    Json json{{"service", "set-request"},
              {"choice", "normal"},
              {"invoke_id_and_priority", invoke_json(request.invoke_id_and_priority)},
              {"access_selection", selection_json(request.access_selection)},
              {"data", data_tree(request.value)}};
    put(json, request.attribute);
    return json;
}

Json to_json(const SetResponseNormal& response) {
    return {{"service", "set-response"},
            {"choice", "normal"},
            {"invoke_id_and_priority", invoke_json(response.invoke_id_and_priority)},
            {"result", result_json(response.result)}};
}

Json to_json(const ExceptionResponse& response) {
    Json json{{"service", "exception-response"},
              {"state_error", name(response.state_error)},
              {"service_error", name(response.service_error)}};
    if (response.service_error == ServiceError::invocation_counter_error) {
        json["expected_invocation_counter"] = response.invocation_counter;
    }
    return json;
}

Json to_json(const ConfirmedServiceError& error) {
    const std::string_view text = service_error_name(error.group, error.value);
    return {{"service", "confirmed-service-error"},
            {"choice", name(error.service)},
            {"error_class", name(error.group)},
            {"error", {{"code", error.value}, {"name", text.empty() ? Json() : Json(text)}}}};
}

template <class T>
void show(const T& apdu, Json& json, std::string& encoded) {
    json = to_json(apdu);
    encoded = written([&](Writer& writer) { encode(writer, apdu); });
}

template <class... Apdus>
void show(const std::variant<Apdus...>& apdu, Json& json, std::string& encoded) {
    std::visit([&](const auto& alternative) { show(alternative, json, encoded); }, apdu);
}

template <class T>
Status finish(const Result<T>& apdu, Json& json, std::string& encoded) {
    if (!apdu) {
        return std::unexpected(apdu.error());
    }
    show(*apdu, json, encoded);
    return {};
}

}  // namespace

Status decode_xdlms(ByteView octets, Json& json, std::string& encoded) {
    if (octets.empty()) {
        return fail(ErrorCode::truncated, Layer::xdlms);
    }
    const auto tag = static_cast<ApduTag>(octets[0]);
    switch (tag) {
        case ApduTag::initiate_request:
            return finish(decode_initiate_request(octets), json, encoded);
        case ApduTag::initiate_response:
            return finish(decode_initiate_response(octets), json, encoded);
        case ApduTag::get_request: return finish(decode_get_request(octets), json, encoded);
        case ApduTag::get_response: return finish(decode_get_response(octets), json, encoded);
        case ApduTag::set_request: return finish(decode_set_request(octets), json, encoded);
        case ApduTag::set_response: return finish(decode_set_response(octets), json, encoded);
        case ApduTag::exception_response:
            return finish(decode_exception_response(octets), json, encoded);
        case ApduTag::confirmed_service_error:
            return finish(decode_confirmed_service_error(octets), json, encoded);
        default:
            return fail(name(tag).empty() ? ErrorCode::unknown_tag : ErrorCode::unsupported_service,
                        Layer::xdlms);
    }
}

}  // namespace dlms::testing
