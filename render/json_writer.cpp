#include "render/json_writer.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include <nlohmann/json.hpp>

namespace dlms::render {
namespace {

bool needs_no_escape(std::string_view text) {
    for (const char c : text) {
        if (c < 0x20 || c == '"' || c == '\\' || c == 0x7F) {
            return false;
        }
    }
    return true;
}

using DigitPair = std::array<char, 2>;

/// Every number below Base * Base as two digits.
template <std::size_t Base>
constexpr std::array<DigitPair, Base * Base> make_digit_pairs() {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::array<DigitPair, Base * Base> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i] = {digits[i / Base], digits[i % Base]};
    }
    return pairs;
}

constexpr auto hex_pairs = make_digit_pairs<16>();
constexpr auto decimal_pairs = make_digit_pairs<10>();

constexpr std::array<std::uint64_t, 20> make_powers_of_ten() {
    std::array<std::uint64_t, 20> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) {
        powers[i] = powers[i - 1] * 10;
    }
    return powers;
}

constexpr auto powers_of_ten = make_powers_of_ten();

/// 1 for 0. The logarithm of two gives the count or one less: 1233 / 4096 is log10(2).
std::size_t count_digits(std::uint64_t value) {
    const auto bits = static_cast<std::size_t>(std::bit_width(value | 1));
    const std::size_t least = bits * 1233 / 4096;
    return least + (value >= powers_of_ten[least] || least == 0 ? 1 : 0);
}

}  // namespace

void JsonWriter::flush() {
    out_.append(block_.data(), used_);
    used_ = 0;
}

void JsonWriter::put(std::string_view text) {
    make_room(text.size());
    if (text.size() > block_.size()) {
        out_ += text;
        return;
    }
    std::memcpy(block_.data() + used_, text.data(), text.size());
    used_ += text.size();
}

void JsonWriter::new_line() {
    put('\n');
    for (std::size_t i = 0; i < indent_ * depth_; ++i) {
        put(' ');
    }
}

void JsonWriter::raw(std::string_view json) {
    separate();
    put(json);
    needs_comma_ = true;
}

void JsonWriter::key(std::string_view name) {
    separate();
    put('"');
    put(name);
    put(indent_ == 0 ? "\":" : "\": ");
    needs_comma_ = false;
    after_key_ = true;
}

void JsonWriter::text(std::string_view value) {
    if (needs_no_escape(value)) {
        plain(value);
        return;
    }
    // The library's escapes and its repair of what is not UTF-8; such texts are short and rare.
    raw(nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void JsonWriter::plain(std::string_view value) {
    separate();
    put('"');
    put(value);
    put('"');
    needs_comma_ = true;
}

void JsonWriter::hex(ByteView octets) {
    constexpr std::size_t most_at_once = 512;
    separate();
    put('"');
    while (!octets.empty()) {
        const ByteView part = octets.first(std::min(octets.size(), most_at_once));
        octets = octets.subspan(part.size());
        make_room(2 * part.size());
        char* const place = block_.data() + used_;
        for (std::size_t i = 0; i < part.size(); ++i) {
            std::memcpy(place + 2 * i, hex_pairs[part[i]].data(), 2);
        }
        used_ += 2 * part.size();
    }
    put('"');
    needs_comma_ = true;
}

void JsonWriter::unsigned_integer(std::uint64_t value) {
    separate();
    put_digits(value);
    needs_comma_ = true;
}

void JsonWriter::signed_integer(std::int64_t value) {
    separate();
    if (value < 0) {
        put('-');
    }
    const auto bits = static_cast<std::uint64_t>(value);
    put_digits(value < 0 ? 0 - bits : bits);
    needs_comma_ = true;
}

/// Two digits at a time, straight to their place.
void JsonWriter::put_digits(std::uint64_t value) {
    make_room(longest_number);
    std::size_t place = used_ + count_digits(value);
    used_ = place;
    while (value >= 100) {
        place -= 2;
        std::memcpy(block_.data() + place, decimal_pairs[value % 100].data(), 2);
        value /= 100;
    }
    if (value >= 10) {
        std::memcpy(block_.data() + place - 2, decimal_pairs[value].data(), 2);
    } else {
        block_[place - 1] = decimal_pairs[value][1];
    }
}

void JsonWriter::number(double value) {
    if (!std::isfinite(value)) {
        null();
        return;
    }
    std::array<char, longest_number> digits;
    char* end = std::to_chars(digits.data(), digits.data() + digits.size() - 2, value).ptr;
    // A whole number stays a number with a point for readers that keep the two apart.
    const std::string_view text(digits.data(), end);
    if (text.find_first_of(".e") == std::string_view::npos) {
        *end++ = '.';
        *end++ = '0';
    }
    raw(std::string_view(digits.data(), end));
}

}  // namespace dlms::render
