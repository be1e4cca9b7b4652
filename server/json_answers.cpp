#include "server/json_answers.hpp"

#include <array>
#include <chrono>
#include <ctime>
#include <utility>

#include <nlohmann/json.hpp>

namespace dlms::service {

namespace {

using nlohmann::ordered_json;

// Texts of callers are UTF-8 already but for path and query, whose odd octets become U+FFFD.
std::string json_text(const ordered_json& value) {
    return value.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

// An object's JSON text with one more member, whose value is JSON text already.
std::string with_member(const ordered_json& object, std::string_view name, std::string_view value) {
    std::string text = json_text(object);
    text.pop_back();
    text.append(object.empty() ? "" : ",").append(json_quoted(name)).append(":").append(value);
    return text.append("}");
}

std::string present_timestamp() {
    return timestamp(std::chrono::system_clock::now());
}

ordered_json conformance_names(xdlms::Conformance conformance) {
    ordered_json names = ordered_json::array();
    for (int bit = 0; bit < xdlms::conformance_bits; ++bit) {
        const auto service = static_cast<xdlms::ConformanceBit>(bit);
        if (conformance.has(service)) {
            names.push_back(xdlms::name(service));
        }
    }
    return names;
}

std::string_view security_name(const security::Protection& protection) {
    if (protection.encrypted) {
        return protection.authenticated ? "authenticated_encryption" : "encryption";
    }
    return protection.authenticated ? "authentication" : "none";
}

std::string_view authentication_name(acse::Mechanism mechanism) {
    constexpr std::array<std::string_view, 8> names{
        "None", "Low", "High", "HighMD5", "HighSHA1", "HighGMAC", "HighSHA256", "HighECDSA"};
    return names.at(static_cast<std::size_t>(mechanism));
}

// {"detail", "error"} with a status: what a /connect gets, and every call that was not taken up.
HttpAnswer failure_answer(int status, const CallFailure& failure) {
    if (failure.blame == Blame::internal) {
        return error_answer(500, "Internal Server Error");
    }
    HttpAnswer answer = json_answer(
        status, {{"detail", failure.sentence},
                 {"error", {{"code", failure.row->code}, {"blame", name(failure.blame)}}}});
    if (status == 503) {
        answer.headers.emplace_back("Retry-After", "1");
    }
    return answer;
}

// Failures of the service and not of the meter: they are told by the status, not in a body with
// 200.
bool is_told_by_status(const CallFailure& failure) {
    return failure.blame == Blame::internal || failure.row == find_error("throttled");
}

ordered_json failed_reading(const std::string& obis_text, std::uint16_t class_id,
                            std::int8_t attribute_id, const CallFailure& failure) {
    return {{"success", false},
            {"obisCode", obis_text},
            {"value", nullptr},
            {"unit", nullptr},
            {"scaler", nullptr},
            {"classId", class_id},
            {"attributeId", int{attribute_id}},
            {"error", failure.sentence},
            {"errorCode", failure.row->code},
            {"timestamp", present_timestamp()}};
}

ordered_json reading(const std::string& obis_text, const cosem::AttributeDescriptor& attribute,
                     const client::Reading& read, const MeterPresentation& presentation) {
    const auto shown = render::show_value(attribute, read.value.view(), read.scaler_unit,
                                          presentation.shown, read.version);
    ordered_json data{{"success", true}, {"obisCode", obis_text}};
    ordered_json members = render::members(shown, presentation.shown);
    for (const char* name : {"value", "unit", "scaler"}) {
        data[name] = std::move(members[name]);
        members.erase(name);
    }
    data["classId"] = attribute.class_id;
    data["attributeId"] = int{attribute.attribute_id};
    for (auto& [name, value] : members.items()) {
        data[name] = std::move(value);
    }
    data["timestamp"] = present_timestamp();
    return data;
}

ordered_json outcome_of_reading(const std::string& obis_text,
                                const cosem::AttributeDescriptor& attribute,
                                const CallOutcome<client::Reading>& outcome,
                                const MeterPresentation& presentation) {
    return outcome ? reading(obis_text, attribute, *outcome, presentation)
                   : failed_reading(obis_text, attribute.class_id, attribute.attribute_id,
                                    outcome.error());
}

}  // namespace

HttpAnswer json_answer(int status, const ordered_json& body) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = json_text(body);
    return answer;
}

std::string timestamp(std::chrono::system_clock::time_point instant) {
    const auto milliseconds =
        std::chrono::duration_cast<std::chrono::milliseconds>(instant.time_since_epoch()).count();
    const std::time_t seconds = static_cast<std::time_t>(milliseconds / 1000);
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    std::array<char, 32> date{};
    std::strftime(date.data(), date.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    const std::string thousandths = std::to_string(1000 + milliseconds % 1000);
    return std::string(date.data()) + "." + thousandths.substr(1) + "Z";
}

HttpAnswer refusal_answer(const CallFailure& failure) {
    const bool is_callers =
        failure.blame == Blame::misuse && failure.row != find_error("throttled");
    return failure_answer(is_callers ? 400 : failure.row->connect_status, failure);
}

HttpAnswer root_answer(std::size_t active_connections) {
    return json_answer(200, {{"service", "DLMS/COSEM meter service"},
                             {"version", DLMS_VERSION},
                             {"status", "running"},
                             {"active_connections", active_connections}});
}

HttpAnswer health_answer(std::size_t active_connections) {
    return json_answer(200, {{"status", "healthy"},
                             {"timestamp", present_timestamp()},
                             {"active_connections", active_connections}});
}

std::vector<ConnectionLine> connection_lines(
    const std::vector<std::shared_ptr<const MeterActor>>& meters) {
    std::vector<ConnectionLine> lines;
    lines.reserve(meters.size());
    for (const auto& meter : meters) {
        lines.push_back({meter->meter_number(), meter->request().brand, meter->is_connected(),
                         meter->last_activity()});
    }
    return lines;
}

HttpAnswer connections_answer(const std::vector<ConnectionLine>& lines) {
    ordered_json connections = ordered_json::array();
    for (const ConnectionLine& line : lines) {
        connections.push_back({{"meterNumber", line.meter_number},
                               {"connected", line.connected},
                               {"useDLL", false},
                               {"brand", line.brand},
                               {"backend", "native"},
                               {"lastActivity", timestamp(line.last_activity)}});
    }
    return json_answer(200, {{"total", lines.size()}, {"connections", std::move(connections)}});
}

HttpAnswer disconnect_answer(const std::string& meter_number, HeadEnd::Disconnected outcome) {
    const bool released = outcome == HeadEnd::Disconnected::released;
    return json_answer(
        200, {{"success", true},
              {"meterNumber", meter_number},
              {"message", released ? "Disconnected from meter " + meter_number
                                   : "Meter " + meter_number +
                                         " is forgotten; its association is released when the "
                                         "calls in work are done"}});
}

HttpAnswer connect_answer(const std::string& meter_number,
                          const CallOutcome<client::AssociationInfo>& outcome) {
    if (!outcome) {
        return refusal_answer(outcome.error());
    }
    return json_answer(200, {{"success", true},
                             {"meterNumber", meter_number},
                             {"connected", true},
                             {"message", "Connected to meter " + meter_number},
                             {"backend", "native"},
                             {"association",
                              {{"conformance", conformance_names(outcome->conformance)},
                               {"max_pdu_size", outcome->server_max_receive_pdu_size},
                               {"mechanism", authentication_name(outcome->mechanism)},
                               {"security", security_name(outcome->protection)}}}});
}

HttpAnswer read_answer(const ReadRequest& request, const MeterPresentation& presentation,
                       const CallOutcome<client::Reading>& outcome) {
    if (!outcome && is_told_by_status(outcome.error())) {
        return failure_answer(503, outcome.error());
    }
    return json_answer(200, {{"success", outcome.has_value()},
                             {"meterNumber", request.meter_number},
                             {"data", outcome_of_reading(request.obis_text, request.attribute,
                                                         outcome, presentation)}});
}

HttpAnswer read_multiple_answer(const ReadMultipleRequest& request,
                                const MeterPresentation& presentation,
                                const CallOutcome<HeadEnd::Readings>& outcome) {
    if (!outcome && is_told_by_status(outcome.error())) {
        return failure_answer(503, outcome.error());
    }
    // Each reading becomes text at once: the trees of all together would be far larger.
    std::string readings = "[";
    std::size_t successful = 0;
    for (std::size_t index = 0; index < request.items.size(); ++index) {
        const ReadItem& item = request.items[index];
        const cosem::AttributeDescriptor attribute = item.attribute.value_or(
            cosem::AttributeDescriptor{item.class_id, {}, item.attribute_id});
        const CallOutcome<client::Reading> failed(
            std::unexpected(outcome ? CallFailure{} : outcome.error()));
        const auto& result = outcome ? (*outcome)[index] : failed;
        successful += result ? 1U : 0U;
        readings.append(index > 0 ? "," : "");
        readings += json_text(outcome_of_reading(item.obis_text, attribute, result, presentation));
    }
    readings += "]";
    HttpAnswer answer;
    answer.body = with_member({{"success", true},
                               {"meterNumber", request.meter_number},
                               {"total", request.items.size()},
                               {"successful", successful},
                               {"failed", request.items.size() - successful}},
                              "data", with_member(ordered_json::object(), "readings", readings));
    return answer;
}

HttpAnswer write_answer(const WriteRequest& request, const CallOutcome<void>& outcome) {
    if (!outcome && is_told_by_status(outcome.error())) {
        return failure_answer(503, outcome.error());
    }
    ordered_json data{{"success", outcome.has_value()}, {"obisCode", request.obis_text}};
    if (!outcome) {
        data["error"] = outcome.error().sentence;
        data["errorCode"] = outcome.error().row->code;
    }
    if (request.broadcast) {
        data["broadcast"] = true;
        if (outcome) {
            data["message"] =
                "Sent to every meter of the line. Nobody answers to that: a reading "
                "shows what came of it.";
        }
    }
    // The value as its caller wrote it: through a tree a number would lose digits. But what is a
    // secret is told to nobody.
    const std::string shown = holds_secret(request.attribute) ? "null" : request.value;
    HttpAnswer answer;
    answer.body =
        with_member({{"success", outcome.has_value()}, {"meterNumber", request.meter_number}},
                    "data", with_member(data, "value", shown));
    return answer;
}

HttpAnswer unknown_meter_answer(const std::string& meter_number) {
    return error_answer(404, "Meter " + meter_number + " is not known. Call /connect first.");
}

HttpAnswer not_connected_answer(const std::string& meter_number) {
    return error_answer(400, "Not connected to meter " + meter_number + ". Call /connect first.");
}

}  // namespace dlms::service
