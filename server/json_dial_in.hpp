#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/dial_in/call_register.hpp"
#include "server/http_message.hpp"
#include "server/json_requests.hpp"

namespace dlms::service {

// Which calls a GET /dial-in asks for.
struct CallsPage {
    std::optional<client::dial_in::CallInfo::State> state;  // empty: all
    std::string meter_number;                               // empty: of every meter
    std::uint64_t after = 0;
    std::size_t most = 1000;
};

[[nodiscard]] Parsed<CallsPage> parse_calls_page(const HttpRequest& http);
[[nodiscard]] HttpAnswer calls_answer(const std::vector<client::dial_in::CallInfo>& calls,
                                      const CallsPage& page, bool is_listening);

}  // namespace dlms::service
