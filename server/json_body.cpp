#include "server/json_body.hpp"

#include <utility>

#include "stack/axdr/utf8.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::service {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_depth = 32;

HttpAnswer body_error(std::string message, std::string type) {
    return validation_answer(
        {{ordered_json::array({"body"}), std::move(message), std::move(type), nullptr}});
}

HttpAnswer fault_answer(const JsonFault& fault) {
    // Python's context also echoes the whole document; a password may stand in it.
    ordered_json context{{"msg", fault.message},
                         {"pos", fault.position},
                         {"lineno", fault.line},
                         {"colno", fault.column}};
    std::string message = fault.message + ": line " + std::to_string(fault.line) + " column " +
                          std::to_string(fault.column) + " (char " +
                          std::to_string(fault.position) + ")";
    return validation_answer({{ordered_json::array({"body", fault.position}), std::move(message),
                               "value_error.jsondecode", std::move(context)}});
}

// As the older service: no content type is JSON, another than JSON makes the body plain octets.
bool claims_json(const HttpRequest& request) {
    const auto type = request.header("Content-Type");
    if (!type) {
        return true;
    }
    std::string_view media = type->substr(0, type->find(';'));
    while (media.ends_with(' ')) {
        media.remove_suffix(1);
    }
    constexpr std::string_view application = "application/";
    if (!equal_ignoring_case(media.substr(0, application.size()), application)) {
        return false;
    }
    media.remove_prefix(application.size());
    return equal_ignoring_case(media, "json") ||
           (media.size() > 5 && equal_ignoring_case(media.substr(media.size() - 5), "+json"));
}

}  // namespace

std::expected<JsonBody, HttpAnswer> parse_body(const HttpRequest& request) {
    if (request.body.empty()) {
        return std::unexpected(body_error("field required", "value_error.missing"));
    }
    if (!claims_json(request)) {
        return std::unexpected(body_error("value is not a valid dict", "type_error.dict"));
    }
    if (!axdr::is_utf8(as_bytes(request.body))) {
        return std::unexpected(error_answer(400, "There was an error parsing the body"));
    }
    JsonScan scan(request.body, most_depth);
    if (scan.fault()) {
        return std::unexpected(fault_answer(*scan.fault()));
    }
    json document = json::parse(request.body, nullptr, false);
    if (document.is_discarded()) {
        // Sound by its grammar, yet no value: half a surrogate pair, or a number beyond all range.
        return std::unexpected(fault_answer({"Value out of range", 0, 1, 1}));
    }
    if (document.is_null()) {
        return std::unexpected(body_error("field required", "value_error.missing"));
    }
    if (!document.is_object()) {
        return std::unexpected(body_error("value is not a valid dict", "type_error.dict"));
    }
    return JsonBody{std::move(document), std::move(scan)};
}

JsonFields JsonBody::fields(std::vector<FieldError>& errors) const {
    return {object, ordered_json::array({"body"}), errors};
}

}  // namespace dlms::service
