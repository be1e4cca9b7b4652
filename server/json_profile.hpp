#pragma once

#include "server/head_end.hpp"
#include "server/json_requests.hpp"
#include "server/meter_requests.hpp"
#include "stack/cosem/profile_table.hpp"

namespace dlms::service {

// POST /load-profile.
[[nodiscard]] Parsed<ProfileRequest> parse_load_profile(const HttpRequest& request);

// `brand` is the name of a meter profile. Large tables are written without a document.
[[nodiscard]] HttpAnswer load_profile_answer(const ProfileRequest& request,
                                             const MeterPresentation& presentation,
                                             std::string_view brand,
                                             const CallOutcome<cosem::ProfileTable>& outcome);

// Reads the two bounds of a window; what is wrong with them goes to `errors`.
[[nodiscard]] TimeWindow read_window(
    const std::optional<std::string>& from, const std::optional<std::string>& to,
    const std::function<void(const char* name, std::string message, std::string type)>& fail);

}  // namespace dlms::service
