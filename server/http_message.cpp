#include "server/http_message.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>

#include <openssl/rand.h>

namespace dlms::service {

namespace {

// Of every answer that does not have its own. Answers hold readings and reasons: no cache keeps
// them, and no browser takes them for a page.
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> security_fields{
    {{"Cache-Control", "no-store"},
     {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
     {"Referrer-Policy", "no-referrer"},
     {"X-Content-Type-Options", "nosniff"}}};

std::optional<std::string_view> find(const NamedTexts& texts, std::string_view name) {
    for (const auto& [key, value] : texts) {
        if (key == name) {
            return value;
        }
    }
    return std::nullopt;
}

char lower(char character) {
    return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                                : character;
}

bool is_control(char character) {
    const auto octet = static_cast<unsigned char>(character);
    return (octet < 0x20 && octet != '\t') || octet == 0x7F;
}

bool may_be_written(std::string_view text) {
    return std::ranges::none_of(text, is_control);
}

// RFC 9110 section 5.6.7, without the locale that strftime would bring in.
std::string http_date(std::time_t now) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    std::tm parts{};
    gmtime_r(&now, &parts);
    const auto two = [](int number) {
        return std::string{static_cast<char>('0' + number / 10 % 10),
                           static_cast<char>('0' + number % 10)};
    };
    return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", " + two(parts.tm_mday) +
           " " + months[static_cast<std::size_t>(parts.tm_mon)] + " " +
           std::to_string(1900 + parts.tm_year) + " " + two(parts.tm_hour) + ":" +
           two(parts.tm_min) + ":" + two(parts.tm_sec) + " GMT";
}

void append_field(std::string& bytes, std::string_view name, std::string_view value) {
    bytes.append(name).append(": ").append(value).append("\r\n");
}

// How many octets of a well-formed UTF-8 sequence start at `at`, 0 if none does.
std::size_t utf8_length(std::string_view text, std::size_t at) {
    const auto octet = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const auto continues = [&](std::size_t index) {
        return index < text.size() && (octet(index) & 0xC0U) == 0x80U;
    };
    const unsigned char first = octet(at);
    if (first < 0x80) {
        return 1;
    }
    if (first >= 0xC2 && first <= 0xDF) {
        return continues(at + 1) ? 2 : 0;
    }
    if (first >= 0xE0 && first <= 0xEF) {
        if (!continues(at + 1) || !continues(at + 2)) {
            return 0;
        }
        const bool overlong = first == 0xE0 && octet(at + 1) < 0xA0;
        const bool surrogate = first == 0xED && octet(at + 1) >= 0xA0;
        return overlong || surrogate ? 0 : 3;
    }
    if (first >= 0xF0 && first <= 0xF4) {
        if (!continues(at + 1) || !continues(at + 2) || !continues(at + 3)) {
            return 0;
        }
        const bool overlong = first == 0xF0 && octet(at + 1) < 0x90;
        const bool beyond = first == 0xF4 && octet(at + 1) >= 0x90;
        return overlong || beyond ? 0 : 4;
    }
    return 0;
}

void append_json_control(std::string& out, unsigned char octet) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (octet) {
        case '"': out += "\\\""; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            out += "\\u00";
            out += digits[octet >> 4U];
            out += digits[octet & 0x0FU];
    }
}

}  // namespace

bool equal_ignoring_case(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right,
                              [](char one, char other) { return lower(one) == lower(other); });
}

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
        if (equal_ignoring_case(key, name)) {
            return value;
        }
    }
    return std::nullopt;
}

std::optional<std::string_view> HttpRequest::query_value(std::string_view name) const {
    return find(query, name);
}

std::optional<std::string_view> HttpRequest::path_parameter(std::string_view name) const {
    return find(path_parameters, name);
}

std::string json_quoted(std::string_view text) {
    std::string out = "\"";
    out.reserve(text.size() + 2);
    for (std::size_t at = 0; at < text.size();) {
        const auto octet = static_cast<unsigned char>(text[at]);
        const std::size_t length = utf8_length(text, at);
        if (length == 0) {
            out += "\\ufffd";
            ++at;
        } else if (length == 1 &&
                   (octet < 0x20 || octet == 0x7F || octet == '"' || octet == '\\')) {
            append_json_control(out, octet);
            ++at;
        } else {
            out.append(text.substr(at, length));
            at += length;
        }
    }
    out += '"';
    return out;
}

