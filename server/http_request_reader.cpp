#include "server/http_request_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace dlms::service {

namespace {

constexpr std::string_view line_end = "\r\n";

bool is_token_character(char character) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9') ||
           marks.find(character) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_target_character(char character) {
    return character > 0x20 && character < 0x7F;
}

bool is_value_character(char character) {
    const auto octet = static_cast<unsigned char>(character);
    return octet == '\t' || (octet >= 0x20 && octet != 0x7F);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

// "%0d", "%0A", "%00": a library that decodes header values would make line ends of them.
bool hides_line_end(std::string_view value) {
    for (std::size_t at = value.find("%0"); at != std::string_view::npos;
         at = value.find("%0", at + 1)) {
        if (at + 2 < value.size() &&
            std::string_view("0aAdD").find(value[at + 2]) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

// True if `list`, comma separated, has `option` among its members.
bool has_option(std::string_view list, std::string_view option) {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (equal_ignoring_case(trimmed(list.substr(0, comma)), option)) {
            return true;
        }
        if (comma == std::string_view::npos) {
            break;
        }
        list.remove_prefix(comma + 1);
    }
    return false;
}

}  // namespace

std::optional<std::string_view> FramedRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) {
            return value;
        }
    }
    return std::nullopt;
}

HttpRequestReader::HttpRequestReader(HttpLimits limits) : limits_(limits) {}

HttpRequestReader::State HttpRequestReader::receive(std::string_view octets) {
    if (state_ != State::refused) {
        buffer_.append(octets);
        advance();
    }
    return state_;
}

bool HttpRequestReader::take_expectation() {
    return std::exchange(expects_continue_, false) && state_ == State::reading_body;
}

FramedRequest HttpRequestReader::take_request() {
    const std::size_t size = request_.head_size + body_size_;
    FramedRequest taken = std::exchange(request_, FramedRequest{});
    if (buffer_.size() == size) {
        taken.octets = std::exchange(buffer_, std::string{});
    } else {
        taken.octets = buffer_.substr(0, size);
        buffer_.erase(0, size);
    }
    state_ = State::reading_head;
    skipped_ = 0;
    scanned_ = 0;
    line_start_ = 0;
    head_lines_ = 0;
    body_size_ = 0;
    expects_continue_ = false;
    advance();
    return taken;
}

void HttpRequestReader::advance() {
    if (state_ == State::reading_head && !find_head_end()) {
        return;
    }
    if (state_ == State::reading_body && buffer_.size() - request_.head_size >= body_size_) {
        state_ = State::complete;
    }
}

// RFC 9112 section 2.2: empty lines before a request line are skipped. No request begins with them,
// so that they are limited by their number and not by a deadline.
bool HttpRequestReader::skip_empty_lines() {
    std::size_t size = 0;
    while (std::string_view(buffer_).substr(size).starts_with(line_end)) {
        size += line_end.size();
    }
    if (size > 0) {
        buffer_.erase(0, size);
        scanned_ = 0;
        skipped_ += size;
    }
    return skipped_ <= limits_.head_octets || refuse(400, "Too many empty lines before a request");
}

// Looks at each octet once however the head is cut. True when the head is whole and good; false
// when more is needed or the request is refused.
bool HttpRequestReader::find_head_end() {
    if (line_start_ == 0 && !skip_empty_lines()) {
        return false;
    }
    for (; scanned_ < buffer_.size(); ++scanned_) {
        if (scanned_ >= limits_.head_octets) {
            return refuse(431, "Request header fields are too large in all");
        }
        if (scanned_ - line_start_ >= limits_.line_octets) {
            return head_lines_ == 0 ? refuse(414, "Request target is too long")
                                    : refuse(431, "A request header field is too large");
        }
        if (buffer_[scanned_] != '\n') {
            continue;
        }
        if (scanned_ == 0 || buffer_[scanned_ - 1] != '\r') {
            return refuse(400, "A line of the request head does not end in CR LF");
        }
        const bool empty_line = scanned_ - line_start_ == 1;
        line_start_ = scanned_ + 1;
        if (empty_line) {
            request_.head_size = line_start_;
            return parse_head(std::string_view(buffer_).substr(0, request_.head_size));
        }
        // The request line is the one that is no field.
        if (++head_lines_ > limits_.header_fields + 1) {
            return refuse(431, "Too many request header fields");
        }
    }
    return false;
}

