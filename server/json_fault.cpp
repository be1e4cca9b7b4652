#include "server/json_fault.hpp"

#include <utility>

namespace dlms::service {

namespace {

bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

bool is_hexadecimal(char character) {
    return is_digit(character) || (character >= 'a' && character <= 'f') ||
           (character >= 'A' && character <= 'F');
}

}  // namespace

JsonScan::JsonScan(std::string_view text, std::size_t most_depth)
    : text_(text), most_depth_(most_depth) {
    skip_space();
    if (value(0)) {
        skip_space();
        if (at_ != text_.size()) {
            wrong("Extra data", at_);
        }
    }
}

std::optional<std::string_view> JsonScan::member(std::string_view name) const {
    const auto found = members_.find(name);
    return found == members_.end() ? std::nullopt : std::optional(found->second);
}

bool JsonScan::value(std::size_t depth) {
    if (at_ >= text_.size()) {
        return wrong("Expecting value", at_);
    }
    switch (text_[at_]) {
        case '{':
            return depth < most_depth_ ? object(depth + 1) : wrong("Nesting is too deep", at_);
        case '[': return depth < most_depth_ ? array(depth + 1) : wrong("Nesting is too deep", at_);
        case '"': return string();
        case 't': return literal("true");
        case 'f': return literal("false");
        case 'n': return literal("null");
        default: return number();
    }
}

bool JsonScan::object(std::size_t depth) {
    ++at_;
    skip_space();
    if (at_ < text_.size() && text_[at_] == '}') {
        ++at_;
        return true;
    }
    for (std::size_t members = 1;; ++members) {
        if (at_ >= text_.size() || text_[at_] != '"') {
            return wrong("Expecting property name enclosed in double quotes", at_);
        }
        if (depth > 1 && members > most_inner_members) {
            return wrong("Too many members", at_);
        }
        const std::size_t name_at = at_;
        if (!string()) {
            return false;
        }
        const std::string_view name = text_.substr(name_at + 1, at_ - name_at - 2);
        skip_space();
        if (at_ >= text_.size() || text_[at_] != ':') {
            return wrong("Expecting ':' delimiter", at_);
        }
        ++at_;
        skip_space();
        const std::size_t value_at = at_;
        if (!value(depth)) {
            return false;
        }
        if (depth == 1) {
            members_[name] = text_.substr(value_at, at_ - value_at);
        }
        skip_space();
        if (at_ < text_.size() && text_[at_] == '}') {
            ++at_;
            return true;
        }
        if (at_ >= text_.size() || text_[at_] != ',') {
            return wrong("Expecting ',' delimiter", at_);
        }
        ++at_;
        skip_space();
    }
}

bool JsonScan::array(std::size_t depth) {
    ++at_;
    skip_space();
    if (at_ < text_.size() && text_[at_] == ']') {
        ++at_;
        return true;
    }
    while (true) {
        if (!value(depth)) {
            return false;
        }
        skip_space();
        if (at_ < text_.size() && text_[at_] == ']') {
            ++at_;
            return true;
        }
        if (at_ >= text_.size() || text_[at_] != ',') {
            return wrong("Expecting ',' delimiter", at_);
        }
        ++at_;
        skip_space();
    }
}

bool JsonScan::string() {
    const std::size_t start = at_;
    for (++at_; at_ < text_.size(); ++at_) {
        const char character = text_[at_];
        if (character == '"') {
            ++at_;
            return true;
        }
        if (static_cast<unsigned char>(character) < 0x20) {
            return wrong("Invalid control character at", at_);
        }
        if (character == '\\' && !escape(start)) {
            return false;
        }
    }
    return wrong("Unterminated string starting at", start);
}

bool JsonScan::escape(std::size_t start) {
    const std::size_t backslash = at_++;
    if (at_ >= text_.size()) {
        return wrong("Unterminated string starting at", start);
    }
    if (text_[at_] != 'u') {
        return std::string_view("\"\\/bfnrt").find(text_[at_]) != std::string_view::npos ||
               wrong("Invalid \\escape", backslash);
    }
    for (std::size_t digit = 1; digit <= 4; ++digit) {
        if (at_ + digit >= text_.size() || !is_hexadecimal(text_[at_ + digit])) {
            return wrong("Invalid \\uXXXX escape", at_);
        }
    }
    at_ += 4;
    return true;
}

bool JsonScan::number() {
    const std::size_t start = at_;
    const auto digits = [this] {
        const std::size_t first = at_;
        while (at_ < text_.size() && is_digit(text_[at_])) {
            ++at_;
        }
        return at_ > first;
    };
    if (text_[at_] == '-') {
        ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '0') {
        ++at_;
    } else if (!digits()) {
        return wrong("Expecting value", start);
    }
    // As in Python: what is no fraction or exponent ends the number, and then stands where
    // something else should.
    if (at_ + 1 < text_.size() && text_[at_] == '.' && is_digit(text_[at_ + 1])) {
        ++at_;
        digits();
    }
    if (at_ < text_.size() && (text_[at_] == 'e' || text_[at_] == 'E')) {
        const std::size_t before = at_++;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
            ++at_;
        }
        if (!digits()) {
            at_ = before;
        }
    }
    return true;
}

bool JsonScan::literal(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) {
        return wrong("Expecting value", at_);
    }
    at_ += word.size();
    return true;
}

void JsonScan::skip_space() {
    while (at_ < text_.size() &&
           std::string_view(" \t\n\r").find(text_[at_]) != std::string_view::npos) {
        ++at_;
    }
}

bool JsonScan::wrong(std::string message, std::size_t at) {
    JsonFault fault{std::move(message), 0, 1, 1};
    for (const char character : text_.substr(0, at)) {
        // The octets after the first of a UTF-8 character are no characters of their own.
        if ((static_cast<unsigned char>(character) & 0xC0U) == 0x80U) {
            continue;
        }
        ++fault.position;
        ++fault.column;
        if (character == '\n') {
            ++fault.line;
            fault.column = 1;
        }
    }
    fault_ = std::move(fault);
    return false;
}

}  // namespace dlms::service
