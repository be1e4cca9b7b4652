#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/config.hpp"

namespace dlms::service {

// `dlms-service keys add|list|revoke`: the API keys of a data folder, also while a service uses it.
// Nothing if the arguments are not for it; else the exit status: 0 done, 1 failed, 2 wrong usage.
[[nodiscard]] std::optional<int> run_keys_command(const std::vector<std::string>& arguments,
                                                  const Environment& environment);

}  // namespace dlms::service
