#pragma once

#include <expected>
#include <string>

#include "server/call_failure.hpp"
#include "server/http_message.hpp"
#include "server/keys_request.hpp"

namespace dlms::service {

// POST /meters/{meter_number}/keys as typed parameters, or the answer that says what is wrong with
// it. No value of a secret ever stands in an answer.
[[nodiscard]] std::expected<KeysRequest, HttpAnswer> parse_keys(const HttpRequest& request);

// The name of a kind of secret in requests and answers, for example "encryption_key".
[[nodiscard]] std::string_view secret_name(client::SecretKind kind);

[[nodiscard]] HttpAnswer keys_answer(const std::string& meter_number,
                                     const CallOutcome<KeysReport>& outcome);

}  // namespace dlms::service
