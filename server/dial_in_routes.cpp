#include "server/dial_in_routes.hpp"

#include <utility>

#include <asio/post.hpp>

#include "server/json_dial_in.hpp"

namespace dlms::service {

std::vector<HttpRoute> dial_in_routes(const asio::any_io_executor& io, const DialIn& dial_in,
                                      std::shared_ptr<AnswerMaker> maker) {
    return {
        {"GET", "/dial-in",
         [io, &dial_in, maker = std::move(maker)](const HttpRequest& http, Responder responder) {
             auto asked = parse_calls_page(http);
             if (!asked) {
                 responder.answer(std::move(asked.error()));
                 return;
             }
             asio::post(io, [&dial_in, maker, page = std::move(*asked),
                             responder = std::move(responder)]() mutable {
                 auto calls = dial_in.calls()->calls();
                 const std::size_t octets = calls.size() * sizeof(client::dial_in::CallInfo);
                 maker->answer(
                     octets,
                     [calls = std::move(calls), page = std::move(page), is_on = dial_in.is_on()] {
                         return calls_answer(calls, page, is_on);
                     },
                     std::move(responder));
             });
         }}};
}

CallSummary call_summary(const client::dial_in::CallRegister& calls) {
    CallSummary summary;
    summary.counters = calls.counters();
    const auto states = calls.states();
    summary.identifying = states[0];
    summary.held = states[1];
    summary.waiting = states[2];
    summary.serving = states[3];
    return summary;
}

}  // namespace dlms::service
