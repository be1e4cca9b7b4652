// xDLMS APDUs of logical name referencing as JSON.

#include "render/decode_parts.hpp"
#include "stack/base/hex.hpp"
#include "stack/xdlms/action.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/confirmed_service_error.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"
#include "stack/xdlms/exception_response.hpp"
#include "stack/xdlms/gateway.hpp"
#include "stack/xdlms/general_block_transfer.hpp"
#include "stack/xdlms/get.hpp"
#include "stack/xdlms/set.hpp"

namespace dlms::render::detail {

Json code_json(unsigned code, std::string_view name) {
    Json json;
    json["code"] = code;
    json["name"] = name.empty() ? Json() : Json(name);
    return json;
}

Json hex_or_null(ByteView octets) {
    return octets.empty() ? Json() : Json(to_hex(octets));
}

void put_attribute(Json& json, const cosem::AttributeDescriptor& attribute) {
    json["class_id"] = attribute.class_id;
    json["obis"] = attribute.instance.dotted();
    json["attribute"] = attribute.attribute_id;
}

void put_method(Json& json, const cosem::MethodDescriptor& method) {
    json["class_id"] = method.class_id;
    json["obis"] = method.instance.dotted();
    json["method"] = method.method_id;
}

Json selection_json(const std::optional<cosem::SelectiveAccess>& access, Decoding& decoding) {
    if (!access) {
        return {};
    }
    Json json;
    json["selector"] = access->selector;
    json["parameters"] = decoding.tree(access->parameters);
    return json;
}

void put_long_invoke_id(Json& apdu, xdlms::LongInvokeIdAndPriority value) {
    Json& json = apdu["long_invoke_id_and_priority"];
    json["raw"] = value.raw();
    json["invoke_id"] = value.invoke_id();
    json["self_descriptive"] = value.is_self_descriptive();
    json["processing"] = value.breaks_on_error() ? "break-on-error" : "continue-on-error";
    json["service_class"] = value.is_confirmed() ? "confirmed" : "unconfirmed";
    json["priority"] = value.is_high_priority() ? "high" : "normal";
}

namespace {

using namespace xdlms;

Json code_of(cosem::ActionResult result) {
    return code_json(static_cast<unsigned>(result), cosem::name(result));
}

/// Writes the members of one APDU.
class ApduWriter {
public:
    ApduWriter(ByteView apdu, Decoding& decoding)
        : decoding_(decoding), json_(decoding.object_at(apdu)) {}

    Json take() { return std::move(json_); }

    void write(const GetRequestNormal& request) {
        begin("get-request", "normal", request);
        put_attribute(json_, request.attribute);
        json_["access_selection"] = selection_json(request.access_selection, decoding_);
    }
    void write(const GetRequestNext& request) {
        begin("get-request", "next", request);
        json_["block_number"] = request.block_number;
    }
    void write(const GetRequestWithList& request) {
        begin("get-request", "with-list", request);
        put_attributes(request.attributes);
    }
    void write(const GetResponseNormal& response) {
        begin("get-response", "normal", response);
        json_["result"] = data_result(response.result);
    }
    void write(const GetResponseWithDatablock& response) {
        begin("get-response", "with-datablock", response);
        json_["last_block"] = response.last_block;
        json_["block_number"] = response.block_number;
        if (const auto* octets = std::get_if<ByteView>(&response.block)) {
            json_["raw_data"] = to_hex(*octets);
        } else {
            json_["data_access_result"] =
                result_json(std::get<cosem::DataAccessResult>(response.block));
        }
    }
    void write(const GetResponseWithList& response) {
        begin("get-response", "with-list", response);
        put_list("results", response.results,
                 [this](const GetDataResult& result) { return data_result(result); });
    }

    void write(const SetRequestNormal& request) {
        begin("set-request", "normal", request);
        put_attribute(json_, request.attribute);
        json_["access_selection"] = selection_json(request.access_selection, decoding_);
        json_["data"] = decoding_.tree(request.value);
    }
    void write(const SetRequestWithFirstDatablock& request) {
        begin("set-request", "with-first-datablock", request);
        put_attribute(json_, request.attribute);
        json_["access_selection"] = selection_json(request.access_selection, decoding_);
        put(request.block);
    }
    void write(const SetRequestWithDatablock& request) {
        begin("set-request", "with-datablock", request);
        put(request.block);
    }
    void write(const SetRequestWithList& request) {
        begin("set-request", "with-list", request);
        put_attributes(request.attributes);
        put_trees("data", request.values);
    }
    void write(const SetRequestWithListAndFirstDatablock& request) {
        begin("set-request", "with-list-and-first-datablock", request);
        put_attributes(request.attributes);
        put(request.block);
    }
    void write(const SetResponseNormal& response) {
        begin("set-response", "normal", response);
        json_["result"] = result_json(response.result);
    }
    void write(const SetResponseDatablock& response) {
        begin("set-response", "datablock", response);
        json_["block_number"] = response.block_number;
    }
    void write(const SetResponseLastDatablock& response) {
        begin("set-response", "last-datablock", response);
        json_["result"] = result_json(response.result);
        json_["block_number"] = response.block_number;
    }
    void write(const SetResponseLastDatablockWithList& response) {
        begin("set-response", "last-datablock-with-list", response);
        put_list("results", response.results, result_json);
        json_["block_number"] = response.block_number;
    }
    void write(const SetResponseWithList& response) {
        begin("set-response", "with-list", response);
        put_list("results", response.results, result_json);
    }

