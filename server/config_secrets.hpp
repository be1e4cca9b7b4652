#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "server/config.hpp"

namespace dlms::service {

// Reading settings of the environment's form.
[[nodiscard]] std::string lower(std::string_view text);
// Nothing for an empty variable, which a container's template left open.
[[nodiscard]] std::optional<std::string> value_of(const Environment& values, std::string_view name);
// true, 1, yes, on and their contraries, in any case.
[[nodiscard]] std::optional<bool> truth(const std::string& text);
[[nodiscard]] std::optional<std::string> file_text(const std::string& path);

// The settings that are secrets, each of which may stand in a file: the API key, and the keys that
// seal the secrets of meters. What is wrong goes to the outcome, without any value.
void apply_api_key(const Environment& values, ServiceConfig& config, ConfigOutcome& outcome);
void apply_sealing_keys(const Environment& values, ServiceConfig& config, ConfigOutcome& outcome);

// Takes WEBHOOK_SECRET, or what its file holds.
void apply_webhook_secret(const Environment& values, ServiceConfig& config, ConfigOutcome& outcome);

}  // namespace dlms::service
