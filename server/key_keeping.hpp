#pragma once

#include <expected>
#include <functional>
#include <memory>
#include <string>

#include "client/key_records.hpp"
#include "server/config.hpp"

namespace dlms::service {

// The secrets of meters: in secrets.db of DATA_DIR under the key-encryption key, else in memory. A
// file that is there and no key that opens it is an error: meters would be out of reach. The error
// is a sentence for people. `damaged` is told whose sealed secret was changed or damaged.
[[nodiscard]] std::expected<std::shared_ptr<client::KeyRecords>, std::string> keep_keys(
    const ServiceConfig& config, std::function<void(const std::string& meter)> damaged = {});

}  // namespace dlms::service
