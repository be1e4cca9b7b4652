#include "server/notification_routes.hpp"

#include <utility>

#include <asio/post.hpp>

namespace dlms::service {

namespace {

// An event, or a line that says nothing, goes out that often at least: so whoever is between, and
// we, see that the other is there.
constexpr std::chrono::seconds longest_silence{15};

// Server-sent events: each notification as it comes.
class NotificationEvents final : public AnswerStream {
public:
    NotificationEvents(asio::any_io_executor io, PushReception& pushes,
                       NotificationsRequest request)
        : io_(std::move(io)),
          pushes_(pushes),
          request_(std::make_shared<NotificationsRequest>(std::move(request))) {
        request_->wait = longest_silence;
    }

    void next(Ready ready) override {
        if (!std::exchange(has_begun_, true)) {
            ready("retry: 2000\n\n");
            return;
        }
        asio::post(
            io_, [&pushes = pushes_, request = request_, ready = std::move(ready)]() mutable {
                if (pushes.is_stopped()) {
                    ready(std::nullopt);
                    return;
                }
                pushes.find(*request, [request, ready = std::move(ready)](
                                          std::optional<PushReception::Records> records) mutable {
                    if (!records || !*records) {
                        ready(std::nullopt);
                        return;
                    }
                    if ((*records)->empty()) {
                        ready(": nothing new\n\n");
                        return;
                    }
                    request->query.after = (*records)->back().id;
                    ready(notification_events(**records));
                });
            });
    }

private:
    asio::any_io_executor io_;
    PushReception& pushes_;
    std::shared_ptr<NotificationsRequest> request_;
    bool has_begun_ = false;
};

HttpAnswer events_answer(const asio::any_io_executor& io, PushReception& pushes,
                         NotificationsRequest request) {
    HttpAnswer answer;
    answer.content_type = "text/event-stream";
    answer.headers.emplace_back("X-Accel-Buffering", "no");
    answer.stream = std::make_shared<NotificationEvents>(io, pushes, std::move(request));
    return answer;
}

HttpAnswer unreadable() {
    return error_answer(500, "The notifications cannot be read");
}

HttpHandler dead_letters(const asio::any_io_executor& io, PushReception& pushes) {
    return [io, &pushes](const HttpRequest& http, Responder responder) {
        auto asked = parse_notifications(http);
        if (!asked) {
            responder.answer(std::move(asked.error()));
            return;
        }
        asio::post(io, [&pushes, query = asked->query, responder = std::move(responder)]() mutable {
            pushes.answer(
                [query](store::NotificationLog& log) {
                    const auto letters = log.dead_letters(query.after, query.most);
                    return letters ? dead_letters_answer(*letters, query) : unreadable();
                },
                std::move(responder));
        });
    };
}

HttpHandler try_again(const asio::any_io_executor& io, PushReception& pushes,
                      std::function<void()> wake) {
    return [io, &pushes, wake = std::move(wake)](const HttpRequest&, Responder responder) {
        asio::post(io, [&pushes, wake, responder = std::move(responder)]() mutable {
            pushes.answer(
                [wake](store::NotificationLog& log) {
                    const auto count = log.try_again();
                    wake();
                    return count ? tried_again_answer(*count) : unreadable();
                },
                std::move(responder));
        });
    };
}

}  // namespace

std::vector<HttpRoute> notification_routes(const asio::any_io_executor& io, PushReception& pushes,
                                           std::function<void()> wake_webhook) {
    return {{"GET", "/notifications/dead-letters", dead_letters(io, pushes)},
            {"POST", "/notifications/dead-letters/retry",
             try_again(io, pushes, std::move(wake_webhook))},
            {"GET", "/notifications",
             [io, &pushes](const HttpRequest& http, Responder responder) {
                 auto asked = parse_notifications(http);
                 if (!asked) {
                     responder.answer(std::move(asked.error()));
                     return;
                 }
                 asio::post(io, [&pushes, asked = std::move(*asked),
                                 responder = std::move(responder)]() mutable {
                     pushes.ask(std::move(asked), std::move(responder));
                 });
             }},
            {"GET", "/notifications/events",
             [io, &pushes](const HttpRequest& http, Responder responder) {
                 auto asked = parse_notification_events(http);
                 responder.answer(asked ? events_answer(io, pushes, std::move(*asked))
                                        : std::move(asked.error()));
             }}};
}

}  // namespace dlms::service
