// ACCESS as JSON.

#include "render/decode_parts.hpp"
#include "stack/xdlms/access.hpp"
#include "stack/xdlms/apdu_tag.hpp"

namespace dlms::render::detail {
namespace {

using namespace xdlms;

template <class T, class Write>
Json list_json(const List<T>& list, const Decoding& decoding, Write write_item) {
    Json items = Json::array();
    for (const T& item : list) {
        if (decoding.exhausted()) {
            break;
        }
        items.push_back(write_item(item));
    }
    return items;
}

Json trees_json(const List<axdr::DataView>& list, Decoding& decoding) {
    return list_json(list, decoding,
                     [&](const axdr::DataView& data) { return decoding.tree(data); });
}

template <class Choice>
void put_specification(Json& json, const Choice& choice, Decoding& decoding) {
    if constexpr (requires { choice.method; }) {
        put_method(json, choice.method);
    } else {
        put_attribute(json, choice.attribute);
    }
    if constexpr (requires { choice.access_selection; }) {
        json["access_selection"] = selection_json(choice.access_selection, decoding);
    }
}

Json specifications_json(const List<AccessSpecification>& list, Decoding& decoding) {
    return list_json(list, decoding, [&](const AccessSpecification& specification) {
        Json json;
        json["choice"] = name(specification);
        std::visit([&](const auto& choice) { put_specification(json, choice, decoding); },
                   specification);
        return json;
    });
}

Json result_json(const AccessResult& result) {
    Json json;
    json["choice"] = name(result);
    json["result"] = std::visit(
        [](const auto& choice) {
            return code_json(static_cast<unsigned>(choice.result), cosem::name(choice.result));
        },
        result);
    return json;
}

Result<Json> written(const Result<AccessRequest>& request, ByteView apdu, Decoding& decoding) {
    if (!request) {
        return std::unexpected(request.error());
    }
    Json json = decoding.object_at(apdu);
    json["service"] = "access-request";
    put_long_invoke_id(json, request->long_invoke_id_and_priority);
    json["date_time"] = hex_or_null(request->date_time);
    json["specifications"] = specifications_json(request->specifications, decoding);
    json["data"] = trees_json(request->data, decoding);
    mark_fields(json, apdu, decoding);
    return json;
}

Result<Json> written(const Result<AccessResponse>& response, ByteView apdu, Decoding& decoding) {
    if (!response) {
        return std::unexpected(response.error());
    }
    Json json = decoding.object_at(apdu);
    json["service"] = "access-response";
    put_long_invoke_id(json, response->long_invoke_id_and_priority);
    json["date_time"] = hex_or_null(response->date_time);
    json["request_specifications"] =
        response->request_specifications
            ? specifications_json(*response->request_specifications, decoding)
            : Json();
    json["data"] = trees_json(response->data, decoding);
    json["results"] = list_json(response->results, decoding,
                                [](const AccessResult& result) { return result_json(result); });
    mark_fields(json, apdu, decoding);
    return json;
}

}  // namespace

Result<Json> access_json(ByteView apdu, Decoding& decoding) {
    return static_cast<ApduTag>(apdu[0]) == ApduTag::access_request
               ? written(decode_access_request(apdu), apdu, decoding)
               : written(decode_access_response(apdu), apdu, decoding);
}

}  // namespace dlms::render::detail
