#pragma once

#include "server/json_requests.hpp"
#include "server/meter_calls.hpp"

namespace dlms::service {

// The calls below /meters/{meter_number} that work with the meter. A failure is {"success": false,
// "detail", "error"} with the status of its row.
[[nodiscard]] Parsed<ObjectsRequest> parse_objects(const HttpRequest& request);
[[nodiscard]] Parsed<ActionRequest> parse_action(const HttpRequest& request);
[[nodiscard]] Parsed<ClockRequest> parse_clock(const HttpRequest& request);      // GET
[[nodiscard]] Parsed<ClockRequest> parse_set_clock(const HttpRequest& request);  // POST
[[nodiscard]] Parsed<RelayRequest> parse_relay(const HttpRequest& request);      // GET
[[nodiscard]] Parsed<RelayRequest> parse_switch_relay(const HttpRequest& request);
[[nodiscard]] Parsed<TokenRequest> parse_token(const HttpRequest& request);
[[nodiscard]] Parsed<EventsRequest> parse_events(const HttpRequest& request);

// Who is asked: the number, how its values are shown, and the name of its brand's profile.
struct Asked {
    std::string meter_number;
    MeterPresentation presentation;
    std::string_view brand;
};
[[nodiscard]] HttpAnswer objects_answer(const ObjectsRequest& request, const Asked& asked,
                                        const CallOutcome<axdr::Data>& outcome);
[[nodiscard]] HttpAnswer action_answer(const ActionRequest& request, const Asked& asked,
                                       const CallOutcome<std::optional<axdr::Data>>& outcome);
[[nodiscard]] HttpAnswer clock_answer(const ClockRequest& request, const Asked& asked,
                                      const CallOutcome<ClockReading>& outcome);
[[nodiscard]] HttpAnswer set_clock_answer(const ClockRequest& request, const Asked& asked,
                                          const CallOutcome<ClockReport>& outcome);
[[nodiscard]] HttpAnswer relay_answer(const RelayRequest& request, const Asked& asked,
                                      const CallOutcome<RelayState>& outcome);
[[nodiscard]] HttpAnswer switch_relay_answer(const RelayRequest& request, const Asked& asked,
                                             const CallOutcome<RelayReport>& outcome);
[[nodiscard]] HttpAnswer token_answer(const TokenRequest& request, const Asked& asked,
                                      const CallOutcome<TokenReport>& outcome);
[[nodiscard]] HttpAnswer events_answer(const EventsRequest& request, const Asked& asked,
                                       const CallOutcome<std::vector<EventLog>>& outcome);

}  // namespace dlms::service
