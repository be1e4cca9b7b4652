#pragma once
// ServiceLog: what the service tells of itself on standard output, as sentences for people or as
// one JSON object a line with `time`, `level`, `message` and the fields of the event. For the
// program alone: the service's parts report events, and the program says them.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "server/config.hpp"

namespace dlms::service {

// A member of the JSON object, beside the sentence that says it too.
struct LogField {
    std::string_view name;  // plain ASCII
    std::variant<std::string_view, std::int64_t> value;
};
using LogFields = std::initializer_list<LogField>;

// To be called before the first line; until then lines of INFO and above are text.
void configure_log(LogLevel level, LogFormat format);

// Whether lines of the level are written: for those that cost something to make.
[[nodiscard]] bool is_logged(LogLevel level);

// Writes one line. `sentence` may hold anything that is no secret; control characters of text are
// its caller's duty, JSON escapes them.
void log(LogLevel level, std::string_view sentence, LogFields fields = {});

}  // namespace dlms::service
