#pragma once

#include <expected>

#include "server/http_message.hpp"
#include "server/requests.hpp"

namespace dlms::service {

// The JSON edge: a request's body as typed parameters, or the answer that says what is wrong with
// it, in the shape and the words that callers of the older service know (FastAPI with pydantic 1).
// Numbers are taken where texts are asked and the other way round, as there; unknown fields are
// ignored. No value of a secret field ever stands in an answer.
template <typename Request>
using Parsed = std::expected<Request, HttpAnswer>;

[[nodiscard]] Parsed<ConnectRequest> parse_connect(const HttpRequest& request);
[[nodiscard]] Parsed<ReadRequest> parse_read(const HttpRequest& request);
[[nodiscard]] Parsed<ReadMultipleRequest> parse_read_multiple(const HttpRequest& request);
[[nodiscard]] Parsed<WriteRequest> parse_write(const HttpRequest& request);
[[nodiscard]] Parsed<DecodeRequest> parse_decode(const HttpRequest& request);

// The meter_number of POST /disconnect?meter_number=.
[[nodiscard]] Parsed<std::string> parse_disconnect(const HttpRequest& request);

}  // namespace dlms::service
