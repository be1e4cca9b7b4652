#pragma once

#include <expected>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace dlms::service {

// Reads the text of a .env file: NAME=value, one a line; "export " before it, quotes around the
// value, blank lines and comments with # are understood. The errors name the lines that are none of
// these, never their content.
[[nodiscard]] std::expected<std::map<std::string, std::string>, std::vector<std::string>>
parse_env_file(std::string_view text);

}  // namespace dlms::service
