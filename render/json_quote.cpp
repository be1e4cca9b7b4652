#include "render/json_quote.hpp"

#include <string_view>

namespace dlms::render {
namespace {

using Json = nlohmann::ordered_json;

class Quote {
public:
    /// Every level adds a character, so the depth is bounded too.
    void append(const Json& value) {
        if (is_full()) {
            return;
        }
        if (value.is_object()) {
            append_members(value);
        } else if (value.is_array()) {
            append_elements(value);
        } else if (const auto* text = value.get_ptr<const std::string*>()) {
            append_text(*text);
        } else {
            text_ += value.dump();
        }
    }

    std::string finish() && {
        if (is_full()) {
            text_.resize(longest_quote);
            text_ += "...";
        }
        return std::move(text_);
    }

private:
    bool is_full() const { return text_.size() > longest_quote; }

    void append_text(std::string_view text) {
        // Each octet takes a character at least; a cut one at the end is beyond what is shown.
        constexpr std::size_t longest_character = 4;
        text = text.substr(0, longest_quote + longest_character);
        text_ += Json(text).dump(-1, ' ', true, Json::error_handler_t::replace);
    }

    void append_members(const Json& object) {
        text_ += '{';
        for (const auto& [key, member] : object.items()) {
            if (is_full()) {
                return;
            }
            text_ += text_.back() == '{' ? "" : ",";
            append_text(key);
            text_ += ':';
            append(member);
        }
        text_ += '}';
    }

    void append_elements(const Json& list) {
        text_ += '[';
        for (const Json& element : list) {
            if (is_full()) {
                return;
            }
            text_ += text_.back() == '[' ? "" : ",";
            append(element);
        }
        text_ += ']';
    }

    std::string text_;
};

}  // namespace

std::string quote(const Json& value) {
    Quote quote;
    quote.append(value);
    return std::move(quote).finish();
}

}  // namespace dlms::render
