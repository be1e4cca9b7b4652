#include "cli/typed_value.hpp"

namespace dlms::cli {

using render::Json;

Json value_from_text(const std::string& text, std::optional<axdr::Tag> type) {
    if (type == axdr::Tag::bit_string && text.find_first_not_of("01") == std::string::npos) {
        return text;
    }
    Json value = Json::parse(text, nullptr, false);
    return value.is_discarded() ? Json(text) : value;
}

std::expected<std::optional<axdr::Tag>, std::string> parse_type(const std::string& text) {
    if (text.empty()) {
        return std::optional<axdr::Tag>();
    }
    const Json number = Json::parse(text, nullptr, false);
    const auto type = render::tag_from_json(number.is_number() ? number : Json(text));
    if (!type) {
        return std::unexpected("'" + text +
                               "' is no type; types are called unsigned, long-unsigned, "
                               "double-long, octet-string, boolean, enum ...");
    }
    return type;
}

}  // namespace dlms::cli
