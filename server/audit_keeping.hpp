#pragma once

#include <expected>
#include <memory>
#include <string>

#include "store/api_key_store.hpp"
#include "store/audit_log.hpp"

namespace dlms::service {

// audit.db of the folder, which is made if need be; null without a folder. The error is a sentence
// for people.
[[nodiscard]] std::expected<std::shared_ptr<store::AuditLog>, std::string> keep_audit(
    const std::string& data_dir);

// api_keys.db of the folder, in the same way.
[[nodiscard]] std::expected<std::shared_ptr<store::ApiKeyStore>, std::string> keep_api_keys(
    const std::string& data_dir);

}  // namespace dlms::service
