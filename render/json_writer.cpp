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

/// Every octet as two digits.
constexpr std::array<DigitPair, 256> make_hex_pairs() {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::array<DigitPair, 256> pairs{};
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i] = {digits[i / 16], digits[i % 16]};
    }
    return pairs;
}

constexpr auto hex_pairs = make_hex_pairs();

/// The digits of a number below 10^8, one an octet, the first in the lowest: the number is cut into
/// halves of four, two and one digits, all halves at once.
constexpr std::uint64_t eight_digits(std::uint64_t value) {
    std::uint64_t lanes = value / 10000 | value % 10000 << 32;
    const std::uint64_t hundreds = lanes * 10486 >> 20 & 0x0000'007F'0000'007F;
    lanes = hundreds | (lanes - hundreds * 100) << 16;
    const std::uint64_t tens = lanes * 103 >> 10 & 0x000F'000F'000F'000F;
    return tens | (lanes - tens * 10) << 8;
}

/// Writes eight octets, of which the first `8 - skipped` are the digits without so many first ones.
char* put_eight(char* place, std::uint64_t digits, int skipped) {
    constexpr std::uint64_t zeros = 0x3030'3030'3030'3030;
    std::uint64_t text = (digits | zeros) >> 8 * skipped;
    if constexpr (std::endian::native == std::endian::big) {
        text = std::byteswap(text);
    }
    std::memcpy(place, &text, sizeof text);
    return place + 8 - skipped;
}

/// Returns the end of the number; up to 7 octets behind it are written too. 24 octets at most.
char* put_decimal(char* place, std::uint64_t value) {
    constexpr std::uint64_t block = 100'000'000;
    if (value >= block) {
        return put_eight(put_decimal(place, value / block), eight_digits(value % block), 0);
    }
    const std::uint64_t digits = eight_digits(value);
    // The last digit stays, a 0 too.
    return put_eight(place, digits, std::countr_zero(digits | std::uint64_t{1} << 56) / 8);
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

void JsonWriter::put_digits(std::uint64_t value) {
    make_room(longest_number);
    char* const place = block_.data() + used_;
    used_ += static_cast<std::size_t>(put_decimal(place, value) - place);
}

void JsonWriter::put_object(const JsonPiece& piece, bool is_negative, std::uint64_t magnitude) {
    // Through a pointer of its own: what is written as characters may be a member of this writer
    // for all that the compiler knows, which would read them all again.
    make_room(JsonPiece::capacity + longest_number);
    char* place = block_.data() + used_;
    *place = ',';
    place += needs_comma_ ? 1 : 0;
    std::memcpy(place, piece.characters.data(), JsonPiece::capacity);
    place += piece.size;
    *place = '-';
    place += is_negative ? 1 : 0;
    place = put_decimal(place, magnitude);
    *place++ = '}';
    used_ = static_cast<std::size_t>(place - block_.data());
    needs_comma_ = true;
    after_key_ = false;
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
