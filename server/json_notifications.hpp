#pragma once

#include <optional>
#include <string>
#include <vector>

#include "render/value_json.hpp"
#include "server/json_requests.hpp"
#include "server/push_intake.hpp"
#include "store/notification_log.hpp"

namespace dlms::service {

// What a push has come to, as far as it could be opened and read.
struct ReadPush {
    std::string service;     // "data-notification", "event-notification", "information-report", or
                             // "unknown" for what could not be opened or read
    std::string protection;  // "plain", "unverified", "verified", "undeciphered"
    std::string problem;     // why it could not be opened or read, for people; or empty
    std::optional<std::string> system_title;
    std::optional<std::uint32_t> invocation_counter;
    ByteBuffer apdu;  // plain; empty where it could not be opened
};

// The document that is kept of a push: what it is, its values, its body and its octets.
[[nodiscard]] std::string notification_document(const PushOrigin& origin, const ReadPush& push,
                                                ByteView as_it_came,
                                                const render::ValueOptions& shown);

// Which notifications a GET /notifications asks for, and how long it waits for the first.
struct NotificationsRequest {
    store::NotificationQuery query;
    std::chrono::seconds wait{0};
};
[[nodiscard]] Parsed<NotificationsRequest> parse_notifications(const HttpRequest& http);
// The same for events: those behind Last-Event-ID, or ?cursor=.
[[nodiscard]] Parsed<NotificationsRequest> parse_notification_events(const HttpRequest& http);
// Each as an event (text/event-stream) with its id.
[[nodiscard]] std::string notification_events(
    const std::vector<store::NotificationRecord>& records);
// One as it is shown, and posted to a webhook.
[[nodiscard]] std::string notification_json(const store::NotificationRecord& record);
// What a webhook has refused, and why.
[[nodiscard]] HttpAnswer dead_letters_answer(const std::vector<store::DeadLetter>& letters,
                                             const store::NotificationQuery& query);
[[nodiscard]] HttpAnswer tried_again_answer(std::size_t count);
// The documents with their ids. The cursor is that of the last, or the one that was given.
[[nodiscard]] HttpAnswer notifications_answer(const std::vector<store::NotificationRecord>& records,
                                              const store::NotificationQuery& query);

}  // namespace dlms::service
