#include "server/notification_routes.hpp"

#include <utility>

#include <asio/post.hpp>

namespace dlms::service {

std::vector<HttpRoute> notification_routes(const asio::any_io_executor& io, PushReception& pushes) {
    return {{"GET", "/notifications", [io, &pushes](const HttpRequest& http, Responder responder) {
                 auto asked = parse_notifications(http);
                 if (!asked) {
                     responder.answer(std::move(asked.error()));
                     return;
                 }
                 asio::post(io, [&pushes, asked = std::move(*asked),
                                 responder = std::move(responder)]() mutable {
                     pushes.ask(std::move(asked), std::move(responder));
                 });
             }}};
}

}  // namespace dlms::service
