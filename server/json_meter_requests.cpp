#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "render/json_data.hpp"
#include "server/json_body.hpp"
#include "server/json_meter_calls.hpp"
#include "server/json_profile.hpp"

namespace dlms::service {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_value = 64 * 1024;
constexpr std::size_t most_logs = 100;

std::string meter_number(const HttpRequest& http) {
    return std::string(http.path_parameter("meter_number").value_or(""));
}

void fail_query(std::vector<FieldError>& errors, const char* name, std::string message,
                std::string type) {
    errors.push_back(
        {ordered_json::array({"query", name}), std::move(message), std::move(type), nullptr});
}

std::string no_obis_code(std::string_view text) {
    return "'" + std::string(text) + "' is not an OBIS code such as 0-0:1.0.0.255";
}

void query_code(const HttpRequest& http, std::vector<FieldError>& errors, cosem::ObisCode& code) {
    if (const auto text = http.query_value("obis_code")) {
        if (const auto parsed = cosem::ObisCode::parse(*text)) {
            code = *parsed;
        } else {
            fail_query(errors, "obis_code", no_obis_code(*text), "value_error");
        }
    }
}

template <class Code>
void body_code(JsonFields& fields, Code& code) {
    if (const auto text = fields.text({"obis_code"}, longest_name)) {
        if (const auto parsed = cosem::ObisCode::parse(*text)) {
            code = *parsed;
        } else {
            fields.fail("obis_code", no_obis_code(*text), "value_error");
        }
    }
}

// As it is read, the request or what is wrong with it.
template <class Request>
Parsed<Request> result_of(Request request, const std::vector<FieldError>& errors) {
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

std::optional<bool> query_boolean(const HttpRequest& http, std::vector<FieldError>& errors,
                                  const char* name) {
    const auto text = http.query_value(name);
    if (!text) {
        return std::nullopt;
    }
    if (equal_ignoring_case(*text, "true") || *text == "1") {
        return true;
    }
    if (equal_ignoring_case(*text, "false") || *text == "0") {
        return false;
    }
    fail_query(errors, name, "value could not be parsed to a boolean", "type_error.bool");
    return std::nullopt;
}

}  // namespace

Parsed<ObjectsRequest> parse_objects(const HttpRequest& http) {
    std::vector<FieldError> errors;
    ObjectsRequest request;
    request.meter_number = meter_number(http);
    request.refresh = query_boolean(http, errors, "refresh").value_or(false);
    if (const auto text = http.query_value("class_id")) {
        std::uint16_t id = 0;
        const auto parsed = std::from_chars(text->data(), text->data() + text->size(), id);
        if (parsed.ec == std::errc() && parsed.ptr == text->data() + text->size()) {
            request.class_id = id;
        } else {
            fail_query(errors, "class_id", "value is not a valid integer", "type_error.integer");
        }
    }
    return result_of(std::move(request), errors);
}

Parsed<ActionRequest> parse_action(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    ActionRequest request;
    request.meter_number = meter_number(http);
    request.obis_text = fields.required_text({"obis_code"}, longest_name);
    if (!request.obis_text.empty()) {
        body_code(fields, request.method.instance);
    }
    const auto whole = [&](const char* name, std::int64_t least, std::int64_t most) {
        const bool is_there = fields.require({name});
        return is_there ? fields.integer({name}, least, most, JsonFields::Null::refused).value_or(0)
                        : 0;
    };
    request.method.class_id = static_cast<std::uint16_t>(whole("class_id", 0, 65535));
    request.method.method_id = static_cast<std::int8_t>(whole("method_id", -128, 127));
    const auto value = body->object.find("value");
    if (value != body->object.end() && !value->is_null()) {
        const auto text = body->scan.member("value");
        request.value = text ? std::string(*text) : value->dump();
        if (request.value.size() > longest_value) {
            fields.fail("value",
                        "ensure this value has at most " + std::to_string(longest_value) +
                            " octets of JSON",
                        "value_error", {{"limit_value", longest_value}});
        }
    }
    if (const auto text = fields.text({"data_type"}, longest_name)) {
        const bool is_number =
            text->find_first_not_of("0123456789") == std::string::npos && text->size() <= 3;
        request.data_type =
            render::tag_from_json(is_number ? render::Json(std::stoi(*text)) : render::Json(*text));
        if (!request.data_type) {
            fields.fail("data_type", "value is not the name or the number of a data type",
                        "value_error");
        }
    }
    request.broadcast = fields.boolean({"broadcast"}).value_or(false);
    return result_of(std::move(request), errors);
}

Parsed<ClockRequest> parse_clock(const HttpRequest& http) {
    std::vector<FieldError> errors;
    ClockRequest request;
    request.meter_number = meter_number(http);
    query_code(http, errors, request.clock);
    return result_of(std::move(request), errors);
}

Parsed<ClockRequest> parse_set_clock(const HttpRequest& http) {
    ClockRequest request;
    request.meter_number = meter_number(http);
    if (http.body.empty()) {
        return request;
    }
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    body_code(fields, request.clock);
    if (const auto time = fields.text({"time"}, 64)) {
        const auto parsed = cosem::date_time_from_iso(*time);
        if (!parsed || !parsed->is_specified()) {
            fields.fail("time", "invalid datetime format", "value_error.datetime");
        }
        request.time = *time;
    }
    return result_of(std::move(request), errors);
}

Parsed<RelayRequest> parse_relay(const HttpRequest& http) {
    std::vector<FieldError> errors;
    RelayRequest request;
    request.meter_number = meter_number(http);
    query_code(http, errors, request.relay);
    return result_of(std::move(request), errors);
}

Parsed<RelayRequest> parse_switch_relay(const HttpRequest& http) {
    constexpr std::array<std::string_view, 2> commands{"disconnect", "reconnect"};
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    RelayRequest request;
    request.meter_number = meter_number(http);
    body_code(fields, request.relay);
    if (fields.require({"command"})) {
        if (const auto command = fields.choice({"command"}, commands, JsonFields::Null::refused)) {
            request.command = static_cast<RelayRequest::Command>(*command);
        }
    }
    return result_of(std::move(request), errors);
}

Parsed<TokenRequest> parse_token(const HttpRequest& http) {
    constexpr std::array<std::string_view, 2> encodings{"digits", "bcd"};
    constexpr std::size_t token_digits = 20;
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    TokenRequest request;
    request.meter_number = meter_number(http);
    // As a number it would have lost leading zeros, or digits.
    const auto token = body->object.find("token");
    if (token != body->object.end() && !token->is_null() && !token->is_string()) {
        fields.fail("token", "str type expected", "type_error.str");
    } else {
        request.digits = fields.required_text({"token"}, 40);
    }
    std::erase_if(request.digits, [](char c) { return c == ' ' || c == '-'; });
    const bool is_token = request.digits.size() == token_digits &&
                          request.digits.find_first_not_of("0123456789") == std::string::npos;
    if (errors.empty() && !is_token) {
        fields.fail("token", "a token has 20 digits", "value_error");
    }
    body_code(fields, request.instance);
    if (const auto id = fields.integer({"class_id"}, 1, 65535)) {
        request.class_id = static_cast<std::uint16_t>(*id);
        if (*id != 1 && *id != 3 && *id != 115) {
            fields.fail("class_id", "a token goes to an object of class 1, 3 or 115",
                        "value_error");
        }
    }
    if (const auto encoding = fields.choice({"encoding"}, encodings)) {
        request.as_bcd = *encoding == 1;
    }
    return result_of(std::move(request), errors);
}

Parsed<EventsRequest> parse_events(const HttpRequest& http) {
    std::vector<FieldError> errors;
    EventsRequest request;
    request.meter_number = meter_number(http);
    for (const auto& [name, text] : http.query) {
        if (name != "log") {
            continue;
        }
        const auto code = cosem::ObisCode::parse(text);
        if (!code) {
            fail_query(errors, "log", no_obis_code(text), "value_error");
        } else if (request.logs.size() == most_logs) {
            fail_query(errors, "log",
                       "ensure this value has at most " + std::to_string(most_logs) + " items",
                       "value_error.list.max_items");
            break;
        } else {
            request.logs.push_back(*code);
        }
    }
    const auto text = [&](const char* name) {
        const auto value = http.query_value(name);
        return value ? std::optional(std::string(*value)) : std::nullopt;
    };
    // A plus sign of an offset that was not percent-encoded arrives as a blank.
    const auto time = [&](const char* name) {
        auto value = text(name);
        if (value && value->size() > 16 && (*value)[value->size() - 6] == ' ') {
            (*value)[value->size() - 6] = '+';
        }
        return value;
    };
    request.window = read_window(time("start_date"), time("end_date"),
                                 [&](const char* name, std::string message, std::string type) {
                                     fail_query(errors, name, std::move(message), std::move(type));
                                 });
    return result_of(std::move(request), errors);
}

}  // namespace dlms::service
