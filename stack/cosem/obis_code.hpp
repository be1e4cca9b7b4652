#pragma once
// ObisCode: the logical name of a COSEM object, value groups A to F (IEC 62056-61).

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "stack/base/bytes.hpp"
#include "stack/base/reader.hpp"
#include "stack/base/result.hpp"
#include "stack/base/writer.hpp"

namespace dlms::cosem {

class ObisCode {
public:
    constexpr ObisCode() = default;
    constexpr ObisCode(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d,
                       std::uint8_t e, std::uint8_t f)
        : groups_{a, b, c, d, e, f} {}

    /// Reads the forms `1-0:1.8.0*255`, `1-0:1.8.0.255`, `1-0:1.8.0&255`, `1.0.1.8.0.255`,
    /// `1-0:1.8.0` (F = 255), `1.8.0` (A = 1, B = 0, F = 255) and 12 hexadecimal digits. Each group
    /// is 0 to 255 in decimal. Errors: invalid_text, or value_out_of_range, at the character.
    static constexpr Result<ObisCode> parse(std::string_view text);

    static constexpr ObisCode from_octets(std::span<const Byte, 6> octets) {
        return {octets[0], octets[1], octets[2], octets[3], octets[4], octets[5]};
    }

    constexpr std::uint8_t a() const { return groups_[0]; }
    constexpr std::uint8_t b() const { return groups_[1]; }
    constexpr std::uint8_t c() const { return groups_[2]; }
    constexpr std::uint8_t d() const { return groups_[3]; }
    constexpr std::uint8_t e() const { return groups_[4]; }
    constexpr std::uint8_t f() const { return groups_[5]; }
    /// The six octets, valid as long as this code.
    constexpr const std::array<Byte, 6>& octets() const { return groups_; }

    /// `1-0:1.8.0.255`, the form of the REST interface.
    std::string text() const;
    /// `1.0.1.8.0.255`.
    std::string dotted() const;

    friend constexpr auto operator<=>(const ObisCode&, const ObisCode&) = default;

private:
    std::array<Byte, 6> groups_{};
};

/// Takes six octets.
inline ObisCode read_obis_code(Reader& reader) {
    const ByteView octets = reader.bytes(6);
    return octets.size() == 6 ? ObisCode::from_octets(octets.first<6>()) : ObisCode{};
}

inline void write(Writer& writer, const ObisCode& code) {
    writer.bytes(code.octets());
}

namespace detail {

/// Splits an OBIS text into its groups; a text parser without allocation, usable at compile time.
class ObisParser {
public:
    constexpr explicit ObisParser(std::string_view text) : text_(text) {}

    constexpr Result<ObisCode> parse() {
        if (text_.size() == 12 && all_hexadecimal()) {
            return hexadecimal();
        }
        while (count_ < groups_.size() && read_group()) {
        }
        if (failed_) {
            return fail(error_, Layer::cosem, position_);
        }
        if (position_ != text_.size()) {
            return fail(ErrorCode::invalid_text, Layer::cosem, position_);
        }
        return assemble();
    }

private:
    static constexpr int hexadecimal_digit(char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    }
    constexpr bool all_hexadecimal() const {
        for (const char c : text_) {
            if (hexadecimal_digit(c) < 0) {
                return false;
            }
        }
        return true;
    }
    constexpr ObisCode hexadecimal() const {
        std::array<Byte, 6> octets{};
        for (std::size_t i = 0; i < 6; ++i) {
            octets[i] = static_cast<Byte>(hexadecimal_digit(text_[2 * i]) << 4 |
                                          hexadecimal_digit(text_[2 * i + 1]));
        }
        return ObisCode::from_octets(octets);
    }
    /// Reads one number and the separator after it; false at the end or after an error.
    constexpr bool read_group() {
        const std::size_t start = position_;
        unsigned value = 0;
        while (position_ < text_.size() && text_[position_] >= '0' && text_[position_] <= '9') {
            value = value * 10 + static_cast<unsigned>(text_[position_] - '0');
            if (value > 255) {
                return give_up(ErrorCode::value_out_of_range, start);
            }
            ++position_;
        }
        if (position_ == start) {
            return give_up(ErrorCode::invalid_text, start);
        }
        groups_[count_] = static_cast<Byte>(value);
        if (position_ == text_.size()) {
            separators_[count_++] = '\0';
            return false;
        }
        separators_[count_] = text_[position_];
        ++count_;
        if (count_ == groups_.size()) {
            return false;
        }
        ++position_;
        return true;
    }
    constexpr bool give_up(ErrorCode error, std::size_t where) {
        failed_ = true;
        error_ = error;
        position_ = where;
        return false;
    }
    /// Which groups the numbers are follows from the separators behind them.
    constexpr Result<ObisCode> assemble() const {
        const std::string_view form(separators_.data(), count_);
        using namespace std::string_view_literals;
        const auto& g = groups_;
        if (form == ".....\0"sv || form == "-:..*\0"sv || form == "-:..&\0"sv ||
            form == "-:...\0"sv) {
            return ObisCode(g[0], g[1], g[2], g[3], g[4], g[5]);
        }
        if (form == "-:..\0"sv) {
            return ObisCode(g[0], g[1], g[2], g[3], g[4], 255);
        }
        if (form == "..\0"sv) {
            return ObisCode(1, 0, g[0], g[1], g[2], 255);
        }
        if (form == "..*\0"sv || form == "..&\0"sv) {
            return ObisCode(1, 0, g[0], g[1], g[2], g[3]);
        }
        return fail(ErrorCode::invalid_text, Layer::cosem, 0);
    }

    std::string_view text_;
    std::array<Byte, 6> groups_{};
    std::array<char, 6> separators_{};
    std::size_t count_ = 0;
    std::size_t position_ = 0;
    ErrorCode error_{};
    bool failed_ = false;
};

}  // namespace detail

constexpr Result<ObisCode> ObisCode::parse(std::string_view text) {
    return detail::ObisParser(text).parse();
}

inline namespace literals {

/// `"1-0:1.8.0.255"_obis`; a wrong text does not compile.
consteval ObisCode operator""_obis(const char* text, std::size_t length) {
    return ObisCode::parse(std::string_view(text, length)).value();
}

}  // namespace literals
}  // namespace dlms::cosem
