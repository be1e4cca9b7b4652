#pragma once

#include <string>
#include <string_view>

#include "server/head_end.hpp"
#include "server/http_message.hpp"

namespace dlms::service {

// The answers of the REST interface as JSON; field names, casing and shapes are the contract with
// callers.

[[nodiscard]] HttpAnswer root_answer(std::size_t active_connections);
[[nodiscard]] HttpAnswer health_answer(std::size_t active_connections);
[[nodiscard]] HttpAnswer connections_answer(
    const std::vector<std::shared_ptr<const MeterActor>>& meters);
[[nodiscard]] HttpAnswer disconnect_answer(const std::string& meter_number,
                                           HeadEnd::Disconnected outcome);
[[nodiscard]] HttpAnswer connect_answer(const std::string& meter_number,
                                        const CallOutcome<client::AssociationInfo>& outcome);

// 200 in any case but these: throttled is 503, a defect of ours 500.
[[nodiscard]] HttpAnswer read_answer(const ReadRequest& request,
                                     const MeterPresentation& presentation,
                                     const CallOutcome<client::Reading>& outcome);
[[nodiscard]] HttpAnswer read_multiple_answer(const ReadMultipleRequest& request,
                                              const MeterPresentation& presentation,
                                              const CallOutcome<HeadEnd::Readings>& outcome);
[[nodiscard]] HttpAnswer write_answer(const WriteRequest& request,
                                      const CallOutcome<void>& outcome);

// 400: nobody has told how to reach the meter.
[[nodiscard]] HttpAnswer not_connected_answer(const std::string& meter_number);

}  // namespace dlms::service
