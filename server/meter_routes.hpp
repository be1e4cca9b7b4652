#pragma once

#include <memory>
#include <vector>

#include <asio/any_io_executor.hpp>

#include "server/answer_maker.hpp"
#include "server/head_end.hpp"
#include "server/http_front.hpp"
#include "server/meter_register.hpp"

namespace dlms::service {

// The routes about one meter beyond reading and writing: /load-profile and what is below
// /meters/{meter_number}. As rest_routes() has it.
[[nodiscard]] std::vector<HttpRoute> meter_routes(const asio::any_io_executor& io,
                                                  HeadEnd& head_end,
                                                  const std::shared_ptr<AnswerMaker>& maker);

// The registry: /meters, /meters/import, /meters/export, /meters/{meter_number}; and /connect,
// which takes from it what the caller leaves out. `meters` outlives the front.
[[nodiscard]] std::vector<HttpRoute> register_routes(const asio::any_io_executor& io,
                                                     HeadEnd& head_end, MeterRegister& meters);

}  // namespace dlms::service
