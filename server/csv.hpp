#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace dlms::service {

struct CsvFault {
    std::size_t line = 0;  // from 1
    std::string message;
};

// The records of a CSV text (RFC 4180): fields between commas, or semicolons where the first line
// has these and no commas; quotes around what holds any; lines end in CR LF or LF. Empty lines and
// a byte order mark are passed over.
[[nodiscard]] std::expected<std::vector<std::vector<std::string>>, CsvFault> parse_csv(
    std::string_view text);

}  // namespace dlms::service
