#pragma once

#include <optional>
#include <string>

#include "render/json_clock.hpp"

namespace dlms::service {

// The local time of instants in a zone by its IANA name; nothing for a name that the system does
// not know. UTC is known everywhere.
[[nodiscard]] std::optional<render::LocalFromUtc> local_time_of(const std::string& zone);

}  // namespace dlms::service
