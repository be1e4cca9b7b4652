#include "server/json_notifications.hpp"

#include <charconv>

#include "render/data_tree.hpp"
#include "render/decode.hpp"
#include "render/pushed_values.hpp"
#include "server/json_answers.hpp"
#include "server/json_fields.hpp"
#include "stack/base/hex.hpp"
#include "stack/cosem/date_time.hpp"
#include "stack/xdlms/data_notification.hpp"
#include "stack/xdlms/event_notification.hpp"

namespace dlms::service {

namespace {

using nlohmann::ordered_json;

constexpr std::size_t most_of_page = 1000;
constexpr std::chrono::seconds longest_wait{60};

ordered_json text_or_null(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

// A time as the meter says it: ISO where it can be, else its octets.
ordered_json meter_time(ByteView octets) {
    if (octets.empty()) {
        return nullptr;
    }
    const auto time = cosem::read_date_time(octets);
    return time ? cosem::iso_text(*time) : to_hex(octets);
}

void add_data_notification(ordered_json& document, ByteView apdu,
                           const render::ValueOptions& shown) {
    const auto notification = xdlms::decode_data_notification(apdu, {.tagged_date_time = true});
    if (!notification) {
        return;
    }
    const xdlms::LongInvokeIdAndPriority id = notification->long_invoke_id_and_priority;
    document["invokeId"] = id.invoke_id();
    document["confirmed"] = id.is_confirmed();
    document["meterTime"] = meter_time(notification->date_time);
    const render::PushedValues values = render::pushed_values(notification->body);
    document["described"] = values.is_self_described;
    document["values"] = render::pushed_values_json(values, shown);
    document["body"] = render::data_tree(notification->body);
}

void add_event_notification(ordered_json& document, ByteView apdu,
                            const render::ValueOptions& shown) {
    const auto notification = xdlms::decode_event_notification(apdu);
    if (!notification) {
        return;
    }
    document["meterTime"] = meter_time(notification->time.value_or(ByteView()));
    render::PushedValues values;
    values.is_self_described = true;
    values.values.push_back({0, notification->attribute, notification->value, std::nullopt});
    document["described"] = true;
    document["values"] = render::pushed_values_json(values, shown);
    document["body"] = render::data_tree(notification->value);
}

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
}

std::unexpected<HttpAnswer> query_fault(const char* name, const std::string& sentence) {
    return std::unexpected(validation_answer(
        {{ordered_json::array({"query", name}), sentence, "value_error", nullptr}}));
}

}  // namespace

// The document is JSON already.
std::string notification_json(const store::NotificationRecord& record) {
    return "{\"id\":" + std::to_string(record.id) + ",\"receivedAt\":\"" +
           timestamp(record.received) + "\"," + record.document.substr(1);
}

std::string notification_document(const PushOrigin& origin, const ReadPush& push,
                                  ByteView as_it_came, const render::ValueOptions& shown) {
    ordered_json document{
        {"meterNumber", text_or_null(origin.meter_number)},
        {"serialNumber", text_or_null(origin.serial_number)},
        {"source", origin.source},
        {"address", origin.address},
        {"service", push.service},
        {"protection", push.protection},
        {"systemTitle", push.system_title ? ordered_json(*push.system_title) : ordered_json()},
        {"invocationCounter",
         push.invocation_counter ? ordered_json(*push.invocation_counter) : ordered_json()},
        {"problem", text_or_null(push.problem)},
        {"invokeId", nullptr},
        {"confirmed", false},
        {"meterTime", nullptr},
        {"described", false},
        {"values", ordered_json::array()},
        {"body", nullptr}};
    if (push.service == "data-notification") {
        add_data_notification(document, push.apdu, shown);
    } else if (push.service == "event-notification") {
        add_event_notification(document, push.apdu, shown);
    } else if (push.service == "information-report") {
        const auto decoded = render::decode(render::DecodeLayer::sn, push.apdu);
        document["body"] = decoded ? *decoded : ordered_json(nullptr);
    }
    document["apdu"] = push.apdu.empty() ? ordered_json(nullptr) : ordered_json(to_hex(push.apdu));
    document["raw"] = to_hex(as_it_came);
    return document.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

Parsed<NotificationsRequest> parse_notifications(const HttpRequest& http) {
    NotificationsRequest request;
    store::NotificationQuery& query = request.query;
    if (const auto text = http.query_value("cursor"); text && !read_number(*text, query.after)) {
        return query_fault("cursor", "value is not a cursor of an earlier answer");
    }
    if (const auto text = http.query_value("limit");
        text && (!read_number(*text, query.most) || query.most < 1 || query.most > most_of_page)) {
        return query_fault("limit",
                           "value is not an integer from 1 to " + std::to_string(most_of_page));
    }
    query.meter = std::string(http.query_value("meter_number").value_or(""));
    query.service = std::string(http.query_value("service").value_or(""));
    if (!query.service.empty() && query.service != "data-notification" &&
        query.service != "event-notification" && query.service != "information-report" &&
        query.service != "unknown") {
        return query_fault("service",
                           "value is none of data-notification, event-notification, "
                           "information-report, unknown");
    }
    if (const auto text = http.query_value("wait")) {
        unsigned seconds = 0;
        if (!read_number(*text, seconds) || seconds > longest_wait.count()) {
            return query_fault("wait", "value is not an integer from 0 to " +
                                           std::to_string(longest_wait.count()));
        }
        request.wait = std::chrono::seconds(seconds);
    }
    return request;
}

Parsed<NotificationsRequest> parse_notification_events(const HttpRequest& http) {
    auto request = parse_notifications(http);
    const auto last = http.header("Last-Event-ID");
    if (request && last && !read_number(*last, request->query.after)) {
        return std::unexpected(
            validation_answer({{ordered_json::array({"header", "Last-Event-ID"}),
                                "value is not the id of an event", "value_error", nullptr}}));
    }
    return request;
}

std::string notification_events(const std::vector<store::NotificationRecord>& records) {
    std::string events;
    for (const store::NotificationRecord& record : records) {
        // JSON of ours has no line breaks.
        events += "id: " + std::to_string(record.id) +
                  "\nevent: notification\ndata: " + notification_json(record) + "\n\n";
    }
    return events;
}

HttpAnswer dead_letters_answer(const std::vector<store::DeadLetter>& letters,
                               const store::NotificationQuery& query) {
    std::string rows;
    for (const store::DeadLetter& letter : letters) {
        rows += (rows.empty() ? "{\"attempts\":" : ",{\"attempts\":") +
                std::to_string(letter.attempts) + ",\"problem\":" + json_quoted(letter.problem) +
                ",\"since\":\"" + timestamp(letter.since) +
                "\",\"notification\":" + notification_json(letter.record) + "}";
    }
    HttpAnswer answer;
    answer.body =
        "{\"cursor\":" + std::to_string(letters.empty() ? query.after : letters.back().record.id) +
        ",\"deadLetters\":[" + rows + "]}";
    return answer;
}

HttpAnswer tried_again_answer(std::size_t count) {
    return json_answer(200, {{"success", true}, {"count", count}});
}

HttpAnswer notifications_answer(const std::vector<store::NotificationRecord>& records,
                                const store::NotificationQuery& query) {
    std::string rows;
    for (const store::NotificationRecord& record : records) {
        rows += (rows.empty() ? "" : ",") + notification_json(record);
    }
    HttpAnswer answer;
    answer.body =
        "{\"cursor\":" + std::to_string(records.empty() ? query.after : records.back().id) +
        ",\"notifications\":[" + rows + "]}";
    return answer;
}

}  // namespace dlms::service
