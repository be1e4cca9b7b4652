#pragma once
// The route by which what meters have sent by themselves is asked for.

#include <functional>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/http_front.hpp"
#include "server/push_reception.hpp"

namespace dlms::service {

// `pushes` must outlive the routes. `wake_webhook` is called from any thread when something is to
// be tried again.
[[nodiscard]] std::vector<HttpRoute> notification_routes(const asio::any_io_executor& io,
                                                         PushReception& pushes,
                                                         std::function<void()> wake_webhook);

}  // namespace dlms::service
