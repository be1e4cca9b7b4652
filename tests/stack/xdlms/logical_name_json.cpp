// GET, SET and ACTION as the vector files write them.

#include "stack/base/hex.hpp"
#include "tests/stack/xdlms/service_json.hpp"

namespace dlms::testing {
namespace {

using namespace xdlms;

template <class Apdu>
Json begin(std::string_view service, std::string_view choice, const Apdu& apdu) {
    return {{"service", service},
            {"choice", choice},
            {"invoke_id_and_priority", invoke_json(apdu.invoke_id_and_priority)}};
}

Json result_json(const GetDataResult& result) {
    if (const auto* data = std::get_if<axdr::DataView>(&result)) {
        return {{"data", data_tree(*data)}};
    }
    return {{"data_access_result", code_json(std::get<cosem::DataAccessResult>(result))}};
}

Json outcome_json(const ActionOutcome& outcome) {
    return {
        {"action_result", code_json(outcome.result)},
        {"return", outcome.return_parameters ? result_json(*outcome.return_parameters) : Json()}};
}

Json attributes_json(const List<cosem::AttributeDescriptorWithSelection>& list) {
    Json attributes = Json::array();
    for (const auto& item : list) {
        Json json{{"access_selection", selection_json(item.access_selection)}};
        put(json, item.attribute);
        attributes.push_back(json);
    }
    return attributes;
}

Json methods_json(const List<cosem::MethodDescriptor>& list) {
    Json methods = Json::array();
    for (const auto& item : list) {
        Json json;
        put(json, item);
        methods.push_back(json);
    }
    return methods;
}

Json results_json(const List<cosem::DataAccessResult>& list) {
    Json results = Json::array();
    for (const cosem::DataAccessResult result : list) {
        results.push_back(code_json(result));
    }
    return results;
}

}  // namespace

Json to_json(const GetRequestNormal& request) {
    Json json = begin("get-request", "normal", request);
    json["access_selection"] = selection_json(request.access_selection);
    put(json, request.attribute);
    return json;
}

Json to_json(const GetRequestNext& request) {
    Json json = begin("get-request", "next", request);
    json["block_number"] = request.block_number;
    return json;
}

Json to_json(const GetRequestWithList& request) {
    Json json = begin("get-request", "with-list", request);
    json["attributes"] = attributes_json(request.attributes);
    return json;
}

Json to_json(const GetResponseNormal& response) {
    Json json = begin("get-response", "normal", response);
    json["result"] = result_json(response.result);
    return json;
}

Json to_json(const GetResponseWithDatablock& response) {
    Json json = begin("get-response", "with-datablock", response);
    json["last_block"] = response.last_block;
    json["block_number"] = response.block_number;
    if (const auto* octets = std::get_if<ByteView>(&response.block)) {
        json["raw_data"] = to_hex(*octets);
    } else {
        json["data_access_result"] = code_json(std::get<cosem::DataAccessResult>(response.block));
    }
    return json;
}

Json to_json(const GetResponseWithList& response) {
    Json json = begin("get-response", "with-list", response);
    json["results"] = Json::array();
    for (const GetDataResult& result : response.results) {
        json["results"].push_back(result_json(result));
    }
    return json;
}

Json to_json(const SetRequestNormal& request) {
    Json json = begin("set-request", "normal", request);
    json["access_selection"] = selection_json(request.access_selection);
    json["data"] = data_tree(request.value);
    put(json, request.attribute);
    return json;
}

Json to_json(const SetRequestWithFirstDatablock& request) {
    Json json = begin("set-request", "with-first-datablock", request);
    json["access_selection"] = selection_json(request.access_selection);
    put(json, request.attribute);
    put(json, request.block);
    return json;
}

Json to_json(const SetRequestWithDatablock& request) {
    Json json = begin("set-request", "with-datablock", request);
    put(json, request.block);
    return json;
}

Json to_json(const SetRequestWithList& request) {
    Json json = begin("set-request", "with-list", request);
    json["attributes"] = attributes_json(request.attributes);
    json["data"] = data_list(request.values);
    return json;
}

Json to_json(const SetRequestWithListAndFirstDatablock& request) {
    Json json = begin("set-request", "with-list-and-first-datablock", request);
    json["attributes"] = attributes_json(request.attributes);
    put(json, request.block);
    return json;
}

Json to_json(const SetResponseNormal& response) {
    Json json = begin("set-response", "normal", response);
    json["result"] = code_json(response.result);
    return json;
}

Json to_json(const SetResponseDatablock& response) {
    Json json = begin("set-response", "datablock", response);
    json["block_number"] = response.block_number;
    return json;
}

Json to_json(const SetResponseLastDatablock& response) {
    Json json = begin("set-response", "last-datablock", response);
    json["result"] = code_json(response.result);
    json["block_number"] = response.block_number;
    return json;
}

Json to_json(const SetResponseLastDatablockWithList& response) {
    Json json = begin("set-response", "last-datablock-with-list", response);
    json["results"] = results_json(response.results);
    json["block_number"] = response.block_number;
    return json;
}

Json to_json(const SetResponseWithList& response) {
    Json json = begin("set-response", "with-list", response);
    json["results"] = results_json(response.results);
    return json;
}

Json to_json(const ActionRequestNormal& request) {
    Json json = begin("action-request", "normal", request);
    put(json, request.method);
    json["parameters"] = request.parameters ? data_tree(*request.parameters) : Json();
    return json;
}

Json to_json(const ActionRequestNextPblock& request) {
    Json json = begin("action-request", "next-pblock", request);
    json["block_number"] = request.block_number;
    return json;
}

Json to_json(const ActionRequestWithList& request) {
    Json json = begin("action-request", "with-list", request);
    json["methods"] = methods_json(request.methods);
    json["parameters"] = data_list(request.parameters);
    return json;
}

Json to_json(const ActionRequestWithFirstPblock& request) {
    Json json = begin("action-request", "with-first-pblock", request);
    put(json, request.method);
    put(json, request.block);
    return json;
}

Json to_json(const ActionRequestWithListAndFirstPblock& request) {
    Json json = begin("action-request", "with-list-and-first-pblock", request);
    json["methods"] = methods_json(request.methods);
    put(json, request.block);
    return json;
}

Json to_json(const ActionRequestWithPblock& request) {
    Json json = begin("action-request", "with-pblock", request);
    put(json, request.block);
    return json;
}

Json to_json(const ActionResponseNormal& response) {
    Json json = begin("action-response", "normal", response);
    json.update(outcome_json(response.outcome));
    return json;
}

Json to_json(const ActionResponseWithPblock& response) {
    Json json = begin("action-response", "with-pblock", response);
    put(json, response.block);
    return json;
}

Json to_json(const ActionResponseWithList& response) {
    Json json = begin("action-response", "with-list", response);
    json["results"] = Json::array();
    for (const ActionOutcome& outcome : response.outcomes) {
        json["results"].push_back(outcome_json(outcome));
    }
    return json;
}

Json to_json(const ActionResponseNextPblock& response) {
    Json json = begin("action-response", "next-pblock", response);
    json["block_number"] = response.block_number;
    return json;
}

}  // namespace dlms::testing
