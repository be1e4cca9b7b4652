#include "simulator/classes/token.hpp"

#include <algorithm>

namespace dlms::simulator {
namespace {

constexpr std::size_t digit_count = 20;
constexpr std::uint64_t billion = 1'000'000'000;
constexpr unsigned check_modulus = 97;

/// The remainder of a number of any length.
unsigned remainder(std::string_view digits) {
    unsigned rest = 0;
    for (const char digit : digits) {
        rest = (rest * 10 + static_cast<unsigned>(digit - '0')) % check_modulus;
    }
    return rest;
}

std::string padded(std::uint64_t number, std::size_t width) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
}

}  // namespace

std::expected<Token, TokenFault> read_token(ByteView octets) {
    std::string digits;
    for (const Byte octet : octets) {
        if (octets.size() == digit_count) {
            digits += static_cast<char>(octet);
        } else {
            digits += static_cast<char>('0' + (octet >> 4));
            digits += static_cast<char>('0' + (octet & 0x0F));
        }
    }
    const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
    if (digits.size() != digit_count || !std::ranges::all_of(digits, is_digit)) {
        return std::unexpected(TokenFault::format);
    }
    if (remainder(digits) != 1) {
        return std::unexpected(TokenFault::check);
    }
    return Token{std::stoull(digits.substr(0, 9)), std::stoull(digits.substr(9, 9))};
}

std::string token_digits(const Token& token) {
    const std::string digits =
        padded(token.number % billion, 9) + padded(token.amount % billion, 9);
    return digits + padded((check_modulus + 1 - remainder(digits + "00")) % check_modulus, 2);
}

}  // namespace dlms::simulator
