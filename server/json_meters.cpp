#include "server/json_meters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "render/profile_document.hpp"
#include "server/csv.hpp"
#include "server/json_answers.hpp"
#include "server/json_body.hpp"
#include "server/json_connect.hpp"
#include "stack/axdr/utf8.hpp"

namespace dlms::service {

namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t most_rows = 10'000;
constexpr std::size_t most_meters_of_page = 1000;

// The fields of a /connect that are no secrets, in the order in which they are shown.
constexpr std::array public_fields{"brand",
                                   "connection_type",
                                   "ip_address",
                                   "port",
                                   "serial_port",
                                   "baud_rate",
                                   "data_bits",
                                   "parity",
                                   "stop_bits",
                                   "rts",
                                   "dtr",
                                   "expect_echo",
                                   "mode_e",
                                   "device_address",
                                   "manufacturer",
                                   "server_address",
                                   "client_address",
                                   "logical_address",
                                   "physical_address",
                                   "address_size",
                                   "disconnect_first",
                                   "window_size",
                                   "max_info_length",
                                   "tls",
                                   "tls_server_name",
                                   "gateway_network_id",
                                   "gateway_device",
                                   "dialin_link",
                                   "auth_type",
                                   "timeout",
                                   "security",
                                   "security_suite",
                                   "envelope",
                                   "signing",
                                   "system_title",
                                   "meter_system_title",
                                   "invocation_counter_obis",
                                   "trust_invocation_counter",
                                   "user_id",
                                   "challenge_size",
                                   "authentication_object",
                                   "authentication_name",
                                   "omit_system_title",
                                   "open_unverified",
                                   "header_without_lengths",
                                   "signing_certificate",
                                   "meter_certificate",
                                   "meter_agreement_certificate",
                                   "meter_authority",
                                   "use_logical_name",
                                   "pre_established",
                                   "max_pdu_size",
                                   "conformance",
                                   "block_window",
                                   "outstanding_requests",
                                   "time_zone",
                                   "backend"};

// What the field of /connect is given for: a dedicated key is drawn for each association.
constexpr const char* dedicated = "dedicated_key";
constexpr const char* any_key = "00000000000000000000000000000000";

ordered_json public_part(const json& object) {
    ordered_json parameters = ordered_json::object();
    for (const char* name : public_fields) {
        const auto found = object.find(name);
        if (found != object.end() && !found->is_null()) {
            parameters[name] = *found;
        }
    }
    const auto key = object.find(dedicated);
    if (key != object.end() && !key->is_null() && *key != "") {
        parameters[dedicated] = any_key;
    }
    return parameters;
}

MeterEntry entry_of(const json& object, const ordered_json& location,
                    std::vector<FieldError>& errors) {
    MeterEntry entry;
    entry.request = read_connect(object, location, errors);
    entry.parameters = public_part(object).dump();
    const auto learnt = object.find("learnt");
    entry.forget_learnt = learnt != object.end() && (learnt->is_null() || learnt->empty());
    return entry;
}

json parsed_object(const std::string& text) {
    json object = json::parse(text, nullptr, false);
    return object.is_object() ? object : json::object();
}

ordered_json shown(const StoredMeter& meter) {
    ordered_json object{{"meter_number", meter.record.number}};
    const auto parameters = ordered_json::parse(meter.record.parameters, nullptr, false);
    for (const auto& [name, value] : parameters.items()) {
        object[name] = value;
    }
    object["secrets"] = meter.secrets;
    const auto learnt = ordered_json::parse(meter.record.learnt, nullptr, false);
    object["learnt"] = learnt.is_object() ? learnt : ordered_json::object();
    object["added"] = timestamp(meter.record.added);
    object["changed"] = timestamp(meter.record.changed);
    return object;
}

// The numbers of rows are those of a spreadsheet's data: the first one behind the names is 1.
ImportRow import_row(const json& object, std::size_t number) {
    ImportRow row;
    std::vector<FieldError> errors;
    if (!object.is_object()) {
        row.entry = std::unexpected(row_fault("value is not a valid dict", "type_error.dict"));
        return row;
    }
    auto entry = entry_of(object, ordered_json::array({"body", number}), errors);
    row.meter_number = entry.request.meter_number;
    if (errors.empty()) {
        row.entry = std::move(entry);
    } else {
        const HttpAnswer answer = validation_answer(errors);
        row.entry = std::unexpected(ordered_json::parse(answer.body)["detail"].dump());
    }
    return row;
}

HttpAnswer body_fault(std::string message, std::string type) {
    return validation_answer(
        {{ordered_json::array({"body"}), std::move(message), std::move(type), nullptr}});
}

Parsed<std::vector<ImportRow>> rows_of_csv(const std::string& text) {
    if (!axdr::is_utf8(as_bytes(text))) {
        return std::unexpected(error_answer(400, "There was an error parsing the body"));
    }
    auto records = parse_csv(text);
    if (!records) {
        return std::unexpected(body_fault(
            "line " + std::to_string(records.error().line) + ": " + records.error().message,
            "value_error.csv"));
    }
    if (records->empty()) {
        return std::unexpected(body_fault("field required", "value_error.missing"));
    }
    const std::vector<std::string> names = std::move(records->front());
    if (std::ranges::find(names, "meter_number") == names.end()) {
        return std::unexpected(body_fault(
            "the first line has to name the fields, meter_number among them", "value_error.csv"));
    }
    std::vector<ImportRow> rows;
    for (std::size_t index = 1; index < records->size(); ++index) {
        const auto& cells = (*records)[index];
        if (cells.size() > names.size()) {
            rows.push_back({"", std::unexpected(row_fault("the row has more fields than the first "
                                                          "line has names",
                                                          "value_error.csv"))});
            continue;
        }
        json object = json::object();
        for (std::size_t column = 0; column < cells.size(); ++column) {
            if (!cells[column].empty()) {
                object[names[column]] = cells[column];
            }
        }
        rows.push_back(import_row(object, index));
    }
    return rows;
}

Parsed<std::vector<ImportRow>> rows_of_json(const HttpRequest& http) {
    json list = json::parse(http.body, nullptr, false);
    if (!list.is_array()) {
        // Errors in the text, and what is neither list nor object, are told as of every body.
        auto body = parse_body(http);
        if (!body) {
            return std::unexpected(std::move(body.error()));
        }
        std::vector<FieldError> errors;
        JsonFields fields = body->fields(errors);
        const json* meters = fields.required_list({"meters"}, most_rows);
        if (meters == nullptr) {
            return std::unexpected(validation_answer(errors));
        }
        list = *meters;
    } else if (const JsonScan scan(http.body, 32);
               scan.fault() || !axdr::is_utf8(as_bytes(http.body))) {
        return std::unexpected(
            body_fault("the list is nested too deeply, or is not UTF-8", "value_error.jsondecode"));
    }
    std::vector<ImportRow> rows;
    for (const json& object : list) {
        rows.push_back(import_row(object, rows.size() + 1));
    }
    return rows;
}

}  // namespace

