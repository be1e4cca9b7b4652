#pragma once
// The routes by which the service itself is watched: metrics and health.

#include <functional>
#include <memory>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/answer_maker.hpp"
#include "server/http_front.hpp"
#include "server/metrics.hpp"

namespace dlms::service {

struct OperationSources {
    // Called on the I/O thread.
    std::function<MetricsSnapshot()> snapshot;
    std::function<bool()> is_ready;
    std::shared_ptr<const Metrics> metrics;
    std::shared_ptr<AnswerMaker> maker;
};

[[nodiscard]] std::vector<HttpRoute> operation_routes(const asio::any_io_executor& io,
                                                      OperationSources sources);

}  // namespace dlms::service
