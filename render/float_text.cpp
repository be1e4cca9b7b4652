#include "render/float_text.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace dlms::render {
namespace {

/// Exponents outside of these are written as such; the same limits as JavaScript's.
constexpr int least_plain_exponent = -7;
constexpr int most_plain_exponent = 20;

/// Digits with the point behind the first one, times ten to the exponent.
struct Scientific {
    bool negative = false;
    std::string digits;
    int exponent = 0;
};

/// From the form that std::to_chars writes: [-]d[.ddd]e(+|-)dd.
Scientific split(std::string_view text) {
    Scientific parts;
    parts.negative = text.starts_with('-');
    const std::size_t letter = text.find('e');
    for (const char c : text.substr(0, letter)) {
        if (c >= '0' && c <= '9') {
            parts.digits += c;
        }
    }
    std::string_view exponent = text.substr(letter + 1);
    const bool below_one = exponent.front() == '-';
    exponent.remove_prefix(1);
    std::from_chars(exponent.data(), exponent.data() + exponent.size(), parts.exponent);
    parts.exponent = below_one ? -parts.exponent : parts.exponent;
    return parts;
}

std::string join(const Scientific& parts) {
    std::string text = parts.digits;
    if (parts.exponent < least_plain_exponent || parts.exponent > most_plain_exponent) {
        if (text.size() > 1) {
            text.insert(1, 1, '.');
        }
        text += 'e' + std::to_string(parts.exponent);
    } else if (parts.exponent < 0) {
        text.insert(0, "0." + std::string(static_cast<std::size_t>(-parts.exponent - 1), '0'));
    } else {
        const auto whole = static_cast<std::size_t>(parts.exponent) + 1;
        if (text.size() < whole) {
            text.append(whole - text.size(), '0');
        } else if (text.size() > whole) {
            text.insert(whole, 1, '.');
        }
    }
    return parts.negative ? '-' + text : text;
}

template <class Float>
std::optional<std::string> text_of(Float value, int scaler) {
    if (!std::isfinite(value)) {
        return std::nullopt;
    }
    std::array<char, 64> buffer{};
    if (scaler == 0 || value == 0) {
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
        return std::string(buffer.data(), end.ptr);
    }
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::scientific);
    Scientific parts = split({buffer.data(), end.ptr});
    parts.exponent += scaler;
    return join(parts);
}

template <class Float>
std::optional<Float> number_from(std::string_view text, int scaler) {
    // from_chars takes words for infinity and NaN; a written value may not.
    if (text.find_first_not_of("0123456789+-.eE") != std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(text.starts_with('+') && !text.starts_with("+-") ? 1 : 0);
    int exponent = 0;
    const std::size_t letter = text.find_first_of("eE");
    if (letter != std::string_view::npos) {
        std::string_view digits = text.substr(letter + 1);
        digits.remove_prefix(digits.starts_with('+') ? 1 : 0);
        const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), exponent);
        if (end.ec != std::errc() || end.ptr != digits.data() + digits.size() ||
            std::abs(exponent) > 1000) {
            return std::nullopt;
        }
    }
    const std::string whole =
        std::string(text.substr(0, letter)) + 'e' + std::to_string(exponent - scaler);
    Float value{};
    const auto end = std::from_chars(whole.data(), whole.data() + whole.size(), value);
    if (end.ec != std::errc() || end.ptr != whole.data() + whole.size()) {
        return std::nullopt;
    }
    return value;
}

}  // namespace

std::optional<std::string> float_text(float value, int scaler) {
    return text_of(value, scaler);
}

std::optional<std::string> float_text(double value, int scaler) {
    return text_of(value, scaler);
}

std::string plain_decimal(double value) {
    // 309 digits before the point, or 1074 behind it, and sign, point and zero.
    std::array<char, 1100> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                   std::chars_format::fixed);
    return {buffer.data(), end.ptr};
}

std::optional<float> float32_from_text(std::string_view text, int scaler) {
    return number_from<float>(text, scaler);
}

std::optional<double> float64_from_text(std::string_view text, int scaler) {
    return number_from<double>(text, scaler);
}

}  // namespace dlms::render
