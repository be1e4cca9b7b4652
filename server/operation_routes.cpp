#include "server/operation_routes.hpp"

#include <utility>

#include <asio/post.hpp>

namespace dlms::service {

namespace {

// The text of some tens of kilobytes is made where it holds up nobody.
constexpr std::size_t octets_of_metrics = 64 * 1024;

HttpAnswer health(int status, const char* word) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = std::string(R"({"status": ")") + word + "\"}";
    if (status == 503) {
        answer.headers.emplace_back("Retry-After", "1");
    }
    return answer;
}

}  // namespace

std::vector<HttpRoute> operation_routes(const asio::any_io_executor& io, OperationSources sources) {
    const auto shared = std::make_shared<const OperationSources>(std::move(sources));
    // All of them go through the I/O thread: where it hangs, none of them says that all is well.
    return {
        {"GET", "/metrics",
         [io, shared](const HttpRequest&, Responder responder) {
             asio::post(io, [shared, responder = std::move(responder)]() mutable {
                 shared->maker->answer(
                     octets_of_metrics,
                     [metrics = shared->metrics, snapshot = shared->snapshot()] {
                         HttpAnswer answer;
                         answer.body = metrics->text(snapshot);
                         answer.content_type = Metrics::content_type;
                         return answer;
                     },
                     std::move(responder));
             });
         }},
        {"GET", "/health/live",
         [io](const HttpRequest&, Responder responder) {
             asio::post(io, [responder = std::move(responder)]() mutable {
                 responder.answer(health(200, "alive"));
             });
         }},
        {"GET", "/health/ready",
         [io, shared](const HttpRequest&, Responder responder) {
             asio::post(io, [shared, responder = std::move(responder)]() mutable {
                 responder.answer(shared->is_ready() ? health(200, "ready")
                                                     : health(503, "not ready"));
             });
         }},
    };
}

}  // namespace dlms::service
