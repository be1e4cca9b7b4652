#include "server/env_file.hpp"

#include <algorithm>
#include <cstddef>

namespace dlms::service {

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

bool is_name(std::string_view text) {
    const auto is_name_character = [](char character) {
        return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
               (character >= '0' && character <= '9') || character == '_';
    };
    return !text.empty() && !(text.front() >= '0' && text.front() <= '9') &&
           std::ranges::all_of(text, is_name_character);
}

// False if a quotation does not end, or something follows it.
bool read_value(std::string_view text, std::string& value) {
    if (text.starts_with('"') || text.starts_with('\'')) {
        const std::size_t end = text.find(text.front(), 1);
        if (end == std::string_view::npos) {
            return false;
        }
        value = text.substr(1, end - 1);
        const std::string_view rest = trimmed(text.substr(end + 1));
        return rest.empty() || rest.starts_with('#');
    }
    std::size_t comment = text.find(" #");
    comment = std::min(comment, text.find("\t#"));
    value = text.starts_with('#') ? std::string_view{} : trimmed(text.substr(0, comment));
    return true;
}

}  // namespace

std::expected<std::map<std::string, std::string>, std::vector<std::string>> parse_env_file(
    std::string_view text) {
    std::map<std::string, std::string> values;
    std::vector<std::string> errors;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const std::size_t end = text.find('\n');
        std::string_view line = trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (line.starts_with("export ")) {
            line = trimmed(line.substr(7));
        }
        const std::size_t equals = line.find('=');
        const std::string_view name = trimmed(line.substr(0, equals));
        std::string value;
        if (equals == std::string_view::npos || !is_name(name) ||
            !read_value(trimmed(line.substr(equals + 1)), value)) {
            errors.push_back("line " + std::to_string(number) + " is no NAME=value");
            continue;
        }
        values[std::string(name)] = value;
    }
    if (!errors.empty()) {
        return std::unexpected(std::move(errors));
    }
    return values;
}

}  // namespace dlms::service
