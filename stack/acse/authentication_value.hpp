#pragma once
// Authentication-value: the password, or the challenge of an HLS mechanism (ITU-T X.227).

#include "stack/base/bytes.hpp"

namespace dlms::acse {

/// The alternatives of the CHOICE; the values are their BER tags. COSEM uses charstring.
enum class AuthenticationValueKind : std::uint8_t {
    charstring = 0x80,
    bitstring = 0x81,
    external = 0xA2,
    other = 0xA3,
};

/// `octets` is the content of the alternative: for charstring the password or challenge itself, for
/// bitstring the count of unused bits and the bits, for external and other BER that is not looked
/// into. It may be a secret: never log it.
struct AuthenticationValue {
    AuthenticationValueKind kind = AuthenticationValueKind::charstring;
    ByteView octets;
};

}  // namespace dlms::acse
