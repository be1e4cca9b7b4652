#pragma once
// SecretsFile: new secrets of a meter as lines for an environment, in a file that has them before
// the meter does.

#include <memory>
#include <string>

#include "client/key_records.hpp"

namespace dlms::cli {

/// The name that a secret has in the environment, for example DLMS_ENCRYPTION_KEY.
std::string variable_of(client::SecretKind kind);

/// Records in memory beside a file: what is staged is written there first, and how it ended behind
/// it. `name` may be empty: no file.
std::expected<std::unique_ptr<client::KeyRecords>, std::string> secrets_file(std::string name);

}  // namespace dlms::cli