bool HttpRequestReader::parse_head(std::string_view head) {
    bool first = true;
    while (!head.empty()) {
        const std::size_t end = head.find(line_end);
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + line_end.size());
        if (line.empty()) {
            break;
        }
        if (!(first ? parse_request_line(line) : parse_field(line))) {
            return false;
        }
        first = false;
    }
    return apply_fields();
}

bool HttpRequestReader::parse_request_line(std::string_view line) {
    const std::size_t first_space = line.find(' ');
    const std::size_t last_space = line.rfind(' ');
    if (first_space == std::string_view::npos || first_space == last_space) {
        return refuse(400, "Malformed request line");
    }
    const std::string_view method = line.substr(0, first_space);
    const std::string_view target = line.substr(first_space + 1, last_space - first_space - 1);
    const std::string_view version = line.substr(last_space + 1);
    if (!is_token(method) || target.empty() || !std::ranges::all_of(target, is_target_character)) {
        return refuse(400, "Malformed request line");
    }
    if (version != "HTTP/1.1" && version != "HTTP/1.0") {
        const bool looks_like_http = version.starts_with("HTTP/") && version.size() == 8;
        return looks_like_http ? refuse(505, "Only HTTP/1.1 and HTTP/1.0 are spoken here")
                               : refuse(400, "Malformed request line");
    }
    request_.method = method;
    request_.target = target;
    request_.keep_alive = version == "HTTP/1.1";
    request_.takes_chunks = request_.keep_alive;
    return true;
}

bool HttpRequestReader::parse_field(std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
        return refuse(400, "Malformed request header field");
    }
    const std::string_view name = line.substr(0, colon);
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (!std::ranges::all_of(value, is_value_character)) {
        return refuse(400, "A request header field holds a control character");
    }
    // Referer is a URL, where a percent-encoded line end is lawful and nobody decodes it.
    if (hides_line_end(value) && !equal_ignoring_case(name, "Referer")) {
        return refuse(400, "A request header field holds an encoded line end");
    }
    request_.headers.emplace_back(name, value);
    return true;
}

bool HttpRequestReader::apply_fields() {
    const bool is_version_1_1 = request_.keep_alive;
    std::size_t hosts = 0;
    for (const auto& [name, value] : request_.headers) {
        if (equal_ignoring_case(name, "Host")) {
            ++hosts;
        } else if (equal_ignoring_case(name, "Connection")) {
            if (has_option(value, "close")) {
                request_.keep_alive = false;
            } else if (has_option(value, "keep-alive")) {
                request_.keep_alive = true;
            }
        } else if (equal_ignoring_case(name, "Expect")) {
            if (!equal_ignoring_case(value, "100-continue")) {
                return refuse(417, "Unknown expectation");
            }
            expects_continue_ = true;
        } else if (equal_ignoring_case(name, "Content-Encoding") &&
                   !equal_ignoring_case(value, "identity")) {
            return refuse(415, "Content-Encoding is not accepted on requests");
        }
    }
    if (hosts > 1 || (hosts == 0 && is_version_1_1)) {
        return refuse(400, "A request needs exactly one Host header field");
    }
    return apply_length();
}

bool HttpRequestReader::apply_length() {
    std::optional<std::string_view> length;
    bool has_transfer_coding = false;
    for (const auto& [name, value] : request_.headers) {
        if (equal_ignoring_case(name, "Transfer-Encoding")) {
            has_transfer_coding = true;
        } else if (equal_ignoring_case(name, "Content-Length")) {
            if (length) {
                return refuse(400, "More than one Content-Length");
            }
            length = value;
        }
    }
    if (has_transfer_coding) {
        return length
                   ? refuse(400, "Content-Length and Transfer-Encoding together")
                   : refuse(411, "Content-Length is required, Transfer-Encoding is not accepted");
    }
    if (length) {
        const bool digits_only = !length->empty() && std::ranges::all_of(*length, [](char c) {
            return c >= '0' && c <= '9';
        });
        if (!digits_only) {
            return refuse(400, "Content-Length is no number");
        }
        const auto parsed =
            std::from_chars(length->data(), length->data() + length->size(), body_size_);
        if (parsed.ec != std::errc{} || body_size_ > limits_.body_octets) {
            body_size_ = 0;
            return refuse(413, "Request body is larger than the limit of " +
                                   std::to_string(limits_.body_octets) + " octets");
        }
    }
    state_ = State::reading_body;
    return true;
}

bool HttpRequestReader::refuse(int status, std::string_view detail) {
    refusal_ = error_answer(status, detail);
    state_ = State::refused;
    buffer_ = std::string{};
    return false;
}

}  // namespace dlms::service
