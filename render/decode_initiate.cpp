// InitiateRequest and InitiateResponse as JSON.

#include "render/decode_parts.hpp"
#include "stack/base/hex.hpp"
#include "stack/xdlms/apdu_tag.hpp"
#include "stack/xdlms/initiate.hpp"

namespace dlms::render::detail {
namespace {

using namespace xdlms;

template <class T>
Json optional_json(const std::optional<T>& value) {
    return value ? Json(*value) : Json();
}

void put_conformance(Json& json, const std::string& member, Conformance conformance) {
    const std::uint32_t raw = conformance.raw();
    json[member + "_raw"] = to_hex(std::array{static_cast<Byte>(raw >> 16),
                                              static_cast<Byte>(raw >> 8), static_cast<Byte>(raw)});
    Json list = Json::array();
    for (int bit = 0; bit < conformance_bits; ++bit) {
        if (conformance.has(static_cast<ConformanceBit>(bit))) {
            list.push_back(name(static_cast<ConformanceBit>(bit)));
        }
    }
    json[member] = std::move(list);
}

void write(Json& json, const InitiateRequest& request) {
    json["service"] = "initiate-request";
    json["dedicated_key"] = request.dedicated_key ? Json(to_hex(*request.dedicated_key)) : Json();
    json["response_allowed"] = request.response_allowed;
    json["proposed_quality_of_service"] = optional_json(request.proposed_quality_of_service);
    json["proposed_dlms_version"] = request.proposed_dlms_version;
    put_conformance(json, "proposed_conformance", request.proposed_conformance);
    json["client_max_receive_pdu_size"] = request.client_max_receive_pdu_size;
}

void write(Json& json, const InitiateResponse& response) {
    json["service"] = "initiate-response";
    json["negotiated_quality_of_service"] = optional_json(response.negotiated_quality_of_service);
    json["negotiated_dlms_version"] = response.negotiated_dlms_version;
    put_conformance(json, "negotiated_conformance", response.negotiated_conformance);
    json["server_max_receive_pdu_size"] = response.server_max_receive_pdu_size;
    json["vaa_name"] = response.vaa_name;
}

template <class Apdu>
Result<Json> written(const Result<Apdu>& decoded, ByteView apdu, Decoding& decoding) {
    if (!decoded) {
        return std::unexpected(decoded.error());
    }
    Json json = decoding.object_at(apdu);
    write(json, *decoded);
    mark_fields(json, apdu, decoding);
    return json;
}

}  // namespace

Result<Json> initiate_json(ByteView apdu, Decoding& decoding) {
    return static_cast<ApduTag>(apdu[0]) == ApduTag::initiate_request
               ? written(decode_initiate_request(apdu), apdu, decoding)
               : written(decode_initiate_response(apdu), apdu, decoding);
}

}  // namespace dlms::render::detail
