#include "server/json_openapi.hpp"

#include <nlohmann/json.hpp>

#include "server/api_routes.hpp"
#include "server/error_table.hpp"
#include "server/openapi_schemas.hpp"

namespace dlms::service {

namespace {

using nlohmann::ordered_json;

constexpr const char* description =
    "Reads and writes DLMS/COSEM electricity meters. /connect says how to reach a meter; every "
    "other "
    "call names it by its number. Failures of a meter are answers with success false and an "
    "errorCode; failures of the caller have a status from 400 on and a detail.";

ordered_json reference(std::string_view schema) {
    return {{"$ref", "#/components/schemas/" + std::string(schema)}};
}

// "/meters/:number/keys" as "/meters/{number}/keys", and its parameters.
std::string path_of(std::string_view pattern, ordered_json& parameters) {
    std::string path;
    while (!pattern.empty()) {
        const std::size_t colon = pattern.find(':');
        path += pattern.substr(0, colon);
        if (colon == std::string_view::npos) {
            break;
        }
        pattern.remove_prefix(colon + 1);
        const std::size_t end = pattern.find('/');
        const std::string name(pattern.substr(0, end));
        pattern.remove_prefix(end == std::string_view::npos ? pattern.size() : end);
        path += "{" + name + "}";
        parameters.push_back(
            {{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
    }
    return path;
}

std::string_view error_schema(int status) {
    return status == 422 ? "ValidationError" : "Error";
}

ordered_json error_response(int status) {
    ordered_json response{{"description", reason_phrase(status)}};
    response["content"]["application/json"]["schema"] = reference(error_schema(status));
    response["content"]["application/problem+json"]["schema"] = reference("Problem");
    if (status == 429 || status == 503) {
        response["headers"]["Retry-After"] = {{"description", "seconds"},
                                              {"schema", {{"type", "integer"}}}};
    }
    return response;
}

ordered_json responses_of(const ApiRoute& route) {
    ordered_json responses;
    for (const int status : route.statuses) {
        if (status == 0) {
            break;
        }
        // Health says the same with 503 as with 200.
        const bool is_answer = status < 300 || route.answer == "HealthState";
        if (!is_answer) {
            responses[std::to_string(status)] = error_response(status);
            continue;
        }
        ordered_json response{{"description", reason_phrase(status)}};
        ordered_json& content = response["content"][std::string(route.media_type)];
        content["schema"] =
            route.answer.empty() ? ordered_json{{"type", "string"}} : reference(route.answer);
        responses[std::to_string(status)] = std::move(response);
    }
    if (route.needs_key) {
        for (const int status : {401, 403, 429, 503}) {
            responses[std::to_string(status)] = error_response(status);
        }
    }
    return responses;
}

ordered_json operation_of(const ApiRoute& route, ordered_json parameters) {
    ordered_json operation{{"operationId", route.id},
                           {"summary", route.summary},
                           {"tags", ordered_json::array({route.tag})}};
    if (route.pattern == "/disconnect") {
        parameters.push_back({{"name", "meter_number"},
                              {"in", "query"},
                              {"required", true},
                              {"schema", {{"type", "string"}}}});
    }
    if (!parameters.empty()) {
        operation["parameters"] = std::move(parameters);
    }
    if (!route.request.empty()) {
        operation["requestBody"] = {
            {"required", true},
            {"content", {{"application/json", {{"schema", reference(route.request)}}}}}};
    }
    operation["responses"] = responses_of(route);
    operation["x-scope"] = scope_names.at(static_cast<std::size_t>(route.scope));
    operation["security"] = ordered_json::array();
    if (route.needs_key) {
        operation["security"] = ordered_json::array({{{"apiKey", ordered_json::array()}},
                                                     {{"bearer", ordered_json::array()}},
                                                     ordered_json::object()});
    }
    return operation;
}

ordered_json components() {
    ordered_json schemas = ordered_json::parse(openapi_schemas);
    ordered_json codes = ordered_json::array();
    for (const ErrorRow& row : error_table) {
        codes.push_back(row.code);
    }
    schemas["ErrorCode"] = {{"type", "string"}, {"enum", std::move(codes)}};
    return {{"schemas", std::move(schemas)},
            {"securitySchemes",
             {{"apiKey", {{"type", "apiKey"}, {"in", "header"}, {"name", "X-API-Key"}}},
              {"bearer", {{"type", "http"}, {"scheme", "bearer"}}}}}};
}

}  // namespace

std::string openapi_document() {
    ordered_json document{{"openapi", "3.1.0"},
                          {"info",
                           {{"title", "DLMS/COSEM meter service"},
                            {"version", DLMS_VERSION},
                            {"description", description}}},
                          {"servers", ordered_json::array({{{"url", "/"}}})}};
    for (const ApiRoute& route : api_routes()) {
        ordered_json parameters = ordered_json::array();
        const std::string path = path_of(route.pattern, parameters);
        std::string method(route.method);
        for (char& letter : method) {
            letter = static_cast<char>(letter - 'A' + 'a');
        }
        document["paths"][path][method] = operation_of(route, std::move(parameters));
    }
    document["components"] = components();
    return document.dump();
}

}  // namespace dlms::service
