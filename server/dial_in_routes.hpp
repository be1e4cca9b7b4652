#pragma once
// The route that shows the connections which meters have made.

#include <memory>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/answer_maker.hpp"
#include "server/dial_in.hpp"
#include "server/http_front.hpp"
#include "server/metrics.hpp"

namespace dlms::service {

// `dial_in` must outlive the routes.
[[nodiscard]] std::vector<HttpRoute> dial_in_routes(const asio::any_io_executor& io,
                                                    const DialIn& dial_in,
                                                    std::shared_ptr<AnswerMaker> maker);

[[nodiscard]] CallSummary call_summary(const client::dial_in::CallRegister& calls);

}  // namespace dlms::service
