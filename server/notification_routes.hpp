#pragma once
// The route by which what meters have sent by themselves is asked for.

#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/http_front.hpp"
#include "server/push_reception.hpp"

namespace dlms::service {

// `pushes` must outlive the routes.
[[nodiscard]] std::vector<HttpRoute> notification_routes(const asio::any_io_executor& io,
                                                         PushReception& pushes);

}  // namespace dlms::service
