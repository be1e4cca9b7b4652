#pragma once

#include <expected>
#include <memory>
#include <string>

#include "store/meter_registry.hpp"
#include "store/notification_log.hpp"

namespace dlms::service {

// The registry of meters in the data folder (its file `meters.db`), or in memory where there is no
// folder. The error is a sentence for people.
[[nodiscard]] std::expected<std::unique_ptr<store::MeterRegistry>, std::string> keep_registry(
    const std::string& data_dir);

// What meters have sent by themselves, the same way (its file `notifications.db`).
[[nodiscard]] std::expected<std::shared_ptr<store::NotificationLog>, std::string>
keep_notifications(const std::string& data_dir);

}  // namespace dlms::service