Parsed<MeterEntry> parse_meter(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    std::vector<FieldError> errors;
    if (const auto number = http.path_parameter("meter_number")) {
        const auto named = body->object.find("meter_number");
        if (named != body->object.end() && named->is_string() && *named != std::string(*number)) {
            JsonFields fields = body->fields(errors);
            fields.fail("meter_number", "the path names another meter", "value_error");
        }
        body->object["meter_number"] = std::string(*number);
    }
    MeterEntry entry = entry_of(body->object, ordered_json::array({"body"}), errors);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return entry;
}

Parsed<std::vector<ImportRow>> parse_import(const HttpRequest& http) {
    const std::string_view type = http.header("Content-Type").value_or("application/json");
    const std::string_view media = type.substr(0, type.find(';'));
    auto rows =
        equal_ignoring_case(media, "text/csv") ? rows_of_csv(http.body) : rows_of_json(http);
    if (rows && rows->size() > most_rows) {
        return std::unexpected(
            body_fault("ensure this value has at most " + std::to_string(most_rows) + " items",
                       "value_error.list.max_items"));
    }
    return rows;
}

Parsed<MeterPage> parse_page(const HttpRequest& http) {
    MeterPage page;
    page.after = std::string(http.query_value("cursor").value_or(""));
    if (const auto text = http.query_value("limit")) {
        const auto parsed = std::from_chars(text->data(), text->data() + text->size(), page.most);
        if (parsed.ec != std::errc() || parsed.ptr != text->data() + text->size() ||
            page.most < 1 || page.most > most_meters_of_page) {
            return std::unexpected(validation_answer(
                {{ordered_json::array({"query", "limit"}),
                  "value is not an integer from 1 to " + std::to_string(most_meters_of_page),
                  "type_error.integer", nullptr}}));
        }
    }
    return page;
}

