#pragma once
// Entering tokens into a meter: each is taken once, whichever way it comes.

#include "simulator/classes/class_behaviour.hpp"

namespace dlms::simulator {

enum class TokenOutcome : std::uint8_t {
    accepted,
    format,  ///< not twenty digits
    check,   ///< its check digits are wrong
    used,    ///< its number was taken before
};

/// Whether a token would be taken.
TokenOutcome judge_token(const OwnObject& object, ByteView octets);

/// Takes a token, or says why not; either is something that happens to the meter. `amount` is
/// written where it is taken.
TokenOutcome enter_token(const OwnObject& object, ByteView octets, std::uint64_t& amount);

}  // namespace dlms::simulator
