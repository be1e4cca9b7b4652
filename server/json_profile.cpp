#include "server/json_profile.hpp"

#include <utility>

#include "render/profile_document.hpp"
#include "server/json_answers.hpp"
#include "server/json_body.hpp"
#include "server/json_meters.hpp"

namespace dlms::service {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t longest_name = 128;
constexpr std::size_t longest_time = 64;

// A date alone is its midnight.
std::optional<cosem::DateTime> time_of(const std::string& text) {
    constexpr std::size_t date_characters = 10;
    const auto time =
        cosem::date_time_from_iso(text.size() == date_characters ? text + "T00:00" : text);
    return time && cosem::local_seconds(*time) ? std::optional(*time) : std::nullopt;
}

// Nothing where one is an instant and the other is not.
std::optional<bool> is_before(const cosem::DateTime& one, const cosem::DateTime& other) {
    if (one.has_deviation() != other.has_deviation()) {
        return std::nullopt;
    }
    return one.has_deviation() ? cosem::utc_seconds(one) < cosem::utc_seconds(other)
                               : cosem::local_seconds(one) < cosem::local_seconds(other);
}

}  // namespace

TimeWindow read_window(
    const std::optional<std::string>& from, const std::optional<std::string>& to,
    const std::function<void(const char* name, std::string message, std::string type)>& fail) {
    TimeWindow window;
    const auto take = [&](const char* name, const std::optional<std::string>& text,
                          std::optional<cosem::DateTime>& time) {
        if (text) {
            time = time_of(*text);
            if (!time) {
                fail(name, "invalid datetime format", "value_error.datetime");
            }
        }
    };
    take("start_date", from, window.from);
    take("end_date", to, window.to);
    if (window.from && window.to && is_before(*window.to, *window.from) == true) {
        fail("end_date", "ensure that end_date is not before start_date", "value_error");
    }
    return window;
}

Parsed<ProfileRequest> parse_load_profile(const HttpRequest& http) {
    auto body = parse_body(http);
    if (!body) {
        return std::unexpected(std::move(body.error()));
    }
    auto as_csv = asks_for_csv(http);
    if (!as_csv) {
        return std::unexpected(std::move(as_csv.error()));
    }
    std::vector<FieldError> errors;
    JsonFields fields = body->fields(errors);
    ProfileRequest request;
    request.as_csv = *as_csv;
    request.meter_number = fields.required_text({"meter_number"}, longest_name);
    request.obis_text = fields.text({"obis_code"}, longest_name).value_or("1-0:99.1.0.255");
    if (const auto code = cosem::ObisCode::parse(request.obis_text)) {
        request.profile = *code;
    } else {
        fields.fail("obis_code",
                    "'" + request.obis_text + "' is not an OBIS code such as 1-0:99.1.0.255",
                    "value_error");
    }
    const auto from = fields.text({"start_date"}, longest_time);
    const auto to = fields.text({"end_date"}, longest_time);
    request.window =
        read_window(from, to, [&](const char* name, std::string message, std::string type) {
            fields.fail(name, std::move(message), std::move(type));
        });
    if (!errors.empty()) {
        return std::unexpected(validation_answer(errors));
    }
    return request;
}

HttpAnswer load_profile_answer(const ProfileRequest& request, const MeterPresentation& presentation,
                               std::string_view brand,
                               const CallOutcome<cosem::ProfileTable>& outcome) {
    if (!outcome) {
        const CallFailure& failure = outcome.error();
        if (failure.blame == Blame::internal || failure.row == find_error("throttled")) {
            return refusal_answer(failure);
        }
        return json_answer(200, {{"success", false},
                                 {"meterNumber", request.meter_number},
                                 {"data",
                                  {{"success", false},
                                   {"obisCode", request.obis_text},
                                   {"error", failure.sentence},
                                   {"errorCode", failure.row->code}}}});
    }
    const render::ProfileDocument document(*outcome, presentation.shown, brand);
    HttpAnswer answer;
    if (request.as_csv) {
        answer.body = document.csv();
        answer.content_type = "text/csv; charset=utf-8";
        answer.headers.emplace_back("Vary", "Accept");
        if (outcome->complete) {
            answer.headers.emplace_back("X-Complete", *outcome->complete ? "true" : "false");
        }
        return answer;
    }
    {
        render::JsonWriter writer(answer.body);
        writer.begin_object();
        writer.key("success");
        writer.boolean(true);
        writer.key("meterNumber");
        writer.text(request.meter_number);
        writer.key("data");
        writer.begin_object();
        writer.key("success");
        writer.boolean(true);
        writer.key("obisCode");
        writer.text(request.obis_text);
        document.write_members(writer);
        writer.end_object();
        writer.end_object();
    }
    return answer;
}

}  // namespace dlms::service