    void write(const ActionRequestNormal& request) {
        begin("action-request", "normal", request);
        put_method(json_, request.method);
        json_["parameters"] = request.parameters ? decoding_.tree(*request.parameters) : Json();
    }
    void write(const ActionRequestNextPblock& request) {
        begin("action-request", "next-pblock", request);
        json_["block_number"] = request.block_number;
    }
    void write(const ActionRequestWithList& request) {
        begin("action-request", "with-list", request);
        put_methods(request.methods);
        put_trees("parameters", request.parameters);
    }
    void write(const ActionRequestWithFirstPblock& request) {
        begin("action-request", "with-first-pblock", request);
        put_method(json_, request.method);
        put(request.block);
    }
    void write(const ActionRequestWithListAndFirstPblock& request) {
        begin("action-request", "with-list-and-first-pblock", request);
        put_methods(request.methods);
        put(request.block);
    }
    void write(const ActionRequestWithPblock& request) {
        begin("action-request", "with-pblock", request);
        put(request.block);
    }
    void write(const ActionResponseNormal& response) {
        begin("action-response", "normal", response);
        put(json_, response.outcome);
    }
    void write(const ActionResponseWithPblock& response) {
        begin("action-response", "with-pblock", response);
        put(response.block);
    }
    void write(const ActionResponseWithList& response) {
        begin("action-response", "with-list", response);
        put_list("results", response.outcomes, [this](const ActionOutcome& outcome) {
            Json json;
            put(json, outcome);
            return json;
        });
    }
    void write(const ActionResponseNextPblock& response) {
        begin("action-response", "next-pblock", response);
        json_["block_number"] = response.block_number;
    }

    void write(const EventNotification& notification) {
        begin("event-notification-request");
        json_["time"] = notification.time ? Json(to_hex(*notification.time)) : Json();
        put_attribute(json_, notification.attribute);
        json_["value"] = decoding_.tree(notification.value);
    }
    void write(const DataNotification& notification) {
        begin("data-notification");
        put_long_invoke_id(json_, notification.long_invoke_id_and_priority);
        json_["date_time"] = hex_or_null(notification.date_time);
        json_["body"] = decoding_.tree(notification.body);
    }
    void write(const DataNotificationConfirm& confirm) {
        begin("data-notification-confirm");
        put_long_invoke_id(json_, confirm.long_invoke_id_and_priority);
        json_["date_time"] = hex_or_null(confirm.date_time);
    }

    void write(const ExceptionResponse& response) {
        begin("exception-response");
        json_["state_error"] = name(response.state_error);
        json_["service_error"] = name(response.service_error);
        if (response.service_error == ServiceError::invocation_counter_error) {
            json_["expected_invocation_counter"] = response.invocation_counter;
        }
    }
    void write(const ConfirmedServiceError& error) {
        begin("confirmed-service-error");
        json_["choice"] = name(error.service);
        json_["error_class"] = name(error.group);
        json_["error"] = code_json(error.value, service_error_name(error.group, error.value));
    }

    void write(const GeneralBlockTransfer& block) {
        begin("general-block-transfer");
        json_["last_block"] = block.last_block;
        json_["streaming"] = block.streaming;
        json_["window"] = block.window;
        json_["block_number"] = block.block_number;
        json_["block_number_ack"] = block.block_number_ack;
        json_["block_data"] = to_hex(block.block_data);
        // All of an APDU in one block; blocks in blocks there are none.
        const bool is_all = block.last_block && block.block_number == 1;
        if (is_all && !block.block_data.empty() &&
            block.block_data[0] != static_cast<Byte>(ApduTag::general_block_transfer)) {
            if (Result<Json> inner = apdu_json(block.block_data, decoding_)) {
                json_["apdu_decoded"] = std::move(*inner);
            }
        }
    }
    void write(const GatewayApdu& gateway) {
        begin(gateway.direction == GatewayDirection::request ? "gateway-request"
                                                             : "gateway-response");
        json_["network_id"] = gateway.network_id;
        json_["physical_device_address"] = to_hex(gateway.physical_device_address);
        json_["apdu"] = to_hex(gateway.apdu);
        // A gateway behind a gateway is shown as octets: the depth of peeling must not be the
        // peer's choice.
        const std::uint8_t tag = gateway.apdu.empty() ? std::uint8_t{0} : gateway.apdu[0];
        if ((tag & 0xFE) != 0xE6) {
            const Result<Json> inner = apdu_json(gateway.apdu, decoding_);
            json_["apdu_decoded"] = inner ? *inner : Json();
        }
    }

private:
    void begin(std::string_view service) { json_["service"] = service; }

