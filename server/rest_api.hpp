#pragma once

#include <memory>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/answer_maker.hpp"
#include "server/head_end.hpp"
#include "server/http_front.hpp"

namespace dlms::service {

// The routes of the REST interface that read and write attributes; server/meter_routes.hpp has the
// others. A handler reads its request on a worker and answers what is
// wrong with it; the rest is the head end's, on the I/O thread, and the answer follows when it is
// there. `head_end` must outlive the front that the routes are given to; `maker` may be used by
// calls that end later.
[[nodiscard]] std::vector<HttpRoute> rest_routes(asio::any_io_executor io, HeadEnd& head_end,
                                                 std::shared_ptr<AnswerMaker> maker);

// Who asks, as the audit log has it.
[[nodiscard]] AuditCaller audit_caller(const HttpRequest& request);

// How long the caller waits, from X-Request-Timeout (seconds, 0.1 to 300); the answer that refuses
// it otherwise.
[[nodiscard]] std::expected<CallLimits, HttpAnswer> call_limits(const HttpRequest& request);

}  // namespace dlms::service
