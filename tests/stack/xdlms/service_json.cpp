// The shared parts, ACCESS, notifications, general block transfer, gateway, short names and
// envelopes as the vector files write them.

#include "tests/stack/xdlms/service_json.hpp"

#include "stack/base/hex.hpp"

namespace dlms::testing {

using namespace xdlms;

Json invoke_json(InvokeIdAndPriority value) {
    return {{"raw", value.raw()},
            {"invoke_id", value.invoke_id().value()},
            {"service_class", value.is_confirmed() ? "confirmed" : "unconfirmed"},
            {"priority", value.is_high_priority() ? "high" : "normal"}};
}

Json invoke_json(LongInvokeIdAndPriority value) {
    return {{"raw", value.raw()},
            {"invoke_id", value.invoke_id()},
            {"self_descriptive", value.is_self_descriptive()},
            {"processing", value.breaks_on_error() ? "break-on-error" : "continue-on-error"},
            {"service_class", value.is_confirmed() ? "confirmed" : "unconfirmed"},
            {"priority", value.is_high_priority() ? "high" : "normal"}};
}

Json octets_or_null(ByteView octets) {
    return octets.empty() ? Json() : Json(to_hex(octets));
}

Json data_list(const List<axdr::DataView>& list) {
    Json json = Json::array();
    for (const axdr::DataView& data : list) {
        json.push_back(data_tree(data));
    }
    return json;
}

void put(Json& json, const cosem::AttributeDescriptor& attribute) {
    json["class_id"] = attribute.class_id;
    json["obis"] = attribute.instance.dotted();
    json["attribute"] = attribute.attribute_id;
}

void put(Json& json, const cosem::MethodDescriptor& method) {
    json["class_id"] = method.class_id;
    json["obis"] = method.instance.dotted();
    json["method"] = method.method_id;
}

void put(Json& json, const RawDataBlock& block) {
    json["last_block"] = block.last_block;
    json["block_number"] = block.block_number;
    json["raw_data"] = to_hex(block.raw_data);
}

Json selection_json(const std::optional<cosem::SelectiveAccess>& selection) {
    return selection ? Json{{"selector", selection->selector},
                            {"parameters", data_tree(selection->parameters)}}
                     : Json();
}

namespace {

Json specification_json(const AccessSpecification& specification) {
    Json json{{"choice", name(specification)}};
    std::visit(
        [&json](const auto& item) {
            if constexpr (requires { item.attribute; }) {
                put(json, item.attribute);
            } else {
                put(json, item.method);
            }
            if constexpr (requires { item.access_selection; }) {
                json["access_selection"] = selection_json(item.access_selection);
            }
        },
        specification);
    return json;
}

Json specifications_json(const List<AccessSpecification>& list) {
    Json json = Json::array();
    for (const AccessSpecification& specification : list) {
        json.push_back(specification_json(specification));
    }
    return json;
}

void put_variable(Json& json, const VariableName& item) {
    json["short_name"] = item.short_name;
}
void put_variable(Json& json, const ParameterizedAccess& item) {
    json["short_name"] = item.short_name;
    json["selector"] = item.selector;
    json["parameter"] = data_tree(item.parameter);
}
void put_variable(Json& json, const BlockNumberAccess& item) {
    json["block_number"] = item.block_number;
}
void put_variable(Json& json, const ReadDataBlockAccess& item) {
    json["last_block"] = item.last_block;
    json["block_number"] = item.block_number;
    json["raw_data"] = to_hex(item.raw_data);
}
void put_variable(Json& json, const WriteDataBlockAccess& item) {
    json["last_block"] = item.last_block;
    json["block_number"] = item.block_number;
}
void put_result(Json& json, const axdr::DataView& item) {
    json["data"] = data_tree(item);
}
void put_result(Json& json, const cosem::DataAccessResult& item) {
    json["data_access_result"] = code_json(item);
}
void put_result(Json& json, const DataBlockResult& item) {
    json["last_block"] = item.last_block;
    json["block_number"] = item.block_number;
    json["raw_data"] = to_hex(item.raw_data);
}
void put_result(Json& json, const BlockAcknowledged& item) {
    json["block_number"] = item.block_number;
}
void put_result(Json&, const WriteSucceeded&) {}

Json items_json(const List<VariableAccessSpecification>& list) {
    Json items = Json::array();
    for (const VariableAccessSpecification& specification : list) {
        Json json{{"choice", name(specification)}};
        std::visit([&json](const auto& item) { put_variable(json, item); }, specification);
        items.push_back(json);
    }
    return items;
}

template <class Item>
Json results_json(const List<Item>& list) {
    Json items = Json::array();
    for (const Item& result : list) {
        Json json{{"choice", name(result)}};
        std::visit([&json](const auto& item) { put_result(json, item); }, result);
        items.push_back(json);
    }
    return items;
}

template <class Apdu>
Json variables_json(std::string_view service, const Apdu& apdu) {
    return {{"service", service},
            {"items", items_json(apdu.specifications)},
            {"data", data_list(apdu.values)}};
}

void put(Json& json, const ProtectedContent& content) {
    const SecurityControl control = content.security_control;
    json["security_control"] = {{"raw", control.raw()},
                                {"suite", control.suite()},
                                {"authenticated", control.is_authenticated()},
                                {"encrypted", control.is_encrypted()},
                                {"key_set", control.uses_broadcast_key() ? "broadcast" : "unicast"},
                                {"compressed", control.is_compressed()}};
    json["invocation_counter"] = content.invocation_counter;
    json["ciphertext"] = to_hex(content.ciphertext);
    json["tag"] = octets_or_null(content.tag);
}

void put(Json& json, const GeneralHeader& header) {
    json["transaction_id"] = to_hex(header.transaction_id);
    json["originator_system_title"] = to_hex(header.originator_system_title);
    json["recipient_system_title"] = to_hex(header.recipient_system_title);
    json["date_time"] = octets_or_null(header.date_time);
    json["other_information"] = to_hex(header.other_information);
}

Json key_info_json(const KeyInfo& key_info) {
    Json json{{"choice", name(key_info)}};
    if (const auto* identified = std::get_if<IdentifiedKey>(&key_info)) {
        json["key_id"] = name(*identified);
    } else if (const auto* wrapped = std::get_if<WrappedKey>(&key_info)) {
        json["kek_id"] = name(wrapped->kek_id);
        json["key_ciphered_data"] = to_hex(wrapped->key_ciphered_data);
    } else {
        const auto& agreed = std::get<AgreedKey>(key_info);
        json["key_parameters"] = to_hex(agreed.key_parameters);
        json["key_ciphered_data"] = to_hex(agreed.key_ciphered_data);
    }
    return json;
}

}  // namespace

Json to_json(const AccessRequest& request) {
    return {{"service", "access-request"},
            {"long_invoke_id_and_priority", invoke_json(request.long_invoke_id_and_priority)},
            {"date_time", octets_or_null(request.date_time)},
            {"specifications", specifications_json(request.specifications)},
            {"data", data_list(request.data)}};
}

Json to_json(const AccessResponse& response) {
    Json results = Json::array();
    for (const AccessResult& item : response.results) {
        results.push_back(
            {{"choice", name(item)},
             {"result",
              std::visit([](const auto& verdict) { return code_json(verdict.result); }, item)}});
    }
    return {{"service", "access-response"},
            {"long_invoke_id_and_priority", invoke_json(response.long_invoke_id_and_priority)},
            {"date_time", octets_or_null(response.date_time)},
            {"request_specifications", response.request_specifications
                                           ? specifications_json(*response.request_specifications)
                                           : Json()},
            {"data", data_list(response.data)},
            {"results", results}};
}

Json to_json(const DataNotification& notification) {
    return {{"service", "data-notification"},
            {"long_invoke_id_and_priority", invoke_json(notification.long_invoke_id_and_priority)},
            {"date_time", octets_or_null(notification.date_time)},
            {"body", data_tree(notification.body)}};
}

Json to_json(const DataNotificationConfirm& confirm) {
    return {{"service", "data-notification-confirm"},
            {"long_invoke_id_and_priority", invoke_json(confirm.long_invoke_id_and_priority)},
            {"date_time", octets_or_null(confirm.date_time)}};
}

Json to_json(const EventNotification& notification) {
    Json json{{"service", "event-notification-request"},
              {"time", notification.time ? Json(to_hex(*notification.time)) : Json()},
              {"value", data_tree(notification.value)}};
    put(json, notification.attribute);
    return json;
}

Json to_json(const GeneralBlockTransfer& block) {
    return {{"service", "general-block-transfer"},   {"last_block", block.last_block},
            {"streaming", block.streaming},          {"window", block.window},
            {"block_number", block.block_number},    {"block_number_ack", block.block_number_ack},
            {"block_data", to_hex(block.block_data)}};
}

Json to_json(const GatewayApdu& gateway) {
    const bool is_request = gateway.direction == GatewayDirection::request;
    return {{"service", is_request ? "gateway-request" : "gateway-response"},
            {"network_id", gateway.network_id},
            {"physical_device_address", to_hex(gateway.physical_device_address)},
            {"apdu", to_hex(gateway.apdu)}};
}

Json to_json(const ReadRequest& request) {
    return {{"service", "read-request"}, {"items", items_json(request.specifications)}};
}

Json to_json(const ReadResponse& response) {
    return {{"service", "read-response"}, {"items", results_json(response.results)}};
}

Json to_json(const WriteRequest& request) {
    return variables_json("write-request", request);
}

Json to_json(const WriteResponse& response) {
    return {{"service", "write-response"}, {"items", results_json(response.results)}};
}

Json to_json(const UnconfirmedWriteRequest& request) {
    return variables_json("unconfirmed-write-request", request);
}

Json to_json(const InformationReport& report) {
    Json json = variables_json("information-report", report);
    json["time"] = report.current_time ? Json(*report.current_time) : Json();
    return json;
}

Json to_json(const ServiceCiphering& apdu) {
    Json json{{"service", name(apdu.tag)}};
    put(json, apdu.content);
    return json;
}

Json to_json(const GeneralGloDedCiphering& apdu) {
    Json json{{"service", name(apdu.tag)}, {"system_title", to_hex(apdu.system_title)}};
    put(json, apdu.content);
    return json;
}

Json to_json(const GeneralCiphering& apdu) {
    Json json{{"service", "general-ciphering"},
              {"key_info", apdu.key_info ? key_info_json(*apdu.key_info) : Json()}};
    put(json, apdu.header);
    put(json, apdu.content);
    return json;
}

Json to_json(const GeneralSigning& apdu) {
    Json json{{"service", "general-signing"},
              {"content", to_hex(apdu.content)},
              {"signature", to_hex(apdu.signature)}};
    put(json, apdu.header);
    return json;
}

}  // namespace dlms::testing
