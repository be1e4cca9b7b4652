#include "server/service_log.hpp"

#include <spdlog/fmt/chrono.h>
#include <spdlog/spdlog.h>

#include "render/json_writer.hpp"

namespace dlms::service {

namespace {

spdlog::level::level_enum spdlog_level(LogLevel level) {
    switch (level) {
        case LogLevel::trace: return spdlog::level::trace;
        case LogLevel::debug: return spdlog::level::debug;
        case LogLevel::info: return spdlog::level::info;
        case LogLevel::warning: return spdlog::level::warn;
        case LogLevel::error: return spdlog::level::err;
        case LogLevel::critical: return spdlog::level::critical;
    }
    return spdlog::level::info;
}

std::string_view name(LogLevel level) {
    switch (level) {
        case LogLevel::trace: return "trace";
        case LogLevel::debug: return "debug";
        case LogLevel::info: return "info";
        case LogLevel::warning: return "warning";
        case LogLevel::error: return "error";
        case LogLevel::critical: return "critical";
    }
    return "info";
}

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%e%z %l %v";

// The lines' form; text until it is configured. Set before there are threads.
bool& writes_json() {
    static bool writes = [] {
        spdlog::set_pattern(text_pattern);
        return false;
    }();
    return writes;
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
    writes_json() = format == LogFormat::json;
    spdlog::set_pattern(format == LogFormat::json ? "%v" : text_pattern);
    spdlog::set_level(spdlog_level(level));
}

bool is_logged(LogLevel level) {
    return spdlog::should_log(spdlog_level(level));
}

namespace {

std::string json_line(std::chrono::system_clock::time_point time, LogLevel level,
                      std::string_view sentence, LogFields fields) {
    std::string line;
    render::JsonWriter writer(line);
    writer.begin_object();
    writer.key("time");
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const auto fraction = std::chrono::floor<std::chrono::milliseconds>(time - seconds);
    writer.plain(fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                             fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)),
                             fraction.count()));
    writer.key("level");
    writer.plain(name(level));
    writer.key("message");
    writer.text(sentence);
    for (const LogField& field : fields) {
        writer.key(field.name);
        if (const auto* text = std::get_if<std::string_view>(&field.value)) {
            writer.text(*text);
        } else {
            writer.integer(std::get<std::int64_t>(field.value));
        }
    }
    writer.end_object();
    writer.flush();
    return line;
}

}  // namespace

void log(LogLevel level, std::string_view sentence, LogFields fields) {
    if (!writes_json()) {
        spdlog::log(spdlog_level(level), "{}", sentence);
    } else if (is_logged(level)) {
        spdlog::log(spdlog_level(level), "{}",
                    json_line(std::chrono::system_clock::now(), level, sentence, fields));
    }
}

}  // namespace dlms::service
