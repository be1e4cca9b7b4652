#pragma once
// Time zones by their IANA names.

#include <optional>
#include <string>

#include "stack/cosem/local_time.hpp"

namespace dlms::render {

/// The local time of instants in a zone, for example "Europe/Berlin"; nothing for a name that the
/// system does not know. UTC is known everywhere.
[[nodiscard]] std::optional<cosem::LocalFromUtc> local_time_of(const std::string& zone);

}  // namespace dlms::render
