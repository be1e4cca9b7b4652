#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "server/head_end.hpp"
#include "server/http_message.hpp"

namespace dlms::service {

// The answers of the REST interface as JSON; field names, casing and shapes are the contract with
// callers.

[[nodiscard]] HttpAnswer root_answer(std::size_t active_connections);
[[nodiscard]] HttpAnswer health_answer(std::size_t active_connections);

// What GET /connections shows of one meter.
struct ConnectionLine {
    std::string meter_number;
    std::string brand;
    bool connected = false;
    std::chrono::system_clock::time_point last_activity;
};
[[nodiscard]] std::vector<ConnectionLine> connection_lines(
    const std::vector<std::shared_ptr<const MeterActor>>& meters);
[[nodiscard]] HttpAnswer connections_answer(const std::vector<ConnectionLine>& lines);

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

// An answer with this body.
[[nodiscard]] HttpAnswer json_answer(int status, const nlohmann::ordered_json& body);
// RFC 3339 in UTC with milliseconds.
[[nodiscard]] std::string timestamp(std::chrono::system_clock::time_point instant);
// {"detail", "error"} with the status of the failure's row, or 400 for what the caller got wrong:
// for calls that tell failures by their status.
[[nodiscard]] HttpAnswer refusal_answer(const CallFailure& failure);
// 404: in the part below /meters.
[[nodiscard]] HttpAnswer unknown_meter_answer(const std::string& meter_number);

// 400: nobody has told how to reach the meter.
[[nodiscard]] HttpAnswer not_connected_answer(const std::string& meter_number);

}  // namespace dlms::service
