#pragma once
// Tokens of the simulated meters: twenty decimal digits, as STS tokens have them, in a form of our
// own, since nobody without the vending keys can make real ones:
//
//     SSSSSSSSS AAAAAAAAA CC     number, amount, check digits
//
// The check digits make the whole number leave 1 when it is divided by 97. Each number is taken
// once. docs/simulator.md tells it to people.

#include <cstdint>
#include <expected>
#include <string>

#include "stack/base/bytes.hpp"

namespace dlms::simulator {

struct Token {
    std::uint64_t number = 0;  ///< 0 to 999999999
    std::uint64_t amount = 0;  ///< the same; in the unit of what takes it

    friend bool operator==(const Token&, const Token&) = default;
};

enum class TokenFault : std::uint8_t {
    format,  ///< not twenty digits
    check,   ///< the check digits are wrong
};

/// Twenty digits in BCD (10 octets) or as text (20 octets).
std::expected<Token, TokenFault> read_token(ByteView octets);

/// The twenty digits.
std::string token_digits(const Token& token);

}  // namespace dlms::simulator
