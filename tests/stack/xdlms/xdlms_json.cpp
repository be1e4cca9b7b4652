#include "tests/stack/xdlms/xdlms_json.hpp"

#include "stack/xdlms/apdu_tag.hpp"
#include "tests/stack/xdlms/service_json.hpp"
#include "tests/support/octets.hpp"

namespace dlms::testing {

using namespace xdlms;

namespace {

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

}  // namespace

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

namespace {

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
    if (is_ciphered_apdu(tag)) {
        return finish(decode_ciphered_apdu(octets), json, encoded);
    }
    switch (tag) {
        case ApduTag::initiate_request:
            return finish(decode_initiate_request(octets), json, encoded);
        case ApduTag::initiate_response:
            return finish(decode_initiate_response(octets), json, encoded);
        case ApduTag::get_request: return finish(decode_get_request(octets), json, encoded);
        case ApduTag::get_response: return finish(decode_get_response(octets), json, encoded);
        case ApduTag::set_request: return finish(decode_set_request(octets), json, encoded);
        case ApduTag::set_response: return finish(decode_set_response(octets), json, encoded);
        case ApduTag::action_request: return finish(decode_action_request(octets), json, encoded);
        case ApduTag::action_response: return finish(decode_action_response(octets), json, encoded);
        case ApduTag::access_request: return finish(decode_access_request(octets), json, encoded);
        case ApduTag::access_response: return finish(decode_access_response(octets), json, encoded);
        case ApduTag::data_notification:
            return finish(decode_data_notification(octets), json, encoded);
        case ApduTag::data_notification_confirm:
            return finish(decode_data_notification_confirm(octets), json, encoded);
        case ApduTag::event_notification_request:
            return finish(decode_event_notification(octets), json, encoded);
        case ApduTag::general_block_transfer:
            return finish(decode_general_block_transfer(octets), json, encoded);
        case ApduTag::gateway_request:
        case ApduTag::gateway_response: return finish(decode_gateway_apdu(octets), json, encoded);
        case ApduTag::read_request: return finish(decode_read_request(octets), json, encoded);
        case ApduTag::read_response: return finish(decode_read_response(octets), json, encoded);
        case ApduTag::write_request: return finish(decode_write_request(octets), json, encoded);
        case ApduTag::write_response: return finish(decode_write_response(octets), json, encoded);
        case ApduTag::unconfirmed_write_request:
            return finish(decode_unconfirmed_write_request(octets), json, encoded);
        case ApduTag::information_report_request:
            return finish(decode_information_report(octets), json, encoded);
        case ApduTag::exception_response:
            return finish(decode_exception_response(octets), json, encoded);
        case ApduTag::confirmed_service_error:
            return finish(decode_confirmed_service_error(octets), json, encoded);
        default: return fail(ErrorCode::unknown_tag, Layer::xdlms);
    }
}

}  // namespace dlms::testing