    template <class Apdu>
    void begin(std::string_view service, std::string_view choice, const Apdu& apdu) {
        begin(service);
        json_["choice"] = choice;
        const InvokeIdAndPriority value = apdu.invoke_id_and_priority;
        Json& json = json_["invoke_id_and_priority"];
        json["raw"] = value.raw();
        json["invoke_id"] = value.invoke_id().value();
        json["service_class"] = value.is_confirmed() ? "confirmed" : "unconfirmed";
        json["priority"] = value.is_high_priority() ? "high" : "normal";
    }

    void put(Json& json, const ActionOutcome& outcome) {
        json["action_result"] = code_of(outcome.result);
        json["return"] =
            outcome.return_parameters ? data_result(*outcome.return_parameters) : Json();
    }
    void put(const RawDataBlock& block) {
        json_["last_block"] = block.last_block;
        json_["block_number"] = block.block_number;
        json_["raw_data"] = to_hex(block.raw_data);
    }

    Json data_result(const GetDataResult& result) {
        Json json;
        if (const auto* data = std::get_if<axdr::DataView>(&result)) {
            json["data"] = decoding_.tree(*data);
        } else {
            json["data_access_result"] = result_json(std::get<cosem::DataAccessResult>(result));
        }
        return json;
    }

    template <class T, class Write>
    void put_list(const char* member, const List<T>& list, Write&& write_item) {
        Json items = Json::array();
        for (const T& item : list) {
            if (decoding_.exhausted()) {
                break;
            }
            items.push_back(write_item(item));
        }
        json_[member] = std::move(items);
    }
    void put_trees(const char* member, const List<axdr::DataView>& list) {
        put_list(member, list, [this](const axdr::DataView& data) { return decoding_.tree(data); });
    }
    void put_attributes(const List<cosem::AttributeDescriptorWithSelection>& list) {
        put_list("attributes", list, [this](const cosem::AttributeDescriptorWithSelection& item) {
            Json json;
            put_attribute(json, item.attribute);
            json["access_selection"] = selection_json(item.access_selection, decoding_);
            return json;
        });
    }
    void put_methods(const List<cosem::MethodDescriptor>& list) {
        put_list("methods", list, [](const cosem::MethodDescriptor& item) {
            Json json;
            put_method(json, item);
            return json;
        });
    }

    Decoding& decoding_;
    Json json_;
};

template <class Apdu>
void write_apdu(ApduWriter& writer, const Apdu& apdu) {
    writer.write(apdu);
}

template <class... Choices>
void write_apdu(ApduWriter& writer, const std::variant<Choices...>& apdu) {
    std::visit([&](const auto& choice) { writer.write(choice); }, apdu);
}

template <class Apdu>
Result<Json> written(const Result<Apdu>& decoded, ByteView apdu, Decoding& decoding) {
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    ApduWriter writer(apdu, decoding);
    write_apdu(writer, *decoded);
    Json json = writer.take();
    mark_fields(json, apdu, decoding);
    return json;
}

}  // namespace

Result<Json> xdlms_json(ByteView apdu, Decoding& decoding) {
    if (apdu.empty()) {
        return fail(ErrorCode::truncated, Layer::xdlms);
    }
    if (is_sn(apdu[0])) {
        return sn_json(apdu, decoding);
    }
    if (is_ciphered(apdu[0])) {
        return ciphered_json(apdu, decoding);
    }
    const auto show = [&](const auto& decoded) { return written(decoded, apdu, decoding); };
    switch (static_cast<ApduTag>(apdu[0])) {
        case ApduTag::initiate_request:
        case ApduTag::initiate_response: return initiate_json(apdu, decoding);
        case ApduTag::get_request: return show(decode_get_request(apdu));
        case ApduTag::get_response: return show(decode_get_response(apdu));
        case ApduTag::set_request: return show(decode_set_request(apdu));
        case ApduTag::set_response: return show(decode_set_response(apdu));
        case ApduTag::action_request: return show(decode_action_request(apdu));
        case ApduTag::action_response: return show(decode_action_response(apdu));
        case ApduTag::event_notification_request: return show(decode_event_notification(apdu));
        case ApduTag::data_notification: {
            DataNotificationTolerance tolerance;
            tolerance.tagged_date_time = decoding.is_push();
            return show(decode_data_notification(apdu, tolerance));
        }
        case ApduTag::data_notification_confirm:
            return show(decode_data_notification_confirm(apdu));
        case ApduTag::access_request:
        case ApduTag::access_response: return access_json(apdu, decoding);
        case ApduTag::exception_response: return show(decode_exception_response(apdu));
        case ApduTag::confirmed_service_error: return show(decode_confirmed_service_error(apdu));
        case ApduTag::general_block_transfer: return show(decode_general_block_transfer(apdu));
        case ApduTag::gateway_request:
        case ApduTag::gateway_response: return show(decode_gateway_apdu(apdu));
        default: return fail(ErrorCode::unknown_tag, Layer::xdlms);
    }
}

}  // namespace dlms::render::detail