HttpAnswer error_answer(int status, std::string_view detail) {
    HttpAnswer answer;
    answer.status = status;
    answer.body = "{\"detail\":" + json_quoted(detail) + "}";
    return answer;
}

HttpAnswer busy_answer(int status, std::string_view detail, int retry_after_seconds) {
    HttpAnswer answer = error_answer(status, detail);
    answer.headers.emplace_back("Retry-After", std::to_string(retry_after_seconds));
    return answer;
}

std::string_view reason_phrase(int status) {
    constexpr std::array<std::pair<int, std::string_view>, 28> phrases{{
        {100, "Continue"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Entity"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Gateway Timeout"},
        {505, "HTTP Version Not Supported"},
    }};
    for (const auto& [code, phrase] : phrases) {
        if (code == status) {
            return phrase;
        }
    }
    return "Unknown";
}

void make_problem(HttpAnswer& answer) {
    constexpr std::string_view list_begins = R"({"detail":[)";
    constexpr std::string_view detail_begins = R"({"detail":)";
    if (answer.status < 400 || answer.content_type != "application/json" ||
        !answer.body.starts_with(detail_begins)) {
        return;
    }
    std::string body = R"({"type":"about:blank","title":)";
    body += json_quoted(reason_phrase(answer.status));
    body += R"(,"status":)" + std::to_string(answer.status) + ",";
    // A list of faults is no detail there: it goes beside a sentence.
    const bool is_list = answer.body.starts_with(list_begins);
    body +=
        is_list ? R"("detail":"The request is not valid: see errors","errors":)" : R"("detail":)";
    body += std::string_view(answer.body).substr(detail_begins.size());
    answer.body = std::move(body);
    answer.content_type = "application/problem+json";
}

bool wants_problem(std::optional<std::string_view> accept) {
    return accept && accept->find("application/problem+json") != std::string_view::npos;
}

std::string answer_bytes(const HttpAnswer& answer, const AnswerFraming& framing) {
    std::string bytes;
    bytes.reserve(256 + answer.body.size());
    bytes.append("HTTP/1.1 ").append(std::to_string(answer.status)).append(" ");
    bytes.append(reason_phrase(answer.status)).append("\r\n");
    append_field(bytes, "Date", http_date(std::time(nullptr)));
    const bool has_content = answer.status != 204 && answer.status != 304;
    if (has_content) {
        append_field(bytes, "Content-Type", answer.content_type);
        if (!answer.stream) {
            append_field(bytes, "Content-Length", std::to_string(answer.body.size()));
        } else if (framing.takes_chunks) {
            append_field(bytes, "Transfer-Encoding", "chunked");
        }
    }
    append_field(bytes, "X-Request-Id", framing.request_id);
    for (const auto& [name, value] : answer.headers) {
        if (may_be_written(name) && may_be_written(value)) {
            append_field(bytes, name, value);
        }
    }
    for (const auto& [name, value] : security_fields) {
        if (std::ranges::none_of(answer.headers, [&](const auto& field) {
                return equal_ignoring_case(field.first, name);
            })) {
            append_field(bytes, name, value);
        }
    }
    if (framing.is_secure) {
        append_field(bytes, "Strict-Transport-Security", "max-age=31536000");
    }
    append_field(bytes, "Connection", framing.keep_alive ? "keep-alive" : "close");
    bytes.append("\r\n");
    if (has_content && !framing.head_only) {
        bytes.append(answer.body);
    }
    return bytes;
}

std::string chunk_bytes(std::string_view piece) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string size;
    for (std::size_t rest = piece.size(); rest != 0 || size.empty(); rest /= digits.size()) {
        size.insert(size.begin(), digits[rest % digits.size()]);
    }
    return size + "\r\n" + std::string(piece) + "\r\n";
}

std::string request_id_from(std::optional<std::string_view> callers) {
    const auto allowed = [](char character) {
        return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
               (character >= '0' && character <= '9') || character == '.' || character == '_' ||
               character == '-';
    };
    if (callers && !callers->empty() && callers->size() <= 64 &&
        std::ranges::all_of(*callers, allowed)) {
        return std::string(*callers);
    }
    constexpr std::string_view digits = "0123456789abcdef";
    std::array<unsigned char, 12> octets{};
    // An identifier for logs, no secret: zeros after a failing generator only make it less
    // distinct.
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
        octets.fill(0);
    }
    std::string id;
    for (const unsigned char octet : octets) {
        id += digits[octet >> 4U];
        id += digits[octet & 0x0FU];
    }
    return id;
}

}  // namespace dlms::service