std::string meter_number_of(const HttpRequest& http) {
    const auto body = parse_body(http);
    if (!body) {
        return {};
    }
    std::vector<FieldError> ignored;
    JsonFields fields = body->fields(ignored);
    return fields.required_text({"meter_number"}, 128);
}

Parsed<ConnectRequest> parse_connect(const HttpRequest& http, const store::MeterRecord& record) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    json merged = parsed_object(record.parameters);
    // The one goes before the other; a caller who names the one means it.
    if (body->object.contains("server_address") && !body->object.contains("logical_address")) {
        merged.erase("logical_address");
    }
    for (const auto& [name, value] : body->object.items()) {
        if (!value.is_null()) {
            merged[name] = value;
        }
    }
    std::vector<FieldError> errors;
    ConnectRequest request = read_connect(merged, ordered_json::array({"body"}), errors);
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

std::optional<ConnectRequest> request_of_record(const store::MeterRecord& record) {
    json object = parsed_object(record.parameters);
    object["meter_number"] = record.number;
    std::vector<FieldError> errors;
    ConnectRequest request = read_connect(object, ordered_json::array(), errors);
    return errors.empty() ? std::optional(std::move(request)) : std::nullopt;
}

std::string learnt_text(const client::LearntLimits& limits) {
    const client::LearntLimits none;
    ordered_json object = ordered_json::object();
    if (limits.largest_list != none.largest_list) {
        object["largest_list"] = limits.largest_list;
    }
    for (const auto& [code, profile] : limits.profiles) {
        ordered_json learnt = ordered_json::object();
        if (profile.refuses_ranges) {
            learnt["refuses_ranges"] = true;
        }
        if (profile.refuses_entries) {
            learnt["refuses_entries"] = true;
        }
        if (profile.most_rows > 0) {
            learnt["most_rows"] = profile.most_rows;
        }
        object["profiles"][code.text()] = std::move(learnt);
    }
    return object.empty() ? std::string() : object.dump();
}

client::LearntLimits learnt_of(const std::string& text) {
    client::LearntLimits limits;
    const json object = parsed_object(text);
    const auto number = [](const json& from, const char* name, std::size_t otherwise) {
        const auto found = from.find(name);
        return found != from.end() && found->is_number_unsigned() ? found->get<std::size_t>()
                                                                  : otherwise;
    };
    limits.largest_list =
        std::max<std::size_t>(number(object, "largest_list", limits.largest_list), 1);
    const auto profiles = object.find("profiles");
    if (profiles == object.end() || !profiles->is_object()) {
        return limits;
    }
    for (const auto& [name, value] : profiles->items()) {
        const auto code = cosem::ObisCode::parse(name);
        if (!code || !value.is_object()) {
            continue;
        }
        client::ProfileLimits profile;
        profile.refuses_ranges = value.value("refuses_ranges", false);
        profile.refuses_entries = value.value("refuses_entries", false);
        profile.most_rows = static_cast<std::uint32_t>(
            std::min<std::size_t>(number(value, "most_rows", 0), UINT32_MAX));
        limits.profiles.emplace(*code, profile);
    }
    return limits;
}

HttpAnswer meter_answer(int status, const StoredMeter& meter, const RegisterState& state) {
    ordered_json body = shown(meter);
    body["kept"] = {{"parameters", state.outlives_process ? "file" : "memory"},
                    {"secrets", state.keeps_secrets ? "sealed" : "memory"}};
    return json_answer(status, body);
}

