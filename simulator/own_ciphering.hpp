#pragma once
// What a meter ciphered itself, opened and sealed anew: for meters that misbehave.

#include <optional>

#include "simulator/device_security.hpp"
#include "stack/base/bytes.hpp"

namespace dlms::simulator {

/// What stands in an APDU of the meter's own (Green Book 9.2.7.2).
struct OpenedApdu {
    Byte tag = 0;
    ByteBuffer plaintext;
    security::InvocationCounter counter;
};

bool is_ciphered(ByteView apdu);

/// Nothing for what is not ciphered by authenticated encryption under the global keys.
std::optional<OpenedApdu> open_own(ByteView apdu, const DeclaredSecurity& own);

/// The APDU once more, by authenticated encryption under the global keys. Empty where there are
/// none.
ByteBuffer seal_own(const OpenedApdu& opened, const DeclaredSecurity& own);

}  // namespace dlms::simulator
