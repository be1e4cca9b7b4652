#include "stack/base/hex.hpp"

namespace dlms {
namespace {

constexpr int digit_value(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

constexpr bool is_separator(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ':' || c == '-';
}

}  // namespace

std::string to_hex(ByteView bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        text[2 * i] = digits[bytes[i] >> 4];
        text[2 * i + 1] = digits[bytes[i] & 0x0F];
    }
    return text;
}

Result<ByteBuffer> from_hex(std::string_view text) {
    ByteBuffer bytes;
    bytes.reserve(text.size() / 2);
    std::size_t i = 0;
    while (i < text.size()) {
        if (is_separator(text[i])) {
            ++i;
            continue;
        }
        const bool prefix =
            text[i] == '0' && i + 1 < text.size() && (text[i + 1] == 'x' || text[i + 1] == 'X');
        if (prefix) {
            i += 2;
        }
        const int high = i < text.size() ? digit_value(text[i]) : -1;
        if (high < 0) {
            return fail(ErrorCode::invalid_text, Layer::base, i);
        }
        const int low = i + 1 < text.size() ? digit_value(text[i + 1]) : -1;
        if (low < 0) {
            return fail(ErrorCode::invalid_text, Layer::base, i + 1);
        }
        bytes.push_back(static_cast<Byte>(high << 4 | low));
        i += 2;
    }
    return bytes;
}

}  // namespace dlms