HttpAnswer meters_answer(const std::vector<StoredMeter>& meters, const MeterPage& page,
                         const RegisterState& state) {
    ordered_json list = ordered_json::array();
    for (const StoredMeter& meter : meters) {
        list.push_back(shown(meter));
    }
    ordered_json body{{"total", state.size}, {"meters", std::move(list)}, {"next", nullptr}};
    if (meters.size() == page.most) {
        body["next"] = meters.back().record.number;
    }
    return json_answer(200, body);
}

HttpAnswer removed_answer(const std::string& meter_number) {
    return json_answer(200, {{"success", true},
                             {"meterNumber", meter_number},
                             {"message", "Meter " + meter_number + " is removed"}});
}

HttpAnswer meter_exists_answer(const std::string& meter_number) {
    return error_answer(409, "Meter " + meter_number +
                                 " is registered already. PUT /meters/{meter_number} "
                                 "changes it.");
}

HttpAnswer unregistered_answer(const std::string& meter_number) {
    return error_answer(404, "Meter " + meter_number + " is not registered");
}

std::string row_fault(std::string_view message, std::string_view type) {
    return ordered_json::array({{{"loc", {"body"}}, {"msg", message}, {"type", type}}}).dump();
}

HttpAnswer import_answer(const std::vector<ImportRow>& rows, const ImportOutcome& outcome) {
    ordered_json errors = ordered_json::array();
    for (const auto& [row, fault] : outcome.failed) {
        const std::string& number = rows[row - 1].meter_number;
        errors.push_back({{"row", row},
                          {"meterNumber", number.empty() ? ordered_json() : ordered_json(number)},
                          {"detail", ordered_json::parse(fault)}});
    }
    return json_answer(200, {{"success", outcome.failed.empty()},
                             {"total", rows.size()},
                             {"created", outcome.created},
                             {"updated", outcome.updated},
                             {"failed", outcome.failed.size()},
                             {"errors", std::move(errors)}});
}

MeterExport::MeterExport(bool as_csv) : as_csv_(as_csv) {
    if (!as_csv_) {
        text_ = "{\"meters\":[";
        return;
    }
    text_ = "meter_number";
    for (const char* name : public_fields) {
        text_ += std::string(",") + name;
    }
    text_ += std::string(",") + dedicated + "\r\n";
}

void MeterExport::add(const StoredMeter& meter) {
    if (!as_csv_) {
        text_ += (is_first_ ? "" : ",") +
                 shown(meter).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
        is_first_ = false;
        return;
    }
    const json parameters = parsed_object(meter.record.parameters);
    text_ += render::csv_field(meter.record.number);
    const auto add = [&](const char* name) {
        text_ += ',';
        const auto found = parameters.find(name);
        if (found != parameters.end()) {
            text_ +=
                render::csv_field(found->is_string() ? found->get<std::string>() : found->dump());
        }
    };
    std::ranges::for_each(public_fields, add);
    add(dedicated);
    text_ += "\r\n";
}

HttpAnswer MeterExport::answer() {
    HttpAnswer answer;
    answer.body = std::move(text_) + (as_csv_ ? "" : "]}");
    if (as_csv_) {
        answer.content_type = "text/csv; charset=utf-8";
        answer.headers.emplace_back("Content-Disposition", "attachment; filename=\"meters.csv\"");
    }
    return answer;
}

Parsed<bool> asks_for_csv(const HttpRequest& http) {
    if (const auto format = http.query_value("format")) {
        if (*format == "csv" || *format == "json") {
            return *format == "csv";
        }
        return std::unexpected(
            validation_answer({{ordered_json::array({"query", "format"}),
                                "value is not a valid enumeration member; permitted: 'json', 'csv'",
                                "type_error.enum",
                                {{"enum_values", {"json", "csv"}}}}}));
    }
    // The first that is named and known counts; what else is accepted is JSON.
    const std::string_view accept = http.header("Accept").value_or("");
    const auto csv = accept.find("text/csv");
    const auto json_place = accept.find("application/json");
    return csv != std::string_view::npos && csv < json_place;
}

}  // namespace dlms::service
