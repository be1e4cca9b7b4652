#include "server/json_meter_calls.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "render/obis_name.hpp"
#include "render/profile_document.hpp"
#include "server/json_answers.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/interface_class.hpp"

namespace dlms::service {

namespace {

using nlohmann::ordered_json;

// The answer that refuses, with what else is known.
HttpAnswer failed_answer(const Asked& asked, const CallFailure& failure,
                         const ordered_json& known = ordered_json::object()) {
    HttpAnswer answer = refusal_answer(failure);
    if (failure.blame == Blame::internal) {
        return answer;
    }
    ordered_json body{{"success", false}, {"meterNumber", asked.meter_number}};
    body.update(known);
    body.update(ordered_json::parse(answer.body));
    answer.body = body.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    return answer;
}

ordered_json seconds(const std::optional<std::chrono::milliseconds>& duration) {
    return duration ? ordered_json(static_cast<double>(duration->count()) / 1000) : ordered_json();
}

// RFC 3339: with the offset that the meter states, else with that of its zone.
std::string clock_text(const cosem::DateTime& time, const MeterPresentation& presentation) {
    const auto local = cosem::local_seconds(time);
    if (time.has_deviation() || !local) {
        return iso_text(time);
    }
    const std::int64_t instant = cosem::instants_of(*local, presentation.local_from_utc).front();
    cosem::DateTime shown = time;
    shown.deviation = static_cast<std::int16_t>((instant - *local) / 60);
    return iso_text(shown);
}

ordered_json status_of(const cosem::DateTime& time) {
    cosem::ProfileRow row;
    row.time = time;
    const auto names = render::status_names(row, cosem::ProfileTable());
    return names ? ordered_json(*names) : ordered_json();
}

ordered_json clock_members(const ClockReading& reading, const MeterPresentation& presentation) {
    return {{"time", clock_text(reading.time, presentation)},
            {"timeZone", presentation.shown.time_zone},
            {"offsetStated", reading.time.has_deviation()},
            {"status", status_of(reading.time)},
            {"raw", to_hex(reading.octets)},
            {"serviceTime", timestamp(reading.service_time)},
            {"driftSeconds", seconds(reading.drift)},
            {"roundTripSeconds", seconds(reading.round_trip)}};
}

std::string_view control_state_name(std::uint8_t code) {
    constexpr std::array<std::string_view, 3> names{"disconnected", "connected",
                                                    "ready-for-reconnection"};
    return code < names.size() ? names.at(code) : "unknown";
}

ordered_json relay_members(const RelayState& state) {
    ordered_json members;
    members["outputState"] =
        state.output_state ? ordered_json(*state.output_state) : ordered_json();
    members["controlState"] = state.control_state
                                  ? ordered_json(control_state_name(*state.control_state))
                                  : ordered_json();
    members["controlMode"] =
        state.control_mode ? ordered_json(*state.control_mode) : ordered_json();
    return members;
}

std::string relay_message(const RelayRequest& request, const RelayReport& report) {
    const bool is_disconnect = request.command == RelayRequest::Command::disconnect;
    if (!report.confirmed) {
        return "The meter took the command; its state cannot be read, so nothing confirms it";
    }
    if (!*report.confirmed) {
        return "The meter took the command, but its state is not the one that it leads to";
    }
    constexpr std::uint8_t ready_for_reconnection = 2;
    if (report.state.control_state == ready_for_reconnection) {
        return is_disconnect ? "The meter is disconnected and ready for reconnection by hand"
                             : "The meter is ready for reconnection: somebody has to switch it on";
    }
    return is_disconnect ? "The meter is disconnected" : "The meter is connected";
}

std::string_view verdict_name(TokenReport::Verdict verdict) {
    constexpr std::array<std::string_view, 4> names{"accepted", "rejected", "pending", "unknown"};
    return names.at(static_cast<std::size_t>(verdict));
}

std::string_view token_status_name(std::uint8_t code) {
    constexpr std::array<std::string_view, 9> names{
        "format-ok",          "authentication-ok", "validation-ok",
        "execution-ok",       "format-failure",    "authentication-failure",
        "validation-failure", "execution-failure", "received-not-yet-processed"};
    return code < names.size() ? names.at(code) : "unknown";
}

ordered_json optional_flag(const std::optional<bool>& flag) {
    return flag ? ordered_json(*flag) : ordered_json();
}

std::string_view token_message(const TokenReport& report) {
    switch (report.verdict) {
        case TokenReport::Verdict::accepted:
            if (report.confirmed == true) {
                return "The meter accepted the token and shows it as its last one";
            }
            return report.confirmed == false
                       ? "The meter accepted the token, but shows another one as its last"
                       : "The meter accepted the token";
        case TokenReport::Verdict::rejected: return "The meter rejected the token";
        case TokenReport::Verdict::pending: return "The meter has not processed the token yet";
        case TokenReport::Verdict::unknown: break;
    }
    return "It is not known whether the meter has the token";
}

}  // namespace

HttpAnswer action_answer(const ActionRequest& request, const Asked& asked,
                         const CallOutcome<std::optional<axdr::Data>>& outcome) {
    ordered_json data{{"obisCode", request.obis_text},
                      {"classId", request.method.class_id},
                      {"methodId", int{request.method.method_id}}};
    const auto* method = cosem::find_method(request.method.class_id, request.method.method_id);
    data["methodName"] =
        method != nullptr ? ordered_json(std::string(method->name)) : ordered_json();
    if (!outcome) {
        return failed_answer(asked, outcome.error(), {{"data", std::move(data)}});
    }
    data["success"] = true;
    if (request.broadcast) {
        data["broadcast"] = true;
        data["message"] =
            "Sent to every meter of the line. Nobody answers to that: a reading shows what came of "
            "it.";
    }
    data["value"] = nullptr;
    if (*outcome) {
        constexpr std::uint16_t data_class = 1;
        const auto shown =
            render::show_value({data_class, request.method.instance, 2}, (*outcome)->view(),
                               std::nullopt, asked.presentation.shown);
        data["value"] = shown.value;
        data["type"] = shown.type;
        data["raw"] = shown.raw;
    }
    return json_answer(
        200, {{"success", true}, {"meterNumber", asked.meter_number}, {"data", std::move(data)}});
}

HttpAnswer clock_answer(const ClockRequest& request, const Asked& asked,
                        const CallOutcome<ClockReading>& outcome) {
    if (!outcome) {
        return failed_answer(asked, outcome.error());
    }
    ordered_json body{
        {"success", true}, {"meterNumber", asked.meter_number}, {"obisCode", request.clock.text()}};
    body.update(clock_members(*outcome, asked.presentation));
    return json_answer(200, body);
}

HttpAnswer set_clock_answer(const ClockRequest& request, const Asked& asked,
                            const CallOutcome<ClockReport>& outcome) {
    if (!outcome) {
        return failed_answer(asked, outcome.error());
    }
    const ClockReport& report = *outcome;
    ordered_json known{{"obisCode", request.clock.text()},
                       {"before", clock_members(report.before, asked.presentation)},
                       {"after", nullptr}};
    if (report.after) {
        known["after"] = clock_members(*report.after, asked.presentation);
    }
    if (report.failure) {
        return failed_answer(asked, *report.failure, known);
    }
    ordered_json body{{"success", true}, {"meterNumber", asked.meter_number}};
    body.update(known);
    body["confirmed"] = report.after.has_value();
    return json_answer(200, body);
}

HttpAnswer relay_answer(const RelayRequest& request, const Asked& asked,
                        const CallOutcome<RelayState>& outcome) {
    if (!outcome) {
        return failed_answer(asked, outcome.error());
    }
    ordered_json body{
        {"success", true}, {"meterNumber", asked.meter_number}, {"obisCode", request.relay.text()}};
    body.update(relay_members(*outcome));
    return json_answer(200, body);
}

HttpAnswer switch_relay_answer(const RelayRequest& request, const Asked& asked,
                               const CallOutcome<RelayReport>& outcome) {
    if (!outcome) {
        return failed_answer(asked, outcome.error());
    }
    const RelayReport& report = *outcome;
    const bool is_disconnect = request.command == RelayRequest::Command::disconnect;
    ordered_json known{{"obisCode", request.relay.text()},
                       {"command", is_disconnect ? "disconnect" : "reconnect"},
                       {"before", relay_members(report.before)},
                       {"state", relay_members(report.state)}};
    if (report.failure) {
        return failed_answer(asked, *report.failure, known);
    }
    ordered_json body{{"success", true}, {"meterNumber", asked.meter_number}};
    body.update(known);
    body["confirmed"] = optional_flag(report.confirmed);
    body["message"] = relay_message(request, report);
    return json_answer(200, body);
}

HttpAnswer token_answer(const TokenRequest&, const Asked& asked,
                        const CallOutcome<TokenReport>& outcome) {
    if (!outcome) {
        return failed_answer(asked, outcome.error());
    }
    const TokenReport& report = *outcome;
    ordered_json known{{"verdict", verdict_name(report.verdict)},
                       {"confirmed", optional_flag(report.confirmed)}};
    if (report.status) {
        known["tokenStatus"] = token_status_name(*report.status);
    }
    known["message"] = token_message(report);
    if (report.verdict == TokenReport::Verdict::unknown && report.failure) {
        return failed_answer(asked, *report.failure, known);
    }
    // A rejection is the meter's verdict, and the call has done what it should.
    ordered_json body{{"success", report.verdict == TokenReport::Verdict::accepted},
                      {"meterNumber", asked.meter_number}};
    body.update(known);
    if (report.failure) {
        body["error"] = report.failure->sentence;
        body["errorCode"] = report.failure->row->code;
    }
    return json_answer(200, body);
}

namespace {

void write_log(render::JsonWriter& writer, const EventLog& log, const Asked& asked) {
    writer.begin_object();
    writer.key("obisCode");
    writer.plain(log.log.text());
    writer.key("name");
    const std::string name = render::obis_name(log.log, asked.brand);
    if (name.empty()) {
        writer.null();
    } else {
        writer.text(name);
    }
    writer.key("success");
    writer.boolean(log.table.has_value());
    if (!log.table) {
        writer.key("error");
        writer.text(log.table.error().sentence);
        writer.key("errorCode");
        writer.text(log.table.error().row->code);
    } else {
        writer.key("count");
        writer.integer(log.table->rows.size());
        const render::ProfileDocument document(*log.table, asked.presentation.shown, asked.brand);
        document.write_columns(writer);
    }
    writer.end_object();
}

// An event and the log that it is of.
struct EventRow {
    const EventLog* log = nullptr;
    const cosem::ProfileRow* row = nullptr;
};

std::vector<EventRow> rows_by_time(const std::vector<EventLog>& logs) {
    std::vector<EventRow> rows;
    for (const EventLog& log : logs) {
        if (log.table) {
            for (const cosem::ProfileRow& row : log.table->rows) {
                rows.push_back({&log, &row});
            }
        }
    }
    std::ranges::stable_sort(rows, {}, [](const EventRow& event) { return event.row->instant; });
    return rows;
}

}  // namespace

HttpAnswer events_answer(const EventsRequest&, const Asked& asked,
                         const CallOutcome<std::vector<EventLog>>& outcome) {
    if (!outcome) {
        return failed_answer(asked, outcome.error());
    }
    const std::vector<EventRow> rows = rows_by_time(*outcome);
    HttpAnswer answer;
    {
        render::JsonWriter writer(answer.body);
        writer.begin_object();
        writer.key("success");
        writer.boolean(std::ranges::all_of(
            *outcome, [](const EventLog& log) { return log.table.has_value(); }));
        writer.key("meterNumber");
        writer.text(asked.meter_number);
        writer.key("logs");
        writer.begin_array();
        for (const EventLog& log : *outcome) {
            write_log(writer, log, asked);
        }
        writer.end_array();
        writer.key("events");
        writer.begin_array();
        for (const EventRow& event : rows) {
            writer.begin_object();
            writer.key("log");
            writer.plain(event.log->log.text());
            const render::ProfileDocument document(*event.log->table, asked.presentation.shown,
                                                   asked.brand, render::RowOffsets::always);
            document.write_entry(writer, *event.row);
            writer.end_object();
        }
        writer.end_array();
        writer.key("count");
        writer.integer(rows.size());
        writer.key("timeZone");
        writer.text(asked.presentation.shown.time_zone);
        writer.end_object();
    }
    return answer;
}

}  // namespace dlms::service
