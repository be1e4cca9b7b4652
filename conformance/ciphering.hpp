#pragma once
// Ciphered APDUs of the suite's own making, with any fault that a case wants.

#include "conformance/apdus.hpp"

namespace dlms::conformance {

/// What one APDU is ciphered with.
struct CipherKeys {
    Hex encryption_key;  ///< global, dedicated or broadcast
    Hex authentication_key;
    Hex originator;  ///< system title
};

/// Security control, invocation counter and content with tag: what follows the APDU's length.
Hex seal(const CipherKeys& keys, std::uint8_t security_control, std::uint32_t counter,
         std::string_view apdu);

/// The tag of the ciphered form of a plain APDU: global (glo-) or dedicated (ded-).
Hex ciphered_tag(std::string_view apdu, bool dedicated);

struct OpenedApdu {
    std::uint8_t tag = 0;
    std::uint8_t security_control = 0;
    std::uint32_t counter = 0;
    Hex title;  ///< of general ciphering
    Hex apdu;
};
/// Opens a glo-, ded- or general-glo/ded-ciphering APDU. Throws CaseEnd (failed) when it cannot.
OpenedApdu open_sealed(const CipherKeys& keys, const Hex& apdu);

/// Key wrap of RFC 3394.
Hex wrap_key(const Hex& key_encrypting_key, const Hex& key);

/// The answer to a challenge, of the mechanism; for GMAC with the counter.
struct HlsParts {
    std::uint8_t mechanism = 5;
    std::uint8_t suite = 0;
    Hex secret;
    CipherKeys keys;  ///< of GMAC; the originator answers
    Hex verifier;     ///< system title of the other side
    Hex challenge;    ///< that is answered
    Hex other_challenge;
    std::uint32_t counter = 0;
};
Hex hls_answer(const HlsParts& parts);

}  // namespace dlms::conformance
